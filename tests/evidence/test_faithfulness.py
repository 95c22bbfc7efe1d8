"""The faithfulness gap, where the truth is known."""

import numpy as np
import pytest

from generator.evidence.cells import cell_means
from generator.evidence.estimates import within
from generator.evidence.faces import Covering, covering
from generator.evidence.faithfulness import areas, average_of_others, gaps
from tests.evidence.planted import (
    MASKS,
    SIDE,
    AsProbability,
    case_of,
    corner_classifier,
    corner_images,
    faces_of,
    registered,
    told,
)


def covered_by_black(classifier, images, target) -> Covering:
    probability = classifier.probabilities(images)[np.arange(len(images)), target].astype(float)
    nothing = classifier.probabilities(0 * images)[np.arange(len(images)), target].astype(float)
    return Covering(images, 0 * images, target, np.arange(len(images)), probability, nothing, 0.0)


def test_p1_deletion_and_insertion_by_hand():
    """The corner is 9 of 144 cells: gone at the first fifth, back at the last. Logit: D .6, I 5.4."""
    images, target = np.ones((2, SIDE, SIDE, 1), np.float32), np.zeros(2, np.int64)
    cells = cell_means(np.repeat(MASKS, 2, axis=0).astype(np.float32))
    classifier = corner_classifier(2)
    scores = AsProbability(classifier.weights)
    np.testing.assert_allclose(areas(scores, covered_by_black(scores, images, target), cells), [[0.6, 5.4]] * 2, 1e-6)
    both = areas(classifier, covered_by_black(classifier, images, target), cells)
    np.testing.assert_allclose(both[:, 1] - both[:, 0], 0.8 * (1 / (1 + np.exp(-6)) - 0.5), rtol=1e-6)
    assert both[0, 1] - both[0, 0] == pytest.approx(0.3980, abs=1e-4)


def test_a_faithful_map_beats_every_reference():
    """The corner of its class: covering it hurts, more than blob, change and average; the light says so."""
    case = case_of(registered("saliency"))
    estimates = {name: within(sums) for name, sums in gaps(case).items()}
    assert all(estimates[name].low > 0 for name in ("gap", "blob", "untrained", "average"))
    known = told(case).said["faithful"]
    assert [known[name] for name in ("gap", "blob", "change", "average")] == ["above", "above", "within", "above"]
    assert (told(case).light("faithful"), told(case).verdict["faithful"].reason) == ("amber", "unbeaten")


def test_random_orders_have_no_gap():
    """The mean gap of 400 random orders is 0: no random map is needed beside it."""
    classifier = corner_classifier()
    images, target = corner_images(400)
    faces = faces_of(images, target, classifier)
    cover = covering(classifier, images, target, np.arange(400), faces.own)
    both = areas(classifier, cover, np.random.default_rng(0).random((400, 144)))
    gap = both[:, 1] - both[:, 0]
    assert abs(gap.mean()) < 3 * gap.std() / 20


def test_the_average_of_the_others_leaves_the_own_map_out():
    """Every map counts the same, whatever its size; empty ones do not count."""
    cells = np.array([[1.0, 1], [0, 10], [3, 1], [np.nan, np.nan]])
    expected = [[0.375, 0.625], [0.625, 0.375], [0.25, 0.75], [1.25 / 3, 1.75 / 3]]
    np.testing.assert_allclose(average_of_others(cells), expected)
