"""What a file that should be a model is, told by its first bytes and members; nothing in it is run."""

from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

import h5py

from generator.errors import ModelError

Format = Literal["hdf5", "archive", "pickle"]

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
TEACHABLE = "an archive around a model; unpack it and name `keras_model.h5`"
EMPTY = "an empty file; download it again"
TRUNCATED = "cut off after {size:,} bytes; download it again"
OTHER_ZIP = "a zip archive without a Keras model in it"
UNKNOWN = "no model file that Keras can read; it takes .keras, .h5 and .hdf5"

TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"  # what PyTorch wrote before its zip archives
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
STARTS = (
    (b"version https://git-lfs", LFS),
    (TORCH, PYTORCH),
    (b"<", WEB_PAGE),
    (b"{", ARCHITECTURE),
)
SUFFIXES = {".onnx": ONNX, ".pb": SAVED_MODEL, ".tflite": TFLITE, ".safetensors": SAFETENSORS}


def format_of(path: Path) -> Format:
    """The container of a Keras model; raises ModelError with what the file is instead, and the cure."""
    if path.is_dir():
        raise ModelError(SAVED_MODEL if (path / "saved_model.pb").is_file() else "a folder, not a model")
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


def _foreign(start: bytes, suffix: str) -> str:
    if not start:
        return EMPTY
    for beginning, what in STARTS:
        if start.lstrip().startswith(beginning):
            return what
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
    found = {"data.pkl": PYTORCH, "constants.pkl": PYTORCH, "keras_model.h5": TEACHABLE, "saved_model.pb": SAVED_MODEL}
    raise ModelError(next((what for name, what in found.items() if name in ends), OTHER_ZIP))
