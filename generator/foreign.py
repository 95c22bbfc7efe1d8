"""The one door for files that others made: regular ones only, opened once, their size known before they are read.

A pipe, a device or a socket would wait for ever, or never end; none of them is opened at all. What only stands for a
file, a pointer of Git LFS, is none. Links are followed inside a folder, never out of it. What is wrong is told by
whoever asked: the refusal is of the kind that the caller names, with the path in front.
"""

import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import islice
from pathlib import Path

from generator.errors import GeneratorError, InputError
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
POINTER, POINTERS = b"version https://git-lfs", 1024  # how what Git LFS leaves in a file's place begins, and its size
LFS = "a Git LFS pointer, not the file itself; fetch it with `git lfs pull`, or download it by its raw link"
LONGEST = 200  # characters of what a parser says
HIDDEN = (".", "__MACOSX")  # how names begin that nobody means: hidden ones, and what a Mac adds to an archive


def kind_of(mode: int) -> str:
    """What there is in place of a file: 'a named pipe'; '' for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    return next((words for is_one, words in KINDS if is_one(mode)), "no file")


def opened(path: Path, refusal: type[InputError], limits: Limits = USUAL) -> BufferedReader:
    """A regular file, open for reading; raises `refusal` for what is none, cannot be read or is too large."""
    try:
        descriptor = -1 if kind_of(path.stat().st_mode) else os.open(path, OPENING)
        facts = path.stat() if descriptor < 0 else os.fstat(descriptor)
    except (OSError, ValueError) as error:  # ValueError: a null in the name
        raise refusal(f"{path}: {unreachable(path, error)}") from error
    message = kind_of(facts.st_mode) and f"{kind_of(facts.st_mode)}, where a file is needed"
    if message := message or limits.over(facts.st_size):
        os.close(descriptor) if descriptor >= 0 else None
        raise refusal(f"{path}: {message}")
    file = os.fdopen(descriptor, "rb")
    if facts.st_size < POINTERS and file.peek(len(POINTER)).startswith(POINTER):
        file.close()
        raise refusal(f"{path}: {LFS}")
    return file


def contents(path: Path, refusal: type[InputError], limits: Limits = USUAL, most: int | None = None) -> bytes:
    """All bytes of a regular file, as many as it said when it was opened, but no more than `most`; raises `refusal`."""
    with opened(path, refusal, limits) as file:
        size = os.fstat(file.fileno()).st_size
        if most is not None and size > most:
            raise refusal(f"{path}: {size_in_words(size)}, where a file of {size_in_words(most)} at most is read")
        try:
            return file.read(size)
        except OSError as error:
            raise refusal(f"{path}: {unreachable(path, error)}") from error


def regular(path: Path, refusal: type[InputError], limits: Limits = USUAL) -> Path:
    """The path of a regular file, for a reader that opens it itself; raises `refusal`."""
    with opened(path, refusal, limits):
        return path


def unreachable(path: Path, error: Exception) -> str:
    """Why a file or folder cannot be read, in words."""
    if isinstance(error, FileNotFoundError):
        return "cannot be read: a link to a file that is not there" if path.is_symlink() else "no such file"
    return f"cannot be read: {(error.strerror if isinstance(error, OSError) else None) or error}"


@contextmanager
def parsed(refusal: type[InputError], before: str, after: str = "") -> Iterator[None]:
    """Whatever a parser raises at foreign bytes is a refusal: before and after what it said of them, in brackets."""
    try:
        yield
    except GeneratorError:
        raise
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise refusal(f"{before} ({said if len(said) <= LONGEST else said[: LONGEST - 1] + '…'}){after}") from error


@dataclass
class Below:
    """What lies in a folder and the folders in it, named with slashes; what is hidden does not count.

    `files` are the regular ones, `strange` what cannot be read, with why, a folder with a slash behind; `links` lead
    out of the folder, or to what another link led to.
    """

    files: dict[str, os.stat_result] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    strange: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.files) + len(self.folders) + len(self.strange) + len(self.links)


def below(folder: Path, refusal: type[InputError], limits: Limits = USUAL) -> Below:
    """Everything in a folder, however deep; raises `refusal` where it cannot be read or holds too much."""
    root, found, linked = os.path.realpath(folder), Below(), set[str]()
    waiting = deque([("", root)])
    while waiting:
        prefix, real = waiting.popleft()
        try:
            with os.scandir(real) as entries:
                visible = (entry for entry in entries if not entry.name.startswith(HIDDEN))
                listed = sorted(islice(visible, limits.files - len(found) + 1), key=lambda entry: entry.name)
        except OSError as error:
            if not prefix:
                raise refusal(f"{folder}: {unreachable(folder, error)}") from error
            found.strange[prefix] = unreachable(Path(real), error)
            continue
        for entry in listed:
            deeper = _sorted_in(entry, prefix + entry.name, root, found, linked)
            waiting.extend([(f"{prefix}{entry.name}/", deeper)] if deeper else [])
        if len(found) > limits.files:
            raise refusal(
                f"{folder}: more than {limits.files:,} files; name the folder that holds the pictures alone, or say "
                f"`limits: {{files: {10 * limits.files}}}` in the spec"
            )
    return found


def _sorted_in(entry: "os.DirEntry[str]", name: str, root: str, found: Below, linked: set[str]) -> str:
    """Puts one entry where it belongs; the real path of a folder that is to be looked into, else ''."""
    try:
        link = entry.is_symlink()
        real = os.path.realpath(entry.path, strict=True) if link else entry.path
        facts = entry.stat() if within(real, root) else None
    except OSError as error:
        found.strange[name] = unreachable(Path(entry.path), error)
        return ""
    if facts is None or (link and real in linked):
        found.links.append(name)
    elif stat.S_ISREG(facts.st_mode):
        found.files[name] = facts
    elif not stat.S_ISDIR(facts.st_mode):
        found.strange[name] = f"{kind_of(facts.st_mode)}, where a file is needed"
    elif not (link and within(entry.path, real)):  # one that leads back up shows what is here already
        found.folders.append(name)
        linked.update([real] if link else [])
        return real
    return ""


def within(path: str, folder: str) -> bool:
    """Whether a real path lies in a real folder, or is it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
