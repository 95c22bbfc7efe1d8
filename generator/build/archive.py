"""Dataclasses of arrays and plain values as bytes and back, exactly: for the cache and for nothing that must last."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from generator import artefacts, classifier, results, samples
from generator.data import csv_source

STORED: Mapping[str, Any] = {
    **artefacts.KINDS,
    csv_source.PixelTable.__name__: csv_source.PixelTable,
    **{c.__name__: c for c in (samples.Batch, samples.Evaluation, classifier.Layer, classifier.ModelFacts)},
    **{c.__name__: c for c in (results.Part, results.Picture, results.Legend, results.Drawing)},
}


def freeze(value: object) -> bytes:
    """The bytes of a stored dataclass, a mapping, a sequence or a plain value; arrays keep their dtype."""
    arrays: list[np.ndarray[Any, Any]] = []
    tree = _pack(value, arrays)
    buffer = io.BytesIO()
    np.savez(buffer, tree=np.frombuffer(json.dumps(tree).encode(), np.uint8), **_named(arrays))
    return buffer.getvalue()


def thaw(data: bytes) -> object:
    """What `freeze` was given; sequences come back as tuples. Raises ValueError, KeyError or OSError on other bytes."""
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return _unpack(json.loads(stored["tree"].tobytes()), stored)


def _named(arrays: list[np.ndarray[Any, Any]]) -> dict[str, Any]:
    return {f"a{number}": array for number, array in enumerate(arrays)}


def _pack(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:  # noqa: ANN401  a tree of JSON's types
    if isinstance(value, bytes):
        return {"bytes": _pack(np.frombuffer(value, np.uint8), arrays)}
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, np.generic):
        return value.item()
    if is_dataclass(value) and not isinstance(value, type):
        entries = {f.name: _pack(getattr(value, f.name), arrays) for f in fields(value)}
        return {"kind": type(value).__name__, "fields": entries}
    if isinstance(value, Mapping):
        return {"map": [[key, _pack(entry, arrays)] for key, entry in value.items()]}
    if isinstance(value, list | tuple):
        return [_pack(entry, arrays) for entry in value]
    return value


def _unpack(tree: Any, stored: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if isinstance(tree, list):
        return tuple(_unpack(entry, stored) for entry in tree)
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        return stored[f"a{tree['array']}"]
    if "bytes" in tree:
        return _unpack(tree["bytes"], stored).tobytes()
    if "map" in tree:
        return {key: _unpack(entry, stored) for key, entry in tree["map"]}
    entries = {name: _unpack(entry, stored) for name, entry in tree["fields"].items()}
    return STORED[tree["kind"]](**entries)
