"""The only door to TensorFlow, Keras and tf-keras-vis: a model file as a `Classifier`.

Every question is one traced function with gradients by the input or a layer's output alone. A filter gradient is
never asked for: the eager one of a strided 1×1 convolution ends in a segmentation fault with oneDNN.
"""

import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before the import: stderr belongs to the build's progress
os.environ["KERAS_BACKEND"] = "tensorflow"

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats
from generator.classifier import Ascent, Climb, Layer, Rectifier, Score, ScoreKind
from generator.errors import ModelError, ParameterError, suggestion
from generator.flat_graph import FlatGraph, Step, flatten
from generator.keras_files import ReadableFile, readable
from generator.legacy_configs import OLD_HARD_SIGMOID
from generator.model_form import (
    Form,
    form_of,
    images_of_a_pass,
    layers_of,
    multiply_adds,
    parameters,
    squashing_step,
    twin,
)
from generator.quiet import quiet_stderr

with quiet_stderr():  # TensorFlow greets on stderr before it reads its log level
    import keras
    import tensorflow as tf

Tensor = Any
Traced = Any  # a tf.function
Array = NDArray[Any]
Question = Callable[..., Tensor]


class Preprocessing(Protocol):
    """The one preprocessing of the report."""

    def prepare(self, images: Floats) -> Floats:
        """Images in 0..1 into inputs."""

    def restore(self, inputs: Floats) -> Floats:
        """Inputs into images in 0..1."""


@dataclass(frozen=True)
class Facts:
    """What the report says of the model: `digest` is the sha256 of the file, `keras_version` wrote it."""

    digest: str
    keras_version: str
    parameters: int
    multiply_adds: int  # of one image, in convolutions and dense layers


