"""Enlargement against Pillow's bilinear, and against the displacement that SciPy's zoom brings."""

import numpy as np
import pytest
from PIL import Image

from generator.maps.enlarge import enlarge


@pytest.mark.parametrize(
    ("cells", "size"), [((7, 7), (224, 224)), ((3, 5), (17, 20)), ((6, 6), (6, 6)), ((1, 2), (4, 9))]
)
def test_equals_pillows_bilinear(cells, size):
    """Half-pixel bilinear is what Pillow does in floats."""
    maps = np.random.default_rng(0).normal(size=(2, *cells)).astype(np.float32)
    wanted = [np.asarray(Image.fromarray(m).resize(size[::-1], Image.Resampling.BILINEAR)) for m in maps]
    np.testing.assert_allclose(enlarge(maps, size), wanted, atol=1e-5)


@pytest.mark.parametrize("cell", [(0, 0), (3, 3), (1, 5), (6, 6)])
def test_the_peak_stays_over_its_cell(cell):
    """The brightest pixels lie in the middle of the brightest cell."""
    small = np.zeros((1, 7, 7), np.float32)
    small[0, cell[0], cell[1]] = 1
    large = enlarge(small, (224, 224))[0]
    centre = np.argwhere(large >= 0.95 * large.max()).mean(axis=0)
    middle = (np.array(cell) + 0.5) * 32 - 0.5
    inner = all(0 < c < 6 for c in cell)
    np.testing.assert_allclose(centre, middle, atol=0.01 if inner else 9)  # a peak at the edge continues to the edge


def test_nothing_is_added():
    """A constant map stays constant, and no value leaves the range of the cells."""
    np.testing.assert_allclose(enlarge(np.full((1, 3, 3), 0.3, np.float32), (10, 11)), 0.3, atol=1e-7)
    maps = np.random.default_rng(1).normal(size=(3, 4, 4)).astype(np.float32)
    large = enlarge(maps, (31, 30))
    assert large.min() >= maps.min() - 1e-6
    assert large.max() <= maps.max() + 1e-6
