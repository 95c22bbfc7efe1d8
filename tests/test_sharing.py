"""What several methods ask of one picture is answered by one pass, and remembered."""

import numpy as np
import pytest

from generator.classifier import Score
from generator.sharing import KEY, PICTURE, Memory, Sharing
from tests.fixtures.closed_form import LinearClassifier

RANDOM = np.random.default_rng(0)
WANTED = {"logit": (PICTURE, "identity")}


class Counting(LinearClassifier):
    """Counts the images of each question."""

    def __init__(self):
        super().__init__(RANDOM.normal(size=(2, 2, 1, 3)), np.zeros(3))
        self.asked: dict[str, int] = {}

    def count(self, question, inputs):
        self.asked[question] = self.asked.get(question, 0) + len(inputs)

    def logits(self, inputs):
        self.count("logits", inputs)
        return super().logits(inputs)

    def scored_gradients(self, inputs, score, rectifier="plain"):
        self.count(rectifier, inputs)
        return LinearClassifier.logits(self, inputs), self.gradients(inputs, score)

    def layer_gradients(self, inputs, score, *layers):
        self.count("layer", inputs)
        return super().layer_gradients(inputs, score, *layers)

    def slopes_at(self, inputs, score, *places):
        self.count("together", inputs)
        slope = self.gradients(inputs, score)
        return (LinearClassifier.logits(self, inputs), slope, inputs, slope)


@pytest.fixture
def model():
    return Counting()


@pytest.fixture
def images():
    return RANDOM.random((5, 2, 2, 1)).astype(np.float32)


def test_pictures_are_asked_once_for_all(model, images):
    """The slope by the picture and by a layer, in any portions and order, for each class once."""
    shared, target = Sharing(model, WANTED), np.array([0, 1, 2, 0, 1])
    shared.announced(images)
    slope = shared.gradients(images, Score(target))
    output, by_layer = shared.layer_gradients(images[3:], Score(target[3:]), "identity")
    again = shared.gradients(images[::-1], Score(target[::-1]))
    assert model.asked == {"together": 5}
    np.testing.assert_array_equal(slope, model.gradients(images, Score(target)))
    np.testing.assert_array_equal(again, slope[::-1])
    np.testing.assert_array_equal(output, images[3:])
    np.testing.assert_array_equal(by_layer, slope[3:])
    shared.gradients(images, Score(np.array([0, 1, 2, 0, 2])))
    assert model.asked == {"together": 6}


def test_what_is_no_picture_passes_through(model, images):
    """Copies with noise are asked alone, and only what they are asked for."""
    shared, target = Sharing(model, WANTED), np.zeros(5, np.int64)
    shared.announced(images)
    for _ in range(2):
        shared.gradients(images + 1, Score(target))
        shared.layer_gradients(images + 1, Score(target), "identity")
    assert model.asked == {"plain": 10, "layer": 10}


def test_other_questions_about_pictures_are_remembered_by_themselves(model, images):
    """A guided gradient, another kind of score, several layers at once."""
    shared, target = Sharing(model, WANTED), np.zeros(5, np.int64)
    shared.announced(images)
    for _ in range(2):
        shared.scored_gradients(images, Score(target), "guided")
        shared.gradients(images, Score(target, kind="sum"))
        shared.layer_gradients(images, Score(target), "identity", "other")
    assert model.asked == {"guided": 5, "plain": 5, "layer": 10}


def test_answers_of_all_classes_are_remembered_of_anything(model, images):
    """A black box that is asked about another class; another network knows nothing yet."""
    shared = Sharing(model)
    twice = np.concatenate([images, images[:2]])
    np.testing.assert_array_equal(shared.logits(twice), LinearClassifier.logits(model, twice))
    shared.logits(images)
    assert model.asked == {"logits": 5}
    shared.of(model).logits(images)
    assert model.asked == {"logits": 10}
    assert shared.logits(images[:0]).shape == (0, 3)


def test_the_memory_is_bounded():
    """What was used longest ago goes first, and the newest stays, however large."""
    memory = Memory(2 * (KEY + 8))
    for name in (b"a", b"b"):
        memory.keep((name,), (np.zeros(1),))
    memory.get((b"a",))
    memory.keep((b"c",), (np.zeros(1),))
    assert list(memory.rows) == [(b"a",), (b"c",)]
    memory.keep((b"d",), (np.zeros(99),))
    assert list(memory.rows) == [(b"d",)]
