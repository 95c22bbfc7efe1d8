"""The one door for files that others made: regular ones only, opened once, their size known before they are read.

A pipe, a device or a socket would wait for ever, or never end; none of them is opened at all. Where a file was looked
for is told by whoever asked: the refusal is of the kind that the caller names, with the path in front.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from generator.errors import InputError
from generator.limits import USUAL, Limits, size_in_words

OPENING = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)  # what became a pipe after it was looked at is not waited for
KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


def kind_of(mode: int) -> str:
    """What there is in place of a file: 'a named pipe'; '' for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    return next((words for is_one, words in KINDS if is_one(mode)), "no file")


def opened(path: Path, refusal: type[InputError], limits: Limits = USUAL) -> BinaryIO:
    """A regular file, open for reading; raises `refusal` for what is none, cannot be read or is too large."""
    try:
        descriptor = -1 if kind_of(path.stat().st_mode) else os.open(path, OPENING)
        facts = path.stat() if descriptor < 0 else os.fstat(descriptor)
    except (OSError, ValueError) as error:  # ValueError: a null in the name
        raise refusal(f"{path}: {unreachable(path, error)}") from error
    message = kind_of(facts.st_mode) and f"{kind_of(facts.st_mode)}, where a file is needed"
    if not message and facts.st_size > limits.file:
        message = (
            f"{size_in_words(facts.st_size)}, more than the {size_in_words(limits.file)} that a file may have; "
            f"`limits: {{file: {size_in_words(facts.st_size)}}}` in the spec allows more"
        )
    if message:
        os.close(descriptor) if descriptor >= 0 else None
        raise refusal(f"{path}: {message}")
    return os.fdopen(descriptor, "rb")


def contents(path: Path, refusal: type[InputError], limits: Limits = USUAL) -> bytes:
    """All bytes of a regular file, as many as it said when it was opened; raises `refusal`."""
    with opened(path, refusal, limits) as file:
        try:
            return file.read(os.fstat(file.fileno()).st_size)
        except OSError as error:
            raise refusal(f"{path}: {unreachable(path, error)}") from error


def regular(path: Path, refusal: type[InputError], limits: Limits = USUAL) -> Path:
    """The path of a regular file, for a reader that opens it itself; raises `refusal`."""
    with opened(path, refusal, limits):
        return path


def unreachable(path: Path, error: Exception) -> str:
    """Why a file or folder cannot be read, in words."""
    if isinstance(error, FileNotFoundError):
        return "a link to a file that is not there" if path.is_symlink() else "no such file"
    return f"cannot be read: {(error.strerror if isinstance(error, OSError) else None) or error}"
