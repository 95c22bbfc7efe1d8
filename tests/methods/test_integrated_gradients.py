"""Integrated gradients against a slow sum, completeness, and the pixels a black baseline can never blame."""

import numpy as np
import pytest

from generator.classifier import Score
from generator.maps.pixels import filled
from generator.methods import integrated_gradients as door
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed, correlations
from tests.methods.conftest import corner_share


def slow(network, baseline, steps):
    """One image and one step at a time, in double precision."""
    start = filled(network.images, baseline)
    total = np.zeros(network.images.shape)
    for row, image in enumerate(network.images):
        for step in range(steps):
            point = start[row] + np.float32((step + 0.5) / steps) * (image - start[row])
            score = Score(network.target[row : row + 1])
            total[row] += network.classifier.gradients(point[None], score)[0]
    return ((network.images - start) * total / steps).sum(axis=-1)


@pytest.mark.parametrize("baseline", ["mean", "black", "blur"])
def test_equals_the_slow_sum(network, baseline):
    """All steps of all images in chunks are the loop over them."""
    ours = computed("integrated_gradients", network.request(), baseline=baseline, steps=20).values
    theirs = slow(network, baseline, 20)
    assert min(correlations(ours, theirs)) > 0.9999
    assert (np.abs(ours - theirs) > 1e-5).mean() < 0.01  # rounding may tip a ReLU or a maximum over


def test_the_pixels_add_up_to_the_change_of_the_score(network):
    """Completeness, beside the change that it should be; more steps come closer."""
    facts = computed("integrated_gradients", network.request(), steps=200).image_facts
    added = np.array([fact["contributions"] for fact in facts])
    wanted = np.array([fact["score_change"] for fact in facts])
    np.testing.assert_allclose(added, wanted, atol=0.01 * np.abs(wanted).max())


def test_a_linear_score_is_shared_out_exactly(bright):
    """P1 from black: each pixel of the corner gets its weight times its value, six in all."""
    maps = computed("integrated_gradients", bright, baseline="black", steps=3)
    np.testing.assert_allclose(maps.values[:, :12, :12], 6 / 144, rtol=1e-5)
    np.testing.assert_allclose(corner_share(maps.values), 1)
    np.testing.assert_allclose([f["contributions"] for f in maps.image_facts], 6, rtol=1e-5)
    np.testing.assert_allclose([f["score_change"] for f in maps.image_facts], 6, rtol=1e-5)


def test_from_black_no_dark_pixel_is_ever_blamed(linear):
    """A black corner that decides gets nothing from a black baseline, and its share from the standard one."""
    image = np.ones((1, 48, 48, 1))
    image[:, :12, :12] = 0
    request = request_of(linear, image, target=0)
    black = computed("integrated_gradients", request, baseline="black")
    standard = computed("integrated_gradients", request)
    assert np.abs(black.values[:, :12, :12]).max() == 0
    assert standard.values[:, :12, :12].max() < 0
    assert standard.facts["baseline"] == "mean"


def test_magnitudes_on_request(bright):
    """Unsigned maps are the magnitudes of the signed ones."""
    signed, plain = (computed("integrated_gradients", bright, signed=s, steps=2) for s in (True, False))
    assert signed.signed
    assert not plain.signed
    np.testing.assert_allclose(plain.values, np.abs(signed.values))


def test_a_sum_that_is_off_takes_more_steps(network, monkeypatch):
    """Image by image: only those more than 5 % off go on. An explicit number stays what it is, and says by how much
    it is off."""
    monkeypatch.setattr(door, "STEPS", (1, 3, 9))
    request = network.request()
    maps = computed("integrated_gradients", request)
    once = {n: computed("integrated_gradients", request, steps=n) for n in (1, 3, 9)}
    taken = [facts["steps"] for facts in maps.image_facts]
    assert len(set(taken)) > 1
    assert maps.facts["steps"] == f"{min(taken)}–{max(taken)}"
    for row, steps in enumerate(taken):
        np.testing.assert_allclose(maps.values[row], once[steps].values[row], atol=1e-6)
        off = {n: once[n].image_facts[row]["completeness"] for n in once}
        assert all(off[n] > 0.05 for n in once if n < steps)
        assert off[steps] <= 0.05 or steps == 9
        told = once[1].image_facts[row]
        assert off[1] == pytest.approx(abs(told["contributions"] / told["score_change"] - 1))
    assert once[1].facts["steps"] == 1
    assert once[1].facts["sum_off"] == max(facts["completeness"] for facts in once[1].image_facts)
    assert "sum_off" not in computed("integrated_gradients", request, steps=200).facts


def test_rounding_is_not_off():
    """Where the shares cancel, what is left of the change is rounding, and more steps would not help."""
    even = LinearClassifier(np.ones((48, 48, 1, 2), np.float32))
    request = request_of(even, np.random.default_rng(0).random((3, 48, 48, 1)), target=0)
    assert computed("integrated_gradients", request).facts["steps"] == 50
