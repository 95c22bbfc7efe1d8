"""Model files told by content and made ready for Keras 3: nothing in them is run, code in them is refused.

Of files of Keras 1 and 2 the architecture is translated, and their own weights are read beside it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from zipfile import BadZipFile, ZipFile

import h5py
import numpy as np

from generator.errors import ModelError
from generator.model.legacy import Config, Json, at_home, homeless, modern

Format = Literal["hdf5", "archive", "pickle"]
Way = Literal["whole", "translated", "pickle"]

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
LOOK = 4096  # bytes looked at

PYTORCH = (
    "a PyTorch file; it holds weights for Python code and no Keras model. "
    "Rebuild the network in Keras, copy the weights, and save it as .keras"
)
ONNX = "an ONNX file; convert it to Keras (onnx2keras or nobuco), check its predictions, and save it as .keras"
SAVED_MODEL = (
    "a TensorFlow SavedModel, which Keras 3 cannot take apart; open it with the Keras that wrote it "
    "(`tf_keras.models.load_model`) and save it with `model.save('model.h5')`"
)
EXPORTED = (
    "a SavedModel that was exported for serving (`model.export`), without layers to look into; "
    "save the model with `model.save('model.keras')` where it was made"
)
LFS = "a Git LFS pointer, not the model itself; fetch it with `git lfs pull`, or download it by its raw link"
TFLITE = "a TensorFlow Lite file, which has no gradients; take the Keras model that it was converted from"
WEB_PAGE = "a web page, not a model; download the file by its raw link"
PICKLE = (
    "a pickled object, and opening one runs whatever code is in it; "
    "save the model with `model.save('model.keras')` where it was made, "
    "or say --trust-model if you trust who made the file"
)
SAFETENSORS = "a safetensors file: weights without an architecture; save the whole Keras model as .keras"
ARCHITECTURE = "an architecture without weights; save the whole model with `model.save('model.keras')`"
WEIGHTS = (
    "weights without an architecture; build the model in Python, `model.load_weights(…)`, "
    "and save the whole with `model.save('model.keras')`"
)
PACKED = "an archive around a model; unpack it and name `{name}`"
FOLDER = "a folder, not a model; name the file in it"
TFJS = (
    "a model for TensorFlow.js; convert it back with `tensorflowjs_converter --input_format tfjs_layers_model "
    "--output_format keras model.json model.h5`, or export it as Keras where it was made"
)
CHECKPOINT = (
    "a TensorFlow checkpoint: weights without an architecture; build the model, load them, and save the whole as .keras"
)
EMPTY = "an empty file; download it again"
TRUNCATED = "cut off after {size:,} bytes; download it again"
OTHER_ZIP = "a zip archive without a Keras model in it"
UNKNOWN = "no model file that Keras can read; it takes .keras, .h5 and .hdf5"

TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"  # what PyTorch wrote before its zip archives
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
STARTS = {b"version https://git-lfs": LFS, TORCH: PYTORCH, b"<": WEB_PAGE, b"{": ARCHITECTURE}
SUFFIXES = {
    ".index": CHECKPOINT,
    ".data-00000-of-00001": CHECKPOINT,
    ".onnx": ONNX,
    ".pb": SAVED_MODEL,
    ".tflite": TFLITE,
    ".safetensors": SAFETENSORS,
}
MODELS_OF_KERAS = (".keras", ".h5", ".hdf5")
SUFFIX = {"hdf5": ".h5", "archive": ".keras"}
CODE = (
    "the model carries Python code ({what}), which is not run from a file; rebuild it from Keras' own layers, "
    "or say --trust-model if you trust who made the file"
)
NAMED = (
    "; `{function}` is not in the file: put it into a Python file under "
    "`@keras.saving.register_keras_serializable()` too, name that file under `plugins:`, and say --trust-plugins"
)
OLD_GROUP = "_layer_checkpoint_dependencies"  # what the archives of Keras 2.12 and 2.13 call `layers`


def format_of(path: Path) -> Format:
    """The container of a Keras model; raises ModelError with what the file is instead, and the cure."""
    if path.is_dir():
        raise ModelError(_folder(path))
    if not path.is_file():
        raise ModelError("no such file")
    with path.open("rb") as file:
        start = file.read(LOOK)
    if start.startswith(HDF5):
        return _whole_hdf5(path)
    if start.startswith(ZIP):
        return _keras_archive(path)
    if start.startswith(PICKLES) and not start.startswith(TORCH):
        return "pickle"
    raise ModelError(_foreign(start, path.suffix.lower()))


def _folder(path: Path) -> str:
    """What a folder is; Keras 2 leaves a file of its own in the SavedModels that it can open again."""
    if not (path / "saved_model.pb").is_file():
        return FOLDER
    return SAVED_MODEL if (path / "keras_metadata.pb").is_file() else EXPORTED


def _foreign(start: bytes, suffix: str) -> str:
    if not start:
        return EMPTY
    for beginning, what in STARTS.items():
        if start.lstrip().startswith(beginning):
            return TFJS if what == ARCHITECTURE and b'"modelTopology"' in start else what
    if start[4:8] == b"TFL3":
        return TFLITE
    if start[8:10] == b'{"':
        return SAFETENSORS
    if start[:1] == b"\x08" and start[2:3] == b"\x12" and suffix != ".pb":  # a version, then the producer's name
        return ONNX
    return SUFFIXES.get(suffix, UNKNOWN)


def _whole_hdf5(path: Path) -> Format:
    try:
        with h5py.File(path) as file:
            if "model_config" not in file.attrs:
                raise ModelError(WEIGHTS)
    except OSError as error:
        raise ModelError(TRUNCATED.format(size=path.stat().st_size)) from error
    return "hdf5"


def _keras_archive(path: Path) -> Format:
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except BadZipFile as error:
        raise ModelError(TRUNCATED.format(size=path.stat().st_size)) from error
    if {"config.json", "model.weights.h5"} <= set(names):
        return "archive"
    ends = {Path(name).name for name in names}
    packed = next((name for name in names if Path(name).suffix.lower() in MODELS_OF_KERAS), "")
    found = {
        "data.pkl": PYTORCH,
        "constants.pkl": PYTORCH,
        packed: PACKED.format(name=packed),
        "saved_model.pb": SAVED_MODEL,
    }
    raise ModelError(next((what for name, what in found.items() if name in {*ends, *names}), OTHER_ZIP))


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
        major = self.keras_version.partition(".")[0]
        return not major.isdigit() or int(major) < 3


@contextmanager
def readable(path: Path, trust: bool) -> Iterator[ReadableFile]:
    """The file as Keras 3 can open it, told by content, not by suffix; raises ModelError with the cure."""
    found = described(path)
    if not trust:
        _refuse_code(found)
    with TemporaryDirectory() as folder:
        yield _made_ready(path, found, Path(folder))


def _made_ready(path: Path, found: Described, folder: Path) -> ReadableFile:
    """`folder` is for what has to be written anew."""
    if found.form == "pickle":
        return ReadableFile(path, "", {}, "pickle")
    if found.legacy:
        return ReadableFile(_weights(path, found, folder), found.keras_version, modern(found.config), "translated")
    same = _under_suffix(path, SUFFIX[found.form], folder)
    if any(homeless(entry) for entry in entries(found.config)):
        return ReadableFile(same, found.keras_version, at_home(found.config), "translated")
    return ReadableFile(same, found.keras_version, found.config, "whole")


def described(path: Path) -> Described:
    """The file's own words; raises ModelError where it is no Keras model."""
    form = format_of(path)
    if form == "pickle":
        return Described(form, {}, "")
    if form == "hdf5":
        with h5py.File(path) as file:
            version = file.attrs.get("keras_version", file["model_weights"].attrs.get("keras_version", ""))
            return Described(form, json.loads(_text(file.attrs["model_config"])), _text(version))
    with ZipFile(path) as archive:
        said = json.loads(archive.read("metadata.json")) if "metadata.json" in archive.namelist() else {}
        return Described(form, json.loads(archive.read("config.json")), said.get("keras_version", ""))


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
            called = inner.get("function") if isinstance(inner, dict) else None
            called = called if isinstance(called, dict) else {}
            function = called.get("config") if called.get("class_name") == "function" else ""
            cure = NAMED.format(function=function) if isinstance(function, str) and function else ""
            raise ModelError(CODE.format(what=f"a Lambda layer `{name}`" if name else "a lambda") + cure)


