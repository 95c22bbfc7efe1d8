"""How numbers and texts of a page of changes are written."""

import pytest

from generator.compare.shown import data_address, evenly, unit_of, without_addresses


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.6914, "share", "69.1%"),
        (-0.0001, "points", "0.0"),
        (-0.0163, "points", "−1.6"),
        (0.04567, "plain", "0.046"),
        (123.4, "plain", "123"),
    ],
)
def test_numbers_that_are_nearly_the_same_have_as_many_places(value, unit, text):
    """Nothing has no sign."""
    assert evenly(value, unit) == text


def test_links_read_as_their_words():
    """A picture stays what it is."""
    assert without_addresses("See [Figure 1](#fig-lime), ![face](a.png).") == "See Figure 1, ![face](a.png)."


def test_shares_go_by_their_path():
    """Wherever in it the word stands."""
    assert unit_of(("region_share", "eyes", "all")) == unit_of(("models", "b", "class_swap", "retained")) == "share"
    assert unit_of(("faithfulness", "gap")) == "plain"
    assert data_address(b"") == ""
