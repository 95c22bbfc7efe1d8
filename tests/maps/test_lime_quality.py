"""The planted cases of LIME's fit and stability, and scikit-learn as the oracle of the regression."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from generator.maps.lime_quality import AS_MANY, Neighbourhood, moments, overlap, quality, ridge, settled

SEGMENTS = 45


def neighbourhood(samples: int, score, seed: int = 0) -> Neighbourhood:
    """LIME's own draw and kernel, under a score that is planted."""
    on = np.random.RandomState(seed).randint(0, 2, samples * SEGMENTS).reshape(samples, SEGMENTS).astype(float)
    on[0] = 1
    distance = 1 - np.sqrt(on.mean(axis=1))
    return Neighbourhood(on, score(on), np.sqrt(np.exp(-((distance / 0.25) ** 2))))


def linear(on):
    return on[:, :5] @ np.array([5.0, 4.0, 3.0, 2.0, 1.0])


def exclusive(on):
    return np.logical_xor(on[:, 0], on[:, 1]).astype(float)


def noise(seed):
    return lambda on: np.random.default_rng(seed).normal(size=len(on))


def test_the_closed_form_is_scikit_learns_ridge():
    """Coefficients and intercept are those of Ridge with the same penalty and sample weights."""
    near = neighbourhood(200, noise(3))
    oracle = Ridge(alpha=1.0).fit(near.on, near.score, sample_weight=near.weight)
    coefficient, intercept = ridge(moments(near))
    np.testing.assert_allclose(coefficient, oracle.coef_, atol=1e-10)
    assert intercept == pytest.approx(oracle.intercept_, abs=1e-10)


def test_a_linear_score_fits_and_repeats():
    """A score that is linear in the superpixels has R² 1 and always the same leaders."""
    found = quality(neighbourhood(1000, linear), seed=0)
    assert found.r2 == pytest.approx(1, abs=1e-3)
    assert found.stability == 1
    assert found.chance == pytest.approx(5 / SEGMENTS)


@pytest.mark.parametrize("score", [exclusive, noise(1)])
def test_what_is_not_linear_has_no_fit_and_repeats_by_chance(score):
    """Exclusive-or and noise leave R² at or below 0, and leaders that agree no more than chance."""
    runs = [quality(neighbourhood(1000, score, seed), seed) for seed in range(8)]
    assert np.mean([run.r2 for run in runs]) <= 0
    assert np.mean([run.stability for run in runs]) == pytest.approx(5 / SEGMENTS, abs=0.06)


def test_noise_with_few_samples_is_unmasked_by_the_samples_left_out():
    """With 50 samples of noise the regression explains most of its own samples and nothing of others."""
    within, outside = [], []
    for seed in range(10):
        near = neighbourhood(50, noise(seed), seed)
        coefficient, intercept = ridge(moments(near))
        left = near.score - near.on @ coefficient - intercept
        centred = near.score - np.average(near.score, weights=near.weight)
        within.append(1 - near.weight @ left**2 / (near.weight @ centred**2))
        outside.append(quality(near, seed).r2)
    assert np.mean(within) > 0.6
    assert np.mean(outside) < -0.5


def test_a_constant_score_has_no_fit_at_all():
    """Where nothing ever changes, R² is not a number rather than a good or a bad one."""
    assert np.isnan(quality(neighbourhood(100, lambda on: np.full(len(on), 0.5)), 0).r2)


def test_the_left_out_samples_decide():
    """R² equals that of scikit-learn's ridge refitted without each fold and tried on it."""
    near = neighbourhood(300, linear, 5)
    near = Neighbourhood(near.on, near.score + noise(6)(near.on), near.weight)
    order, guess = np.random.default_rng(9).permutation(300), np.zeros(300)
    for fold in range(10):
        held = order[fold * 30 : (fold + 1) * 30]
        kept = np.setdiff1d(order, held)
        fit = Ridge(alpha=1.0).fit(near.on[kept], near.score[kept], sample_weight=near.weight[kept])
        guess[held] = fit.predict(near.on[held])
    assert quality(near, 9).r2 == pytest.approx(r2_score(near.score, guess, sample_weight=near.weight), abs=1e-9)


def test_the_same_seed_gives_the_same_answer():
    """Folds and halves are drawn from the seed alone."""
    near = neighbourhood(100, noise(2))
    assert quality(near, 7) == quality(near, 7)


def tangled(seed):
    """A score that is no sum: a few superpixels that lead, of nearly the same weight, and every two have a say."""
    random = np.random.default_rng(seed)
    weight, pairs = np.sort(random.exponential(size=SEGMENTS)), random.normal(size=(SEGMENTS, SEGMENTS)) / 12
    return lambda on: np.tanh(((on - 0.5) @ weight + np.einsum("na,ab,nb->n", on - 0.5, pairs, on - 0.5)) / 2)


def leaders(near):
    return set(np.argsort(-np.abs(ridge(moments(near))[0]))[:5].tolist())


def again(score, samples, seed):
    """How many of the leading superpixels two draws of so many samples really share."""
    one, other = (leaders(neighbourhood(samples, score, 1000 + 2 * seed + k)) for k in range(2))
    return len(one & other) / 5


def test_parts_that_share_a_few_samples_differ_as_two_draws_do():
    """What the rule looks at is, in the mean, what two draws of as many samples share; halves understate it."""
    rows = []
    for seed in range(48):
        score = tangled(seed % 6)
        near, random = neighbourhood(400, score, seed), np.random.default_rng(seed)
        blocks = near.blocks(random)
        parts, halves = overlap(blocks, random, 5, *AS_MANY), overlap(blocks, random, 5)
        rows.append((again(score, 400, seed), parts, halves))
    true, parts, halves = np.mean(rows, axis=0)
    assert parts == pytest.approx(true, abs=0.05)
    assert halves < parts - 0.02


def test_who_stops_early_is_not_told_too_much():
    """Looks at 256, 384, … 1,024 samples: at the stop the stability that is told is no more than what is so."""
    rows = []
    for seed in range(48):
        score = tangled(seed % 6)
        whole = neighbourhood(1024, score, seed)
        for samples in range(256, 1024, 128):
            near = whole[np.arange(samples)]
            if settled(near, seed):
                rows.append((quality(near, seed).stability, again(score, samples, seed)))
                break
    told, true = np.mean(rows, axis=0)
    assert len(rows) > 15
    assert told < true + 0.02
    assert true > 0.8
