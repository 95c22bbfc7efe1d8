"""A model file opened by Keras 3 and checked: one image in, one score a class out, and no code run from the file."""

import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path

import numpy as np

from generator.artefacts import Floats
from generator.errors import ModelError, suggestion
from generator.limits import Limits, size_in_words
from generator.model.containers import parsing
from generator.model.flat_graph import FlatGraph, KerasObject, Step, averaged_steps, bending_step, squashing_step
from generator.model.form import Form, twin
from generator.model.keras_door import LAYER_FAILS, computing, keras, tf
from generator.model.keras_files import ReadableFile
from generator.model.keras_passes import AverageScores, Tensor, entering, plain, squashed
from generator.model.legacy import OLD_HARD_SIGMOID, Json, at_home, original
from generator.model.own_code import refuse_unknown, registered, settled

Values = dict[int, Tensor]  # of a graph, by number

CLOSE = 1e-4
DIGITS = {"bfloat16": 4 * 2.0**-8, "float16": 4 * 2.0**-11}  # some roundings of an output of fewer digits
FEWEST = 2  # images of a pass
NUMBER = 4  # bytes
SPARE = 1 << 24  # numbers that a model may have and its file not: seeds, states


def loaded(file: ReadableFile, trust: bool) -> Tensor:
    """The model; raises ModelError where it needs code that nobody registered, or Keras cannot build it."""
    with parsing(f"Keras {keras.__version__} cannot open it: {{reason}}"), registered():
        config = settled(file.config)
        refuse_unknown(config)
        if file.way == "pickle":
            return _unpickled(file)
        with _within(file.numbers):
            if file.way == "whole" and config == {key: file.config[key] for key in config}:
                return keras.models.load_model(file.path, compile=False, safe_mode=not trust)
            return _translated(config if file.way == "translated" else at_home(config), file.path, trust)


@contextmanager
def _within(numbers: int) -> Iterator[None]:
    """Inside, no more weights are made than the file has numbers for; raises ModelError before they take memory."""
    made = 0

    def create(make: Callable[..., Tensor], **asked: Tensor) -> Tensor:
        nonlocal made
        value = asked["initial_value"]
        with tf.Graph().as_default():
            made += prod(value().shape if callable(value) else value.shape)
        if made > numbers + SPARE:
            raise ModelError(f"its layers need {made:,} weights or more, and it holds {numbers:,}: the file is damaged")
        return make(**asked)

    with tf.variable_creator_scope(create):
        yield


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


def graphed(model: Tensor) -> Tensor:
    """A model with a graph of its layers: of a Python class of its own the one that a call of it makes."""
    if getattr(model, "inputs", None) and (hasattr(model, "_nodes_by_depth") or hasattr(model, "_functional")):
        return model
    if isinstance(model, keras.Sequential) and not model.built:
        raise ModelError(
            "the model is a Sequential that was never built: it knows no shape of images and has no weights; begin it "
            "with `keras.Input((height, width, channels))`, train it, and save it again"
        )
    try:
        shape = model.get_build_config()["input_shape"]
        entry = keras.Input(tuple(shape)[1:])
        return keras.Model(entry, model.call(entry))
    except LAYER_FAILS as error:
        raise ModelError(
            "the model is a Python class of its own, and a call of it gives no graph of layers; save it as "
            "`keras.Model(inputs, model.call(inputs))` with `inputs = keras.Input(shape)`"
        ) from error


def output_asked_for(model: Tensor, name: str | None) -> int:
    """The place of the output to explain: one image in, one row of scores out; raises ModelError for anything else."""
    inputs = [tensor.name for tensor in model.inputs]
    if len(inputs) != 1:
        raise ModelError(
            f"the model takes {len(inputs)} inputs ({', '.join(inputs)}); one image is what can be explained"
        )
    place = _place(_output_names(model), name)
    shape = model.outputs[place].shape[1:]
    if sum(length != 1 for length in shape) > 1:
        form = "×".join("any" if length is None else str(length) for length in shape)
        raise ModelError(f"the model puts out arrays of {form}, a picture or a sequence; a classifier is needed")
    return place


def _output_names(model: Tensor) -> tuple[str, ...]:
    """The keys of outputs in a dictionary, else the names of the layers that they come from, told apart by a number."""
    structure = getattr(model, "_outputs_struct", None)
    if isinstance(structure, dict):
        return tuple(sorted(structure))
    names = [original(tensor._keras_history[0].name) for tensor in model.outputs]
    return tuple(name if names.count(name) == 1 else f"{name}:{place}" for place, name in enumerate(names, 1))


def _place(names: tuple[str, ...], name: str | None) -> int:
    if name is None and len(names) > 1:
        raise ModelError(
            f"the model has {len(names)} outputs ({', '.join(names)}); say which one under `model`, with `output: NAME`"
        )
    if name is not None and name not in names:
        raise ModelError(f"the model has no output '{name}'{suggestion(name, names)}")
    return 0 if name is None else names.index(name)


