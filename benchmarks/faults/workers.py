"""Cases by the thousand: workers that import the program once and run commands within, replaced where one dies.

A case is a function of its number, so that any of them can be run again alone. What dies or hangs here is run again
as a user would, by itself: only that counts, since a command has a parent that watches it.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import resource
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

from benchmarks.faults.running import Ended

LIMIT = 20.0  # seconds of a case
MEMORY = 6 << 30  # bytes of address space, where no TensorFlow is in it
SHARE = 50  # cases of a worker
Work = Callable[[int], object]


def within(words: Sequence[str]) -> Ended:
    """A command run in this process; an exception that leaves it is the traceback that a user would see."""
    from generator.cli import main

    said, begin = io.StringIO(), time.perf_counter()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main(list(words))
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001  whatever leaves a command
        said.write(traceback.format_exc())
        code = 1
    return Ended(code, said.getvalue(), time.perf_counter() - begin)


class Workers:
    """Several processes that answer case after case."""

    def __init__(self, work: Work, numbers: Sequence[int], jobs: int, memory: int = MEMORY) -> None:
        self.work, self.jobs, self.memory = work, jobs, memory
        self.waiting = list(reversed(numbers))
        self.busy: dict[Connection, tuple[ForkProcess, list[int]]] = {}
        self.heard: dict[Connection, float] = {}

    def answers(self) -> Iterator[tuple[int, object]]:
        """What the work gives for each number, None where its worker died or had to be killed; in no order."""
        while self.waiting or self.busy:
            while self.waiting and len(self.busy) < self.jobs:
                self._hire()
            for ours in wait(list(self.busy), timeout=1):
                yield from self._answer(ours)  # type: ignore[arg-type]
            for ours, since in self.heard.items():
                if time.monotonic() - since > LIMIT:
                    self.busy[ours][0].kill()

    def _hire(self) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        share = [self.waiting.pop() for _ in range(min(len(self.waiting), SHARE))]
        worker = context.Process(target=_serve, args=(theirs, self.work, tuple(share), self.memory))
        worker.start()
        theirs.close()
        self.busy[ours], self.heard[ours] = (worker, share), time.monotonic()

    def _answer(self, ours: Connection) -> Iterator[tuple[int, object]]:
        """One answer of a worker; of one that died the case that killed it, and the rest of its share waits again."""
        worker, share = self.busy[ours]
        try:
            number, value = ours.recv()
            share.remove(number)
            self.heard[ours] = time.monotonic()
            yield number, value
        except (EOFError, ConnectionResetError):
            worker.join()
            del self.busy[ours], self.heard[ours]
            if share:
                self.waiting += reversed(share[1:])
                yield share[0], None


def _serve(theirs: Connection, work: Work, share: Sequence[int], memory: int) -> None:
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for number in share:
        theirs.send((number, work(number)))
    os._exit(0)
