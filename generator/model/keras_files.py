"""Model files told by content and made ready for Keras 3: nothing in them is run, code in them is refused.

Of files of Keras 1 and 2 the architecture is translated, and their own weights are read beside it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal
from zipfile import ZipFile

from numpy.typing import NDArray

from generator.disk import temporary_folder
from generator.errors import ComputationError, ModelError
from generator.foreign import opened
from generator.limits import USUAL, Limits
from generator.model.containers import architecture, hdf5, parsing, refuse_archive, rewritten, weights_within
from generator.model.legacy import Config, Json, at_home, homeless, modern

Format = Literal["hdf5", "archive", "pickle"]
Way = Literal["whole", "translated", "pickle"]
Array = NDArray[Any]

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
STARTS = {TORCH: PYTORCH, b"<": WEB_PAGE, b"{": ARCHITECTURE}
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
ARCHIVED = "model.weights.h5"
OLD_GROUP = "_layer_checkpoint_dependencies"  # what the archives of Keras 2.12 and 2.13 call `layers`


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


@dataclass(frozen=True)
class ReadableFile:
    """What can be opened: the file under a suffix that fits, its weights beside a translated config, or a pickle.

    `keras_version` wrote the model ('' where the file does not say).
    """

    path: Path
    keras_version: str
    config: Config
    way: Way
    numbers: int  # of its weights


@dataclass(frozen=True)
class Described:
    """What a file says of its model: the config of the architecture, and who wrote it."""

    form: Format
    config: Config
    keras_version: str
    numbers: int = 0  # of its weights
    mirrored: bool = False  # kernels of Theano

    @property
    def legacy(self) -> bool:
        """Whether it is older than Keras 3; the first files do not say."""
        major = self.keras_version.partition(".")[0]
        return not major.isdigit() or int(major) < 3


@contextmanager
def of_file(path: Path) -> Iterator[None]:
    """What is wrong with a model inside is a ModelError with the path in front, once."""
    try:
        yield
    except (ModelError, ComputationError) as error:  # a layer that fails on noise fails on every image
        raise ModelError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from error


@contextmanager
def readable(path: Path, trust: bool, limits: Limits = USUAL) -> Iterator[ReadableFile]:
    """The file as Keras 3 can open it; raises ModelError with the cure."""
    found = described(path, limits)
    if not trust:
        _refuse_code(found)
    with temporary_folder() as folder:
        with parsing():
            ready = _made_ready(path, found, folder)
        yield ready


def _made_ready(path: Path, found: Described, folder: Path) -> ReadableFile:
    """`folder` is for what has to be written anew."""
    if found.form == "pickle":
        return ReadableFile(path, "", {}, "pickle", found.numbers)
    if found.legacy:
        weights = _weights(path, found, folder)
        return ReadableFile(weights, found.keras_version, modern(found.config), "translated", found.numbers)
    same = _under_suffix(path, SUFFIX[found.form], folder)
    if any(homeless(entry) for entry in entries(found.config)):
        return ReadableFile(same, found.keras_version, at_home(found.config), "translated", found.numbers)
    return ReadableFile(same, found.keras_version, found.config, "whole", found.numbers)


def described(path: Path, limits: Limits = USUAL) -> Described:
    """The file's own words, told by content; raises ModelError with what it is instead of a Keras model, and the cure.

    Of its weights the headers alone are read: that they are in the file, and how many.
    """
    if path.is_dir():
        raise ModelError(_folder(path))
    with opened(path, ModelError, limits) as file:
        start, size = file.read(LOOK), os.fstat(file.fileno()).st_size
        with parsing():
            if start.startswith(HDF5):
                return _in_hdf5(file, size, limits)
            if start.startswith(ZIP):
                return _in_archive(file, size, limits)
    if start.startswith(PICKLES) and not start.startswith(TORCH):
        return Described("pickle", {}, "")
    raise ModelError(_foreign(start, path.suffix.lower()))


def _in_hdf5(file: BinaryIO, size: int, limits: Limits) -> Described:
    with parsing(TRUNCATED.format(size=size)):
        content = hdf5(file)
    with content:
        said = content.attrs
        if "model_config" not in said:
            raise ModelError(WEIGHTS)
        numbers = weights_within(content, size, limits)
        version = said.get("keras_version", content["model_weights"].attrs.get("keras_version", ""))
        config, mirrored = architecture(_text(said["model_config"])), _text(said.get("backend", "")) == "theano"
        return Described("hdf5", config, _text(version), numbers, mirrored)


def _in_archive(file: BinaryIO, size: int, limits: Limits) -> Described:
    with parsing(TRUNCATED.format(size=size)):
        archive = ZipFile(file)
    with archive:
        _refuse_other_archive(archive.namelist())
        refuse_archive(archive, limits)
        weights = archive.read(ARCHIVED)
        with hdf5(BytesIO(weights)) as content:
            numbers = weights_within(content, len(weights), limits)
        said = json.loads(archive.read("metadata.json")) if "metadata.json" in archive.namelist() else {}
        config = architecture(archive.read("config.json"))
        return Described("archive", config, _text(said.get("keras_version", "")), numbers)


def _refuse_other_archive(names: list[str]) -> None:
    if {"config.json", ARCHIVED} <= set(names):
        return
    ends = {Path(name).name for name in names}
    packed = next((name for name in names if Path(name).suffix.lower() in MODELS_OF_KERAS), "")
    found = {
        "data.pkl": PYTORCH,
        "constants.pkl": PYTORCH,
        packed: PACKED.format(name=packed),
        "saved_model.pb": SAVED_MODEL,
    }
    raise ModelError(next((what for name, what in found.items() if name in {*ends, *names}), OTHER_ZIP))


def _text(value: object) -> str:
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
    """The weights of a legacy file where Keras 3 finds them: groups under its names, kernels as `(h, w, in, out)`.

    Keras 1 kept `(out, in, h, w)` with channels first; Theano mirrored height and width.
    """
    outputs_first = any(entry.get("dim_ordering") == "th" for entry in entries(found.config))
    if found.form == "hdf5" and not (found.mirrored or outputs_first):
        return _under_suffix(path, SUFFIX["hdf5"], folder)

    def turned(value: Array) -> Array:
        value = value.transpose(2, 3, 1, 0) if outputs_first and value.ndim == 4 else value
        return value[::-1, ::-1] if found.mirrored and value.ndim == 4 else value

    source: Path | BytesIO = path
    if found.form == "archive":
        with ZipFile(path) as archive:
            source = BytesIO(archive.read(ARCHIVED))
    target = folder / ("turned.h5" if found.form == "hdf5" else "regrouped.weights.h5")
    return rewritten(source, target, lambda name: name.replace(OLD_GROUP, "layers"), turned)
