"""What the measures ask a model: the probability of a class for pictures as shown, and for covered ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.evidence.estimates import Doubles
from generator.maps.variants import chunk_rows

Masks = NDArray[np.bool_]


@dataclass(frozen=True)
class Remembering:
    """A classifier that answers the same question about the same inputs from memory.

    A black box that is asked about another class needs no new forward pass: the answers hold all classes.
    """

    classifier: Classifier
    answers: dict[bytes, Floats] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the port has
        return getattr(self.classifier, name)

    def logits(self, inputs: Floats) -> Floats:
        return self._answer("logits", inputs)

    def probabilities(self, inputs: Floats) -> Floats:
        return self._answer("probabilities", inputs)

    def _answer(self, question: str, inputs: Floats) -> Floats:
        key = blake2b(np.ascontiguousarray(inputs).data, key=question.encode(), digest_size=16).digest()
        if key not in self.answers:
            self.answers[key] = getattr(self.classifier, question)(inputs)
        return self.answers[key]


def probability_of(classifier: Classifier, images: Floats, target: Ints) -> Doubles:
    """`(N,)` probability of each image's class; images as shown."""
    probability = classifier.probabilities(classifier.prepare(images))
    return probability[np.arange(len(images)), target].astype(np.float64)


def covered(classifier: Classifier, images: Floats, fill: Floats, target: Ints, masks: Masks) -> Doubles:
    """`(N, M)` probability of each image's class with each of its masks `(N, M, H, W)` replaced by the fill."""
    rows = np.repeat(np.arange(len(images)), masks.shape[1])
    flat = masks.reshape(-1, *masks.shape[2:], 1)
    found = np.empty(len(rows))
    for part in _parts(len(rows), images.shape[1:]):
        mixed = np.where(flat[part], fill[rows[part]], images[rows[part]])
        found[part] = probability_of(classifier, mixed, target[rows[part]])
    return found.reshape(masks.shape[:2])


def _parts(rows: int, shape: tuple[int, ...]) -> Iterator[slice]:
    step = chunk_rows(shape)
    return (slice(start, start + step) for start in range(0, rows, step))
