"""The page of a report in all its languages: every word, number and order decided, nothing left for a template.

The renderers walk it and pick one language or several. A `Text` is plain, a `Prose` Markdown, a `str` never varies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.results import Light, LightLine, Picture, Role
from generator.text import Passage, Prose, Text
from generator.words import Interface

NOTHING, SILENCE = Text(), Prose({})


@dataclass(frozen=True)
class Detail:
    """A named fact: `label` and `value` as they are read."""

    label: Text
    value: Text


@dataclass(frozen=True)
class Values:
    """The numbers behind a map: `data` is base64 of zlib bytes, one signed byte a cell, 50 for `peak`."""

    rows: int
    columns: int
    peak: float
    data: str


@dataclass(frozen=True)
class Strength:
    """How strong a map is, `share` of the figure's strongest: `short` stands below its picture, the rest is as read."""

    share: float
    top: str
    percent: str
    short: Text
    weak: bool


@dataclass(frozen=True)
class Image:
    """A PNG of the site: `name` within figures/, its pixels, `shown` CSS pixels wide at most; `alt` is what is seen.

    `under` is what its model says, where a row has several.
    """

    name: str
    width: int
    height: int
    shown: int
    alt: Text
    role: Role
    strength: Strength | None = None
    under: Text = NOTHING

    @classmethod
    def of(cls, picture: Picture, alt: Text, scale: float = 1.0) -> "Image":
        """A drawn picture, shown with `scale` CSS pixels to one of its own."""
        return cls(picture.name, picture.width, picture.height, round(picture.width * scale), alt, picture.role)

    @property
    def shown_height(self) -> int:
        return max(1, round(self.height * self.shown / self.width))


@dataclass(frozen=True)
class Row:
    """One image of a figure: its label at the head, its pictures beside each other.

    `probability` is that of the label, '' of a value; `prediction` is empty where it repeats the label; `right` is None
    without a label. `target` names what is explained where that is not just the label. `remark` says why the map is no
    result, or what is special about it. `veil` is the map to lay over `face` on screen.
    """

    label: Text
    index: int
    images: tuple[Image, ...]
    probability: str = ""
    prediction: Text = NOTHING
    prediction_probability: str = ""
    right: bool | None = None
    target: Text = NOTHING
    remark: Text = NOTHING
    note: Prose = SILENCE
    anchor: str = ""
    face: Image | None = None
    veil: Image | None = None
    values: Values | None = None


@dataclass(frozen=True)
class PictureRows:
    """The table `label | pictures` of one part, or `by_part`: a column each; `head` and `panels` stand above."""

    head: Text
    panels: tuple[Text, ...]
    rows: tuple[Row, ...]
    heading: Text = NOTHING
    by_part: bool = False


@dataclass(frozen=True)
class Cell:
    """One unit of a grid: `short` is what stands below its picture, `title` and `lines` what a large view says."""

    title: Text
    short: Text
    images: tuple[Image, ...]
    lines: tuple[Text, ...] = ()
    remark: Text = NOTHING


@dataclass(frozen=True)
class PictureGrid:
    """Pictures beside and below each other: filters, classes, or images without a table.

    `sheet` is all of it as one picture with numbers; `face` the image that the outputs of a layer belong to.
    """

    cells: tuple[Cell, ...]
    columns: int
    heading: Text = NOTHING
    sheet: Image | None = None
    face: Image | None = None


@dataclass(frozen=True)
class Sheet:
    """One picture for a whole part, a chart: in each language its own, the same in all where it has no words."""

    images: Mapping[str, Image]
    heading: Text = NOTHING


@dataclass(frozen=True)
class MatrixCell:
    """`count` images of a row's class that were given a column's; `percent` is the shown share of 0..100, exact.

    `words` say it in a sentence; `href` leads to an example of this confusion on the page, where there is one.
    """

    count: int
    percent: float
    share: str
    diagonal: bool
    words: Text
    href: str = ""


@dataclass(frozen=True)
class MatrixRow:
    head: Text
    cells: tuple[MatrixCell, ...]
    total: int
    recall: str


@dataclass(frozen=True)
class Matrix:
    """A confusion matrix as a table: rows are labels, columns predictions; `corner` names both.

    A `signed` one is the difference of two: its cells' `percent` run from −100 to 100, the largest that it has.
    """

    classes: tuple[Text, ...]
    rows: tuple[MatrixRow, ...]
    corner: Text
    share_of: Text  # what 100 % is, in words
    precision: tuple[str, ...]
    summary: Text
    heading: Text = NOTHING
    signed: bool = False


@dataclass(frozen=True)
class Table:
    """Any other table: `head`, then rows of as many cells; the first cell of a row names it.

    `images` has one small picture a row, or none at all; `shares` the bar behind a cell (0..100, None: no bar);
    `lights` what colours its words, which say the same.
    """

    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    images: tuple[Image, ...] = ()
    shares: tuple[tuple[float | None, ...], ...] = ()
    heading: Text = NOTHING
    lights: tuple[tuple[Light, ...], ...] = ()


@dataclass(frozen=True)
class Columns:
    """The parts of a figure beside each other, each below its name: bodies of one kind."""

    heads: tuple[Text, ...]
    bodies: tuple["Body", ...]
    heading: Text = NOTHING


Body = PictureRows | PictureGrid | Sheet | Matrix | Table | Columns


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
