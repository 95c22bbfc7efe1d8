"""The folder a report is published from: the new one is made beside it and swapped in when it is whole."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.errors import InputError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class SiteFolder:
    """A site being made; `path` is where it will stand, `draft` where it is made."""

    path: Path
    draft: Path

    def write(self, name: str, data: bytes | str) -> None:
        """One file of the site, by its path relative to it."""
        target = self.draft / name
        content = data.encode() if isinstance(data, str) else data
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _linked(self.path / name, target, content):
            target.write_bytes(content)


def _linked(old: Path, new: Path, content: bytes) -> bool:
    """Whether a file of the old site holds the same and could be linked, which takes half the time of writing it."""
    try:
        if old.is_symlink() or old.stat().st_size != len(content) or old.read_bytes() != content:
            return False
        new.hardlink_to(old)
    except OSError:
        return False
    return True


def check_output(path: Path) -> None:
    """Refuse to replace what is not a site of ours; a missing or empty folder is fine."""
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is a file; --output names the folder of the site")
    if path.is_dir() and any(path.iterdir()) and not (path / MANIFEST).exists():
        raise InputError(f"{path} holds other files than a site (no {MANIFEST}); choose another --output or empty it")


@contextmanager
def new_site(path: Path) -> Iterator[SiteFolder]:
    """A draft that replaces `path` on leaving, and vanishes if anything is raised."""
    check_output(path)
    draft = path.with_name(f".{path.name}.new-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield SiteFolder(path, draft)
        _swap(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _swap(draft: Path, path: Path) -> None:
    """Two renames; if the second fails the old site is put back."""
    old = path.with_name(f".{path.name}.old-{os.getpid()}")
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    try:
        draft.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)
