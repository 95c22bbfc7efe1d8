"""The log of a training: Keras' CSVLogger, or its history as JSON."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generator.artefacts import Floats
from generator.errors import DataError

EPOCH = "epoch"


@dataclass(frozen=True)
class TrainingLog:
    """`values (Q, E)` of the named quantities over `epoch (E,)`, NaN where the log has nothing."""

    epoch: Floats
    names: tuple[str, ...]
    values: Floats


def read_log(path: Path) -> TrainingLog:
    """A log by its contents: a JSON object of lists, else a CSV with a head; raises DataError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    columns = _of_json(path, text) if text.lstrip().startswith("{") else _of_csv(path, text)
    lengths = {len(column) for column in columns.values()}
    if not columns or lengths == {0}:
        raise DataError(f"{path}: holds no epoch")
    if len(lengths) > 1:
        raise DataError(f"{path}: its quantities have different numbers of epochs: {sorted(lengths)}")
    return _log(path, columns, lengths.pop())


def _log(path: Path, columns: Mapping[str, Sequence[object]], epochs: int) -> TrainingLog:
    numbers = {name: np.array([_number(value) for value in column]) for name, column in columns.items()}
    epoch = numbers.pop(EPOCH, np.arange(epochs, dtype=np.float64))
    if not np.isfinite(epoch).all():
        raise DataError(f"{path}: an epoch is no number")
    kept = {name: values for name, values in numbers.items() if np.isfinite(values).any()}
    if not kept:
        raise DataError(f"{path}: holds no quantity in numbers, such as loss or val_accuracy")
    starts_at_one = epoch if epoch[0] != 0 else epoch + 1  # Keras counts from 0, readers from 1
    return TrainingLog(starts_at_one.astype(np.float32), tuple(kept), np.array(list(kept.values()), np.float32))


def _of_json(path: Path, text: str) -> Mapping[str, Sequence[object]]:
    """`History.history` as people dump it: a list a quantity, perhaps under `history`."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    inner = found.get("history")
    found = inner if isinstance(inner, dict) else found
    return {str(name): values for name, values in found.items() if isinstance(values, list)}


def _of_csv(path: Path, text: str) -> Mapping[str, Sequence[object]]:
    lines = text.splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    if not rows:
        return {}
    head, body = [name.strip() for name in rows[0]], rows[1:]
    wrong = next((line for line, row in enumerate(body, 2) if len(row) != len(head)), None)
    if wrong is not None:
        raise DataError(f"{path}:{wrong}: {len(body[wrong - 2])} values under {len(head)} names")
    return {name: [row[column] for row in body] for column, name in enumerate(head)}


def _number(value: object) -> float:
    """A number, or NaN for what is none: a log also holds words."""
    try:
        return float(value) if isinstance(value, str | int | float) else math.nan
    except ValueError:
        return math.nan
