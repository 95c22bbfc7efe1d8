"""Pictures as arrays: an `.npz` with whatever names people give them, or a single `.npy`.

Which array is what follows from names and shapes. An `.npy` stays on disk, of an `.npz` the pictures are held as they
are stored; they become bytes or fractions where they are asked for.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from generator.artefacts import Ints
from generator.data.data_source import DataSource
from generator.data.labels import meaning_with_gaps, no_label, unknown
from generator.data.pixel_form import CHANNELS, SOME, Extent, in_range, joined, layout_of, range_of
from generator.data.stored_arrays import Array, Stored, arrays_in
from generator.data.table_labels import the_likely
from generator.errors import DataError, suggestion
from generator.foreign import opened
from generator.samples import UNLABELLED, ClassWords, Picture, Samples

PIXELS = ("x", "images", "image", "imgs", "img", "pictures", "pixels", "faces", "data", "inputs", "arr_0")
LABELS = ("y", "labels", "label", "targets", "target", "classes", "class", "outputs", "arr_1")
PARTS = {"train": ("training", "train"), "validation": ("validation", "valid", "val"), "test": ("testing", "test")}
FLAT = 64  # numbers in a row that may be a picture
NARROW = 2  # times the width of a picture that its height may be where that width may be its channels
CHUNK = 1 << 26  # bytes that are looked through at a time
SHOWN = 12  # arrays that a message names


def read_arrays(source: DataSource, classes: Sequence[ClassWords]) -> Samples:
    """The pictures and labels of a file of arrays; raises DataError where it is not plain which they are."""
    path, limits = source.existing, source.limits
    stored = _needed(arrays_in(path, limits))
    pixels, labels, likely = _chosen(source, stored, classes)
    x, y = stored[pixels].read(limits), None
    if labels is not None:
        beside = arrays_in(source.label_file, limits) if source.label_file else stored
        y = (beside.get(labels) or next(iter(beside.values()))).read(limits)
    pictures_of = _form(source, pixels, x, y)
    label, questions = _labels(source, labels or "", y, len(x), classes)
    extent = joined(Extent.of(rows) for rows in _chunks(x))
    bounds, doubts = range_of(lambda row: f"{path}: {pixels}[{row}] is not a picture", extent, source.range)
    with opened(path, DataError, limits) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()

    def decode(positions: Ints) -> list[Picture]:
        return list(in_range(pictures_of(x[positions]), bounds))

    rows, top = np.arange(len(x), dtype=np.int64), (float(extent.high.max()), bounds[1])
    return Samples(rows, label, decode, str(path), digest, None, (*likely, *questions, *doubts), top)


def _needed(stored: Mapping[str, Stored]) -> dict[str, Stored]:
    """Those that may be pictures or labels; one of objects only where its name says so."""
    return {name: one for name, one in stored.items() if one.plain or _part_of(name)[1] in (*PIXELS, *LABELS)}


def _chosen(
    source: DataSource, stored: Mapping[str, Stored], classes: Sequence[ClassWords]
) -> tuple[str, str | None, tuple[str, ...]]:
    """The names of the pictures and of their labels, which may be a file beside an .npy, and what is doubtful of it.

    Raises DataError where several arrays may be the labels.
    """
    path, said = source.existing, source.columns if isinstance(source.columns, Mapping) else {}
    for name in said.values():
        if name not in stored and not name.endswith(".npy"):
            raise DataError(f"{path}: no array is called '{name}'{suggestion(name, tuple(islice(stored, SHOWN)))}")
    pixels = said.get("pixels") or _pixels(source, stored)
    if "label" in said:
        return pixels, said["label"], ()
    part = _part_of(pixels)[0]
    named = [name for word in LABELS for name in stored if _part_of(name) == (part, word)]
    shape = stored[pixels].shape
    along = [name for name, one in stored.items() if name != pixels and one.shape[:1] == shape[:1]]
    if named or not classes or len(stored) < 3:
        return pixels, next(iter(named or along), None), ()
    words = [(name, _words(stored[name].read(source.limits), len(classes))) for name in along]
    place, questions = the_likely(str(path), "array", words, classes)
    return pixels, along[place] if place >= 0 else None, questions


def _pixels(source: DataSource, stored: Mapping[str, Stored]) -> str:
    """The array of the pictures: by its name, of the part that is asked for, else the only one that has their shape."""
    path, by_part = source.existing, dict[str, str]()
    for name, one in sorted(stored.items(), key=lambda named: len(named[1].shape)):  # those with more axes win
        part, word = _part_of(name)
        if word in PIXELS and (len(one.shape) > 1 or not one.plain):
            by_part[part] = name
    asked = _part_of(source.usage or "train")[0] if source.usage or (source.training and "train" in by_part) else ""
    if source.usage and asked not in by_part:
        raise DataError(f"{path}: has no part '{source.usage}'{suggestion(source.usage, tuple(filter(None, by_part)))}")
    if asked or len(by_part) == 1:
        return by_part[asked or next(iter(by_part))]
    if by_part:
        parts = " or ".join(f"`usage: {part}`" for part in by_part if part)
        raise DataError(f"{path}: has the arrays {', '.join(by_part.values())}; say in `data` which part, {parts}")
    shaped = [name for name, one in stored.items() if len(one.shape) in (3, 4)]
    if len(shaped) != 1:
        names = ", ".join(islice(stored, SHOWN)) or "none"
        raise DataError(
            f"{path}: has the arrays {names}; wanted are `x` and, if known, `y`; what else they "
            "are called say in `data`, `columns: {pixels: …, label: …}`"
        )
    return shaped[0]


def _part_of(name: str) -> tuple[str, str]:
    """The part that an array is of, '' where its name has none, and the rest of the name: `x_train` is train, x."""
    rest = name.casefold()
    for part, words in PARTS.items():
        for word in words:
            if word in rest:
                return part, rest.replace(word, "").strip("_- .")
    return "", rest


def _form(source: DataSource, name: str, x: Array, y: Array | None) -> Callable[[Array], Picture]:
    """What makes pictures of some rows of an array; raises DataError where it holds none."""
    place, count = f"{source.existing}: {name}", x.shape[1] if x.ndim == 2 or x.shape[2:] == (1,) else 0
    if x.dtype.kind not in "buif":
        raise DataError(f"{place} has the type {x.dtype}; wanted is uint8 or float")
    along = y is not None and x.shape[:1] == y.shape[:1]
    if x.size and count >= FLAT and (len(x) != count or along):
        return layout_of(place, count, source.size, x[:SOME]).pictures
    if x.size and x.ndim == 3 and x.shape[2] in CHANNELS and x.shape[1] > NARROW * x.shape[2] and not along:
        raise DataError(
            f"{place} has the shape {x.shape}, that of one picture in colours; save `x[None]`, a list of one"
        )
    if x.size and (x.ndim == 3 or (x.ndim == 4 and x.shape[3] in CHANNELS)):
        return np.asarray
    if x.size and x.ndim == 4 and x.shape[1] in CHANNELS:
        return lambda rows: np.moveaxis(rows, 1, 3)
    raise DataError(
        f"{place} has the shape {x.shape}; wanted is (N, H, W), or (N, H, W, C) or (N, C, H, W) with C of 1, 3 or 4, "
        "or (N, pixels)"
    )


def _words(y: Array, classes: int) -> list[str]:
    """What an array that may hold labels says of the pictures that have one; nothing where it is of another form."""
    if y.shape == (len(y), classes) and y.dtype.kind in "buif" and _one_hot(y):
        return [str(number) for number in np.unique(y.argmax(axis=1)).tolist()]
    if y.size != len(y) or y.dtype.kind not in "buifUS":
        return []
    return [word for word in _distinct(y)[0] if not no_label(word)]


def _distinct(y: Array) -> tuple[list[str], Ints]:
    """The labels of an array as words, and which of them each picture has."""
    flat = y.reshape(len(y))
    values, inverse = np.unique(flat.astype(np.uint8) if flat.dtype.kind == "b" else flat, return_inverse=True)
    words = [
        value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
        for value in values.tolist()
    ]
    return words, inverse


def _labels(
    source: DataSource, name: str, y: Array | None, count: int, classes: Sequence[ClassWords]
) -> tuple[Ints, tuple[str, ...]]:
    """The class of each picture, and what is doubtful of them."""
    if y is None or not classes:  # what is measured of a regression is no class
        return np.full(count, UNLABELLED, np.int64), ()
    place = f"{source.existing}: {name}"
    if y.shape == (count, len(classes)) and y.dtype.kind in "buif" and _one_hot(y):
        return y.argmax(axis=1).astype(np.int64), ()
    if y.shape not in ((count,), (count, 1)) or y.dtype.kind not in "buifUS":
        raise DataError(
            f"{place} has the shape {y.shape} and the type {y.dtype}; wanted is one number or name for each of the "
            f"{count} images, or a row of {len(classes)} with a single 1"
        )
    words, inverse = _distinct(y)
    counts = np.bincount(inverse.reshape(-1), minlength=len(words)).tolist()
    meaning = meaning_with_gaps(dict(zip(words, counts, strict=True)), classes, source.labels)
    number = [meaning.number[word] for word in words]
    if None in number:
        row = next(row for row, value in enumerate(inverse.tolist()) if number[value] is None)
        raise unknown(f"{place}[{row}]", f"label {words[inverse[row]]}", classes, words[inverse[row]])
    return np.array(number, np.int64)[inverse], meaning.questions


def _one_hot(y: Array) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _chunks(x: Array) -> Iterator[Array]:
    """The rows of an array, some megabytes at a time."""
    step = max(1, CHUNK // max(1, x[0].nbytes))
    return (x[start : start + step] for start in range(0, len(x), step))
