"""Where the cells of every value of a graph lie in the picture, followed from the input step by step.

Convolutions and pooling say themselves how they move cells. What only moves numbers about, as cropping, padding and
resizing do, is run on positions instead of pixels. Anything else that keeps height and width leaves the cells where
they are, and what changes these is taken to stretch or shrink the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from math import inf, isqrt
from typing import Any

import numpy as np

from generator.lattice import Axis, Lattice, Move
from generator.model.flat_graph import INPUT, FlatGraph, Step
from generator.model.form import Form, Shapes
from generator.model.keras_door import LAYER_FAILS, tf
from generator.model.positions import Laid, Loose, Shape, shown_by

Read = tuple[str, int]  # of a step by its name: the number of a value

TURNING = (
    "Flip", "Fliplr", "Flipud", "Rot90", "Permute", "Transpose", "Moveaxis", "Swapaxes", "GetItem", "Lambda", "Roll",
    "Take", "TakeAlongAxis",
)  # fmt: skip
WARPING = (
    "AffineTransform",
    "PerspectiveTransform",
    "ElasticTransform",
    "MapCoordinates",
)  # numbers between pixels too
BY_TOKEN = (
    "Add",
    "Multiply",
    "Dense",
    "LayerNormalization",
    "RMSNormalization",
    "BatchNormalization",
    "Dropout",
    "Activation",
    "Identity",
)


Known = Mapping[int, Laid | Loose]


def laid_out(graph: FlatGraph, form: Form, shapes: Shapes) -> tuple[Mapping[int, Laid], frozenset[Read]]:
    """By its number every value that shows a grid of cells which have a place in the picture, and a say in the scores.

    With it the reads that take of tokens only those ahead of the grid, as where a score is read off the class's own.
    """
    whole = Laid(Lattice.even(form.shape[:2], form.shape[:2]), (1, 2) if form.transposed else (0, 1))
    flat = len(form.own_shape) == 1
    known: dict[int, Laid | Loose] = {INPUT: whole}
    if flat:
        known[INPUT] = Loose(whole.place, whole.positions(form.shape).reshape(3, -1))
    for step in graph.steps:
        for part, number in enumerate(step.writes):
            reads = {n: known[n] for n in step.reads.values() if n in known}
            found = _through(step, part, reads, shapes) if reads else None
            if found is not None:
                known[number] = found
    laid = {number: one for number, one in known.items() if isinstance(one, Laid) and _spatial(one, shapes[number])}
    past = _past_the_grid(graph, laid)
    heard = {number for step in graph.steps for number in step.reads.values() if (step.name, number) not in past}
    return {number: one for number, one in laid.items() if number in heard or number == graph.output}, past


def _past_the_grid(graph: FlatGraph, laid: Mapping[int, Laid]) -> frozenset[Read]:
    found: set[Read] = set()
    readers: dict[int, set[Read]] = {}
    for step in reversed(graph.steps):
        alone = step.kind in BY_TOKEN or step.rectifies
        passed = alone and all(number in readers and readers[number] <= found for number in step.writes)
        for number in step.reads.values():
            readers.setdefault(number, set()).add((step.name, number))
            ahead = laid[number].ahead if number in laid else 0
            if ahead and (passed or _picks(step) <= ahead):
                found.add((step.name, number))
    return frozenset(found)


def _picks(step: Step) -> float:
    """How many tokens from the first on a step may take."""
    key = step.arguments.args[1] if step.kind == "GetItem" and len(step.arguments.args) > 1 else None
    token = key[1] if isinstance(key, (tuple, list)) and len(key) > 1 else None
    end = token.stop if isinstance(token, slice) else token + 1 if isinstance(token, int) else None
    return end if end is not None and end > 0 else inf


def turned(form: Form, laid: Mapping[int, Laid]) -> Form:
    """The form with what is known of the axes of these values."""
    first = frozenset(number for number, one in laid.items() if sorted(one.at) == [1, 2])
    sideways = frozenset(number for number, one in laid.items() if one.at[0] > one.at[1])
    tokens = {number: (one.ahead, *one.place.grid) for number, one in laid.items() if one.tokens}
    return replace(form, first=(form.first - laid.keys()) | first, sideways=sideways, tokens=tokens)


def _spatial(laid: Laid, shape: Shape) -> bool:
    """Whether the value also has channels, behind or before the rest: a grid of maps, or a row of tokens."""
    first, second = laid.at
    return len(shape) == 2 and first == 0 if laid.tokens else len(shape) == 3 and abs(first - second) == 1


def _through(step: Step, part: int, known: Known, shapes: Shapes) -> Laid | Loose | None:
    """What a step makes of the places of the values that it reads."""
    if step.kind in WARPING:
        return None
    shape = shapes[step.writes[part]]
    grids = [(one, shapes[number]) for number, one in known.items() if isinstance(one, Laid)]
    window = _window(step) if grids else None
    if window and (seen_through := window.over(*grids[0], shape)):
        return seen_through
    loose = [one for number, one in known.items() if isinstance(one, Loose) and shapes[number] == shape]
    if loose and not grids and step.kind not in TURNING and not hasattr(step.operation, "kernel"):
        return loose[0]
    alike = [one for one, before in grids if len(before) == len(shape) and _sides(one, before) == _sides(one, shape)]
    if alike and step.kind not in TURNING:
        return reduce(_joined, alike)
    carried = _carried(step, part, known, shapes)
    if carried is None and grids and len(shape) <= 3:
        return alike[0] if alike else _guessed(step, *grids[0], shape)
    return carried


def _sides(laid: Laid, shape: Shape) -> tuple[int, ...]:
    return shape[laid.at[0]], shape[laid.at[1]]


def _joined(one: Laid, other: Laid) -> Laid:
    """Where two values meet, a cell is reached by what reaches either."""
    rows, columns = one.place.rows.joined(other.place.rows), one.place.columns.joined(other.place.columns)
    return one if rows is None or columns is None or one.at != other.at else replace(one, place=Lattice(rows, columns))


@dataclass(frozen=True)
class _Window:
    """What a convolution or pooling looks through, by side."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    same: bool
    transposed: bool
    first: int  # the axis of the first side

    def over(self, laid: Laid, before: Shape, after: Shape) -> Laid | None:
        sides = [axis - self.first for axis in laid.at]
        if laid.tokens or sorted(sides) != list(range(len(self.size))) or len(after) != 3:
            return None
        axes = zip((laid.place.rows, laid.place.columns), laid.at, sides, strict=True)
        return replace(laid, place=Lattice(*(self._along(axis, side, before[k], after[k]) for axis, k, side in axes)))

    def _along(self, axis: Axis, side: int, cells: int, new: int) -> Axis:
        """As TensorFlow pads: the odd one behind. A transposed one is the plain one read backwards."""
        size, stride = self.size[side], self.strides[side]
        few, many = (cells, new) if self.transposed else (new, cells)
        ahead = max((few - 1) * stride + size - many, 0) // 2 if self.same else 0
        middle, reach = (size - 1) / 2 - ahead, (size - 1) / 2
        if self.transposed:
            return axis.moved(Move(-middle / stride, reach / stride, 1 / stride), new)
        return axis.moved(Move(middle, reach, stride), new)


