"""A contestant in a process of its own, so that its memory is its own: a row at a time, with what that took."""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.subject import Effort, Subject, subject
from generator.tally import Spent

Clock = Callable[[], float]
Given = tuple[Path, Path | None, int, Any]  # what `subject` takes


def processor() -> float:
    """Seconds of all cores that this process and those it waited for have used."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "cpu": processor}


@dataclass(frozen=True)
class Took:
    """Seconds, our passes, and the most bytes that the process held; no number where the contestant failed."""

    seconds: float
    passes: Spent = field(default_factory=Spent)
    peak: float = 0.0
    error: str = ""
    answer: Any = None


@dataclass
class Contestant:
    """One of the modules `ours`, `stock` and `relative`, with what it was given, in its process."""

    module: str
    given: Given
    clock: str = "wall"

    def __post_init__(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        words = (self.module, self.given, self.clock)
        self.pool = ProcessPoolExecutor(1, mp_context=spawning, initializer=_open, initargs=words)

    def names(self) -> list[str]:
        return self.pool.submit(_names).result()

    def row(self, name: str, effort: Effort | None = None, images: int | None = None) -> Took:
        """A row, of another effort and fewer images where they are named."""
        return self.pool.submit(_row, name, effort, images).result()

    def bare(self) -> Any:  # noqa: ANN401  benchmarks.bare.Bare, which imports TensorFlow
        return self.pool.submit(_bare).result()

    def close(self) -> None:
        self.pool.shutdown()


HERE: dict[str, Any] = {}  # in a contestant's process


def _open(module: str, given: Given, clock: str) -> None:
    warnings.simplefilter("ignore")
    known, made = import_module(f"benchmarks.{module}"), subject(*given)
    HERE.update(module=known, clock=CLOCKS[clock], subject=made, rows=known.rows(made))


def _names() -> list[str]:
    return list(HERE["rows"])


def _row(name: str, effort: Effort | None, images: int | None) -> Took:
    given, calls = HERE["subject"], HERE["rows"]
    if effort is not None:
        calls = HERE["module"].rows(replace(given.first(images), effort=effort))
    return replace(timed(calls[name], given, HERE["clock"]), answer=None)


def _bare() -> Any:  # noqa: ANN401
    from benchmarks.bare import measured

    return measured(HERE["subject"], HERE["clock"])


def timed(call: Callable[[], Any], given: Subject, clock: Clock) -> Took:
    """What a call took in this process; what it prints is dropped."""
    tally = given.classifier.tally
    _forget_peak()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        begin, before = clock(), tally.passes
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001  whatever a library of others raises is its result
            return Took(math.nan, error=f"{type(error).__name__}: {str(error)[:120]}")
        return Took(clock() - begin, tally.passes - before, _peak(), answer=answer)


def _forget_peak() -> None:
    """Linux alone has this; elsewhere the peak is that of the rows so far."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Bytes."""
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(float(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
