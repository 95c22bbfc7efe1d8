"""The explained number and its derivative agree, whatever is explained."""

import numpy as np
import pytest

from generator.classifier import Score
from generator.maps.explained import gradient_facts, slopes, values
from tests.fixtures.closed_form import LinearClassifier

RANDOM = np.random.default_rng(0)
MODEL = LinearClassifier(RANDOM.normal(size=(4, 5, 2, 3)).astype(np.float32))
INPUTS = RANDOM.random((6, 4, 5, 2)).astype(np.float32)
TARGET = np.array([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize("kind", ["logit", "probability", "loss", "sum"])
def test_the_derivative_is_the_derivative_of_the_value(kind):
    """A small step along the gradient raises the value by the step times the gradient's square, a loss included."""
    score = Score(TARGET, None, kind)
    gradient = slopes(MODEL, INPUTS, score)
    step = 1e-3 / np.sqrt((gradient**2).sum(axis=(1, 2, 3), keepdims=True))
    rise = values(MODEL, INPUTS + step * gradient, score) - values(MODEL, INPUTS - step * gradient, score)
    np.testing.assert_allclose(rise, 2e-3 * np.sqrt((gradient**2).sum(axis=(1, 2, 3))), rtol=0.02)


def test_against_is_a_difference():
    """The score against another class is the difference of the two scores."""
    other = (TARGET + 1) % 3
    difference = values(MODEL, INPUTS, Score(TARGET, other))
    np.testing.assert_allclose(difference, values(MODEL, INPUTS, Score(TARGET)) - values(MODEL, INPUTS, Score(other)))


def test_a_hopeless_class_has_a_finite_loss():
    """A probability of zero does not become an infinite loss."""
    sure = LinearClassifier(np.stack([np.full((4, 5, 2), 99), np.zeros((4, 5, 2)), np.zeros((4, 5, 2))], -1))
    assert np.isfinite(values(sure, INPUTS, Score(np.ones(6, int), None, "loss"))).all()


def test_one_sigmoid_is_said_of_magnitudes_only():
    """Signed maps of the two classes differ, so only unsigned ones carry the fact."""
    one = LinearClassifier(MODEL.weights[..., :2], one_output=True)
    assert gradient_facts(one, "logit", False) == {"score": "logit", "one_output": True}
    assert gradient_facts(one, "logit", True) == {"score": "logit"}
    assert gradient_facts(MODEL, "loss", False) == {"score": "loss"}
