"""Gradient ascent from start to picture: how to climb, where the climbs end, and what real images reach.

A unit that nothing activates is called dead, and its pattern is no result. A picture that grows while it climbs has
forms larger than the input; only layers that follow convolutions and poolings alone can be asked about one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artefacts import FLAT, Fact, Floats, Ints, span
from generator.classifier import Ascent, Classifier, Climb, Layer, Objective, Optimizer, Request, layer_called
from generator.errors import ParameterError
from generator.maps.pixels import enlarge
from generator.maps.variants import slices

Start = Annotated[
    Literal["noise", "zeros", "grey", "ones"] | Annotated[int, Field(ge=0)],
    Field(description="where the climb begins: noise, zeros, grey, ones, or the index of one of the figure's images"),
]
Steps = Annotated[
    int | None,
    Field(
        ge=1,
        le=10_000,
        description="steps of the climb; left out: up to 60 for filters, up to 200 for classes, fewer where it no "
        "longer climbs",
    ),
]
Restarts = Annotated[int, Field(ge=1, le=16, description="climbs from different noise; the highest one is shown")]
Smoothness = Annotated[float, Field(ge=0, description="weight of the total variation: higher is smoother")]
Restraint = Annotated[float, Field(ge=0, description="weight of the norm: higher is darker and keeps only what counts")]
Size = Annotated[
    int | None,
    Field(ge=2, le=512, description="height of a larger picture, climbed scale by scale; left out: the input's"),
]
Jitter = Annotated[int, Field(ge=0, le=32, description="the picture is shifted by up to so many pixels before a step")]
OptimizerOption = Annotated[
    Optimizer,
    Field(
        description="how a gradient becomes a step: normalized (all of the same length), plain (the gradient itself), "
        "adam or adagrad (each pixel by its own past)"
    ),
]
ObjectiveOption = Annotated[
    Objective,
    Field(
        description="what grows: the mean of the filter's whole map (channel), or its value in the middle of the map "
        "(neuron), which leaves all but what that place sees as it was"
    ),
]
Rate = Annotated[
    float | None,
    Field(
        gt=0,
        le=1e6,
        description="length of a step as a share of the range of a pixel, at most 1: on average (normalized), of each "
        "pixel (adam), of each pixel at first (adagrad); for plain the factor of the gradient; left out: for filters "
        "0.02, for classes 0.01, adagrad five times that, plain 1",
    ),
]

NOISE = 0.1  # amplitude around grey: enough to wake most units, too little to be taken for their pattern
WIDE = 0.5  # for those that stay silent: noise from black to white
ALIKE = 0.95  # correlation above which two patterns are the same
FAINT = 1e-3  # a pattern with less contrast is shown as it is
CONSTANT = 1e-5  # a unit that varies less, as a share of its value, is the same whatever it sees
BOLDER = 5  # times: adagrad's steps shrink with the root of their number
FACTOR = 1.0  # of a plain gradient
STEP = 1.4  # from one scale to the next
ENDS = ("inputs", "activation", "steps")  # of a climb, unit by unit
FIXED = ("Flatten", "Reshape", "Dense", "Permute")  # kinds of layers that tie what follows to one size


def rate_of(optimizer: Optimizer, rate: float | None, usual: float) -> float:
    """The rate asked for, or the one that leads about as far as `usual` under a normalised gradient.

    Raises ParameterError for a step that is longer than the range of a pixel.
    """
    if rate is None:
        return {"plain": FACTOR, "adagrad": BOLDER * usual}.get(optimizer, usual)
    if rate > 1 and optimizer != "plain":
        told = f"a step of {rate:g} is longer than the range of a pixel; at most 1, or `optimizer: plain`"
        raise ParameterError("rate", told)
    return rate


@dataclass(frozen=True)
class Route:
    """How to climb; `starts` climbs are made and the highest kept. `size` is a height to grow to.

    One that `settles` ends, unit by unit, where it no longer climbs, and after `steps` at the latest.
    """

    start: str | int
    steps: int
    rate: float
    starts: int = 1
    total_variation: float = 0.0
    norm: float = 0.0
    jitter: int = 0
    size: int | None = None
    optimizer: Optimizer = "normalized"
    objective: Objective = "channel"
    settles: bool = False

    def ascent(self, layer: str | None, units: Ints, start: Floats, seed: int) -> Ascent:
        """What the model is asked."""
        regularisers = (self.total_variation, self.norm, self.jitter)
        way = (self.optimizer, self.objective, self.settles)
        return Ascent(layer, units, start, self.steps, self.rate, *regularisers, seed, *way)

    def facts(self, found: "Peaks") -> dict[str, Fact]:
        """How the climb was made, for the reader: whatever is as usual goes without saying."""
        told = ("total_variation", "norm", "jitter", "optimizer", "objective")
        unusual = {key: getattr(self, key) for key in told if getattr(self, key) != getattr(Route, key)}
        restarts = {"restarts": self.starts} if self.starts > 1 else {}
        climbed = found.steps if found.dead.all() else found.steps[~found.dead]
        return {"start": self.start, "steps": span(climbed), "rate": self.rate, **unusual, **restarts}


def growable(classifier: Classifier, layer: Layer, size: int | None) -> None:
    """Raises ParameterError where the layer cannot be asked about a picture of that height."""
    if size is None:
        return
    height = classifier.input_shape[0]
    if size <= height:
        raise ParameterError("size", f"the input is {height} pixels high; take a larger size, or leave it out")
    before = classifier.layers[: classifier.layers.index(layer) + 1]
    fixed = next((known.name for known in before if known.kind in FIXED), None)
    if fixed is not None:
        raise ParameterError("size", f"'{fixed}' ties '{layer.name}' to pictures of {height} pixels; leave it out")


def scales(start: tuple[int, ...], size: int) -> Iterator[tuple[int, int]]:
    """Heights and widths from the input's to the wanted one, in even steps of at most 1.4."""
    count = int(np.ceil(np.log(size / start[0]) / np.log(STEP)))
    for number in range(count + 1):
        factor = (size / start[0]) ** (number / count)
        yield round(start[0] * factor), round(start[1] * factor)


