"""Pictures written as text, one row a picture: the course's `label,feature` and Kaggle's `emotion,pixels,Usage`.

Rows as the tools write them are parsed in bulk by NumPy (twice as fast as a CSV library: the digits are summed where
they stand); a block with anything else in it is read again row by row, which understands it or names the row.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.data.labels import meaning_of, unknown
from generator.errors import DataError, suggestion
from generator.samples import UNLABELLED, ClassWords, Samples, in_memory

Bytes = NDArray[np.uint8]

LABEL = ("label", "emotion", "y")
PIXELS = ("feature", "features", "pixels", "pixel")
USAGE = ("usage", "split")
BLOCK = 1 << 20  # fits the processor's cache: larger blocks are slower
NEWLINE, MINUS, ZERO = 10, 45, 48


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
class CsvRows:
    """A block of rows: `pixels (n, P)` uint8, `label (n,)`, and the word under Usage of each, if there is one."""

    pixels: Bytes
    label: Ints
    usage: tuple[str, ...]


@dataclass(frozen=True)
class _Form:
    """What is known of the file when its first row has been seen."""

    path: Path
    columns: Columns
    pixels: int
    classes: Sequence[ClassWords]


@dataclass(frozen=True)
class PixelTable:
    """The rows of a file as arrays: `index (N,)`, `label (N,)` and `pictures (N, side, side)`, uint8."""

    index: Ints
    label: Ints
    pictures: Bytes
    origin: str
    digest: str

    @property
    def samples(self) -> Samples:
        return Samples(self.index, self.label, in_memory(self.pictures), self.origin, self.digest)


def read_csv(path: Path, classes: Sequence[ClassWords], usage: str | None = None) -> PixelTable:
    """The pictures of a CSV file, those of one `usage` only where it is given; raises DataError with the row."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            header = file.readline()
            digest.update(header)
            columns = columns_of(path, header)
            blocks = list(_parsed(path, _blocks(file, digest), columns, classes))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    if not blocks:
        raise DataError(f"{path}: there is no row below the header")
    return _table_of(path, blocks, usage, columns, digest.hexdigest())


def _table_of(path: Path, blocks: list[CsvRows], usage: str | None, columns: Columns, digest: str) -> PixelTable:
    label = np.concatenate([block.label for block in blocks])
    kept = _of_usage(path, blocks, usage, columns)
    pixels = np.concatenate([block.pixels for block in blocks])
    side = isqrt(pixels.shape[1])
    pictures = pixels.reshape(-1, side, side)
    pictures = pictures if len(kept) == len(pictures) else pictures[kept]
    return PixelTable(kept, label[kept], pictures, str(path), digest)


def _of_usage(path: Path, blocks: list[CsvRows], usage: str | None, columns: Columns) -> Ints:
    """The rows of the file that the filter lets through."""
    if usage is None:
        return np.arange(sum(len(block.label) for block in blocks), dtype=np.int64)
    if columns.usage < 0:
        raise DataError(f"{path}: usage '{usage}' is asked for, but there is no column Usage; leave `usage` out")
    words = [word for block in blocks for word in block.usage]
    rows = np.flatnonzero([word.casefold() == usage.casefold() for word in words]).astype(np.int64)
    if not len(rows):
        raise DataError(f"{path}: no row has the usage '{usage}'{suggestion(usage, sorted(set(words)))}")
    return rows


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


def _blocks(file: BinaryIO, digest: "hashlib._Hash") -> Iterator[bytes]:
    """Whole lines, about a megabyte at a time, hashed as they pass."""
    rest = b""
    while block := file.read(BLOCK):
        digest.update(block)
        block = rest + block
        cut = block.rfind(b"\n") + 1
        if cut:
            yield block[:cut]
        rest = block[cut:]
    if rest.strip():
        yield rest + b"\n"


def _parsed(path: Path, blocks: Iterator[bytes], columns: Columns, classes: Sequence[ClassWords]) -> Iterator[CsvRows]:
    """Every block as rows, in bulk where it is regular and row by row where it is not."""
    row, form = 0, None
    for block in blocks:
        form = form or _Form(path, columns, _pixels_of_first(path, block, columns), classes)
        rows = _in_bulk(block, form) or _row_by_row(block, form, row)
        row += len(rows.label)
        yield rows


