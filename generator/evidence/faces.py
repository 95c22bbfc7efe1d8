"""The images that evidence is measured on, and what a model says of them as they are and with parts covered.

They are drawn by the hash of their row, balanced by class, predicted right; the figures show confident images instead,
on which maps look clearer than on the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.data.selection import Predict, Rule, Selection, row_seeds, select
from generator.errors import DataError
from generator.evidence.estimates import Doubles
from generator.maps.pixels import BLUR, blurred
from generator.maps.variants import ahead, chunk_rows
from generator.samples import Batch, Samples
from generator.sharing import Sharing

Masks = NDArray[np.bool_]

EVERY = 1 << 40  # more images a class than anybody has


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

    def first(self, count: int) -> "Faces":
        """The first so many."""
        known = (self.index[:count], self.label[:count], self.target[:count], self.probability[:count])
        return Faces(*known, self.load, self.seed)

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
    per_class = EVERY if images == "all" else int(images)
    rule = Rule("random", per_class=per_class, correct=True if samples.labelled else None)
    try:
        return in_turn(select(samples, rule, predict, n_classes, seed))
    except DataError:  # not one image is predicted right: every measure is silent
        none = np.zeros(0, np.int64)
        return Selection(none, none)


def in_turn(chosen: Selection) -> Selection:
    """One of each class, then the next of each: every beginning is as balanced as the whole allows."""
    turn = np.zeros(len(chosen), np.int64)
    for label in np.unique(chosen.row_class):
        rows = np.flatnonzero(chosen.row_class == label)
        turn[rows] = np.arange(len(rows))
    order = np.lexsort((chosen.row_class, turn))
    return Selection(chosen.positions[order], chosen.row_class[order])


def batch_of(faces: Faces, rows: Ints, target: Ints, classifier: Sharing, again: bool = False) -> Batch:
    """What a method is asked about some rows; `again` draws other random numbers."""
    images = faces.load(rows)
    seeds = row_seeds(faces.index[rows], faces.seed + 1) if again else faces.seeds[rows]
    known = (faces.index[rows], faces.label[rows], faces.probability[rows])
    return Batch(images, classifier.announced(classifier.prepare(images)), *known, target, seeds)


def other_class(faces: Faces, n_classes: int) -> Ints:
    """`(N,)` for each image a class that it is not explained for, drawn from its own seed."""
    step = 1 + faces.seeds % (n_classes - 1)
    return (faces.target + step) % n_classes


def probability_of(classifier: Classifier, images: Floats, target: Ints) -> Doubles:
    """`(N,)` probability of each image's class; images as shown."""
    probability = classifier.probabilities(classifier.prepare(images))
    return probability[np.arange(len(images)), target].astype(np.float64)


def covered(classifier: Classifier, images: Floats, fill: Floats, target: Ints, masks: Masks) -> Doubles:
    """`(N, M)` probability of each image's class with each of its masks `(N, M, H, W)` replaced by the fill."""
    count = masks.shape[1]
    step = max(1, chunk_rows(images.shape[1:]) // count)

    def mixed(some: slice) -> tuple[slice, Floats]:
        parts = np.where(masks[some, ..., None], fill[some, None], images[some, None])
        return some, parts.reshape(-1, *images.shape[1:])

    found = np.empty(masks.shape[:2])
    for some, shown in ahead(mixed(slice(start, start + step)) for start in range(0, len(images), step)):
        found[some] = probability_of(classifier, shown, np.repeat(target[some], count)).reshape(-1, count)
    return found


@dataclass(frozen=True)
class Covering:
    """Images as shown, what covers them, their class, and its probability before and after covering everything.

    `sigma` is the deviation of the blur in pixels.
    """

    images: Floats
    fill: Floats
    target: Ints
    seed: Ints
    whole: Doubles
    nothing: Doubles
    sigma: float

    def only(self, rows: NDArray[np.bool_] | Ints | slice) -> "Covering":
        """Some of the images."""
        images, fill, target = self.images[rows], self.fill[rows], self.target[rows]
        return Covering(images, fill, target, self.seed[rows], self.whole[rows], self.nothing[rows], self.sigma)


def covering(classifier: Classifier, images: Floats, target: Ints, seed: Ints, whole: Doubles) -> Covering | None:
    """Images with a blur that hides them; None where even one of twice the width leaves the class recognisable.

    The gate: after covering everything, less than half of the mean probability above chance may be left.
    """
    chance = 1 / classifier.n_classes
    for width in (BLUR, 2 * BLUR):
        sigma = width * min(images.shape[1:3])
        fill = blurred(images, sigma)
        nothing = probability_of(classifier, fill, target)
        if nothing.mean() - chance <= 0.5 * (whole.mean() - chance):
            return Covering(images, fill, target, seed, whole, nothing, sigma)
    return None
