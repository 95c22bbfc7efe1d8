"""Cells in the picture: where they are drawn, what of the picture they share, what lies beyond them."""

import numpy as np
import pytest

from generator.lattice import Axis, Lattice, Move, seen_by


def window(axis, size, stride, cells, pad=0):
    """Through a window of so many cells."""
    return axis.moved(Move((size - 1) / 2 - pad, (size - 1) / 2, stride), cells)


def test_cells_that_share_a_side_are_enlarged_as_ever():
    """Half a cell in is its middle; between two middles it is a line, beyond the outermost the value continues."""
    weights = Axis.even(2, 8).weights(8)
    np.testing.assert_allclose(weights[:, 1], [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_a_valid_window_of_five_lies_two_pixels_in():
    """Of 12 pixels 8 cells: the first in the middle of pixel 2; towards the border its value goes down to nothing."""
    axis = window(Axis.even(12, 12), 5, 1, 8)
    np.testing.assert_allclose(axis.middles, np.arange(8) + 2.5)
    assert (axis.low, axis.high, axis.seen) == (0, 5, (0, 12))
    np.testing.assert_allclose(axis.weights(12)[:3, 0], [0.25, 0.75, 1])
    assert axis.weights(12)[:2, 1:].sum() == 0


def test_what_was_cut_off_is_nothing():
    """The middle 4 of 8 pixels, shrunk to 2 cells: each has its pixels, the others have none."""
    axis = window(Axis.even(8, 8).moved(Move(2), 4), 2, 2, 2)
    np.testing.assert_allclose(axis.middles, [3, 5])
    np.testing.assert_allclose(axis.weights(8).sum(axis=1), [0, 0, 1, 1, 1, 1, 0, 0])


def test_padding_lies_beside_the_picture():
    """Two cells of padding on either side: only the others are drawn, as if there were no padding."""
    axis = Axis.even(4, 4).moved(Move(-2), 8)
    np.testing.assert_allclose(axis.weights(4)[:, 2:6], np.eye(4))
    assert axis.seen == (0, 4)


def test_cells_finer_than_pixels_are_averaged():
    """Nothing falls between two pixels: of a point in any fine cell something is drawn."""
    weights = Axis.even(4, 4).moved(Move(-3 / 8, 0, 1 / 4), 16).weights(4)
    assert weights.sum(axis=0).min() > 0
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)


def test_cells_may_run_backwards():
    """A picture that was flipped."""
    axis = Axis.even(4, 4).moved(Move(3, 0, -1), 4)
    np.testing.assert_allclose(axis.weights(4), np.eye(4)[::-1])


def test_where_two_values_meet_a_cell_is_reached_by_both():
    """A window within another leaves it as it is; sides that run against each other have no common cells."""
    axis = Axis.even(9, 9)
    wide, narrow = window(axis, 5, 1, 9, pad=2), window(axis, 3, 1, 9, pad=1)
    assert wide.joined(narrow) == narrow.joined(wide) == wide
    late = axis.moved(Move(1), 9).joined(axis)
    assert (late.low, late.high, late.step) == (0, 2, 1)
    assert axis.joined(axis.moved(Move(8, 0, -1), 9)) is None


def test_a_map_is_laid_where_its_cells_are():
    """One bright cell of a grid over the right half of the picture."""
    right = Lattice(Axis.even(2, 4), Axis.even(8, 8).moved(Move(4.5, 0.5, 2), 2))
    values = right.spread(np.array([[[0, 0], [0, 1.0]]], np.float32), (4, 8))[0]
    assert (values[:, :4] == 0).all()
    assert np.unravel_index(values.argmax(), values.shape) == (3, 7)
    assert right.covers((4, 8))[:, 4:].all() and not right.covers((4, 8))[:, :4].any()


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([Lattice.even((2, 2), (8, 8))], ""),
        ([Lattice(Axis.even(8, 8), Axis.even(8, 8).moved(Move(4), 4))], "0–7 × 4–7"),
        ([Lattice(Axis.even(8, 8), Axis.even(8, 8).moved(Move(first), 4)) for first in (0, 4)], ""),
    ],
)
def test_what_is_seen_of_the_picture_is_said(places, said):
    """Rows and columns from 0, of all layers together; nothing where it is all of it."""
    assert seen_by(places, (8, 8)) == said


def test_outputs_are_drawn_alone_where_they_share_the_picture():
    """Up to half a cell elsewhere is still its place; of the middle of a picture they are laid into it."""
    grid = np.ones((3, 2, 4, 4), np.float32)
    assert Lattice.even((4, 4), (8, 8)).laid(grid, (8, 8)) is grid
    near = Lattice(*[window(Axis.even(8, 8), 3, 2, 4)] * 2)
    assert near.shared((8, 8))
    middle = Lattice(*[Axis.even(8, 8).moved(Move(2), 4)] * 2)
    assert not middle.shared((8, 8))
    laid = middle.laid(grid, (8, 8))
    assert laid.shape == (3, 2, 8, 8)
    assert (laid[..., 2:6, 2:6] == 1).all() and laid.sum() == 6 * 16