def _pixels_of_first(path: Path, block: bytes, columns: Columns) -> int:
    """How many pixels a picture has, by the first row; raises DataError where they make no square."""
    fields = next(csv.reader([block.lstrip().partition(b"\n")[0].decode("utf-8", errors="replace")]), [])
    count = len(fields[columns.pixels].split()) if len(fields) > columns.pixels else 0
    if not count or isqrt(count) ** 2 != count:
        raise DataError(f"{path}: row 0 (line 2): {count} pixels make no square picture; FER2013 has 48·48 = 2304")
    return count


def _in_bulk(block: bytes, form: _Form) -> CsvRows | None:
    """The rows of a regular block; None where anything in it is not as expected."""
    lead = form.columns.lead
    table = None if lead is None else _table(np.frombuffer(block, np.uint8), form.pixels + lead)
    if table is None or table[:, lead:].max(initial=0) > 255:
        return None
    label = np.full(len(table), UNLABELLED, np.int64) if form.columns.label < 0 else table[:, 0].astype(np.int64)
    if (label >= len(form.classes)).any():
        return None
    return CsvRows(table[:, lead:].astype(np.uint8), label, _usages(block, form.columns))


def _table(block: Bytes, width: int) -> NDArray[np.uint16] | None:
    """The numbers of a block, a row a line; None where a line has another count, a minus or a number above 999."""
    digit = block - np.uint8(ZERO)
    between = digit > 9
    ends = between[1:] & ~between[:-1]  # a number ends here: the block ends with a newline
    breaks = np.flatnonzero(block == NEWLINE)
    starts = np.append(0, breaks[:-1])
    per_line = np.add.reduceat(ends.view(np.uint8), starts, dtype=np.int64)
    long = ~(between[:-3] | between[1:-2] | between[2:-1] | between[3:])
    if (per_line != width).any() or long.any() or (block == MINUS).any():
        return None
    digit[between] = 0
    value = digit.astype(np.uint16)
    value[1:] += digit[:-1] * np.uint16(10)
    value[2:] += (digit[:-2] * ~between[1:-1]) * np.uint16(100)
    return value[:-1][ends].reshape(-1, width)


def _usages(block: bytes, columns: Columns) -> tuple[str, ...]:
    """The word under Usage of every line, or none where there is no such column."""
    if columns.usage < 0:
        return ()
    split = bytes.rsplit if columns.usage > columns.pixels else bytes.split
    return tuple(
        split(line, b",", columns.count - 1)[columns.usage].strip(b' "\r').decode("utf-8", errors="replace")
        for line in block.splitlines()
    )


def _row_by_row(block: bytes, form: _Form, first: int) -> CsvRows:
    """The rows of a block, each checked; `first` is the number of its first."""
    columns, found = form.columns, []
    lines = csv.reader(block.decode("utf-8", errors="replace").splitlines(), skipinitialspace=True)
    filled = (fields for fields in lines if any(field.strip() for field in fields))
    for number, fields in enumerate(filled, first):
        place = f"{form.path}: row {number} (line {number + 2})"
        if len(fields) != columns.count:
            raise DataError(f"{place}: {len(fields)} columns instead of {columns.count}")
        label = _label(place, fields[columns.label], form.classes) if columns.label >= 0 else UNLABELLED
        usage = fields[columns.usage].strip() if columns.usage >= 0 else ""
        found.append((_pixels(place, fields[columns.pixels], form.pixels), label, usage))
    return CsvRows(
        np.array([picture for picture, _, _ in found], np.uint8).reshape(-1, form.pixels),
        np.array([label for _, label, _ in found], np.int64),
        tuple(usage for _, _, usage in found),
    )


def _label(place: str, word: str, classes: Sequence[ClassWords]) -> int:
    name, number = (meaning_of((word,), classes, reading).number[word] for reading in ("names", "from 0"))
    label = number if name is None else name
    if label is None:
        raise unknown(place, f"label {word.strip() or 'missing'}", classes)
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
