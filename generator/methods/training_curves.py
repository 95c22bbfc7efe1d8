"""How the training went: what its log measured, epoch by epoch."""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Curves, Fact
from generator.errors import ParameterError, suggestion
from generator.maps.training_log import TrainingLog, read_log
from generator.methods import Request, method
from generator.text import bilingual

LogFile = Annotated[Path | None, Field(description="the log: a CSV of Keras' CSVLogger, or its history as JSON")]
Quantities = Annotated[
    tuple[str, ...] | None,
    Field(min_length=1, description="columns of the log; left out: loss and accuracy, with validation"),
]
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


def _named(log: TrainingLog, quantities: tuple[str, ...] | None) -> tuple[str, ...]:
    """The quantities asked for, or the usual ones, or all there are."""
    if quantities is None:
        return tuple(name for name in USUAL if name in log.names) or log.names
    unknown = next((name for name in quantities if name not in log.names), None)
    if unknown is not None:
        raise ParameterError("quantities", f"the log has no '{unknown}'{suggestion(unknown, log.names)}")
    return quantities


def _best(log: TrainingLog) -> dict[str, Fact]:
    """The epoch with the lowest validation loss."""
    if "val_loss" not in log.names:
        return {}
    loss = log.values[log.names.index("val_loss")]
    best = int(np.nanargmin(loss))
    return {"best_epoch": int(log.epoch[best]), "best_val_loss": float(loss[best])}
