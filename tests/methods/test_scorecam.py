"""Score-CAM against tf-keras-vis, whose weights lack the paper's reference, and a slow reference for the rest."""

import numpy as np
import pytest

from generator.maps.pixels import enlarge
from generator.methods.scorecam import strongest
from tests.conftest import request_of
from tests.fixtures.stock import computed, correlations


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


def test_equals_the_stock_library_but_for_the_reference(network, stock):
    """tf-keras-vis weighs by p(masked), the paper by p(masked) − p(nothing): taken off theirs, the maps are equal.

    On the layer of full size, where nothing is enlarged: theirs enlarges with SciPy's displaced zoom."""
    score = stock.CategoricalScore(network.target.tolist())
    theirs = np.asarray(
        stock.Scorecam(network.keras)(
            score, network.images, penultimate_layer="first",
            activation_modifier=None, expand_cam=False, normalize_cam=False,
        )
    )  # fmt: skip
    output = network.classifier.outputs(network.images, "first")
    nothing = softmax(network.classifier.logits(np.zeros_like(network.images)))
    reference = nothing[np.arange(5), network.target][:, None, None] * output.sum(axis=-1)
    ours = computed("scorecam", network.request(), layer="first", max_channels=None, signed=True).native
    assert min(correlations(ours, theirs - reference)) > 0.999
    np.testing.assert_allclose(ours, theirs - reference, atol=1e-4)


def slow(network, layer, channels):
    """One image and one channel at a time."""
    maps = []
    for image, target in zip(network.images, network.target, strict=True):
        output = network.classifier.outputs(image[None], layer)[0]
        total = np.zeros(output.shape[:2])
        nothing = network.classifier.probabilities(np.zeros_like(image)[None])[0, target]
        for c in np.argsort(-output.std(axis=(0, 1)))[:channels]:
            mask = enlarge(output[None, :, :, c], image.shape[:2])[0]
            mask = (mask - mask.min()) / (mask.max() - mask.min())
            rise = network.classifier.probabilities((image * mask[:, :, None])[None])[0, target] - nothing
            total += rise * output[:, :, c]
        maps.append(np.maximum(total, 0))
    return np.stack(maps)


@pytest.mark.parametrize("channels", [3, 12])
def test_equals_the_slow_reference(network, channels):
    """All masks of all images in chunks are the loop over them."""
    maps = computed("scorecam", network.request(), layer="last", max_channels=channels)
    np.testing.assert_allclose(maps.native, slow(network, "last", channels), atol=1e-5)
    assert maps.facts["channels"] == channels
    assert maps.facts["of_channels"] == 12


def test_more_channels_than_there_are_means_all(network):
    """tf-keras-vis ends in a ValueError here."""
    many, every = (computed("scorecam", network.request(), max_channels=n) for n in (500, None))
    assert (many.values == every.values).all()
    assert many.facts["channels"] == 12


def test_channels_are_chosen_for_each_image_alone(network):
    """tf-keras-vis takes the union over the batch, so that a map depends on its neighbours; ours does not."""
    together = computed("scorecam", network.request(), max_channels=2).values[0]
    alone = request_of(network.classifier, network.images[:1], target=network.target[:1])
    np.testing.assert_allclose(computed("scorecam", alone, max_channels=2).values[0], together, atol=1e-5)


def test_constant_channels_are_left_out():
    """A channel that is the same everywhere would divide by zero and hides nothing."""
    output = np.random.default_rng(0).random((4, 4, 5)).astype(np.float32)
    output[:, :, [1, 3]] = 0.5
    assert (strongest(output, None) == output[:, :, [0, 2, 4]]).all()
    assert strongest(output[:, :, [1]], 4).shape == (4, 4, 0)


def test_a_black_image_is_flat(network):
    """Nothing can be seen through any mask: the map says nothing, and is finite."""
    black = request_of(network.classifier, np.zeros((1, 24, 24, 1)))
    assert computed("scorecam", black).remark(0) == "flat"


def test_what_only_lowers_the_score_is_said(linear):
    """Seen through the mask, the corner lowers the second class: nothing speaks for it."""
    request = request_of(linear, np.random.default_rng(0).random((1, 48, 48, 1)), target=1)
    assert computed("scorecam", request).remark(0) == "nothing_speaks_for"
    assert computed("scorecam", request, signed=True).values.min() < 0
