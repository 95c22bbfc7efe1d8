"""What the bare passes cost on this machine: the limit that no explainer can beat without leaving passes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.subject import Subject
from generator.classifier import Score
from generator.tally import Spent

MANY, FEW = 512, 16  # images of one measurement
WORK = 16e9  # multiply-adds of one
CLIMBED = 32


@dataclass(frozen=True)
class Bare:
    """Images a second: forward, with the gradient by the input, and the same through the first convolution alone."""

    forward: float
    gradient: float
    first_layer: float

    def seconds(self, row: str, passes: Spent) -> float:
        """What the passes of a row would take: those of filters go through the first convolution."""
        gradient = self.first_layer if row == "filters" else self.gradient
        return passes.forward / self.forward + passes.gradient / gradient


def measured(subject: Subject, clock: Callable[[], float]) -> Bare:
    """Best of three, traced before."""
    many = int(np.clip(WORK / subject.classifier.facts.multiply_adds, FEW, MANY))
    images = np.resize(subject.images, (many, *subject.images.shape[1:]))
    score = Score(np.zeros(many, np.int64))
    forward = _rate(lambda: subject.classifier.logits(images), many, clock)
    gradient = _rate(lambda: subject.classifier.gradients(images, score), many, clock)
    return Bare(forward, gradient, _rate(_first_layer(subject, images[:CLIMBED]), 20 * len(images[:CLIMBED]), clock))


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
