"""Score-CAM against the paper's algorithm, written out image by image and channel by channel."""

from dataclasses import replace

import numpy as np
import pytest

from generator.maps.pixels import enlarge
from generator.methods.scorecam import softmax, strongest
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed


def slow(network, layer, channels):
    """Algorithm 1 of the paper, one image and one channel at a time, its black reference written out."""
    maps = []
    for image, target in zip(network.images, network.target, strict=True):
        output = network.classifier.outputs(image[None], layer)[0]
        total = np.zeros(output.shape[:2])
        nothing = network.classifier.logits(np.zeros_like(image)[None])[0, target]
        raised = {}
        for c in np.argsort(-output.std(axis=(0, 1)))[:channels].tolist():
            mask = enlarge(output[None, :, :, c], image.shape[:2])[0]
            mask = (mask - mask.min()) / (mask.max() - mask.min())
            raised[c] = np.exp(network.classifier.logits((image * mask[:, :, None])[None])[0, target] - nothing)
        for c, one in raised.items():
            total += one / sum(raised.values()) * output[:, :, c]
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
    assert (strongest([output], None)[0] == output[:, :, [0, 2, 4]]).all()
    assert strongest([output[:, :, [1]]], 4)[0].shape == (4, 4, 0)


def test_channels_of_several_layers_are_chosen_together():
    """Those that vary most of all; a layer may have none among them."""
    wide, narrow = np.random.default_rng(0).random((2, 4, 4, 2)).astype(np.float32) * [[[[1.0]]], [[[0.1]]]]
    assert [kept.shape[2] for kept in strongest([narrow, wide], 2)] == [0, 2]


def test_a_black_image_is_flat(network):
    """Nothing can be seen through any mask: the map says nothing, and is finite."""
    black = request_of(network.classifier, np.zeros((1, 24, 24, 1)))
    assert computed("scorecam", black).remark(0) == "flat"


def test_what_the_model_says_of_black_does_not_matter(linear):
    """Where a black picture is called this class at .98 no mask raises the score; the map is there all the same."""
    request = request_of(linear, np.random.default_rng(0).random((1, 48, 48, 1)), target=0)
    biased = replace(request, classifier=LinearClassifier(linear.weights, np.array([4.0, 0.0], np.float32)))
    assert biased.classifier.probabilities(np.zeros((1, 48, 48, 1)))[0, 0] > 0.98
    plain, same = (computed("scorecam", asked) for asked in (request, biased))
    rises = biased.classifier.probabilities(request.batch.inputs) - biased.classifier.probabilities(
        0 * request.batch.inputs
    )
    assert rises[0, 0] < 0.02  # the most that a weight has left where black is taken off
    assert not same.remark(0)
    np.testing.assert_allclose(plain.values, same.values, rtol=1e-4)


def test_probabilities_would_weigh_all_channels_nearly_alike():
    """Between scores of 0 and 1 a softmax leaves a ratio of e at most: why the logit is what is explained."""
    sure, unsure = softmax(np.array([1.0, 0.0], np.float32))
    assert sure / unsure == pytest.approx(np.e)
    assert softmax(np.array([900.0, 890.0], np.float32))[0] == pytest.approx(1, abs=1e-4)
