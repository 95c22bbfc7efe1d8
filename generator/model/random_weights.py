"""The same network untrained: what a map shows on random weights, it owes to the architecture and the picture.

The weights are exchanged in place and put back afterwards, so that every function that was traced serves the
untrained network too. Keras is not imported: only layers and their variables are touched.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Classifier
from generator.model.flat_graph import FlatGraph, Step
from generator.model.form import Form

KerasObject = Any  # a layer, variable or initializer of Keras
INITIALIZERS = {"depthwise_kernel": "depthwise_initializer", "pointwise_kernel": "pointwise_initializer"}
CONSTANT = {"bias": 0.0, "beta": 0.0, "gamma": 1.0, "moving_mean": 0.0, "moving_variance": 1.0}


class Graphed(Classifier, Protocol):
    """A classifier that is a graph of layers."""

    @property
    def graph(self) -> FlatGraph:
        """Its steps up to the scores."""

    @property
    def form(self) -> Form:
        """How its own tensors stand to those of the port."""


@dataclass(frozen=True)
class _Weight:
    """A variable with the layer it belongs to and a name that is its own."""

    layer: KerasObject
    variable: KerasObject
    place: str


@contextmanager
def reinitialised(classifier: Graphed, seed: int, inputs: Floats) -> Iterator[Classifier]:
    """The classifier with fresh weights drawn from a seed; the trained ones return when the context ends.

    Kernels come from their layer's own initializer, biases are 0, norm layers have scale 1, offset 0 and the
    statistics of one pass over `inputs`. With the statistics of the trained network the signal would die out.
    """
    weights = list(_weights(classifier.graph))
    trained = [np.array(weight.variable) for weight in weights]
    try:
        for weight in weights:
            weight.variable.assign(_fresh(weight, seed))
        _normalise(classifier, inputs)
        yield classifier
    finally:
        for weight, value in zip(weights, trained, strict=True):
            weight.variable.assign(value)


def _weights(graph: FlatGraph) -> Iterator[_Weight]:
    """Every variable of the graph's layers once, those of layers within layers included."""
    layers = [(step.name, layer) for step in graph.steps for layer in _layers(step.operation)]
    owned = [(name, layer, variable) for name, layer in layers for variable in _own(layer)]
    once = {id(variable): (name, layer, variable) for name, layer, variable in reversed(owned)}
    for number, (name, layer, variable) in enumerate(reversed(once.values())):
        yield _Weight(layer, variable, f"{name}/{number}")


def _own(layer: KerasObject) -> tuple[KerasObject, ...]:
    return (*layer._trainable_variables, *layer._non_trainable_variables)


def _layers(operation: KerasObject) -> Iterator[KerasObject]:
    if hasattr(operation, "_flatten_layers"):
        yield from operation._flatten_layers(include_self=True, recursive=True)


def _fresh(weight: _Weight, seed: int) -> KerasObject:
    """A new value; a variable of unknown purpose keeps its own."""
    name, shape = weight.variable.name, tuple(weight.variable.shape)
    if name in CONSTANT:
        return np.full(shape, CONSTANT[name], np.float32)
    initializer = getattr(weight.layer, INITIALIZERS.get(name, f"{name}_initializer"), None)
    own = zlib.crc32(f"{seed}/{weight.place}".encode())
    if callable(initializer):
        return _seeded(initializer, own)(shape, dtype=weight.variable.dtype)
    if weight.variable.trainable and len(shape) > 1:
        return _glorot(shape, own)
    return np.array(weight.variable)


def _seeded(initializer: KerasObject, seed: int) -> KerasObject:
    """The same initializer under another seed; some, such as a constant, have none."""
    config = initializer.get_config() if hasattr(initializer, "get_config") else {}
    return type(initializer).from_config({**config, "seed": seed}) if "seed" in config else initializer


def _glorot(shape: tuple[int, ...], seed: int) -> Floats:
    """Glorot's uniform draw, for a weight whose layer does not say how it began."""
    limit = np.sqrt(6 / (np.prod(shape[:-1]) + np.prod(shape[:-2]) * shape[-1]))
    return np.random.default_rng(seed).uniform(-limit, limit, shape).astype(np.float32)


def _normalise(classifier: Graphed, inputs: Floats) -> None:
    """Every batch normalisation takes the statistics of its own input, one layer after the other."""

    def apply(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> KerasObject:
        layer = step.operation
        if hasattr(layer, "moving_mean") and hasattr(layer, "moving_variance"):
            values = np.array(args[0])
            axes = tuple(axis for axis in range(values.ndim) if axis != layer.axis % values.ndim)
            layer.moving_mean.assign(values.mean(axis=axes))
            layer.moving_variance.assign(values.var(axis=axes))
        if getattr(layer, "_call_has_training_arg", False):
            kwargs["training"] = False
        return layer(*args, **kwargs)

    classifier.graph.run(_entering(inputs, classifier.form), apply)


def _entering(inputs: Floats, form: Form) -> Floats:
    """`(N, H, W, C)` into what the model takes; a batch size that the file fixes is kept."""
    if form.batch is not None:
        inputs = inputs[np.arange(form.batch) % len(inputs)]
    if form.transposed:
        return inputs.transpose(0, 3, 1, 2)
    return inputs if len(form.own_shape) == 3 else inputs.reshape(-1, *form.own_shape)
