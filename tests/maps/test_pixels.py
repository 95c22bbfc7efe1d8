"""Enlargement against Pillow's bilinear, the blur against SciPy's, and what stands for nothing.

Against the displacement that SciPy's zoom brings, a peak stays over its cell.
"""

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from generator.maps.pixels import blurred, enlarge, filled

IMAGES = np.random.default_rng(0).random((3, 24, 20, 3)).astype(np.float32)


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


def test_inside_it_is_scipys_gaussian():
    """Far from the border every pixel equals SciPy's Gaussian filter."""
    images = np.random.default_rng(0).random((2, 48, 40, 3)).astype(np.float32)
    oracle = gaussian_filter(images.astype(float), (0, 2, 2, 0), truncate=8)
    np.testing.assert_allclose(blurred(images, 2.0)[:, 12:-12, 12:-12], oracle[:, 12:-12, 12:-12], atol=1e-5)


def test_a_flat_picture_stays_as_it_is():
    """Borders included, nothing darkens."""
    np.testing.assert_allclose(blurred(np.full((9, 7, 1), 0.3, np.float32), 3.0), 0.3, atol=1e-6)


@pytest.mark.parametrize(("fill", "value"), [("black", 0.0), ("white", 1.0)])
def test_black_and_white_are_constant(fill, value):
    """Every pixel has the same extreme value."""
    assert (filled(IMAGES, fill) == value).all()


def test_mean_is_each_pictures_own_colour():
    """Each picture becomes its own mean colour, whatever else is in the batch."""
    together, alone = filled(IMAGES, "mean"), filled(IMAGES[1:2], "mean")
    np.testing.assert_allclose(together[1, 5, 7], IMAGES[1].mean(axis=(0, 1)), atol=1e-6)
    assert (together[1] == alone[0]).all()
    assert np.ptp(together[1], axis=(0, 1)).max() == 0


def test_blur_keeps_brightness_and_loses_detail():
    """A checkerboard becomes its mean in the middle of the picture."""
    board = np.indices((32, 32)).sum(axis=0)[None, :, :, None] % 2
    np.testing.assert_allclose(filled(board.astype(np.float32), "blur"), 0.5, atol=0.02)


@pytest.mark.parametrize("fill", ["blur", "mean", "black", "white"])
def test_the_picture_itself_stays(fill):
    """Filling returns a new array of the same shape and dtype."""
    before = IMAGES.copy()
    result = filled(IMAGES, fill)
    assert result.shape == IMAGES.shape
    assert result.dtype == np.float32
    assert (before == IMAGES).all()
