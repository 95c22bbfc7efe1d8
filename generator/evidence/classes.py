"""What labels and pixels tell: which classes are recognised, what confidence means, what was seen before (H)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Floats, Ints
from generator.evidence.estimates import LEVEL, Bounds, Doubles, Estimate, Sums, claim_level, joined, wilson
from generator.samples import Evaluation, Samples

FINE = 1000  # bins of the histogram that is kept
COARSE = 15  # bins of equal mass that the error is taken over
DRAWS = 200
FEWEST = 200  # labelled images below which calibration is silent
HALF = 0.5
CHUNK = 1024  # pictures decoded at a time
SURE = Bounds(0, 0, 0.02)  # confidence minus accuracy


@dataclass(frozen=True)
class ClassScores:
    """One class: `support` images have its label; `confused` is the one class it is clearly mistaken for most.

    `confused_share` is the part of its images that is predicted as that class.
    """

    recall: Estimate | None
    precision: Estimate | None
    support: int
    confused: str | None
    confused_share: Estimate | None


def class_scores(counts: Ints, classes: Sequence[str]) -> dict[str, ClassScores]:
    """Of each class, from the matrix `(K, K)`, row = label."""
    scores = {}
    for k, name in enumerate(classes):
        hits, support = int(counts[k, k]), int(counts[k].sum())
        top = top_confusion(counts[k], k, claim_level(len(counts)))
        taken = (classes[top], wilson(int(counts[k, top]), support)) if top >= 0 else (None, None)
        scores[name] = ClassScores(wilson(hits, support), wilson(hits, int(counts[:, k].sum())), support, *taken)
    return scores


def top_confusion(row: Ints, own: int, level: float = LEVEL) -> int:
    """The class most often predicted in error, where it clearly beats the next one; else −1."""
    errors = np.where(np.arange(len(row)) == own, -1, row)
    order = np.argsort(-errors, kind="stable")
    first, second = int(errors[order[0]]), int(max(errors[order[1]], 0)) if len(row) > 2 else 0
    duel = wilson(first, first + second, level)
    return int(order[0]) if first > 0 and duel is not None and duel.low > HALF else -1


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
    before = np.cumsum(found.count) - found.count / 2  # fifteen groups of about equal mass
    groups = np.minimum(before * COARSE // max(int(found.count.sum()), 1), COARSE - 1).astype(np.int64)
    count, confident = _grouped(found.count, groups), _grouped(found.confidence, groups)
    right = _grouped(found.right, groups)
    null = _null(found, groups, confident, seed)
    bins = tuple((float(c / n), float(r / n), int(n)) for n, c, r in zip(count, confident, right, strict=True) if n)
    ece = float(np.abs(right - confident).sum() / count.sum())
    return Calibration(accuracy, confidence, gap, ece, float(null.mean()), float(np.quantile(null, LEVEL)), bins)


def _grouped(values: Ints | Doubles, groups: Ints) -> Doubles:
    return np.asarray(np.bincount(groups, values, minlength=COARSE), np.float64)


def _null(found: Histogram, groups: Ints, confident: Doubles, seed: int) -> Doubles:
    """`(200,)` the error where the labels are drawn from these very confidences."""
    random = np.random.default_rng(seed)
    chance = np.divide(found.confidence, found.count, out=np.zeros(FINE), where=found.count > 0)
    drawn = random.binomial(found.count, np.clip(chance, 0, 1), (DRAWS, FINE))
    right = np.stack([_grouped(row.astype(np.float64), groups) for row in drawn])
    return np.asarray(np.abs(right - confident).sum(axis=1) / found.count.sum())


@dataclass(frozen=True)
class Leakage:
    """`images` looked at; `duplicates` equal an earlier one; `in_training` equal a training picture.

    `other_label` of these have another label there. None: no training set was named.
    """

    images: int
    duplicates: int
    in_training: int | None = None
    other_label: int | None = None


def leakage(samples: Samples, training: Samples | None = None) -> Leakage:
    """Equal pixels, found by a digest of each picture as stored."""
    seen = training_labels(training) if training is not None else {}
    known: set[bytes] = set()
    duplicates = inside = elsewhere = 0
    for digest, label in _digests(samples):
        duplicates += digest in known
        known.add(digest)
        inside += digest in seen
        elsewhere += digest in seen and label not in seen[digest]
    if training is None:
        return Leakage(len(samples), duplicates)
    return Leakage(len(samples), duplicates, inside, elsewhere)


def training_labels(training: Samples) -> dict[bytes, set[int]]:
    """Every training picture with the labels that it has there."""
    found: dict[bytes, set[int]] = {}
    for digest, label in _digests(training):
        found.setdefault(digest, set()).add(label)
    return found


def _digests(samples: Samples) -> Iterator[tuple[bytes, int]]:
    for start in range(0, len(samples), CHUNK):
        positions: Ints = np.arange(start, min(start + CHUNK, len(samples)), dtype=np.int64)
        yield from zip(samples.fingerprints(positions), samples.label[positions].tolist(), strict=True)
