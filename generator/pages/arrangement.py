"""How the pictures of a figure stand on a sheet of paper, which has room for a few of readable size beside each other.

The arrangement that takes the least height wins; what cannot be compared within one line is never torn apart.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

ABREAST = 4  # pictures of at least 35 mm beside each other
COMPARED = 6  # panels beyond which they are columns of one table, however small
LABEL, HEAD, GAP = 0.15, 0.3, 0.06  # heights in sides of a picture: above a row, above classes, between pictures

Form = Literal["labelled", "beside", "across"]


@dataclass(frozen=True)
class Arrangement:
    """labelled: a line a row, its label first; beside: `columns` rows a line, labels above; across: panels down."""

    form: Form
    columns: int


def arranged(rows: int, panels: int, parts: bool = False) -> Arrangement:
    """Where `rows` of so many panels each take the least height; `parts` of a figure keep a column each."""
    if parts and panels <= ABREAST:
        return Arrangement("labelled", 1)
    if panels > COMPARED or (panels > ABREAST and rows < 3):
        return Arrangement("beside", 1)
    heights: dict[Form, tuple[float, int]] = {"across": (ceil(rows / ABREAST) * (panels * (1 + GAP) + HEAD), ABREAST)}
    if panels < ABREAST:
        heights["labelled"] = rows * (1 + GAP), 1
    if 1 < panels <= ABREAST:
        heights["beside"] = ceil(rows / (ABREAST // panels)) * (1 + GAP + LABEL), ABREAST // panels
    form = min(heights, key=lambda one: heights[one][0])
    return Arrangement(form, min(heights[form][1], rows))
