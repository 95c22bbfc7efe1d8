"""Pictures as files of a folder, decoded in parallel and only when asked for.

The class is the sub-folder a picture lies in, or the number its name begins with (`3_17.jpg`); otherwise it is
unknown. The order is that of a file manager (`2.jpg` before `10.jpg`), and a picture's index is its place in it.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from generator.artefacts import Ints
from generator.data.class_words import ClassWords, allowed, class_number
from generator.errors import DataError, suggestion
from generator.samples import UNLABELLED, Samples

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
NUMBERED = re.compile(r"(\d{1,3})_\d+\.\w+$")  # <class index>_<n>; a date before the underscore has more digits
DIGITS = re.compile(r"(\d+)")
WIDE = ("I", "I;16", "I;16B", "I;16L")

Item = TypeVar("Item")
Result = TypeVar("Result")


def read_folder(path: Path, classes: Sequence[ClassWords]) -> Samples:
    """The pictures under a folder; raises DataError where there are none or where a class is not known."""
    if not path.is_dir():
        raise DataError(f"{path}: no such folder")
    found = sorted(_pictures(path, ""), key=lambda one: _natural(one.name))
    if not found:
        raise DataError(f"{path}: no pictures in this folder; read are {', '.join(SUFFIXES)}")
    names = [one.name for one in found]
    label = np.array(_labels(path, names, classes), np.int64)
    rows = np.arange(len(names), dtype=np.int64)
    return Samples(rows, label, partial(_decode, path, names), str(path), _digest(found))


class _File(NamedTuple):
    """A file by its name within the folder, with slashes."""

    name: str
    size: int
    changed: int


def _pictures(folder: Path, prefix: str) -> Iterator[_File]:
    """Every picture below a folder; hidden files and those that a Mac adds to archives are none."""
    with os.scandir(folder) as entries:
        visible = [entry for entry in entries if not entry.name.startswith((".", "__MACOSX"))]
    for entry in visible:
        if entry.is_dir():
            yield from _pictures(folder / entry.name, f"{prefix}{entry.name}/")
        elif entry.name.lower().endswith(SUFFIXES):
            facts = entry.stat()
            yield _File(prefix + entry.name, facts.st_size, facts.st_mtime_ns)


def _natural(name: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """A key that sorts numbers by value and the rest without regard to case."""
    parts = DIGITS.split(name.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts), name


def _labels(path: Path, names: Sequence[str], classes: Sequence[ClassWords]) -> list[int]:
    """The class of each file; a file beside the sub-folders of classes has none."""
    folders = {name.split("/")[0] for name in names if "/" in name}
    if folders:
        known = {folder: _class_of_folder(path, folder, classes) for folder in sorted(folders)}
        return [known.get(name.split("/")[0], UNLABELLED) for name in names]
    numbered = [NUMBERED.match(name) for name in names]
    if not all(numbered):
        return [UNLABELLED] * len(names)
    matches = zip(names, numbered, strict=True)
    return [_class_of_name(path / name, int(match[1]), classes) for name, match in matches if match]


def _class_of_folder(path: Path, folder: str, classes: Sequence[ClassWords]) -> int:
    label = class_number(folder, classes)
    if label is None:
        words = tuple(word for known in classes for word in known)
        near = suggestion(folder, words)
        raise DataError(
            f"{path / folder}: no class has this name{near if 'mean' in near else f'; allowed: {allowed(classes)}'}"
        )
    return label


def _class_of_name(file: Path, label: int, classes: Sequence[ClassWords]) -> int:
    if label >= len(classes):
        raise DataError(f"{file}: label {label} with {len(classes)} classes; allowed: {allowed(classes)}")
    return label


def _digest(files: Sequence[_File]) -> str:
    """The sha256 over names, sizes and times: to read every byte of a folder takes seconds."""
    lines = (f"{file.name} {file.size} {file.changed}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _decode(path: Path, names: Sequence[str], positions: Ints) -> list[NDArray[np.generic]]:
    return in_parallel(read_picture, [path / names[position] for position in positions.tolist()])


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work` over all items on every core, in their order; it is disk and codecs, which leave Python alone."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))


def read_picture(file: Path) -> NDArray[np.generic]:
    """One picture as stored, upright: grey `(h, w)`, or `(h, w, c)` with c of 3 or 4; raises DataError."""
    try:
        with Image.open(file) as picture:
            return np.asarray(_as_stored(ImageOps.exif_transpose(picture)))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{file}: not a picture that can be read ({error}); replace or remove it") from error


def _as_stored(picture: Image.Image) -> Image.Image:
    """Grey stays grey, transparency stays, all else becomes RGB; 16 bits become 8."""
    if picture.mode in WIDE:
        return Image.fromarray((np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    if picture.mode in ("L", "RGB", "RGBA"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
