"""The rows of a table as fields: what a quote holds together, what separates them, and what is no table at all."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generator.errors import DataError

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS = (",", ";", "\t", "|")
SAID = re.compile(r'"?sep=([,;|\t])"?\s*')  # a first line that Excel writes and reads
LONGEST = (1 << 31) - 1  # of a field
ONE_LINE = str.maketrans("\r\n", "  ")
OPEN = "unexpected end of data"  # what the csv module says of a quote that is not closed
UNQUOTED = "a quote in it is not closed, or stands where the field goes on; write it twice, or quote the whole field"
OTHERS = {  # what files that are no table begin with
    b"PK\x03\x04": "an archive or a spreadsheet; unpack it, or save it as CSV (arrays: `source: npz`)",
    b"\x1f\x8b": "compressed; unpack it",
    b"PAR1": "Parquet; save it as CSV",
    b"\x93NUMPY": "an array of NumPy; did you mean `source: npz`?",
    b"\x89HDF": "HDF5; save its pictures with numpy.savez, for `source: npz`",
    b"\xd0\xcf\x11\xe0": "a spreadsheet; save it as CSV",
    b"\x89PNG": "a picture; did you mean `source: folder`?",
    b"\xff\xd8\xff": "a picture; did you mean `source: folder`?",
}


def a_table(place: object, head: bytes) -> None:
    """Raises DataError where a file begins as one of another kind."""
    other = next((what for begin, what in OTHERS.items() if head.startswith(begin)), None)
    if other:
        raise DataError(f"{place}: is no table but {other}")


def split(line: str, separator: str, strict: bool = False) -> list[str]:
    """The fields of a row, of any length; a quoted one may hold the separator. Raises csv.Error where `strict`."""
    return next(_reader([line if strict else line.translate(ONE_LINE)], separator, strict), [])


def ends_of_rows(lines: Sequence[bytes], separator: str) -> list[int]:
    """Past which line each row ends, as a quoted field may go over several; a last one that goes on has no end."""
    if not any(line.count(b'"') % 2 for line in lines):
        return list(range(1, len(lines) + 1))
    ends, rows = list[int](), _reader((line.decode("utf-8", "replace") + "\n" for line in lines), separator, True)
    try:
        for _ in rows:
            ends.append(rows.line_num)
    except csv.Error as error:
        if str(error) != OPEN:  # what is wrong is refused where it is read, whatever follows it
            ends += range(rows.line_num, len(lines) + 1)
    return ends


def rows_in(place: object, text: str, separator: str, before: int = 0) -> list[tuple[int, list[str]]]:
    """The fields of every row that is not blank, with the number of its line, after so many lines before the text.

    Raises DataError at a quote that is not closed.
    """
    found: list[tuple[int, list[str]]] = []
    rows, line = _reader(io.StringIO(text, newline=None), separator, True), before + 1
    try:
        for fields in rows:
            if any(field.strip() for field in fields):
                found.append((line, fields))
            line = before + rows.line_num + 1
    except csv.Error as error:
        raise DataError(f"{place}: line {line}: {UNQUOTED}") from error
    return found


def uneven(rows: Sequence[tuple[int, list[str]]], columns: int) -> int | None:
    """The first row that has more or fewer columns; empty ones behind the last do not count, and are taken away."""
    for number, (_, fields) in enumerate(rows):
        while len(fields) > columns and not fields[-1].strip():
            fields.pop()
        if len(fields) != columns:
            return number
    return None


def _reader(lines: Iterable[str], separator: str, strict: bool) -> "Reader":
    csv.field_size_limit(LONGEST)
    if strict and separator != " ":  # a blank behind a quote belongs to nothing
        behind = re.compile(rf'" +(?=[{separator}\r\n]|$)')
        lines = (behind.sub('"', line) for line in lines)
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=strict)
