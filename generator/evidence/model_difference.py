"""How two models differ on labelled pictures: class by class, with intervals that are paired on the same pictures.

Whether one is right more often is McNemar's question (1947): of the pictures that just one of them has right, is it
one model's share that is larger than a half?
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Confusion, Ints
from generator.evidence.contradiction import known_by_order
from generator.evidence.estimates import Estimate, apart, shifted, wilson

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Exchange:
    """Of `n` pictures that both models judged: those that only the second, or only the first, has right.

    `p` is McNemar's, exact and two-sided.
    """

    n: int
    gained: int
    lost: int
    p: float


@dataclass(frozen=True)
class ModelDifference:
    """The second model less the first: `shares (K, K)` of the rows, or of the columns, `accuracy` and `recall (K)`.

    Of the same pictures `counts (K, K)` are what moved, and `exchange` says who has which right; else both are None.
    """

    shares: Doubles
    accuracy: Estimate | None
    recall: tuple[Estimate | None, ...]
    counts: Ints | None = None
    exchange: Exchange | None = None


def model_difference(first: Confusion, second: Confusion) -> ModelDifference:
    """What the second model does otherwise than the first."""
    by = "predicted" if first.normalize == "predicted" else "label"
    one, other = (_shares(counts, by) for counts in (first.counts, second.counts))
    if not same_pictures(first, second):
        whole = _apart(first, second, slice(None))
        recall = tuple(_apart(first, second, k) for k in range(len(first.counts)))
        return ModelDifference(other - one, whole, recall)
    label, before, now = _right(first, second)
    gained, lost = now & ~before, before & ~now
    recall = tuple(_shifted(gained, lost, label == k) for k in range(len(first.counts)))
    up, down = int(gained.sum()), int(lost.sum())
    exchange = Exchange(len(label), up, down, mcnemar(up, down))
    everything = np.ones(len(label), bool)
    return ModelDifference(
        other - one, _shifted(gained, lost, everything), recall, second.counts - first.counts, exchange
    )


def same_pictures(first: Confusion, second: Confusion) -> bool:
    """Whether both models judged the same: one data set, or labels in an order that no other pictures have."""
    if first.label is None or second.label is None or not np.array_equal(first.label, second.label):
        return False
    return bool(first.pictures and first.pictures == second.pictures) or known_by_order(first.label)


def mcnemar(gained: int, lost: int) -> float:
    """How probable so uneven a split is, or a more uneven one, where both models are right as often."""
    n, less = gained + lost, min(gained, lost)
    tail = sum(math.comb(n, k) for k in range(less + 1))
    return min(1.0, 2 * tail / 2**n)


def _right(first: Confusion, second: Confusion) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_]]:
    label = np.asarray(first.label)
    return label, label == first.prediction, label == second.prediction


def _shifted(gained: NDArray[np.bool_], lost: NDArray[np.bool_], of: NDArray[np.bool_]) -> Estimate | None:
    return shifted(int((gained & of).sum()), int((lost & of).sum()), int(of.sum()))


def _apart(first: Confusion, second: Confusion, rows: slice | int) -> Estimate | None:
    """The difference of two shares of pictures of their own."""
    shares = [wilson(int(np.diag(one.counts)[rows].sum()), int(one.counts[rows].sum())) for one in (second, first)]
    return apart(shares[0], shares[1]) if shares[0] and shares[1] else None


def _shares(counts: Ints, by: str) -> Doubles:
    total = counts.sum(axis=0 if by == "predicted" else 1, keepdims=True)
    return np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
