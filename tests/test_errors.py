"""The mistakes a user can make, and the hints that go with them."""

import os
from pathlib import Path

import pytest

from generator.errors import STDERR, InputError, Problem, SpecError, quiet_stderr, suggestion, told


def test_the_nearest_name_is_suggested():
    """What is near is offered alone, else everything that is known."""
    assert suggestion("grad_cam", ("gradcam", "lime")) == "; did you mean 'gradcam'?"
    assert suggestion("Lime", ["gradcam", "lime"]) == "; did you mean 'lime'?"
    assert suggestion("x", ("gradcam", "lime")) == "; known: gradcam, lime"
    assert suggestion("x", ()) == ""


def test_problems_are_said_in_the_order_of_the_lines():
    """One line each: file, line, column, path, message; one without a path says so much less."""
    file = Path("report.yaml")
    later, earlier = Problem(file, 9, 1, "model.path", "b"), Problem(file, 2, 5, "", "a")
    error = SpecError((later, earlier))
    assert error.problems == (earlier, later)
    assert str(error) == "report.yaml:2:5: a\nreport.yaml:9:1: model.path: b"


def test_whatever_is_raised_can_be_said():
    """In a page, on a console, in a manifest: without words, without end, of no characters."""
    mute = type("Mute", (Exception,), {"__str__": lambda self: 1 / 0})
    assert told(mute()) == "Mute"
    assert told(ValueError()) == "ValueError"
    assert told(ValueError("5\u00a0% \x00\ud800\x1b[31m\n<b>")) == "ValueError: 5\u00a0% \\x00\\ud800\\x1b[31m\n<b>"
    assert len(told(ValueError("x" * 10**6))) < 1500
    assert told(InputError("ours")) == "ours"


def test_nothing_that_somebody_wrote_makes_a_message_endless():
    """Names, paths and lists of mistakes are cut; nothing of the place is."""
    long = Problem(Path("report.yaml"), 9, 1, "a." * 5000, f"'{'x' * 50_000}' is wrong")
    assert len(str(long)) < 1400
    assert str(long).startswith("report.yaml:9:1: a.a.")
    assert str(long).endswith("xxx' is wrong")
    many = SpecError(tuple(Problem(Path("r"), n, 1, "", "wrong") for n in range(3000)))
    assert len(many.problems) == 3000
    assert str(many).endswith("r:29:1: wrong\n… and 2,970 more")
    assert len(str(InputError("x" * 50_000))) < 1500
    assert suggestion("x" * 50_000, ("gradcam",)) == "; known: gradcam"


def test_native_writes_are_dropped_and_come_back_after(capfd):
    """Only what is written inside is lost, also when an exception ends it."""
    with pytest.raises(ZeroDivisionError), quiet_stderr():
        os.write(STDERR, b"greetings")
        raise ZeroDivisionError
    os.write(STDERR, b"progress")
    assert capfd.readouterr().err == "progress"


def test_a_name_that_somebody_chose_does_not_steer_the_terminal():
    """What would colour, clear or ring is written out; letters of any script stay."""
    assert (
        str(InputError("the layer `\x1b[2J\x07\x9b31m生氣　`\nand more"))
        == "the layer `\\x1b[2J\\x07\\x9b31m生氣　`\nand more"
    )
