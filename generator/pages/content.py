"""What a figure or a section shows: rows of pictures, grids, charts and tables, decided to the last word.

Strings are plain text; `Prose` is Markdown.
"""

from dataclasses import dataclass
from typing import Literal

from generator.results import Role

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
class Rows:
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
class Grid:
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


Body = Rows | Grid | Sheet | Matrix | Table
