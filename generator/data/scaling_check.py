"""Whether the images are scaled as the model was trained on: a wrong scale gives pictures that look right and are not.

Costs one pass over the labelled images for each common scaling, on a sample of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
    logits: Callable[[Floats], Floats], images: Floats, labels: Ints, current: Preprocessor
) -> ScalingHint | None:
    """A hint where another common scaling does clearly better or the own is no better than chance, else None.

    `logits` maps inputs to `(N, K)`; `images` are as shown, in 0..1; every label is known.
    """
    if len(labels) < GAINED:
        return None
    own = rightness(logits, current.prepare, images, labels)
    others = COMMON | (IMAGENET if images.shape[3] == 3 else {})
    scaled = {name: preprocess_of(scaling, images.shape[1:]).prepare for name, scaling in others.items()}
    rights = {name: rightness(logits, prepare, images, labels) for name, prepare in scaled.items()}
    name, best = max(rights.items(), key=lambda item: item[1].mean())
    counts = np.bincount(labels)
    chance = float(counts.max() / len(labels))
    if clearly_better(best, own):
        return ScalingHint(float(own.mean()), chance, len(labels), name, float(best.mean()))
    guessing = own.mean() - chance <= SURE * np.sqrt(chance * (1 - chance) / len(labels))
    if guessing and len(counts) > 1 and len(labels) >= LEAST:
        return ScalingHint(float(own.mean()), chance, len(labels))
    return None


def clearly_better(other: NDArray[np.float64], own: NDArray[np.float64]) -> bool:
    """Whether more is right, by a margin that matters and that chance does not give; both saw the same images."""
    difference = other - own
    return bool(
        difference.sum() >= GAINED
        and difference.mean() > max(CLEAR, SURE * difference.std() / np.sqrt(len(difference)))
    )


def rightness(
    logits: Callable[[Floats], Floats], prepare: Callable[[Floats], Floats], images: Floats, labels: Ints
) -> NDArray[np.float64]:
    """1 for each image that is predicted as its label, else 0; some at a time, as inputs take room too."""
    starts = range(0, len(images), PART)
    predicted = [logits(prepare(images[start : start + PART])).argmax(axis=1) for start in starts]
    return np.asarray(np.concatenate(predicted) == labels, np.float64)
