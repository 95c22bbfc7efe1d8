"""What the first lines of a table say of all of it: its separator, and which column is what.

Columns are known by their names and by what the first row holds; what `data` says of them comes first.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from generator.data.decoding import suffixes
from generator.data.pixel_columns import numbered
from generator.data.table_rows import SEPARATORS, UNQUOTED, ends_of_rows, split
from generator.errors import DataError, suggestion

Role = Literal["label", "pixels", "usage", "file"]
Columns = tuple[str, ...] | Mapping[Role, str]  # the names of a table without a header; or which column is what

NAMES: Mapping[Role, tuple[str, ...]] = {  # the likelier ones first
    "label": ("label", "labels", "emotion", "y", "class", "target", "category", "class_id", "class_name", "y_true"),
    "pixels": ("pixels", "pixel", "feature", "features"),
    "usage": ("usage", "split", "subset", "partition"),
    "file": (
        *("file", "filename", "file_name", "path", "filepath", "file_path", "image", "image_path", "image_id"),
        *("image_name", "img", "img_path", "img_name", "id"),
    ),
}
FEWEST = 4  # numbers that make a picture: in one column, or in as many whose names are numbered
BETWEEN = re.compile(r"[ ,\[\]()]+")  # numbers in one column
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
LOOKED = 4000  # characters of a field that tell whether it is a picture
SHOWN = 60  # characters of a line that a message shows


@dataclass(frozen=True)
class TableForm:
    """Where a table has what: the pixels in the columns from `pixels[0]` up to `pixels[1]`, or a file's name in one.

    `header` tells whether the first line names the columns; `label`, `usage` and `file` are columns, -1 where missing.
    """

    separator: str
    names: tuple[str, ...]
    header: bool
    pixels: tuple[int, int] | None = None
    label: int = -1
    usage: int = -1
    file: int = -1

    @property
    def wide(self) -> bool:
        """Whether each pixel has a column of its own."""
        return self.pixels is not None and self.pixels[1] - self.pixels[0] > 1

    @property
    def after(self) -> int:
        """How many columns stand behind the pixels."""
        return len(self.names) - self.pixels[1] if self.pixels else 0


def form_of(
    place: str, lines: Sequence[str], columns: Columns | None = None, separators: Sequence[str] = SEPARATORS
) -> TableForm:
    """The form of a table by its first two rows; raises DataError where nothing in it is a picture."""
    split_by = {separator: _first_rows(lines, separator) for separator in (*separators, " ")}
    forms = [_form(separator, split_by[separator], columns) for separator in separators]
    found = [form for form in forms if form is not None]
    blanks_alone = not any(separator in lines[0] for separator in separators)
    if blanks_alone and not any(_fit(form, split_by[form.separator]).whole for form in found):
        by_blanks = _form(" ", split_by[" "], columns)
        found += [by_blanks] if by_blanks and _fit(by_blanks, split_by[" "]).whole else []
    if found:
        form = max(found, key=lambda form: _fit(form, split_by[form.separator]))
        try:
            _undivided(place, form, _first_rows(lines, form.separator, strict=True), columns)
        except csv.Error as error:
            raise DataError(f"{place}: line 1: {UNQUOTED}") from error
        return form
    most = max((split_by[separator] for separator in separators), key=lambda rows: len(rows[0]))
    raise DataError(f"{place}: line 1: {_refusal(most, columns)}")


def _first_rows(lines: Sequence[str], separator: str, strict: bool = False) -> list[list[str]]:
    """The fields of the first two rows, as far as the lines go."""
    ends = ends_of_rows([line.encode() for line in lines], separator)[:2]
    ends += [len(lines)] if len(ends) < 2 and ends[-1:] != [len(lines)] else []
    rows = ("\n".join(lines[first:end]) for first, end in zip([0, *ends], ends, strict=False))
    return [split(row.rstrip("\r"), separator, strict and number == 0) for number, row in enumerate(rows)]


def _undivided(place: str, form: TableForm, rows: Sequence[Sequence[str]], columns: Columns | None) -> None:
    """Raises DataError where the columns of pixels, or those that have names, are not all there are."""
    named, row, (first, last) = len(rows[0]), rows[int(form.header and len(rows) > 1)], form.pixels or (0, 0)
    without = [
        column
        for column in range(named, len(row))
        if not form.names[column] and (first >= named or not first <= column < last)
    ]
    if form.header and not isinstance(columns, tuple) and any(row[column].strip() for column in without):
        raise DataError(
            f"{place}: line 2: {len(row)} columns, where the header names {named}; give each a name (that of the first "
            "may be empty, `,` at the beginning), or take away those that are too many"
        )
    if not form.wide or not form.names[last - 1]:
        return
    stems = [part.stem if part else None for part in numbered(form.names)]
    for start, end in _numbered(form.names, row, {form.label, form.usage, form.file}):
        alike = stems[start] == stems[first]
        if start != first and (alike or (end - start == last - first and not isinstance(columns, Mapping))):
            ends = [f"'{form.names[low]}' to '{form.names[high - 1]}'" for low, high in ((first, last), (start, end))]
            cure = (
                "put what is between them before or behind all"
                if alike
                else f"say in `data` which are, `columns: {{pixels: {stems[first]}}}`, or call those of three colours "
                "r0, g0, b0 and so on"
            )
            raise DataError(f"{place}: line 1: the columns {' and '.join(ends)} may all be pixels; {cure}")


class _Fit(NamedTuple):
    """How much speaks for a form: known columns, a row as long as the names, many columns."""

    label: bool
    usage: bool
    whole: bool
    columns: int


def _fit(form: TableForm, rows: Sequence[Sequence[str]]) -> _Fit:
    return _Fit(form.label >= 0, form.usage >= 0, len(rows[-1]) >= len(form.names), len(form.names))


def _form(separator: str, rows: Sequence[Sequence[str]], columns: Columns | None) -> TableForm | None:
    """The form under one separator; None where it has no pictures then."""
    listed = isinstance(columns, tuple)
    header = not _holds_picture(rows[0])
    if not (listed or header):
        return None
    names = tuple(name.strip() for name in (columns if isinstance(columns, tuple) else rows[0]))
    row = rows[1] if header and len(rows) > 1 else rows[0]
    said = {} if columns is None or isinstance(columns, tuple) else columns
    known = _by_name(names)
    many = _named("pixels", said, known)
    if many >= 0:  # the pixels are all fields for which there is no other name
        names = (*names[: many + 1], *("",) * (len(row) - len(names)), *names[many + 1 :])
        known = _by_name(names)
    names += ("",) * (len(row) - len(names))
    label, usage = (_named(role, said, known) for role in ("label", "usage"))
    apart = {known.get(said[role].casefold(), -1) for role in ("label", "usage", "file") if role in said}
    by_file = "file" in said or (
        listed and not any(name.casefold() in NAMES["pixels"] for name in names) and "file" in names
    )
    pixels = None if by_file else _pixels(names, row, known, said.get("pixels", ""), apart)
    file = -1 if pixels else _file(row, known, said)
    label, usage = (-1 if pixels and pixels[0] <= column < pixels[1] else column for column in (label, usage))
    if (pixels is None and file < 0) or any(said[role].casefold() not in known for role in said if role != "pixels"):
        return None
    return TableForm(separator, names, header, pixels, label, usage, file)


def _by_name(names: Sequence[str]) -> dict[str, int]:
    """The first column of each name, whatever its case."""
    return {name.casefold(): column for column, name in reversed(list(enumerate(names)))}


def _named(role: Role, said: Mapping[Role, str], known: Mapping[str, int]) -> int:
    """The column of a role by what the spec says, else by its usual names."""
    names = (said[role].casefold(),) if role in said else NAMES[role]
    return next((known[name] for name in names if name in known), -1)


def _pixels(
    names: Sequence[str], row: Sequence[str], known: Mapping[str, int], said: str, apart: set[int]
) -> tuple[int, int] | None:
    """Where the pixels stand: in one column, or in neighbours that are numbered or have no names of their own."""
    runs = _numbered(names, row, apart)
    column = _named("pixels", {"pixels": said} if said else {}, known)
    alone = 0 <= column < len(row) and all(names[column + 1 : column + 2]) and not _is_picture(row[column])
    if column >= 0 and not (runs and alone and not said):
        end = next((after for after in range(column + 1, len(names)) if names[after]), len(names))
        filled = (after for after in range(min(end, len(row)), column, -1) if row[after - 1].strip())
        return column, next(filled, column + 1)
    if said:
        return next((run for run in runs if names[run[0]].casefold().startswith(said.casefold())), None)
    if any(_is_file(field) for field in row):
        return None
    if runs:
        return max(runs, key=lambda run: run[1] - run[0])
    return next(((column, column + 1) for column, field in enumerate(row) if _is_picture(field)), None)


def _numbered(names: Sequence[str], row: Sequence[str], apart: set[int]) -> list[tuple[int, int]]:
    """Every run of columns that have one name and a number each."""
    stems = []
    for column, name in enumerate(numbered(tuple(names))):
        value = row[column].strip().replace(",", ".") if column < len(row) else "0"
        stems.append(name.stem if name and column not in apart and NUMBER.fullmatch(value) else None)
    runs, start = [], 0
    for stem, group in groupby(stems):
        end = start + len(list(group))
        if stem is not None and end - start >= FEWEST:
            runs.append((start, end))
        start = end
    return runs


def _file(row: Sequence[str], known: Mapping[str, int], said: Mapping[Role, str]) -> int:
    """The column of the pictures' files: by the suffix of the first, else by its name."""
    named = _named("file", said, known)
    if "file" in said or (0 <= named < len(row) and _is_file(row[named])):
        return named
    return next((column for column, field in enumerate(row) if _is_file(field)), named)


