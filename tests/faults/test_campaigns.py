"""Hostile and damaged input, kills, full disks, failing methods: a few of each, so that what returns is seen."""

import re
import subprocess
import sys

import pytest

from benchmarks.faults.__main__ import CAMPAIGNS
from tests import ROOT


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_nothing_is_lost_and_nothing_let_in(name):
    """The short form of a campaign, in a process whose copies are safe: what it counts is what the long one counts."""
    words = [sys.executable, "-m", "benchmarks.faults", name, "--short", "--jobs", "1"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^### {name}: [1-9]\d* cases", done.stdout, re.MULTILINE)
