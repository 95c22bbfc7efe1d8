"""The DOCX as Word and LibreOffice find it."""

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.shared import Mm
from PIL import Image as Pictures
from pypdf import PdfReader

from generator.build.publish import parts_of
from generator.errors import ComputationError
from generator.pages.blocks import Columns, Image, Matrix, PictureGrid, PictureRows
from generator.pages.hand_in import handed_in
from generator.pages.page import PageSection
from generator.paper import word
from generator.paper.word import docx
from generator.shipped import SHIPPED
from generator.text import Passage, Prose, Text
from tests.fixtures import report_fixture
from tests.fixtures.picked import with_answer
from tests.paper.test_pdf import CASES, HOSTILE, pictures, words_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PAGE = handed_in(report_fixture.whole(), "short")
FORMULAS = "Text $\\frac{a}{b}$ and\n\n$$\\sum_{i=1}^{n} x_i^2$$\n\n"
OWN = FORMULAS + "| a | b |\n|---|--:|\n| 1 | 2 |\n\n- one\n\n```python\nx = 1\n```"


@cache
def made(case):
    return docx(PAGE, CASES[case], pictures(), SHIPPED)


@cache
def opened(case):
    return Document(BytesIO(made(case)))


def answered(source, case="en"):
    """The document of a report whose first answer is this."""
    answer = Prose({language: Passage(source, language) for language in CASES["both"]})
    first, *others = PAGE.questions
    page = replace(PAGE, questions=(with_answer(first, answer), *others))
    return Document(BytesIO(docx(page, CASES[case], pictures(), SHIPPED)))


def saved(document):
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def parts(case):
    with ZipFile(BytesIO(made(case))) as file:
        return {name: file.read(name).decode("utf-8", "replace") for name in file.namelist()}


def every_text(document):
    """What stands on the pages, tables and formulas with the rest."""
    return re.sub(r"\s+", "", "".join(document.element.body.itertext()))


def styled(document, name):
    return [paragraph for paragraph in paragraphs(document) if paragraph.style.name == name]


def paragraphs(document):
    from docx.text.paragraph import Paragraph

    return [Paragraph(element, document._body) for element in document.element.body.iter(f"{W}p")]


@pytest.fixture(params=list(CASES))
def case(request):
    return request.param


def test_the_same_pages_give_the_same_bytes():
    """No clock, no path and no chance in the file."""
    assert made("en") == docx(PAGE, ["en"], dict(reversed(pictures().items())), SHIPPED)


def test_headings_are_word_s_own(case):
    """They can be walked, folded and listed; the first list of them is there before anybody asks for it."""
    document, first = opened(case), CASES[case][0]
    headings = [paragraph.text for paragraph in paragraphs(document) if paragraph.style.name == "Heading 1"]
    for question, heading in zip(PAGE.questions, headings, strict=False):
        assert all(question.title[language] in heading for language in CASES[case])
    assert headings[-1].startswith(PAGE.words("page.appendix")[first])
    listed = [paragraph.text for paragraph in styled(document, "toc 1")]
    assert len(listed) == len(headings)
    assert 'TOC \\o "1-1"' in parts(case)["word/document.xml"]


def test_title_author_and_properties(case):
    document, first = opened(case), CASES[case][0]
    assert [one.text for one in styled(document, "Title")] == [PAGE.title[language] for language in CASES[case]]
    assert PAGE.author[0].value[first] in styled(document, "Author")[0].text
    properties = document.core_properties
    assert properties.title.startswith(PAGE.title[first])
    assert PAGE.author[-1].value[first] in properties.author
    assert "dcterms" not in re.sub("xmlns:[^ >]*", "", parts(case)["docProps/core.xml"])


