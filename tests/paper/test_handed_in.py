"""The PDF as a teacher finds it: large pictures, full pages, nothing alone at a foot, answers before all the rest."""

from dataclasses import replace
from functools import cache

import pytest

from generator.pages.hand_in import handed_in
from generator.paper.pdf import pdf
from generator.shipped import SHIPPED
from generator.text import Passage
from tests.fixtures import report_fixture
from tests.fixtures.printed import LINE, sheets

PAGE = report_fixture.whole()
PICTURES = {f"figures/{p.name}": p.data for built in report_fixture.built().values() for p in built.drawing.pictures}
TEXT = {"en": "Words of an answer that somebody wrote. ", "zh-Hant": "有人寫下的一段回答，說明看到了什麼。"}
LENGTHS = (0, 4, 9, 15, 22, 30, 45)  # sentences before the figures of a question
LEAST, FULL = 35.0, 0.66  # millimetres across, and how full a page is


def figure(name, copy=""):
    """A figure of the fixture with lights, once more under another name."""
    found = next(one for one in PAGE.figures("en") if one.id == name)
    return replace(found, id=name + copy, evidence=report_fixture.evidence())


SHOWN = (
    (figure("saliency"), figure("saliency", "-again")),
    (figure("filters"), figure("feature_maps")),
    (figure("lime"), figure("confusion_matrix")),
    (figure("saliency", "-third"), figure("lime", "-again")),
)


def homework(sentences):
    """Four questions with two figures each, and no words but these."""
    said = {language: Passage(one * sentences, language) for language, one in TEXT.items() if sentences}
    asked = replace(PAGE.questions[0], collaborators=PAGE.questions[2].collaborators)
    questions = []
    for number, figures in enumerate(SHOWN, 1):
        answers = {language: (*filter(None, [said.get(language)]), *figures) for language in TEXT}
        questions.append(replace(asked, id=f"q{number}", number=number, answers=answers))
    return replace(PAGE, questions=tuple(questions), sections=report_fixture.sections())


@cache
def printed(sentences, *languages):
    return sheets(pdf(handed_in(homework(sentences), "short"), languages, PICTURES, SHIPPED))


@pytest.fixture(params=[(length, language) for length in LENGTHS for language in TEXT], ids=str)
def made(request):
    """The pages of the answers."""
    length, language = request.param
    made = printed(length, language)
    title = PAGE.words("page.appendix")[language]
    (start,) = (number for number, sheet in enumerate(made) if any(one.words == title for one in sheet.headings))
    assert made[start].headings[0].top < 20
    return made[:start]


def test_pictures_can_be_read(made):
    """Maps of images are at least 35 mm wide; filters and their outputs may be smaller."""
    widths = sorted(picture.width for sheet in made for picture in sheet.pictures)
    large = [width for width in widths if width >= LEAST]
    rows = 2 * 7 * 3 + 7 * 3 + 2 * 7 * 2
    assert len(large) >= rows
    assert len(widths) - len(large) == 32 + 8 + 1  # with the face beside the outputs


def test_pages_are_full(made):
    """But the last one."""
    assert [round(sheet.filled, 2) for sheet in made[:-1] if sheet.filled < FULL] == []


def test_nothing_that_leads_in_stands_alone(made):
    """Below a heading there are words or pictures, and no page ends with the word before an answer."""
    for sheet in made:
        assert all(sheet.below(heading.top + 3 * LINE) for heading in sheet.headings)
        assert sheet.last_line not in ("Answer:", "答：")


def test_both_languages_stand_as_well():
    """Twice the words beside each picture, and the same rules."""
    made = printed(15, "zh-Hant", "en")
    assert min(sheet.filled for sheet in made[:-2]) > 0.6
    assert max(picture.width for sheet in made for picture in sheet.pictures) >= LEAST


def test_lights_stand_in_the_answers_and_reasons_behind_them():
    """The words of a light come twice, its reason once, behind the heading of the appendix."""
    words = [" ".join(mark.words for mark in sheet.words) for sheet in printed(9, "en")]
    start = next(
        number
        for number, sheet in enumerate(printed(9, "en"))
        if sheet.headings[:1] and sheet.headings[0].words == "Appendix"
    )
    answers, appendix = " ".join(words[:start]), " ".join(words[start:])
    assert "Claim" not in answers
    assert "Claim amber." in appendix
    assert PAGE.words("evidence.amber")["en"] in answers
