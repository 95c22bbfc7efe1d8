"""What the system says of memory, and what is taken where it says nothing."""

import math
import os
import platform

import numpy as np

from generator import memory
from generator.memory import given_back, resident, usable


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


def test_what_was_freed_goes_back():
    """A hundred blocks of 100 kB between others that stay: the library keeps them until it is told."""
    held = [np.ones(100_000, np.uint8) for _ in range(2_000)]
    held = held[::20]
    before = resident(os.getpid())
    given_back()
    assert len(held) == 100
    if platform.libc_ver()[0] == "glibc":
        assert resident(os.getpid()) < before - 1e8
