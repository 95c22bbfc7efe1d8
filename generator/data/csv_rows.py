"""The slow and careful half of reading a CSV: what the header says, and rows that must be looked at one by one."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.data.class_words import ClassWords, allowed, class_number
from generator.errors import DataError
from generator.samples import UNLABELLED

LABEL = ("label", "emotion", "y")
PIXELS = ("feature", "features", "pixels", "pixel")
USAGE = ("usage", "split")


@dataclass(frozen=True)
class Columns:
    """Where the header puts what, -1 where it is missing; `count` is the number of columns.

    `lead` is how many numbers stand before the pixels of a line, None where a line is not just numbers and Usage.
    """

    label: int
    pixels: int
    usage: int
    count: int

    @property
    def lead(self) -> int | None:
        others = [c for c in range(self.count) if c not in (self.pixels, self.usage)]
        return len(others) if len(others) < 2 and all(c < self.pixels for c in others) else None


@dataclass(frozen=True)
class Rows:
    """A block of rows: `pixels (n, P)` uint8, `label (n,)`, and the word under Usage of each, if there is one."""

    pixels: NDArray[np.uint8]
    label: Ints
    usage: tuple[str, ...]


def columns_of(path: Path, header: bytes) -> Columns:
    """What the header says; raises DataError where it names no pixels."""
    text = header.decode("utf-8-sig", errors="replace").strip()
    names = [name.strip(' "').casefold() for name in text.split(",")]

    def place(words: tuple[str, ...]) -> int:
        return next((names.index(word) for word in words if word in names), -1)

    columns = Columns(place(LABEL), place(PIXELS), place(USAGE), len(names))
    if columns.pixels < 0:
        raise DataError(
            f"{path}: line 1: the header is '{text[:60]}'; wanted are the columns `label,feature` or "
            "`emotion,pixels,Usage`, with all pixels of a picture in one of them, separated by blanks"
        )
    return columns


def class_of(number: Ints, columns: Columns) -> Ints:
    """The labels of rows whose leading numbers these are: unknown where the column is not a label."""
    return number if columns.label >= 0 else np.full_like(number, UNLABELLED)


def row_by_row(
    path: Path, block: bytes, columns: Columns, known: tuple[int, int], classes: Sequence[ClassWords]
) -> Rows:
    """The rows of a block, each checked; `known` is the number of its first row and of the pixels of a row."""
    row, pixels = known
    found = []
    for number, fields in enumerate(_lines(block), row):
        place = f"{path}: row {number} (line {number + 2})"
        if len(fields) != columns.count:
            raise DataError(f"{place}: {len(fields)} columns instead of {columns.count}")
        label = _label(place, fields[columns.label], classes) if columns.label >= 0 else UNLABELLED
        usage = fields[columns.usage].strip() if columns.usage >= 0 else ""
        found.append((_pixels(place, fields[columns.pixels], pixels), label, usage))
    return Rows(
        np.array([picture for picture, _, _ in found], np.uint8).reshape(-1, pixels),
        np.array([label for _, label, _ in found], np.int64),
        tuple(usage for _, _, usage in found),
    )


def _lines(block: bytes) -> list[list[str]]:
    lines = block.decode("utf-8", errors="replace").splitlines()
    return [fields for fields in csv.reader(lines, skipinitialspace=True) if any(field.strip() for field in fields)]


def _label(place: str, word: str, classes: Sequence[ClassWords]) -> int:
    label = class_number(word, classes)
    if label is None:
        raise DataError(
            f"{place}: label {word.strip() or 'missing'} with {len(classes)} classes; allowed: {allowed(classes)}"
        )
    return label


def _pixels(place: str, text: str, wanted: int) -> NDArray[np.uint8]:
    """One picture; raises DataError where the count or a value is wrong."""
    words = text.split()
    if len(words) != wanted:
        raise DataError(f"{place}: {len(words)} pixels instead of {wanted}; the row may be cut short")
    wrong = next((word for word in words if not (word.isdecimal() and int(word) <= 255)), None)
    if wrong is not None:
        raise DataError(f"{place}: '{wrong[:20]}' is no pixel; whole numbers from 0 to 255 are")
    return np.array(words, np.uint8)
