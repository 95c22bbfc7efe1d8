"""The port between methods and a model, in NumPy terms: methods never see Keras.

Images are `(N, H, W, C)` float32 in 0..1 as shown; inputs are the same after the spec's preprocessing.
Scores are logits (before the softmax or sigmoid) unless called probabilities. All calls run in inference mode.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from generator.artefacts import Floats, Ints
from generator.errors import ComputationError, ParameterError, suggestion
from generator.lattice import Lattice
from generator.limits import USUAL, Limits
from generator.samples import Batch, Evaluation

ScoreKind = Literal["logit", "probability", "loss", "sum"]
Rectifier = Literal["plain", "guided"]
Optimizer = Literal["normalized", "plain", "adam", "adagrad"]
Objective = Literal["channel", "neuron"]


@dataclass(frozen=True)
class Layer:
    """A layer of the flattened graph: its name as the file has it, and its output `(height, width, channels)`.

    `shape` has one entry for a flat output. `kind` is the Keras class name. `rectifies` marks a ReLU-like layer.
    `parameters` are its own numbers (none where it is called again), `multiply_adds` its cost for one image.
    `place` is where its cells lie in the picture, None where they lie nowhere; `reads` names the layers before it, ''
    the picture itself. Tokens with a place count as a map: `(N, h, w, c)` is what the classifier answers of them.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    rectifies: bool = False
    parameters: int = 0
    multiply_adds: int = 0
    place: Lattice | None = None
    reads: tuple[str, ...] = ()

    @property
    def spatial(self) -> bool:
        """Whether it is a map one can point at: height and width above 1, somewhere in the picture."""
        return self.place is not None and min(self.place.grid) > 1

    @property
    def maps(self) -> tuple[int, ...]:
        """`(height, width, channels)` of what the classifier answers, or one entry for a flat output."""
        return self.shape if self.place is None else (*self.place.grid, self.shape[-1])


@dataclass(frozen=True)
class Entrance:
    """What the model itself does to pixels before anything else: `factor` and `offset` by channel, by these layers."""

    layers: tuple[str, ...]
    factor: tuple[float, ...]
    offset: tuple[float, ...]


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model without asking it anything; kept between builds, so that none needs to open it.

    `ending` names what makes its outputs, where these are neither scores nor probabilities.
    """

    input_shape: tuple[int, int, int]
    n_classes: int
    one_output: bool
    layers: tuple[Layer, ...]
    parameters: int
    multiply_adds: int
    keras_version: str
    entrance: Entrance | None = None
    ending: str = ""


@dataclass(frozen=True)
class Asked:
    """What a model file leaves open and its user says: whether code in it may run, and what is taken of the model.

    `size` is the height and width of images, where it takes any; `output` the name of one of several outputs. One
    linear output is a `value` that is explained itself, else the score of the second of two classes.
    """

    trust: bool = False
    size: tuple[int, int] | None = None
    output: str | None = None
    value: bool = False
    limits: Limits = field(default=USUAL, repr=False)  # of its file; not in it: what is opened is the same


@dataclass(frozen=True)
class Score:
    """The number that is explained, image by image: a class, or its difference to another (`against`).

    Of the kind `sum` it is that of all logits, whatever the target.
    """

    target: Ints
    against: Ints | None = None
    kind: ScoreKind = "logit"

    def __getitem__(self, rows: slice | Ints) -> "Score":
        return Score(self.target[rows], None if self.against is None else self.against[rows], self.kind)


@dataclass(frozen=True)
class Ascent:
    """A climb in input space: every unit of `layer` (None: the logits), from its own `start (F, H, W, C)` inputs.

    What grows is the mean over a filter's map (`channel`), or its value in the middle of the map (`neuron`).
    `rate` is counted in pixels from 0 to 1: the mean step of a normalised gradient, about the step of each pixel for
    Adam, its first for Adagrad, the factor of a plain gradient. `total_variation` and `norm` weigh the regularisers of
    tf-keras-vis; `jitter` is the shift in pixels before each step. One that `settles` ends, unit by unit, where it no
    longer climbs, and after `steps` at the latest; of the ways that it went its end is the highest.
    """

    layer: str | None
    units: Ints
    start: Floats
    steps: int
    rate: float
    total_variation: float = 0.0
    norm: float = 0.0
    jitter: int = 0
    seed: int = 0
    optimizer: Optimizer = "normalized"
    objective: Objective = "channel"
    settles: bool = False


@dataclass(frozen=True)
class Climb:
    """Where an ascent ended: `inputs (F, H, W, C)`, what had to grow there, and after how many steps, unit by unit."""

    inputs: Floats
    activation: Floats
    steps: Ints


class Classifier(Protocol):
    """A model that can be asked; every array has the batch first, every batch size is accepted."""

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width, channels of an input."""

    @property
    def n_classes(self) -> int:
        """Number of classes; 2 for one sigmoid output, whose logits are (-z/2, z/2)."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer, from the input to the logits."""

    @property
    def one_output(self) -> bool:
        """Whether the two classes share one sigmoid: their gradients differ in sign only."""

    def prepare(self, images: Floats) -> Floats:
        """Images as shown into inputs: the one preprocessing of the report."""

    def restore(self, inputs: Floats) -> Floats:
        """Inputs back into 0..1 for display, clipped; the inverse of `prepare` where it has one."""

    def logits(self, inputs: Floats) -> Floats:
        """`(N, K)` scores before the softmax."""

    def probabilities(self, inputs: Floats) -> Floats:
        """`(N, K)` what the model itself predicts."""

    def gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
        """`(N, H, W, C)` derivative of each image's score by its input; 'guided' rewrites every rectifier."""

    def scored_gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> tuple[Floats, Floats]:
        """The logits `(N, K)` and the derivatives, in one pass."""

    def layer_gradients(self, inputs: Floats, score: Score, *layers: str) -> tuple[Floats, ...]:
        """Output of a layer and the derivative of the score by it, both `(N, h, w, c)`; of several one after the other.

        A derivative holds the other layers' outputs: what leads through two of them counts once.
        """

    def slopes_at(self, inputs: Floats, score: Score, *places: str) -> tuple[Floats, ...]:
        """The logits, then for '' the derivative by the input, for a layer what `layer_gradients` gives of it alone.

        All of it in one pass.
        """

    def outputs(self, inputs: Floats, layer: str) -> Floats:
        """`(N, h, w, c)`, or `(N, c)` for a flat layer."""

    def kernel(self, layer: str) -> Floats:
        """`(h, w, C, F)` weights of a convolution; raises ParameterError for a layer that has none."""

    def ascend(self, ascent: Ascent) -> Climb:
        """All units of an ascent, as many at once as there is memory for, through the truncated model only."""


