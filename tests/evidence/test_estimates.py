"""Intervals by the book, and sums that do not care how they were added up."""

import numpy as np
import pytest
from scipy import stats

from generator.evidence.estimates import (
    Sums,
    apart,
    balanced,
    claim_level,
    difference,
    joined,
    shifted,
    student_quantile,
    wilson,
    within,
)
from generator.evidence.explainer import NETWORKS, Sizes

RNG = np.random.default_rng(11)


@pytest.mark.parametrize("freedom", [1, 2, 4, 7.3, 27, 55, 447, 30000])
@pytest.mark.parametrize("probability", [0.6, 0.975, 0.9988])
def test_quantiles_are_students(freedom, probability):
    """SciPy is the oracle."""
    assert student_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-7)


def test_a_mean_has_the_interval_of_the_t_test():
    """SciPy's one-sample interval, from n, Σ and Σ² alone."""
    values = RNG.normal(3, 2, 20)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    ours = Sums.of(values).estimate()
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.mean == pytest.approx(values.mean())
    assert ours.n == 20


def test_a_difference_has_the_interval_of_welch():
    """SciPy's two-sample interval with unequal variances."""
    one, other = RNG.normal(1, 1, 12), RNG.normal(0, 5, 9)
    theirs = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    ours = difference(Sums.of(one), Sums.of(other))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_a_ratio_covers_what_it_promises():
    """Of 2000 samples of 20 pairs, 95 % of the intervals hold the true ratio of the means, give or take 2 %."""
    below = RNG.normal(2, 0.5, (2000, 20))
    above = 0.5 * below + RNG.normal(0, 0.3, below.shape)
    found = [Sums.of(np.stack(pair, axis=1)).ratio(0, 1) for pair in zip(above, below, strict=True)]
    assert np.mean([e.low <= 0.5 <= e.high for e in found]) == pytest.approx(0.95, abs=0.02)


