"""Guided Grad-CAM is the product of its two parts, ours and the stock library's."""

import numpy as np

from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed, correlations


def test_equals_the_product_of_the_stock_parts(network, stock):
    """On the layer of full size, where tf-keras-vis' zoom displaces nothing."""
    score = stock.CategoricalScore(network.target.tolist())
    where = stock.Gradcam(network.keras)(score, network.images, penultimate_layer="first", normalize_cam=False)
    lines = stock.Saliency(network.keras, model_modifier=stock.GuidedBackpropagation())(
        score, network.images, normalize_map=False
    )
    ours = computed("guided_gradcam", network.request(), layer="first").values
    assert min(correlations(ours, where * lines)) > 0.999


def test_is_the_product_of_our_parts(network):
    """The rectified map times the guided gradient, signed or not."""
    request = network.request()
    where = computed("gradcam", request).values
    for signed in (False, True):
        lines = computed("guided_backprop", request, signed=signed).values
        np.testing.assert_allclose(computed("guided_gradcam", request, signed=signed).values, where * lines, atol=1e-6)


def test_carries_the_facts_of_both(network):
    """Layer and grid of the one, the warning of the other."""
    facts = computed("guided_gradcam", network.request()).facts
    assert facts == {"score": "logit", "insensitive": True, "layer": "last", "grid": (12, 12)}


def test_an_empty_map_says_so(linear):
    """Where Grad-CAM finds nothing for the class, that is said before anything else."""
    request = request_of(LinearClassifier(-linear.weights), np.ones((1, 48, 48, 1)), target=0)
    assert computed("guided_gradcam", request).remarks == ("nothing_speaks_for",)


def test_without_rectifiers_it_is_not_applicable(linear):
    """Grad-CAM times the plain gradient is not what the name says."""
    request = request_of(linear, np.ones((1, 48, 48, 1)), target=0)
    assert computed("guided_gradcam", request).remarks == ("not_applicable",)