@dataclass(frozen=True)
class OnImages:
    """What units give on real images: the largest and the smallest value, and the image `row` of the largest."""

    largest: Floats
    smallest: Floats
    row: Ints


@dataclass(frozen=True)
class Peaks:
    """Where the climbs ended: `dead` units answer to nothing, `helped` ones only when started from a real image."""

    inputs: Floats
    activation: Floats
    steps: Ints
    on_images: Floats
    dead: NDArray[np.bool_]
    helped: NDArray[np.bool_]

    def __getitem__(self, rows: Ints) -> "Peaks":
        return Peaks(*(values[rows] for values in vars(self).values()))


def peaks(request: Request, layer: str | None, units: Ints, route: Route) -> Peaks:
    """Climb every unit of a layer (None: the logits); a silent one starts again, at last from its best real image."""
    real = on_images(request, layer, units, route.objective)
    starts = (begin(request, route.start, units, attempt) for attempt in range(route.starts))
    ascents = (route.ascent(layer, units, start, request.seed + attempt) for attempt, start in enumerate(starts))
    climbs = [climbed(request.classifier, ascent, route.size) for ascent in ascents]
    best = np.stack([one.activation for one in climbs]).argmax(axis=0)  # unit by unit the climb that came highest
    climb = Climb(*(np.stack([getattr(one, key) for one in climbs])[best, np.arange(len(units))] for key in ENDS))
    silent = np.abs(climb.activation) <= FLAT  # what lies below zero answers: only a rectifier is silent at zero
    awake = route.ascent(layer, units[silent], noise(request, units[silent], 0, WIDE), request.seed)
    climb = _again(request.classifier, climb, silent, awake, route.size)
    helped = (np.abs(climb.activation) <= FLAT) & (real.largest > FLAT)
    shown = route.ascent(layer, units[helped], request.reference[real.row[helped]], request.seed)
    climb = _again(request.classifier, climb, helped, shown, route.size)
    values = np.stack([climb.activation, real.largest, real.smallest])
    highest, lowest = np.nanmax(values, axis=0), np.nanmin(values, axis=0)
    compared = np.isfinite(values).sum(axis=0) > 1
    same = compared & (highest - lowest <= CONSTANT * np.abs(highest))
    dead = same | (np.nanmax(np.abs(values), axis=0) <= FLAT)
    return Peaks(climb.inputs, climb.activation, climb.steps, real.largest, dead, helped)


def _again(classifier: Classifier, climb: Climb, where: NDArray[np.bool_], ascent: Ascent, size: int | None) -> Climb:
    """The climb with some of its units made anew by another ascent."""
    if not where.any():
        return climb
    other, new = climbed(classifier, ascent, size), {key: getattr(climb, key).copy() for key in ENDS}
    for key, values in new.items():
        values[where] = getattr(other, key)
    return Climb(**new)


