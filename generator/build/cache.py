"""Computed values kept between builds, by the hash of everything that went into them.

Two builds may share a folder: an entry appears whole or not at all. A damaged entry is computed anew.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.build.archive import freeze, thaw

LIMIT = 1 << 30  # bytes; the entries used longest ago go first
DIGEST = 32


def key_of(**ingredients: object) -> str:
    """A name for what these ingredients give; anything JSON has, in whatever order."""
    text = json.dumps(ingredients, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Cache:
    """A folder of entries, or none (`folder=None`: everything is computed, nothing is kept)."""

    folder: Path | None
    hits: int = 0
    misses: int = 0

    def remember(self, key: str, compute: Callable[[], object]) -> object:
        """The value of `key`, computed if it is not there."""
        found = self.look_up(key)
        if found is not None:
            return found
        value = compute()
        self.store(key, value)
        return value

    def look_up(self, key: str) -> object | None:
        """The value of `key`, or None where there is none that is whole."""
        if self.folder is None:
            return None
        path = self.folder / key
        try:
            data = path.read_bytes()
            if hashlib.sha256(data[DIGEST:]).digest() != data[:DIGEST]:
                return None
            value = thaw(data[DIGEST:])
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):  # absent, damaged, or of an older shape
            return None
        self.hits += 1
        return value

    def holds(self, key: str) -> bool:
        """Whether there is an entry, whole or not."""
        return self.folder is not None and (self.folder / key).exists()

    def store(self, key: str, value: object) -> None:
        """Keep a value; a full or read-only disk only means that nothing is kept."""
        self.misses += 1
        if self.folder is None:
            return
        data = freeze(value)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix="new-")
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            Path(name).replace(self.folder / key)
        except OSError:
            return

    def prune(self, limit: int = LIMIT) -> None:
        """Bring the folder under `limit` bytes."""
        if self.folder is None or not self.folder.is_dir():
            return
        entries = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in self.folder.iterdir()), reverse=True)
        total = 0
        for _, size, path in entries:
            total += size
            if total > limit:
                path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything."""
        self.prune(limit=-1)