def test_page_header_and_numbers(case):
    """A4; who and what at the head, page and number of pages at the foot."""
    section, first = opened(case).sections[0], CASES[case][0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    head = section.header.paragraphs[0].text
    assert PAGE.author[0].value[first] in head
    assert PAGE.author[-1].value[first] in head
    assert PAGE.title[first][:20] in head
    assert {"PAGE", "NUMPAGES"} <= set(parts(case)["word/footer1.xml"].split())


def test_figures_have_captions_that_word_counts(case):
    document = opened(case)
    captions = [paragraph.text for paragraph in styled(document, "Caption")]
    figures = PAGE.figures(CASES[case][0])
    assert len(captions) == len(figures) * len(CASES[case])
    for figure, caption in zip(figures, captions[:: len(CASES[case])], strict=True):
        assert caption.startswith(figure.label[CASES[case][0]])
        assert rf"SEQ Figure \r {figure.number} " in caption or figure.label[CASES[case][0]] in caption
    assert parts(case)["word/document.xml"].count(" SEQ Figure ") == len(captions)


def test_every_picture_says_what_it_shows_and_nothing_else(case):
    """The words of the page, and not what Pandoc made the picture from."""
    said = [shown.get("descr") for shown in opened(case).element.body.iter(f"{WP}docPr")]
    assert said
    assert all(said)
    assert "base64" not in parts(case)["word/document.xml"]
    if len(CASES[case]) == 1:
        alts = {" ".join(one.alt[case].split()) for one in parts_of(PAGE, case, Image)}
        assert {" ".join(text.split()) for text in said} <= alts


def test_pictures_of_rows_are_readable():
    """At least 35 mm wide where no more than four stand beside each other, and no wider than the page."""
    few = {
        image.alt["en"]
        for figure in PAGE.figures("en")
        for body in figure.bodies
        if isinstance(body, PictureRows) and len(body.panels) <= 4
        for row in body.rows
        for image in row.images
        if image.role != "image"
    }
    shown = [one for one in opened("en").inline_shapes if one._inline.docPr.get("descr") in few]
    assert len(shown) > 5
    assert all(Mm(35) <= one.width <= Mm(165) for one in shown)


def test_rows_stay_whole_and_heads_are_repeated(case):
    document = opened(case)
    rows = list(document.element.body.iter(f"{W}tr"))
    assert rows
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    headed = [table for table in document.tables if table.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None]
    assert len(headed) > 3


def test_every_text_of_the_page_is_in_the_file(case):
    """Titles, labels, captions, numbers and facts, in every language of the file."""
    text = every_text(opened(case))
    for language in CASES[case]:
        page = report_fixture.page(language)
        words = [page.title, *(question.title for question in page.questions)]
        words += [detail.value for figure in page.figures for detail in figure.details]
        words += [word for figure in page.figures for body in figure.bodies for word in words_of(body)]
        words += [card.summary for card in page.methods] + [detail.value for detail in page.foot]
        assert [word for word in words if re.sub(r"\s+", "", word) not in text] == []


def test_prose_becomes_word_s_own():
    """Equations, tables, lists and code, none of it as it was written."""
    document = answered(OWN)
    body = document.element.body
    assert len(list(body.iter(f"{M}oMath"))) == 2
    assert len(list(body.iter(f"{M}f"))) == 1
    assert len(list(body.iter(f"{M}nary"))) == 1
    assert [cell.text for table in document.tables[:1] for cell in table.rows[1].cells] == ["1", "2"]
    assert [one.text for one in styled(document, "Source Code")] == ["x = 1"]
    assert "$" not in every_text(document)


def test_a_picture_of_one_s_own_has_its_caption_and_width():
    """Also of a format that Word does not know."""
    stream = BytesIO()
    Pictures.new("RGB", (40, 20), "red").save(stream, "WEBP")
    own = {**pictures(), "pictures/a b.webp": stream.getvalue()}
    answer = Passage('![words](<a b.webp> "Said below"){width=50%}', "en")
    page = replace(PAGE, questions=(replace(PAGE.questions[0], answers={"en": (answer,)}),))
    document = Document(BytesIO(docx(page, ["en"], own, SHIPPED)))
    assert [one.text for one in styled(document, "Image Caption")] == ["Said below"]
    shown = next(one for one in document.inline_shapes if one._inline.docPr.get("descr") == "words")
    assert round(shown.width.mm) == 82
    assert round(shown.width / shown.height) == 2


def test_notes_tasks_and_definitions():
    """Notes are footnotes, also a second reference to one; boxes are signs."""
    document = answered("One[^a] and two[^a].\n\n[^a]: Said *below*.\n\n- [x] done\n- [ ] open\n\nTerm\n:   Meaning\n")
    with ZipFile(BytesIO(saved(document))) as file:
        assert file.read("word/footnotes.xml").decode().count("Said") == 2
    assert len(list(document.element.body.iter(f"{W}footnoteReference"))) == 2
    assert [one.text for one in styled(document, "Definition Term")] == ["Term"]
    assert {"☑ done", "☐ open"} <= {one.text for one in paragraphs(document)}


def test_a_formula_that_pandoc_does_not_know_is_an_equation_all_the_same():
    """From what a browser sees of it; so are the others."""
    body = answered("$\\cfrac{a}{b}$ and $\\binom{n}{k}$").element.body
    assert len(list(body.iter(f"{M}oMath"))) == 2
    assert len(list(body.iter(f"{M}f"))) == 2


def test_characters_are_stressed_by_dots():
    """They never slant; letters do."""
    runs = [run for one in paragraphs(answered("*重點* and *point*", "zh-Hant")) for run in one.runs]
    dotted = [run.text for run in runs if run._r.find(f"{W}rPr/{W}em") is not None]
    assert dotted == ["重點"]
    assert [run.text for run in runs if run.italic] == ["point"]


def test_the_answer_s_word_leads_it_in():
    first = next(one for one in paragraphs(answered("Because.")) if "Because." in one.text)
    assert first.text == "Answer: Because."
    assert first.runs[0].bold


def test_languages_are_marked_by_word_s_names():
    """Of each run beside another language; the whole document speaks its own."""
    styles = parts("zh-Hant")["word/styles.xml"]
    assert 'w:eastAsia="zh-TW"' in styles
    assert 'w:eastAsia="Microsoft JhengHei"' in styles
    both = parts("both")["word/document.xml"]
    assert 'w:lang w:eastAsia="zh-TW"' in both
    assert 'w:lang w:val="en-US"' in both
    assert "zh-Hant" not in both


def test_signs_that_no_file_may_hold_are_left_out():
    """As on the pages."""
    page = replace(PAGE, title=Text.of("bell\x07\ud800\ufffe end"), author=())
    document = Document(BytesIO(docx(page, ["en"], pictures(), SHIPPED)))
    assert styled(document, "Title")[0].text == "bell end"
    assert document.sections[0].header.paragraphs[0].text.strip() == "bell end"
    assert document.core_properties.title == "bell end"


def test_text_is_never_markup():
    document = answered(HOSTILE.replace("$", "\\$"))
    assert re.sub(r"\s+", "", "<script>alert(1)</script>") in every_text(document)


def test_places_lead_where_they_should():
    """Links within the document have their places."""
    text = parts("en")["word/document.xml"]
    places = set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', text))
    assert set(re.findall(r'w:anchor="([^"]+)"', text)) <= places
    assert not [place for place in places if place.startswith("shade-")]


def test_cells_of_a_matrix_have_their_colours():
    fills = re.findall(r'<w:shd [^>]*w:fill="([0-9A-F]{6})"', parts("en")["word/document.xml"])
    assert len(set(fills)) > 3


def test_parts_of_a_figure_stand_beside_each_other():
    """Two grids in one table, each below its name; two matrices below each other."""
    first, figures = PAGE.questions[0], PAGE.figures("en")
    grid, matrix = (next(b for f in figures for b in f.bodies if isinstance(b, kind)) for kind in (PictureGrid, Matrix))
    heads = (Text.of("before"), Text.of("after"))
    parts = [replace(figures[0], bodies=(Columns(heads, (body, body)),), legend=None) for body in (grid, matrix)]
    page = replace(PAGE, questions=(with_answer(first, *parts),))
    tables = Document(BytesIO(docx(page, ["en"], pictures(), SHIPPED))).tables
    assert [cell.text for cell in tables[0].rows[0].cells if cell.text][:: grid.columns] == ["before", "after"]
    assert [len(table.rows) for table in tables[1:3]] == [len(matrix.rows) + 2] * 2


def test_works_stand_behind_the_answers_in_a_style_of_their_own():
    """A heading of the first level, before the appendix; its entries hang."""
    listed = Prose({"en": Passage("Adebayo, J. 2018.\n\nRibeiro, M. 2016.", "en")})
    page = replace(
        PAGE, sections=(PageSection("references", Text.of("Works"), (listed,), closing=True), *PAGE.sections)
    )
    document = Document(BytesIO(docx(page, ["en"], pictures(), SHIPPED)))
    assert [one.text for one in styled(document, "Bibliography")] == ["Adebayo, J. 2018.", "Ribeiro, M. 2016."]
    assert [one.text for one in styled(document, "Heading 1")][-2:] == ["Works", "Appendix"]


def test_a_failed_figure_is_words():
    first = PAGE.questions[0]
    figures = [replace(one, failure=Text.of("it went wrong")) for one in PAGE.figures("en")[:1]]
    page = replace(PAGE, questions=(with_answer(first, *figures),))
    document = Document(BytesIO(docx(page, ["en"], pictures(), SHIPPED)))
    assert [one.text for one in styled(document, "Failure")] == ["it went wrong"]


def test_what_pandoc_refuses_is_a_failure_of_the_form(monkeypatch):
    monkeypatch.setattr(word, "ARGUMENTS", ("--from", "nothing"))
    with pytest.raises(ComputationError, match=r"the DOCX could not be set: .*nothing"):
        docx(PAGE, ["en"], pictures(), SHIPPED)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_it(tmp_path):
    """All of its pages, texts and pictures, as one would print it."""
    (tmp_path / "report.docx").write_bytes(made("both"))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    command += ["--outdir", str(tmp_path), str(tmp_path / "report.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    reader = PdfReader(tmp_path / "report.pdf")
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
    assert 3 <= len(reader.pages) <= 30
    assert [one.title["en"] for one in PAGE.questions if re.sub(r"\s+", "", one.title["en"]) not in text] == []
    shown = sum(len(page.images) for page in reader.pages)
    assert shown >= len(opened("both").inline_shapes) * 0.5