@dataclass(frozen=True)
class Request:
    """What a method is asked: a model, the images of the figure, and what else there is to compare with.

    `reference (M, H, W, C)` are inputs of real images, for "the largest activation on real images".
    Files that a parameter names are relative to `folder`.
    """

    classifier: Classifier
    batch: Batch
    reference: Floats
    evaluation: Evaluation | None
    seed: int
    folder: Path = Path()
    limits: Limits = USUAL  # of those files


def finite(values: Floats, named: str) -> Floats:
    """The same numbers of a model; raises ComputationError where one is not finite, as after a training that failed."""
    if not np.isfinite(values).all():
        raise ComputationError(f"{named} are not all finite numbers")
    return values


def layer_called(name: str, layers: tuple[Layer, ...]) -> Layer:
    """The layer of that name; raises ParameterError with the nearest that there is."""
    known = {layer.name: layer for layer in layers}
    if name not in known:
        raise ParameterError("layer", f"unknown layer '{name}'{suggestion(name, tuple(known))}")
    return known[name]


def carriers(layers: tuple[Layer, ...], beside: Collection[str] = ()) -> tuple[str, ...]:
    """The last map on every way from the picture to the scores that passes none of `beside`; '' the picture itself.

    Of a plain model it is one: the tensor that enters the final pooling or flatten. What lies behind one of `beside`
    is no map of its own.
    """
    known, after = {layer.name: layer for layer in layers}, behind(layers, beside)
    found, todo, seen = set(), [layers[-1].name], set(beside)
    while todo:
        name = todo.pop()
        layer = known.get(name)
        if name not in seen and (layer is None or (layer.spatial and name not in after)):
            found.add(name if layer else "")
        elif name not in seen and layer is not None:
            todo += layer.reads
        seen.add(name)
    return tuple(name for name in ("", *known) if name in found)


def branches(names: Collection[str], layers: tuple[Layer, ...]) -> bool:
    """Whether these are layers of which none leads to another."""
    there = {layer.name for layer in layers}
    return (
        len(set(names)) > 1
        and there.issuperset(names)
        and all(behind(layers, (name,)).isdisjoint(set(names) - {name}) for name in names)
    )


def behind(layers: tuple[Layer, ...], names: Collection[str]) -> set[str]:
    """These layers and all that one of them leads to."""
    found = set(names)
    for layer in layers:
        if not found.isdisjoint(layer.reads):
            found.add(layer.name)
    return found


def first_convolution(classifier: Classifier) -> Layer | None:
    """The first convolution of the graph that is not depthwise."""
    return next((layer for layer in classifier.layers if layer.kind in ("Conv2D", "SeparableConv2D")), None)
