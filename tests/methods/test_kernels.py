"""Kernels are the weights in the file."""

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.methods.kernels import kernels


def test_the_weights_are_kerass(network):
    """Filter by filter the kernel of the first convolution."""
    found = kernels(network.request())
    weight = np.asarray(network.keras.get_layer("first").kernel)
    assert found.facts["layer"] == "first"
    np.testing.assert_array_equal(found.weight, np.moveaxis(weight[:, :, 0], -1, 0))
    assert found.unit.tolist() == list(range(8))


def test_a_deep_layer_is_summed_or_shown_by_channel(network):
    """Of many input channels the sum is shown, or the one asked for; one that is not there is refused."""
    weight = np.asarray(network.keras.get_layer("last").kernel)
    found = kernels(network.request(), layer="last", filters=(3,))
    np.testing.assert_allclose(found.weight[0], weight[..., 3].sum(axis=2), atol=1e-6)
    assert found.facts["channel"] == "summed"
    found = kernels(network.request(), layer="last", filters=(3,), channel=7)
    np.testing.assert_array_equal(found.weight[0], weight[:, :, 7, 3])
    with pytest.raises(ParameterError, match="takes 8 channels, from 0; there is no 8"):
        kernels(network.request(), layer="last", channel=8)


def test_the_best_have_the_largest_weights(network):
    """The sum of magnitudes decides."""
    weight = np.asarray(network.keras.get_layer("first").kernel)
    order = np.argsort(-np.abs(weight).sum(axis=(0, 1, 2)))
    assert kernels(network.request(), filters={"best": 3}).unit.tolist() == order[:3].tolist()


def test_a_layer_without_a_kernel_is_refused(network):
    """A pooling or dense layer has none of height and width."""
    for layer in ("pool", "logits"):
        with pytest.raises(ParameterError, match="no kernel of height and width; take a convolution"):
            kernels(network.request(), layer=layer)
