"""Pictures written as text, a row each: FER2013's `emotion,pixels`, Kaggle's `label,pixel0,pixel1,…` and their kin.

A file is read through once, in blocks, to decide what all of it means; pictures are parsed again where they are asked
for, so that memory does not grow with their number. Rows as the tools write them are parsed in bulk, their digits
summed where they stand (five times as fast as a library for tables); others by NumPy, or one by one to name the wrong.
"""

import hashlib
import io
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.data.pixel_form import Extent, Layout, in_range, joined
from generator.data.table_form import FEWEST, NUMBER, TableForm, split
from generator.data.table_lines import BLOCK, Encoding
from generator.errors import DataError
from generator.samples import Picture, Range, Samples

NEWLINE, ZERO, NINE = 10, 48, 57
DIGITS = tuple(b"%d" % digit for digit in range(10))
SIGNS = (b".", b"-", b"+")
SEMICOLON, BRACKET = b";", b"]"  # of what separates numbers those that come after the digits
BYTE = 255
KEPT = 96 << 20  # bytes of pictures that are not parsed again
SEPARATING = bytes.maketrans(b',;\t|[]()"\r', b" " * 10)
CELL = 32767  # characters that Excel leaves of a field
Words = tuple[bytes, ...]  # of a row, but for its pixels
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
        with Path(self.path).open("rb") as file:
            for some in np.split(positions, np.flatnonzero(np.diff(ends // BLOCK)) + 1):
                yield b"".join(_line(file, int(self.start[k]), int(self.length[k]), newline) for k in some)

    def _parsed(self, block: bytes) -> Picture:
        return self._pictures(_rows(self.encoding.lines(block)[2], self.form, self.layout.count).values)

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


def survey(path: Path, encoding: Encoding, form: TableForm, start: int, place: Callable[[int], str]) -> Survey:
    """A pass over all rows from the byte `start` on; raises DataError at the first that is wrong, named by `place`."""
    with path.open("rb") as file:
        count = _count(encoding, file, form, start)
    if not count:
        raise DataError(f"{place(0)}: there are no pixels in it")

    def surveyed(block: tuple[int, bytes]) -> Survey:
        starts, lengths, lines = encoding.lines(block[1])
        rows = _rows(lines, form, count)
        extent, values = Extent.of(rows.values), rows.values
        if values.dtype == np.uint16 and extent.high.max() <= BYTE:
            values = values.astype(np.uint8)
        return Survey(block[0] + starts, lengths, rows.words, extent, values, wrong=rows.wrong)

    parts: list[Survey] = []
    room = KEPT
    with path.open("rb") as file, ThreadPoolExecutor(os.cpu_count()) as pool:
        digest = pool.submit(_digest, path)
        for part in _ahead(pool, encoding.blocks(file, start), surveyed):
            if part.wrong is not None:
                raise DataError(f"{place(sum(len(one.start) for one in parts) + part.wrong[0])}: {part.wrong[1]}")
            room -= part.values.nbytes
            parts.append(part if room >= 0 else replace(part, values=part.values[:0].copy(), whole=False))
    return replace(_together(parts), digest=digest.result())


def _together(parts: Sequence[Survey]) -> Survey:
    whole = all(part.whole for part in parts)
    values = np.concatenate([part.values for part in parts]) if whole else parts[0].values
    starts, lengths = (np.concatenate([getattr(part, key) for part in parts]) for key in ("start", "length"))
    words = [row for part in parts for row in part.words]
    return Survey(starts, lengths, words, joined(part.extent for part in parts), values, whole)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
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


def _count(encoding: Encoding, file: BinaryIO, form: TableForm, start: int) -> int:
    """How many numbers the first row has."""
    lines = (line for _, block in encoding.blocks(file, start) for line in encoding.lines(block)[2])
    carved = _carved(next(lines, b""), form)
    return len(carved[0].translate(SEPARATING).split()) if carved else 0


@dataclass(frozen=True)
class _Rows:
    """The numbers `(n, count)` and the words of some rows; `wrong` is the first that cannot be read, and why."""

    values: Picture
    words: Sequence[Words]
    wrong: tuple[int, str] | None = None


def _rows(lines: Sequence[bytes], form: TableForm, count: int) -> _Rows:
    """Lines as numbers and words, in bulk if they are regular."""
    carved = [_carved(line, form) for line in lines]
    regular = [fields for fields in carved if fields is not None]
    if len(regular) == len(lines):
        values = _numbers(b"\n".join([*(pixels for pixels, _ in regular), b""]), count)
        if values is not None:
            return _Rows(values, [words for _, words in regular])
    reasons = [_wrong(line, fields, form, count) for line, fields in zip(lines, carved, strict=True)]
    wrong = next(((row, reason) for row, reason in enumerate(reasons) if reason), (0, "its pixels are no numbers"))
    return _Rows(np.zeros((1, count)), (), wrong)


def _carved(line: bytes, form: TableForm) -> tuple[bytes, Words] | None:
    """The pixels of a row and its other fields; None where it has too few."""
    first, after, separator = form.pixels[0] if form.pixels else 0, form.after, form.separator.encode()
    fields = line.split(separator, first)
    if after and len(fields) > first:
        fields[first:] = fields[first].rsplit(separator, after)
    if any(b'"' in field for field in (*fields[:first], *fields[first + 1 :])):  # which may hold the separator
        whole = [field.encode("utf-8", "surrogateescape") for field in split(_text(line), form.separator)]
        last = len(whole) - after
        fields = [*whole[:first], separator.join(whole[first:last]), *whole[last:]]
    if len(fields) != first + 1 + after:
        return None
    pixels = fields[first].replace(b",", b".") if form.decimal_comma else fields[first]
    return pixels, tuple(field.strip() for field in (*fields[:first], *fields[first + 1 :]))


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _numbers(text: bytes, count: int) -> Picture | None:
    """The numbers of lines `(n, count)`; None where a line has another count, or what is no number."""
    plain = text.translate(SEPARATING) if SEMICOLON in text or BRACKET in text else text
    whole = None if any(sign in text for sign in SIGNS) else _whole(np.frombuffer(plain, np.uint8), count)
    if whole is not None or not any(digit in plain for digit in DIGITS):
        return whole
    plain = text.translate(SEPARATING)
    try:
        values = np.loadtxt(io.BytesIO(plain), ndmin=2, comments=None)
    except ValueError:
        return None
    return values if values.shape == (text.count(b"\n"), count) and np.isfinite(values).all() else None


def _whole(block: NDArray[np.uint8], count: int) -> NDArray[np.uint16] | None:
    """The numbers of lines of digits; None where a line has another count, a letter or a number above 999."""
    if len(block) < FEWEST:
        return None
    digit = block - np.uint8(ZERO)
    between = digit > 9
    ends = between[1:] > between[:-1]  # a number ends here: the block ends with a newline
    breaks = np.flatnonzero(block == NEWLINE)
    per_line = np.add.reduceat(ends.view(np.uint8), np.append(0, breaks[:-1]), dtype=np.int64)
    pairs = between[:-1] | between[1:]
    short = (pairs[:-2] | pairs[2:]).all()  # no four digits in a row
    if (per_line != count).any() or not short or block.max() > NINE:
        return None
    digit *= ~between
    tens = digit[:-1] * np.uint8(10) + digit[1:]
    value = np.empty(len(ends), np.uint16)
    value[:2] = digit[0], tens[0]
    value[2:] = (digit[:-3] * ~between[1:-2]) * np.uint16(100) + tens[1:-1]
    return value[ends].reshape(-1, count)


def _wrong(line: bytes, carved: tuple[bytes, Words] | None, form: TableForm, count: int) -> str:
    """What is wrong with a row, or ''."""
    if carved is None:
        return f"{len(split(_text(line), form.separator))} columns instead of {len(form.names)}"
    words = carved[0].translate(SEPARATING).split()
    if b"..." in words:
        return (
            "the pixels are cut short by `...`, as NumPy prints an array; write them with ' '.join(map(str, x.ravel()))"
        )
    if len(words) != count:
        by_excel = f"; Excel keeps {CELL} characters of a field" if len(carved[0]) == CELL else ""
        return f"{len(words)} pixels instead of {count}; the row may be cut short{by_excel}"
    texts = (word.decode("utf-8", "replace") for word in words)
    return next((f"'{text[:20]}' is no pixel; numbers are" for text in texts if not NUMBER.fullmatch(text)), "")
