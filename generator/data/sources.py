"""The four places that images come from: scikit-image's faces, a CSV, an NPZ, a folder.

Whatever is wrong with them is a DataError that names the file, the place and the cure.
"""

import hashlib
import zipfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from generator.artefacts import Ints
from generator.data.data_source import DataSource
from generator.data.folder import read_folder
from generator.data.labels import Reading, meaning_of, unknown
from generator.data.table import read_table
from generator.errors import DataError
from generator.samples import UNLABELLED, ClassWords, Picture, Samples, in_memory

LFW = "data/lfw_subset.npy"  # read without importing the library, which takes longer than the reading
FACES = 100  # the second hundred of scikit-image's subset shows no faces
BYTES = 1.5  # a float picture that exceeds it is in 0..255


def read_samples(source: DataSource, classes: Sequence[ClassWords]) -> Samples:
    """The images of a source with their labels; `classes` are the words of each class, its id first."""
    if source.kind == "lfw":
        return _lfw()
    if source.kind == "csv":
        table = read_table(source, classes)
        return table if isinstance(table, Samples) else table.samples
    if source.kind == "npz":
        return read_npz(source.existing, classes, source.labels)
    return read_folder(source.existing, classes, source.range, source.labels)


def _lfw() -> Samples:
    """The hundred faces that scikit-image carries: 25×25, grey, without labels."""
    found = find_spec("skimage")
    places = (found.submodule_search_locations if found else None) or []
    file = next((path for path in (Path(place) / LFW for place in places) if path.is_file()), None)
    if file is None:
        raise DataError(f"scikit-image carries no {LFW} here; install scikit-image 0.24 or later")
    faces = np.load(file)[:FACES].astype(np.float32)
    label = np.full(len(faces), UNLABELLED, np.int64)
    return _in_order(faces, label, "lfw", hashlib.sha256(faces.tobytes()).hexdigest())


def _in_order(pictures: Picture, label: Ints, origin: str, digest: str, questions: tuple[str, ...] = ()) -> Samples:
    rows = np.arange(len(pictures), dtype=np.int64)
    return Samples(rows, label, in_memory(pictures), origin, digest, questions=questions)


def read_npz(path: Path, classes: Sequence[ClassWords], labels: Reading | None = None) -> Samples:
    """`x (N, H, W[, C])`, uint8 or float in 0..1 or 0..255, and `y (N,)` if there are labels."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            content = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, AttributeError) as error:
        raise DataError(f"{path}: not an .npz of plain arrays ({error}); write it with numpy.savez") from error
    unknown = sorted(set(content) - {"x", "y"})
    if "x" not in content or unknown:
        raise DataError(f"{path}: has the arrays {', '.join(content) or 'none'}; wanted are `x` and, if known, `y`")
    pictures = _checked(path, content["x"])
    label, questions = _npz_labels(path, content.get("y"), len(pictures), classes, labels)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _in_order(pictures, label, str(path), digest, questions)


def _checked(path: Path, x: Picture) -> Picture:
    """Picture as uint8 or as float in 0..1; raises DataError where they are neither."""
    if x.ndim not in (3, 4) or not len(x) or (x.ndim == 4 and x.shape[3] not in (1, 3, 4)):
        raise DataError(f"{path}: x has the shape {x.shape}; wanted is (N, H, W) or (N, H, W, C) with C of 1, 3 or 4")
    if x.dtype.kind not in "buif":
        raise DataError(f"{path}: x has the type {x.dtype}; wanted is uint8 or float")
    if x.dtype == np.uint8:
        return x
    low, high = float(x.min()), float(x.max())
    if not (low >= 0 and high <= 255):
        values = x.reshape(len(x), -1).astype(np.float64)
        row = int(np.argmin(((values >= 0) & (values <= 255)).all(axis=1)))  # NaN is no pixel either
        raise DataError(
            f"{path}: x[{row}] is not a picture: its values leave 0..1 and 0..255 (all of x: {low:g} to {high:g}); "
            "store the pictures before any preprocessing, and say it in `preprocess`"
        )
    if x.dtype.kind in "ui":
        return x.astype(np.uint8)
    return x.astype(np.float32) / np.float32(255 if high > BYTES else 1)


def _npz_labels(
    path: Path, y: Picture | None, count: int, classes: Sequence[ClassWords], reading: Reading | None
) -> tuple[Ints, tuple[str, ...]]:
    """The class of each picture, and what is doubtful of them."""
    if y is None:
        return np.full(count, UNLABELLED, np.int64), ()
    if y.shape not in ((count,), (count, 1)) or y.dtype.kind not in "ui":
        raise DataError(
            f"{path}: y has the shape {y.shape} and the type {y.dtype}; wanted is one whole number for each of "
            f"the {count} images"
        )
    words = [str(number) for number in y.reshape(count).tolist()]
    meaning = meaning_of({word for word in words if word != str(UNLABELLED)}, classes, reading)
    number = {**meaning.number, str(UNLABELLED): UNLABELLED}
    wrong = next((row for row, word in enumerate(words) if number[word] is None), None)
    if wrong is not None:
        raise unknown(f"{path}: y[{wrong}]", f"label {words[wrong]}", classes)
    return np.array([number[word] for word in words], np.int64), meaning.questions
