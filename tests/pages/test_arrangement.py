"""Where the pictures of a figure stand on paper."""

import pytest

from generator.pages.arrangement import ABREAST, Arrangement, arranged


@pytest.mark.parametrize(
    ("rows", "panels", "form", "columns"),
    [
        (7, 3, "across", 4),  # the homework's: a face, its map and both together, of seven classes
        (7, 1, "across", 4),
        (2, 2, "beside", 2),
        (3, 3, "labelled", 1),
        (1, 3, "labelled", 1),
        (1, 4, "beside", 1),
        (7, 5, "across", 4),
        (7, 8, "beside", 1),  # seven classes compared stand in one line, however small
    ],
)
def test_the_least_height_wins(rows, panels, form, columns):
    """What is beside each other, and in which direction."""
    assert arranged(rows, panels) == Arrangement(form, columns)


@pytest.mark.parametrize("panels", range(1, 7))
@pytest.mark.parametrize("rows", range(3, 30))
def test_no_more_pictures_stand_abreast_than_can_be_read(rows, panels):
    """Up to six panels, at most four pictures share a line, and no column is without a row."""
    how = arranged(rows, panels)
    assert how.columns <= rows
    assert (how.columns if how.form == "across" else how.columns * panels) <= ABREAST


def test_parts_of_a_figure_keep_a_column_each():
    """Whatever else would be lower, as far as pictures stay readable."""
    assert arranged(10, 3, parts=True) == arranged(2, 3, parts=True) == Arrangement("labelled", 1)
    assert arranged(10, 7, parts=True) == Arrangement("beside", 1)
