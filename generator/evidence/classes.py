"""Which classes are recognised, what they are confused with, and whether confidence means what it says (measure H)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Floats, Ints
from generator.evidence.estimates import LEVEL, Doubles, Estimate, Sums, claim_level, joined, wilson
from generator.samples import Evaluation

FINE = 1000  # bins of the histogram that is kept
COARSE = 15  # bins of equal mass that the error is taken over
DRAWS = 200
FEWEST = 200  # labelled images below which calibration is silent
HALF = 0.5


@dataclass(frozen=True)
class ClassScores:
    """One class: `support` images have its label; `confused` is the one class it is clearly mistaken for most, or −1.

    `share` is the part of its images that is predicted as that class.
    """

    recall: Estimate | None
    precision: Estimate | None
    support: int
    confused: int
    share: Estimate | None


def class_scores(counts: Ints, level: float = LEVEL) -> tuple[ClassScores, ...]:
    """From the matrix `(K, K)`, row = label."""
    return tuple(_class_scores(counts, k, level) for k in range(len(counts)))


def _class_scores(counts: Ints, k: int, level: float) -> ClassScores:
    hits, support = int(counts[k, k]), int(counts[k].sum())
    recall, precision = wilson(hits, support, level), wilson(hits, int(counts[:, k].sum()), level)
    top = top_confusion(counts[k], k, claim_level(len(counts)))
    share = wilson(int(counts[k, top]), support, level) if top >= 0 else None
    return ClassScores(recall, precision, support, top, share)


def top_confusion(row: Ints, own: int, level: float = LEVEL) -> int:
    """The class most often predicted in error, where it clearly beats the next one; else −1."""
    errors = np.where(np.arange(len(row)) == own, -1, row)
    order = np.argsort(-errors, kind="stable")
    first, second = int(errors[order[0]]), int(max(errors[order[1]], 0)) if len(row) > 2 else 0
    duel = wilson(first, first + second, level)
    return int(order[0]) if first > 0 and duel is not None and duel.low > HALF else -1


def best_by_recall(counts: Ints, n: int) -> tuple[tuple[int, ...], bool]:
    """The n classes with the highest recall, best first, and whether their intervals part from all the others'."""
    scores = class_scores(counts, claim_level(len(counts)))
    known = [k for k, one in enumerate(scores) if one.recall is not None]
    order = sorted(known, key=lambda k: -_mean(scores[k].recall))
    best, rest = order[:n], order[n:]
    lowest = min((one.low for k in best if (one := scores[k].recall)), default=0.0)
    return tuple(best), all(one.high < lowest for k in rest if (one := scores[k].recall))


def _mean(estimate: Estimate | None) -> float:
    return estimate.mean if estimate else float("nan")


@dataclass(frozen=True)
class Histogram:
    """Of the confidence in 1,000 bins: how many images `(B,)`, the sum of their confidence, how many are right."""

    count: Ints
    confidence: Doubles
    right: Doubles
    gap: Sums  # of (confidence − right, right, confidence) by image

    def __add__(self, other: "Histogram") -> "Histogram":
        count, confidence = self.count + other.count, self.confidence + other.confidence
        return Histogram(count, confidence, self.right + other.right, joined([self.gap, other.gap]))


def histogram(label: Ints, prediction: Ints, probability: Floats) -> Histogram:
    """One batch of an evaluation; batches are added."""
    confidence = probability[np.arange(len(label)), prediction].astype(np.float64)
    right = (label == prediction).astype(np.float64)
    place = np.minimum((confidence * FINE).astype(np.int64), FINE - 1)
    count = np.bincount(place, minlength=FINE).astype(np.int64)
    gap = Sums.of(np.stack([confidence - right, right, confidence], axis=1))
    return Histogram(count, _sums(place, confidence), _sums(place, right), gap)


def _sums(place: Ints, values: Doubles) -> Doubles:
    return np.asarray(np.bincount(place, values, minlength=FINE), np.float64)


@dataclass(frozen=True)
class Calibration:
    """`gap` is confidence − accuracy; `ece` beside what a calibrated model would show: mean and 95 % quantile.

    `bins` are (confidence, accuracy, images), of about equal mass.
    """

    accuracy: Estimate
    confidence: Estimate
    gap: Estimate
    ece: float
    expected: float
    quantile: float
    bins: tuple[tuple[float, float, int], ...]

    @property
    def miscalibrated(self) -> bool:
        """Whether the error exceeds what 19 of 20 calibrated models show on so many images."""
        return self.ece > self.quantile


def calibration(evaluation: Evaluation, seed: int = 0) -> Calibration | None:
    """None without probabilities or with fewer than 200 images."""
    if evaluation.probability is None or len(evaluation.label) < FEWEST:
        return None
    return calibrated(histogram(evaluation.label, evaluation.prediction, evaluation.probability), seed)


def calibrated(found: Histogram, seed: int = 0) -> Calibration | None:
    """The calibration in a histogram."""
    gap, accuracy, confidence = (found.gap.estimate(column) for column in range(3))
    if gap is None or accuracy is None or confidence is None:
        return None
    groups = _equal_mass(found.count)
    count, confident = _grouped(found.count, groups), _grouped(found.confidence, groups)
    right = _grouped(found.right, groups)
    null = _null(found, groups, confident, seed)
    bins = tuple((float(c / n), float(r / n), int(n)) for n, c, r in zip(count, confident, right, strict=True) if n)
    ece = float(np.abs(right - confident).sum() / count.sum())
    return Calibration(accuracy, confidence, gap, ece, float(null.mean()), float(np.quantile(null, LEVEL)), bins)


def _equal_mass(count: Ints) -> Ints:
    """`(1000,)` which of the fifteen bins a fine one belongs to."""
    before = np.cumsum(count) - count / 2
    return np.minimum(before * COARSE // max(int(count.sum()), 1), COARSE - 1).astype(np.int64)


def _grouped(values: Ints | Doubles, groups: Ints) -> Doubles:
    return np.asarray(np.bincount(groups, values, minlength=COARSE), np.float64)


def _null(found: Histogram, groups: Ints, confident: Doubles, seed: int) -> Doubles:
    """`(200,)` the error where the labels are drawn from these very confidences."""
    random = np.random.default_rng(seed)
    chance = np.divide(found.confidence, found.count, out=np.zeros(FINE), where=found.count > 0)
    drawn = random.binomial(found.count, np.clip(chance, 0, 1), (DRAWS, FINE))
    right = np.stack([_grouped(row.astype(np.float64), groups) for row in drawn])
    return np.asarray(np.abs(right - confident).sum(axis=1) / found.count.sum())


def recall_order(scores: Sequence[ClassScores]) -> list[int]:
    """The classes by recall, best first, without those that have no images."""
    return sorted((k for k, one in enumerate(scores) if one.recall), key=lambda k: -_mean(scores[k].recall))
