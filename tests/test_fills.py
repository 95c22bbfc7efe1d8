"""What stands for nothing: flat fills are flat, the blur loses detail and keeps the colours."""

import numpy as np
import pytest

from generator.maps.fills import filled

IMAGES = np.random.default_rng(0).random((3, 24, 20, 3)).astype(np.float32)


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
    blurred = filled(board.astype(np.float32), "blur")
    np.testing.assert_allclose(blurred, 0.5, atol=0.02)


@pytest.mark.parametrize("fill", ["blur", "mean", "black", "white"])
def test_the_picture_itself_stays(fill):
    """Filling returns a new array of the same shape and dtype."""
    before = IMAGES.copy()
    result = filled(IMAGES, fill)
    assert result.shape == IMAGES.shape
    assert result.dtype == np.float32
    assert (before == IMAGES).all()
