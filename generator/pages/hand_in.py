"""The page as it is handed in: answers with at most a line of lights a figure, and all the rest in an appendix."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from generator.pages.blocks import NOTHING, Body, Detail
from generator.pages.page import Page, PageSection, ShownFigure, ShownQuestion
from generator.results import LightLine
from generator.words import Interface

Extent = Literal["short", "appendix", "none"]


def handed_in(page: Page, evidence: Extent) -> Page:
    """The same report; what it leaves out of its figures stands in a section for each, before the others."""
    details = PageSection("details", page.words("page.details"), tuple(_details(page, evidence)))
    sections = tuple(one for one in page.sections if evidence != "none" or one.id != "evidence")
    return replace(
        page,
        questions=tuple(_answered(question, evidence, page.words) for question in page.questions),
        sections=tuple(sorted(((details,) if details.blocks else ()) + sections, key=lambda one: not one.closing)),
    )


def details_anchor(figure: ShownFigure) -> str:
    """Where the rest of a figure stands."""
    return f"s-details-{figure.id}"


def _answered(question: ShownQuestion, evidence: Extent, words: Interface) -> ShownQuestion:
    answers = {
        language: tuple(_short(block, evidence, words) if isinstance(block, ShownFigure) else block for block in answer)
        for language, answer in question.answers.items()
    }
    return replace(question, answers=answers)


def _short(figure: ShownFigure, evidence: Extent, words: Interface) -> ShownFigure:
    """Its pictures and what is needed to read them; a light keeps its word and what it is about."""
    lights = tuple(_lights(figure, words)) if evidence == "short" else ()
    return replace(figure, evidence=lights, details=(), numbers=())


def _lights(figure: ShownFigure, words: Interface) -> Iterator[LightLine]:
    """Every light once, with all that it stands for."""
    for light in dict.fromkeys((line.light, line.light_word) for line in figure.evidence):
        named = (line.name for line in figure.evidence if (line.light, line.light_word) == light)
        yield LightLine(*light, words.joined(named), NOTHING, NOTHING)


def _details(page: Page, evidence: Extent) -> Iterator[PageSection]:
    """What the answers leave out, a part a figure: lights with their reasons, settings, numbers of single images."""
    gap = page.words("figure.gap")
    for figure in page.figures(page.words.languages[0]):
        lights = figure.evidence if evidence != "none" else ()
        scale = (
            (Detail(page.words("panel.legend"), figure.legend.more),) if figure.legend and figure.legend.more else ()
        )
        settings = (one for one in ((*figure.details, *scale),) if one)
        blocks: tuple[Body | LightLine | tuple[Detail, ...], ...] = (*lights, *settings, *figure.numbers)
        if blocks:
            yield PageSection(f"details-{figure.id}", figure.label + gap + figure.title, blocks)
