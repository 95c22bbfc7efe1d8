"""What stands in a figure or a section of a page, every word and number decided: pictures, rows, grids, tables.

A `Text` is plain, a `Prose` Markdown, a `str` never varies.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.results import Light, Picture, Role
from generator.text import Prose, Text

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
