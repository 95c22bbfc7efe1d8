"""How the pictures of a figure stand on a sheet of paper, which has room for a few of readable size beside each other.

The arrangement that takes the least height wins; what cannot be compared within one line is never torn apart.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from generator.pages.blocks import PictureRows

ABREAST = 4  # pictures of at least 35 mm beside each other
GAP, LABEL, HEAD, LARGE = (
    0.06,
    0.2,
    0.3,
    0.2,
)  # in sides of a picture: below it, above a row, above classes, beside labels

Form = Literal["labelled", "beside", "across"]


@dataclass(frozen=True)
class Arrangement:
    """labelled: a line a row, its label first; beside: `columns` rows a line, labels above; across: panels down."""

    form: Form
    columns: int


def arranged(table: PictureRows) -> Arrangement:
    """Where its rows take the least height; what shows one picture in several ways, or models, keeps a column each."""
    roles = [image.role for row in table.rows[:1] for image in row.images]
    return _lowest(len(table.rows), len(table.panels), kept=table.by_part or len(set(roles)) < len(roles))


def _lowest(rows: int, panels: int, kept: bool) -> Arrangement:
    if panels >= ABREAST and kept:
        return Arrangement("beside", 1)  # however small
    heights: dict[Form, tuple[float, int]] = {}
    if panels < ABREAST:
        heights["labelled"] = rows * (1 + GAP + LARGE), 1
    if panels > 1:
        abreast = max(1, ABREAST // panels)
        heights["beside"] = ceil(rows / abreast) * (1 + GAP + LABEL), min(abreast, rows)
    if not kept:
        heights["across"] = ceil(rows / ABREAST) * (panels * (1 + GAP) + HEAD), ABREAST
    form = min(heights, key=lambda one: heights[one][0])
    return Arrangement(form, heights[form][1])
