"""What the system says of memory, and what is taken where it says nothing."""

import math
import os

from generator import memory
from generator.memory import resident, usable


def test_the_memory_of_a_process_is_measured():
    """Of this one: between what Python takes and what the machine has."""
    assert 1e7 < resident(os.getpid()) < usable()
    assert resident(2**22 + 1) == 0


def test_a_system_that_says_nothing_sets_no_bound(monkeypatch, tmp_path):
    """As Windows does, which knows no such questions."""
    monkeypatch.delattr(os, "sysconf")
    monkeypatch.setattr(memory, "Path", lambda name: tmp_path / "none")
    assert usable() == math.inf
    assert resident(os.getpid()) == 0
