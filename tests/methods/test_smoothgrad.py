"""SmoothGrad against tf-keras-vis under the same noise, the paper's order of mean and magnitude, and its seeds."""

import numpy as np
import pytest

from generator.methods import smoothgrad as door
from generator.methods.smoothgrad import noisy
from tests.conftest import request_of
from tests.fixtures.memory import made_ahead, peak
from tests.fixtures.stock import computed, correlations

SAMPLES, NOISE = 8, 0.2


def test_equals_the_stock_library_under_the_same_noise(network, stock, monkeypatch):
    """tf-keras-vis with `gradient_modifier=None`, its random numbers replaced by ours, magnitude after the mean."""
    request = network.request()
    theirs = np.abs(_stock(stock, network, request, monkeypatch, gradient_modifier=None)).max(axis=-1)
    ours = computed("smoothgrad", request, samples=SAMPLES, noise=NOISE).values
    assert min(correlations(ours, theirs)) > 0.999
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_stock_default_takes_magnitudes_first(network, stock, monkeypatch):
    """tf-keras-vis averages magnitudes, and noise that should cancel adds up: nowhere smaller, another map."""
    request = network.request()
    theirs = _stock(stock, network, request, monkeypatch).max(axis=-1)
    ours = computed("smoothgrad", request, samples=SAMPLES, noise=NOISE).values
    assert min(correlations(ours, theirs)) < 0.99
    assert (theirs >= ours - 1e-6).all()


def _stock(stock, network, request, monkeypatch, **options):
    """tf-keras-vis' SmoothGrad, unreduced, with the noise that ours draws."""
    inputs = request.batch.inputs
    drawn = np.stack([variant for _, variant in noisy(request.batch, SAMPLES, NOISE)])
    sigma = NOISE * np.ptp(inputs, axis=(1, 2, 3))[:, None, None, None]
    unit = (np.swapaxes(drawn.reshape(len(inputs), SAMPLES, *inputs.shape[1:]), 0, 1) - inputs) / sigma
    monkeypatch.setattr(stock.saliency_module.np.random, "normal", lambda mean, scale, shape: np.asarray(scale) * unit)
    score = stock.CategoricalScore(network.target.tolist())
    settings = {"smooth_samples": SAMPLES, "smooth_noise": NOISE, "keepdims": True, "normalize_map": False}
    return np.asarray(stock.Saliency(network.keras)(score, inputs, **settings, **options))


def test_noise_is_a_share_of_each_images_range():
    """An image of half the contrast gets half the noise, a flat one none."""
    from tests.fixtures.closed_form import LinearClassifier

    model = LinearClassifier(np.ones((40, 40, 1, 2), np.float32))
    ramp = np.linspace(0, 1, 1600).reshape(40, 40, 1)
    request = request_of(model, np.stack([ramp, ramp / 2, np.full((40, 40, 1), 0.5)]))
    found = {0: [], 1: [], 2: []}
    for row, variant in noisy(request.batch, 10, 0.3):
        found[row].append((variant - request.batch.inputs[row]).std())
    assert np.mean(found[0]) == pytest.approx(0.3, rel=0.03)
    assert np.mean(found[1]) == pytest.approx(0.15, rel=0.03)
    assert max(found[2]) == 0


def test_without_noise_it_is_the_gradient(network):
    """The mean of equal gradients is the gradient."""
    request = network.request()
    smooth, plain = computed("smoothgrad", request, noise=0.0, samples=3), computed("saliency", request)
    np.testing.assert_allclose(smooth.values, plain.values, atol=1e-6)


def test_each_image_has_its_seed(network):
    """The seed of each image stands among its facts, and another seed gives another map."""
    request = network.request()
    maps = computed("smoothgrad", request, samples=4)
    assert [facts["seed"] for facts in maps.image_facts] == request.batch.seed.tolist()
    assert {key: maps.facts[key] for key in ("score", "samples", "noise")} == {
        "score": "logit",
        "samples": 4,
        "noise": 0.1,
    }
    reseeded = request.batch.__class__(**{**request.batch.__dict__, "seed": request.batch.seed + 99})
    other = computed("smoothgrad", request.__class__(**{**request.__dict__, "batch": reseeded}), samples=4)
    assert (other.values != maps.values).any()


def test_memory_does_not_grow_with_the_samples(linear):
    """Of 800 further samples of four images, 29 MB, the peak holds no more than what is made ahead."""
    images = np.random.default_rng(0).random((4, 48, 48, 1))

    def held(samples):
        return peak(lambda: computed("smoothgrad", request_of(linear, images), samples=samples))

    few, many = held(200), held(1000)  # the few first: their peak holds the trace
    assert many < few + made_ahead(images.shape[1:])


def test_the_share_of_copies_that_keep_the_class_is_counted(network, monkeypatch):
    """Copy by copy: how many are still given the class of the image; where too few are, a reader is told."""
    request = network.request()
    for noise, share in ((0.01, 0.0), (0.5, 1.01)):  # the second share is above every mean
        monkeypatch.setattr(door, "FEW", share)
        maps = computed("smoothgrad", request, samples=20, noise=noise)
        kept = np.zeros(5)
        for row, copy in noisy(request.batch, 20, noise):
            kept[row] += network.classifier.logits(copy[None]).argmax() == request.batch.prediction[row]
        assert [facts["keeps_class"] for facts in maps.image_facts] == pytest.approx(kept / 20)
        lost = {row: facts["loses_class"] for row, facts in enumerate(maps.image_facts) if "loses_class" in facts}
        assert lost == ({row: pytest.approx(one) for row, one in enumerate(kept / 20)} if share else {})
        assert maps.facts["keeps_class"] == pytest.approx(kept.mean() / 20)
        assert maps.facts.get("loses_class") == (maps.facts["keeps_class"] if share else None)
    assert kept.min() < 20