def unsquashed(graph: FlatGraph) -> tuple[FlatGraph, str]:
    """The graph up to the scores, and what squashes them; '' where the output is linear."""
    step = squashing_step(graph)
    if step is not None and step.fused and step.kind != "Activation":
        return graph.substituted(step.name, _linear(step)), step.activation
    if step is not None:
        return graph.without(step.name), step.activation
    parts = averaged_steps(graph)
    return (_averaged(graph, parts), parts[0].activation) if parts else (graph, "")


def _linear(step: Step) -> KerasObject:
    return twin(step.operation, activation=keras.activations.linear)


def _averaged(graph: FlatGraph, parts: tuple[Step, ...]) -> FlatGraph:
    """The graph up to the scores of an average, made of the probabilities and of each network's own scores."""
    for part in parts:
        if part.fused and part.kind != "Activation":
            graph = graph.split(part.name, _linear(part), keras.layers.Activation(part.activation))
    squashing = {part.writes[0] for part in parts}
    scores = [next(iter(step.reads.values())) for step in graph.steps if step.writes[0] in squashing]
    return graph.extended("average_scores", AverageScores(parts[0].activation), graph.output, *scores)


def refuse_large(graph: FlatGraph, form: Form, limits: Limits) -> None:
    """Raises ModelError where what the layers put out for a pass of the fewest images does not fit into memory."""
    needed = NUMBER * (form.batch or FEWEST) * (prod(form.shape) + sum(step.size for step in graph.steps))
    if needed > limits.room:
        largest = max(graph.steps, key=lambda step: step.size).name
        raise ModelError(
            f"its layers put out {size_in_words(needed)} for {form.batch or FEWEST} images, most of it in `{largest}`; "
            f"the memory is {size_in_words(limits.room)}"
        )


def probed(
    predict: Callable[[Tensor], Tensor], whole: FlatGraph, form: Form, integers: bool = False
) -> tuple[FlatGraph, str, Values]:
    """The graph up to the scores, what squashes them, and every value of it for noise in 0..1 and in 0..255.

    A model that takes `integers` would cut other numbers off.

    Raises ModelError where the scores are not right. What only looked like an average of probabilities is linear.
    """
    images = np.random.default_rng(0).uniform(size=(form.batch or FEWEST, *form.shape)).astype(np.float32)
    images[1:] *= 255
    inputs = entering(tf.constant(np.round(images) if integers else images), form)
    _refuse_places(whole)
    _refuse_diverged(whole)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "You are using a softmax over axis")  # `_refuse_odd` says it
        said = predict(inputs)
    linear = ((whole, ""),) if squashing_step(whole) is None else ()
    for graph, squashing in (unsquashed(whole), *linear):
        values = graph.run(inputs, plain)
        scores, close = _rows(values[graph.output]), DIGITS.get(said.dtype.name, CLOSE)
        expected = squashed(scores, squashing).numpy() if squashing else scores
        if np.allclose(_rows(said), expected, atol=close, rtol=close, equal_nan=True):
            _refuse_odd(expected, squashing, close)
            return graph, squashing, values
    raise ModelError("the scores that were found do not give what the model predicts")


def _refuse_places(graph: FlatGraph) -> None:
    """Raises ModelError where the outputs only say which score is the largest."""
    step = bending_step(graph)
    if step is not None and step.kind in ("Argmax", "OneHot"):
        raise ModelError(
            f"the model ends with {step.kind} (layer `{step.name}`), which says which score is the largest and not the "
            "scores; save the model up to the layer before that"
        )


def _refuse_diverged(graph: FlatGraph) -> None:
    """Raises ModelError with the first layer that has a weight which is no number, as after a training that failed."""
    for step in graph.steps:
        for weight in getattr(step.operation, "weights", ()):
            if weight.dtype.startswith(("float", "bfloat")) and not np.isfinite(np.float32(weight)).all():
                raise ModelError(
                    f"the weights of the layer `{step.name}` are not all finite numbers (NaN): the training failed; "
                    "save the model from before that, or train it again with a smaller rate"
                )


def predicted(model: Tensor, inputs: Tensor, output: int) -> Tensor:
    """What the model itself says at one of its outputs, its one input wrapped as the file wraps it."""
    structure = getattr(model, "_inputs_struct", None)
    wrapped = isinstance(structure, (list, tuple, dict))
    with computing(*LAYER_FAILS):
        result = model(keras.tree.pack_sequence_as(structure, [inputs]) if wrapped else inputs, training=False)
    return keras.tree.flatten(result)[output]


def _rows(value: Tensor) -> Floats:
    return tf.cast(value, tf.float32).numpy().reshape(len(value), prod(value.shape[1:]))


def _refuse_odd(predicted: Floats, squashing: str, close: float) -> None:
    """`close` is how far two ways to the same number may differ in the type of the model's output."""
    if squashing == "softmax" and predicted.shape[1] == 1:
        raise ModelError("the model has a softmax over one output, which is always 1; one output needs a sigmoid")
    sums = predicted.shape[1] > 1 and predicted.min() >= 0 and np.allclose(predicted.sum(axis=1), 1, atol=close)
    if not squashing and sums:
        raise ModelError(
            "the model puts out probabilities, but no softmax or sigmoid that makes them was found; "
            "let it end with a softmax layer"
        )
