"""The four places that images come from: scikit-image's faces, a CSV, an NPZ, a folder.

Whatever is wrong with them is a DataError that names the file, the place and the cure.
"""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from generator.data.array_file import read_arrays
from generator.data.data_source import DataSource
from generator.data.folder import read_folder
from generator.data.table import read_table
from generator.errors import DataError
from generator.samples import UNLABELLED, ClassWords, Samples, in_memory

LFW = "data/lfw_subset.npy"  # read without importing the library, which takes longer than the reading
FACES = 100  # the second hundred of scikit-image's subset shows no faces


def read_samples(source: DataSource, classes: Sequence[ClassWords]) -> Samples:
    """The images of a source with their labels; `classes` are the words of each class, its id first."""
    if source.kind == "lfw":
        return _lfw()
    if source.kind == "csv":
        table = read_table(source, classes)
        return table if isinstance(table, Samples) else table.samples
    if source.kind == "npz":
        return read_arrays(source, classes)
    return read_folder(source.existing, classes, source.range, source.labels, source.limits)


def _lfw() -> Samples:
    """The hundred faces that scikit-image carries: 25×25, grey, without labels."""
    found = find_spec("skimage")
    places = (found.submodule_search_locations if found else None) or []
    file = next((path for path in (Path(place) / LFW for place in places) if path.is_file()), None)
    if file is None:
        raise DataError(f"scikit-image carries no {LFW} here; install scikit-image 0.24 or later")
    faces = np.load(file)[:FACES].astype(np.float32)
    label = np.full(len(faces), UNLABELLED, np.int64)
    rows = np.arange(len(faces), dtype=np.int64)
    return Samples(rows, label, in_memory(faces), "lfw", hashlib.sha256(faces.tobytes()).hexdigest())
