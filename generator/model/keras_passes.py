"""The pieces that traced questions are made of: into the graph, through it, out of it, along the slope of a score.

A gradient is taken by the input or a layer's output alone. A filter gradient is never asked for: the eager one of a
strided 1×1 convolution ends in a segmentation fault with oneDNN.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats
from generator.classifier import Ascent, Objective, Optimizer, ScoreKind
from generator.errors import ModelError
from generator.model.flat_graph import Step
from generator.model.form import Form, twin
from generator.model.keras_door import LAYER_FAILS, computing, tf, variation

Tensor = Any
Question = Callable[..., Tensor]
Tensors = tuple[Tensor, ...]

VALUE = "value"  # what squashes the only score of a regression: nothing
BLOCK = 10  # steps in one go: Ctrl-C is heard between two, and a unit that no longer climbs leaves the others
SPREAD = 3  # standard deviations that an input may lie from the middle where no bound is known
WORTH = 0.05  # of what a unit has gained: for less it climbs no further
MEAN, SQUARE = 0.9, 0.999  # what Adam keeps of its two averages from step to step
TINY = 1e-7  # Keras' own epsilon
LEAST, HALF_STEP = 1e-30, 2.0**-24  # probabilities have a logarithm above it; half the last step below 1


def entering(inputs: Tensor, form: Form) -> Tensor:
    """`(N, H, W, C)` into what the model takes."""
    if form.transposed:
        return tf.transpose(inputs, (0, 3, 1, 2))
    return inputs if len(form.own_shape) == 3 else tf.reshape(inputs, (-1, *form.own_shape))


def leaving(values: Mapping[int, Tensor], number: int, form: Form) -> Tensor:
    """A value of the graph with its channels last, in float32; of tokens the grid that they are."""
    value = tf.cast(values[number], tf.float32)
    if number in form.tokens:
        ahead, height, width = form.tokens[number]
        return tf.reshape(value[:, ahead : ahead + height * width], (-1, height, width, value.shape[-1]))
    if number in form.first and len(value.shape) == 4:
        value = tf.transpose(value, (0, 2, 3, 1))
    return tf.transpose(value, (0, 2, 1, 3)) if number in form.sideways else value


def plain(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """A step as the file has it, never in training mode."""
    if getattr(step.operation, "_call_has_training_arg", False):
        kwargs["training"] = False  # also where the file says True
    with computing(*LAYER_FAILS):
        return step.operation(*args, **kwargs)


def guided(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """A rectifier lets a gradient through only where the gradient and its own input are positive."""
    if not step.rectifies:
        return plain(step, args, kwargs)
    if not step.fused:
        return _positive_gradient(plain(step, (_positive_input(args[0]), *args[1:]), kwargs))
    own = step.operation.activation
    gated = twin(step.operation, activation=lambda x: _positive_gradient(own(_positive_input(x))))
    return plain(replace(step, operation=gated), args, kwargs)


@tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
def _positive_gradient(x: Tensor) -> tuple[Tensor, Question]:
    return tf.identity(x), tf.nn.relu


@tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
def _positive_input(x: Tensor) -> tuple[Tensor, Question]:
    return tf.identity(x), lambda gradient: tf.where(x > 0, gradient, tf.zeros_like(gradient))


def squashed(scores: Tensor, squashing: str) -> Tensor:
    """Probabilities from scores; the value of a regression is both."""
    if squashing == VALUE:
        return tf.identity(scores)
    return tf.nn.softmax(scores) if squashing == "softmax" else tf.nn.sigmoid(scores)


class AverageScores:
    """What squashes to the averaged probabilities of several networks; of a single one, its own scores.

    The logarithm alone would have no slope where they are sure. Their softmax does not see what is added to every
    class: here the mean over the networks of what theirs divided by.
    """

    def __init__(self, squashing: str) -> None:
        self.squashing = squashing

    def __call__(self, probabilities: Tensor, *scores: Tensor) -> Tensor:
        wide = tf.cast(probabilities, tf.float32)
        log = tf.math.log(tf.maximum(wide, LEAST))
        if self.squashing == "sigmoid":
            return log - tf.math.log(tf.maximum(1 - wide, HALF_STEP))
        divided = [tf.reduce_logsumexp(tf.cast(z, tf.float32), axis=-1, keepdims=True) for z in scores]
        return log + sum(tf.reshape(one, (-1, *[1] * (len(log.shape) - 1))) for one in divided) / len(divided)


def explained(scores: Tensor, squashing: str, kind: ScoreKind, target: Tensor, *against: Tensor) -> Tensor:
    """The number that is explained, image by image: of a class, its difference to another, or the sum of all."""
    if kind == "sum":
        return tf.reduce_sum(scores, axis=1)
    if kind == "probability":
        scores = squashed(scores, squashing)
    if kind == "loss":
        scores = -(tf.nn.log_softmax(scores) if squashing == "softmax" else tf.math.log_sigmoid(scores))
    return picked(scores, target) - sum(picked(scores, other) for other in against)


def picked(rows: Tensor, column: Tensor) -> Tensor:
    """One value of each row, by a product: the gradient of a gather takes ten times as long to trace."""
    return tf.reduce_sum(rows * tf.one_hot(column, rows.shape[1]), axis=1)


def slope(score: Tensor, by: Tensor) -> Tensor:
    """The derivative of each image's score."""
    return slopes(score, [by])[0]


