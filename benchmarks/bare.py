"""What the bare passes cost on this machine: the limit that no explainer can beat without leaving passes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.subject import Subject
from generator.classifier import Score

MANY = 512  # images of one measurement
CLIMBED = 32


@dataclass(frozen=True)
class Bare:
    """Images a second: forward, with the gradient by the input, and the same through the first convolution alone."""

    forward: float
    gradient: float
    first_layer: float

    def seconds(self, row: str, images: int) -> float:
        """What the passes of a row would take."""
        gradients = {"smoothgrad": 20 * images, "guided_gradcam": 2 * images}
        if row == "lime":
            return 1000 * images / self.forward
        if row == "filters":
            return CLIMBED * 100 / self.first_layer
        return gradients.get(row, images) / self.gradient


def measured(subject: Subject, clock: Callable[[], float]) -> Bare:
    """Best of three, traced before."""
    images = np.resize(subject.images, (MANY, *subject.images.shape[1:]))
    score = Score(np.zeros(MANY, np.int64))
    forward = _rate(lambda: subject.classifier.logits(images), MANY, clock)
    gradient = _rate(lambda: subject.classifier.gradients(images, score), MANY, clock)
    return Bare(forward, gradient, _rate(_first_layer(subject, images[:CLIMBED]), 20 * CLIMBED, clock))


def _rate(call: Callable[[], object], images: int, clock: Callable[[], float]) -> float:
    call()
    seconds = []
    for _ in range(3):
        begin = clock()
        call()
        seconds.append(clock() - begin)
    return images / min(seconds)


def _first_layer(subject: Subject, images: np.ndarray) -> Callable[[], object]:
    """Twenty gradients of the first convolution's filters in a row, inside the graph."""
    import keras
    import tensorflow as tf

    truncated = keras.Model(subject.keras.inputs[0], subject.keras.get_layer(subject.convolution).output)

    @tf.function
    def climb(x: tf.Tensor) -> tf.Tensor:
        for _ in range(20):
            x += tf.gradients(tf.reduce_mean(truncated(x, training=False)), x)[0]
        return x

    start = tf.constant(images)
    return lambda: climb(start).numpy()
