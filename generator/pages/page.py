"""A page of the report in one language: every word, number and order decided, nothing left for a template to choose.

The renderers (HTML, Markdown, PDF) only walk it. Strings are plain text; `Prose` is Markdown.
"""

from dataclasses import dataclass

from generator.pages.content import Body, Detail, Image, Light, Prose
from generator.words import Words


@dataclass(frozen=True)
class Link:
    """A place: of this page (`#fig-lime`), of another language's page, or outside."""

    title: str
    href: str
    language: str = ""
    current: bool = False
    children: tuple["Link", ...] = ()


@dataclass(frozen=True)
class Legend:
    """What the colours of `bar` mean, from `low` to `high` of `quantity`.

    A signed one has zero in the middle, and the words `below` and `above` for what the two sides do to the score.
    """

    title: str
    quantity: str
    low: str
    high: str
    bar: Image | None
    signed: bool = False
    below: str = ""
    above: str = ""
    note: str = ""  # whether the figure has one scale, or each image its own


@dataclass(frozen=True)
class Evidence:
    """One measured claim about a figure: a light with its word, a sentence, and the numbers it rests on."""

    light: Light
    light_word: str
    name: str
    sentence: str
    numbers: str = ""


@dataclass(frozen=True)
class Figure:
    """A numbered figure; `failure` holds why it could not be computed, and then there is no body."""

    id: str
    number: int
    label: str  # "Figure 3"
    title: str
    caption: Prose | None
    bodies: tuple[Body, ...]
    legend: Legend | None = None
    details: tuple[Detail, ...] = ()
    remarks: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    failure: str = ""
    method: str = ""  # its card is `#method-<method>`

    @property
    def anchor(self) -> str:
        return f"fig-{self.id}"


Block = Prose | Figure


@dataclass(frozen=True)
class Question:
    """A question of the homework: `number` from 1, its points in words, and the answer with its figures in place.

    `collaborators` is the whole line in brackets, empty where none is asked for.
    """

    id: str
    number: int
    title: str
    points: str
    prompt: Prose | None
    collaborators: str
    answer: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        return f"q-{self.id}"


@dataclass(frozen=True)
class MethodCard:
    """What a method is, where it comes from and what it cost here; `uses` links the figures made with it."""

    method: str
    title: str
    summary: str
    paper: str
    uses: tuple[Link, ...]
    details: tuple[Detail, ...]

    @property
    def anchor(self) -> str:
        return f"method-{self.method}"


@dataclass(frozen=True)
class Subsection:
    """A part of a section under its own title; a `folded` one is closed on a screen until it is asked for."""

    id: str
    title: str
    blocks: tuple["Prose | Body | Subsection", ...]
    folded: bool = False

    @property
    def anchor(self) -> str:
        return f"s-{self.id}"


@dataclass(frozen=True)
class Section:
    """A section after the questions, such as the evidence over all figures."""

    id: str
    title: str
    blocks: tuple[Prose | Body | Subsection, ...]

    @property
    def anchor(self) -> str:
        return f"s-{self.id}"


@dataclass(frozen=True)
class Page:
    """The whole report in one language; `author` are the pieces of the bold line, each unbreakable."""

    language: str
    title: str
    author: tuple[Detail, ...]
    languages: tuple[Link, ...]
    contents: tuple[Link, ...]
    questions: tuple[Question, ...]
    sections: tuple[Section, ...]
    methods: tuple[MethodCard, ...]
    foot: tuple[Detail, ...]
    downloads: tuple[Link, ...]
    words: Words
    description: str = ""

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(block for q in self.questions for block in q.answer if isinstance(block, Figure))
