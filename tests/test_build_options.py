"""What the command line asks of one build."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.build_options import BuildOptions

PLAIN = BuildOptions()


@pytest.mark.parametrize("change", [{"no_cache": True}, {"exports": Path("e")}, {"arrays": Path("a")}])
def test_what_writes_elsewhere_is_never_skipped(change):
    """A build that changes nothing may be skipped only where it writes into its site alone."""
    assert PLAIN.repeatable
    assert not replace(PLAIN, **change).repeatable


def test_settings_are_what_decides_the_site():
    """How much is said on the way is none of it; everything else is."""
    assert replace(PLAIN, quiet=True, verbose=True).settings == PLAIN.settings
    for change in ({"formats": ()}, {"languages": ("en",)}, {"strict": True}, {"data": Path("d")}):
        assert replace(PLAIN, **change).settings != PLAIN.settings
