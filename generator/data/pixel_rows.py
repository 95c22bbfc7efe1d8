"""Rows of a table of pixels as numbers: in bulk as the tools write them, else one by one.

Whole numbers are summed where their digits stand (five times as fast as a library for tables), others are read by
NumPy. Before that what stands between them is looked at: one thing alone, and in every row the same number of it, so
that no row is read that says something else.
"""

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.data.table_form import FEWEST, NUMBER, TableForm
from generator.data.table_rows import UNQUOTED, split
from generator.samples import Picture

NEWLINE, ZERO, NINE = 10, 48, 57
DIGITS = b"0123456789"
OF_NUMBERS = b".eE+-"  # beside their digits
SIGNS = (b".", b"-", b"+")
BETWEEN = (b";", b"|", b"\t")  # numbers in one field, beside blanks and commas
BRACKETS = b"[]()"
BLANKS = bytes.maketrans(BRACKETS, b" " * 4)
ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
APART = bytes.maketrans(b";|\t,[]()", b" " * 8)
TORN = re.compile(rb"[\d.]\s*[\[(]|[\])]\s*[\d.+-]")  # a bracket within a number
MIXED = re.compile(rb"[\d.]+[^\d. ]\s*[\d.]+")
QUOTE = b'"'
CELL = 32767  # characters that Excel leaves of a field
SHOWN = 20  # characters of a word that a message shows
Words = tuple[bytes, ...]  # of a row, but for its pixels


@dataclass(frozen=True)
class Rows:
    """The numbers `(n, count)` and the words of some rows; `wrong` is the first that cannot be read, and why."""

    values: Picture
    words: Sequence[Words]
    wrong: tuple[int, str] | None = None


def rows_of(lines: Sequence[bytes], form: TableForm, count: int) -> Rows:
    """Lines as numbers and words, in bulk if they are regular."""
    carved = [_carved(line, form) for line in lines]
    regular = [fields for fields in carved if fields is not None]
    if len(regular) == len(lines):
        values = _values([pixels for pixels, _ in regular], form, count)
        if values is not None:
            return Rows(values, [words for _, words in regular])
    reasons = [_wrong(line, fields, form, count) for line, fields in zip(lines, carved, strict=True)]
    wrong = next(((row, reason) for row, reason in enumerate(reasons) if reason), (0, "its pixels are no numbers"))
    return Rows(np.zeros((1, count)), (), wrong)


def count_of(line: bytes, form: TableForm) -> int:
    """How many numbers every row should have: as many as there are names of columns, else those of the first row."""
    first, last = form.pixels or (0, 0)
    if last - first > 1 and all(form.names[first:last]):
        return last - first
    carved = _carved(line, form)
    text = b"" if carved is None else _spread(carved[0], form) or carved[0].translate(APART)
    return max(1, len(text.split()))


def _carved(line: bytes, form: TableForm) -> tuple[bytes, Words] | None:
    """The pixels of a row, as they stand there, and its other fields; None where it has too few, or a wrong quote."""
    first, after, separator = form.pixels[0] if form.pixels else 0, form.after, form.separator.encode()
    quotes = line.count(QUOTE)
    if quotes and 2 * line.count(QUOTE + separator + QUOTE) == 2 * line.count(separator) == quotes - 2:
        line, quotes = (
            line.rstrip(b"\r").translate(ONE_LINE, QUOTE),
            0,
        )  # every field is quoted, and none of them had to be
    if quotes or form.separator == " ":
        fields = _quoted(line, separator)
        pixels = [field.translate(ONE_LINE) for field in fields[first : len(fields) - after]]
        if form.wide:
            pixels = [field.replace(b",", b".") for field in pixels]
        fields[first : len(fields) - after] = [separator.join(pixels)] if pixels else []
    else:
        fields = line.rstrip(b"\r").split(separator, first)
        if after and len(fields) > first:
            fields[first:] = fields[first].rsplit(separator, after)
    if len(fields) != first + 1 + after or (not form.wide and separator in fields[first] and not quotes):
        return None
    return fields[first], tuple(field.strip() for field in (*fields[:first], *fields[first + 1 :]))


def _quoted(line: bytes, separator: bytes) -> list[bytes]:
    """The fields of a row with quotes; none where they are wrong."""
    parts = line.rstrip(b"\r").split(QUOTE)
    if len(parts) == 3:  # one field is quoted, as a list of all pixels
        before, after = parts[0].rstrip(b" "), parts[2].lstrip(b" ")
        if before[-1:] in (b"", separator) and after[:1] in (b"", separator):
            return [*before.split(separator)[:-1], parts[1], *after.split(separator)[1:]]
    try:
        fields = split(_text(line), separator.decode(), strict=True)
    except csv.Error:
        return []
    return [field.encode("utf-8", "surrogateescape") for field in fields]


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _values(pixels: Sequence[bytes], form: TableForm, count: int) -> Picture | None:
    """The numbers of rows `(n, count)`; None where one has another count, what is no number, or other separators."""
    text = _regular(b"\n".join([*pixels, b""]), form, count, len(pixels))
    if text is None:
        spread = [_spread(row, form) for row in pixels]
        if None in spread:
            return None
        text = b"\n".join([*(row or b"" for row in spread), b""])
    return _numbers(text, count)


