"""What is published beside the pages: which pictures they show, and to whom."""

from generator.build.publish import images_of
from tests.fixtures.evidence_fixture import evidence, whole_section
from tests.fixtures.report_fixture import whole


def test_a_chart_is_shown_to_readers_of_its_language():
    """A picture without words to all of them."""
    section = whole_section(evidence())
    names = {language: {image.name for image in images_of(section, language)} for language in ("en", "zh-Hant")}
    assert "evidence-looks-en.png" in names["en"] - names["zh-Hant"]
    assert "evidence-looks-zh-Hant.png" in names["zh-Hant"] - names["en"]
    assert any("-mean-" in name for name in names["en"] & names["zh-Hant"])


def test_a_picture_is_found_wherever_it_stands():
    """Beside a label, behind a figure's answer in a language, as a legend, in a table."""
    page = whole()
    found = {image.name for image in images_of(page, "en")}
    figures = {figure.id: figure for figure in page.figures("en")}
    assert figures["lime"].legend.bar.name in found
    assert {image.name for row in figures["saliency"].bodies[0].rows for image in row.images} <= found
    assert {image.name for image in figures["predictions"].bodies[0].images} <= found
