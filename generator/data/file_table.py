"""A table that names pictures, `file,label` with whatever other columns, beside the folder that holds them.

A picture is found by its path from the folder, else by the end of its path below it, so that neither the folder in
which the table was written nor a suffix that it leaves out matters.
"""

import hashlib
import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from generator.artefacts import Ints
from generator.data.data_source import DataSource
from generator.data.decoding import suffixes
from generator.data.folder import pictures_in
from generator.data.labels import composed
from generator.data.picture_files import PictureFiles
from generator.data.table_form import TableForm
from generator.data.table_labels import labels_of, rows_of_part
from generator.data.table_lines import Encoding, decoded
from generator.data.table_rows import rows_in, uneven
from generator.errors import DataError
from generator.foreign import contents, kind_of, within
from generator.samples import ClassWords, Samples

Found = Mapping[str, Sequence[str]]  # pictures by every end of their path, with and without its suffix
ABOVE = 3  # levels above a table that are looked at for what is not beside it
SHOWN = 3  # folders that a message names
LONGEST = 100  # letters of a name that a message shows


def read_files(
    source: DataSource, encoding: Encoding, form: TableForm, start: int, classes: Sequence[ClassWords]
) -> Samples:
    """The pictures that a table names, with their labels; raises DataError with the row of one that is not there."""
    path, folder = source.existing, source.folder or source.existing.parent
    content = contents(path, DataError, source.limits)
    before = content[encoding.mark : start].count(encoding.newline)
    text = content[start:].decode(encoding.codec, "surrogateescape" if encoding.codec == "utf-8" else "strict")
    lines = rows_in(path, text, form.separator, before)[int(form.header) :]

    def place(row: int) -> str:
        return f"{path}: row {row} (line {lines[row][0]})"

    named = max(column for column, name in enumerate(form.names) if name) + 1
    wrong = uneven(lines, named)
    if wrong is not None:
        raise DataError(f"{place(wrong)}: {len(lines[wrong][1])} columns instead of {named}")
    columns = [[fields[k].strip().encode("utf-8", "surrogateescape") for _, fields in lines] for k in range(named)]
    words = {
        column: decoded(f"{path}: the column '{form.names[column]}'", texts, classes)
        for column, texts in enumerate(columns)
    }
    label, questions = labels_of(source, place, form, words, len(lines), classes)
    rows = rows_of_part(source, form, words, len(lines))
    there = {**pictures_in(folder, source.limits), **_beside(words[form.file], folder)}
    names = _named(place, rows.tolist(), words[form.file], there, folder)
    facts = [f"{name} {there[name].st_size} {there[name].st_mtime_ns}\n" for name in names]
    digest = hashlib.sha256(content + os.fsencode("".join(facts))).hexdigest()  # to read every byte takes seconds
    samples = PictureFiles(folder, tuple(names), source.range, source.limits).samples(label[rows], path, digest)
    return replace(samples, index=rows, questions=(*questions, *_several(names, label[rows])))


def _named(
    place: Callable[[int], str], rows: Sequence[int], words: Sequence[str], there: Mapping[str, object], folder: Path
) -> list[str]:
    """The picture that each row means, as it is named within the folder; two names for one picture are refused."""
    ends: dict[str, list[str]] = {}
    for name in sorted(there):
        parts = _plain(name).split("/")
        for end in ("/".join(parts[first:]) for first in range(len(parts))):
            for known in {end, end.removesuffix(PurePosixPath(end).suffix)}:
                ends.setdefault(known, []).append(name)
    names, words_of = list[str](), dict[str, str]()
    for row in rows:
        exact = posixpath.normpath(words[row].replace("\\", "/"))
        found = [exact] if exact in there else _matching(words[row], ends)
        if len(found) != 1:
            raise DataError(f"{place(row)}: {_astray(words[row], found, folder)}")
        if _plain(words_of.setdefault(found[0], exact)) != _plain(exact):
            both = f"'{words_of[found[0]]}' and '{exact}'"
            raise DataError(f"{place(row)}: {both} both lead to {found[0]}; is one of the pictures missing?")
        names.append(found[0])
    return names


def _beside(words: Iterable[str], folder: Path) -> dict[str, os.stat_result]:
    """The pictures that are reached by a way up from the folder, `../images/0.png`, by a name of that form.

    None of them lies outside of where the way leads: not behind a link, and nothing but a regular file.
    """
    found = {}
    for name in {posixpath.normpath(word.replace("\\", "/")) for word in words}:
        if not name.startswith("../") or not _is_file(name):
            continue
        with suppress(OSError, ValueError):  # there is none, or the word is no path
            top = os.path.realpath(folder / ("../" * name.split("/").count("..")))
            facts = (folder / name).stat()
            if within(os.path.realpath(folder / name), top) and not kind_of(facts.st_mode):
                found[name] = facts
    return found


def _is_there(path: Path) -> bool:
    with suppress(OSError, ValueError):  # a word that is no path
        return path.is_file()
    return False


def _is_file(word: str) -> bool:
    return word.lower().endswith(suffixes())


def _matching(word: str, ends: Found) -> Sequence[str]:
    """The pictures whose path ends as the word does, as much of it as there is; the one that is called so wins."""
    parts = [part for part in _plain(word).replace("\\", "/").split("/") if part not in ("", ".", "..")]
    for first in range(len(parts)):
        end = "/".join(parts[first:])
        if found := ends.get(end, ()):
            whole = [name for name in found if _plain(name) == end]
            return whole or found
    return ()


def _plain(name: str) -> str:
    """A name whose case does not matter, nor whether its letters are taken apart, as a Mac does."""
    return composed(composed(name).casefold())


def _astray(word: str, found: Sequence[str], folder: Path) -> str:
    if not found:
        inside = "/".join(part for part in word.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        above = (up for up in folder.absolute().parents[:ABOVE] if _is_there(up / inside))
        cure = f"`folder: {next(above, '…')}`"
        shown = word if len(word) <= LONGEST else f"{word[:LONGEST]}…"
        return f"no picture '{shown}' in {folder} or a folder below it; say in `data` where they are, {cure}"
    shown = " and ".join(str(PurePosixPath(name).parent) for name in found[:SHOWN])
    return f"'{word}' is in {shown}; say in `data` which, `folder: {folder / PurePosixPath(found[0]).parent}`"


def _several(names: Sequence[str], label: Ints) -> tuple[str, ...]:
    """The question that pictures with several labels leave."""
    labels: dict[str, set[int]] = {}
    for name, number in zip(names, label.tolist(), strict=True):
        labels.setdefault(name, set()).add(number)
    several = [name for name, numbers in labels.items() if len(numbers) > 1]
    told = f"{len(several)} of {len(labels)} pictures stand in several rows with different labels"
    return (f"{told}, such as {several[0]}; leave one row of each",) if several else ()
