"""An evaluation made of training images is recognised by its pixels, by its labels, or by what the file calls it."""

from dataclasses import replace

import numpy as np
import pytest

from generator.build.study import images_seen, labels_seen
from generator.samples import Evaluation, Samples

PICTURES = np.random.default_rng(0).integers(0, 256, (6, 4, 4), dtype=np.uint8)
LABELS = np.array([0, 1, 1, 0, 1, 0])
EVALUATION = Evaluation(LABELS[:4], LABELS[:4], None, "faces.npz", "")


def samples(rows) -> Samples:
    """Some of the six pictures."""
    rows = np.array(rows, np.int64)
    return Samples(np.arange(len(rows)), LABELS[rows], lambda k: list(PICTURES[rows][k]), "faces.npz", "")


@pytest.mark.parametrize(("training", "count"), [([0, 1, 2, 3, 4], 4), ([2, 5], 1), ([4, 5], 0)])
def test_equal_pixels_are_counted(training, count):
    """Of four images those that the training set has too."""
    assert images_seen(EVALUATION, samples([0, 1, 2, 3]), None, samples(training)).in_training == count


def test_a_file_that_calls_its_rows_training_is_believed():
    """`usage: Training` says it of all of them."""
    assert images_seen(EVALUATION, samples([0, 1, 2, 3]), "training", None).in_training == 4
    assert images_seen(EVALUATION, samples([0, 1, 2, 3]), "PrivateTest", None).in_training == 0


def test_a_table_with_the_labels_of_the_training_set_is_of_the_training_set():
    """An evaluation file has no pixels; its labels in their order tell."""
    assert labels_seen(EVALUATION, samples([0, 1, 2, 3])).in_training == 4
    assert labels_seen(EVALUATION, samples([0, 1, 2])).in_training == 0
    shuffled = replace(EVALUATION, label=LABELS[[1, 0, 2, 3]])
    assert labels_seen(shuffled, samples([0, 1, 2, 3])).in_training == 0
