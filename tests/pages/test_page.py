"""Where the figures of an answer stand, decided once for every form of the report."""

from dataclasses import replace

import pytest

from generator.pages.page import ShownFigure
from generator.text import Passage, Prose
from tests.fixtures.report_fixture import whole

PAGE = whole()
LIME, FILTERS = (next(figure for figure in PAGE.figures("en") if figure.id == name) for name in ("lime", "filters"))


def said(text, language="en"):
    return Passage(text, language)


def answered(**answers):
    """A question with these answers, by `en` and `zh`."""
    names = {"en": "en", "zh": "zh-Hant"}
    return replace(PAGE.questions[0], answers={names[name]: answer for name, answer in answers.items()})


def read(question, *languages):
    """What stands in the answer, in its order: names of figures, texts by language."""
    return [
        block.id if isinstance(block, ShownFigure) else {key: one.source for key, one in block.by_language.items()}
        for block in question.answer(*languages)
    ]


def test_where_both_place_their_figures_alike_they_stand_between_the_same_texts():
    """What one language does not say leaves nothing."""
    question = answered(
        en=(said("before"), LIME, said("between"), FILTERS),
        zh=(LIME, said("其間", "zh-Hant"), FILTERS, said("之後", "zh-Hant")),
    )
    assert read(question, "en", "zh-Hant") == [
        {"en": "before"},
        "lime",
        {"en": "between", "zh-Hant": "其間"},
        "filters",
        {"zh-Hant": "之後"},
    ]


@pytest.mark.parametrize("languages", [("en", "zh-Hant"), ("zh-Hant", "en")])
def test_where_they_do_not_the_first_keeps_its_order_and_the_other_follows_whole(languages):
    """No figure is lost or doubled, and neither is a word."""
    question = answered(en=(said("one"), LIME, said("two"), FILTERS), zh=(said("甲"), FILTERS, said("乙"), LIME))
    first, other = languages
    own = read(question, first)
    assert read(question, *languages)[: len(own)] == own
    assert read(question, *languages)[len(own) :] == [{other: "one\n\ntwo" if other == "en" else "甲\n\n乙"}]


def test_alone_each_language_has_its_own_order():
    """Both read their figures where their own text has them."""
    question = answered(en=(LIME, said("two"), FILTERS), zh=(FILTERS, said("乙"), LIME))
    assert [read(question, "en"), read(question, "zh-Hant")] == [
        ["lime", {"en": "two"}, "filters"],
        ["filters", {"zh-Hant": "乙"}, "lime"],
    ]
    page = replace(PAGE, questions=(question,))
    assert [figure.id for figure in page.figures("zh-Hant")] == ["filters", "lime"]


def test_what_stands_at_a_figure_that_is_left_out_runs_together():
    """Two passages without a figure between them are one."""
    assert read(answered(en=(said("one"), said("two"), LIME)), "en") == [{"en": "one\n\ntwo"}, "lime"]


def test_a_stand_in_keeps_its_language():
    """A reader is told in which language he is answered."""
    (block,) = answered(en=(said("只有中文", "zh-Hant"),)).answer("en")
    assert block == Prose({"en": Passage("只有中文", "zh-Hant")})
