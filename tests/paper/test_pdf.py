"""The PDF as a reader, a screen reader and a checker find it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pikepdf
import pytest
from PIL import Image as Pictures
from pypdf import PdfReader

from generator.drawing.png import png
from generator.errors import ComputationError
from generator.pages.blocks import Image, Matrix, PictureGrid, PictureRows, Sheet, Table
from generator.pages.hand_in import handed_in
from generator.paper import pdf as paper
from generator.paper.pdf import compact, pdf
from generator.shipped import SHIPPED, Templates
from generator.text import Text
from tests.fixtures import report_fixture
from tests.fixtures.picked import with_answer
from tests.fixtures.report_fixture import everywhere

TEMPLATES = SHIPPED
CASES = {"zh-Hant": ("zh-Hant",), "en": ("en",), "both": ("zh-Hant", "en")}
HOSTILE = "#import \"x\" ]]> <script>alert(1)</script> {{ ''.__class__ }} $x$ @fig *b* _c_ `d` \\ // /*"
SIDE = 400
MANY = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
CHARTS = {"few colours": MANY // 100 * 100, "many colours": MANY}


@cache
def pictures():
    return {f"figures/{p.name}": p.data for built in report_fixture.built().values() for p in built.drawing.pictures}


@cache
def made(case):
    return pdf(handed_in(report_fixture.whole(), "short"), CASES[case], pictures(), TEMPLATES)


@cache
def opened(case):
    return PdfReader(BytesIO(made(case)))


@cache
def text(case):
    return squeezed("".join(page.extract_text() for page in opened(case).pages))


def squeezed(words):
    """The signs alone: where lines and pages break is the layout's."""
    return re.sub(r"[\s\u200b\u00a0\u3000]+", "", words)


def nodes(case):
    """Every element of the structure tree with its type."""
    waiting, found = [opened(case).trailer["/Root"]["/StructTreeRoot"]], []
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            found.append(node)
            waiting.append(node.get("/K"))
    return [node for node in found if "/S" in node]


def tags(case):
    return [node["/S"] for node in nodes(case)]


@pytest.fixture(params=list(CASES))
def case(request):
    return request.param


def test_the_same_pages_give_the_same_bytes():
    """No clock, no path and no chance in the file."""
    assert made("en") == pdf(
        handed_in(report_fixture.whole(), "short"), ["en"], dict(reversed(pictures().items())), TEMPLATES
    )


def test_metadata_and_language(case):
    """Title, author and language of the first page; the standard is declared."""
    reader, page = opened(case), report_fixture.page(CASES[case][0])
    assert reader.metadata.title.startswith(page.title)
    assert page.author[-1].value in reader.metadata.author
    assert reader.trailer["/Root"]["/Lang"] == {"zh-Hant": "zh-TW", "en": "en", "both": "zh-TW"}[case]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in made(case) or "pdfuaid" in str(reader.xmp_metadata.stream.get_data())


def test_fonts_are_embedded_as_subsets(case):
    """Every font is one of the packaged ones, and only its used glyphs are in the file."""
    names = set()
    for page in opened(case).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(inner["/BaseFont"])
    assert all(re.match(r"/[A-Z]{6}\+(SourceSansPro|NotoSansCJKtc|DejaVuSansMono|NewCM)", name) for name in names)
    assert len(made(case)) < 1_500_000


def test_no_glyph_is_missing(case):
    """What is extracted has no replacement character, no box, and hyphens that can be searched for."""
    assert not set("\ufffd□\u00ad") & set(text(case))


def test_every_text_of_the_page_is_in_the_file(case):
    """Titles, labels, captions, numbers and facts, in every language of the file."""
    for language in CASES[case]:
        page = report_fixture.page(language)
        words = [page.title, *(question.title for question in page.questions)]
        words += [figure.label for figure in page.figures]
        words += [detail.value for figure in page.figures for detail in figure.details]
        words += [word for figure in page.figures for body in figure.bodies for word in words_of(body)]
        words += [card.summary for card in page.methods] + [detail.value for detail in page.foot]
        missing = [word for word in words if squeezed(word) not in text(case)]
        assert missing == []


def words_of(body):
    if isinstance(body, PictureRows):
        rows = [word for row in body.rows for word in (row.label, row.probability)]
        return [*body.panels, *rows]
    if isinstance(body, Matrix):
        return [row.recall for row in body.rows] + list(body.classes) + [body.summary, body.share_of]
    if isinstance(body, Table):
        return [*body.head, *(cell for row in body.rows for cell in row)]
    return [cell.short for cell in body.cells] if isinstance(body, PictureGrid) else []


def test_prose_is_set_and_not_shown_as_source(case):
    """Emphasis, tables and formulas are formed; no mark of Markdown is left."""
    assert "**" not in text(case)
    assert "|---" not in text(case)
    assert {"/Strong", "/Formula", "/Code", "/L", "/Link"} <= set(tags(case))


