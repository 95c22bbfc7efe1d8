"""What a flat graph looks like from outside: its input, layers, cost, and where scores become probabilities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import log2, prod

import numpy as np

from generator.classifier import Layer
from generator.errors import ModelError
from generator.lattice import Lattice
from generator.model.flat_graph import INPUT, FlatGraph, KerasObject, Step

AT_ONCE = 2  # batches under way; each uses all cores where it can
MEMORY = 640 * 2**20  # bytes that their activations may take together; larger batches are hardly faster
ALIVE = 0.25  # of all outputs are there at once, on the way back too: what is fused or no longer needed is not
AHEAD, BESIDE = 4, 4  # on the way ahead alone so many times fewer, and at least that many of the largest
MOST = 64  # images of one pass
SHARE_OF_CARD = 0.25  # of a GPU's memory that they may take: gradients, weights and what the library works in beside
MOST_OF_CARD = 256
FEW = 8  # units of an ascent; fewer are not worth a second batch
UNITS = 4  # of an ascent, at least: at 224×224 two take a fifth longer each, and outputs that are done with make room
ORIENTED = ("Conv", "Pooling", "ZeroPadding", "UpSampling", "Cropping2D")
KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")
CHANNELS = (1, 3, 4)  # of pictures
TURNS = ("Permute", "Transpose", "Moveaxis", "Reshape", "Flatten")  # steps that move axes
TURNED = {
    **dict.fromkeys(((3, 1, 2), (0, 3, 1, 2), (-1, 1), (3, 1)), True),
    **dict.fromkeys(((2, 3, 1), (0, 2, 3, 1), (1, -1), (1, 3)), False),
}  # are channels first behind it? By the axes of an image (Permute) or a batch (transpose), or from and to (moveaxis)
Shapes = Mapping[int, tuple[int, ...]]  # of one image, by the number of the value


@dataclass(frozen=True)
class Form:
    """How the model's own tensors stand to those of the port; `first` are the values with channels first.

    `sideways` those whose columns stand before the rows. `tokens` are a grid in a row: how many others are ahead of it,
    its height and width.
    """

    shape: tuple[int, int, int]
    own_shape: tuple[int, ...]
    first: frozenset[int]
    batch: int | None  # fixed in the file
    sideways: frozenset[int] = frozenset()
    tokens: Mapping[int, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def transposed(self) -> bool:
        return INPUT in self.first


def form_of(own: tuple[int | None, ...], batch: int | None, graph: FlatGraph, size: tuple[int, int] | None) -> Form:
    """The form of a model that takes `own` shapes; `size` fills in a height and width that it leaves open."""
    first = channels_first(graph, own)
    if size is not None and len(own) == 3:
        given = (own[0], *size) if INPUT in first else (*size, own[2])
        own = tuple(wish if length is None else length for length, wish in zip(own, given, strict=True))
    known = tuple(length for length in own if length is not None)
    if len(known) < len(own):
        raise ModelError(
            "the model takes images of any size; say which one under `model`, with `size: [height, width]`"
        )
    return Form(port_shape(known, INPUT in first), known, first, batch)


def port_shape(own: tuple[int, ...], first: bool) -> tuple[int, int, int]:
    """Height, width, channels of an input; a vector is taken for a square grey image, or a square RGB one."""
    if len(own) == 3:
        return (own[1], own[2], own[0]) if first else (own[0], own[1], own[2])
    if len(own) == 2:
        return (own[0], own[1], 1)
    for channels in (1, 3):
        side = round((own[0] / channels) ** 0.5) if len(own) == 1 else 0
        if side and side * side * channels == own[0]:
            return (side, side, channels)
    raise ModelError(f"the model takes arrays of shape {own}, which are no images")


def channels_first(graph: FlatGraph, own: tuple[int | None, ...] = ()) -> frozenset[int]:
    """The numbers of the values whose channels stand before height and width; `own` is the shape of an image."""
    first = {INPUT: _begins_first(graph, own)}
    for step in graph.steps:
        inherited = first.get(next(iter(step.reads.values()), INPUT), False)
        first.update(dict.fromkeys(step.writes, _orientation(step, inherited)))
    return frozenset(number for number, is_first in first.items() if is_first)


def _begins_first(graph: FlatGraph, own: tuple[int | None, ...]) -> bool:
    """What the first step with an opinion says of the input; one that moves axes, only of a shape that looks so."""
    opinion = next((s for s in graph.steps if _oriented(s) or s.kind in TURNS), None)
    if opinion is None or _oriented(opinion):
        return opinion is not None and _orientation(opinion, False)
    looks = len(own) == 3 and own[0] in CHANNELS and own[2] not in CHANNELS
    return looks and not _orientation(opinion, True)


def _oriented(step: Step) -> bool:
    return any(word in step.kind for word in ORIENTED)


def _orientation(step: Step, inherited: bool) -> bool:
    """Whether channels stand first behind a step, whose input has them as `inherited`."""
    if _oriented(step):
        return getattr(step.operation, "data_format", "") == "channels_first"
    said = [getattr(step.operation, name, None) for name in ("dims", "axes", "source", "destination")]
    moved = [np.ravel(one) for one in said if step.kind in TURNS and one is not None]
    return TURNED.get(tuple(np.concatenate(moved).tolist()), inherited) if moved else inherited


def layers_of(
    graph: FlatGraph, form: Form, shapes: Shapes, places: Mapping[int, Lattice], past: Collection[tuple[str, int]] = ()
) -> tuple[Layer, ...]:
    """Every step from the input to the scores, as the port names it; what is read `past` a grid is not read."""
    layers, counted = [], set()
    names = {number: step.name for step in graph.steps for number in step.writes} | {INPUT: ""}
    for step in graph.steps:
        shape = shapes[step.writes[0]]
        if step.writes[0] in form.first and len(shape) == 3:
            shape = (*shape[1:], shape[0])
        weights = [(weight.name, prod(weight.shape)) for weight in getattr(step.operation, "weights", ())]
        own = 0 if id(step.operation) in counted else sum(size for _, size in weights)
        counted.add(id(step.operation))
        multiply_adds = sum(size for name, size in weights if name in KERNELS) * prod(shape[:-1])
        read = [n for n in step.reads.values() if (step.name, n) not in past or n not in places]
        reads = tuple(dict.fromkeys(names[n] for n in read))
        known = (step.name, step.kind, shape, step.rectifies, own, multiply_adds)
        layers.append(Layer(*known, places.get(step.writes[0]), reads))
    return tuple(layers)


@dataclass(frozen=True)
class Batches:
    """Images of one pass, forward alone and with the way back."""

    ahead: int
    back: int


def images_of_a_pass(shapes: Shapes, card: int = 0) -> Batches:
    """Powers of two, the larger the smaller the activations of one image are; of a `card` with so many bytes more."""
    outputs = [4 * prod(shape) for shape in shapes.values()]
    room, most = (card * SHARE_OF_CARD, MOST_OF_CARD) if card else (MEMORY, MOST)
    alive = max(sum(outputs) * ALIVE, *outputs)

    def most_of(image: float) -> int:
        return min(2 ** max(int(log2(room / AT_ONCE / image)), 0), most)

    ahead = max(alive / AHEAD, BESIDE * max(outputs))
    return Batches(most_of(min(ahead, alive)), most_of(alive))


def twin(layer: KerasObject, **changes: KerasObject) -> KerasObject:
    """The same layer with the same variables, other in a few attributes; the layer itself stays as it is."""
    other = object.__new__(type(layer))
    other.__dict__.update(layer.__dict__ | changes)
    return other
