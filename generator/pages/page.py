"""A page of the report in one language: every word, number and order decided, nothing left for a template to choose.

The renderers (HTML, Markdown, PDF) only walk it. Strings are plain text; `Prose` is Markdown.
"""

from dataclasses import dataclass
from typing import Literal

from generator.results import Role
from generator.words import Words

Light = Literal["green", "amber", "red", "silent", ""]


@dataclass(frozen=True)
class Prose:
    """Markdown whose Jinja is rendered; `language` is the one it is written in, a stand-in's where one is missing."""

    source: str
    language: str


@dataclass(frozen=True)
class Detail:
    """A named fact: `label` and `value` as they are read."""

    label: str
    value: str


@dataclass(frozen=True)
class Values:
    """The numbers behind a map: `data` is base64 of zlib bytes, one signed byte a cell, 50 for `peak`."""

    rows: int
    columns: int
    peak: float
    data: str


@dataclass(frozen=True)
class Image:
    """A PNG of the site: `name` within figures/, its file's pixels, and `shown`, the width in CSS pixels at most.

    `alt` says what is seen, never the caption. `panel` is the word for its role.
    """

    name: str
    width: int
    height: int
    shown: int
    alt: str
    role: Role
    panel: str = ""

    @property
    def shown_height(self) -> int:
        return max(1, round(self.height * self.shown / self.width))


@dataclass(frozen=True)
class Row:
    """One image of a figure: its label at the head, its pictures beside each other.

    `probability` is that of the label; `prediction` is empty where it repeats the label; `right` is None without a
    label. `target` names what is explained where that is not just the label. `remark` says why the map is no result.
    `veil` is the map to lay over `face` at any opacity (pages on screen; the ready-made overlay is among `images`).
    """

    label: str
    class_id: str
    index: int
    images: tuple[Image, ...]
    probability: str = ""
    prediction: str = ""
    prediction_probability: str = ""
    right: bool | None = None
    target: str = ""
    remark: str = ""
    details: tuple[Detail, ...] = ()
    note: Prose | None = None
    anchor: str = ""
    face: Image | None = None
    veil: Image | None = None
    values: Values | None = None


@dataclass(frozen=True)
class PictureRows:
    """The table `label | pictures` of one part; `panels` heads the columns of pictures."""

    panels: tuple[str, ...]
    rows: tuple[Row, ...]
    heading: str = ""


@dataclass(frozen=True)
class Cell:
    """One unit of a grid: `short` is what stands below its picture, `title` and `lines` what a large view says."""

    title: str
    short: str
    images: tuple[Image, ...]
    lines: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True)
class PictureGrid:
    """Pictures beside and below each other: filters, classes, or images without a table.

    `sheet` is all of it as one picture with numbers; `face` the image that the outputs of a layer belong to.
    """

    cells: tuple[Cell, ...]
    columns: int
    heading: str = ""
    sheet: Image | None = None
    face: Image | None = None


@dataclass(frozen=True)
class Sheet:
    """One picture for a whole part: a chart."""

    image: Image
    heading: str = ""


@dataclass(frozen=True)
class MatrixCell:
    """`count` images of a row's class that were given a column's; `percent` is the shown share of 0..100, exact.

    `words` say it in a sentence; `href` leads to an example of this confusion on the page, where there is one.
    """

    count: int
    percent: float
    share: str
    diagonal: bool
    words: str
    href: str = ""


@dataclass(frozen=True)
class MatrixRow:
    head: str
    cells: tuple[MatrixCell, ...]
    total: int
    recall: str


@dataclass(frozen=True)
class Matrix:
    """A confusion matrix as a table: rows are labels, columns predictions; `corner` names both."""

    classes: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    corner: str
    share_of: str  # what 100 % is, in words
    precision: tuple[str, ...]
    summary: str
    heading: str = ""


@dataclass(frozen=True)
class Table:
    """Any other table: `head`, then rows of as many cells; the first cell of a row names it.

    `images` has one small picture a row, or none at all; `shares` the bar behind a cell (0..100, None: no bar);
    `lights` what colours its words, which say the same.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    images: tuple[Image, ...] = ()
    shares: tuple[tuple[float | None, ...], ...] = ()
    heading: str = ""
    lights: tuple[tuple[Light, ...], ...] = ()


Body = PictureRows | PictureGrid | Sheet | Matrix | Table


@dataclass(frozen=True)
class Link:
    """A place: of this page (`#fig-lime`), of another language's page, or outside."""

    title: str
    href: str
    language: str = ""
    current: bool = False
    children: tuple["Link", ...] = ()


@dataclass(frozen=True)
class ColourKey:
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
class LightLine:
    """One measured claim about a figure: a light with its word, a sentence, and the numbers it rests on."""

    light: Light
    light_word: str
    name: str
    sentence: str
    numbers: str = ""


@dataclass(frozen=True)
class ShownFigure:
    """A numbered figure; `failure` holds why it could not be computed, and then there is no body."""

    id: str
    number: int
    label: str  # "Figure 3"
    title: str
    caption: Prose | None
    bodies: tuple[Body, ...]
    legend: ColourKey | None = None
    details: tuple[Detail, ...] = ()
    remarks: tuple[str, ...] = ()
    evidence: tuple[LightLine, ...] = ()
    failure: str = ""
    method: str = ""  # its card is `#method-<method>`

    @property
    def anchor(self) -> str:
        return f"fig-{self.id}"


Block = Prose | ShownFigure


@dataclass(frozen=True)
class ShownQuestion:
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
class PageSection:
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
    questions: tuple[ShownQuestion, ...]
    sections: tuple[PageSection, ...]
    methods: tuple[MethodCard, ...]
    foot: tuple[Detail, ...]
    downloads: tuple[Link, ...]
    words: Words
    description: str = ""

    @property
    def figures(self) -> tuple[ShownFigure, ...]:
        return tuple(block for q in self.questions for block in q.answer if isinstance(block, ShownFigure))
