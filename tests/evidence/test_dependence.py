"""What survives an exchange of the class or the weights, comes again, fits, where the truth is known."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from generator.evidence.dependence import (
    RAW,
    agreeing,
    agreement,
    exchanged,
    lime_fit,
    partners,
    repetition,
    swapped,
)
from generator.evidence.estimates import within
from generator.evidence.faithfulness import gaps
from tests.evidence.planted import (
    case_of,
    edges,
    fixed_noise,
    fresh_noise,
    middle,
    registered,
    told,
    toy,
)


def test_p3_two_corners_have_the_rank_correlation_of_disjoint_sets():
    """Each a sixteenth of the picture: ρ = −α/(1−α) = −1/15; so the map changes with the class."""
    case = case_of(registered("saliency"))
    assert swapped(case).sums.means[RAW] == pytest.approx(-1 / 15)
    assert told(case).light("class") == "green"


@pytest.mark.parametrize("values", [edges, fixed_noise])
def test_p4_a_map_of_the_picture_alone_is_kept_whole(values):
    """Neither another class nor other weights change it: all of it is retained, and the lights are red."""
    case = case_of(toy(values))
    assert swapped(case).estimate().mean == pytest.approx(1)
    assert exchanged(case).estimate().mean == pytest.approx(1)
    assert told(case).light("class") == told(case).light("weights") == "red"


def test_p5_fresh_noise_is_not_reproducible():
    """The denominator is about 0: silent, with the reason; its gap holds 0 and its share is the area."""
    case = case_of(toy(fresh_noise, seeded=True))
    assert swapped(case).silent == "not_reproducible"
    assert exchanged(case).silent == "not_reproducible"
    gap = within(gaps(case)["gap"])
    assert gap.low < 0 < gap.high
    share = case.own.total.regions[0].estimate()
    assert share.low < 1 / 16 < share.high
    assert repetition(case)[0].pixel.mean == pytest.approx(0, abs=0.02)


def test_p5_one_blob_for_all_says_nothing_of_this_picture():
    """It comes again perfectly, and so it does for every other picture."""
    case = case_of(toy(middle))
    assert swapped(case).silent == "same_for_every_picture"
    assert within(gaps(case)["blob"]).mean < 0.05


def test_with_two_classes_the_swap_is_silent():
    """(s, −s) would give 1 whatever the method."""
    case = case_of(toy(edges), classes=2, reinitialised=False)
    assert told(case).verdict["class"].reason == "two_classes"


def test_partners_are_of_another_class_within_a_chunk_of_28():
    """The next one, going round; never an empty map, never a picture beyond the chunk."""
    classes = np.array([0, 0, 1] + [0] * 25 + [2, 2, 2])
    valid = np.ones(31, bool)
    found = partners(classes, valid)
    assert found[:3].tolist() == [2, 2, 3]
    assert found[27] == 2
    assert found[28:].tolist() == [-1, -1, -1]
    valid[2] = False
    assert (partners(classes, valid) == -1).all()


def test_two_methods_agree_on_a_picture_only_beyond_other_pictures():
    """One blob for all agrees with itself everywhere, which says nothing; edges agree on their own picture alone."""
    blobs, borders = case_of(toy(middle), reinitialised=False), case_of(toy(edges), reinitialised=False)
    everywhere, here = agreement(blobs, blobs, 56), agreement(borders, borders, 56)
    assert (everywhere.same.mean, everywhere.excess.mean) == (pytest.approx(1), pytest.approx(0))
    assert here.same.mean == pytest.approx(1)
    assert here.excess.low > 0.5
    assert here.excess.mean == pytest.approx(here.same.mean - here.other.mean)
    assert here.related and here.same.n == 56


def test_agreement_is_the_mean_over_all_pairs_of_pictures_of_different_classes():
    """As a loop over them says it; the same both ways; an empty map, or a class alone, has none."""
    random, classes = np.random.default_rng(1), np.array([0, 1, 2, 0, 1, 2, 0, 1, 2])
    a, b = random.random((2, 9, 20))
    a[4] = np.nan
    found, rows = agreeing(a, b, classes), [0, 1, 2, 3, 5, 6, 7, 8]

    def mean(pairs):
        return np.mean([stats.spearmanr(a[i], b[j]).statistic for i, j in pairs if classes[i] != classes[j]])

    whole = mean(product(rows, rows))
    for row in rows:
        own, across, back = (
            stats.spearmanr(a[row], b[row]).statistic,
            mean((row, j) for j in rows),
            mean((j, row) for j in rows),
        )
        np.testing.assert_allclose(found[row], (own, across, own - across - back + whole))
    assert np.isnan(found[4]).all()
    np.testing.assert_allclose(agreeing(b, a, classes)[:, 2], found[:, 2])
    assert np.isnan(agreeing(b, b, np.zeros(9, np.int64))[:, 1:]).all()


def test_a_picture_counts_once_however_often_it_is_explained():
    """Three classes of one picture are one picture, with the mean of what is known of them."""
    rows = [{"r2": r2, "stability": 0.5, "chance": 0.1, "seed": seed} for seed in range(8) for r2 in (0.2, 0.4, 0.6)]
    fit, silent = lime_fit(rows)
    assert (fit.r2.n, fit.stability.n, silent) == (8, 8, None)
    assert fit.r2.mean == pytest.approx(0.4)
    assert fit.r2.low == pytest.approx(fit.r2.high)
    one, silent = lime_fit([*rows[:3], {**rows[0], "r2": float("nan")}])
    assert (one.r2.n, one.r2.mean, silent.reason, silent.n) == (1, pytest.approx(0.4), "too_few", 1)
    assert lime_fit([{"seed": 3}]) == (None, None)
