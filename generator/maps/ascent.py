"""Gradient ascent from start to picture: where the climb begins, what it reached, and what real images reach.

A unit that nothing activates is called dead, and its pattern is no result.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artefacts import FLAT, Fact, Floats, Ints
from generator.classifier import Ascent, Classifier, Climb, Objective, Optimizer, Request, layer_called
from generator.errors import ParameterError
from generator.maps.growth import climbed
from generator.maps.variants import slices

Start = Annotated[
    Literal["noise", "zeros", "grey", "ones"] | Annotated[int, Field(ge=0)],
    Field(description="where the climb begins: noise, zeros, grey, ones, or the index of one of the figure's images"),
]
Steps = Annotated[int, Field(ge=1, le=10_000, description="steps of the climb")]
Restarts = Annotated[int, Field(ge=1, le=16, description="climbs from different noise; the highest one is shown")]
Smoothness = Annotated[float, Field(ge=0, description="weight of the total variation: higher is smoother")]
Restraint = Annotated[float, Field(ge=0, description="weight of the norm: higher is darker and keeps only what counts")]
Size = Annotated[
    int | None,
    Field(ge=2, le=512, description="height of a larger picture, climbed scale by scale; left out: the input's"),
]
Jitter = Annotated[int, Field(ge=0, le=32, description="the picture is shifted by up to so many pixels before a step")]

NOISE = 0.1  # amplitude around grey: enough to wake most units, too little to be taken for their pattern
WIDE = 0.5  # for those that stay silent: noise from black to white
ALIKE = 0.95  # correlation above which two patterns are the same
EVEN = 1e-3  # a pattern with less contrast is shown as it is
CONSTANT = 1e-5  # a unit that varies less, as a share of its value, is the same whatever it sees


@dataclass(frozen=True)
class Route:
    """How to climb; `starts` climbs are made and the highest kept. `size` is a height to grow to."""

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
    on_images: Floats
    dead: NDArray[np.bool_]
    helped: NDArray[np.bool_]

    def __getitem__(self, rows: Ints) -> "Peaks":
        return Peaks(*(values[rows] for values in vars(self).values()))


def peaks(request: Request, layer: str | None, units: Ints, route: Route) -> Peaks:
    """Climb every unit of a layer (None: the logits); a silent one starts again, at last from its best real image."""
    real = on_images(request, layer, units, route.objective)
    climb = _highest([_climb(request, layer, units, route, attempt) for attempt in range(route.starts)])
    silent = climb.activation <= FLAT
    climb = _again(request, layer, (units, route, climb), (silent, noise(request, units[silent], 0, WIDE)))
    helped = (climb.activation <= FLAT) & (real.largest > FLAT)
    climb = _again(request, layer, (units, route, climb), (helped, request.reference[real.row[helped]]))
    values = np.stack([climb.activation, real.largest, real.smallest])
    return Peaks(climb.inputs, climb.activation, real.largest, _dead(values), helped)


def on_images(request: Request, layer: str | None, units: Ints, objective: Objective = "channel") -> OnImages:
    """The values of units on the real images of a request; NaN where there are none."""
    if not len(request.reference):
        nothing = np.full(len(units), np.nan, np.float32)
        return OnImages(nothing, nothing, np.zeros(len(units), np.int64))
    rows = slices(len(request.reference), _widest(request, layer))
    parts = [unit_values(request.classifier, request.reference[part], (layer, objective))[:, units] for part in rows]
    values = np.concatenate(parts)
    return OnImages(values.max(axis=0), values.min(axis=0), values.argmax(axis=0))


def _widest(request: Request, layer: str | None) -> tuple[int, ...]:
    """The shape that decides how many images fit: the layer's output may be wider than the input."""
    shape = () if layer is None else layer_called(layer, request.classifier.layers).shape
    shapes = (request.reference.shape[1:], shape)
    return max(shapes, key=lambda shape: int(np.prod(shape)))


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


def drawn(classifier: Classifier, inputs: Floats) -> Floats:
    """Patterns in 0..1, each stretched by itself: all but its darkest and brightest hundredth lies between 0 and 1."""
    shown = classifier.restore(inputs)
    low, high = np.percentile(shown, (1, 99), axis=(1, 2, 3), keepdims=True)
    stretched = np.where(high - low > EVEN, (shown - low) / np.maximum(high - low, EVEN), shown)
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


def route_facts(route: Route) -> dict[str, Fact]:
    """How the climb was made, for the reader."""
    facts: dict[str, Fact] = {"start": route.start, "steps": route.steps, "rate": route.rate}
    weighed: dict[str, Fact] = {"total_variation": route.total_variation, "norm": route.norm, "jitter": route.jitter}
    facts |= {key: value for key, value in weighed.items() if value}
    facts |= {} if route.optimizer == "normalized" else {"optimizer": route.optimizer}
    facts |= {} if route.objective == "channel" else {"objective": route.objective}
    return facts | ({"restarts": route.starts} if route.starts > 1 else {})


def _ascent(layer: str | None, units: Ints, start: Floats, route: Route, seed: int) -> Ascent:
    regularisers = (route.total_variation, route.norm, route.jitter)
    return Ascent(layer, units, start, route.steps, route.rate, *regularisers, seed, route.optimizer, route.objective)


def _climb(request: Request, layer: str | None, units: Ints, route: Route, attempt: int) -> Climb:
    start = begin(request, route.start, units, attempt)
    return climbed(request.classifier, _ascent(layer, units, start, route, request.seed + attempt), route.size)


def _highest(climbs: list[Climb]) -> Climb:
    """Unit by unit the climb that came highest."""
    activation = np.stack([climb.activation for climb in climbs])
    best, each = activation.argmax(axis=0), np.arange(activation.shape[1])
    return Climb(np.stack([climb.inputs for climb in climbs])[best, each], activation[best, each])


def _again(
    request: Request,
    layer: str | None,
    so_far: tuple[Ints, Route, Climb],
    these: tuple[NDArray[np.bool_], Floats],
) -> Climb:
    """The climb with some of its units made anew from another start."""
    (units, route, climb), (where, start) = so_far, these
    if not where.any():
        return climb
    other = climbed(request.classifier, _ascent(layer, units[where], start, route, request.seed), route.size)
    inputs, activation = climb.inputs.copy(), climb.activation.copy()
    inputs[where], activation[where] = other.inputs, other.activation
    return Climb(inputs, activation)


def _dead(values: Floats) -> NDArray[np.bool_]:
    """`values (n, F)`: nothing lifts the unit above zero, or it is the same whatever it sees."""
    highest, lowest = np.nanmax(values, axis=0), np.nanmin(values, axis=0)
    compared = np.isfinite(values).sum(axis=0) > 1
    return (highest <= FLAT) | (compared & (highest - lowest <= CONSTANT * np.abs(highest)))


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
