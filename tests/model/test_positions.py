"""Positions in the picture as a value has them, and the grid that they show again."""

import numpy as np
import pytest

from generator.lattice import Axis, Lattice
from generator.model.positions import Laid, shown_by

PLACE = Lattice(Axis.even(4, 8), Axis.even(3, 12))  # cells of 2×4 pixels


@pytest.mark.parametrize(
    ("laid", "shape"),
    [
        (Laid(PLACE, (0, 1)), (4, 3, 5)),
        (Laid(PLACE, (1, 2)), (5, 4, 3)),
        (Laid(PLACE, (1, 0)), (3, 4, 5)),
        (Laid(PLACE, (0, 0)), (12, 5)),
        (Laid(PLACE, (0, 0), ahead=2), (14, 5)),
    ],
)
def test_a_grid_is_read_as_it_was_laid(laid, shape):
    """Channels last or first, sideways, in a row of tokens, behind others."""
    assert shown_by(laid.positions(shape), PLACE) == laid


def test_the_positions_of_a_cell_are_those_of_its_middle():
    """Rows of two pixels, columns of four; what stands ahead of the grid has none."""
    rows, columns, there = Laid(PLACE, (0, 0), ahead=1).positions((13, 1))[..., 0]
    assert there.tolist() == [0, *[1] * 12]
    assert rows[1:5].tolist() == [1, 1, 1, 3]
    assert columns[1:5].tolist() == [2, 6, 10, 2]


def test_a_split_axis_is_read_by_its_larger_part():
    """Patches of 2×3 cells: an axis of patches, and one within them, which widens what reaches a patch."""
    whole = Laid(Lattice.even((4, 6), (4, 6)), (0, 1)).positions((4, 6, 1))
    found = shown_by(
        whole.reshape(3, 2, 2, 2, 3).transpose(0, 1, 3, 2, 4).reshape(3, 4, 6), Lattice.even((4, 6), (4, 6))
    )
    assert found == Laid(Lattice.even((2, 2), (4, 6)), (0, 0))


def test_cells_at_the_ends_may_be_drawn_in():
    """As a bilinear layer repeats the outermost pixels; the others say how far apart they are."""
    line = np.clip(np.arange(8) / 2 - 0.25, 0, 3) + 0.5
    positions = np.stack([*np.meshgrid(line, line, indexing="ij"), np.ones((8, 8))])[..., None]
    found = shown_by(positions.astype(np.float32), Lattice.even((4, 4), (4, 4)))
    np.testing.assert_allclose(found.place.rows.middles, np.arange(8) / 2 + 0.25)
    assert found.place.rows.seen == (0, 4)


@pytest.mark.parametrize(
    "positions",
    [
        np.ones((3, 6)),  # a vector
        np.ones((3, 4, 4, 2)),  # all of it from one place, as behind global pooling
        np.stack([*np.random.default_rng(0).random((2, 4, 4)) * 9, np.ones((4, 4))]),  # anywhere
        np.stack([np.repeat([1, 3, 5], 3), np.tile([9, 1, 5], 3), np.ones(9)])[..., None],  # columns in another order
    ],
)
def test_what_shows_no_grid_is_none(positions):
    """Then the numbers keep their positions, and have no place as a map."""
    assert shown_by(positions.astype(np.float32), PLACE) is None
