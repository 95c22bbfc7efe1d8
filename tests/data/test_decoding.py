"""Picture files into pixels."""

import numpy as np
import pytest
from PIL import Image

from generator.data.decoding import read_picture


def test_a_picture_is_turned_upright(tmp_path):
    """EXIF orientation 6, as telephones write it: the stored left column is the shown top row."""
    picture = Image.fromarray(np.array([[10, 20], [30, 40], [50, 60]], np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), [[50, 30, 10], [60, 40, 20]])


@pytest.mark.parametrize(
    ("mode", "shape"), [("L", (4, 4)), ("1", (4, 4)), ("P", (4, 4, 3)), ("LA", (4, 4, 4)), ("CMYK", (4, 4, 3))]
)
def test_every_mode_becomes_grey_or_colour(tmp_path, mode, shape):
    """Palettes, bits, transparency and print colours are read as what one sees."""
    suffix = "tif" if mode == "CMYK" else "png"
    Image.new("RGB", (4, 4), (200, 200, 200)).convert(mode).save(tmp_path / f"a.{suffix}")
    picture = read_picture(tmp_path / f"a.{suffix}")
    assert picture.shape == shape
    assert picture.dtype == np.uint8
    assert picture[0, 0].ravel()[0] in (200, 204, 255)


def test_sixteen_bits_become_eight(tmp_path):
    """A 16-bit grey of a scanner is the same grey, not white."""
    Image.fromarray(np.full((4, 4), 0x8000, np.uint16)).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), 128)
