"""The page as it is handed in."""

from dataclasses import replace

import pytest

from generator.pages.blocks import NOTHING, Detail, Table
from generator.pages.hand_in import details_anchor, handed_in
from generator.pages.page import PageSection
from generator.results import LightLine
from generator.text import Text
from tests.fixtures.picked import with_answer
from tests.fixtures.report_fixture import rows, whole

LINES = tuple(
    LightLine(light, Text.of(word), Text.of(name), Text.of(f"Why {name}."), Text.of("n 5"))
    for light, word, name in (("green", "holds", "one"), ("red", "no", "two"), ("green", "holds", "three"))
)
NUMBERS = Table(*rows(("a", "b")), rows(("1", "2")))
PAGE = whole()
FIGURE = replace(PAGE.figures("en")[0], evidence=LINES, numbers=(NUMBERS,))
SETTINGS = (*FIGURE.details, Detail(PAGE.words("panel.legend"), FIGURE.legend.more))
ASKED = replace(
    PAGE,
    questions=(with_answer(PAGE.questions[0], FIGURE), PAGE.questions[2]),
    sections=(PageSection("evidence", Text.of("Evidence"), (NUMBERS,)),),
)


def test_a_figure_keeps_its_lights_and_no_more():
    """Each light once with all that it stands for; reasons, settings and numbers are elsewhere."""
    (figure, *_) = handed_in(ASKED, "short").figures("en")
    assert [(line.light, line.light_word["en"], line.name["en"]) for line in figure.evidence] == [
        ("green", "holds", "one, three"),
        ("red", "no", "two"),
    ]
    assert {(line.sentence, line.numbers) for line in figure.evidence} == {(NOTHING, NOTHING)}
    assert (figure.details, figure.numbers) == ((), ())
    assert (figure.bodies, figure.caption, figure.legend) == (FIGURE.bodies, FIGURE.caption, FIGURE.legend)


@pytest.mark.parametrize("evidence", ["short", "appendix"])
def test_all_the_rest_stands_behind_the_answers(evidence):
    """A section with a part a figure comes before the others, in which nothing is shortened."""
    details, measured = handed_in(ASKED, evidence).sections
    part = details.blocks[0]
    assert part.anchor == details_anchor(FIGURE)
    assert part.blocks == (*LINES, SETTINGS, NUMBERS)
    assert measured == ASKED.sections[0]


def test_evidence_may_stand_in_the_appendix_alone_or_nowhere():
    """`appendix` takes it from the figures, `none` from everywhere; settings and numbers stay."""
    for evidence in ("appendix", "none"):
        assert all(figure.evidence == () for figure in handed_in(ASKED, evidence).figures("en"))
    (details,) = handed_in(ASKED, "none").sections
    assert details.blocks[0].blocks == (SETTINGS, NUMBERS)


def test_a_report_without_anything_to_add_gets_no_section():
    """Figures without settings, numbers and evidence need no part, and none of them no section."""
    bare = replace(FIGURE, evidence=(), details=(), numbers=(), legend=None)
    page = replace(PAGE, questions=(with_answer(PAGE.questions[0], bare),), sections=())
    assert handed_in(page, "short").sections == ()
