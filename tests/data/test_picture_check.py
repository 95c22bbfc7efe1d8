"""Pictures that were read in a wrong range are black, or of one colour, and are named."""

import numpy as np
import pytest
from PIL import Image

from generator.data.folder import read_folder
from generator.data.picture_check import picture_check
from generator.data.resize import images_of
from generator.samples import Frame, Samples, in_memory

CLASSES = (("cat",), ("dog",))
RAMP = np.linspace(0, 1, 64).reshape(8, 8)
FRAME = Frame((8, 8, 3))


def message(folder, range=None):
    samples = read_folder(folder, CLASSES, range)
    positions = np.arange(len(samples))
    return picture_check(samples, positions, images_of(samples, positions, FRAME)).message


def stored(folder, name, values):
    Image.fromarray(values).save(folder / name)


@pytest.mark.parametrize(("name", "highest"), [("a.bmp", 1), ("a.png", 12)])
def test_bytes_of_which_few_are_used_are_asked_about(tmp_path, name, highest):
    """A mask of zeros and ones, counts up to twelve: nearly black, with what the file holds and the cure."""
    stored(tmp_path, name, np.rint(RAMP * highest).astype(np.uint8))
    assert message(tmp_path) == (
        f"1 of 1 pictures looked at is nearly black: {name} (its values end at {highest}, and 255 is taken for white); "
        f"`data: {{range: [0, {highest}]}}` says which stored values are black and white; remove what shows nothing"
    )


@pytest.mark.parametrize(("name", "kind"), [("a.png", np.uint16), ("a.tif", np.uint16), ("b.tif", np.int32)])
@pytest.mark.parametrize("white", [1023, 4095, 16383])
def test_fewer_bits_than_a_file_has_room_for_are_taken_and_asked_about(tmp_path, name, kind, white):
    """10, 12 or 14 bits in 16 or 32: the pictures come out as they are, and the range is asked for."""
    stored(tmp_path, name, (RAMP * white).astype(kind))
    assert f"the values reach {white}; white is taken to be {white}" in message(tmp_path)
    image = images_of(read_folder(tmp_path, CLASSES), np.arange(1), FRAME)[0, ..., 0]
    np.testing.assert_allclose(image, RAMP, atol=0.01)


@pytest.mark.parametrize(
    ("name", "values", "range"),
    [
        ("a.png", (RAMP * 65535).astype(np.uint16), None),
        ("a.tif", RAMP.astype(np.float32), None),
        ("a.tif", (RAMP * 255).astype(np.float32), None),
        ("a.tif", (RAMP * 255).astype(np.int32), None),
        ("a.tif", (RAMP * 65535).astype(np.int32), None),
        ("a.png", (RAMP * 255).astype(np.uint8), None),
        ("a.png", (RAMP * 4095).astype(np.uint16), (0, 4095)),
        ("a.tif", (RAMP * 4095).astype(np.int32), (0, 4095)),
        ("a.tif", (RAMP * 2 - 1).astype(np.float32), (-1, 1)),
        ("a.png", (RAMP * 31).astype(np.uint8), (0, 31)),
        ("a.png", ((1 - RAMP) * 255).astype(np.uint8), (255, 0)),
    ],
)
def test_every_range_becomes_the_same_picture(tmp_path, name, values, range):
    """Whole numbers and floats of any size, told by the data or said: the ramp from black to white."""
    stored(tmp_path, name, values)
    assert message(tmp_path, range) == ""
    image = images_of(read_folder(tmp_path, CLASSES, range), np.arange(1), FRAME)[0, ..., 0]
    np.testing.assert_allclose(image, RAMP, atol=0.04)


def test_several_ranges_in_one_folder_are_named_each(tmp_path):
    """No range fits all: each picture is told with its own values."""
    stored(tmp_path, "a.png", (RAMP * 4095).astype(np.uint16))
    stored(tmp_path, "d.png", (RAMP * 65535).astype(np.uint16))
    stored(tmp_path, "b.tif", RAMP.astype(np.float32))
    stored(tmp_path, "c.tif", (RAMP * 255).astype(np.float32))
    text = message(tmp_path)
    assert "2 of 4 pictures looked at are nearly black: a.png (its values end at 4095" in text
    assert "b.tif (its values end at 1, and 255 is taken for white)" in text
    assert "range: [low, high]" in text


def test_pictures_of_one_colour_are_named_by_their_row_where_they_have_no_file():
    """White throughout, as a range makes them that ends too low."""
    pictures = np.stack([np.full((8, 8), 255, np.uint8), (RAMP * 255).astype(np.uint8)])
    samples = Samples(np.array([3, 7]), np.array([-1, -1]), in_memory(pictures), "x.npz", "")
    found = picture_check(samples, np.arange(2), images_of(samples, np.arange(2), FRAME))
    assert found.message.startswith("1 of 2 pictures looked at is of one colour throughout: row 3; `data: {range:")


@pytest.mark.parametrize(("high", "cure"), [(16, "range: [0, 16]"), (255, "range: [low, high]")])
def test_of_a_table_the_largest_of_all_values_is_named(high, cure):
    """Digits of 0..16, say; where others are brighter, the range is right and the picture dark."""
    dark = np.rint(RAMP * 16).astype(np.uint8)[None]
    samples = Samples(np.arange(1), np.zeros(1, np.int64), in_memory(dark), "a.csv", "", top=(high, 255))
    assert (
        f"`data: {{{cure}}}`" in picture_check(samples, np.arange(1), images_of(samples, np.arange(1), FRAME)).message
    )
