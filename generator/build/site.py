"""The folder a report is published from, swapped in when it is whole, and whether anything changed since then.

Whether it is current is told from sizes and times of files alone, before anything of weight is imported.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.build_options import writable
from generator.errors import ComputationError, InputError
from generator.foreign import below
from generator.shipped import PACKAGE, TEMPLATES

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
    """Refuse to replace what is not a site of ours, or what cannot be replaced; a missing or empty folder is fine."""
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is a file; --output names the folder of the site")
    if path.is_dir() and any(path.iterdir()) and not (path / MANIFEST).exists():
        raise InputError(f"{path} holds other files than a site (no {MANIFEST}); choose another --output or empty it")
    if os.path.ismount(path):
        raise InputError(f"{path} is a volume, which cannot be replaced; --output {path / 'site'} can be")
    if not writable(path.parent):
        raise InputError(
            f"{path}: nothing can be written into {path.parent.resolve()}; --output names a folder elsewhere"
        )


@contextmanager
def new_site(path: Path) -> Iterator[SiteFolder]:
    """A draft that replaces `path` on leaving, and vanishes if anything is raised; ComputationError for a full disk."""
    check_output(path)
    draft = path.with_name(f".{path.name}.new-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        yield SiteFolder(path, draft)
        _swap(draft, path)
    except OSError as error:
        raise ComputationError(f"{path}: cannot be written: {error.strerror}") from error
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


def fingerprint(path: Path) -> list[int] | None:
    """Size and time of a file; for a folder, of its own entry list too."""
    try:
        facts = path.stat()
        extra = [sum(1 for _ in path.iterdir())] if path.is_dir() else []
    except (OSError, ValueError):  # absent, or no name at all
        return None
    return [facts.st_size, facts.st_mtime_ns, *extra]


def files_in(inputs: Iterable[Path]) -> Iterator[Path]:
    """The inputs of a build, and of a folder all that is in it."""
    for path in inputs:
        yield path
        if path.is_dir():
            with suppress(InputError):  # what cannot be read is told by who reads it
                found = below(path, InputError)
                yield from sorted(path / name for name in (*found.folders, *found.files, *found.strange))


def program_files() -> list[Path]:
    """Everything of ours whose change may change a report."""
    return sorted(p for folder in (PACKAGE, TEMPLATES) for p in folder.rglob("*") if "__pycache__" not in p.parts)


def stamp_of(cache: Path, spec: Path, output: Path) -> Path:
    """Where the stamp of a site lies: one for each pair of spec and site."""
    return cache / f"stamp-{hashlib.sha256(f'{spec.resolve()} {output.resolve()}'.encode()).hexdigest()[:16]}"


def origin(inputs: Iterable[Path]) -> Mapping[Path, list[int] | None]:
    """What a build is made from, as it is now: its inputs, and the program itself."""
    return {path: fingerprint(path) for path in (*files_in(inputs), *program_files())}


def write_stamp(stamp: Path, settings: Mapping[str, Any], made_from: Mapping[Path, Any], site: Path) -> None:
    """Record what a finished build was made from, as it was when it began, and what it made; if it can be written."""
    made = {path: fingerprint(path) for path in sorted(site.rglob("*")) if path.is_file()}
    record = {"settings": dict(settings), "files": {str(path): facts for path, facts in {**made_from, **made}.items()}}
    with suppress(OSError):
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps(record))


def is_current(stamp: Path, settings: Mapping[str, Any]) -> bool:
    """Whether the last build had the same settings and nothing it read or wrote has changed."""
    try:
        record = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    if not isinstance(record, dict) or record.get("settings") != dict(settings) or not record.get("files"):
        return False
    recorded = {Path(name) for name in record["files"]}
    if any(path not in recorded for path in program_files()):
        return False
    return all(fingerprint(Path(name)) == facts for name, facts in record["files"].items())
