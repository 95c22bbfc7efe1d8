"""Pictures written as text, a row each: FER2013's `emotion,pixels`, Kaggle's `label,pixel0,pixel1,…` and their kin.

A file is read through once, in blocks, to decide what all of it means; pictures are parsed again where they are asked
for, so that memory does not grow with their number.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np

from generator.artefacts import Ints
from generator.data.pixel_form import Extent, Layout, in_range, joined
from generator.data.pixel_rows import Words, count_of, rows_of
from generator.data.table_form import TableForm
from generator.data.table_lines import BLOCK, Encoding
from generator.errors import DataError
from generator.foreign import opened
from generator.limits import MOST, Limits
from generator.samples import Picture, Range, Samples

BYTE = 255
KEPT = 96 << 20  # bytes of pictures that are not parsed again
ANY_SIZE = Limits(file=MOST)  # it was within the limits when it was first read
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class PixelTable:
    """A table of pixels: of each picture its row, label and place in the file in bytes, all `(N,)`; how it is read.

    `kept` are the numbers of the pictures as long as there is room for them.
    """

    path: str
    encoding: Encoding
    form: TableForm
    layout: Layout
    range: Range
    index: Ints
    label: Ints
    start: Ints
    length: Ints
    digest: str
    top: float
    questions: tuple[str, ...]
    kept: Picture | None = None

    @property
    def samples(self) -> Samples:
        read = _version(self.path)

        def decode(positions: Ints) -> list[Picture]:
            if self.kept is not None:
                return list(self._pictures(self.kept[positions]))
            if _version(self.path) != read:
                raise DataError(f"{self.path}: was changed while it was read; build again")
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                return [picture for part in _ahead(pool, self._blocks(positions), self._parsed) for picture in part]

        top = self.top, self.range[1]
        return Samples(self.index, self.label, decode, self.path, self.digest, None, self.questions, top)

    def _blocks(self, positions: Ints) -> Iterator[bytes]:
        """The lines of these pictures, about a block of them at a time."""
        ends, newline = np.cumsum(self.length[positions]), self.encoding.newline
        with opened(Path(self.path), DataError, ANY_SIZE) as file:
            for some in np.split(positions, np.flatnonzero(np.diff(ends // BLOCK)) + 1):
                yield b"".join(_line(file, int(self.start[k]), int(self.length[k]), newline) for k in some)

    def _parsed(self, block: bytes) -> Picture:
        lines = self.encoding.rows(block, self.form.separator)[2]
        return self._pictures(rows_of(lines, self.form, self.layout.count).values)

    def _pictures(self, values: Picture) -> Picture:
        return self.layout.pictures(in_range(values, self.range))


def _version(path: str) -> tuple[int, int]:
    facts = Path(path).stat()
    return facts.st_size, facts.st_mtime_ns


def _line(file: BinaryIO, start: int, length: int, newline: bytes) -> bytes:
    file.seek(start)
    return file.read(length).removesuffix(newline) + newline  # the last of a file may lack it


@dataclass(frozen=True)
class Survey:
    """What rows hold: their places in the file `(N,)`, their words but for the pixels, the extent of those.

    `values` are the numbers of the first pictures, or of all where `whole`; `wrong` is the first row that cannot be
    read, and why.
    """

    start: Ints
    length: Ints
    words: Sequence[Words]
    extent: Extent
    values: Picture
    whole: bool = True
    digest: str = ""
    wrong: tuple[int, str] | None = None


def survey(
    path: Path, encoding: Encoding, form: TableForm, start: int, place: Callable[[int, int], str], limits: Limits
) -> Survey:
    """A pass over all rows from the byte `start` on; raises DataError at the first that is wrong.

    `place` names a row by its number and the byte where it starts.
    """
    with opened(path, DataError, limits) as file:
        count = _count(encoding, file, form, start)
    if count > limits.pixels:
        raise DataError(
            f"{place(0, start)}: {count:,} pixels, more than the {limits.pixels:,} that a picture may have; "
            f"`limits: {{pixels: {count}}}` in the spec allows more"
        )

    def surveyed(block: tuple[int, bytes]) -> Survey:
        starts, lengths, lines = encoding.rows(block[1], form.separator)
        rows = rows_of(lines, form, count)
        extent, values = Extent.of(rows.values), rows.values
        if values.dtype == np.uint16 and extent.high.max() <= BYTE:
            values = values.astype(np.uint8)
        return Survey(block[0] + starts, lengths, rows.words, extent, values, wrong=rows.wrong)

    parts: list[Survey] = []
    room = KEPT
    with opened(path, DataError, limits) as file, ThreadPoolExecutor(os.cpu_count()) as pool:
        digest = pool.submit(_digest, path, limits)
        for part in _ahead(pool, encoding.blocks(file, start, form.separator), surveyed):
            if part.wrong is not None:
                row, why = part.wrong
                raise DataError(f"{place(row + sum(len(one.start) for one in parts), int(part.start[row]))}: {why}")
            room -= part.values.nbytes
            parts.append(part if room >= 0 else replace(part, values=part.values[:0].copy(), whole=False))
    return replace(_together(parts), digest=digest.result())


def _count(encoding: Encoding, file: BinaryIO, form: TableForm, start: int) -> int:
    """How many numbers a row has."""
    blocks = encoding.blocks(file, start, form.separator)
    rows = (row for _, block in blocks for row in encoding.rows(block, form.separator)[2])
    return count_of(next(rows, b""), form)


def _together(parts: Sequence[Survey]) -> Survey:
    whole = all(part.whole for part in parts)
    values = np.concatenate([part.values for part in parts]) if whole else parts[0].values
    starts, lengths = (np.concatenate([getattr(part, key) for part in parts]) for key in ("start", "length"))
    words = [row for part in parts for row in part.words]
    return Survey(starts, lengths, words, joined(part.extent for part in parts), values, whole)


def _digest(path: Path, limits: Limits) -> str:
    with opened(path, DataError, limits) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ahead(pool: ThreadPoolExecutor, given: Iterable[Given], work: Callable[[Given], Made]) -> Iterator[Made]:
    """The results in their order; only a few are worked on at a time, so that few blocks are held."""
    waiting: deque[Future[Made]] = deque()
    for one in given:
        waiting.append(pool.submit(work, one))
        if len(waiting) > (os.cpu_count() or 1):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
