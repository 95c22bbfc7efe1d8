"""Where the pictures of a figure stand on paper."""

import pytest

from generator.pages.arrangement import ABREAST, Arrangement, arranged
from generator.pages.blocks import NOTHING, Image, PictureRows, Row

KINDS = ("image", "map", "overlay", "masked")


def table(rows, *roles, by_part=False):
    """So many rows with pictures of these roles."""
    images = tuple(Image(f"{role}.png", 48, 48, 144, NOTHING, role) for role in roles)
    made = tuple(Row(NOTHING, k, images) for k in range(rows))
    return PictureRows(NOTHING, (NOTHING,) * len(roles), made, by_part=by_part)


@pytest.mark.parametrize(
    ("rows", "panels", "form", "columns"),
    [
        (7, 3, "across", 4),  # the homework's: a face, its map and both together, of seven classes
        (7, 1, "across", 4),
        (6, 3, "across", 4),
        (2, 2, "beside", 2),
        (2, 3, "labelled", 1),
        (1, 3, "labelled", 1),
        (1, 2, "labelled", 1),
        (1, 4, "beside", 1),
    ],
)
def test_the_least_height_wins(rows, panels, form, columns):
    """What is beside each other, and in which direction."""
    assert arranged(table(rows, *KINDS[:panels])) == Arrangement(form, columns)


@pytest.mark.parametrize("panels", range(1, 5))
@pytest.mark.parametrize("rows", range(1, 30))
def test_no_more_pictures_stand_abreast_than_can_be_read(rows, panels):
    """At most four pictures share a line."""
    how = arranged(table(rows, *KINDS[:panels]))
    assert (how.columns if how.form == "across" else how.columns * panels) <= ABREAST


def test_what_is_compared_keeps_a_column_each():
    """Maps of several classes, and those of several models, whatever else would be lower."""
    for one in (table(10, "image", "overlay", "overlay"), table(10, "image", "map", by_part=True)):
        assert arranged(one).form in ("labelled", "beside")
    assert arranged(table(7, "image", *["overlay"] * 7)) == Arrangement("beside", 1)
    assert arranged(table(7, "image", *["map"] * 3)) == Arrangement("beside", 1)
