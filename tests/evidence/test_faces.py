"""The images that evidence is measured on."""

import numpy as np

from generator.data.selection import Selection
from generator.evidence.faces import covering, draw, in_turn
from generator.samples import Samples
from tests.evidence.planted import (
    SIDE,
    corner_classifier,
)


def test_images_are_drawn_in_turn_from_each_class_and_right():
    """So many of each class that are predicted right, in an order whose every beginning is balanced."""
    label = np.repeat([0, 1, 2], [40, 10, 3])
    probability = np.eye(3, dtype=np.float32)[label]
    probability[:5] = [0, 1, 0]
    samples = Samples(np.arange(53), label, lambda positions: [], "faces", "")
    chosen = draw(samples, lambda positions: probability[positions], 3, 8, 0)
    assert np.bincount(chosen.row_class).tolist() == [8, 8, 3]
    assert chosen.row_class[:9].tolist() == [0, 1, 2] * 3
    assert chosen.positions.min() >= 5
    assert len(draw(samples, lambda positions: probability[positions], 3, "all", 0)) == 48


def test_nothing_right_draws_nothing():
    """A model without a single right prediction has no evidence, and no error."""
    samples = Samples(np.arange(4), np.zeros(4, np.int64), lambda positions: [], "faces", "")
    assert len(draw(samples, lambda positions: np.tile([0.0, 1.0], (len(positions), 1)), 2, 8, 0)) == 0
    nothing = Selection(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert len(in_turn(nothing)) == 0


def test_p1_a_blur_that_hides_nothing_makes_the_measure_silent():
    """A white picture is its own blur: the class stays, and nothing can be said."""
    images, target = np.ones((28, SIDE, SIDE, 1), np.float32), np.zeros(28, np.int64)
    whole = corner_classifier(2).probabilities(images)[:, 0].astype(float)
    assert covering(corner_classifier(2), images, target, np.arange(28), whole) is None
