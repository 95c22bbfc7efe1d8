"""LayerCAM against tf-keras-vis and the planted case that tells it from Grad-CAM."""

import numpy as np
import pytest

from tests.conftest import request_of
from tests.fixtures.stock import computed, correlations
from tests.methods.conftest import corner_share


def test_equals_the_stock_library(network, stock):
    """Positive gradients times the output, place by place."""
    theirs = stock.Layercam(network.keras)(
        stock.CategoricalScore(network.target.tolist()), network.images,
        penultimate_layer="last", expand_cam=False, normalize_cam=False,
    )  # fmt: skip
    ours = computed("layercam", network.request(), layer="last").native
    assert min(correlations(ours, theirs)) > 0.999
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_only_the_place_that_decides_is_marked(linear):
    """P2: where Grad-CAM spreads over the picture, LayerCAM stays in the corner."""
    request = request_of(linear, np.random.default_rng(0).random((4, 48, 48, 1)), target=0)
    np.testing.assert_allclose(corner_share(computed("layercam", request).values), 1, rtol=1e-6)


def test_signed_adds_up_to_the_score_behind_a_linear_head(network):
    """Gradient times output, summed, is the logit without its bias: nothing is lost on the way."""
    maps = computed("layercam", network.request(), layer="last", signed=True)
    rows = np.arange(len(network.images))
    logits = network.classifier.logits(network.images)[rows, network.target]
    np.testing.assert_allclose(maps.native.sum(axis=(1, 2)), logits, atol=1e-4)


@pytest.mark.parametrize("signed", [False, True])
def test_under_global_pooling_it_is_grad_cam_plus_plus_and_says_so(network, signed):
    """A score with one slope for each channel leaves nothing to weigh place by place; behind a flatten there is."""
    request = request_of(Pooled(network.classifier), network.images, target=network.target)
    ours, theirs = (computed(name, request, layer="last", signed=signed) for name in ("layercam", "gradcam_plus_plus"))
    np.testing.assert_allclose(ours.native, theirs.native, atol=1e-6)
    assert (ours.facts["same_map"], theirs.facts["same_map"]) == ("Grad-CAM++", "LayerCAM")
    assert "same_map" not in computed("gradcam", request, layer="last").facts
    for name in ("layercam", "gradcam_plus_plus"):
        assert "same_map" not in computed(name, network.request(), layer="last").facts


class Pooled:
    """A classifier whose score depends on the mean of each channel only."""

    def __init__(self, classifier):
        self.classifier = classifier

    def __getattr__(self, name):
        return getattr(self.classifier, name)

    def layer_gradients(self, inputs, score, *layers):
        output, gradient = self.classifier.layer_gradients(inputs, score, *layers)
        return output, np.broadcast_to(gradient.mean(axis=(1, 2), keepdims=True), gradient.shape)
