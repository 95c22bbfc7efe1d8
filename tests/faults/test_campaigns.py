"""Hostile and damaged input, kills, full disks, failing methods: a few of each, so that what returns is seen."""

import pytest

from benchmarks.faults.__main__ import CAMPAIGNS, held


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_nothing_is_lost_and_nothing_let_in(name):
    """The short form of a campaign: what it counts is what the long one counts."""
    tally = held(name, short=True)
    assert tally.cases
    assert not tally.faults, tally.table
