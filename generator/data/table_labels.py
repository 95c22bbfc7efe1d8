"""The labels and the parts of a table, from the words of all its rows."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from generator.artefacts import Ints
from generator.data.data_source import TRAINING, DataSource
from generator.data.labels import meaning_of, meaning_with_gaps, unknown
from generator.data.table_form import TableForm
from generator.errors import DataError, suggestion
from generator.samples import UNLABELLED, ClassWords

Words = Mapping[int, Sequence[str]]  # by column, those of every row
Place = Callable[[int], str]  # of a row, in messages

COUNTING = ("", "id", "index", "idx", "row", "unnamed: 0", "no", "number")  # columns that number the rows
MAY_BE_MANY = 3  # columns that a message names


def labels_of(
    source: DataSource, place: Place, form: TableForm, words: Words, count: int, classes: Sequence[ClassWords]
) -> tuple[Ints, tuple[str, ...]]:
    """The class of each of `count` rows, -1 where no column has them, and what is doubtful; raises DataError."""
    if not classes:
        return np.full(count, UNLABELLED, np.int64), ()
    one_hot = _one_hot(place, form, words, classes) if form.label < 0 else None
    if one_hot is not None:
        return one_hot, ()
    column, questions = (form.label, ()) if form.label >= 0 else _likely(source, form, words, classes)
    if column < 0:
        return np.full(count, UNLABELLED, np.int64), questions
    meaning = meaning_with_gaps(Counter(words[column]), classes, source.labels)
    wrong = next((row for row, word in enumerate(words[column]) if meaning.number[word] is None), None)
    if wrong is not None:
        raise unknown(place(wrong), f"label {words[column][wrong]}", classes, words[column][wrong])
    label = np.array([meaning.number[word] for word in words[column]], np.int64)
    return label, (*questions, *meaning.questions)


def _likely(
    source: DataSource, form: TableForm, words: Words, classes: Sequence[ClassWords]
) -> tuple[int, tuple[str, ...]]:
    """The column that holds nothing but classes, -1 where there is none; raises DataError where several do."""
    columns = [column for column in words if column not in (form.file, form.usage)]
    named = [(form.names[column], words[column]) for column in columns]
    likely, questions = the_likely(str(source.existing), "column", named, classes)
    return (columns[likely] if likely >= 0 else -1), questions


def the_likely(
    place: str, what: str, named: Sequence[tuple[str, Collection[str]]], classes: Sequence[ClassWords]
) -> tuple[int, tuple[str, ...]]:
    """Which of several columns or arrays, each its name and words, holds nothing but classes; -1 where none does."""
    fitting: dict[bool, list[int]] = {True: [], False: []}
    for number, (name, words) in enumerate(named):
        distinct = set(words)
        if name.casefold() in COUNTING or not distinct:
            continue
        for by_name in (True, False):
            if None not in meaning_of(distinct, classes, "names" if by_name else None).number.values():
                fitting[by_name].append(number)
    for by_name, numbers in fitting.items():
        if len(numbers) == 1:
            name = named[numbers[0]][0]
            doubt = f"the {what} '{name}' is taken for the label; say so in `data`, `columns: {{label: {name}}}`"
            return numbers[0], () if by_name else (doubt,)
        if numbers:
            names = " or ".join(f"`columns: {{label: {named[number][0]}}}`" for number in numbers[:MAY_BE_MANY])
            raise DataError(f"{place}: several {what}s hold classes; say in `data` which is the label, {names}")
    return -1, ()


def _one_hot(place: Place, form: TableForm, words: Words, classes: Sequence[ClassWords]) -> Ints | None:
    """The class of every row where each class has a column of its own, with a single 1 in each row.

    Raises DataError where they are marks, but of several classes or of none.
    """
    number = meaning_of((form.names[column] for column in words), classes, "names").number
    columns = {number[form.names[column]]: column for column in words if number[form.names[column]] is not None}
    if len(columns) < len(classes):
        return None
    try:
        marks = np.array([[float(word) for word in words[columns[k]]] for k in range(len(classes))])
    except ValueError:
        return None
    if not np.isin(marks, (-1, 0, 1)).all():
        return None
    wrong = np.flatnonzero((marks == 1).sum(axis=0) != 1)
    if len(wrong):
        raise DataError(
            f"{place(int(wrong[0]))}: {(marks[:, wrong[0]] == 1).sum()} of the columns of the classes are 1; several "
            "labels a picture, or none, are not read: write one class a picture in a column `label`"
        )
    return marks.argmax(axis=0).astype(np.int64)


def rows_of_part(source: DataSource, form: TableForm, words: Words, count: int) -> Ints:
    """The rows that are asked for; raises DataError where there is no such part."""
    path, usage = source.existing, source.usage
    parts = words.get(form.usage, ())
    wanted = TRAINING if source.training else (usage or "",)
    if usage is not None and form.usage < 0:
        raise DataError(f"{path}: usage '{usage}' is asked for, but there is no column Usage; leave `usage` out")
    rows = np.flatnonzero([part.casefold() in (word.casefold() for word in wanted) for part in parts]).astype(np.int64)
    if usage is not None and not len(rows):
        raise DataError(f"{path}: no row has the usage '{usage}'{suggestion(usage, sorted(set(parts)))}")
    return rows if len(rows) else np.arange(count, dtype=np.int64)
