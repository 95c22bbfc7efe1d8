"""What numbers are as pictures: black and white, size, colours, and the order of the channels."""

import numpy as np
import pytest

from generator.data.pixel_form import Extent, Layout, in_range, joined, layout_of, range_of
from generator.errors import DataError

RNG = np.random.default_rng(0)
ROWS, COLUMNS = np.mgrid[:12, :12]
WAVES = np.stack([np.sin(ROWS / 3 + k) + np.cos(COLUMNS / 2) + 3 * k for k in range(3)], axis=2)[None]  # (1, 12, 12, 3)


@pytest.mark.parametrize(
    ("values", "bounds", "asks"),
    [
        ([0, 200], (0, 255), ""),
        ([0, 1], (0, 1), ""),
        ([0.0, 1.02], (0, 1), ""),
        ([0.0, 254.6], (0, 255), ""),
        ([0, 0], (0, 1), ""),
        ([0.0, 16.0], (0, 255), ""),
        ([0, 3900], (0, 4095), "`range: [0, 4095]` or another"),
        ([0, 60000], (0, 65535), ""),
    ],
)
def test_black_and_white_follow_from_all_values(values, bounds, asks):
    """Bytes, fractions, more bits; where white may be something else, it is asked."""
    extent = Extent.of(np.array(values)[None])
    taken, questions = range_of(str, extent)
    assert taken == bounds
    assert len(questions) == bool(asks)
    assert all(asks in question for question in questions)
    assert range_of(str, extent, (0, 7)) == ((0, 7), ())


@pytest.mark.parametrize(("value", "shown"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_no_range_makes_a_pixel_of_what_is_no_number(value, shown):
    """It would reach the model, whatever the spec says of black and white."""
    extent = Extent.of(np.array([[0, 1, 2], [3, value, 0.5]]))
    with pytest.raises(DataError, match=f"^row 1: '{shown}' is no pixel in any range"):
        range_of(lambda row: f"row {row}", extent, (0, 7))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([-1, 1], r"run from -1 to 1; .*`data: {range: \[-1, 1\]}`"),
        ([0, np.nan], "'nan' is no pixel in any range"),
        ([0, np.inf], "'inf' is no pixel in any range"),
        ([-1e39, 3], "'-1e\\+39' is no pixel in any range"),
    ],
)
def test_values_of_no_picture_are_refused(values, message):
    """Negative ones with the range that they may have; what is endless has none."""
    with pytest.raises(DataError, match=message):
        range_of(str, Extent.of(np.array([values], np.float64)))


@pytest.mark.parametrize(("value", "message"), [(256, "'256'"), (-5, "'-5'"), (np.nan, "'nan'")])
def test_one_picture_that_leaves_the_range_of_the_others_is_named(value, message):
    """It does not change what all others mean, unless the spec says so."""
    values = np.full((5, 4), 200.0)
    values[3, 1] = value
    extent = joined([Extent.of(values[:2]), Extent.of(values[2:])])
    with pytest.raises(DataError, match=f"row 3: {message} is no pixel"):
        range_of(lambda row: f"row {row}", extent)
    if np.isfinite(value):
        assert range_of(str, extent, (0, 1000)) == ((0, 1000), ())


@pytest.mark.parametrize(
    ("values", "bounds", "expected"),
    [
        (np.array([0, 7, 255], np.uint16), (0, 255), np.array([0, 7, 255], np.uint8)),
        (np.array([0, 127.5, 300]), (0, 255), [0, 0.5, 1]),
        (np.array([-1, 0, 1]), (-1, 1), [0, 0.5, 1]),
        (np.array([0, 4095], np.int64), (0, 4095), [0, 1]),
        (np.array([0, 1, 2]), (2, 0), [1, 0.5, 0]),
    ],
)
def test_values_become_bytes_or_fractions(values, bounds, expected):
    """Beyond black and white they are cut; a range may be upside down."""
    pixels = in_range(values, bounds)
    np.testing.assert_allclose(pixels, expected)
    assert pixels.dtype == (np.uint8 if isinstance(expected, np.ndarray) else np.float32)


@pytest.mark.parametrize(
    ("count", "size", "layout"),
    [
        (2304, None, (48, 48, 1)),
        (2352, None, (28, 28, 3)),
        (3072, None, (32, 32, 3)),
        (4, None, (2, 2, 1)),
        (1, None, (1, 1, 1)),
        (64, None, (8, 8, 1)),  # not 4×4 with transparency
        (600, (20, 30), (20, 30, 1)),
        (1800, (20, 30), (20, 30, 3)),
        (64, (4, 4, 4), (4, 4, 4)),
    ],
)
def test_a_size_is_told_or_said(count, size, layout):
    """Squares by themselves, the rest by `size`."""
    found = layout_of("a.csv", count, size, np.zeros((1, count), np.float32))
    assert (found.height, found.width, found.channels, found.planar) == (*layout, False)


@pytest.mark.parametrize(
    ("count", "size", "message"),
    [
        (2400, None, r"2400 pixels .* such as `size: \[48, 50\]` or `size: \[40, 60\]` or `size: \[32, 75\]`"),
        (7, None, r"`size: \[height, width\]`"),
        (2304, (48, 32), r"2304 pixels do not make `size: \[48, 32\]`"),
        (2304, (28, 28, 3), r"do not make `size: \[28, 28, 3\]`"),
    ],
)
def test_a_size_that_cannot_be_is_asked_for(count, size, message):
    """With sizes that would fit."""
    with pytest.raises(DataError, match=message):
        layout_of("a.csv", count, size, np.zeros((1, count), np.float32))


@pytest.mark.parametrize("size", [None, (12, 12), "own"])
@pytest.mark.parametrize("planar", [False, True])
def test_the_order_of_the_channels_is_that_in_which_rows_are_alike(planar, size):
    """As NumPy writes (H, W, 3), or one channel after the other, as CIFAR has them; or as `size` has the channels."""
    stored = np.moveaxis(WAVES, 3, 1) if planar else WAVES
    size = stored.shape[1:] if size == "own" else size
    flat = stored.reshape(1, -1)
    layout = layout_of("a.csv", flat.shape[1], size, flat)
    assert layout.planar == planar
    np.testing.assert_array_equal(layout.pictures(flat), WAVES)


def test_noise_is_read_as_numpy_writes_it():
    """Where no order makes rows alike."""
    noise = RNG.integers(0, 256, (9, 16 * 16 * 3)).astype(np.float32)
    assert layout_of("a.csv", noise.shape[1], None, noise) == Layout(16, 16, 3)
