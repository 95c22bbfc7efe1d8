"""Images of an evaluation that the model was trained on: a matrix made of them tells nothing of new images."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from generator.data.class_words import ClassWords
from generator.data.csv_source import columns_of
from generator.data.sources import DataSource, read_samples
from generator.evidence.leakage import leakage
from generator.samples import Evaluation, Samples

TRAINING = "Training"  # what FER2013 calls those rows


def training_samples(source: DataSource, classes: Sequence[ClassWords]) -> Samples:
    """The images that a model was trained on; of a file with a column Usage its rows for training."""
    parted = source.kind == "csv" and source.path is not None and _has_usage(source.path)
    return read_samples(replace(source, usage=TRAINING if parted else None), classes)


def _has_usage(path: Path) -> bool:
    with path.open("rb") as file:
        return columns_of(path, file.readline()).usage >= 0


def images_seen(evaluation: Evaluation, samples: Samples, usage: str | None, training: Samples | None) -> Evaluation:
    """The evaluation of `samples` with how many of them were trained on: all that a file calls so, or equal pixels."""
    if (usage or "").casefold() == TRAINING.casefold():
        return replace(evaluation, in_training=len(evaluation.label))
    if training is None:
        return evaluation
    return replace(evaluation, in_training=min(leakage(samples, training).in_training, len(evaluation.label)))


def labels_seen(evaluation: Evaluation, training: Samples | None) -> Evaluation:
    """An evaluation from a file; it has no pixels, but the labels of all training images in their order tell."""
    if training is None or not np.array_equal(evaluation.label, training.label):
        return evaluation
    return replace(evaluation, in_training=len(evaluation.label))
