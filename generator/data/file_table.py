"""A table that names pictures, `file,label` with whatever other columns, beside the folder that holds them.

A picture is found by the end of its path below the folder, so that neither the folder in which the table was written
nor a suffix that it leaves out matters.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from generator.data.data_source import DataSource
from generator.data.folder import pictures_in
from generator.data.picture_files import PictureFiles
from generator.data.table_form import TableForm, rows_in
from generator.data.table_labels import labels_of, rows_of_part
from generator.data.table_lines import Encoding, decoded
from generator.errors import DataError
from generator.samples import ClassWords, Samples

Found = Mapping[str, Sequence[str]]  # pictures by every end of their path, with and without its suffix
SHOWN = 3  # folders that a message names


def read_files(source: DataSource, encoding: Encoding, form: TableForm, classes: Sequence[ClassWords]) -> Samples:
    """The pictures that a table names, with their labels; raises DataError with the row of one that is not there."""
    path, folder = source.existing, source.folder or source.existing.parent
    content = path.read_bytes()
    text = content[encoding.mark :].decode(encoding.codec, "surrogateescape" if encoding.codec == "utf-8" else "strict")
    lines = list(rows_in(text, form.separator))[int(form.header) :]

    def place(row: int) -> str:
        return f"{path}: row {row} (line {lines[row][0]})"

    short = next((row for row, (_, fields) in enumerate(lines) if len(fields) < len(form.names)), None)
    if short is not None:
        raise DataError(f"{place(short)}: {len(lines[short][1])} columns instead of {len(form.names)}")
    columns = [
        [fields[k].strip().encode("utf-8", "surrogateescape") for _, fields in lines] for k in range(len(form.names))
    ]
    words = {
        column: decoded(f"{path}: the column '{form.names[column]}'", texts, classes)
        for column, texts in enumerate(columns)
    }
    label, questions = labels_of(source, place, form, words, len(lines), classes)
    rows = rows_of_part(source, form, words, len(lines))
    there = pictures_in(folder, source.limits)
    names = _named(place, rows.tolist(), words[form.file], there, folder)
    facts = [f"{name} {there[name].st_size} {there[name].st_mtime_ns}\n" for name in names]
    digest = hashlib.sha256(content + os.fsencode("".join(facts))).hexdigest()  # to read every byte takes seconds
    samples = PictureFiles(folder, tuple(names), source.range, source.limits).samples(label[rows], path, digest)
    return replace(samples, index=rows, questions=questions)


def _named(
    place: Callable[[int], str],
    rows: Sequence[int],
    words: Sequence[str],
    there: Mapping[str, os.stat_result],
    folder: Path,
) -> list[str]:
    """The picture that each row means, as it is named within the folder."""
    ends: dict[str, list[str]] = {}
    for name in sorted(there):
        parts = name.split("/")
        for end in ("/".join(parts[first:]).casefold() for first in range(len(parts))):
            for known in {end, end.removesuffix(PurePosixPath(end).suffix)}:
                ends.setdefault(known, []).append(name)
    names = []
    for row in rows:
        found = _matching(words[row], ends)
        if len(found) != 1:
            raise DataError(f"{place(row)}: {_astray(words[row], found, folder)}")
        names.append(found[0])
    return names


def _matching(word: str, ends: Found) -> Sequence[str]:
    """The pictures whose path ends as the word does, as much of it as there is; the one that is called so wins."""
    parts = [part for part in word.replace("\\", "/").casefold().split("/") if part not in ("", ".", "..")]
    for first in range(len(parts)):
        end = "/".join(parts[first:])
        if found := ends.get(end, ()):
            whole = [name for name in found if name.casefold() == end]
            return whole or found
    return ()


def _astray(word: str, found: Sequence[str], folder: Path) -> str:
    if not found:
        return f"no picture '{word}' in {folder} or a folder below it; say in `data` where they are, `folder: …`"
    shown = " and ".join(str(PurePosixPath(name).parent) for name in found[:SHOWN])
    return f"'{word}' is in {shown}; say in `data` which, `folder: {folder / PurePosixPath(found[0]).parent}`"
