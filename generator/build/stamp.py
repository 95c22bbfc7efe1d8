"""Whether anything changed since the last build, told from file sizes and times alone, before anything is imported."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parents[1]


def fingerprint(path: Path) -> list[int] | None:
    """Size and time of a file; for a folder, of its own entry list too."""
    try:
        facts = path.stat()
    except OSError:
        return None
    extra = [sum(1 for _ in path.iterdir())] if path.is_dir() else []
    return [facts.st_size, facts.st_mtime_ns, *extra]


def program_files() -> list[Path]:
    """Everything of ours whose change may change a report."""
    templates = PROGRAM.parent / "templates"
    return sorted(p for folder in (PROGRAM, templates) for p in folder.rglob("*") if "__pycache__" not in p.parts)


def place(cache: Path, spec: Path, output: Path) -> Path:
    """Where the stamp of a site lies: one for each pair of spec and site."""
    return cache / f"stamp-{hashlib.sha256(f'{spec.resolve()} {output.resolve()}'.encode()).hexdigest()[:16]}"


def write(stamp: Path, settings: Mapping[str, Any], inputs: Iterable[Path], site: Path) -> None:
    """Record what a finished build was made from and what it made; of a folder all that is in it."""
    given = [p for path in inputs for p in ([path, *sorted(path.rglob("*"))] if path.is_dir() else [path])]
    files = [*given, *program_files(), *(p for p in sorted(site.rglob("*")) if p.is_file())]
    record = {"settings": dict(settings), "files": {str(p): fingerprint(p) for p in files}}
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
