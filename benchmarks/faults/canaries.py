"""What must not happen, watched: a file that nobody may open, and a file that appears where code ran."""

from __future__ import annotations

import ctypes
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IN_ACCESS, IN_OPEN = 0x1, 0x20
SECRET = "a secret of 1234.5 that lies outside of the report\n" * 64
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Canaries:
    """`secret` lies outside of every report; `ran` is what hostile code writes."""

    secret: Path
    ran: Path
    watch: int

    def sung(self) -> tuple[str, ...]:
        """The kinds of faults since the last look: whether the secret was opened, by whatever code, and code ran."""
        kinds = ["read outside"] if self._opened() else []
        if self.ran.exists():
            self.ran.unlink()
            kinds.append("code run")
        return tuple(kinds)

    def _opened(self) -> bool:
        opened = False
        while select.select([self.watch], [], [], 0)[0]:
            os.read(self.watch, 4096)
            opened = True
        return opened

    @property
    def python(self) -> str:
        """A statement of Python that betrays itself."""
        return f"open({str(self.ran)!r}, 'w').close()"

    @property
    def shell(self) -> str:
        return f"touch {self.ran}"


@contextmanager
def watched(folder: Path) -> Iterator[Canaries]:
    """Canaries in a folder of their own, looked after by inotify."""
    folder.mkdir(parents=True)
    secret = folder / "secret.txt"
    secret.write_text(SECRET)
    watch = _LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    _LIBC.inotify_add_watch(watch, os.fsencode(secret), IN_OPEN | IN_ACCESS)
    try:
        yield Canaries(secret, folder / "ran", watch)
    finally:
        os.close(watch)
