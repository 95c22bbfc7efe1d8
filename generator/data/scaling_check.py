"""Whether the images are scaled as the model was trained on: a wrong scale gives pictures that look right and are not.

Costs one pass over a sample of the labelled images, and for each common scaling one over the part that tells whether
it may do better.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints
from generator.data.preprocess import Preprocessing, Preprocessor, preprocess_of

COMMON = {
    "scale: [0, 1]": Preprocessing(scale=(0.0, 1.0)),
    "scale: [-1, 1]": Preprocessing(scale=(-1.0, 1.0)),
    "scale: [0, 255]": Preprocessing(scale=(0.0, 255.0)),
    "standardize: image": Preprocessing(standardize="image"),
}
IMAGENET = {"mode: torch": Preprocessing(mode="torch"), "mode: caffe": Preprocessing(mode="caffe")}
SURE = 3.0  # standard errors that the difference of two accuracies must exceed
LEAST = 50  # images below which an accuracy alone says too little to warn
GAINED = 8  # images more that have to be right: of so many tosses of a coin all fall on one side once in 128
PART = 64  # images prepared at a time
CLEAR = 0.05  # and the least difference that is worth a word
LOOKS = {32: 0.0, 96: 0.5}  # images, and the standard errors by which one has to be better to be tried on more

Rights = NDArray[np.float64]
Try = Callable[[Ints], Rights]
"""Which of some images are predicted right, prepared in another way."""


@dataclass(frozen=True)
class ScalingHint:
    """The accuracy as it is, that of always guessing the commonest class, and a scaling that does clearly better."""

    accuracy: float
    chance: float
    images: int
    better: str = ""
    better_accuracy: float = float("nan")

    @property
    def message(self) -> str:
        """The warning in words."""
        own = f"under the preprocessing of the spec {self.accuracy:.0%} of {self.images} images are right"
        if self.better:
            return f"{own}, with `{self.better}` {self.better_accuracy:.0%}; did you mean `{self.better}`?"
        guessing = f"no better than guessing ({self.chance:.0%})"
        return f"{own}, {guessing}; check `preprocess` and the order of `classes`"


def suspicious_scaling(
    logits: Callable[[Floats], Floats], images: Floats, labels: Ints, current: Preprocessor, own: Rights | None = None
) -> ScalingHint | None:
    """A hint where another common scaling does clearly better or the own is no better than chance, else None.

    `logits` maps inputs to `(N, K)`; `images` are as shown, in 0..1; every label is known. `own` says which are
    predicted right as they are, where that is known.
    """
    if len(labels) < GAINED:
        return None
    own = rightness(logits, current.prepare, images, labels) if own is None else own
    others = COMMON | (IMAGENET if images.shape[3] == 3 else {})

    def tried(scaling: Preprocessing) -> Try:
        prepare = preprocess_of(scaling, images.shape[1:]).prepare
        return lambda rows: rightness(logits, prepare, images[rows], labels[rows])

    counts = np.bincount(labels)
    chance = float(counts.max() / len(labels))
    if found := clearly_best(own, {name: tried(scaling) for name, scaling in others.items()}):
        return ScalingHint(float(own.mean()), chance, len(labels), *found)
    guessing = own.mean() - chance <= SURE * np.sqrt(chance * (1 - chance) / len(labels))
    if guessing and len(counts) > 1 and len(labels) >= LEAST:
        return ScalingHint(float(own.mean()), chance, len(labels))
    return None


def clearly_best(own: Rights, tries: Mapping[str, Try]) -> tuple[str, float] | None:
    """Which way does clearly better than the `own`, and how often it is right; None where none does.

    One that is not ahead on the first images, drawn by chance, is not tried on the rest: of those that are better by
    `SURE` errors on all one in ten at most is lost, of those by twice that none.
    """
    order, left = np.random.default_rng(0).permutation(len(own)), dict.fromkeys(tries, own[:0])
    if own.mean() + CLEAR >= 1:
        return None
    for first, last in pairwise((0, *(n for n in LOOKS if 2 * n <= len(own)), len(own))):
        rows = np.sort(order[first:last])
        left = {name: np.concatenate([before, tries[name](rows) - own[rows]]) for name, before in left.items()}
        left = {name: gained for name, gained in left.items() if _ahead(gained, LOOKS.get(last, 0.0))}
    name, gained = max(left.items(), key=lambda item: item[1].mean(), default=("", own[:0]))
    return (name, float(own.mean() + gained.mean())) if name and clearly_better(gained) else None


def _ahead(gained: Rights, errors: float) -> bool:
    return bool(gained.mean() > errors * gained.std() / np.sqrt(len(gained)))


def clearly_better(gained: Rights) -> bool:
    """Whether more is right, by a margin that matters and that chance does not give: 1, 0 or −1 an image."""
    return bool(gained.sum() >= GAINED and gained.mean() > max(CLEAR, SURE * gained.std() / np.sqrt(len(gained))))


def rightness(
    logits: Callable[[Floats], Floats], prepare: Callable[[Floats], Floats], images: Floats, labels: Ints
) -> Rights:
    """1 for each image that is predicted as its label, else 0; some at a time, as inputs take room too."""
    starts = range(0, len(images), PART)
    predicted = [logits(prepare(images[start : start + PART])).argmax(axis=1) for start in starts]
    return np.asarray(np.concatenate(predicted) == labels, np.float64)
