"""Computed values kept between builds, by the hash of everything that went into them.

Two builds may share a folder: an entry appears whole or not at all. A damaged entry is computed anew.
"""

import hashlib
import io
import json
import math
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast, get_args, get_type_hints
from zipfile import BadZipFile

import numpy as np

from generator.artefacts import KINDS, NUMBERS
from generator.classifier import ModelFacts
from generator.data.pixel_table import PixelTable
from generator.disk import reason, sweep, whole_file
from generator.errors import InputError
from generator.evidence.plan import Costs
from generator.evidence.result import ReportEvidence
from generator.results import Drawing, Part
from generator.samples import Evaluation
from generator.shipped import PACKAGE

LIMIT = 1 << 30  # bytes; the entries used longest ago go first
DIGEST = 32
BULK = 1 << 16  # bytes from which an array is packed, if that makes it smaller
ENTRY = re.compile(r"[0-9a-f]{64}|stamp-[0-9a-f]{16}|new-\w{8}")  # what files in a cache are called, and were
DAMAGED = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, RuntimeError, MemoryError, OverflowError),
    *(BadZipFile, zlib.error),
)
"""What an entry raises that is damaged, of an older shape, or not made by us."""
Value = TypeVar("Value")


def key_of(**ingredients: object) -> str:
    """A name for what these ingredients give; anything JSON has, in whatever order."""
    text = json.dumps(ingredients, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def source_of(*places: str, libraries: tuple[str, ...] = ()) -> str:
    """The digest of our source in these rooms and files, and of the versions of what it works with.

    Where it changes, what it computes is computed anew.
    """
    found = hashlib.sha256(" ".join(map(version, libraries)).encode())
    for place in places:
        path = PACKAGE / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            found.update(f"{file.relative_to(PACKAGE)} {hashlib.sha256(file.read_bytes()).hexdigest()} ".encode())
    return found.hexdigest()


@dataclass
class Cache:
    """A folder of entries, or none (`folder=None`: everything is computed, nothing is kept).

    `trouble` says why nothing can be kept any more: a full or read-only disk stops no build.
    """

    folder: Path | None
    hits: int = 0
    misses: int = 0
    trouble: str = ""

    def remember(self, key: str, compute: Callable[[], Value]) -> Value:
        """The value of `key`, computed if it is not there."""
        found = self.look_up(key)
        if found is not None:
            return cast(Value, found)
        value = compute()
        self.store(key, value)
        return value

    def look_up(self, key: str) -> object | None:
        """The value of `key`, or None where there is none that is whole."""
        if self.folder is None:
            return None
        path = self.folder / key
        try:
            data = path.read_bytes() if path.is_file() else b""
            if hashlib.sha256(data[DIGEST:]).digest() != data[:DIGEST]:
                return None
            value = thaw(data[DIGEST:])
        except DAMAGED:
            return None
        with suppress(OSError):  # a read-only one still answers
            os.utime(path)
        self.hits += 1
        return value

    def holds(self, key: str) -> bool:
        """Whether there is an entry, whole or not."""
        return self.folder is not None and (self.folder / key).exists()

    def store(self, key: str, value: object) -> None:
        """Keep a value, if it can be."""
        self.misses += 1
        if self.folder is None or self.trouble:
            return
        data = freeze(value)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole_file(self.folder / key) as file:
                file.write(hashlib.sha256(data).digest() + data)
        except OSError as error:
            self.trouble = f"{self.folder}: what is computed cannot be kept there ({reason(error)})"

    def prune(self, limit: int = LIMIT) -> None:
        """Bring what is ours in the folder under `limit` bytes; what else somebody keeps there stays."""
        if self.folder is None or not self.folder.is_dir():
            return
        sweep(self.folder)
        entries = sorted(_entries(self.folder), reverse=True)
        total = 0
        for _, size, path in entries:
            total += size
            if total > limit:
                with suppress(OSError):
                    path.unlink()

    def clear(self) -> None:
        """Forget everything; raises InputError where that may not be."""
        self.prune(limit=-1)
        if self.folder and self.folder.is_dir() and (left := sum(1 for _ in _entries(self.folder))):
            raise InputError(f"{self.folder}: {left} of its files cannot be removed; is it read-only?")


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each of our files was used last, its size and itself; builds that share the folder may remove some."""
    for path in folder.iterdir():
        with suppress(OSError):
            if ENTRY.fullmatch(path.name) and path.is_file() and _ours(path):
                facts = path.stat()
                yield facts.st_mtime, facts.st_size, path


def _ours(path: Path) -> bool:
    """Whether it begins as one of our files does, or is cut off before: others may be called by a digest too."""
    with path.open("rb") as file:
        start = file.read(DIGEST + 2)
    cut = len(start) < DIGEST + 2 and not path.name.startswith("new-")
    return cut or not start or start[DIGEST:] == b"PK" or start.startswith(b'{"settings": {')


def kinds_within(kind: object) -> Iterator[type]:
    """A dataclass and every one that its fields hold."""
    if isinstance(kind, type) and is_dataclass(kind):
        yield kind
    held = get_type_hints(kind).values() if isinstance(kind, type) and is_dataclass(kind) else get_args(kind)
    for part in held:
        yield from kinds_within(part)


KEPT = (Part, Drawing, Evaluation, ModelFacts, PixelTable, ReportEvidence, Costs)
STORED = {kind.__name__: kind for kept in KEPT for kind in kinds_within(kept)} | dict(KINDS)


def freeze(value: object) -> bytes:
    """The bytes of a stored dataclass, a mapping, a sequence or a plain value; arrays keep their dtype."""
    arrays: list[np.ndarray[Any, Any]] = []
    files = bytearray()
    tree = _pack(value, arrays, files)
    buffer = io.BytesIO()
    named: dict[str, Any] = {f"a{number}": array for number, array in enumerate(arrays)}
    np.savez(
        buffer, tree=np.frombuffer(json.dumps(tree).encode(), np.uint8), files=np.frombuffer(files, np.uint8), **named
    )
    return buffer.getvalue()


def thaw(data: bytes) -> object:
    """What `freeze` was given; sequences come back as tuples. Raises ValueError, KeyError or OSError on other bytes."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        if any(entry.compress_type for entry in stored.zip.infolist()):  # `freeze` packs no archive: no bomb either
            raise ValueError("packed")
        return _Thawing(stored, memoryview(stored["files"])).value(json.loads(stored["tree"].tobytes()))


def _shuffled(array: np.ndarray[Any, Any]) -> bytes:
    """Its values packed: their first bytes, which are much alike, then their second, and so on."""
    places = np.ascontiguousarray(array).reshape(-1, 1).view(np.uint8)
    return zlib.compress(np.ascontiguousarray(places.T).tobytes(), 1)


def _pack(value: Any, arrays: list[np.ndarray[Any, Any]], files: bytearray) -> Any:  # noqa: ANN401  a tree of JSON's types
    if isinstance(value, bytes):
        files += value
        return {"bytes": [len(files) - len(value), len(files)]}
    if isinstance(value, np.ndarray):
        packed = _shuffled(value) if BULK <= value.nbytes <= LIMIT and value.dtype.kind in "iuf" else None
        smaller = packed is not None and len(packed) < value.nbytes
        arrays.append(np.frombuffer(packed, np.uint8) if packed and smaller else value)
        form = {"packed": [value.dtype.str, value.shape]} if smaller else {}
        return {"array": len(arrays) - 1, **form}
    if isinstance(value, np.generic):
        return value.item()
    if type(value) in NUMBERS.values():
        return {"number": type(value).__name__, "value": value}
    if is_dataclass(value) and not isinstance(value, type):
        entries = {f.name: _pack(getattr(value, f.name), arrays, files) for f in fields(value)}
        return {"kind": type(value).__name__, "fields": entries}
    if isinstance(value, Mapping):
        return {"map": [[key, _pack(entry, arrays, files)] for key, entry in value.items()]}
    if isinstance(value, list | tuple):
        return [_pack(entry, arrays, files) for entry in value]
    return value


@dataclass
class _Thawing:
    """The arrays of an entry, and its files one behind the other; `room` are the bytes that may still be unpacked."""

    stored: Mapping[str, Any]
    files: memoryview
    room: int = LIMIT

    def value(self, tree: Any) -> Any:  # noqa: ANN401
        if isinstance(tree, list):
            return tuple(self.value(entry) for entry in tree)
        if not isinstance(tree, dict):
            return tree
        if "array" in tree:
            array = self.stored[f"a{tree['array']}"]
            return self._unpacked(array, *tree["packed"]) if "packed" in tree else array
        if "bytes" in tree:
            return bytes(self.files[slice(*tree["bytes"])])
        if "map" in tree:
            return {key: self.value(entry) for key, entry in tree["map"]}
        if "number" in tree:
            return NUMBERS[tree["number"]](tree["value"])
        entries = {name: self.value(entry) for name, entry in tree["fields"].items()}
        return STORED[tree["kind"]](**entries)

    def _unpacked(self, packed: "np.ndarray[Any, Any]", kind: str, shape: list[int]) -> "np.ndarray[Any, Any]":
        """Raises ValueError where it holds more, or less, than it says, or the whole entry too much."""
        dtype, size = np.dtype(kind), math.prod(shape)
        self.room -= size * dtype.itemsize
        if size < 0 or self.room < 0 or dtype.kind not in "iuf":
            raise ValueError("too much")
        data = zlib.decompressobj().decompress(packed.data, size * dtype.itemsize + 1)
        places = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, size)
        return np.ascontiguousarray(places.T).view(dtype).reshape(shape)
