"""Outputs of a layer held to the layer itself."""

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.methods.feature_maps import feature_maps
from tests.conftest import request_of
from tests.fixtures.summits import summits

IMAGES = np.random.default_rng(0).random((5, 12, 12, 1)).astype(np.float32)


def test_the_outputs_are_the_layers_own():
    """Filters come before height and width, image by image, in the order asked for."""
    classifier = summits()
    found = feature_maps(request_of(classifier, IMAGES), layer="maps", filters=(3, 1))
    expected = classifier.outputs(IMAGES, "maps")
    assert found.output.shape == (5, 2, 12, 12)
    np.testing.assert_array_equal(found.output[:, 0], expected[..., 3])
    np.testing.assert_array_equal(found.output[:, 1], expected[..., 1])
    assert found.unit.tolist() == [3, 1]
    assert found.facts["grid"] == (12, 12)


def test_the_best_are_those_that_answer_most():
    """The strongest mean output over the images of the figure comes first."""
    found = feature_maps(request_of(summits((0.1, 0.9, None, 0.5)), IMAGES), filters={"best": 2})
    means = summits((0.1, 0.9, None, 0.5)).logits(IMAGES).mean(axis=0)
    assert found.unit.tolist() == np.argsort(-means)[:2].tolist()


def test_a_flat_layer_is_refused():
    """A layer without height and width has no maps to show."""
    with pytest.raises(ParameterError, match=r"the output of 'logits' \(4\) has no height and width"):
        feature_maps(request_of(summits(), IMAGES), layer="logits")
