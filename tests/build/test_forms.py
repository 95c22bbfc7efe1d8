"""The forms of a report, each from the same page."""

import pytest

from generator.build.forms import FORMS, Print
from generator.build_options import FORMATS
from generator.shipped import TEMPLATES
from tests.fixtures.report_fixture import built, whole


@pytest.fixture(scope="module")
def of():
    pictures = {picture.name: picture.data for figure in built().values() for picture in figure.drawing.pictures}
    return Print(whole(), pictures, (TEMPLATES,), model=False)


def test_every_form_can_be_asked_for():
    """The command line knows their names before anything of weight is imported."""
    assert set(FORMS) == set(FORMATS)


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ("html", ["index.html", "zh-Hant/index.html", "en/index.html", "both/index.html"]),
        ("md", ["report.zh-Hant.md", "report.en.md"]),
        ("pdf", ["report.zh-Hant.pdf", "report.en.pdf", "report.pdf"]),
    ],
)
def test_a_form_has_a_file_a_language_and_one_with_both_where_it_can(of, form, files):
    """In the order of the report's languages."""
    made = dict(FORMS[form].files(of))
    assert list(made) == files
    assert all(made.values())


def test_pages_lead_to_the_forms_that_are_downloaded(of):
    """By the name that the form gives itself."""
    assert [(link.title["en"], link.href) for link in of.page.downloads if link.language == "en"] == [
        (form.download, f"report.en.{name}") for name, form in FORMS.items() if form.download
    ]
