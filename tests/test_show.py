"""How a figure is drawn."""

import pytest
from pydantic import ValidationError

from generator.show import WEAK, Mask, Show, columns_for


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (7, 7), (8, 8), (16, 8), (25, 5), (30, 6), (32, 8), (35, 7), (13, 8)]
)
def test_rows_are_not_ragged_where_that_can_be_helped(count, columns):
    """32 filters stand in four rows of eight; a number without a divisor keeps eight."""
    assert columns_for(count) == columns


def test_a_mask_may_name_its_threshold_by_class():
    """Classes that are not named take the usual one."""
    mask = Mask(below={"happy": 0.05, "fear": "mean"})
    assert [mask.below_of(name) for name in ("happy", "fear", "sad")] == [0.05, "mean", WEAK]
    assert Mask(below="deviation").below_of("sad") == "deviation"


def test_an_overlay_is_smoothed_by_a_48th_of_its_picture():
    """About a pixel of a small face, in proportion for a larger picture; a number of pixels is what it says."""
    assert (Show().smoothing(48, 48), Show().smoothing(224, 240)) == (1, 224 / 48)
    assert Show().smoothing(8, 8) == 0  # of which nothing could be seen
    assert (Show(smooth=0).smoothing(224, 224), Show(smooth=2.5).smoothing(48, 48)) == (0, 2.5)


def test_the_scales_are_named():
    """The old word is still understood, another is not."""
    assert Show().scale == "own"
    assert Show(scale="image").scale == "image"
    with pytest.raises(ValidationError):
        Show(scale="each")