def test_every_picture_has_its_own_alternative_text(case):
    """Each picture of each figure is there with the words of its page, and none repeats a caption."""
    alts = [node.get("/Alt") for node in nodes(case) if node["/S"] == "/Figure"]
    assert all(alts)
    first = report_fixture.page(CASES[case][0])
    images = [image for figure in first.figures for body in figure.bodies for image in images_of(body)]
    assert len(alts) == len(images) + sum(figure.legend is not None for figure in first.figures)
    assert all(any(alt.startswith(image.alt) for alt in alts) for image in images)
    assert not set(alts) & {figure.title for figure in first.figures}


def images_of(body):
    if isinstance(body, PictureRows):
        return [image for row in body.rows for image in row.images]
    if isinstance(body, PictureGrid):
        return [image for cell in body.cells for image in cell.images] + ([body.face] if body.face else [])
    return list(body.images) if isinstance(body, Table) else []


def test_tables_have_real_heads(case):
    """Every table begins with a row of header cells."""
    tables = [node for node in nodes(case) if node["/S"] == "/Table"]
    assert len(tables) >= 5
    for table in tables:
        kinds = [kid.get_object()["/S"] for kid in table["/K"] if hasattr(kid.get_object(), "get")]
        assert "/THead" in kinds


def test_figures_have_captions(case):
    """One caption a figure that was computed."""
    computed = [figure for figure in report_fixture.page("en").figures if not figure.failure]
    assert tags(case).count("/Caption") == len(computed)


def test_bookmarks_lead_to_the_sections(case):
    """The questions, and the appendix with its sections and the cards of the methods below."""
    outline = opened(case).outline
    first = report_fixture.page(CASES[case][0])
    titles = [entry.title for entry in outline if not isinstance(entry, list)]
    assert len(titles) == len(first.questions) + 1
    assert all(question.title in title for question, title in zip(first.questions, titles, strict=False))
    (parts,) = (entry for entry in outline if isinstance(entry, list))
    assert sum(not isinstance(entry, list) for entry in parts) == 3  # the figures in detail, the methods, the foot
    _, cards = (entry for entry in parts if isinstance(entry, list))
    assert len(cards) == len(first.methods)


def test_a_long_report_has_contents_and_a_short_one_none():
    """More than four pages get a table of contents; a running head and page numbers stand on each."""
    reader = opened("en")
    assert 4 < len(reader.pages) < 12
    assert "Contents" in reader.pages[0].extract_text()
    for number, page in enumerate(reader.pages, 1):
        words = page.extract_text()
        assert f"{number} / {len(reader.pages)}" in words
        assert ("B00000000" in words and "Explainable AI" in words) or number == 1
    page = report_fixture.whole()
    nothing = with_answer(page.questions[2], everywhere("Nothing."))
    short = replace(page, questions=(nothing,), methods=(), foot=())
    read = PdfReader(BytesIO(pdf(short, ["en"], {}, TEMPLATES)))
    assert len(read.pages) == 1
    assert "Contents" not in read.pages[0].extract_text()


def test_large_grids_break_over_pages():
    """Ten times the filters run over several pages, and every number is printed."""
    page = report_fixture.whole()
    figure = next(figure for figure in page.figures("en") if figure.id == "filters")
    (grid,) = figure.bodies
    cells = tuple(replace(cell, short=Text.of(f"unit{k:03}")) for k, cell in enumerate(grid.cells * 8))
    figure = replace(figure, bodies=(replace(grid, cells=cells),))
    page = replace(page, questions=(with_answer(page.questions[1], figure),), methods=())
    read = PdfReader(BytesIO(pdf(page, ["en"], pictures(), TEMPLATES)))
    found = [set(re.findall(r"unit\d\d\d", sheet.extract_text())) for sheet in read.pages]
    assert len(set().union(*found)) == 256
    assert sum(bool(units) for units in found) >= 3


def test_hostile_words_are_printed_as_they_are():
    """Commands of Typst, HTML and Jinja are letters, in titles, prose, code and tables."""
    page = report_fixture.whole(report_fixture.told(Text.of(HOSTILE)))
    prose = everywhere(f"`` {HOSTILE} ``\n\n| a |\n| - |\n| \\#let x |\n")
    asked = replace(with_answer(page.questions[1], prose), title=Text.of(HOSTILE))
    page = replace(page, questions=(asked,), methods=())
    reader = PdfReader(BytesIO(pdf(page, ["en"], {}, TEMPLATES)))
    words = squeezed("".join(sheet.extract_text() for sheet in reader.pages))
    assert words.count(squeezed(HOSTILE)) >= 3
    assert "#letx" in words
    assert reader.metadata.title == HOSTILE


