"""The process that runs one command for `generator.supervisor`, and ends with it."""

import ctypes
import io
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from generator.cli import main as command
from generator.steps import WATCH

END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
FIRST_TO_GO = "500"  # where the system must end a process for its memory, of 1000
OWN_FAULT = 1  # whose traceback Python prints


class Stream(io.FileIO):
    """What is written where nobody reads any more is dropped: a build goes on when a pipe is closed."""

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError:
            return memoryview(data).nbytes  # type: ignore[arg-type]


def main() -> None:
    """Run it and tell its exit code; whoever ends the process otherwise has not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to both: the supervisor's word counts
    signal.signal(signal.SIGTERM, WATCH.interrupt)
    if sys.platform != "win32":  # the supervisor held them back until here
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    _tie_to_parent()
    sys.stdout, sys.stderr = streams = _unbreakable(sys.stdout), _unbreakable(sys.stderr)
    code = OWN_FAULT
    try:
        code = command()
    except SystemExit as error:  # of a wrong option, or of --help
        code = error.code if isinstance(error.code, int) else OWN_FAULT
    finally:
        for stream in streams:
            stream.flush()
        WATCH.tell(ended=code)
    sys.exit(code)


def _unbreakable(stream: TextIO | None) -> TextIO:
    """The same stream, which nothing makes fail; of one that is closed, nothing."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    raw = io.BufferedWriter(Stream(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=True)


def _tie_to_parent() -> None:
    """On Linux no process goes on without its supervisor, and a lack of memory meets this one first."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    if os.getppid() != parent:  # it went before this could be said
        os._exit(OWN_FAULT)
