"""Gradient ascent in input space as one loop inside the graph, every unit on its own."""

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Ascent
from generator.model.keras_door import regularizers, tf
from generator.model.keras_passes import Question, Tensor, picked, slope

BLOCK = 50  # steps in one go: Ctrl-C is heard between two
SPREAD = 3  # standard deviations that an input may lie from the middle where no bound is known


def climbing(objective: Question, ascent: Ascent) -> Question:
    """`(start, units, low, high, rate, seed, first, last)` to the inputs that these steps reach, and the objective.

    A step is `rate` of the input range along the gradient over its RMS. The regularizers see the input as 0..1.
    """
    regularized_by = regularizers(ascent.total_variation, ascent.norm)

    def climb(start: Tensor, units: Tensor, low: Tensor, high: Tensor, *numbers: Tensor) -> tuple[Tensor, Tensor]:
        rate, seed, first, last = numbers
        low, high = (bound if bound.shape == start.shape[1:] else _anywhere(bound) for bound in (low, high))

        def step(done: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
            shift = tf.random.stateless_uniform((2,), (seed, done), -ascent.jitter, ascent.jitter + 1, tf.int32)
            moved = tf.roll(x, shift, (1, 2))
            costs = [cost((moved - low) / (high - low)) for cost in regularized_by]
            uphill = tf.roll(slope(objective(moved, units) - sum(costs), moved), -shift, (1, 2))
            size = tf.sqrt(tf.reduce_mean(uphill**2, axis=(1, 2, 3), keepdims=True))
            return done + 1, tf.clip_by_value(x + rate * (high - low) * tf.math.divide_no_nan(uphill, size), low, high)

        _, end = tf.while_loop(lambda done, _: done < last, step, (first, start))
        return end, objective(end, units)

    return climb


def _anywhere(bound: Tensor) -> Tensor:
    """The bound of a pixel of a picture that is larger than the input."""
    return tf.reduce_mean(bound, axis=(0, 1), keepdims=True)


def mean_of_unit(output: Tensor, units: Tensor) -> Tensor:
    """The mean over the map of each image's own unit.

    As CategoricalScore of tf-keras-vis, which would cut the units out one by one and needs a trace for each choice.
    """
    means = tf.reduce_mean(output, axis=tuple(range(1, len(output.shape) - 1)))
    return picked(means, units)


def bounds(prepare: Question, shape: tuple[int, int, int]) -> tuple[Floats, Floats]:
    """The least and greatest input an image can become; some deviations where that depends on the image."""
    low, high = prepare(np.stack([np.zeros(shape, np.float32), np.ones(shape, np.float32)]))
    if (high > low).all():
        return low, high
    halves = np.zeros((1, *shape), np.float32)
    halves[:, : shape[0] // 2] = 1
    halves = prepare(halves)
    spread = np.full(shape, SPREAD * max(float(halves.std()), 1e-3), np.float32)
    return halves.mean() - spread, halves.mean() + spread