def test_long_names_leave_room_for_the_numbers():
    """A class of twenty characters is broken in its column; the matrix stays on its page."""
    page, long = report_fixture.whole(), Text.of("長" * 20)
    figure = next(one for one in page.figures("en") if one.bodies and isinstance(one.bodies[0], Matrix))
    (matrix,) = figure.bodies
    rows = tuple(replace(row, head=long) for row in matrix.rows)
    figure = replace(figure, bodies=(replace(matrix, rows=rows, classes=(long, *matrix.classes[1:])),))
    page = replace(page, questions=(with_answer(page.questions[1], figure),), methods=(), sections=())
    read = PdfReader(BytesIO(pdf(page, ["en"], pictures(), TEMPLATES)))
    words = [squeezed(sheet.extract_text()) for sheet in read.pages]
    (whole,) = (one for one in words if matrix.rows[0].recall in one)
    assert all(row.recall in whole for row in matrix.rows)


def picture(size, form):
    """A file of noise, which a PDF keeps as large as it is."""
    stream = BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Pictures.fromarray(noise).save(stream, form)
    return stream.getvalue()


def test_pictures_of_texts_are_printed_where_they_stand():
    """Of every format, by their content; in a list, a cell, a heading and a caption, with their words."""
    files = {
        "pictures/a b.png": picture((500, 300), "PNG"),
        "pictures/c.jpg": picture((500, 300), "JPEG"),
        "pictures/d.gif": picture((5, 3000), "GIF"),
        "pictures/e.png": picture((4000, 3), "WEBP"),
    }
    text = "a ![One](a%20b.png) b\n\n- ![Two](c.jpg)\n\n| h |\n| - |\n| ![](d.gif) |\n\n# ![Four](e.png)\n\n"
    text += "## **![Five](c.jpg)** x [![Six](c.jpg)](#a)\n\na **![Seven](c.jpg)** b *![Eight](e.png)*"
    page = report_fixture.whole()
    page = replace(page, questions=(with_answer(page.questions[1], everywhere(text)),), methods=(), sections=())
    document = pikepdf.open(BytesIO(pdf(page, ["en"], files, TEMPLATES)))
    alts = [str(thing.Alt) for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]
    assert sorted(alts) == ["Eight", "Five", "Four", "One", "Seven", "Six", "Two", "d.gif"]


@pytest.mark.parametrize(
    "text",
    [
        "#\n\n## \n\n# &#8203;",
        ">" * 60 + " a",
        "- " * 60 + "a",
        "1. " * 60 + "a",
        "> - " * 30 + "a",
        "*" + "_*" * 40 + "a" + "*_" * 40 + "*",
        "100000000000000000000. a",
        "999999999. a",
        r"$$\,$$ $\hspace{1e400em}$ $\hspace{99999em}$ $\unicode{x0}$ $\phantom{}$ $\begin{matrix}\end{matrix}$",
        "${" + "^{a" * 50 + "}" * 50 + "}$",
        r"$\sqrt{" * 1 + r"\sqrt{" * 50 + "a" + "}" * 51 + "$",
        r"$\frac{$ $\style{background:url(//evil.example/x)}{x}$ $\href{javascript:alert(1)}{y}$",
        "[](https://example.org) [ ](#fig-none) ![](http://evil.example/x.png)",
        "|\n|-|\n\n| |\n|-|\n| |",
        "```\n\n```\n\n``` ```",
        "---\n\n" * 30,
        "# *a*\n\n## ***b***\n\n## [*c*](#d)",
        "*a $$x$$ b* **$$y$$** [$$z$$](#a) *[**$$w$$**](#a)*\n\n# $$v$$\n\n| $$u$$ |\n| - |\n| *$$t$$* |",
        "\ufeffa `\ufeff` $\ufeffx$ ![\ufeff](http://evil.example)",
    ],
)
def test_odd_prose_gives_a_file(text):
    """Whatever a text holds, the file is made and valid: what is odd takes no other words with it."""
    page = report_fixture.whole()
    asked = with_answer(page.questions[1], everywhere(f"Before.\n\n{text}\n\nBehind."))
    page = replace(page, questions=(replace(asked, prompt=everywhere(text)),), methods=(), sections=())
    words = squeezed(
        "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf(page, ["en"], {}, TEMPLATES))).pages)
    )
    assert "Before." in words
    assert "Behind." in words


@pytest.mark.parametrize("words", ["a" * 4000, "\u202egnorw\u200f", "😀", "字" * 4000, "x\x00y", " ", "\ufeff"])
def test_odd_titles_give_a_file(words):
    """Whatever a title holds, the file is made and valid."""
    page = replace(report_fixture.whole(), title=Text.of("T" + words), questions=(), methods=())
    read = PdfReader(BytesIO(pdf(page, ["en"], {}, TEMPLATES)))
    assert len(read.pages) >= 1


