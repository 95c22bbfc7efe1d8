"""Images with their labels, and what a model said of labelled ones."""

import numpy as np
import pytest

from generator.samples import UNLABELLED, Evaluation, Samples, in_memory
from tests.conftest import batch_of


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


def test_rows_of_a_file_are_found_again():
    """In the order they are asked for, whatever was left out and however the rest lies."""
    held = Samples(np.array([7, 2, 30]), np.zeros(3, np.int64), in_memory(np.zeros((3, 2, 2))), "", "")
    assert held.places(np.array([30, 7, 7])).tolist() == [2, 0, 0]


def test_a_batch_without_pixels_keeps_their_size_and_holds_none(linear):
    """Neither pixels nor an array that does."""
    batch = batch_of(linear, np.ones((2, 48, 48, 1), np.float32))
    bare = batch.without_pixels
    assert (len(bare), bare.images.shape, bare.inputs.shape) == (2, (0, 48, 48, 1), (0, 48, 48, 1))
    assert bare.images.base is None and bare.inputs.base is None
    assert bare.seed is batch.seed


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


@pytest.mark.parametrize(("side", "parts"), [(8, [64, 36]), (2_000, [33, 33, 33, 1])])
def test_large_pictures_are_held_a_few_at_a_time(side, parts):
    """Of small ones 64, of large ones as many as there is room for; sizes and digests take no more."""
    held = []

    def decode(positions):
        held.append(len(positions))
        return [np.broadcast_to(np.uint8(3), (side, side))] * len(positions)

    many = Samples(np.arange(100), np.zeros(100, np.int64), decode, "", "")
    assert [len(pictures) for _, pictures in many.in_parts(np.arange(100))] == parts
    assert held == [1, *parts]
    assert many.sizes(np.arange(3)) == [(side, side)] * 3
    assert many.sizes(np.zeros(0, np.int64)) == []