def on_images(request: Request, layer: str | None, units: Ints, objective: Objective = "channel") -> OnImages:
    """The values of units on the real images of a request; NaN where there are none."""
    if not len(request.reference):
        nothing = np.full(len(units), np.nan, np.float32)
        return OnImages(nothing, nothing, np.zeros(len(units), np.int64))
    output = () if layer is None else layer_called(layer, request.classifier.layers).shape
    shapes = (request.reference.shape[1:], output)  # an output may be the wider one
    rows = slices(len(request.reference), max(shapes, key=lambda shape: int(np.prod(shape))))
    parts = [unit_values(request.classifier, request.reference[part], (layer, objective))[:, units] for part in rows]
    values = np.concatenate(parts)
    return OnImages(values.max(axis=0), values.min(axis=0), values.argmax(axis=0))


def unit_values(classifier: Classifier, inputs: Floats, what: tuple[str | None, Objective]) -> Floats:
    """`(N, F)` values of all units of a layer: the mean over a filter's map or the middle of it, or the logits."""
    layer, objective = what
    output = classifier.logits(inputs) if layer is None else classifier.outputs(inputs, layer)
    if objective == "neuron" and output.ndim == 4:
        return output[:, output.shape[1] // 2, output.shape[2] // 2]
    return output.reshape(len(output), -1, output.shape[-1]).mean(axis=1)


def begin(request: Request, start: str | int, units: Ints, attempt: int = 0) -> Floats:
    """`(F, H, W, C)` inputs to climb from."""
    if start == "noise":
        return noise(request, units, attempt, NOISE)
    if isinstance(start, int):
        image = _image(request, start)
    else:
        even = np.full((1, *_shown_shape(request)), {"zeros": 0.0, "grey": 0.5, "ones": 1.0}[start], np.float32)
        image = request.classifier.prepare(even)
    return np.repeat(image, len(units), axis=0)


def noise(request: Request, units: Ints, attempt: int, amplitude: float) -> Floats:
    """Uniform noise around grey; that of a unit is its own, whichever others are asked for."""
    shape, seeds = _shown_shape(request), [[request.seed, attempt, unit] for unit in units.tolist()]
    grains = [np.random.default_rng(seed).uniform(-amplitude, amplitude, shape) for seed in seeds]
    return request.classifier.prepare(0.5 + np.array(grains, np.float32).reshape(-1, *shape))


def climbed(classifier: Classifier, ascent: Ascent, size: int | None) -> Climb:
    """Where an ascent ends; with a `size`, its steps are shared out over the scales up to that height."""
    if size is None:
        return classifier.ascend(ascent)
    sizes, taken = list(scales(ascent.start.shape[1:3], size)), np.zeros(len(ascent.units), np.int64)
    steps, climb = max(1, ascent.steps // len(sizes)), Climb(ascent.start, np.zeros(0, np.float32), taken)
    for scale in sizes:
        start = np.stack([enlarge(channel, scale) for channel in np.moveaxis(climb.inputs, -1, 0)], axis=-1)
        climb = classifier.ascend(replace(ascent, start=start, steps=steps))
        taken = taken + climb.steps
    return replace(climb, steps=taken)


def drawn(classifier: Classifier, inputs: Floats) -> Floats:
    """Patterns in 0..1, each stretched by itself: all but its darkest and brightest hundredth lies between 0 and 1."""
    shown = classifier.restore(inputs)
    low, high = np.percentile(shown, (1, 99), axis=(1, 2, 3), keepdims=True)
    stretched = np.where(high - low > FAINT, (shown - low) / np.maximum(high - low, FAINT), shown)
    return np.clip(stretched, 0, 1).astype(np.float32)


def duplicates(pattern: Floats, unit: Ints, dead: NDArray[np.bool_]) -> tuple[str, ...]:
    """Pairs of units whose patterns are the same but for noise, as '3 = 17'."""
    flat = pattern.reshape(len(pattern), -1).astype(np.float64)
    flat = flat - flat.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(flat, axis=1)
    usable = ~dead & (norm > FLAT)
    alike = (flat @ flat.T > ALIKE * np.outer(norm, norm)) & np.outer(usable, usable)
    first, second = np.nonzero(np.triu(alike, 1))
    return tuple(f"{unit[one]} = {unit[other]}" for one, other in zip(first, second, strict=True))


def _shown_shape(request: Request) -> tuple[int, ...]:
    """Height, width and channels of a picture before the preprocessing, which may crop."""
    shape = request.batch.images.shape[1:]
    return shape if len(shape) == 3 and all(shape) else request.classifier.input_shape


def _image(request: Request, index: int) -> Floats:
    at = np.flatnonzero(request.batch.index == index)
    if not len(at):
        known = ", ".join(map(str, request.batch.index[:8].tolist())) or "none"
        told = f"image {index} is not among this figure's images ({known}); add `images: {{index: [{index}]}}`"
        raise ParameterError("start", told)
    return request.batch.inputs[at[:1]]
