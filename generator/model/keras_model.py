"""A Keras model as a `Classifier`: every question is one traced function over batches that fit memory.

Several batches are under way at once: while one waits for the last thread of an operation, another computes.
"""

from collections.abc import Collection, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints
from generator.classifier import (
    Ascent,
    Asked,
    Climb,
    Entrance,
    Layer,
    ModelFacts,
    Rectifier,
    Score,
    layer_called,
)
from generator.data.preprocess import Preprocessor
from generator.errors import ParameterError
from generator.model import keras_passes as passes
from generator.model.containers import parsing
from generator.model.entrance import entrance_of
from generator.model.flat_graph import Apply, FlatGraph, bending_step, flatten
from generator.model.folding import folded
from generator.model.form import AT_ONCE, FEW, UNITS, Batches, Form, form_of, images_of_a_pass, layers_of
from generator.model.geometry import laid_out, turned
from generator.model.keras_door import card_memory, computing, tf
from generator.model.keras_files import ReadableFile, of_file, readable
from generator.model.keras_opening import graphed, loaded, output_asked_for, predicted, probed, refuse_large
from generator.model.keras_passes import BLOCK, VALUE, Question, Tensor
from generator.tally import Tally

Array = NDArray[Any]
Traced = Any  # a tf.function
APART = "the model cannot be taken apart: {reason}"


