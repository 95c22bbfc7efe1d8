"""Grad-CAM against tf-keras-vis and hand-worked numbers; its layer, its grid, and its silence."""

import numpy as np
import pytest

from generator.errors import ParameterError
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed, correlations
from tests.methods.conftest import corner_share


def test_equals_the_stock_library(network, stock):
    """The small map is tf-keras-vis' own; enlarged, theirs is displaced (see maps/test_pixels)."""
    explain, score = stock.Gradcam(network.keras), stock.CategoricalScore(network.target.tolist())
    options = {"penultimate_layer": "last", "expand_cam": False, "normalize_cam": False}
    signed = explain(score, network.images, activation_modifier=None, **options)
    assert min(correlations(computed("gradcam", network.request(), layer="last", signed=True).native, signed)) > 0.999
    rectified = explain(score, network.images, **options)
    np.testing.assert_allclose(computed("gradcam", network.request(), layer="last").native, rectified, atol=1e-5)


def test_the_channel_mean_spreads_over_the_picture():
    """P2: behind an identity convolution Grad-CAM's share of the deciding corner is the corner's share of the input."""
    weights = np.zeros((48, 48, 1, 2), np.float32)
    weights[:12, :12, 0, 0] = 6 / 144
    images = np.random.default_rng(0).random((4, 48, 48, 1))
    maps = computed("gradcam", request_of(LinearClassifier(weights), images, target=0))
    wanted = images[:, :12, :12].sum(axis=(1, 2, 3)) / images.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(corner_share(maps.values), wanted, rtol=1e-5)


def test_layer_and_grid_are_named(network):
    """Left out, the layer is the tensor that enters the flatten."""
    maps = computed("gradcam", network.request())
    assert maps.facts == {"score": "logit", "layer": "last", "grid": (12, 12)}
    assert maps.native.shape == (5, 12, 12)
    assert maps.values.shape == (5, 24, 24)


def test_another_layer_on_request(network):
    """`layer` overrides the standard one."""
    maps = computed("gradcam", network.request(), layer="first")
    assert maps.facts["layer"] == "first"
    assert maps.native.shape == (5, 24, 24)
    np.testing.assert_allclose(maps.native, maps.values, atol=1e-6)


def test_rectified_is_the_positive_part_of_signed(network):
    """`signed` leaves the last ReLU out and changes nothing else."""
    plain, signed = (computed("gradcam", network.request(), signed=s) for s in (False, True))
    np.testing.assert_allclose(plain.native, np.maximum(signed.native, 0))


def test_a_flat_layer_is_refused_with_a_cure(network):
    """A dense layer is no map; the message names those that are."""
    with pytest.raises(ParameterError, match=r"'logits' \(3\) is not a map .* take one of .*last") as error:
        computed("gradcam", network.request(), layer="logits")
    assert error.value.parameter == "layer"


def test_an_unknown_layer_is_refused_with_the_nearest(network):
    """A slip of the pen gets the name that was meant."""
    with pytest.raises(ParameterError, match="unknown layer 'lst'; did you mean 'last'"):
        computed("gradcam", network.request(), layer="lst")
