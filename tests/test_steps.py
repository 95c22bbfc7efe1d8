"""A step's failure is its own: whatever is raised in it, and what became of it when it died before."""

import os
from pathlib import Path

import pytest

from generator import steps
from generator.errors import ComputationError, DataError, ModelError
from generator.steps import WATCH, DiedError, Watch, step


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """The lines that a watching process would hear."""
    path = tmp_path / "journal"
    with path.open("wb", buffering=0) as file:
        monkeypatch.setattr(steps, "WATCH", Watch(file))
        yield path


def test_what_is_raised_becomes_the_error_of_the_step():
    """With its type, where it is not ours; ours go through as they are."""
    with pytest.raises(ComputationError, match=r"^ZeroDivisionError: division by zero$"), step("figure", "f"):
        1 / 0  # noqa: B018
    with pytest.raises(ModelError, match=r"^SystemExit: 0$"), step("opening", "m", error=ModelError):
        raise SystemExit(0)
    with pytest.raises(DataError, match=r"^the file$"), step("figure", "f"):
        raise DataError("the file")


def test_an_interruption_is_the_users_unless_a_method_raises_it(journal):
    """Watched, only the watching process interrupts, and says so."""
    with pytest.raises(ComputationError, match="KeyboardInterrupt"), step("figure", "f"):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), step("figure", "f"):
        steps.WATCH.interrupt()


def test_unwatched_an_interruption_ends_everything():
    """As of a program that nobody watches."""
    with pytest.raises(KeyboardInterrupt), step("figure", "f"):
        raise KeyboardInterrupt


def test_a_step_that_died_is_not_taken_again(monkeypatch):
    """It fails with what became of it, in the words of its place; forgotten, it runs."""
    died = {("figure", "f"): DiedError("crashed", {"signal": "SIGSEGV"})}
    monkeypatch.setattr(steps, "WATCH", Watch(None, died))
    with pytest.raises(DiedError, match=r"^the computation crashed \(SIGSEGV\)$"), step("figure", "f"):
        pytest.fail("it ran")
    with step("figure", "g"), step("opening", "f"):
        pass
    died["opening", "m"] = DiedError("late", {"seconds": "60"})
    with pytest.raises(ModelError, match=r"^it was not done after 60 seconds \(limits: "):
        step("opening", "m", error=ModelError).__enter__()
    steps.forget()
    with step("figure", "f"):
        pass


def test_the_working_folder_comes_back(tmp_path):
    """The paths of a spec are relative to it."""
    before = Path.cwd()
    with step("figure", "f"):
        os.chdir(tmp_path)
    assert Path.cwd() == before


def test_a_watching_process_hears_where_it_is(journal):
    """Steps within steps, and the limits."""
    steps.limit(60, None)
    with step("figure", "f"), step("reading", seconds=5):
        pass
    assert journal.read_text().splitlines() == [
        '{"limits": [60, null]}',
        '{"enter": ["figure", "f"], "seconds": null}',
        '{"enter": ["reading", ""], "seconds": 5}',
        '{"leave": "reading"}',
        '{"leave": "figure"}',
    ]


def test_nobody_watches_the_tests():
    assert WATCH.journal is None
    assert not WATCH.again
