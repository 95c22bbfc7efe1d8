"""Maps without signs, in cells, in order, in ranks."""

import numpy as np
import pytest
from scipy import stats

from generator.artefacts import Heatmaps
from generator.evidence.cells import blob, cell_means, cell_numbers, empty, order_of, spearman, strength
from generator.methods import METHODS, load_all

load_all()

RNG = np.random.default_rng(4)


@pytest.mark.parametrize(
    ("signed", "name", "expected"),
    [(True, "saliency", [2, 1]), (True, "occlusion", [0, 1]), (False, "gradcam", [0, 1])],
)
def test_a_gradient_counts_both_ways_and_other_maps_for_the_class(signed, name, expected):
    """|a| for gradients, max(a, 0) for the rest."""
    values = np.array([[[-2.0, 1.0]]], np.float32)
    assert strength(Heatmaps(values, signed, name), METHODS[name].both_signs).ravel().tolist() == expected


def test_empty_maps_are_known():
    """Flat, not finite, all against the class, or remarked upon."""
    values = np.ones((5, 2, 2), np.float32)
    values[0], values[1, 0, 0], values[2] = 0, np.nan, -1
    maps = Heatmaps(values, True, "cam", remarks=("", "", "", "not_applicable", ""))
    assert empty(maps).tolist() == [True, True, True, True, False]


@pytest.mark.parametrize("size", [(48, 48), (50, 41), (7, 30)])
def test_cells_are_means_of_their_pixels(size):
    """A slow loop over the cells is the oracle, also where the grid does not divide the picture."""
    maps = RNG.random((3, *size)).astype(np.float32)
    number = cell_numbers(size)
    slow = np.stack([[m[number == cell].mean() for cell in range(number.max() + 1)] for m in maps])
    np.testing.assert_allclose(cell_means(maps), slow, rtol=1e-6)
    assert number.max() + 1 == min(12, size[0]) * min(12, size[1])


def test_the_order_is_by_strength_and_ties_by_the_seed():
    """Strongest first; a flat map in an order of its own for each seed, the same each time."""
    cells = np.array([[1.0, 3, 2, 0], [1, 1, 1, 1], [1, 1, 1, 1]])
    order = order_of(np.repeat(cells, 1, axis=0), np.array([1, 2, 3]))
    assert order[0].tolist() == [1, 2, 0, 3]
    wide = order_of(np.ones((2, 144)), np.array([2, 3]))
    assert sorted(wide[0]) == list(range(144))
    assert wide[0].tolist() != wide[1].tolist()
    assert wide[0].tolist() == order_of(np.ones((1, 144)), np.array([2]))[0].tolist()


def test_rank_correlation_is_spearmans():
    """SciPy is the oracle, ties included; a flat row has none and gives 0."""
    one, other = RNG.integers(0, 9, (4, 60)).astype(float), RNG.random((4, 60))
    theirs = [stats.spearmanr(a, b).statistic for a, b in zip(one, other, strict=True)]
    np.testing.assert_allclose(spearman(one, other), theirs)
    assert spearman(np.ones((1, 60)), other[:1]) == 0


def test_the_blob_is_in_the_middle():
    """A quarter of the side wide: e^(−½) at that distance from the centre."""
    values = blob((49, 49))
    assert values[24, 24] == pytest.approx(1)
    assert blob((48, 48))[24, 24 + 12] == pytest.approx(np.exp(-0.5 * (12.5**2 + 0.5**2) / 144), rel=1e-5)
