"""Two models on labelled pictures: paired where they are the same, else each with its own chance."""

import numpy as np
import pytest
from scipy.stats import binomtest

from generator.artefacts import Confusion
from generator.evidence.model_difference import mcnemar, model_difference, same_pictures

LABEL = np.random.default_rng(0).integers(0, 3, 300)


def matrix(wrong, label=LABEL, pictures="the data", seed=1):
    """A model that takes some pictures for the next class."""
    prediction = np.where(np.random.default_rng(seed).random(len(label)) < wrong, (label + 1) % 3, label)
    counts = np.bincount(label * 3 + prediction, minlength=9).reshape(3, 3)
    return Confusion(counts, "label", {}, label, prediction, pictures)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (3, 1), (10, 10), (40, 12), (0, 9), (900, 1000)])
def test_the_exact_test_is_that_of_a_fair_coin(gained, lost):
    """Two-sided, as SciPy has it."""
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


def test_the_same_pictures_are_compared_one_by_one():
    """Counts, shares and the two kinds of pictures that just one has right."""
    first, second = matrix(0.4), matrix(0.1, seed=2)
    found = model_difference(first, second)
    assert (found.counts == second.counts - first.counts).all()
    before, now = first.prediction == LABEL, second.prediction == LABEL
    exchange = found.exchange
    assert (exchange.n, exchange.gained, exchange.lost) == (300, (now & ~before).sum(), (before & ~now).sum())
    assert found.accuracy.mean == pytest.approx(now.mean() - before.mean())
    assert 0 < found.accuracy.low < found.accuracy.mean < found.accuracy.high
    own = LABEL == 1
    assert found.recall[1].mean == pytest.approx(now[own].mean() - before[own].mean())
    assert found.shares.sum(axis=1) == pytest.approx(0)
    assert exchange.p < 0.001


def test_a_model_beside_itself_differs_in_nothing():
    """And no test claims that it does."""
    found = model_difference(matrix(0.2), matrix(0.2))
    assert not found.counts.any()
    assert (found.accuracy.mean, found.exchange.p) == (0.0, 1.0)


def test_other_pictures_have_their_own_chance():
    """No counts to take from each other, and wider intervals."""
    other = np.random.default_rng(5).integers(0, 3, 200)
    found = model_difference(matrix(0.4), matrix(0.1, other, "others", 2))
    assert found.counts is None
    assert found.exchange is None
    assert found.accuracy.low > 0
    paired = model_difference(matrix(0.4), matrix(0.1, seed=2)).accuracy
    assert found.accuracy.high - found.accuracy.low > paired.high - paired.low


def test_files_of_one_order_are_of_the_same_pictures():
    """Whatever each file is; labels that others could have too are not enough."""
    assert same_pictures(matrix(0.4, pictures="one file"), matrix(0.1, pictures="another"))
    few = np.array([0, 1, 2, 0])
    assert not same_pictures(matrix(0.4, few, "one file"), matrix(0.1, few, "another"))
    assert same_pictures(matrix(0.4, few), matrix(0.1, few))
