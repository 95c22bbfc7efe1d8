"""A table of pictures: what its first lines and then all of its rows say, put together once.

It holds the pixels itself or names the files that do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.data.data_source import DataSource
from generator.data.file_table import read_files
from generator.data.pixel_columns import order_of
from generator.data.pixel_form import SOME, layout_of, range_of
from generator.data.pixel_table import PixelTable, Survey, survey
from generator.data.table_form import TableForm, form_of
from generator.data.table_labels import labels_of, rows_of_part
from generator.data.table_lines import Encoding, decoded, encoding_of
from generator.errors import DataError
from generator.samples import ClassWords, Samples

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


def read_table(source: DataSource, classes: Sequence[ClassWords]) -> PixelTable | Samples:
    """The pixels of a table, which can be kept, or the files that it names; raises DataError with row and line."""
    path = source.existing
    try:
        with path.open("rb") as file:
            head = file.read(8)
            other = next((what for begin, what in OTHERS.items() if head.startswith(begin)), None)
            if other:
                raise DataError(f"{path}: is no table but {other}")
            encoding = encoding_of(file, source.encoding)
            opening = encoding.first_lines(file)
        if not opening:
            raise DataError(f"{path}: is empty")
        header = decoded(f"{path}: line 1", [opening[0][1]])
        rows = [row.decode("utf-8", "replace") for _, row in opening[1:]]
        form = form_of(str(path), header + rows, source.columns)
        if form.header and len(opening) < 2:
            raise DataError(f"{path}: there is no row below the header")
        if form.pixels is None:
            return read_files(source, encoding, form, classes)
        return _pixels(source, encoding, form, opening[int(form.header)][0], classes)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not in {error.encoding}; say another `encoding`, or none") from error


def _pixels(
    source: DataSource, encoding: Encoding, form: TableForm, start: int, classes: Sequence[ClassWords]
) -> PixelTable:
    path = source.existing

    def place(row: int) -> str:
        return f"{path}: row {row} (line {row + 1 + int(form.header)})"

    found = survey(path, encoding, form, start, place)
    words = dict(_words(source, form, found, classes))
    label, doubts = labels_of(source, place, form, words, len(found.start), classes)
    rows = rows_of_part(source, form, words, len(label))
    bounds, dim = range_of(place, found.extent, source.range)
    count = found.values.shape[1]
    names = form.names[slice(*form.pixels)] if form.pixels else ()
    order = order_of(f"{path}", names if len(names) == count else (), source.size)
    some = found.values[:SOME] if order.columns is None else found.values[:SOME, order.columns]
    layout = replace(layout_of(place(0), count, order.size, some), order=order.columns)
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
        questions=(*doubts, *dim, *order.questions),
        kept=kept if kept is None or len(rows) == len(kept) else kept[rows],
    )


def _words(
    source: DataSource, form: TableForm, found: Survey, classes: Sequence[ClassWords]
) -> Iterator[tuple[int, list[str]]]:
    """The words of every column but the pixels'."""
    first, last = form.pixels or (0, 0)
    others = (*range(first), *range(last, len(form.names)))
    for place, column in enumerate(others):
        name = f"{source.existing}: the column '{form.names[column]}'"
        yield column, decoded(name, (row[place] for row in found.words), classes)