def test_a_template_beside_the_report_comes_first(tmp_path):
    """The user's report.typ replaces the project's."""
    (tmp_path / "report.typ").write_text('#set document(title: "Mine")\n= Own layout')
    data = pdf(report_fixture.whole(), ["en"], {}, Templates((tmp_path,), trusted=True))
    assert "Own layout" in PdfReader(BytesIO(data)).pages[0].extract_text()


def test_a_broken_template_is_told_in_words(tmp_path):
    """Typst's message, without a trace; a warning is as bad as an error."""
    (tmp_path / "report.typ").write_text("#let = 3")
    with pytest.raises(ComputationError, match="the PDF could not be set"):
        pdf(report_fixture.whole(), ["en"], {}, Templates((tmp_path,)))
    (tmp_path / "report.typ").write_text('#set document(title: "x")\n#set text(font: "No Such Font")\n= a')
    with pytest.raises(ComputationError, match=r"with a warning.*no such font"):
        pdf(report_fixture.whole(), ["en"], {}, Templates((tmp_path,)))


def test_an_independent_checker_finds_no_error(case, tmp_path):
    """PDF/UA-1 and WCAG as outloud checks them."""
    from outloud.cli import main

    file = tmp_path / "report.pdf"
    file.write_bytes(made(case))
    with pytest.raises(SystemExit) as ended:
        main([str(file), "--quiet"])
    assert ended.value.code == 0


def set_by_typst(chart):
    """The fixture's first figure with a large picture for its body, as Typst writes it."""
    whole = report_fixture.whole()
    sheet = Sheet({"en": Image("chart.png", SIDE, SIDE, SIDE, Text.of("A chart."), "chart")})
    figure = replace(whole.figures("en")[0], bodies=(sheet,), legend=None)
    page = replace(whole, questions=(with_answer(whole.questions[0], figure),), methods=(), sections=())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "compact", lambda data: data)
        return paper.pdf(page, ["en"], {"figures/chart.png": png(chart)}, TEMPLATES)


@pytest.fixture(scope="module", params=list(CHARTS))
def compacted(request):
    """The file before, the file after, and the pixels of its chart."""
    plain = set_by_typst(CHARTS[request.param])
    return plain, compact(plain), CHARTS[request.param]


def chart_of(data):
    """The image as the file holds it, and as it is shown."""
    (image,) = (image for page in PdfReader(BytesIO(data)).pages for image in page.images)
    return image.indirect_reference.get_object(), np.asarray(image.image.convert("RGB"))


def test_every_pixel_stays_as_it_was(compacted):
    """A table of colours where there are few, the same picture with the same settings."""
    plain, small, pixels = compacted
    (before, _), (after, shown) = chart_of(plain), chart_of(small)
    assert np.array_equal(shown, pixels)
    for key in ("/Width", "/Height", "/BitsPerComponent", "/Interpolate"):
        assert before.get(key) == after.get(key)
    assert (after["/ColorSpace"][0] == "/Indexed") == (len(np.unique(pixels)) < 10)


def test_words_tags_and_metadata_stay(compacted):
    """The same text, tree of tags, title and identifier of the standard."""
    old, new = (PdfReader(BytesIO(data)) for data in compacted[:2])
    assert [page.extract_text() for page in old.pages] == [page.extract_text() for page in new.pages]
    assert old.metadata == new.metadata
    assert old.xmp_metadata.stream.get_data() == new.xmp_metadata.stream.get_data()
    trees = [tree(reader.trailer["/Root"]["/StructTreeRoot"]) for reader in (old, new)]
    assert trees[0] == trees[1]
    assert "/Figure" in str(trees[0])


def tree(element):
    """The kind and the alternative text of an element, with what is below it."""
    below = element.get("/K", [])
    kids = [kid.get_object() for kid in (below if isinstance(below, list) else [below])]
    return element.get("/S"), element.get("/Alt"), [tree(kid) for kid in kids if isinstance(kid, dict)]


def test_it_is_smaller_and_the_same_twice(compacted):
    """Nothing of the time or the path comes in."""
    plain, small, _ = compacted
    assert small == compact(plain)
    assert len(small) < len(plain)


def test_one_document_at_a_time_is_shrunk(monkeypatch):
    """The PDFs of all languages are made in threads, and pikepdf in several of them may crash."""
    at_once, most, opening = [], [], paper.pikepdf.open

    def slowly(data):
        at_once.append(data)
        most.append(len(at_once))
        time.sleep(0.02)
        at_once.remove(data)
        return opening(data)

    monkeypatch.setattr(paper.pikepdf, "open", slowly)
    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(compact, 3 * [made("en")]))) == 1
    assert set(most) == {1}
