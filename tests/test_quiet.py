"""Silence for native code."""

import os

import pytest

from generator.model.quiet import STDERR, quiet_stderr


def test_native_writes_are_dropped_and_come_back_after(capfd):
    """Only what is written inside is lost, also when an exception ends it."""
    with pytest.raises(ZeroDivisionError), quiet_stderr():
        os.write(STDERR, b"greetings")
        raise ZeroDivisionError
    os.write(STDERR, b"progress")
    assert capfd.readouterr().err == "progress"