@dataclass(frozen=True, eq=False)
class KerasClassifier:
    """A Keras model behind the port; its questions are traced once and kept."""

    preprocessing: Preprocessing
    graph: FlatGraph  # up to the scores before the softmax or sigmoid
    form: Form
    squashing: str  # of the scores as the port gives them: 'softmax' or 'sigmoid'
    layers: tuple[Layer, ...]
    n_classes: int
    one_output: bool
    batch: int  # images of one pass
    facts: Facts
    _traced: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return self.form.shape

    def preprocessed(self, by: Preprocessing) -> "KerasClassifier":
        """The same model, with the same traces, behind another preprocessing."""
        return replace(self, preprocessing=by)

    def prepare(self, images: Floats) -> Floats:
        return self.preprocessing.prepare(images)

    def restore(self, inputs: Floats) -> Floats:
        return self.preprocessing.restore(inputs)

    def logits(self, inputs: Floats) -> Floats:
        return self._by_batch(self._trace("logits", self._scores), inputs)[0]

    def probabilities(self, inputs: Floats) -> Floats:
        def question(x: Tensor) -> Tensor:
            return _squashed(self._scores(x), self.squashing)

        return self._by_batch(self._trace("probabilities", question), inputs)[0]

    def gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
        def question(x: Tensor, *classes: Tensor) -> Tensor:
            return _slope(_explained(self._scores(x, rectifier), self.squashing, score.kind, *classes), x)

        targets = _targets(score)
        return self._by_batch(self._trace((rectifier, score.kind), question, len(targets)), inputs, *targets)[0]

    def layer_gradients(self, inputs: Floats, score: Score, layer: str) -> tuple[Floats, Floats]:
        number = self._number(layer)

        def question(x: Tensor, *classes: Tensor) -> tuple[Tensor, Tensor]:
            values = self.graph.run(_entering(x, self.form), _plain)
            scores = self._two_sided(values[self.graph.output])
            slope = _slope(_explained(scores, self.squashing, score.kind, *classes), values[number])
            return _leaving(values, number, self.form), _leaving({number: slope}, number, self.form)

        targets = _targets(score)
        output, slope = self._by_batch(self._trace((layer, score.kind), question, len(targets)), inputs, *targets)
        return output, slope

    def outputs(self, inputs: Floats, layer: str) -> Floats:
        number = self._number(layer)

        def question(x: Tensor) -> Tensor:
            return self._value(x, number)

        return self._by_batch(self._trace(("outputs", layer), question), inputs)[0]

    def kernel(self, layer: str) -> Floats:
        self._number(layer)
        kernels = [w for w in getattr(self.graph.step(layer).operation, "weights", ()) if w.name == "kernel"]
        if not kernels or len(kernels[0].shape) != 4:
            raise ParameterError("layer", f"'{layer}' has no kernel of height and width; take a convolution")
        return np.asarray(kernels[0], np.float32)

    def ascend(self, ascent: Ascent) -> Climb:
        count = len(ascent.units)
        parts = -(-count // self.batch)
        rows = [slice(count * part // parts, count * (part + 1) // parts) for part in range(parts)]
        ends = [self._climb(replace(ascent, units=ascent.units[row], start=ascent.start[row])) for row in rows]
        return Climb(*(np.concatenate(column) for column in zip(*ends, strict=True)))

    def _value(self, x: Tensor, number: int) -> Tensor:
        """One value of the graph, through the part of it that leads there."""
        return _leaving(self.graph.truncated(number).run(_entering(x, self.form), _plain), number, self.form)

    def _two_sided(self, value: Tensor) -> Tensor:
        """Whatever leaves the graph as `(N, K)` float32; one score z becomes (-z/2, z/2)."""
        flat = tf.reshape(tf.cast(value, tf.float32), (-1, 1 if self.one_output else self.n_classes))
        return tf.concat([-flat / 2, flat / 2], axis=1) if self.one_output else flat

    def _scores(self, x: Tensor, rectifier: Rectifier = "plain") -> Tensor:
        apply = _guided if rectifier == "guided" else _plain
        return self._two_sided(self.graph.run(_entering(x, self.form), apply)[self.graph.output])

    def _number(self, layer: str) -> int:
        names = tuple(known.name for known in self.layers)
        if layer not in names:
            raise ParameterError("layer", f"unknown layer '{layer}'{suggestion(layer, names)}")
        return self.graph.step(layer).writes[0]

    def _trace(self, key: Hashable, question: Question, classes: int = 0) -> Traced:
        """The traced function of one question, for any number of images, or for what the file fixes."""
        if (key, classes) not in self._traced:
            images = tf.TensorSpec((self.form.batch, *self.form.shape), tf.float32)
            ids = [tf.TensorSpec((self.form.batch,), tf.int32)] * classes
            self._traced[key, classes] = tf.function(question, input_signature=[images, *ids])
        return self._traced[key, classes]

    def _by_batch(self, traced: Traced, *arrays: Array) -> tuple[Floats, ...]:
        """A traced function over any number of images, in batches that fit memory."""
        arrays = (np.asarray(arrays[0], np.float32), *arrays[1:])
        parts = []
        for start in range(0, max(len(arrays[0]), 1), self.batch):
            given = [array[start : start + self.batch] for array in arrays]
            results = traced(*(_padded(array, self.form.batch) for array in given))
            results = results if isinstance(results, tuple) else (results,)
            parts.append([result.numpy()[: len(given[0])] for result in results])
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    def _climb(self, ascent: Ascent) -> tuple[Floats, Floats]:
        """One batch of units; low, high, rate and steps are inputs of the trace, so that it serves every ascent."""
        key = ("ascend", ascent.layer, ascent.total_variation, ascent.norm, ascent.jitter)
        if key not in self._traced:
            self._traced[key] = tf.function(_climbing(self._objective(ascent.layer), ascent))
        start = _padded(np.asarray(ascent.start, np.float32), self.form.batch)
        units = _padded(np.asarray(ascent.units, np.int32), self.form.batch)
        numbers = (np.float32(ascent.rate), np.int32(ascent.steps), np.int32(ascent.seed))
        ends = self._traced[key](*map(tf.constant, (start, units, *self._bounds(), *numbers)))
        return ends[0].numpy()[: len(ascent.units)], ends[1].numpy()[: len(ascent.units)]

    def _objective(self, layer: str | None) -> Question:
        number = None if layer is None else self._number(layer)

        def objective(x: Tensor, units: Tensor) -> Tensor:
            output = self._scores(x) if number is None else self._value(x, number)
            means = tf.reduce_mean(output, axis=tuple(range(1, len(output.shape) - 1)))
            return tf.gather(means, units, batch_dims=1)

        return objective

    def _bounds(self) -> tuple[Floats, Floats]:
        """The least and greatest input an image can become; three deviations where that depends on the image."""
        images = np.stack([np.zeros(self.input_shape, np.float32), np.ones(self.input_shape, np.float32)])
        low, high = self.prepare(images)
        if (high > low).all():
            return low, high
        images[0, : self.input_shape[0] // 2] = 1
        halves = self.prepare(images[:1])
        spread = np.full(self.input_shape, 3 * max(float(halves.std()), 1e-3), np.float32)
        return halves.mean() - spread, halves.mean() + spread


def open_model(
    path: Path, preprocess: Preprocessing, *, trust: bool = False, size: tuple[int, int] | None = None
) -> KerasClassifier:
    """The classifier in a model file; `size` is the height and width where the model leaves them open.

    `trust` lets code that is stored in the file run. Raises ModelError with the cure.
    """
    with readable(path, trust) as file:
        model = _loaded(file, trust)
    try:
        return _classifier(model, preprocess, path, file.keras_version, size)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _loaded(file: ReadableFile, trust: bool) -> Tensor:
    if file.architecture is None:
        return keras.models.load_model(file.path, compile=False, safe_mode=not trust)
    old = {OLD_HARD_SIGMOID: lambda x: tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)}
    with keras.saving.custom_object_scope(old):
        model = keras.saving.deserialize_keras_object(file.architecture, safe_mode=not trust)
    model.load_weights(file.path)
    return model


def _classifier(
    model: Tensor, preprocess: Preprocessing, path: Path, keras_version: str, size: tuple[int, int] | None
) -> KerasClassifier:
    whole = flatten(model)
    batch, *own = model.inputs[0].shape
    form = form_of(tuple(own), batch, whole, size)
    graph, squashing = _unsquashed(whole)
    values = graph.run(_probe(form), _plain)
    _check(_predicted(model, form), values[graph.output], squashing)
    shapes = {number: tuple(value.shape[1:]) for number, value in values.items()}
    width = prod(shapes[graph.output])
    facts = Facts(
        sha256(path.read_bytes()).hexdigest(), keras_version, parameters(graph), multiply_adds(graph, form, shapes)
    )
    return KerasClassifier(
        preprocess,
        graph,
        form,
        squashing if squashing and width > 1 else "softmax",
        layers_of(graph, form, shapes),
        max(width, 2),
        width == 1,
        batch or images_of_a_pass(shapes),
        facts,
    )


def _predicted(model: Tensor, form: Form) -> Tensor:
    """What the model itself says, its one input wrapped as the file wraps it."""
    structure = getattr(model, "_inputs_struct", None)
    wrapped = isinstance(structure, (list, tuple, dict))
    return model(keras.tree.pack_sequence_as(structure, [_probe(form)]) if wrapped else _probe(form), training=False)


def _unsquashed(graph: FlatGraph) -> tuple[FlatGraph, str]:
    """The graph up to the scores, and what squashes them; '' where the output is linear."""
    step = squashing_step(graph)
    if step is None:
        return graph, ""
    linear = twin(step.operation, activation=keras.activations.linear) if step.fused else tf.identity
    graph = graph.substituted(step.name, linear)
    return (graph if step.fused and step.kind != "Activation" else graph.without(step.name)), step.activation


def _check(predicted: Tensor, scores: Tensor, squashing: str) -> None:
    """The scores, squashed, are what the model predicts; raises ModelError where they are not."""
    predicted = tf.cast(predicted, tf.float32).numpy().reshape(len(predicted), -1)
    scores = tf.cast(scores, tf.float32).numpy().reshape(len(predicted), -1)
    expected = _squashed(scores, squashing).numpy() if squashing else scores
    if not np.allclose(predicted, expected, atol=1e-4):
        raise ModelError(f"the scores before the {squashing or 'output'} do not give what the model predicts")
    sums = predicted.shape[1] > 1 and predicted.min() >= 0 and np.allclose(predicted.sum(axis=1), 1, atol=1e-4)
    if not squashing and sums:
        raise ModelError(
            "the model puts out probabilities, but no softmax or sigmoid that makes them was found; "
            "let it end with a softmax layer"
        )


def _probe(form: Form) -> Tensor:
    """Noise in 0..1 and in 0..255, as the model takes it."""
    images = np.random.default_rng(0).uniform(size=(form.batch or 2, *form.shape)).astype(np.float32)
    images[1:] *= 255
    return _entering(tf.constant(images), form)


def _entering(inputs: Tensor, form: Form) -> Tensor:
    """`(N, H, W, C)` into what the model takes."""
    if form.transposed:
        return tf.transpose(inputs, (0, 3, 1, 2))
    return inputs if len(form.own_shape) == 3 else tf.reshape(inputs, (-1, *form.own_shape))


def _leaving(values: dict[int, Tensor], number: int, form: Form) -> Tensor:
    """A value of the graph with its channels last, in float32."""
    value = tf.cast(values[number], tf.float32)
    return tf.transpose(value, (0, 2, 3, 1)) if number in form.first and len(value.shape) == 4 else value


def _plain(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    if getattr(step.operation, "_call_has_training_arg", False):
        kwargs["training"] = False  # also where the file says True
    return step.operation(*args, **kwargs)


def _guided(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """A rectifier lets a gradient through only where the gradient and its own input are positive."""
    if not step.rectifies:
        return _plain(step, args, kwargs)
    if not step.fused:
        return _positive_gradient(_plain(step, (_positive_input(args[0]), *args[1:]), kwargs))
    own = step.operation.activation
    guided = twin(step.operation, activation=lambda x: _positive_gradient(own(_positive_input(x))))
    return _plain(replace(step, operation=guided), args, kwargs)


@tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
def _positive_gradient(x: Tensor) -> tuple[Tensor, Question]:
    return tf.identity(x), tf.nn.relu


@tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
def _positive_input(x: Tensor) -> tuple[Tensor, Question]:
    return tf.identity(x), lambda gradient: tf.where(x > 0, gradient, tf.zeros_like(gradient))


def _squashed(scores: Tensor, squashing: str) -> Tensor:
    return tf.nn.softmax(scores) if squashing == "softmax" else tf.nn.sigmoid(scores)


def _explained(scores: Tensor, squashing: str, kind: ScoreKind, target: Tensor, *against: Tensor) -> Tensor:
    """The number that is explained, image by image: of a class, or its difference to another."""
    if kind == "probability":
        scores = _squashed(scores, squashing)
    if kind == "loss":
        scores = -(tf.nn.log_softmax(scores) if squashing == "softmax" else tf.math.log_sigmoid(scores))
    chosen = tf.gather(scores, target, batch_dims=1)
    return chosen - sum(tf.gather(scores, other, batch_dims=1) for other in against)


def _slope(score: Tensor, by: Tensor) -> Tensor:
    gradient = tf.gradients(score, by)[0]
    if gradient is None:
        raise ModelError("no gradient leads from the scores to the input; occlusion and lime need only predictions")
    return gradient


def _climbing(objective: Question, ascent: Ascent) -> Question:
    """Gradient ascent as one loop inside the graph; the regularisers see the input as 0..1, whatever its range."""
    regularizers = _regularizers(ascent)

    def climb(start: Tensor, units: Tensor, low: Tensor, high: Tensor, *numbers: Tensor) -> tuple[Tensor, Tensor]:
        rate, steps, seed = numbers

        def step(done: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
            limit = ascent.jitter
            shift = tf.random.stateless_uniform((2,), (seed, done), -limit, limit + 1, tf.int32)
            moved = tf.roll(x, shift, (1, 2))
            costs = [regularizer((moved - low) / (high - low)) for regularizer in regularizers]
            slope = tf.roll(_slope(objective(moved, units) - sum(costs), moved), -shift, (1, 2))
            size = tf.sqrt(tf.reduce_mean(slope**2, axis=(1, 2, 3), keepdims=True))
            return done + 1, tf.clip_by_value(x + rate * (high - low) * tf.math.divide_no_nan(slope, size), low, high)

        _, end = tf.while_loop(lambda done, _: done < steps, step, (tf.constant(0), start))
        return end, objective(end, units)

    return climb


def _regularizers(ascent: Ascent) -> list[Question]:
    """Those of tf-keras-vis; its library is loaded only where they weigh something."""
    if not (ascent.total_variation or ascent.norm):
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it warns of modules of its own
        from tf_keras_vis.activation_maximization.regularizers import Norm, TotalVariation2D

    first_norm = partial(Norm, p=1)  # as it is used there by default; the second has no slope where all is black
    weighed: list[tuple[Question, float]] = [(TotalVariation2D, ascent.total_variation), (first_norm, ascent.norm)]
    return [regularizer(weight=weight) for regularizer, weight in weighed if weight]


def _targets(score: Score) -> list[NDArray[np.int32]]:
    return [np.asarray(ids, np.int32) for ids in (score.target, score.against) if ids is not None]


def _padded(array: Array, length: int | None) -> Array:
    """Filled up with zeros to the batch size of the file, or to one row."""
    missing = max(length or 1, 1) - len(array)
    return array if missing <= 0 else np.concatenate([array, np.zeros((missing, *array.shape[1:]), array.dtype)])
