"""What a text may cost is told by counting: the same on every machine."""

import pytest

from generator import metering
from generator.errors import InputError

DEEP: list[object] = ["x" * 10]
for _ in range(60):
    DEEP = [DEEP, DEEP]


@pytest.mark.parametrize(
    ("value", "counted"),
    [("abc", 3), ("", 0), (7, 1), ([1, "ab"], 5), ({"a": "bcd"}, 5), (range(9), 9), (b"ab", 2), ({"a": 1}.items(), 5)],
)
def test_a_value_is_as_large_as_what_is_in_it(value, counted):
    """Characters and items, of lists and mappings too."""
    assert metering.size(value) == counted


def test_a_value_is_counted_no_further_than_is_allowed():
    """A list in a list, sixty times over, would have more items than a machine can count."""
    assert metering.size(DEEP) > metering.PROSE.largest


@pytest.mark.parametrize(
    "template", ["%100d", "%*d", "%.100f", "%(a)100s", "%(a(b))s", "%(a", "100%", "%-+#0100d", "%5.*f"]
)
def test_wide_formats_are_refused(template):
    """Also those with a name between the sign and the width."""
    with pytest.raises(InputError, match="a width or precision above 99"):
        metering.check_format(template)


@pytest.mark.parametrize("template", ["%d of 1000", "%5.1f%%", "%(name)s", "%-10s|%+d", "no sign"])
def test_usual_formats_pass(template):
    """A number of three digits beside them is only text."""
    metering.check_format(template)


def test_steps_run_out():
    """And begin anew with the next text."""
    metering.begin(metering.Meter(10, 100, 60))
    metering.spend(10)
    with pytest.raises(InputError, match="computes too much"):
        metering.spend(1)
    metering.begin(metering.Meter(10, 100, 60))
    metering.spend(1)


def test_time_runs_out():
    """Where counting was not enough."""
    metering.begin(metering.Meter(10, 100, 0))
    with pytest.raises(InputError, match="computes too much"):
        metering.spend(1)