def slopes(score: Tensor, by: list[Tensor], held: bool = True) -> list[Tensor]:
    """The derivatives by several values, each as if the others were `held`: what leads through two counts once."""
    with computing(*LAYER_FAILS):
        gradients = tf.gradients(score, by, stop_gradients=by if held else None)
    if any(gradient is None for gradient in gradients):
        raise ModelError("no gradient leads from the scores back to the image; occlusion and lime do without one")
    return gradients


def climbing(objective: Question, ascent: Ascent) -> Question:
    """`(start, memory, units, low, high, rate, seed, first, last)` to where these steps lead.

    That is the inputs, the memory of the optimizer (see `blank`), and what was climbed, the objective less the
    regularizers, on average over the steps; where there are none, the objective alone. Gradients, steps and
    regularizers see the input as 0..1.
    """
    weighed = ((total_variation, ascent.total_variation), (first_norm, ascent.norm))
    regularized_by, optimizer = [one for one in weighed if one[1]], OPTIMIZERS[ascent.optimizer]

    def climb(start: Tensor, memory: Tensor, units: Tensor, low: Tensor, high: Tensor, *numbers: Tensor) -> Tensors:
        rate, seed, first, last = numbers
        if start.shape[1:] != low.shape:  # a picture that is larger than the input: the bound of any of its pixels
            low, high = (tf.reduce_mean(bound, axis=(0, 1), keepdims=True) for bound in (low, high))

        def step(done: Tensor, x: Tensor, memory: Tensor, met: Tensor) -> Tensors:
            shift = tf.random.stateless_uniform((2,), (seed, done), -ascent.jitter, ascent.jitter + 1, tf.int32)
            moved = tf.roll(x, shift, (1, 2))
            costs = [weight * cost((moved - low) / (high - low)) for cost, weight in regularized_by]
            height = objective(moved, units) - sum(costs)
            uphill = tf.roll(slope(height, moved), -shift, (1, 2))
            move, memory = optimizer(uphill * (high - low), done, memory)
            end = tf.clip_by_value(x + rate * (high - low) * move, low, high)
            return done + 1, end, memory, met + height

        none = tf.zeros_like(units, tf.float32)
        _, end, memory, met = tf.while_loop(lambda done, *_: done < last, step, (first, start, memory, none))
        steps = tf.cast(last - first, tf.float32)
        return end, memory, tf.cond(first < last, lambda: met / steps, lambda: objective(end, units))

    return climb


@tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
def total_variation(x: Tensor) -> tuple[Tensor, Question]:
    """`(N,)` of each picture a pixel, by TotalVariation2D of tf-keras-vis, with its slope in an eighth of the time.

    TensorFlow's own gradient of the slices was a fifth of a step of MobileNetV2 at 224×224.
    """
    down, right, pixels = x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1], prod(x.shape[1:])

    def uphill(by: Tensor) -> Tensor:
        above, left = tf.zeros_like(x[:, :1]), tf.zeros_like(x[:, :, :1])
        signs = ((tf.sign(down), above, 1), (tf.sign(right), left, 2))
        slopes = (tf.concat([edge, sign], at) - tf.concat([sign, edge], at) for sign, edge, at in signs)
        return sum(slopes) * tf.reshape(by / pixels, (-1, 1, 1, 1))

    return variation(x), uphill


def first_norm(x: Tensor) -> Tensor:
    """`(N,)` of each picture a pixel, as Norm there by default; the second has no slope where all is black."""
    return tf.reduce_mean(tf.abs(x), axis=(1, 2, 3))


def blank(ascent: Ascent) -> Floats:
    """What an optimizer remembers before its first step, `(F, slots, H, W, C)`: every pixel of every unit its own."""
    count, *picture = ascent.start.shape
    return np.zeros((count, {"adam": 2, "adagrad": 1}.get(ascent.optimizer, 0), *picture), np.float32)


def still_climbing(heights: Floats, most: int) -> NDArray[np.bool_]:
    """Which units still climb, by `heights (blocks, F)`: what was climbed, on average over the steps of each block.

    Not those that at their pace, from the last but one sixth of the `most` blocks to the last, would in the blocks that
    are left gain less than `WORTH` of what they have gained: a climb that only ever slows down loses no more than that.
    The average over a sixth evens out the jitter, and a unit that nothing moves ends too.
    """
    portion = max(most // 6, 1)
    if len(heights) < 2 * portion:
        return np.ones(heights.shape[1], bool)
    now, before = heights[-portion:].mean(axis=0), heights[-2 * portion : -portion].mean(axis=0)
    ahead = (now - before) / portion * (most - len(heights))
    return np.asarray(ahead > WORTH * np.maximum(now - heights[0], 0))


def _normalized(uphill: Tensor, done: Tensor, memory: Tensor) -> Tensors:
    """The gradient over its RMS: every step of a unit has the same length."""
    size = tf.sqrt(tf.reduce_mean(uphill**2, axis=(1, 2, 3), keepdims=True))
    return tf.math.divide_no_nan(uphill, size), memory


def _adagrad(uphill: Tensor, done: Tensor, memory: Tensor) -> Tensors:
    """Over the root of all squares so far, from zero as in the paper (Duchi et al. 2011)."""
    squares = memory + uphill[:, None] ** 2
    return uphill / (tf.sqrt(squares[:, 0]) + TINY), squares


def _adam(uphill: Tensor, done: Tensor, memory: Tensor) -> Tensors:
    """The running mean over the root of the running mean square, as in Keras (Kingma and Ba 2015)."""
    steps = tf.cast(done + 1, tf.float32)
    mean, square = MEAN * memory[:, 0] + (1 - MEAN) * uphill, SQUARE * memory[:, 1] + (1 - SQUARE) * uphill**2
    unbiased = tf.sqrt(1 - SQUARE**steps) / (1 - MEAN**steps)
    return unbiased * mean / (tf.sqrt(square) + TINY), tf.stack([mean, square], axis=1)


OPTIMIZERS: Mapping[Optimizer, Question] = MappingProxyType(
    {"plain": lambda uphill, _, memory: (uphill, memory), "normalized": _normalized, "adagrad": _adagrad, "adam": _adam}
)


def value_of_unit(output: Tensor, units: Tensor, objective: Objective) -> Tensor:
    """The mean over the map of each image's own unit, or the value in the middle of it.

    As CategoricalScore of tf-keras-vis, which would cut the units out one by one and needs a trace for each choice.
    """
    if objective == "neuron" and len(output.shape) == 4:
        return picked(output[:, output.shape[1] // 2, output.shape[2] // 2], units)
    return picked(tf.reduce_mean(output, axis=tuple(range(1, len(output.shape) - 1))), units)


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
