"""A model file opened by Keras 3 and checked: one image in, one score a class out, and no code run from the file."""

import pickle
from math import prod
from pathlib import Path

import numpy as np

from generator.artefacts import Floats
from generator.errors import ModelError
from generator.model.flat_graph import FlatGraph, squashing_step
from generator.model.form import Form, twin
from generator.model.keras_door import LAYER_FAILS, computing, keras, tf
from generator.model.keras_files import ReadableFile
from generator.model.keras_passes import Tensor, entering, plain, squashed
from generator.model.legacy import OLD_HARD_SIGMOID, Json, at_home
from generator.model.own_code import refuse_unknown, registered, settled

CLOSE = 1e-4
DIGITS = {"bfloat16": 4 * 2.0**-8, "float16": 4 * 2.0**-11}  # some roundings of an output of fewer digits
KERAS_FAILS = (*LAYER_FAILS, tf.errors.OpError, ImportError, OSError, pickle.UnpicklingError)


def loaded(file: ReadableFile, trust: bool) -> Tensor:
    """The model; raises ModelError where it needs code that nobody registered, or Keras cannot build it."""
    try:
        with registered():
            config = settled(file.config)
            refuse_unknown(config)
            if file.way == "pickle":
                return _unpickled(file)
            if file.way == "whole" and config == {key: file.config[key] for key in config}:
                return keras.models.load_model(file.path, compile=False, safe_mode=not trust)
            return _translated(config if file.way == "translated" else at_home(config), file.path, trust)
    except KERAS_FAILS as error:
        raise ModelError(f"Keras {keras.__version__} cannot open it: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    """The first line of what Keras says; of a layer that it could not build, why not."""
    said = str(error).rpartition("Exception encountered:")[2].strip() or type(error).__name__
    return said.splitlines()[0].partition(" Full object config:")[0][:160]


def _unpickled(file: ReadableFile) -> Tensor:
    """Whatever code is in the file runs here; it is reached only with the user's trust."""
    found = pickle.loads(file.path.read_bytes())
    if not isinstance(found, keras.Model):
        raise ModelError(f"the pickled object is a {type(found).__name__}, not a Keras model")
    return found


def _translated(config: Json, weights: Path, trust: bool) -> Tensor:
    """An architecture in words that Keras 3 understands, and the file's own weights."""
    old = {OLD_HARD_SIGMOID: lambda x: tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)}
    with keras.saving.custom_object_scope(old):
        model = keras.saving.deserialize_keras_object(config, safe_mode=not trust)
    model.load_weights(weights)
    return model


def refuse_other_tasks(model: Tensor) -> None:
    """One image in, one row of scores out; raises ModelError for anything else."""
    if not hasattr(model, "inputs") or not (hasattr(model, "_nodes_by_depth") or hasattr(model, "_functional")):
        raise ModelError(
            "the model is a Python class of its own; only Sequential and functional models can be explained"
        )
    inputs, outputs = ([tensor.name for tensor in tensors] for tensors in (model.inputs, model.outputs))
    if len(inputs) != 1:
        raise ModelError(
            f"the model takes {len(inputs)} inputs ({', '.join(inputs)}); one image is what can be explained"
        )
    if len(outputs) != 1:
        raise ModelError(f"the model has {len(outputs)} outputs; save a model that ends in the one to explain")
    shape = model.outputs[0].shape[1:]
    if sum(length != 1 for length in shape) > 1:
        form = "×".join("any" if length is None else str(length) for length in shape)
        raise ModelError(f"the model puts out arrays of {form}, a picture or a sequence; a classifier is needed")


def unsquashed(graph: FlatGraph) -> tuple[FlatGraph, str]:
    """The graph up to the scores, and what squashes them; '' where the output is linear."""
    step = squashing_step(graph)
    if step is None:
        return graph, ""
    if step.fused and step.kind != "Activation":
        return graph.substituted(step.name, twin(step.operation, activation=keras.activations.linear)), step.activation
    return graph.without(step.name), step.activation


def probed(model: Tensor, graph: FlatGraph, squashing: str, form: Form) -> dict[int, Tensor]:
    """Every value of the graph for noise in 0..1 and in 0..255; raises ModelError where the scores are not right."""
    images = np.random.default_rng(0).uniform(size=(form.batch or 2, *form.shape)).astype(np.float32)
    images[1:] *= 255
    inputs = entering(tf.constant(images), form)
    _refuse_diverged(graph)
    values = graph.run(inputs, plain)
    predicted = _predicted(model, inputs)
    _check(_rows(predicted), _rows(values[graph.output]), squashing, DIGITS.get(predicted.dtype.name, CLOSE))
    return values


def _refuse_diverged(graph: FlatGraph) -> None:
    """Raises ModelError with the first layer that has a weight which is no number, as after a training that failed."""
    for step in graph.steps:
        for weight in getattr(step.operation, "weights", ()):
            if weight.dtype.startswith(("float", "bfloat")) and not np.isfinite(np.float32(weight)).all():
                raise ModelError(
                    f"the weights of the layer `{step.name}` are not all finite numbers (NaN): the training failed; "
                    "save the model from before that, or train it again with a smaller rate"
                )


def _predicted(model: Tensor, inputs: Tensor) -> Tensor:
    """What the model itself says, its one input and output wrapped as the file wraps them."""
    structure = getattr(model, "_inputs_struct", None)
    wrapped = isinstance(structure, (list, tuple, dict))
    with computing(*LAYER_FAILS):
        result = model(keras.tree.pack_sequence_as(structure, [inputs]) if wrapped else inputs, training=False)
    return keras.tree.flatten(result)[0]


def _rows(value: Tensor) -> Floats:
    return tf.cast(value, tf.float32).numpy().reshape(len(value), prod(value.shape[1:]))


def _check(predicted: Floats, scores: Floats, squashing: str, close: float) -> None:
    """`close` is how far two ways to the same number may differ in the type of the model's output."""
    expected = squashed(scores, squashing).numpy() if squashing else scores
    if not np.allclose(predicted, expected, atol=close, rtol=close, equal_nan=True):
        raise ModelError(f"the scores before the {squashing or 'output'} do not give what the model predicts")
    if squashing == "softmax" and predicted.shape[1] == 1:
        raise ModelError("the model has a softmax over one output, which is always 1; one output needs a sigmoid")
    sums = predicted.shape[1] > 1 and predicted.min() >= 0 and np.allclose(predicted.sum(axis=1), 1, atol=close)
    if not squashing and sums:
        raise ModelError(
            "the model puts out probabilities, but no softmax or sigmoid that makes them was found; "
            "let it end with a softmax layer"
        )
