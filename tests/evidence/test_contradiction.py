"""An evaluation from a file is held to what a model answers: picture by picture, else by how often each is right."""

import numpy as np

from generator.evidence.contradiction import contradiction, known_by_order, renumbered
from generator.samples import Evaluation

LABEL = np.random.default_rng(0).integers(0, 4, 400)
ROWS = np.arange(0, 400, 2)


def answers(label, wrong, seed=1):
    """Probabilities of four classes that are right but for a share of the pictures."""
    random = np.random.default_rng(seed)
    predicted = np.where(random.random(len(label)) < wrong, (label + 1) % 4, label)
    return (0.1 + 0.6 * np.eye(4, dtype=np.float32))[predicted]


def evaluation(label, probability):
    return Evaluation(label, probability.argmax(axis=1), None, "e.csv", "")


def against(given, label=LABEL, rows=ROWS, wrong=0.1):
    return contradiction(given, label, rows, answers(label, wrong)[rows])


def test_what_the_model_says_itself_is_not_doubted():
    """The same model on the same pictures, also where rounding has swapped two near classes."""
    own = answers(LABEL, 0.1)
    assert against(evaluation(LABEL, own)) is None
    near = own.copy()
    near[ROWS[:4]] = 0.25
    swapped = near.copy()
    swapped[ROWS[:4], 3] += 1e-3
    assert contradiction(evaluation(LABEL, swapped), LABEL, ROWS, near[ROWS]) is None


def test_another_model_on_the_same_pictures_is_told_by_its_predictions():
    """Though it is right as often."""
    found = against(evaluation(LABEL, answers(LABEL, 0.1, seed=2)))
    assert found.reason == "images"
    assert found.facts["n"] == 200
    assert 20 < found.facts["differ"] < 60


def test_another_model_is_told_where_the_model_itself_hardly_tells_classes_apart():
    """As before its first step, when all probabilities are nearly the same."""
    even = np.full((400, 4), 0.25, np.float32) + 0.001 * answers(LABEL, 0.9)
    assert contradiction(evaluation(LABEL, answers(LABEL, 0.1)), LABEL, ROWS, even[ROWS]).reason == "images"


def test_other_pictures_are_compared_by_how_often_each_is_right():
    """An accuracy that cannot be the same is doubted, one within chance is not."""
    other = np.random.default_rng(3).integers(0, 4, 700)
    found = against(evaluation(other, answers(other, 0.31)), wrong=0.53)
    assert found.reason == "accuracy"
    assert (found.facts["of"], found.facts["n"]) == (700, 200)
    assert against(evaluation(other, answers(other, 0.13)), wrong=0.1) is None
    few = np.arange(12) % 4
    assert against(evaluation(few, answers(few, 0.3)), wrong=0.5) is None


def test_sorted_labels_of_as_many_a_class_tell_no_pictures():
    """A test set in folders and a validation set in folders have them alike."""
    balanced = np.repeat(np.arange(4), 50)
    assert not known_by_order(balanced)
    assert known_by_order(np.random.default_rng(0).permutation(balanced))
    assert known_by_order(np.repeat(np.arange(4), [50, 40, 30, 20]))
    assert not known_by_order(np.array([0, 1, 0, 1]))


def test_classes_in_another_order_are_named():
    """Every picture of one class is another one's in the file; pictures that are mixed say nothing."""
    assert renumbered(np.array([2, 0, 1, 3])[LABEL], LABEL) == (0, 1)
    assert renumbered(LABEL, LABEL) is None
    assert renumbered(np.random.default_rng(1).permutation(LABEL), LABEL) is None
    assert renumbered(LABEL[:100], LABEL) is None