def _window(step: Step) -> _Window | None:
    """What a step looks through; None where it is no convolution or pooling over two sides."""
    operation, kind = step.operation, step.kind
    sizes = [getattr(operation, name, None) for name in ("kernel_size", "pool_size", "size")]
    if hasattr(operation, "strides") and not any(sizes) and len(step.arguments.args) > 1:
        sizes = [step.arguments.args[1].shape[:2]]  # of an operation its kernel is an argument
    size = next(filter(None, sizes), None)
    if size is None or not hasattr(operation, "strides"):
        return None
    size, wide = _pair(size), _pair(getattr(operation, "dilation_rate", 1))
    reach = tuple((length - 1) * rate + 1 for length, rate in zip(size, wide, strict=False))
    strides = _pair(operation.strides or size)
    first = int(getattr(operation, "data_format", None) == "channels_first")
    return _Window(reach, strides, str(operation.padding).lower() == "same", "Transpose" in kind, first)


def _pair(value: Any) -> tuple[int, ...]:  # noqa: ANN401  a number for both sides, or one for each
    return (value, value) if isinstance(value, int) else tuple(value)


def _carried(step: Step, part: int, known: Known, shapes: Shapes) -> Laid | Loose | None:
    """What a step does with positions; None where it does more than move them."""
    nowhere = {n: np.zeros((3, *shapes[n]), np.float32) for n in step.reads.values()}
    values = nowhere | {number: one.positions(shapes[number]) for number, one in known.items()}
    args, kwargs = step.filled({number: tf.constant(value) for number, value in values.items()})
    try:
        results = step.operation.call(*args, **kwargs)
        found = tf.cast(results[part] if isinstance(results, (list, tuple)) else results, tf.float32).numpy()
    except (*LAYER_FAILS, tf.errors.OpError):
        return None
    if found.ndim < 2 or len(found) != 3 or not np.isin(found[2], (0, 1)).all() or not found[2].any():
        return None
    place = reduce(_both, (one.place for one in known.values()))
    return shown_by(found, place) or Loose(place, found)


def _both(one: Lattice, other: Lattice) -> Lattice:
    """The first with what either sees."""
    rows, columns = one.rows.seeing(other.rows), one.columns.seeing(other.columns)
    return Lattice(rows, columns)


def _guessed(step: Step, laid: Laid, before: Shape, after: Shape) -> Laid | None:
    """For a step that nothing is known of: the whole stretched or shrunk, cut into patches, or one token more."""
    if len(after) == len(before) == 3 and not laid.tokens:
        axes = zip((laid.place.rows, laid.place.columns), laid.at, strict=True)
        return replace(laid, place=Lattice(*(_stretched(axis, after[k]) for axis, k in axes)))
    own = not type(step.operation).__module__.startswith("keras.")
    if own and len(after) == 2 and laid.tokens and after[0] == before[0] + 1:
        return replace(laid, ahead=laid.ahead + 1)
    return _cut_up(laid, before, after[0]) if own and len(after) == 2 and laid.at == (0, 1) else None


def _cut_up(laid: Laid, before: Shape, tokens: int) -> Laid | None:
    """Square patches in a row, perhaps behind a token of another kind; None where no patches are so many."""
    for ahead in (0, 1):
        patch = isqrt(before[0] * before[1] // max(tokens - ahead, 1))
        grid = (before[0] // patch, before[1] // patch) if patch else (0, 0)
        if min(grid) > 1 and grid[0] * grid[1] == tokens - ahead:
            rows, columns = map(_stretched, (laid.place.rows, laid.place.columns), grid)
            return Laid(Lattice(rows, columns), (0, 0), ahead)
    return None


def _stretched(axis: Axis, cells: int) -> Axis:
    step = axis.cells / cells
    return axis.moved(Move(step / 2 - 0.5, max(step - 1, 0) / 2, step), cells)
