"""How the training went: what its log (Keras' CSVLogger, or its history as JSON) measured, epoch by epoch."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Curves, Fact
from generator.errors import DataError, ParameterError, suggestion
from generator.foreign import contents, parsed
from generator.methods import Request, method
from generator.text import bilingual

LogFile = Annotated[Path | None, Field(description="the log: a CSV of Keras' CSVLogger, or its history as JSON")]
Quantities = Annotated[
    tuple[str, ...] | None,
    Field(min_length=1, description="columns of the log; left out: loss and accuracy, with validation"),
]
EPOCH = "epoch"
LARGEST = 64_000_000  # bytes of a log
BEYOND = 1e30  # nothing that is measured lies there
USUAL = ("loss", "val_loss", "accuracy", "val_accuracy", "acc", "val_acc")


@method(
    kind="model",
    access="none",
    title=bilingual("Training curves", "訓練曲線"),
    summary=bilingual(
        "Loss and accuracy over the epochs: where the validation stops following the training, the model begins to "
        "learn its pictures by heart.",
        "損失與正確率隨訓練週期的變化：當驗證曲線不再跟著訓練曲線走，模型就開始死背訓練圖片了。",
    ),
    paper="Prechelt 1998, Early Stopping – But When?, Neural Networks: Tricks of the Trade",
    passes=lambda params, images: 0,
)
def training_curves(request: Request, *, path: LogFile = None, quantities: Quantities = None) -> Curves:
    """Quantities of a training log over the epochs."""
    if path is None:
        raise ParameterError("path", "say which file holds the log: `params: {path: history.csv}`")
    log = read_log(request.folder / path)
    names = _named(log, quantities)
    values = np.stack([log.values[log.names.index(name)] for name in names])
    facts: dict[str, Fact] = {"origin": path.name, "epochs": len(log.epoch)}
    return Curves(log.epoch, names, values, facts | _best(log))


def _named(log: Curves, quantities: tuple[str, ...] | None) -> tuple[str, ...]:
    """The quantities asked for, or the usual ones, or all there are."""
    if quantities is None:
        return tuple(name for name in USUAL if name in log.names) or log.names
    unknown = next((name for name in quantities if name not in log.names), None)
    if unknown is not None:
        raise ParameterError("quantities", f"the log has no '{unknown}'{suggestion(unknown, log.names)}")
    return quantities


def _best(log: Curves) -> dict[str, Fact]:
    """The epoch with the lowest validation loss."""
    if "val_loss" not in log.names:
        return {}
    loss = log.values[log.names.index("val_loss")]
    best = int(np.nanargmin(loss))
    return {"best_epoch": int(log.epoch[best]), "best_val_loss": float(loss[best])}


def read_log(path: Path) -> Curves:
    """A log by its contents: a JSON object of lists, else a CSV with a head; raises DataError."""
    content = contents(path, DataError, most=LARGEST)
    with parsed(DataError, f"{path}: not a log of a training, in JSON or CSV"):
        text = content.decode("utf-8-sig")
        columns = _of_json(path, text) if text.lstrip().startswith("{") else _of_csv(path, text)
        return _log(path, columns)


def _log(path: Path, columns: Mapping[str, Sequence[object]]) -> Curves:
    lengths = {len(column) for column in columns.values()}
    if not columns or lengths == {0}:
        raise DataError(f"{path}: holds no epoch")
    if len(lengths) > 1:
        raise DataError(f"{path}: its quantities have different numbers of epochs: {sorted(lengths)}")
    epochs = lengths.pop()
    numbers = {name: np.array([_number(value) for value in column]) for name, column in columns.items()}
    epoch = numbers.pop(EPOCH, np.arange(epochs, dtype=np.float64))
    if not np.isfinite(epoch).all():
        raise DataError(f"{path}: an epoch is no number")
    kept = {name: values for name, values in numbers.items() if np.isfinite(values).any()}
    if not kept:
        raise DataError(f"{path}: holds no quantity in numbers, such as loss or val_accuracy")
    epoch = epoch if epoch[0] != 0 else epoch + 1  # Keras counts from 0, readers from 1
    return Curves(epoch.astype(np.float32), tuple(kept), np.array(list(kept.values()), np.float32))


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
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return math.nan
    return number if abs(number) < BEYOND else math.nan
