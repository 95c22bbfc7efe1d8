"""Two languages beside each other: blocks of prose in pairs, each figure once with its twin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from generator.pages.page import Block, Page, Prose, ShownFigure, ShownQuestion

Both = tuple[Block | None, Block | None]


@dataclass(frozen=True)
class Pair:
    """A question in two languages; its blocks are prose beside prose (or nothing), or a figure and its twin."""

    questions: tuple[ShownQuestion, ShownQuestion]
    blocks: tuple[Both, ...]


def pairs(first: Page, second: Page) -> tuple[Pair, ...]:
    """The questions of two pages of one report."""
    return tuple(
        Pair((one, other), tuple(_beside(one.answer, other.answer)))
        for one, other in zip(first.questions, second.questions, strict=True)
    )


def _beside(first: Sequence[Block], second: Sequence[Block]) -> Iterator[Both]:
    """Where both place their figures alike, they stand between the same texts; else they follow all of the text."""
    figures = [block for block in first if isinstance(block, ShownFigure)]
    twins = {block.id: block for block in second if isinstance(block, ShownFigure)}
    texts = _texts(first), _texts(second)
    if [figure.id for figure in figures] != list(twins):
        texts = [list(chain(*texts[0]))], [list(chain(*texts[1]))]
    for position in range(max(len(figures) + 1, len(texts[0]))):
        yield from zip_longest(*(text[position] if position < len(text) else () for text in texts))
        if position < len(figures):
            yield figures[position], twins.get(figures[position].id)


def _texts(blocks: Sequence[Block]) -> list[list[Prose]]:
    """The prose before, between and after the figures."""
    texts: list[list[Prose]] = [[]]
    for block in blocks:
        if isinstance(block, Prose):
            texts[-1].append(block)
        else:
            texts.append([])
    return texts
