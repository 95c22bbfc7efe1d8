"""The same network untrained: what a map shows on random weights, it owes to the architecture and the picture.

The weights are exchanged in place and put back afterwards, so that every function that was traced serves the
untrained network too.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Classifier
from generator.model.flat_graph import FlatGraph, KerasObject, Step
from generator.model.keras_door import keras
from generator.model.keras_model import KerasClassifier
from generator.model.keras_passes import entering, plain

INITIALIZERS = {"depthwise_kernel": "depthwise_initializer", "pointwise_kernel": "pointwise_initializer"}
CONSTANT = {"bias": 0.0, "beta": 0.0, "gamma": 1.0, "moving_mean": 0.0, "moving_variance": 1.0}


@contextmanager
def reinitialised(classifier: KerasClassifier, seed: int, inputs: Floats) -> Iterator[Classifier]:
    """The classifier with fresh weights drawn from a seed; the trained ones return when the context ends.

    Kernels come from their layer's own initializer, biases are 0, norm layers have scale 1, offset 0 and the
    statistics of one pass over `inputs`. With the statistics of the trained network the signal would die out.
    """
    weights = list(_weights(classifier.graph))
    trained = [np.array(variable) for _, variable, _ in weights]
    try:
        for layer, variable, name in weights:
            variable.assign(_fresh(layer, variable, zlib.crc32(f"{seed}/{name}".encode())))
        _normalise(classifier, inputs)
        yield classifier
    finally:
        for (_, variable, _), value in zip(weights, trained, strict=True):
            variable.assign(value)


def _weights(graph: FlatGraph) -> Iterator[tuple[KerasObject, KerasObject, str]]:
    """Every variable of the graph once with its layer, also one within another, and with a name of its own."""
    named = [(step.name, step.operation) for step in graph.steps if hasattr(step.operation, "_flatten_layers")]
    layers = [(name, one) for name, layer in named for one in layer._flatten_layers(include_self=True, recursive=True)]
    owned = [
        (name, layer, variable)
        for name, layer in layers
        for variable in (*layer._trainable_variables, *layer._non_trainable_variables)
    ]
    once = {id(variable): (name, layer, variable) for name, layer, variable in reversed(owned)}
    for number, (name, layer, variable) in enumerate(reversed(once.values())):
        yield layer, variable, f"{name}/{number}"


def _fresh(layer: KerasObject, variable: KerasObject, seed: int) -> KerasObject:
    """A new value; a variable of unknown purpose keeps its own."""
    name, shape = variable.name, tuple(variable.shape)
    if name in CONSTANT:
        return np.full(shape, CONSTANT[name], np.float32)
    initializer = getattr(layer, INITIALIZERS.get(name, f"{name}_initializer"), None)
    if callable(initializer):
        config = initializer.get_config() if hasattr(initializer, "get_config") else {}
        if "seed" in config:  # a constant has none
            initializer = type(initializer).from_config({**config, "seed": seed})
        return initializer(shape, dtype=variable.dtype)
    if variable.trainable and len(shape) > 1:  # Glorot's draw: the layer does not say how it began
        limit = np.sqrt(6 / (np.prod(shape[:-1]) + np.prod(shape[:-2]) * shape[-1]))
        return np.random.default_rng(seed).uniform(-limit, limit, shape).astype(np.float32)
    return np.array(variable)


def _normalise(classifier: KerasClassifier, inputs: Floats) -> None:
    """Every batch normalisation takes the statistics of its own input, one layer after the other."""

    def apply(step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> KerasObject:
        layer = step.operation
        if hasattr(layer, "moving_mean") and hasattr(layer, "moving_variance"):
            rank = len(args[0].shape)
            mean, variance = keras.ops.moments(args[0], [axis for axis in range(rank) if axis != layer.axis % rank])
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign(variance)
        return plain(step, args, kwargs)

    if classifier.form.batch is not None:  # the file fixes it
        inputs = inputs[np.arange(classifier.form.batch) % len(inputs)]
    classifier.graph.run(entering(inputs, classifier.form), apply, forgetting=True)
