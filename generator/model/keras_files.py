"""Model files made ready for Keras 3 without running them: their configs are read, searched for code, and translated.

Of files of Keras 1 and 2 the architecture is translated, and their own weights are read beside it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from zipfile import ZipFile

import h5py

from generator.errors import ModelError
from generator.model.formats import PICKLE, Format, format_of
from generator.model.legacy_configs import modern
from generator.model.legacy_nodes import Config, Json, at_home, homeless
from generator.model.legacy_weights import regrouped, turned

Way = Literal["whole", "translated", "pickle"]
SUFFIX = {"hdf5": ".h5", "archive": ".keras"}
CODE = (
    "the model carries Python code ({what}), which is not run from a file; rebuild it from Keras' own layers, "
    "or say --trust-model if you trust who made the file"
)


@dataclass(frozen=True)
class ReadableFile:
    """What can be opened: the file under a suffix that fits, its weights beside a translated config, or a pickle.

    `keras_version` wrote the model ('' where the file does not say).
    """

    path: Path
    keras_version: str
    config: Config
    way: Way


@dataclass(frozen=True)
class Described:
    """What a file says of its model: the config of the architecture, and who wrote it."""

    form: Format
    config: Config
    keras_version: str

    @property
    def legacy(self) -> bool:
        """Whether it is older than Keras 3; the first files do not say."""
        return not self.keras_version.partition(".")[0].isdigit() or int(self.keras_version.partition(".")[0]) < 3


@contextmanager
def readable(path: Path, trust: bool) -> Iterator[ReadableFile]:
    """The file as Keras 3 can open it, told by content, not by suffix; raises ModelError with the cure."""
    found = described(path)
    if not trust:
        _refuse_code(found)
    if found.form == "pickle":
        yield ReadableFile(path, "", {}, "pickle")
        return
    with TemporaryDirectory() as folder:
        if found.legacy:
            weights = _weights(path, found, Path(folder))
            yield ReadableFile(weights, found.keras_version, modern(found.config), "translated")
            return
        same = _under_suffix(path, SUFFIX[found.form], Path(folder))
        lost = any(homeless(entry) for entry in entries(found.config))
        if lost:
            yield ReadableFile(same, found.keras_version, at_home(found.config), "translated")
        else:
            yield ReadableFile(same, found.keras_version, found.config, "whole")


def described(path: Path) -> Described:
    """The file's own words; raises ModelError where it is no Keras model."""
    form = format_of(path)
    if form == "pickle":
        return Described(form, {}, "")
    config, version = _hdf5(path) if form == "hdf5" else _archive(path)
    return Described(form, config, version)


def _hdf5(path: Path) -> tuple[Config, str]:
    with h5py.File(path) as file:
        version = file.attrs.get("keras_version", file["model_weights"].attrs.get("keras_version", ""))
        return json.loads(_text(file.attrs["model_config"])), _text(version)


def _archive(path: Path) -> tuple[Config, str]:
    with ZipFile(path) as archive:
        said = json.loads(archive.read("metadata.json")) if "metadata.json" in archive.namelist() else {}
        return json.loads(archive.read("config.json")), said.get("keras_version", "")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _refuse_code(found: Described) -> None:
    """No file runs code: whatever could is found before anything is opened."""
    if found.form == "pickle":
        raise ModelError(PICKLE)
    for entry in entries(found.config):
        inner = entry.get("config")
        name = inner.get("name", "") if isinstance(inner, dict) else ""
        if entry.get("class_name") in ("Lambda", "__lambda__") or entry.get("function_type") == "lambda":
            raise ModelError(CODE.format(what=f"a Lambda layer `{name}`" if name else "a lambda"))


def entries(value: Json) -> Iterator[Mapping[str, Json]]:
    """Every mapping anywhere in a config, outer ones first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from entries(inner)


def _under_suffix(path: Path, suffix: str, folder: Path) -> Path:
    """The file itself, or a link to it under the suffix that Keras looks at."""
    if path.suffix.lower() == suffix:
        return path
    link = folder / f"model{suffix}"
    link.symlink_to(path.resolve())
    return link


def _weights(path: Path, found: Described, folder: Path) -> Path:
    """The weights of a legacy file where Keras 3 finds them."""
    if found.form == "archive":
        with ZipFile(path) as archive:
            return regrouped(Path(archive.extract("model.weights.h5", folder)), folder / "regrouped.weights.h5")
    with h5py.File(path) as file:
        mirrored = _text(file.attrs.get("backend", "")) == "theano"
    outputs_first = any(entry.get("dim_ordering") == "th" for entry in entries(found.config))
    if mirrored or outputs_first:
        return turned(path, folder / "turned.h5", outputs_first, mirrored)
    return _under_suffix(path, SUFFIX["hdf5"], folder)
