"""Images with their labels, what a model said of labelled ones, and a class by whatever word a file has for it."""

import numpy as np
import pytest

from generator.samples import UNLABELLED, Evaluation, Samples, allowed, class_number, in_memory
from tests.conftest import batch_of

CLASSES = (("angry", "生氣"), ("7", "高興"), ("sad", "難過"))


def samples(label) -> Samples:
    label = np.array(label, np.int64)
    return Samples(np.arange(len(label)), label, in_memory(np.arange(len(label) * 4).reshape(-1, 2, 2)), "", "")


def test_pictures_are_picked_by_position():
    """In the order they are asked for."""
    picked = samples([0, 1, 0]).decode(np.array([2, 0]))
    assert [picture[0, 0] for picture in picked] == [8, 0]


def test_labels_may_be_unknown():
    """One known label makes a data set labelled; none, or no image, does not."""
    assert samples([UNLABELLED, 1]).labelled
    assert not samples([UNLABELLED, UNLABELLED]).labelled
    assert not samples([]).labelled


def test_the_prediction_is_the_most_probable_class(linear):
    """The bright corner speaks for the first class."""
    images = np.zeros((2, 48, 48, 1), np.float32)
    images[1, :12, :12], images[0, 0, 0] = 1, -1
    batch = batch_of(linear, images)
    assert (len(batch), batch.prediction.tolist()) == (2, [1, 0])


def test_counts_have_a_row_for_each_label():
    """A class that never occurs has its row and column of zeros."""
    evaluation = Evaluation(np.array([0, 0, 2]), np.array([0, 2, 2]), None, "", "")
    assert evaluation.counts(3).tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert evaluation.accuracy == 2 / 3
    assert np.isnan(Evaluation(np.zeros(0, np.int64), np.zeros(0, np.int64), None, "", "").accuracy)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("angry", 0),
        (" Angry ", 0),
        ("生氣", 0),
        ("2", 2),
        ("7", 1),
        ("3", None),
        ("-1", None),
        ("", None),
        ("glad", None),
    ],
)
def test_a_class_goes_by_its_id_a_name_or_its_number(word, number):
    """Case and blanks do not matter; an id that is a number comes before the number."""
    assert class_number(word, CLASSES) == number


def test_a_message_says_what_is_allowed():
    """The numbers, and the ids."""
    assert allowed(CLASSES) == "0 to 2, or angry, 7, sad"
