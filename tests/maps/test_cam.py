"""What all class activation maps share, by hand: the layer, the sum over its channels, and silence."""

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.maps.cam import spatial_layers, weighted
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed


@pytest.mark.parametrize(("signed", "expected"), [(True, [[2.0, -1.0]]), (False, [[2.0, 0.0]])])
def test_the_map_is_what_the_method_makes_of_output_and_gradient(signed, expected):
    """Of two pixels of two channels: the sum of output times gradient, what is negative only where it is signed."""
    weights = np.array([[[[1.0, 0], [0.5, 0]], [[-1.0, 0], [0, 0]]]] * 2, np.float32)
    images = np.array([[[[1.0, 2.0], [1.0, 3.0]]] * 2], np.float32)
    request = request_of(LinearClassifier(weights), images, target=0)
    chosen = spatial_layers(request.classifier, "identity")
    maps = weighted(request, chosen, "logit", signed, lambda output, gradient: (output * gradient).sum(axis=-1))
    np.testing.assert_allclose(maps.native, [expected * 2])
    np.testing.assert_allclose(maps.values, maps.native)
    assert maps.facts == {"score": "logit", "layer": "identity", "grid": (2, 2)}
    assert maps.remarks == ("",)


def test_nothing_speaks_for_a_class_that_only_loses(linear):
    """Where all weighted sums are negative the map is empty and says so; signed, it shows what speaks against."""
    against = LinearClassifier(-linear.weights)
    request = request_of(against, np.ones((2, 48, 48, 1)), target=0)
    assert computed("gradcam", request).remarks == ("nothing_speaks_for",) * 2
    signed = computed("gradcam", request, signed=True)
    assert signed.remarks == ("", "")
    assert signed.values.max() < 0


def test_no_gradient_is_flat(linear):
    """A class that depends on nothing is flat: neither for nor against."""
    assert computed("gradcam", request_of(linear, np.ones((1, 48, 48, 1)), target=1)).remark(0) == "flat"


def test_a_model_without_convolution_is_refused_with_a_cure(linear):
    """No map, no Grad-CAM: the message names methods that work."""

    class Dense(LinearClassifier):
        @property
        def layers(self):
            return super().layers[1:]

    with pytest.raises(ParameterError, match=r"no convolution .* occlusion or lime"):
        computed("gradcam", request_of(Dense(linear.weights), np.ones((1, 48, 48, 1))))
