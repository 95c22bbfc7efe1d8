"""The images that evidence is measured on: drawn by the hash of their row, balanced by class, predicted right.

The figures show confident images instead, on which maps look clearer than on the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.data.selection import Predict, Rule, Selection, row_seeds, select
from generator.errors import DataError
from generator.evidence.estimates import Doubles
from generator.samples import Batch, Samples

ALL = 1 << 40  # more images a class than anybody has


@dataclass(frozen=True)
class Faces:
    """N images in the order of the measurement: each part from the start on is balanced by class as far as it goes.

    `probability (N, K)` is what the model predicts, `target` the class that is explained: the label, or the
    prediction where there is none. `load(rows)` gives images as shown, rows counted within these.
    """

    index: Ints
    label: Ints
    target: Ints
    probability: Floats
    load: Callable[[Ints], Floats]
    seed: int

    def __len__(self) -> int:
        return len(self.index)

    @property
    def labelled(self) -> bool:
        return bool(len(self)) and bool((self.label >= 0).all())

    @property
    def own(self) -> Doubles:
        """`(N,)` the probability of the class that is explained."""
        return self.probability[np.arange(len(self)), self.target].astype(np.float64)

    @property
    def seeds(self) -> Ints:
        """`(N,)` one for each image."""
        return row_seeds(self.index, self.seed)


def draw(samples: Samples, predict: Predict, n_classes: int, images: int | str, seed: int) -> Selection:
    """So many images a class (or 'all'), in turn from each class; without labels the predictions are the classes."""
    per_class = ALL if images == "all" else int(images)
    rule = Rule("random", per_class=per_class, correct=True if samples.labelled else None)
    try:
        return in_turn(select(samples, rule, predict, n_classes, seed))
    except DataError:  # not one image is predicted right: every measure is silent
        none = np.zeros(0, np.int64)
        return Selection(none, none, (), tuple(range(n_classes)))


def in_turn(chosen: Selection) -> Selection:
    """One of each class, then the next of each: every beginning is as balanced as the whole allows."""
    turn = np.zeros(len(chosen), np.int64)
    for label in np.unique(chosen.row_class):
        rows = np.flatnonzero(chosen.row_class == label)
        turn[rows] = np.arange(len(rows))
    order = np.lexsort((chosen.row_class, turn))
    remarks = tuple(chosen.remarks[row] for row in order)
    return Selection(chosen.positions[order], chosen.row_class[order], remarks, chosen.missing)


def batch_of(faces: Faces, rows: Ints, target: Ints, classifier: Classifier, again: bool = False) -> Batch:
    """What a method is asked about some rows; `again` draws other random numbers."""
    images = faces.load(rows)
    seeds = row_seeds(faces.index[rows], faces.seed + 1) if again else faces.seeds[rows]
    known = (faces.index[rows], faces.label[rows], faces.probability[rows])
    return Batch(images, classifier.prepare(images), *known, target, seeds)


def other_class(faces: Faces, n_classes: int) -> Ints:
    """`(N,)` for each image a class that it is not explained for, drawn from its own seed."""
    step = 1 + faces.seeds % (n_classes - 1)
    return (faces.target + step) % n_classes
