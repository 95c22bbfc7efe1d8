"""A resizing that is not that of the training is noticed by the accuracy it costs."""

import numpy as np

from generator.data.preprocess import Preprocessor
from generator.data.resize import resize
from generator.data.resizing_check import better_resizing, ways
from generator.samples import Frame

FRAME = Frame((8, 8, 1))
LABELS = np.arange(120) % 2
RNG = np.random.default_rng(4)


def fine_lines(label):
    """Lines of one pixel that an average makes grey, and that every fourth pixel alone shows black or white."""
    picture = np.zeros((32, 32), np.uint8)
    picture[:, 0::2] = 255
    return picture if label else 255 - picture


PICTURES = [fine_lines(label) for label in LABELS]


def brightness(inputs):
    """Bright is class 1, dark and grey class 0."""
    mean = inputs.mean(axis=(1, 2, 3))
    return np.stack([0.6 - mean, mean - 0.6], axis=1)


def hint(frame, logits=brightness, count=120):
    def shown(way, rows):
        return resize([PICTURES[row] for row in rows], way)

    return better_resizing(logits, shown, LABELS[:count], Preprocessor(), frame)


def test_a_model_trained_without_antialiasing_is_told_so():
    """Averaged, the lines are all one grey; nearest neighbours keep them."""
    found = hint(FRAME)
    assert found.accuracy == 0.5
    assert found.better == "resize: {filter: nearest}"
    assert "did you mean `resize: {filter: nearest}`?" in found.message


def test_the_resizing_of_the_training_raises_no_hint():
    """Nothing is tried where nearly all are right, or where a few pictures say too little."""
    assert hint(Frame((8, 8, 1), filter="nearest")) is None
    assert hint(FRAME, count=40) is None
    assert hint(FRAME, logits=lambda inputs: np.tile([1.0, 0.0], (len(inputs), 1))) is None


def test_the_own_way_is_not_among_those_that_are_tried():
    """Each is a line of the spec."""
    assert "resize: {antialias: true}" not in ways(Frame((224, 224, 3)))
    assert "resize: {shorter: 256}" in ways(Frame((224, 224, 3)))
    assert "resize: {antialias: true}" in ways(Frame((8, 8, 1), antialias=False))
