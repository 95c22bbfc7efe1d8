"""The page of a report in all its languages: every word, number and order decided, nothing left for a template.

The renderers walk it and pick one language or several. A `Text` is plain, a `Prose` Markdown, a `str` never varies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.pages.blocks import NOTHING, Body, Detail, Image, Table
from generator.results import LightLine
from generator.text import Passage, Prose, Text
from generator.words import Interface


@dataclass(frozen=True)
class Link:
    """A place: of this page (`#fig-lime`), of another page or file of the site in its `language`, or outside."""

    title: Text
    href: str
    language: str = ""
    children: tuple["Link", ...] = ()


@dataclass(frozen=True)
class ColourKey:
    """What the colours of `bar` mean, from `low` to `high` of `quantity`.

    A signed one has zero in the middle, and the words `below` and `above` for what the two sides do to the score.
    `note` says whose scale it is, `more` what else was done for the eye.
    """

    title: Text
    quantity: Text
    low: Text
    high: Text
    bar: Image | None
    signed: bool = False
    below: Text = NOTHING
    above: Text = NOTHING
    note: Text = NOTHING
    more: Text = NOTHING


@dataclass(frozen=True)
class ShownFigure:
    """A numbered figure; `failure` holds why it could not be computed, and then there is no body."""

    id: str
    number: int
    label: Text  # "Figure 3"
    title: Text
    caption: Prose
    bodies: tuple[Body, ...]
    legend: ColourKey | None = None
    details: tuple[Detail, ...] = ()
    numbers: tuple["Table", ...] = ()  # of single images, which a reader need not know
    remarks: tuple[Text, ...] = ()
    evidence: tuple[LightLine, ...] = ()
    failure: Text = NOTHING
    method: str = ""  # its card is `#method-<method>`

    @property
    def anchor(self) -> str:
        return f"fig-{self.id}"


@dataclass(frozen=True)
class ShownQuestion:
    """A question of the homework: `number` from 1, its points in words, and the answers with their figures in place.

    `answers` has for each language its passages and the figures in the order of its own text; `collaborators` is the
    whole line in brackets, empty where none is asked for.
    """

    id: str
    number: int
    title: Text
    points: Text
    prompt: Prose
    collaborators: Text
    answers: Mapping[str, tuple[Passage | ShownFigure, ...]]

    @property
    def anchor(self) -> str:
        return f"q-{self.id}"

    def answer(self, *languages: str) -> tuple[Prose | ShownFigure, ...]:
        """The answer for readers of these languages: what they say stands beside each other from figure to figure.

        The figures stand as the first language has them; one that places them otherwise says all after the last.
        """
        figures = _placed(self.answers[languages[0]])
        stretches = {language: _stretches(self.answers[language], figures) for language in languages}
        blocks: list[Prose | ShownFigure] = []
        for place in range(len(figures) + 1):
            said = {language: own[place] for language, own in stretches.items() if own[place].source}
            blocks += [Prose(said)] if said else []
            blocks += figures[place : place + 1]
        return tuple(blocks)


def _placed(answer: Sequence[Passage | ShownFigure]) -> list[ShownFigure]:
    return [block for block in answer if isinstance(block, ShownFigure)]


def _stretches(answer: Sequence[Passage | ShownFigure], figures: Sequence[ShownFigure]) -> list[Passage]:
    """What is said before each figure and after the last; all of it after the last where they stand otherwise."""
    if [figure.id for figure in _placed(answer)] != [figure.id for figure in figures]:
        answer = (*figures, *(block for block in answer if isinstance(block, Passage)))
    pieces: list[list[Passage]] = [[]]
    for block in answer:
        if isinstance(block, Passage):
            pieces[-1].append(block)
        else:
            pieces.append([])
    return [Passage("\n\n".join(one.source for one in said), said[0].language if said else "") for said in pieces]


@dataclass(frozen=True)
class MethodCard:
    """What a method is, where it comes from and what it cost here; `uses` links the figures made with it."""

    method: str
    title: Text
    summary: Text
    paper: str
    uses: tuple[Link, ...]
    details: tuple[Detail, ...]

    @property
    def anchor(self) -> str:
        return f"method-{self.method}"


@dataclass(frozen=True)
class PageSection:
    """What stands under a title after the questions, and each of its parts; a `folded` one is closed on a screen.

    A `closing` one belongs to the answers and stays with them where the others are an appendix.
    """

    id: str
    title: Text
    blocks: tuple["Prose | Body | PageSection | LightLine | tuple[Detail, ...]", ...]
    folded: bool = False
    closing: bool = False

    @property
    def anchor(self) -> str:
        return f"s-{self.id}"


@dataclass(frozen=True)
class Page:
    """The whole report; `words` speak its languages, in their order.

    `author` are unbreakable pieces, `contents` differ where figures stand in another order, `switch` leads to each
    language. `address` is that of the published site, `source` leads from its root to the spec, '' where unknown.
    """

    words: Interface
    title: Text
    author: tuple[Detail, ...]
    switch: tuple[Link, ...]
    contents: Mapping[str, tuple[Link, ...]]
    questions: tuple[ShownQuestion, ...]
    sections: tuple[PageSection, ...]
    methods: tuple[MethodCard, ...]
    foot: tuple[Detail, ...]
    downloads: tuple[Link, ...]
    description: Text = NOTHING
    address: str = ""
    source: str = ""

    def figures(self, language: str) -> tuple[ShownFigure, ...]:
        """Every figure in the order of the answers in a language."""
        return tuple(figure for question in self.questions for figure in _placed(question.answers[language]))
