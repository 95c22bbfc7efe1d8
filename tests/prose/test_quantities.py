"""Values as prose prints them."""

import pytest

from generator.prose.numbers import proportion
from generator.prose.quantities import Listed, Quantity
from generator.words import load


def test_wilsons_interval_of_none_in_ten_ends_at_28_percent():
    """Planted case: 0 of 10 gives [0, .2775]."""
    share = proportion(0, 10)
    assert (share.low, share.high) == (0.0, pytest.approx(0.2775, abs=5e-5))
    assert share.interval == "0–28%"


def test_quantities_read_in_their_unit():
    """Small shares keep a decimal, counts their thousands, plain numbers three figures."""
    assert str(Quantity(0.0123, "share")) == "1.2%"
    assert str(Quantity(28709, "count")) == "28,709"
    assert str(Quantity(-0.012345)) == "−0.0123"
    assert str(Listed.of((1, 2, 3), load("en"))) == "1, 2 and 3"
