"""Whether anything changed since a site was built: told from sizes and times of files alone, before heavy imports."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.disk import whole_file
from generator.shipped import PACKAGE, TEMPLATES

Fingerprint = list[int] | None  # of a file that is there, or none


def fingerprint(path: Path) -> Fingerprint:
    """Size and time of a file; for a folder, of its own entry list too."""
    try:
        facts = path.stat()
        extra = [sum(1 for _ in path.iterdir())] if path.is_dir() else []
    except (OSError, ValueError):  # absent, or no name at all
        return None
    return [facts.st_size, facts.st_mtime_ns, *extra]


def files_in(inputs: Iterable[Path]) -> Iterator[Path]:
    """The inputs of a build, and of a folder all that is in it and can be seen, however deep."""
    waiting = [(path, True) for path in inputs]
    while waiting:
        path, asked_for = waiting.pop()
        yield path
        with suppress(OSError):
            if path.is_dir() and (asked_for or not path.is_symlink()):
                waiting += ((within, False) for within in path.iterdir())


def program_files() -> list[Path]:
    """Everything of ours whose change may change a report."""
    return sorted(p for folder in (PACKAGE, TEMPLATES) for p in folder.rglob("*") if "__pycache__" not in p.parts)


def stamp_of(cache: Path, spec: Path, output: Path) -> Path:
    """Where the stamp of a site lies: one for each pair of spec and site."""
    pair = os.fsencode(f"{os.path.realpath(spec)} {os.path.realpath(output)}")
    return cache / f"stamp-{hashlib.sha256(pair).hexdigest()[:16]}"


def origin(inputs: Iterable[Path]) -> Mapping[Path, Fingerprint]:
    """What a build is made from, as it is now: its inputs, and the program itself."""
    return {path: fingerprint(path) for path in (*files_in(inputs), *program_files())}


def write_stamp(
    stamp: Path,
    settings: Mapping[str, Any],
    made_from: Mapping[Path, Fingerprint],
    made: Mapping[Path, Fingerprint],
) -> None:
    """Record what a finished build was made from, as it was when it began, and what it made; if it can be written."""
    files = {str(path): facts for path, facts in {**made_from, **made}.items()}
    with suppress(OSError):
        stamp.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(stamp) as file:
            file.write(json.dumps({"settings": dict(settings), "files": files}).encode())


def is_current(stamp: Path, settings: Mapping[str, Any]) -> bool:
    """Whether the last build had the same settings and nothing it read or wrote has changed."""
    try:
        record = json.loads(stamp.read_bytes()) if stamp.is_file() else None
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(record, dict) or record.get("settings") != dict(settings):
        return False
    if not isinstance(record.get("files"), dict) or not record["files"]:
        return False
    recorded = {Path(name) for name in record["files"]}
    if any(path not in recorded for path in program_files()):
        return False
    return all(fingerprint(Path(name)) == facts for name, facts in record["files"].items())