def _is_file(field: str) -> bool:
    return field.strip().lower().endswith(suffixes())


def _is_picture(field: str) -> bool:
    numbers = BETWEEN.sub(" ", field[:LOOKED]).split()
    if len(field) > LOOKED:  # the last is cut there
        numbers = numbers[:-1] if len(numbers) > FEWEST else BETWEEN.sub(" ", field).split()
    return len(numbers) >= FEWEST and all(NUMBER.fullmatch(number) for number in numbers)


def _holds_picture(fields: Sequence[str]) -> bool:
    """Whether a line is a row already; one that counts 0, 1, 2, … names its columns so."""
    numbers = [field.strip() for field in fields if NUMBER.fullmatch(field.strip())]
    start = int(numbers[0]) if numbers and re.fullmatch("[0-9]{1,9}", numbers[0]) else -1
    counted = [str(start + step) for step in range(len(numbers))] if start >= 0 else []
    many = len(numbers) >= FEWEST and numbers != counted
    return many or any(_is_file(field) or _is_picture(field) for field in fields)


def _refusal(rows: Sequence[Sequence[str]], columns: Columns | None) -> str:
    """Why a table has no pictures, with the cure."""
    first = rows[0]
    if columns is None and _holds_picture(first):
        roles = dict.fromkeys("file" if _is_file(f) else "pixels" if _is_picture(f) else "label" for f in first)
        if len(first) > FEWEST and set(roles) == {"label"}:
            roles = dict.fromkeys(("label", "pixels"))
        return f"a row already, without names of columns; say in `data` what they are, `columns: [{', '.join(roles)}]`"
    line = ",".join(first)[:SHOWN]
    if columns is not None and not isinstance(columns, tuple):
        known = {name.strip().casefold() for name in first}
        lacking = next((name for name in columns.values() if name.casefold() not in known), "")
        return (
            f"no column is called '{lacking}'{suggestion(lacking, sorted(known), or_all=False)}; the header is '{line}'"
        )
    return (
        f"the header is '{line}'; wanted are a `label` and `pixels`, all of a picture in one column, or `pixel0`, "
        "`pixel1` and so on, or a `file` beside the table; what else they are called say in `data`, "
        "`columns: {label: …, pixels: …}`"
    )
