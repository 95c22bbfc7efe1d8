"""The program's own process: it runs a command in another one, and outlives whatever that does to itself.

The command writes into a journal which step it is at (`generator.steps`). Where it dies, hangs past the limit or fills
the memory, it is started anew with a word on the step that died; what was computed before comes from its cache. Nothing
of weight is imported here.
"""

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field
from types import FrameType
from typing import Any

from generator.memory import resident, usable
from generator.steps import WATCHED, DiedError

SIMPLE = ("init", "methods", "schema", "clear-cache", "-h", "--help", "--version")  # nothing of others' is opened
CODE = (
    f"import json, os, sys; said = json.loads(os.environ['{WATCHED}']); "
    "sys.path[:] = said['path']; sys.argv[0] = said['program']; from generator.worker import main; main()"
)
POLL = 0.1  # seconds between two looks at the process
GRACE = 5.0  # seconds in which an ended or interrupted process has to be gone
SECONDS = 3600.0  # that a step may take
OF_FIGURES = ("figure", "evidence", "drawing")  # for which the spec may say otherwise
FAILED = 1


Open = tuple[str, str, float | None]  # a step that is not over: its kind, its name, and the seconds that it has


@dataclass(frozen=True)
class Death:
    """How a step ended its process; `how` and `facts` are words of `died`."""

    kind: str
    name: str
    how: str
    facts: Mapping[str, Any]


@dataclass
class Attempt:
    """One run of the command: its process, and what it has said of itself."""

    process: subprocess.Popen[bytes]
    journal: int  # the end of the pipe that is read
    steps: list[Open] = field(default_factory=list)  # those it is in, the outermost first
    since: float = field(default_factory=time.monotonic)
    seconds: float = SECONDS
    memory: float = field(default_factory=usable)
    ended: int | None = None
    killed: tuple[str, Mapping[str, Any]] | None = None
    cut: list[Open] = field(default_factory=list)  # the step that a signal of any sender met

    def __post_init__(self) -> None:
        self.hearing = threading.Thread(target=self._listen, daemon=True)
        self.hearing.start()

    def _listen(self) -> None:
        with os.fdopen(self.journal, encoding="utf-8") as lines:
            for line in lines:
                self._hear(json.loads(line))

    def look(self) -> None:
        """End it where it is over a limit."""
        kind, _, seconds = self.steps[-1] if self.steps else ("", "", math.inf)
        within = seconds or (self.seconds if kind in OF_FIGURES else SECONDS)
        if time.monotonic() - self.since > within:
            self._kill("late", {"seconds": f"{within:g}"})
        elif resident(self.process.pid) > self.memory:
            self._kill("memory", {"memory": f"{self.memory / 1e9:.1f} GB"})

    def _hear(self, said: Mapping[str, Any]) -> None:
        match said:
            case {"enter": [kind, name], "seconds": seconds}:
                self.steps.append((kind, name, seconds))
            case {"leave": _}:
                del self.steps[-1:]
            case {"interrupted": _}:
                self.cut = self.steps[-1:]
            case {"limits": [seconds, memory]}:
                self.seconds, self.memory = seconds, memory or self.memory
            case {"ended": code}:
                self.ended = code
        self.since = time.monotonic()

    def _kill(self, how: str, facts: Mapping[str, Any]) -> None:
        self.killed = how, facts
        self.process.kill()

    def death(self) -> Death:
        """What ended it, at which step."""
        kind, name, _ = (self.cut or self.steps or [("", "", None)])[-1]
        code = -signal.SIGTERM if self.cut else self.process.returncode
        if self.killed:
            return Death(kind, name, *self.killed)
        if code == -signal.SIGKILL:  # by nobody here: the system's way of finding memory
            return Death(kind, name, "killed", {})
        if code < 0:
            return Death(kind, name, "crashed", {"signal": signal.Signals(-code).name})
        return Death(kind, name, "ended", {"code": code})


@dataclass
class Supervisor:
    """Runs a command to its end, whatever becomes of its processes; a signal ends both."""

    words: Sequence[str]
    deaths: list[Death] = field(default_factory=list)
    asked: int = 0  # the signal that ends it
    deadline: float = math.inf

    def run(self) -> int:
        """The exit code of the command."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)
        while True:
            end = self._attempt()
            if isinstance(end, int):
                return end
            if not end.kind or (end.kind, end.name) in {(death.kind, death.name) for death in self.deaths}:
                return _given_up(end)
            self.deaths.append(end)

    def _attempt(self) -> int | Death:
        """The exit code, or what became of it before it had one."""
        listening, telling = os.pipe()
        attempt = Attempt(self._started(telling), listening)
        os.close(telling)
        self._watch(attempt)
        attempt.hearing.join(GRACE)
        if self.asked:
            return 128 + self.asked
        return attempt.death() if attempt.ended is None or attempt.cut else attempt.ended

    def _started(self, journal: int) -> subprocess.Popen[bytes]:
        deaths = [astuple(death) for death in self.deaths]
        number, inherited = _handed_on(journal)
        said = {"journal": number, "deaths": deaths, "path": sys.path, "program": sys.argv[0]}
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # as multiprocessing does
        command = [sys.executable, "-P", *flags, "-c", CODE, *self.words]
        with _held_back():
            return subprocess.Popen(command, env={**os.environ, WATCHED: json.dumps(said)}, **inherited)

    def _watch(self, attempt: Attempt) -> None:
        """Returns when the process has gone."""
        interrupted, gone = False, math.inf
        while attempt.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                attempt.process.wait(POLL)
            attempt.look()
            if self.asked and not interrupted:
                attempt.process.terminate()
                interrupted = True
            if attempt.ended is not None:
                gone = min(gone, time.monotonic() + GRACE)
            if time.monotonic() > min(gone, self.deadline):
                attempt.process.kill()

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        """The first signal asks the process to end itself, a second one ends it."""
        self.deadline = time.monotonic() + (0 if self.asked else GRACE)
        self.asked = number


@contextmanager
def _held_back() -> Iterator[None]:
    """A process that is started inside hears of signals only when it is ready for them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _handed_on(end: int) -> tuple[int, dict[str, Any]]:
    """What the process calls this end of a pipe, and how `Popen` has to be told."""
    if sys.platform == "win32":
        import msvcrt

        handle = msvcrt.get_osfhandle(end)
        os.set_handle_inheritable(handle, True)
        return handle, {"close_fds": False}
    return end, {"pass_fds": (end,)}


def _given_up(end: Death) -> int:
    """The last words on what died where no step can be left out for it."""
    print(f"the program came to an end it did not choose: {DiedError(end.how, end.facts)}", file=sys.stderr)
    return FAILED


def main() -> int:
    """Run the command of the command line and return its exit code."""
    words = sys.argv[1:]
    if not words or words[0] in SIMPLE:
        from generator.cli import main as simple

        return simple(words)
    return Supervisor(words).run()
