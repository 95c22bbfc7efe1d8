"""Picture files: lossless, small, repeatable."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from generator.drawing import png

RANDOM = np.random.default_rng(0)
KINDS = {
    "grey": RANDOM.integers(0, 256, (9, 7), np.uint8),
    "few colours": RANDOM.integers(0, 2, (9, 7, 3), np.uint8) * 200,
    "many colours": RANDOM.integers(0, 256, (40, 40, 3), np.uint8),
    "few with alpha": RANDOM.integers(0, 3, (9, 7, 4), np.uint8) * 100,
    "many with alpha": RANDOM.integers(0, 256, (40, 40, 4), np.uint8),
    "large": RANDOM.integers(0, 256, (200, 200, 3), np.uint8),
    "large, few colours": RANDOM.integers(0, 2, (520, 520, 3), np.uint8) * 200,
}


@pytest.mark.parametrize("kind", KINDS)
def test_png_keeps_every_pixel(kind):
    """What is written is read back exactly, whatever form the file took."""
    pixels = KINDS[kind]
    read = png.pixels_of(png.png(pixels))
    assert np.array_equal(read, pixels if pixels.ndim == 2 or pixels.shape[-1] == read.shape[-1] else None)


def test_png_is_the_same_twice_and_holds_no_time():
    """Equal pixels give equal bytes, without a chunk for the time or the program."""
    for pixels in KINDS.values():
        data = png.png(pixels)
        assert data == png.png(pixels.copy())
        assert b"tIME" not in data
        assert b"tEXt" not in data


def test_few_colours_become_a_palette():
    """A map of at most 256 colours is a palette, a third of the bytes."""
    with Image.open(BytesIO(png.png(KINDS["few colours"]))) as picture:
        assert picture.mode == "P"
    with Image.open(BytesIO(png.png(KINDS["few with alpha"]))) as picture:
        assert picture.mode == "P"
        assert "transparency" in picture.info


def test_jpeg_puts_what_is_transparent_on_white():
    """JPEG knows no transparency: clear becomes white, opaque keeps its colour."""
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[:, 8:] = (200, 30, 30, 255)
    with Image.open(BytesIO(png.jpeg(png.png(pixels)))) as picture:
        assert picture.format == "JPEG"
        read = np.asarray(picture).astype(int)
    assert np.abs(read[:, :7] - 255).max() <= 4
    assert np.abs(read[:, 9:] - (200, 30, 30)).max() <= 6


def test_jpeg_of_large_noise_in_colour_is_written():
    """Patterns of a colour model that hardly climbed are nothing but noise, which no optimisation makes small."""
    noise = RANDOM.integers(0, 256, (600, 800, 3), np.uint8)
    with Image.open(BytesIO(png.jpeg(png.png(noise)))) as picture:
        assert picture.size == (800, 600)
        assert np.abs(np.asarray(picture).astype(int) - noise).mean() < 15


def test_jpeg_of_a_grey_face_is_grey():
    """A grey picture needs no colour channels."""
    with Image.open(BytesIO(png.jpeg(png.png(KINDS["grey"])))) as picture:
        assert picture.mode == "L"
