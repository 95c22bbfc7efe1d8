"""LayerCAM against tf-keras-vis and the planted case that tells it from Grad-CAM."""

import numpy as np

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