def entries(value: Json) -> Iterator[Mapping[str, Json]]:
    """Every mapping anywhere in a config, outer ones first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from entries(inner)


def _under_suffix(path: Path, suffix: str, folder: Path) -> Path:
    """The file itself, or a link to it under the suffix that Keras looks at, which it wants in small letters."""
    if path.suffix == suffix:
        return path
    link = folder / f"model{suffix}"
    link.symlink_to(path.resolve())
    return link


def _weights(path: Path, found: Described, folder: Path) -> Path:
    """The weights of a legacy file where Keras 3 finds them."""
    if found.form == "archive":
        with ZipFile(path) as archive:
            return _rewritten(Path(archive.extract("model.weights.h5", folder)), folder / "regrouped.weights.h5")
    with h5py.File(path) as file:
        mirrored = _text(file.attrs.get("backend", "")) == "theano"
    outputs_first = any(entry.get("dim_ordering") == "th" for entry in entries(found.config))
    if mirrored or outputs_first:
        return _rewritten(path, folder / "turned.h5", outputs_first, mirrored)
    return _under_suffix(path, SUFFIX["hdf5"], folder)


def _rewritten(weights: Path, target: Path, outputs_first: bool = False, mirrored: bool = False) -> Path:
    """Weights under the group names of Keras 3, and kernels as `(h, w, in, out)`.

    Keras 1 kept `(out, in, h, w)` with channels first; Theano mirrored height and width.
    """
    with h5py.File(weights) as old, h5py.File(target, "w") as new:

        def copy(name: str, item: h5py.Dataset | h5py.Group) -> None:
            name = name.replace(OLD_GROUP, "layers")
            if isinstance(item, h5py.Group):
                new.require_group(name).attrs.update(item.attrs)
                return
            value = np.asarray(item)
            value = value.transpose(2, 3, 1, 0) if outputs_first and value.ndim == 4 else value
            new[name] = value[::-1, ::-1] if mirrored and value.ndim == 4 else value

        new.attrs.update(old.attrs)
        old.visititems(copy)
    return target
