"""How the model did on labelled images: read from a file, or taken from samples and their probabilities."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints
from generator.data.labels import Meaning, Reading, meaning_of, unknown
from generator.data.table_lines import encoding_of
from generator.data.table_rows import SAID, SEPARATORS, a_table, rows_in, split, uneven
from generator.errors import DataError, suggestion
from generator.foreign import contents
from generator.limits import USUAL, Limits
from generator.samples import UNLABELLED, ClassWords, Evaluation, Samples

SUM = 0.01  # how far the probabilities of a row may be from 1: files are rounded
TIE = 1e-4  # two classes closer than this may have swapped places by rounding
REQUIRED = ("y_true", "y_pred")


def read_evaluation(
    path: Path, classes: Sequence[ClassWords], labels: Reading | None = None, limits: Limits = USUAL
) -> Evaluation:
    """`y_true,y_pred[,p_<class>…]`, a class by id, name or number, as in the data; raises DataError with the line."""
    content = contents(path, DataError, limits)
    a_table(path, content[:32])
    encoding = encoding_of(io.BytesIO(content))
    try:
        text = content[encoding.mark :].decode(encoding.codec)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: cannot be read as CSV: {error}; save it in UTF-8") from error
    said = SAID.match(text)
    header = text[said.end() if said else 0 :].lstrip().partition("\n")[0]
    named = (one for one in SEPARATORS if REQUIRED[0] in split(header, one))
    separator = said[1] if said else next(named, SEPARATORS[0])
    lines = rows_in(path, text, separator)[bool(said) :]
    if len(lines) < 2:
        raise DataError(f"{path}: there is no row below the header; wanted is y_true,y_pred[,p_<class>…]")
    (_, first), *rows = lines
    wrong = uneven(rows, len(first))
    if wrong is not None:
        raise DataError(f"{path}: line {rows[wrong][0]}: {len(rows[wrong][1])} columns instead of {len(first)}")
    names = [name.strip() for name in first]
    columns = _columns(path, names, classes)
    words = {name: _words(rows, names.index(name)) for name in REQUIRED}
    spoken = {word for column in words.values() for word in column}
    meaning = meaning_of(spoken, classes, labels)
    if None in meaning.number.values():  # another program wrote it, and may count otherwise
        meaning = meaning_of(spoken, classes)
    label, prediction = (_classes(path, rows, name, words[name], meaning, classes) for name in REQUIRED)
    probability = _probabilities(path, rows, columns) if columns else None
    if probability is not None:
        _check(path, [number for number, _ in rows], prediction, probability)
    digest = hashlib.sha256(content).hexdigest()
    kept = None if probability is None else probability.astype(np.float32)
    return Evaluation(label, prediction, kept, str(path), digest, questions=meaning.questions)


def evaluation_of(samples: Samples, probability: Floats) -> Evaluation:
    """The evaluation of labelled samples from the probabilities `(N, K)` of all of them, in their order."""
    known = samples.label != UNLABELLED
    prediction = probability.argmax(axis=1).astype(np.int64)
    origin = Path(samples.origin).name
    return Evaluation(samples.label[known], prediction[known], probability[known], origin, samples.digest)


def _columns(path: Path, names: list[str], classes: Sequence[ClassWords]) -> tuple[int, ...]:
    """Where the probability of each class stands; none where the file has none."""
    lacking = [name for name in REQUIRED if name not in names]
    if lacking:
        raise DataError(
            f"{path}: line 1: no column {lacking[0]}; the header is '{' '.join(','.join(names).split())[:60]}'"
        )
    place: dict[int, int] = {}
    given = {name: column for column, name in enumerate(names) if name.startswith("p_")}
    meaning = meaning_of((name[2:] for name in given), classes)
    for name, column in given.items():
        place[_class_of_column(path, name, meaning, classes)] = column
    missing = [words[0] for number, words in enumerate(classes) if number not in place]
    if place and missing:
        raise DataError(f"{path}: line 1: no column p_{missing[0]}; give the probability of every class, or of none")
    return tuple(place[key] for key in sorted(place))


def _class_of_column(path: Path, name: str, meaning: Meaning, classes: Sequence[ClassWords]) -> int:
    number = meaning.number[name[2:]]
    if number is None:
        near = suggestion(name, [f"p_{words[0]}" for words in classes])
        raise DataError(f"{path}: line 1: no class belongs to the column {name}{near}")
    return number


def _words(rows: list[tuple[int, list[str]]], place: int) -> list[str]:
    return [line[place].strip() for _, line in rows]


def _classes(
    path: Path,
    rows: list[tuple[int, list[str]]],
    name: str,
    words: list[str],
    meaning: Meaning,
    classes: Sequence[ClassWords],
) -> Ints:
    """One of the two columns of classes; raises DataError with the line."""
    wrong = next((row for row, word in enumerate(words) if meaning.number[word] is None), None)
    if wrong is not None:
        raise unknown(f"{path}: line {rows[wrong][0]}", f"{name} is '{words[wrong]}'", classes, words[wrong])
    return np.array([meaning.number[word] for word in words], np.int64)


def _probabilities(path: Path, rows: list[tuple[int, list[str]]], columns: tuple[int, ...]) -> NDArray[np.float64]:
    found = np.empty((len(rows), len(columns)))
    for row, (number, line) in enumerate(rows):
        try:
            found[row] = [float(line[column]) for column in columns]
        except (ValueError, IndexError):
            raise DataError(f"{path}: line {number}: a probability is missing or not a number") from None
    return found


def _check(path: Path, numbers: list[int], prediction: Ints, probability: NDArray[np.float64]) -> None:
    """Raises DataError at the first row whose probabilities are none, or contradict its prediction."""
    total = probability.sum(axis=1)
    wrong = np.flatnonzero(~((np.abs(total - 1) <= SUM) & (probability >= 0).all(axis=1)))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(f"{path}: line {numbers[row]}: the probabilities sum to {total[row]:.4g} instead of 1")
    own = probability[np.arange(len(prediction)), prediction]
    wrong = np.flatnonzero(own < probability.max(axis=1) - TIE)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{path}: line {numbers[row]}: y_pred is class {prediction[row]}, but the highest probability is that "
            f"of class {int(probability[row].argmax())}; are the columns p_<class> in another order?"
        )
