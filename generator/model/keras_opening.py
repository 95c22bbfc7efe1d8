"""A model file opened by Keras 3 and checked: one image in, one score a class out, and no code run from the file."""

import pickle
from collections.abc import Mapping
from math import prod

import numpy as np

from generator.artefacts import Floats
from generator.errors import ModelError
from generator.model.flat_graph import FlatGraph, squashing_step
from generator.model.form import Form, twin
from generator.model.keras_door import LAYER_FAILS, computing, keras, tf
from generator.model.keras_files import ReadableFile, entries
from generator.model.keras_passes import Tensor, entering, plain, squashed
from generator.model.legacy import MODELS, OLD_HARD_SIGMOID, Json

KERAS_FAILS = (*LAYER_FAILS, tf.errors.OpError, ImportError, OSError, pickle.UnpicklingError)


def loaded(file: ReadableFile, trust: bool) -> Tensor:
    """The model; raises ModelError where it holds classes that nobody registered, or Keras cannot build it."""
    _refuse_unknown(file.config)
    try:
        if file.way == "pickle":
            return _unpickled(file)
        if file.way == "translated":
            return _translated(file, trust)
        return keras.models.load_model(file.path, compile=False, safe_mode=not trust)
    except KERAS_FAILS as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(f"Keras {keras.__version__} cannot open it: {reason[0][:160]}") from error


def _unpickled(file: ReadableFile) -> Tensor:
    """Whatever code is in the file runs here; it is reached only with the user's trust."""
    found = pickle.loads(file.path.read_bytes())
    if not isinstance(found, keras.Model):
        raise ModelError(f"the pickled object is a {type(found).__name__}, not a Keras model")
    return found


def _translated(file: ReadableFile, trust: bool) -> Tensor:
    """Its architecture in words that Keras 3 understands, and its own weights."""
    old = {OLD_HARD_SIGMOID: lambda x: tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)}
    with keras.saving.custom_object_scope(old):
        model = keras.saving.deserialize_keras_object(file.config, safe_mode=not trust)
    model.load_weights(file.path)
    return model


def _refuse_unknown(config: Json) -> None:
    for entry in entries(config):
        kind, inner = entry.get("class_name"), entry.get("config")
        if isinstance(kind, str) and isinstance(inner, dict) and not _known(kind, entry):
            raise ModelError(
                f"the model holds `{kind.partition('>')[2] or kind}`, a class of its own that is not registered; build "
                "the model from Keras' own layers, or register the class with "
                "@keras.saving.register_keras_serializable before the build"
            )


def _known(kind: str, entry: Mapping[str, Json]) -> bool:
    """Without a module's name, as in HDF5, what has a name of its own is a layer or a model."""
    registered, module = entry.get("registered_name") or kind, entry.get("module", "")
    if keras.saving.get_registered_object(registered) is not None:
        return True
    if module == "keras.layers" or (not module and "name" in entry["config"] and ">" not in registered):
        return kind in MODELS or hasattr(keras.layers, kind)
    return ">" not in registered and str(module or "keras").startswith(("keras", "builtins"))


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
    values = graph.run(inputs, plain)
    _check(_rows(_predicted(model, inputs)), _rows(values[graph.output]), squashing)
    return values


def _predicted(model: Tensor, inputs: Tensor) -> Tensor:
    """What the model itself says, its one input and output wrapped as the file wraps them."""
    structure = getattr(model, "_inputs_struct", None)
    wrapped = isinstance(structure, (list, tuple, dict))
    with computing(*LAYER_FAILS):
        result = model(keras.tree.pack_sequence_as(structure, [inputs]) if wrapped else inputs, training=False)
    return keras.tree.flatten(result)[0]


def _rows(value: Tensor) -> Floats:
    return tf.cast(value, tf.float32).numpy().reshape(len(value), prod(value.shape[1:]))


def _check(predicted: Floats, scores: Floats, squashing: str) -> None:
    expected = squashed(scores, squashing).numpy() if squashing else scores
    if not np.allclose(predicted, expected, atol=1e-4, rtol=1e-4):
        raise ModelError(f"the scores before the {squashing or 'output'} do not give what the model predicts")
    if squashing == "softmax" and predicted.shape[1] == 1:
        raise ModelError("the model has a softmax over one output, which is always 1; one output needs a sigmoid")
    sums = predicted.shape[1] > 1 and predicted.min() >= 0 and np.allclose(predicted.sum(axis=1), 1, atol=1e-4)
    if not squashing and sums:
        raise ModelError(
            "the model puts out probabilities, but no softmax or sigmoid that makes them was found; "
            "let it end with a softmax layer"
        )
