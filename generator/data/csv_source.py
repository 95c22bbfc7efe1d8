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
from generator.data.class_words import ClassWords
from generator.data.csv_rows import Columns, Rows, class_of, columns_of, row_by_row
from generator.errors import DataError, suggestion
from generator.samples import Samples, in_memory

Bytes = NDArray[np.uint8]

BLOCK = 1 << 20  # fits the processor's cache: larger blocks are slower
NEWLINE, MINUS, ZERO = 10, 45, 48


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


def _table_of(path: Path, blocks: list[Rows], usage: str | None, columns: Columns, digest: str) -> PixelTable:
    label = np.concatenate([block.label for block in blocks])
    kept = _of_usage(path, blocks, usage, columns)
    pixels = np.concatenate([block.pixels for block in blocks])
    side = isqrt(pixels.shape[1])
    pictures = pixels.reshape(-1, side, side)
    pictures = pictures if len(kept) == len(pictures) else pictures[kept]
    return PixelTable(kept, label[kept], pictures, str(path), digest)


def _of_usage(path: Path, blocks: list[Rows], usage: str | None, columns: Columns) -> Ints:
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


def _parsed(path: Path, blocks: Iterator[bytes], columns: Columns, classes: Sequence[ClassWords]) -> Iterator[Rows]:
    """Every block as rows, in bulk where it is regular and row by row where it is not."""
    row, form = 0, None
    for block in blocks:
        form = form or _Form(path, columns, _pixels_of_first(path, block, columns), classes)
        rows = _in_bulk(block, form) or row_by_row(path, block, columns, (row, form.pixels), classes)
        row += len(rows.label)
        yield rows


def _pixels_of_first(path: Path, block: bytes, columns: Columns) -> int:
    """How many pixels a picture has, by the first row; raises DataError where they make no square."""
    fields = next(csv.reader([block.lstrip().partition(b"\n")[0].decode("utf-8", errors="replace")]), [])
    count = len(fields[columns.pixels].split()) if len(fields) > columns.pixels else 0
    if not count or isqrt(count) ** 2 != count:
        raise DataError(f"{path}: row 0 (line 2): {count} pixels make no square picture; FER2013 has 48·48 = 2304")
    return count


def _in_bulk(block: bytes, form: _Form) -> Rows | None:
    """The rows of a regular block; None where anything in it is not as expected."""
    lead = form.columns.lead
    table = None if lead is None else _table(np.frombuffer(block, np.uint8), form.pixels + lead)
    if table is None or table[:, lead:].max(initial=0) > 255:
        return None
    words = table[:, 0] if lead else np.zeros(len(table), np.int64)
    label = class_of(words.astype(np.int64), form.columns)
    if (label >= len(form.classes)).any():
        return None
    return Rows(table[:, lead:].astype(np.uint8), label, _usages(block, form.columns))


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