def test_any_batches_give_the_same_sums():
    """However the rows are cut and in whatever order the parts are added: equal to 1e-12."""
    rows = RNG.normal(0, 1, (1000, 3))
    whole = Sums.of(rows)
    for cuts in ([500], [1, 2, 3], sorted(RNG.integers(1, 999, 40).tolist())):
        parts = [Sums.of(part) for part in np.split(rows, cuts)]
        for order in (parts, parts[::-1]):
            sums = joined(order)
            assert sums.n == 1000
            np.testing.assert_allclose(sums.total, whole.total, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(sums.products, whole.products, rtol=1e-12, atol=1e-12)


def test_a_row_with_a_gap_does_not_count():
    """NaN marks an image that has no such number."""
    assert Sums.of(np.array([[1.0, 2.0], [np.nan, 5.0], [3.0, 4.0]])).n == 2


def test_seven_images_are_too_few():
    """Silent below eight, unless one asks for less."""
    assert Sums.of(np.arange(7.0)).estimate() is None
    assert Sums.of(np.ones((7, 2))).ratio(0, 1) is None
    assert difference(Sums.of(np.arange(7.0)), Sums.of(np.arange(50.0))) is None
    assert Sums.of(np.arange(7.0)).estimate(fewest=5).n == 7
    assert Sums.of(np.arange(8.0)).estimate().n == 8


def test_wilson_by_hand():
    """None of ten: from 0 to .2775 (planted case P7); 60 of 100 as in the textbooks; nothing of nothing."""
    none = wilson(0, 10)
    assert (none.low, none.high) == (pytest.approx(0), pytest.approx(0.2775, abs=1e-4))
    sixty = wilson(60, 100)
    assert (sixty.low, sixty.high) == (pytest.approx(0.5020, abs=1e-4), pytest.approx(0.6906, abs=1e-4))
    assert wilson(0, 0) is None


def test_many_claims_share_the_error():
    """Of 21 claims each is held to 1 − .05/21."""
    assert claim_level(1) == pytest.approx(0.95)
    assert claim_level(21) == pytest.approx(1 - 0.05 / 21)


MEANS, SPREADS = np.array([0.0, 1.0, 2.0, 4.0]), np.array([1.0, 0.5, 2.0, 1.0])
BALANCED, MIXED, WITH_A_RARE_ONE = (7, 7, 7, 7), (60, 8, 20, 4), (60, 30, 9, 2)


def held(ask, truth: float, times: int = 600) -> float:
    """The share of samples whose interval holds the truth."""
    estimates = [ask(np.random.default_rng(seed)) for seed in range(times)]
    return float(np.mean([one.low <= truth <= one.high for one in estimates]))


@pytest.mark.parametrize(
    ("counts", "truth"), [(BALANCED, 1.75), (MIXED, 1.75), (WITH_A_RARE_ONE, 1.0)], ids=["balanced", "mixed", "rare"]
)
def test_over_all_classes_is_the_mean_of_their_means(counts, truth):
    """Whatever the mixture; a class of two images beside one of sixty takes no part."""

    def ask(random):
        return balanced(
            [Sums.of(random.normal(*group)) for group in zip(MEANS, SPREADS, counts, strict=True)],
        )

    assert 0.92 <= held(ask, truth) <= 0.98


def test_the_mean_over_a_mixture_is_not_that_over_classes():
    """What the mean of all images would say of the planted classes: nearly never the truth."""

    def ask(random):
        groups = [Sums.of(random.normal(*group)) for group in zip(MEANS, SPREADS, MIXED, strict=True)]
        return joined(groups).estimate()

    assert held(ask, 1.75) < 0.1


def test_images_drawn_class_by_class_differ_within_their_classes():
    """As many of each as was asked: that the classes differ is no chance, and makes an interval far too wide."""

    def groups(random):
        return [Sums.of(random.normal(mean, spread, 7)) for mean, spread in zip(MEANS, SPREADS, strict=True)]

    assert 0.92 <= held(lambda random: within(groups(random)), 1.75) <= 0.98
    assert held(lambda random: joined(groups(random)).estimate(), 1.75) > 0.99
    whole = Sums.of(np.arange(9.0))
    assert within([whole]) == whole.estimate()  # a class alone
    one_each = [Sums.of(np.array([k])) for k in range(9)]
    assert within(one_each) == whole.estimate()  # nothing is known of their spread within
    assert within([Sums.of(np.arange(4.0)), Sums.of(np.arange(3.0))]) is None


@pytest.mark.parametrize("images", [28, 56, 140])
def test_untrained_networks_are_the_unit(images):
    """Networks that differ more than their images do: ten of them hold the truth, their images as the unit do not."""
    seen = [Sizes(0, 0, images).seen(number) for number in range(NETWORKS)]
    network = np.repeat(np.arange(NETWORKS), [len(rows) for rows in seen])

    def rows(random):
        return random.normal(0, 1, NETWORKS)[network] + random.normal(0, 1, images)

    assert sorted(np.concatenate(seen)) == list(range(images))
    assert 0.92 <= held(lambda random: Sums.by_network(rows(random), network).estimate(), 0) <= 0.98
    assert held(lambda random: Sums.of(rows(random)).estimate(), 0) < 0.9


def test_without_enough_images_nothing_is_said_over_all_classes():
    """Seven images are too few, however they are spread."""
    assert balanced([Sums.of(np.arange(4.0)), Sums.of(np.arange(3.0))]) is None
    assert balanced([]) is None


def test_a_share_of_the_same_images_moves_by_what_came_and_went():
    """Ten came and two left of a hundred: eight points, 0.8 to 14.9 by hand; where nothing moved, that is no proof."""
    moved = shifted(10, 2, 100)
    assert moved.mean == 0.08
    assert (moved.low, moved.high) == pytest.approx((0.0082, 0.1487), abs=1e-4)
    still = shifted(0, 0, 100)
    assert still.mean == 0 and still.low == pytest.approx(-still.high) and 0 < still.high < 0.03
    assert shifted(0, 0, 0) is None
    assert shifted(5, 0, 5).high == 1


def test_numbers_of_other_images_lie_apart_by_both_their_intervals():
    """Newcombe's example: 56 of 70 less 48 of 80 is 0.2, from 0.0524 to 0.3339."""
    found = apart(wilson(56, 70), wilson(48, 80))
    assert (found.mean, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_the_shares_of_a_ratio_are_those_of_the_delta_method():
    """Their mean is the ratio, and the interval of that mean is the ratio's."""
    rows = np.random.default_rng(0).normal((1.0, 2.0), 0.1, (40, 2))
    sums = Sums.of(rows)
    ratio, single = sums.ratio(0, 1), Sums.of(sums.shares_of_ratio(rows, 0, 1)).estimate()
    assert (single.mean, single.low, single.high) == pytest.approx((ratio.mean, ratio.low, ratio.high))
