"""The product as a user runs it, `python -m generator`, and what is wrong with how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.faults.tally import Fault

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds after which a command hangs
LONGEST, LINE = 20_000, 1500  # characters of a message, and of a line of it
HUNG = -999
USUAL = (0, 2)


@dataclass(frozen=True)
class Ended:
    """How a command ended; `code` is HUNG where it had to be killed, and negative for a signal."""

    code: int
    said: str
    seconds: float

    @property
    def name(self) -> str:
        return "hung" if self.code == HUNG else f"exit {self.code}"

    def faults(self, case: str, again: str, allowed: Collection[int] = USUAL, about: str = "") -> tuple[Fault, ...]:
        """What is wrong with it, whatever was asked; `about` is a word that an error has to say."""
        found = {
            "hang": self.code == HUNG,
            "crash": HUNG < self.code < 0,
            "traceback": "Traceback (most recent call last)" in self.said,
            "too long": len(self.said) > LONGEST or any(len(line) > LINE for line in self.said.splitlines()),
            "no words": self.code > 0 and not self.said.strip(),
            "no place": self.code == 2 and about not in self.said,
            "wrong exit": self.code >= 0 and self.code not in allowed,
        }
        kinds = [kind for kind, is_so in found.items() if is_so]
        return tuple(Fault(kind, case, f"{self.name}: {self.said[-700:]}", again) for kind in kinds[:1])


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: this source, a quiet TensorFlow."""
    known = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **known, **more}


def started(
    words: Sequence[str], folder: Path, said: int | IO[bytes] = subprocess.PIPE, **more: str
) -> subprocess.Popen[bytes]:
    """A command in a session of its own, so that all of it can be found and ended; `said` is where stderr goes."""
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *words],
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[bytes], limit: float = PATIENCE) -> Ended:
    """Waits for a command; what it left running is killed."""
    begin = time.perf_counter()
    try:
        _, said = process.communicate(timeout=limit)
        code = process.returncode
    except subprocess.TimeoutExpired:
        end_session(process.pid)
        _, said = process.communicate()
        code = HUNG
    return Ended(code, (said or b"").decode("utf-8", "replace"), time.perf_counter() - begin)


def run(words: Sequence[str], folder: Path, limit: float = PATIENCE, **more: str) -> Ended:
    """A command from begin to end."""
    return ended(started(words, folder, **more), limit)


def end_session(session: int) -> None:
    """Kills what is left of a command."""
    for pid in session_of(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def session_of(session: int) -> list[int]:
    """The living processes of a session, as Linux lists them; zombies do not count."""
    return [pid for pid, state, its in _processes() if its == session and state != "Z"]


def _processes() -> Iterator[tuple[int, str, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            yield int(stat.parent.name), state, int(session)


def contents(folder: Path, without: Collection[str] = ()) -> Mapping[str, bytes]:
    """Every file below a folder by its path."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in without}
