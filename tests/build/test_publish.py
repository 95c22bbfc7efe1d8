"""The forms of a report, each from the same page, and which pictures they show to whom."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from generator.build import publish as room
from generator.build.cache import Cache
from generator.build.publish import FORMS, Publication, card_once, parts_of
from generator.build_options import DEFAULT_FORMATS, FORMATS
from generator.pages.blocks import Image
from generator.shipped import SHIPPED
from generator.spec.grammar import PdfForm
from tests.fixtures.evidence_fixture import evidence, whole_section
from tests.fixtures.report_fixture import built, whole


@pytest.fixture(scope="module")
def of():
    """What the forms are made from, as a publication has it."""
    pictures = {
        f"figures/{picture.name}": picture.data for figure in built().values() for picture in figure.drawing.pictures
    }
    idle = SimpleNamespace(cache=Cache(None))
    return SimpleNamespace(
        page=whole(), pictures=pictures, report=SimpleNamespace(templates=SHIPPED, pdf=PdfForm()), study=idle
    )


def test_every_form_can_be_asked_for():
    """The command line knows their names before anything of weight is imported."""
    assert set(FORMS) == set(FORMATS)


@pytest.mark.parametrize(
    ("form", "files"),
    [
        (
            "html",
            [
                "index.html",
                *(f"{folder}/index.html" for folder in ("zh-Hant", "en", "both")),
                *("report.zh-Hant.png", "report.en.png"),
            ],
        ),
        ("md", ["report.zh-Hant.md", "report.en.md"]),
        ("pdf", ["report.zh-Hant.pdf", "report.en.pdf", "report.pdf"]),
        ("single", ["report.zh-Hant.single.html", "report.en.single.html", "report.single.html"]),
        ("docx", ["report.zh-Hant.docx", "report.en.docx", "report.docx"]),
    ],
)
def test_a_form_has_a_file_a_language_and_one_with_both_where_it_can(of, form, files):
    """In the order of the report's languages."""
    made = dict(FORMS[form].made(of, of.page))
    assert list(made) == files
    assert all(made.values())


def test_a_card_is_drawn_once(tmp_path, monkeypatch):
    """And again where a word or a picture on it is another."""
    drawn = []
    monkeypatch.setattr(room, "card", lambda *shown: drawn.append(shown) or repr(shown).encode())
    for shown in 2 * [("title", "author", "below", [b"1", b"2"]), ("title", "author", "below", [b"1"])]:
        assert card_once(Cache(tmp_path), *shown) == repr(shown).encode()
    assert len(drawn) == 2


def test_what_leads_to_a_report_is_made_where_it_is_known(of):
    """A map of a site whose address is known, and a copy of the spec for its readers."""
    said = SimpleNamespace(templates=SHIPPED, source=SimpleNamespace(text="title: 報告\n"))
    page = replace(of.page, address="https://a.org/", source="report.yaml")
    made = dict(FORMS["html"].made(SimpleNamespace(**{**vars(of), "report": said}), page))
    assert made["report.yaml"] == "title: 報告\n".encode()
    assert b"<loc>https://a.org/en/</loc>" in made["sitemap.xml"]


def test_a_file_that_cannot_be_made_takes_no_other_with_it(of, monkeypatch):
    """Its name and the reason are known, and no page leads to it."""

    def failing(page, languages, *others):
        if languages == ("en",):
            raise RecursionError("too deep")
        return b"%PDF"

    monkeypatch.setattr("generator.paper.pdf.pdf", failing)
    monkeypatch.setattr("generator.pages.markdown_page.markdown", lambda *asked: "# Report")
    asked = Publication(
        SimpleNamespace(languages=("zh-Hant", "en"), templates=SHIPPED, pdf=PdfForm()),
        of.study,
        {},
        DEFAULT_FORMATS,
        None,
    )
    vars(asked).update(page=of.page, pictures={"figures/a.png": b"1"}, _drawn=((), ""))
    made = asked.published
    assert made.failures == {"report.en.pdf": "RecursionError: too deep"}
    assert made.files["report.en.md"] == b"# Report"
    assert {"figures/a.png", "report.pdf", "report.zh-Hant.pdf", "index.html", "both/index.html"} <= set(made.files)
    assert b"report.en.md" in made.files["en/index.html"]
    assert b"report.en.pdf" not in made.files["en/index.html"]
    assert b"report.zh-Hant.pdf" in made.files["zh-Hant/index.html"]


def test_pages_lead_to_the_forms_that_are_downloaded(of):
    """By the name that the form gives itself."""
    assert [(link.title["en"], link.href) for link in of.page.downloads if link.language == "en"] == [
        (form.download, f"report.en.{form.suffix or name}") for name, form in FORMS.items() if form.download
    ]


def test_a_chart_is_shown_to_readers_of_its_language():
    """A picture without words to all of them."""
    section = whole_section(evidence())
    names = {language: {image.name for image in parts_of(section, language, Image)} for language in ("en", "zh-Hant")}
    assert "evidence-looks-en.png" in names["en"] - names["zh-Hant"]
    assert "evidence-looks-zh-Hant.png" in names["zh-Hant"] - names["en"]
    assert any("-mean-" in name for name in names["en"] & names["zh-Hant"])


def test_a_picture_is_found_wherever_it_stands():
    """Beside a label, behind a figure's answer in a language, as a legend, in a table."""
    page = whole()
    found = {image.name for image in parts_of(page, "en", Image)}
    figures = {figure.id: figure for figure in page.figures("en")}
    assert figures["lime"].legend.bar.name in found
    assert {image.name for row in figures["saliency"].bodies[0].rows for image in row.images} <= found
    assert {image.name for image in figures["predictions"].bodies[0].images} <= found
