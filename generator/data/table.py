"""A table of pictures: what its first lines and then all of its rows say, put together once.

It holds the pixels itself or names the files that do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.data.data_source import DataSource
from generator.data.file_table import read_files
from generator.data.pixel_columns import order_of
from generator.data.pixel_form import SOME, Layout, layout_of, range_of, square
from generator.data.pixel_table import PixelTable, Survey, survey
from generator.data.table_form import NAMES, SHOWN, Columns, TableForm, form_of
from generator.data.table_labels import Place, Words, labels_of, rows_of_part
from generator.data.table_lines import Encoding, decoded, encoding_of
from generator.data.table_rows import SAID, SEPARATORS, a_table, ends_of_rows, split
from generator.errors import DataError
from generator.foreign import opened
from generator.samples import ClassWords, Samples


def read_table(source: DataSource, classes: Sequence[ClassWords]) -> PixelTable | Samples:
    """The pixels of a table, which can be kept, or the files that it names; raises DataError with row and line."""
    path = source.existing
    try:
        with opened(path, DataError, source.limits) as file:
            a_table(path, file.read(32))
            encoding = encoding_of(file, source.encoding)
            opening = encoding.first_lines(file)
        said = SAID.fullmatch(opening[0][1].decode("utf-8", "replace")) if opening else None
        opening = opening[bool(said) :]
        if not opening:
            raise DataError(f"{path}: is empty")
        header = decoded(f"{path}: line {1 + bool(said)}", [opening[0][1]])
        rows = [row.decode("utf-8", "replace") for _, row in opening[1:]]
        form = form_of(str(path), header + rows, source.columns, said.groups() if said else SEPARATORS)
        above = ends_of_rows([line for _, line in opening], form.separator)[:1] if form.header else [0]
        if not above or above[0] == len(opening):
            raise DataError(f"{path}: there is no row below the header")
        doubts = _of_header(form, header[0], source.columns)
        if form.pixels is None:
            samples = read_files(source, encoding, form, opening[0][0], classes)
            return replace(samples, questions=(*doubts, *samples.questions))
        table = _pixels(source, encoding, form, opening[above[0]][0], classes)
        return replace(table, questions=(*doubts, *table.questions))
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    except OverflowError as error:
        raise DataError(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not in {error.encoding}; say another `encoding`, or none") from error


def _of_header(form: TableForm, line: str, columns: Columns | None) -> tuple[str, ...]:
    """The question that a first line leaves which is no row, where the spec lists the columns of one without names."""
    known = {name.casefold() for names in (form.names, *NAMES.values()) for name in names}
    names = {name.strip().casefold() for name in split(line, form.separator)}
    if not form.header or not isinstance(columns, tuple) or names & known:
        return ()
    return (
        f"the first line, '{line.strip()[:SHOWN]}', is read as names of columns and as no row; mend it if it is one",
    )


def _pixels(
    source: DataSource, encoding: Encoding, form: TableForm, start: int, classes: Sequence[ClassWords]
) -> PixelTable:
    path = source.existing

    def at(row: int, start: int) -> str:
        with opened(path, DataError, source.limits) as file:
            return f"{path}: row {row} (line {encoding.line_at(file, start)})"

    def place(row: int) -> str:
        return at(row, int(found.start[row]))

    found = survey(path, encoding, form, start, at, source.limits)
    words = dict(_words(source, form, found, classes))
    _even(place, form, words)
    label, doubts = labels_of(source, place, form, words, len(found.start), classes)
    rows = rows_of_part(source, form, words, len(label))
    bounds, dim = range_of(place, found.extent, source.range)
    layout, order = _layout(place, source, form, found)
    kept = found.values if found.whole else None
    return PixelTable(
        path=str(path),
        encoding=encoding,
        form=form,
        layout=layout,
        range=bounds,
        index=rows,
        label=label[rows],
        start=found.start[rows],
        length=found.length[rows],
        digest=found.digest,
        top=float(found.extent.high.max()),
        questions=(*doubts, *dim, *order),
        kept=kept if kept is None or len(rows) == len(kept) else kept[rows],
    )


def _even(place: Place, form: TableForm, words: Words) -> None:
    """Raises DataError at the first row that has more columns than the names and the first row have."""
    last = form.pixels[1] if form.pixels else 0
    for texts in (words[column] for column in words if column >= last and not form.names[column]):
        more = next((row for row, text in enumerate(texts) if text), None)
        if more is not None and not texts[0]:
            raise DataError(f"{place(more)}: has more columns than the first row; is that one cut short?")


def _layout(place: Place, source: DataSource, form: TableForm, found: Survey) -> tuple[Layout, tuple[str, ...]]:
    """Where each number stands in a picture, and what is doubtful of it; raises DataError."""
    path, count = source.existing, found.values.shape[1]
    names = form.names[slice(*form.pixels)] if form.pixels else ()
    order = order_of(f"{path}", names if len(names) == count else (), source.size)
    if form.header and order.size is None and not square(count) and square(count - 1) and "".join(names).isdecimal():
        raise DataError(
            f"{path}: line 1: the columns {names[0]} to {names[-1]} are one more than the pixels of a square; say in "
            f"`data` which is the label, `columns: {{label: '{names[0]}'}}` or `columns: {{label: '{names[-1]}'}}`"
        )
    some = found.values[:SOME] if order.columns is None else found.values[:SOME, order.columns]
    return replace(layout_of(place(0), count, order.size, some), order=order.columns), order.questions


def _words(
    source: DataSource, form: TableForm, found: Survey, classes: Sequence[ClassWords]
) -> Iterator[tuple[int, list[str]]]:
    """The words of every column but the pixels'."""
    first, last = form.pixels or (0, 0)
    others = (*range(first), *range(last, len(form.names)))
    for place, column in enumerate(others):
        name = f"{source.existing}: the column '{form.names[column]}'"
        yield column, decoded(name, (row[place] for row in found.words), classes)
