"""Predictions are the model's own."""

import numpy as np

from generator.methods.predictions import predictions
from tests.conftest import request_of


def test_the_probabilities_are_the_models(linear):
    """The all-white image of the planted case scores (6, 0): softmax of that; the black one has even chances."""
    found = predictions(request_of(linear, np.stack([np.ones((48, 48, 1)), np.zeros((48, 48, 1))])))
    expected = [[1 / (1 + np.exp(-6)), 1 / (1 + np.exp(6))], [0.5, 0.5]]
    np.testing.assert_allclose(found.probability, expected, atol=1e-6)
    assert found.facts["images"] == 2
