"""Whether an evaluation from a file can be of a model: what it predicts, how often it is right, what its classes are.

It is compared picture by picture where both are of the same pictures, as the order of their labels tells, else by how
often each is right; other pictures may be harder, so that this is doubted and not refused.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.artefacts import Floats, Ints
from generator.evidence.estimates import apart, wilson
from generator.samples import Evaluation

UNLIKELY = 1e-6  # that labels of other pictures come in the same order
APART = 0.05  # of probability that lies between two classes which no rounding has swapped
OFTEN, NEARLY = 0.01, 0.05  # of the pictures that another model predicts otherwise: clearly, or at all
SURE = 0.999  # level at which two accuracies are not the same
CLEAR = 0.05  # and by how much at least


@dataclass(frozen=True)
class Contradiction:
    """What speaks against an evaluation: a key of the words, with what they name."""

    reason: Literal["images", "accuracy", "name"]
    facts: Mapping[str, str | int | float]


def known_by_order(label: Ints) -> bool:
    """Whether nobody else's pictures would have these labels in this order.

    Sorted ones tell by how many there are of each class, which is the same for many where each has as many.
    """
    counts = np.unique(label, return_counts=True)[1]
    orders = math.lgamma(len(label) + 1) - sum(math.lgamma(int(n) + 1) for n in counts)
    sorted_alike = bool((np.diff(label) >= 0).all()) and len(set(counts.tolist())) == 1
    return orders > -math.log(UNLIKELY) and not sorted_alike


def renumbered(given: Ints, label: Ints) -> tuple[int, int] | None:
    """A class of a file and the one that the data call the same pictures, where it counts them in another order."""
    if len(given) != len(label) or np.array_equal(given, label) or not known_by_order(label):
        return None
    pairs = np.unique(np.stack([given, label]), axis=1)
    if not pairs.shape[1] == len(np.unique(given)) == len(np.unique(label)):
        return None
    first = int(np.flatnonzero(pairs[0] != pairs[1])[0])
    return int(pairs[0, first]), int(pairs[1, first])


def contradiction(given: Evaluation, label: Ints, rows: Ints, probability: Floats) -> Contradiction | None:
    """What a model says of labelled pictures against what a file says.

    `label (N,)` are those of the data in their order, `probability (n, K)` what the model says of the pictures `rows`.
    """
    right = probability.argmax(axis=1) == label[rows]
    if np.array_equal(given.label, label) and known_by_order(label):
        return _otherwise(given, rows, probability, right)
    hits, n = int((given.label == given.prediction).sum()), len(given.label)
    one, other = wilson(hits, n, SURE), wilson(int(right.sum()), len(right), SURE)
    if one is None or other is None:
        return None
    difference = apart(one, other)
    if abs(difference.mean) <= CLEAR or difference.low <= 0 <= difference.high:
        return None
    return Contradiction("accuracy", {"given": one.mean, "of": n, "own": other.mean, "n": len(right)})


def _otherwise(given: Evaluation, rows: Ints, probability: Floats, right: Ints) -> Contradiction | None:
    """Pictures that the file has predicted as what the model clearly does not."""
    said, own = given.prediction[rows], probability.argmax(axis=1)
    apart = probability.max(axis=1) - probability[np.arange(len(rows)), said] > APART
    differ = int((said != own).sum())
    if differ <= NEARLY * len(rows) and (apart.sum() < 2 or apart.mean() <= OFTEN):
        return None
    hits = float((said == given.label[rows]).mean())
    return Contradiction("images", {"differ": differ, "n": len(rows), "own": float(right.mean()), "given": hits})
