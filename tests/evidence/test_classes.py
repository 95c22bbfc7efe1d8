"""Classes, confidence and doubled pictures, with the numbers worked out by hand."""

import numpy as np
import pytest

from generator.evidence.classes import (
    Leakage,
    calibrated,
    calibration,
    class_scores,
    histogram,
    leakage,
    top_confusion,
)
from generator.samples import Evaluation, Samples

RNG = np.random.default_rng(8)


def evaluation_of(label, prediction, confidence) -> Evaluation:
    probability = np.zeros((len(label), 2), np.float32)
    probability[np.arange(len(label)), prediction] = confidence
    probability[np.arange(len(label)), 1 - prediction] = 1 - np.asarray(confidence)
    return Evaluation(label, prediction, probability, "", "")


def test_p7_overconfident_by_three_tenths():
    """Confidence .9, 60 % right: gap .3, error .3, far above what a calibrated model shows."""
    label = np.zeros(1000, np.int64)
    prediction = (np.arange(1000) % 5 >= 3).astype(np.int64)
    found = calibration(evaluation_of(label, prediction, np.full(1000, 0.9)))
    assert found.gap.mean == pytest.approx(0.3, abs=1e-6)
    assert found.gap.low > 0.26
    assert found.ece == pytest.approx(0.3, abs=1e-6)
    assert found.accuracy.mean == pytest.approx(0.6)
    assert found.confidence.mean == pytest.approx(0.9, abs=1e-6)
    assert found.quantile < 0.05
    assert found.miscalibrated


def test_a_calibrated_model_is_not_called_miscalibrated():
    """200 images whose labels are drawn from their confidence: the error is .05 to .1, and so is the null's."""
    confidence = RNG.uniform(0.5, 1, 200)
    label = (RNG.random(200) > confidence).astype(np.int64)
    found = calibration(evaluation_of(label, np.zeros(200, np.int64), confidence))
    assert found.ece > 0.03
    assert found.expected == pytest.approx(0.075, abs=0.03)
    assert not found.miscalibrated


def test_the_null_holds_nineteen_times_in_twenty():
    """Of 60 calibrated models at most one in ten is called miscalibrated."""
    called = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        confidence = random.uniform(0.5, 1, 400)
        label = (random.random(400) > confidence).astype(np.int64)
        called += calibration(evaluation_of(label, np.zeros(400, np.int64), confidence), seed).miscalibrated
    assert called <= 6


def test_the_bins_are_of_equal_mass_and_add_up():
    """Fifteen bins of about a fifteenth each; batches of an evaluation give the whole one's histogram."""
    confidence = RNG.beta(5, 2, 3000) / 2 + 0.5
    label = (RNG.random(3000) > confidence).astype(np.int64)
    whole = evaluation_of(label, np.zeros(3000, np.int64), confidence)
    found = calibration(whole)
    assert len(found.bins) == 15
    assert all(170 <= images <= 230 for _, _, images in found.bins)
    assert sum(images for _, _, images in found.bins) == 3000
    rows = [slice(0, 7), slice(7, 1500), slice(1500, None)]
    parts = [histogram(whole.label[r], whole.prediction[r], whole.probability[r]) for r in rows]
    merged = calibrated(parts[0] + parts[1] + parts[2])
    assert merged.ece == pytest.approx(found.ece, abs=1e-12)
    assert merged.gap.low == pytest.approx(found.gap.low, abs=1e-12)


def test_calibration_is_silent_below_two_hundred_images_and_without_probabilities():
    """There is nothing to say."""
    few = evaluation_of(np.zeros(199, np.int64), np.zeros(199, np.int64), np.full(199, 0.9))
    assert calibration(few) is None
    assert calibration(Evaluation(np.zeros(500, np.int64), np.zeros(500, np.int64), None, "", "")) is None


COUNTS = np.array([[80, 15, 5], [30, 40, 30], [0, 0, 0]])


def test_recall_and_precision_have_wilsons_interval():
    """80 of 100, 80 of 110; a class without images has no recall."""
    first, second, third = class_scores(COUNTS, ("a", "b", "c")).values()
    assert first.recall.mean == 0.8
    assert first.recall.low == pytest.approx(0.7112, abs=1e-4)
    assert first.precision.mean == pytest.approx(80 / 110)
    assert second.support == 100
    assert third.recall is None


def test_only_a_clear_top_confusion_is_named():
    """15 against 5 is too close at three classes' level, 30 against 30 a draw; 25 against 3 is clear."""
    assert top_confusion(np.array([80, 15, 5]), 0, 0.98) == -1
    assert top_confusion(np.array([30, 40, 30]), 1) == -1
    assert top_confusion(np.array([72, 25, 3]), 0, 0.98) == 1
    assert top_confusion(np.array([72, 0, 0]), 0) == -1


def samples_of(pictures, label) -> Samples:
    return Samples(np.arange(len(label)), np.array(label), lambda rows: [pictures[row] for row in rows], "", "")


def test_doubled_and_leaked_pictures_are_counted():
    """Two of the five are equal; four are in the training set, one of them under another label."""
    faces = RNG.integers(0, 256, (6, 4, 4), dtype=np.uint8)
    data = samples_of(faces[[0, 1, 2, 2, 3]], [0, 1, 1, 1, 0])
    training = samples_of(faces[[5, 1, 2, 0]], [0, 0, 1, 0])
    assert leakage(data) == Leakage(5, 1)
    assert leakage(data, training) == Leakage(5, 1, 4, 1)


def test_a_float_picture_equals_its_bytes():
    """The same picture stored in 0..1 is the same picture; one of another shape is not."""
    face = RNG.integers(0, 256, (4, 4), dtype=np.uint8)
    data = samples_of([face / 255, face.reshape(2, 8)], [0, 0])
    assert leakage(data, samples_of([face], [0])).in_training == 1
