"""The lines of a text file, a block at a time and as UTF-8, in whatever encoding it was written.

Blocks are raw, so that a line can be found again by its place in the file.
"""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from generator.artefacts import Ints
from generator.data.labels import meaning_of
from generator.data.table_rows import ends_of_rows
from generator.errors import DataError
from generator.samples import ClassWords

BLOCK = 1 << 20  # bytes; fits the processor's cache: larger blocks are slower
HEAD = 1 << 16  # bytes that tell the encoding and the end of a line
FEW = 3  # lines that tell the form of a table, unless a quote goes over them
LONGEST = 1 << 26  # bytes of a row
LINES = 100_000  # that a quoted field goes over at most
QUOTE = b'"'
ENDLESS = f"a row of more than {LONGEST >> 20} MB or {LINES:,} lines begins here; is a quote not closed?"
MARKS = (  # that a file may begin with, the longer ones first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNMARKED = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}  # without such a mark
ZEROS = 0.3  # of all bytes, where every second one is the empty half of a letter
GUESSES = ("big5", "gb18030", "shift_jis", "cp1252")


@dataclass(frozen=True)
class Encoding:
    """How a file is written: after a `mark` of so many bytes, with lines that end in `newline`."""

    codec: str
    mark: int
    newline: bytes

    def first_lines(self, file: BinaryIO) -> list[tuple[int, bytes]]:
        """The first lines that are not blank, each with its place in the file; some, or as many as are short."""
        found, size = list[tuple[int, bytes]](), 0
        for place, block in self.blocks(file, self.mark):
            starts, _, lines = self.rows(block)
            for start, line in zip(starts.tolist(), lines, strict=True):
                found.append((place + start, line))
                size += len(line)
                if len(found) >= FEW and size > HEAD:
                    return found
        return found

    def blocks(self, file: BinaryIO, start: int, separator: str = "") -> Iterator[tuple[int, bytes]]:
        """Whole rows from a place on, each block with its own; the last one ends in a newline too.

        Without a separator every line is a row. Raises OverflowError where a row does not end.
        """
        file.seek(start)
        place, rest = start, b""
        while read := file.read(max(BLOCK, len(rest))):
            block = rest + read
            cut = self._past_last_row(block, separator)
            if cut:
                yield place, block[:cut]
            place, rest = place + cut, block[cut:]
            if len(rest) > LONGEST or rest.count(self.newline) > LINES:
                raise OverflowError(f"line {self.line_at(file, place)}: {ENDLESS}")
        if rest:
            yield place, rest + self.newline

    def rows(self, block: bytes, separator: str = "") -> tuple[Ints, Ints, list[bytes]]:
        """Every row that is not blank: where it starts within the block, its length there, and itself as UTF-8."""
        ends, lines = self._lines(block)
        if separator and QUOTE in block:
            past = ends_of_rows(lines, separator)
            past += [len(lines)] if past[-1:] != [len(lines)] else []
            lines = [b"\n".join(lines[first:end]) for first, end in zip([0, *past], past, strict=False)]
            ends = ends[np.array(past) - 1]
        starts = np.append(0, ends[:-1])
        filled = np.flatnonzero([bool(line.strip()) for line in lines])
        return starts[filled], (ends - starts)[filled], [lines[number] for number in filled.tolist()]

    def line_at(self, file: BinaryIO, place: int) -> int:
        """The number of the line that starts at a place, from 1 on."""
        file.seek(self.mark)
        sizes = [BLOCK] * ((place - self.mark) // BLOCK) + [(place - self.mark) % BLOCK]
        return 1 + sum(len(self._ends(file.read(size))) for size in sizes)

    def _lines(self, block: bytes) -> tuple[Ints, list[bytes]]:
        """Where each line of a block ends, and itself as UTF-8."""
        text = block if self.codec == "utf-8" else block.decode(self.codec).encode()
        return self._ends(block), text.split(b"\r" if self.newline.strip(b"\0") == b"\r" else b"\n")[:-1]

    def _ends(self, block: bytes) -> Ints:
        """Where each line of a block ends, past its newline."""
        unit = np.dtype(f"u{len(self.newline)}")
        breaks = np.frombuffer(block, unit) == np.frombuffer(self.newline, unit)[0]
        return (np.flatnonzero(breaks).astype(np.int64) + 1) * unit.itemsize

    def _past_last_row(self, block: bytes, separator: str) -> int:
        cut = self._past_last_line(block)
        if not separator or QUOTE not in block:
            return cut
        ends, lines = self._lines(block[:cut])
        past = ends_of_rows(lines, separator)
        return int(ends[past[-1] - 1]) if past else 0

    def _past_last_line(self, block: bytes) -> int:
        unit, cut = len(self.newline), block.rfind(self.newline)
        while cut % unit and cut >= 0:  # two halves of neighbouring letters
            cut = block.rfind(self.newline, 0, cut + unit - 1)
        return cut + unit if cut >= 0 else 0


def encoding_of(file: BinaryIO, said: str | None = None) -> Encoding:
    """By the mark at its beginning, else as the spec says, else by the look of it."""
    file.seek(0)
    head = file.read(HEAD)
    likely = UNMARKED.get(codecs.lookup(said).name, said) if said else _by_zeros(head)
    mark, codec = next(((len(mark), codec) for mark, codec in MARKS if head.startswith(mark)), (0, likely))
    text = head[mark:].decode(codec, "ignore")
    classic = "\r" in text and "\n" not in text  # as on old Macs, and from Excel there
    return Encoding(codec, mark, ("\r" if classic else "\n").encode(codec))


def _by_zeros(head: bytes) -> str:
    """UTF-16 without its mark has a zero in nearly every second byte."""
    even, odd = (head[first::2].count(0) / max(len(head), 1) for first in (0, 1))
    return "utf-16-be" if even > ZEROS else "utf-16-le" if odd > ZEROS else "utf-8"


def decoded(place: str, words: Iterable[bytes], classes: Sequence[ClassWords] = ()) -> list[str]:
    """Words of a file as text; raises DataError, with the encodings that they may be in, where they are not UTF-8."""
    listed = list(words)
    distinct = list(set(listed))
    try:
        known = {word: word.decode() for word in distinct}
    except UnicodeDecodeError as error:
        fitting = [codec for codec in GUESSES if _classes_in(codec, distinct, classes)]
        cure = " or ".join(f"`encoding: {codec}`" for codec in fitting or GUESSES)
        raise DataError(f"{place}: not in UTF-8; say in `data` which encoding it has, {cure}") from error
    return [known[word] for word in listed]


def _classes_in(codec: str, words: Sequence[bytes], classes: Sequence[ClassWords]) -> bool:
    """Whether the words are classes in this encoding."""
    try:
        return None not in meaning_of({word.decode(codec) for word in words}, classes).number.values()
    except UnicodeDecodeError:
        return False
