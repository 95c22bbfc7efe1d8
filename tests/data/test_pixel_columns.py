"""Pixel columns are where their numbers say, in whatever order a table has them."""

import numpy as np
import pytest

from generator.data.data_source import DataSource
from generator.data.pixel_columns import numbered, order_of
from generator.data.sources import read_samples
from generator.errors import DataError

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))
RNG = np.random.default_rng(5)
GREY = RNG.integers(0, 256, (5, 12, 12), dtype=np.uint8)
WIDE = RNG.integers(0, 256, (5, 6, 8), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (5, 5, 5, 3), dtype=np.uint8)
ONES = [f"pixel{k}" for k in range(144)]
PAIRS = [f"{row}x{column}" for row in range(1, 13) for column in range(1, 13)]


def read(path, names, pictures, order, **asked):
    """Columns of these names in that order of them, each with the values of its pixel."""
    flat = pictures.reshape(len(pictures), -1)[:, order]
    lines = [",".join(["label", *(names[k] for k in order)])]
    lines += [",".join(map(str, [row % 3, *values])) for row, values in enumerate(flat.tolist())]
    path.write_text("\n".join(lines) + "\n")
    return read_samples(DataSource("csv", path, **asked), CLASSES)


def sorted_as_text(names):
    return sorted(range(len(names)), key=names.__getitem__)


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (ONES, range(144)),
        (ONES, sorted_as_text(ONES)),
        (ONES, range(143, -1, -1)),
        (ONES, RNG.permutation(144).tolist()),
        (PAIRS, sorted_as_text(PAIRS)),
        ([f"p_{k // 12}_{k % 12}" for k in range(144)], range(143, -1, -1)),
    ],
)
def test_columns_are_sorted_by_their_numbers(tmp_path, names, order):
    """Sorted as text, reversed, in any order: the same pictures, kept or parsed again."""
    samples = read(tmp_path / "a.csv", names, GREY, list(order))
    np.testing.assert_array_equal(np.array(samples.decode(np.arange(5))), GREY)
    assert not samples.questions


def test_pictures_that_are_parsed_again_are_sorted_too(tmp_path, monkeypatch):
    """A table larger than what is kept."""
    monkeypatch.setattr("generator.data.pixel_table.KEPT", 0)
    samples = read(tmp_path / "a.csv", ONES, GREY, sorted_as_text(ONES))
    np.testing.assert_array_equal(np.array(samples.decode(np.array([3, 1]))), GREY[[3, 1]])


def test_columns_by_columns_are_read_by_their_names_and_asked_about(tmp_path):
    """`1x1,2x1,…`: row and column, unless the names mean the other."""
    order = np.arange(144).reshape(12, 12).T.ravel().tolist()
    samples = read(tmp_path / "a.csv", PAIRS, GREY, order)
    np.testing.assert_array_equal(np.array(samples.decode(np.arange(5))), GREY)
    assert any("'1x1', '2x1' and so on are read as row and column" in question for question in samples.questions)


def test_rows_and_columns_in_names_say_the_size(tmp_path):
    """A picture that is no square needs no `size`."""
    samples = read(tmp_path / "a.csv", [f"{k // 8}_{k % 8}" for k in range(48)], WIDE, list(range(48)))
    np.testing.assert_array_equal(np.array(samples.decode(np.arange(5))), WIDE)


@pytest.mark.parametrize("name", ["{}{}", "{}_{}", "pixel_{}_{}", "{1}{0}", "px{1}_{0}"])
@pytest.mark.parametrize("planar", [True, False])
@pytest.mark.parametrize("colours", ["rgb", "RGB", "bgr", ("red", "green", "blue")])
def test_columns_of_colours_are_a_picture_in_colours(tmp_path, name, planar, colours):
    """A colour after the other or a pixel after the other; which is which the names say."""
    names = [name.format(colour, pixel) for pixel in range(25) for colour in colours]
    order = np.arange(75).reshape(25, 3)
    pictures = COLOUR[..., ::-1] if colours == "bgr" else COLOUR
    samples = read(tmp_path / "a.csv", names, pictures, (order.T if planar else order).ravel().tolist())
    np.testing.assert_array_equal(np.array(samples.decode(np.arange(5))), COLOUR)


@pytest.mark.parametrize("size", [(5, 5), (5, 5, 3), (3, 5, 5)])
def test_a_size_that_is_said_goes_with_the_colours(tmp_path, size):
    """With or without the channels."""
    names = [f"{colour}{pixel}" for colour in "rgb" for pixel in range(25)]
    samples = read(tmp_path / "a.csv", names, np.moveaxis(COLOUR, 3, 1), list(range(75)), size=size)
    np.testing.assert_array_equal(np.array(samples.decode(np.arange(5))), COLOUR)


@pytest.mark.parametrize(("names", "shown"), [(ONES, "6, 12, 18;"), (PAIRS, "1x7, 2x1, 2x7;")])
def test_columns_that_are_left_out_are_asked_about(tmp_path, names, shown):
    """121 of 144 would make another square."""
    order = [k for k in range(144) if k % 6 or not k or k == 138]
    with pytest.raises(DataError, match=rf"there are 122, .* such as {shown} .*`size: \[height, width\]`"):
        read(tmp_path / "a.csv", names, GREY, order)
    with pytest.raises(DataError, match="there are 121"):
        read(tmp_path / "a.csv", names, GREY, order[:100] + order[101:])


def test_a_size_says_that_nothing_is_missing(tmp_path):
    """Every second column, say."""
    samples = read(tmp_path / "a.csv", ONES, GREY, list(range(0, 128, 2)), size=(8, 8))
    np.testing.assert_array_equal(np.array(samples.decode([0]))[0].ravel(), GREY[0].ravel()[:128:2])


def test_a_letter_is_no_colour_without_the_others():
    """`data0`, `b0`, `r0` by themselves are names as others are."""
    found = numbered(("data0", "b0", "r0", "0r", "label"))
    assert [part and part.stem for part in found] == ["data", "b", "r", None, None]


def test_names_that_repeat_are_asked_about():
    """The pixels are read as they stand."""
    order = order_of("a.csv", ["p0", "p1", "p1", "p3"], None)
    assert order.columns is None
    assert "'p0' to 'p3' some have one number, so the pixels are read as they stand" in order.questions[0]
