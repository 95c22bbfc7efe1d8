"""The port: layers by name and by place, scores by row, and numbers that are finite."""

import numpy as np
import pytest

from generator.classifier import Layer, Score, finite, first_convolution, last_spatial, layer_called
from generator.errors import ComputationError, ParameterError
from tests.fixtures.closed_form import LinearClassifier

LAYERS = (
    Layer("wide", "DepthwiseConv2D", (8, 8, 1)),
    Layer("conv", "Conv2D", (8, 8, 4), rectifies=True),
    Layer("pool", "MaxPooling2D", (4, 4, 4)),
    Layer("mean", "GlobalAveragePooling2D", (4,)),
    Layer("row", "Reshape", (1, 4, 1)),
)


class Layered(LinearClassifier):
    """A model of these layers."""

    @property
    def layers(self):
        return LAYERS


MODEL = Layered(np.zeros((8, 8, 1, 2), np.float32))


def test_a_layer_is_found_by_its_name():
    """A slip of the pen is a mistake of the parameter, with the name that was meant."""
    assert layer_called("pool", LAYERS) is LAYERS[2]
    with pytest.raises(ParameterError, match="unknown layer 'pol'; did you mean 'pool'") as error:
        layer_called("pol", LAYERS)
    assert error.value.parameter == "layer"


def test_layers_are_found_by_their_place():
    """A map has height and width above 1; a depthwise convolution has no filters over all channels."""
    assert last_spatial(MODEL) is LAYERS[2]
    assert first_convolution(MODEL) is LAYERS[1]
    assert [layer.spatial for layer in LAYERS] == [True, True, True, False, False]


def test_a_score_is_cut_like_its_images():
    """What it is compared with is cut too, its kind stays."""
    score = Score(np.array([0, 1, 2]), np.array([1, 2, 0]), "probability")[1:]
    assert (score.target.tolist(), score.against.tolist(), score.kind) == ([1, 2], [2, 0], "probability")
    assert Score(np.array([0, 1, 2]))[np.array([2])].against is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_no_result(value):
    """A training that failed leaves such numbers; the message says what they were to be."""
    numbers = np.array([0.0, 1.0], np.float32)
    assert finite(numbers, "the outputs") is numbers
    with pytest.raises(ComputationError, match="the outputs are not all finite numbers"):
        finite(np.array([0, value], np.float32), "the outputs")
