"""The pieces that traced questions are made of: into the graph, through it, out of it, and down the slope of a score.

A gradient is taken by the input or a layer's output alone. A filter gradient is never asked for: the eager one of a
strided 1×1 convolution ends in a segmentation fault with oneDNN.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from generator.classifier import ScoreKind
from generator.errors import ModelError
from generator.model.flat_graph import Step
from generator.model.form import Form, twin
from generator.model.keras_door import tf

Tensor = Any
Question = Callable[..., Tensor]


def entering(inputs: Tensor, form: Form) -> Tensor:
    """`(N, H, W, C)` into what the model takes."""
    if form.transposed:
        return tf.transpose(inputs, (0, 3, 1, 2))
    return inputs if len(form.own_shape) == 3 else tf.reshape(inputs, (-1, *form.own_shape))


def leaving(values: Mapping[int, Tensor], number: int, form: Form) -> Tensor:
    """A value of the graph with its channels last, in float32."""
    value = tf.cast(values[number], tf.float32)
    return tf.transpose(value, (0, 2, 3, 1)) if number in form.first and len(value.shape) == 4 else value


def plain(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """A step as the file has it, never in training mode."""
    if getattr(step.operation, "_call_has_training_arg", False):
        kwargs["training"] = False  # also where the file says True
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
    """Probabilities from scores."""
    return tf.nn.softmax(scores) if squashing == "softmax" else tf.nn.sigmoid(scores)


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
    gradient = tf.gradients(score, by)[0]
    if gradient is None:
        raise ModelError("no gradient leads from the scores back to the image; occlusion and lime do without one")
    return gradient
