"""Pictures of any size into images of one; Pillow, Keras and torchvision's rules are the oracles."""

import numpy as np
import pytest
from PIL import Image

from generator.data.resize import resize
from generator.errors import DataError
from generator.samples import Frame

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(("old", "new"), [((25, 25), (48, 48)), ((100, 80), (31, 48)), ((48, 48), (25, 50))])
def test_resizing_agrees_with_pillow(old, new):
    """Pillow's bilinear filter, antialiased when it reduces, is the oracle."""
    picture = RNG.random(old).astype(np.float32)
    theirs = np.asarray(Image.fromarray(picture).resize(new[::-1], Image.Resampling.BILINEAR))
    np.testing.assert_allclose(resize([picture], Frame((*new, 1)))[0, ..., 0], theirs, atol=1e-5)


def test_reducing_averages_instead_of_skipping():
    """A fine checkerboard reduced is grey, not a coarser checkerboard."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * 1.0
    small = resize([board], Frame((8, 8, 1)))
    np.testing.assert_allclose(small[:, 1:-1, 1:-1], 0.5, atol=1e-3)


def test_a_picture_of_the_right_size_is_not_touched():
    """uint8 pictures become k/255 exactly."""
    picture = RNG.integers(0, 256, (6, 5), dtype=np.uint8)
    unit = picture.astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(resize([picture], Frame((6, 5, 1)))[0, ..., 0], unit)


def test_grey_and_colour_convert_as_one_sees_them():
    """Grey is repeated, colour weighed by luma, transparency laid over white."""
    grey, red = np.full((2, 2), 0.25), np.tile([1.0, 0.0, 0.0], (2, 2, 1))
    clear = np.tile([0.0, 0.0, 0.0, 0.25], (2, 2, 1))
    np.testing.assert_allclose(resize([grey], Frame((2, 2, 3)))[0, 0, 0], [0.25] * 3)
    np.testing.assert_allclose(resize([red], Frame((2, 2, 1)))[0, 0, 0], [0.299], atol=1e-6)
    np.testing.assert_allclose(resize([clear], Frame((2, 2, 3)))[0, 0, 0], [0.75] * 3)
    np.testing.assert_allclose(resize([clear], Frame((2, 2, 1)))[0, 0, 0], [0.75], atol=1e-6)
    np.testing.assert_allclose(resize([grey], Frame((2, 2, 4)))[0, 0, 0], [0.25, 0.25, 0.25, 1])


def test_pictures_of_several_forms_keep_their_order():
    """A folder mixes sizes and colours; each picture stays in its row."""
    mixed = [np.full((4, 4), 0.1), np.full((8, 6, 3), 0.2), np.full((4, 4), 0.3)]
    np.testing.assert_allclose(resize(mixed, Frame((5, 5, 1)))[:, 0, 0, 0], [0.1, 0.2, 0.3], atol=1e-6)


def test_a_crop_is_the_middle():
    """The crop is cut before anything is resized; a side that is too short stays whole."""
    picture = np.arange(36).reshape(6, 6) / 36
    middle, whole = (resize([picture], Frame((*crop, 1), crop=crop))[0, ..., 0] for crop in ((4, 4), (6, 2)))
    higher = resize([picture], Frame((6, 2, 1), crop=(9, 2)))[0, ..., 0]
    np.testing.assert_allclose(middle, picture[1:5, 1:5], atol=1e-6)
    np.testing.assert_allclose(whole, picture[:, 2:4], atol=1e-6)
    np.testing.assert_allclose(higher, picture[:, 2:4], atol=1e-6)


def test_a_strange_number_of_channels_is_refused():
    """No picture has five channels."""
    with pytest.raises(DataError, match="takes 5 channels"):
        resize([np.zeros((4, 4))], Frame((4, 4, 5)))