@dataclass(frozen=True, eq=False)
class KerasClassifier:
    """A Keras model behind the port; its questions are traced once and kept."""

    preprocessing: Preprocessor
    graph: FlatGraph  # up to the scores before the softmax or sigmoid
    form: Form
    squashing: str  # of the scores as the port gives them: 'softmax', 'sigmoid', or 'value' of a regression
    layers: tuple[Layer, ...]
    n_classes: int
    one_output: bool
    batch: Batches  # of one pass
    keras_version: str  # wrote the file
    entrance: Entrance | None = None
    ending: str = ""  # what makes outputs that are neither scores nor probabilities
    tally: Tally = field(default_factory=Tally, repr=False)
    _traced: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _at_once: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE), repr=False)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return self.form.shape

    @property
    def facts(self) -> ModelFacts:
        """What is known of it without asking it anything."""
        cost = (sum(layer.parameters for layer in self.layers), sum(layer.multiply_adds for layer in self.layers))
        told = (self.input_shape, self.n_classes, self.one_output, self.layers, *cost, self.keras_version)
        return ModelFacts(*told, self.entrance, self.ending)

    def preprocessed(self, by: Preprocessor, tally: Tally | None = None) -> "KerasClassifier":
        """The same model, with the same traces, behind another preprocessing; what it is asked is counted there."""
        return replace(self, preprocessing=by, tally=tally or self.tally)

    def prepare(self, images: Floats) -> Floats:
        return self.preprocessing.prepare(images)

    def restore(self, inputs: Floats) -> Floats:
        return self.preprocessing.restore(inputs)

    def logits(self, inputs: Floats) -> Floats:
        return self._by_batch("logits", self._scores, inputs)[0]

    @computing()
    def probabilities(self, inputs: Floats) -> Floats:
        return passes.squashed(self.logits(inputs), self.squashing).numpy()

    def gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
        return self.scored_gradients(inputs, score, rectifier)[1]

    def scored_gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> tuple[Floats, Floats]:
        def question(x: Tensor, *classes: Tensor) -> tuple[Tensor, Tensor]:
            scores = self._scores(x, rectifier)
            return scores, passes.slope(passes.explained(scores, self.squashing, score.kind, *classes), x)

        scores, gradient = self._by_batch((rectifier, score.kind), question, inputs, score)
        return scores, gradient

    def layer_gradients(self, inputs: Floats, score: Score, *layers: str) -> tuple[Floats, ...]:
        numbers = [self._number(layer) for layer in layers]

        def question(x: Tensor, *classes: Tensor) -> tuple[Tensor, ...]:
            values = self._values(x, numbers)
            scores = self._two_sided(values[self.graph.output])
            explained = passes.explained(scores, self.squashing, score.kind, *classes)
            uphill = dict(zip(numbers, passes.slopes(explained, [values[n] for n in numbers]), strict=True))
            return tuple(passes.leaving(each, n, self.form) for n in numbers for each in (values, uphill))

        return self._by_batch(("layer", layers, score.kind), question, inputs, score)

    def slopes_at(self, inputs: Floats, score: Score, *places: str) -> tuple[Floats, ...]:
        numbers = [self._number(place) if place else None for place in places]
        kept = [number for number in numbers if number is not None]

        def question(x: Tensor, *classes: Tensor) -> tuple[Tensor, ...]:
            values = self._values(x, kept)
            scores = self._two_sided(values[self.graph.output])
            explained = passes.explained(scores, self.squashing, score.kind, *classes)
            found = [scores]
            for number, uphill in zip(
                numbers,
                passes.slopes(explained, [x if n is None else values[n] for n in numbers], held=False),
                strict=True,
            ):
                found += (
                    [uphill]
                    if number is None
                    else [passes.leaving(each, number, self.form) for each in (values, {number: uphill})]
                )
            return tuple(found)

        return self._by_batch(("slopes", places, score.kind), question, inputs, score)

    def outputs(self, inputs: Floats, layer: str) -> Floats:
        number = self._number(layer)
        return self._by_batch(("outputs", layer), lambda x: self._value(x, number), inputs)[0]

    def kernel(self, layer: str) -> Floats:
        self._number(layer)
        kernels = [w for w in getattr(self.graph.step(layer).operation, "weights", ()) if w.name == "kernel"]
        if not kernels or len(kernels[0].shape) != 4:
            raise ParameterError("layer", f"'{layer}' has no kernel of height and width; take a convolution")
        return kernels[0].numpy()

    @computing()
    def ascend(self, ascent: Ascent) -> Climb:
        inputs, memory = np.array(ascent.start, np.float32), passes.blank(ascent)
        units, met = np.asarray(ascent.units, np.int32), np.zeros(len(ascent.units), np.float32)
        low, high = passes.bounds(self.prepare, self.input_shape)
        fixed = tuple(map(tf.constant, (low, high, np.float32(ascent.rate), np.int32(ascent.seed))))
        climb, most = self._climbing(ascent), self._at_a_time(ascent)

        def further(rows: Ints, *ends: Tensor) -> None:
            given = (_padded(values[rows], self.form.batch) for values in (inputs, memory, units))
            found = [value.numpy()[: len(rows)] for value in climb(*given, *fixed, *ends)]
            inputs[rows], memory[rows], met[rows] = found

        def on(rows: Ints, *ends: int) -> None:
            parts = np.array_split(rows, max(-(-len(rows) // most), min(AT_ONCE, len(rows) // FEW), 1))
            list(self._at_once.map(lambda part: further(part, *map(tf.constant, ends)), parts))

        going, steps, heights = np.arange(len(units)), np.full(len(units), ascent.steps), []
        highest, at_highest = np.full(len(units), -np.inf, np.float32), inputs.copy()
        for first in range(0, ascent.steps, BLOCK):  # here, not in the pool: Ctrl-C is heard between two
            on(going, first, last := min(first + BLOCK, ascent.steps))
            self.tally.count(gradient=len(going) * (last - first))
            if ascent.settles:
                higher = going[met[going] >= highest[going]]
                highest[higher], at_highest[higher], steps[higher] = met[higher], inputs[higher], last
                heights.append(met.copy())
                going = going[passes.still_climbing(np.array(heights)[:, going], -(-ascent.steps // BLOCK))]
        if ascent.settles:
            inputs = at_highest
        on(np.arange(len(units)), ascent.steps, ascent.steps)
        return Climb(inputs, met, steps)

    def _at_a_time(self, ascent: Ascent) -> int:
        """Units of one pass: as many more than images of the whole model as the outputs that they need are fewer."""
        through = self.graph if ascent.layer is None else self.graph.truncated(self._number(ascent.layer))
        needed, values = {step.name for step in through.steps}, {layer.name: prod(layer.shape) for layer in self.layers}
        growth = prod(ascent.start.shape[1:3]) / prod(self.input_shape[:2])
        share = growth * sum(values[name] for name in needed) / sum(values.values())
        return self.form.batch or max(int(self.batch.back / share), UNITS)

    def _value(self, x: Tensor, number: int) -> Tensor:
        """One value of the graph, through the part of it that leads there."""
        values = folded(self.graph.truncated(number)).run(passes.entering(x, self.form), passes.plain)
        return passes.leaving(values, number, self.form)

    def _two_sided(self, value: Tensor) -> Tensor:
        """Whatever leaves the graph as `(N, K)` float32; one score z becomes (-z/2, z/2)."""
        flat = tf.reshape(tf.cast(value, tf.float32), (-1, 1 if self.one_output else self.n_classes))
        return tf.concat([-flat / 2, flat / 2], axis=1) if self.one_output else flat

    def _scores(self, x: Tensor, rectifier: Rectifier = "plain") -> Tensor:
        values = self._values(x, apply=passes.guided if rectifier == "guided" else passes.plain)
        return self._two_sided(values[self.graph.output])

    def _values(self, x: Tensor, kept: Collection[int] = (), apply: Apply = passes.plain) -> Mapping[int, Tensor]:
        """Every value of the whole graph, but for those that norms are folded over and that are not `kept`."""
        return folded(self.graph, kept).run(passes.entering(x, self.form), apply)

    def _number(self, layer: str) -> int:
        return self.graph.step(layer_called(layer, self.layers).name).writes[0]

    def _trace(self, key: Hashable, question: Question, classes: int) -> Traced:
        """The traced function of one question, for any number of images, or for what the file fixes."""
        if (key, classes) not in self._traced:
            images = tf.TensorSpec((self.form.batch, *self.form.shape), tf.float32)
            ids = [tf.TensorSpec((self.form.batch,), tf.int32)] * classes
            # without autograph: nothing here branches on a tensor, and errors keep their own words
            traced = tf.function(question, input_signature=[images, *ids], autograph=False)
            traced.get_concrete_function()  # now: two batches would trace it twice
            self._traced[key, classes] = traced
        return self._traced[key, classes]

    @computing()
    def _by_batch(
        self, key: Hashable, question: Question, inputs: Floats, score: Score | None = None
    ) -> tuple[Floats, ...]:
        """The answer to a question about any number of images and their classes, some batches at a time."""
        asked = (score.target, score.against) if score else ()
        arrays = [np.asarray(inputs, np.float32), *(np.asarray(ids, np.int32) for ids in asked if ids is not None)]
        traced, most = self._trace(key, question, len(arrays) - 1), self.batch.back if score else self.batch.ahead
        self.tally.count(**{"gradient" if score else "forward": len(inputs)})

        def answer(start: int) -> list[Floats]:
            given = [array[start : start + most] for array in arrays]
            results = traced(*(_padded(array, self.form.batch) for array in given))
            results = results if isinstance(results, tuple) else (results,)
            return [result.numpy()[: len(given[0])] for result in results]

        parts = self._at_once.map(answer, range(0, max(len(inputs), 1), most))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    def _climbing(self, ascent: Ascent) -> Traced:
        """Traced for the shape of a picture, which may grow in a climb; what is no shape serves other ascents too."""
        weights = ascent.total_variation, ascent.norm, ascent.jitter
        key = ("ascend", ascent.layer, ascent.objective, ascent.optimizer, weights, ascent.start.shape[1:])
        number = None if ascent.layer is None else self._number(ascent.layer)

        def objective(x: Tensor, units: Tensor) -> Tensor:
            output = self._scores(x) if number is None else self._value(x, number)
            return passes.value_of_unit(output, units, ascent.objective)

        if key not in self._traced:
            batch, real, whole = self.form.batch, tf.float32, tf.int32
            pictures = [(batch, *shape) for shape in (ascent.start.shape[1:], passes.blank(ascent).shape[1:])]
            bounds = [self.input_shape] * 2
            reals = [tf.TensorSpec(shape, real) for shape in (*pictures, *bounds, ())]
            wholes = [tf.TensorSpec(shape, whole) for shape in ((batch,), (), (), ())]
            signature = [*reals[:2], wholes[0], *reals[2:], *wholes[1:]]
            traced = tf.function(passes.climbing(objective, ascent), signature, autograph=False)
            traced.get_concrete_function()  # now: two batches would trace it twice
            self._traced[key] = traced
        return self._traced[key]


def open_model(path: Path, preprocess: Preprocessor, asked: Asked = Asked()) -> KerasClassifier:  # noqa: B008, frozen
    """The classifier in a model file; raises ModelError with the cure."""
    with of_file(path), readable(path, asked.trust, asked.limits) as file, parsing(APART):
        return _classifier(file, preprocess, asked)


def _classifier(file: ReadableFile, preprocess: Preprocessor, asked: Asked) -> KerasClassifier:
    model = graphed(loaded(file, asked.trust))
    output = output_asked_for(model, asked.output)
    whole = flatten(model, output)
    batch, *own = model.inputs[0].shape
    form = form_of(tuple(own), batch, whole, asked.size)
    refuse_large(whole, form, asked.limits)
    graph, squashing, values = probed(
        lambda inputs: predicted(model, inputs, output), whole, form, "int" in str(model.inputs[0].dtype)
    )
    shapes = {number: tuple(value.shape[1:]) for number, value in values.items()}
    laid, past = laid_out(graph, form, shapes)
    form = turned(form, laid)
    layers = layers_of(graph, form, shapes, {number: one.place for number, one in laid.items()}, past)
    width = prod(shapes[graph.output])
    value = asked.value and width == 1 and not squashing
    bending = None if value or squashing else bending_step(graph)
    return KerasClassifier(
        preprocess,
        graph,
        form,
        VALUE if value else squashing if squashing and width > 1 else "softmax",
        layers,
        n_classes=1 if value else max(width, 2),
        one_output=width == 1 and not value,
        batch=Batches(batch, batch) if batch else images_of_a_pass(shapes, card_memory()),
        keras_version=file.keras_version,
        entrance=entrance_of(graph, form),
        ending=f"{bending.activation if bending.fused else bending.kind} (layer `{bending.name}`)" if bending else "",
    )


def _padded(array: Array, length: int | None) -> Array:
    """Filled up with zeros to the batch size of the file, or to one row."""
    missing = max(length or 1, 1) - len(array)
    return array if missing <= 0 else np.concatenate([array, np.zeros((missing, *array.shape[1:]), array.dtype)])
