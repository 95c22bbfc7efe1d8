"""The climb of the logits against summits known by hand."""

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.methods.class_maximization import class_maximization
from tests.conftest import request_of
from tests.fixtures.summits import summits

IMAGES = np.full((2, 12, 12, 1), 0.5, np.float32)


def test_every_class_is_climbed_to_its_summit():
    """Left out, all classes are shown in the order of the outputs, with their logit and their probability."""
    found = class_maximization(request_of(summits(), IMAGES), steps=200, rate=0.01)
    assert found.of == "class"
    assert found.unit.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(found.activation, 1, atol=1e-3)
    np.testing.assert_allclose(found.on_images, 0.91, atol=1e-5)
    other = 1 - 4 * 12 * 0.36 / 144  # two rows missing, two rows too many
    expected = np.exp(1) / (np.exp(1) + 3 * np.exp(other))
    np.testing.assert_allclose(found.facts["probability"], expected, atol=1e-3)


def test_classes_can_be_chosen():
    """A list of classes keeps its order; one that the model has not is refused."""
    request = request_of(summits(), IMAGES)
    assert class_maximization(request, classes=(2, 0), steps=5).unit.tolist() == [2, 0]
    with pytest.raises(ParameterError, match="the model has 4 classes, 0 to 3; there is no 4"):
        class_maximization(request, classes=(1, 4))


def test_a_class_can_be_climbed_from_an_image():
    """Starting at its summit a class stays there."""
    classifier = summits()
    images = np.moveaxis(classifier.summit, -1, 0)[..., None]
    found = class_maximization(request_of(classifier, images), classes=(1,), start=1, steps=3, rate=0.001)
    assert found.activation[0] == pytest.approx(1, abs=1e-4)
    assert found.on_images[0] == pytest.approx(1)


def test_of_many_classes_the_first_are_shown():
    """A model of a thousand classes is not climbed a thousand times unless it is asked for."""
    request = request_of(summits((0.5,) * 25, size=50), np.full((1, 50, 50, 1), 0.5))
    assert class_maximization(request, steps=1).unit.tolist() == list(range(20))
    assert class_maximization(request, steps=1, classes=tuple(range(25))).unit.tolist() == list(range(25))


def test_a_class_that_nothing_moves_is_dead():
    """An output that is the same for every picture has no pattern."""
    assert class_maximization(request_of(summits((None, 0.4)), IMAGES), steps=5).dead.tolist() == [False, True]