def _regular(text: bytes, form: TableForm, count: int, rows: int) -> bytes | None:
    """Rows of digits with blanks between them, where all of them are as the tools write them."""
    if not form.wide and not text.translate(None, DIGITS + b" \n"):
        return text
    separator = form.separator.encode() if form.wide else b","
    tight = text if form.wide else text.replace(b", ", b",")
    outline, between = tight.translate(None, DIGITS), separator * (count - 1)
    if outline in ((between + b"\n") * rows, (b"[" + between + b"]\n") * rows):
        return tight.translate(bytes.maketrans(separator + b"[]", b"   "))
    return None


def _spread(text: bytes, form: TableForm) -> bytes | None:
    """The numbers of a row with blanks between them; None where other things stand there, or not everywhere."""
    if form.wide:
        return _apart(text, form.separator.encode())
    opened, closed = text.count(b"[") + text.count(b"("), text.count(b"]") + text.count(b")")
    if opened or closed:
        at_ends = opened == 1 and text.lstrip()[:1] in (b"[", b"(") and text.rstrip()[-1:] in (b"]", b")")
        if opened != closed or not (at_ends or TORN.search(text) is None):
            return None
        text = text.translate(BLANKS)
    between = next((kind for kind in BETWEEN if kind in text), b",")
    text = _tight(text, between)
    decimal = between == b"," and b" " in text  # blanks stand between, and a comma within a number
    return _apart(text, b" " if decimal else between)


def _tight(text: bytes, between: bytes) -> bytes:
    """Without the blanks that say nothing."""
    text = b" ".join(text.split()) if b"  " in text else text.strip()
    return text.replace(between + b" ", between).replace(b" " + between, between)


def _apart(text: bytes, between: bytes) -> bytes | None:
    """Numbers each of which has a place of its own, with blanks between them; empty places at the end are none."""
    text = _tight(text, between).rstrip(between + b" ")
    if between != b" ":
        if b" " in text or between * 2 in text or text.startswith(between):
            return None
        text = text.replace(between, b" ")
    text = text.replace(b",", b".")
    return None if text.translate(None, DIGITS + OF_NUMBERS + b" ") else text


def _numbers(text: bytes, count: int) -> Picture | None:
    """The numbers of lines `(n, count)` with blanks between; None where a line has another count, or no number."""
    whole = None if any(sign in text for sign in SIGNS) else _whole(np.frombuffer(text, np.uint8), count)
    if whole is not None or not any(digit in text for digit in (b"%d" % one for one in range(10))):
        return whole
    try:
        values = np.loadtxt(io.BytesIO(text), ndmin=2, comments=None)
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
        try:
            fields = split(_text(line), form.separator, strict=True)
        except csv.Error:
            return UNQUOTED
        return f"{len(fields)} columns instead of {len(form.names)}"
    text, separator = carved[0], form.separator.encode()
    if b"..." in text:
        return (
            "the pixels are cut short by `...`, as NumPy prints an array; write them with ' '.join(map(str, x.ravel()))"
        )
    spread = _spread(text, form)
    words = text.rstrip(separator + b" ").split(separator) if form.wide else (spread or text.translate(APART)).split()
    strange = next((word for word in words if not _is_number(word)), None)
    if len(words) == count > 1 and strange is not None and not strange.strip():
        return f"the column '{form.names[(form.pixels or (0,))[0] + words.index(strange)]}' is empty"
    if strange and b" " in strange.strip() and all(map(_is_number, strange.split())):
        return f"'{strange.strip()[:SHOWN].decode()}' are several numbers in one column, and others stand in the next"
    if strange:
        return f"'{strange[:SHOWN].decode('utf-8', 'replace')}' is no pixel; numbers are"
    if not text.strip():
        return "there are no pixels in it"
    if len(words) > count:
        return f"{len(words)} pixels instead of {count}; is the first row cut short?"
    if len(words) != count:
        by_excel = f"; Excel keeps {CELL} characters of a field" if len(text) == CELL else ""
        return f"{len(words)} pixels instead of {count}; the row may be cut short{by_excel}"
    mixed = MIXED.search(text)
    return f"its numbers are not separated alike, as in '{mixed[0][:SHOWN].decode()}'" if mixed and not spread else ""


def _is_number(word: bytes) -> bool:
    text = word.strip().replace(b",", b".").decode("utf-8", "replace")
    return bool(NUMBER.fullmatch(text)) and math.isfinite(float(text))
