"""What is written to a disk: whole or not at all, by one at a time, and swept by the next build where one was killed.

Locks are the system's: they end with their process, however it ends.
"""

import ctypes
import errno
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import BinaryIO

from generator.errors import ComputationError

COMMAND = "explainability-report"  # as it is installed, beside `python -m generator`
PATIENCE = 120.0  # seconds that a build waits for another one to write; each takes less than one
DRAFT = re.compile(rf"\.{COMMAND}-(\d+)-\w{{8}}")  # a file that is being written, or a temporary folder, and of whom
AT_ONCE = 16  # files that are waited for
AGE = 86400.0  # seconds after which a draft is nobody's, whatever process has its number now
EXCHANGE = {"linux": ("renameat2", True), "darwin": ("renamex_np", False)}  # and whether it asks for folders to start
AT_CWD, BY_EXCHANGE = -100, 2

if sys.platform == "win32":
    import msvcrt

    def _taken(lock: int) -> bool:
        try:
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True
else:
    import fcntl

    def _taken(lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def reason(error: OSError | RecursionError) -> str:
    """The system's words, without its numbers."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def unwritable(folder: Path) -> str:
    """Why no file can be written into a folder, or into the nearest one above it; '' where one can."""
    try:
        there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
        with TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return reason(error)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when it is written to its end; before that the old one stands."""
    draft = path.with_name(f".{COMMAND}-{os.getpid()}-{token_hex(4)}")
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def settle(files: Iterable[Path]) -> None:
    """Wait until files are on the disk: should power go later, they are not empty. Many at once take as long as one."""
    from concurrent.futures import ThreadPoolExecutor  # here: a build that changes nothing does without

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(_settle, files):
            pass


def _settle(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that vanishes on leaving, or with the next build where this one is killed.

    Raises ComputationError where its disk takes no more.
    """
    made, prefix = "", f".{COMMAND}-{os.getpid()}-"
    try:
        with TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as made:
            yield Path(made)
    except OSError as error:
        if made and not full(error):
            raise
        message = f"temporary files cannot be written ({reason(error)}); make room, or name another folder by TMPDIR"
        raise ComputationError(message) from error


def full(error: BaseException) -> bool:
    """Whether a disk takes no more, whatever was to be written."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def sweep(*folders: Path) -> None:
    """Remove what killed processes left of files and folders that they were writing, here or for a while."""
    for folder in (*folders, None):
        with suppress(OSError):  # one that is not there
            for path in filter(_abandoned, list((folder or Path(gettempdir())).iterdir())):
                _remove(path)


def _abandoned(path: Path) -> bool:
    """Whether it is a draft of a process that is no more; our own process writes none while it sweeps."""
    found = DRAFT.fullmatch(path.name)
    if not found or path.is_symlink():
        return False
    writer = int(found[1])
    return writer == os.getpid() or not _alive(writer) or time.time() - path.lstat().st_mtime > AGE


def _alive(process: int) -> bool:
    if sys.platform == "win32":  # which has no harmless signal
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    with suppress(OSError, IndexError):  # of a container in which nobody buries the dead
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


@contextmanager
def only_writer(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Nobody else publishes into a folder meanwhile; raises ComputationError where another one does not end.

    The folder itself is locked, or a file in it where the system locks no folders.
    """
    with ExitStack() as held:
        try:
            held.enter_context(_locked(folder, os.O_RDONLY, patience))
        except OSError:
            held.enter_context(_locked(folder / f".{COMMAND}.lock", os.O_RDWR | os.O_CREAT, patience))
        yield


@contextmanager
def _locked(path: Path, flags: int, patience: float) -> Iterator[None]:
    lock, end = os.open(path, flags, 0o666), time.monotonic() + patience
    try:
        while not _taken(lock):
            if time.monotonic() > end:
                raise ComputationError(f"{path}: locked by another build for {patience:.0f} s; end it, and build again")
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def exchange(one: Path, other: Path) -> bool:
    """Two folders change places in one step that nobody sees half done; whether the system can."""
    name, from_folders = EXCHANGE.get(sys.platform, ("", False))
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None) if name else None
    if call is None:
        return False
    start = (AT_CWD,) if from_folders else ()
    if call(*start, os.fsencode(one), *start, os.fsencode(other), BY_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))
