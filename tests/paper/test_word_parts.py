"""What is put into Pandoc's files: colours, fonts of further languages, places that are none."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from generator.pandoc import pandoc
from generator.paper.word_parts import finished, shade
from generator.shipped import TEMPLATES

HEAD = {"who": "A & B", "title": "Maps <1>"}
META = {"title": "Maps", "author": "B", "description": ""}


def parts(html, languages=("en",), blocks=()):
    """The parts of a finished file by their names."""
    reference = (TEMPLATES / "reference.docx").read_bytes()
    asked = ("--from", "html", "--to", "docx", "--reference-doc", "reference.docx", "--output", "-")
    made = pandoc(html.encode(), *asked, files={"reference.docx": reference})
    spoken = dict.fromkeys(languages)
    content = {"languages": spoken, "first": languages[0], "head": HEAD, "meta": META, "blocks": list(blocks)}
    with ZipFile(BytesIO(finished(made, content))) as file:
        return {name: file.read(name).decode("utf-8", "replace") for name in file.namelist()}


@pytest.mark.parametrize(
    ("percent", "colour"), [(0, "FFFFFF"), (100, "5B8DB1"), (50, "ADC6D8"), (-100, "E09A55"), (200, "5B8DB1")]
)
def test_a_share_has_its_colour(percent, colour):
    """White at zero, one colour above, another below."""
    assert shade(percent) == colour


@pytest.mark.parametrize(
    ("language", "tag", "font"),
    [("zh-Hant", "zh-TW", "Microsoft JhengHei"), ("zh-Hans", "zh-CN", "Microsoft YaHei"), ("ja", "ja-JP", "Yu Gothic")],
)
def test_a_language_of_east_asia_has_its_font(language, tag, font):
    """As the document's own in its styles, as another's at its words."""
    own = parts("<p>字</p>", (language,))["word/styles.xml"]
    assert f'w:eastAsia="{tag}"' in own
    assert f'w:eastAsia="{font}"' in own
    other = "zh-Hans" if language == "zh-Hant" else "zh-Hant"
    beside = parts(f'<p>字<span lang="{language}">字</span></p>', (other, language))["word/document.xml"]
    assert f'w:eastAsia="{tag}"' in beside
    assert f'w:eastAsia="{font}"' in beside


def test_a_language_without_a_name_of_its_own_keeps_it():
    """Of its words, and of the whole document."""
    made = parts('<p><span lang="de">Wort</span></p>', ("de",))
    assert re.search('<w:lang [^>]*w:val="de"', made["word/document.xml"])
    assert re.search('<w:lang [^>]*w:val="de"', made["word/styles.xml"])


def test_a_document_without_a_place_for_contents_has_none():
    """Nor one without headings."""
    heading = {"kind": "heading", "level": 1, "anchor": "q", "text": [["en", "One"]]}
    assert "TOC \\o" not in parts("<p>x</p>", blocks=[heading])["word/document.xml"]
    assert "TOC \\o" not in parts('<div id="contents"><p>x</p></div>')["word/document.xml"]
    assert "TOC \\o" in parts('<div id="contents"><p>x</p></div>', blocks=[heading])["word/document.xml"]


def test_a_table_in_leftward_words_begins_on_the_right():
    """Others do not."""
    table = "<table><tr><td>a</td></tr></table>"
    assert "w:bidiVisual" in parts(f'<div dir="rtl">{table}</div>', ("he",))["word/document.xml"]
    assert "w:bidiVisual" not in parts(table)["word/document.xml"]


def test_the_running_head_is_text():
    """Whatever it holds."""
    head = parts("<p>x</p>")["word/header1.xml"]
    assert "A &amp; B" in head
    assert "Maps &lt;1&gt;" in head


def test_a_part_begins_on_its_own_page():
    """The one whose heading says so."""
    blocks = [{"kind": "heading", "level": 1, "anchor": "b", "text": [["en", "B"]], "apart": True}]
    document = parts('<h1 id="a">A</h1><h1 id="b">B</h1>', blocks=blocks)["word/document.xml"]
    assert document.count("w:pageBreakBefore") == 1
    assert document.index(">A<") < document.index("w:pageBreakBefore") < document.index(">B<")
