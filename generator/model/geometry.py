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
from numpy.typing import NDArray

from generator.lattice import Axis, Lattice, Move
from generator.model.flat_graph import INPUT, FlatGraph, Step
from generator.model.form import Form, Shapes
from generator.model.keras_door import LAYER_FAILS, tf

Positions = NDArray[np.float32]  # (3, *shape): the row and column of each number in the picture, and 1 where it has any
Doubles = NDArray[np.float64]
Shape = tuple[int, ...]  # of one image
Read = tuple[str, int]  # of a step by its name: the number of a value

TURNING = ("Flip", "Fliplr", "Flipud", "Rot90", "Permute", "Transpose", "Moveaxis", "Swapaxes", "GetItem")
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
NEAR = 1e-3  # pixels within which two positions are the same


@dataclass(frozen=True)
class Laid:
    """A value whose axes `at` are rows and columns; of tokens both are one axis, which begins with `ahead` others."""

    place: Lattice
    at: tuple[int, int]
    ahead: int = 0

    @property
    def tokens(self) -> bool:
        return self.at[0] == self.at[1]

    def positions(self, shape: Shape) -> Positions:
        rows, columns = np.meshgrid(self.place.rows.middles, self.place.columns.middles, indexing="ij")
        known = np.stack([rows, columns, np.ones_like(rows)]).astype(np.float32)
        if self.tokens:
            known = np.pad(known.reshape(3, -1), ((0, 0), (self.ahead, 0)))
        elif self.at[0] > self.at[1]:
            known = known.transpose(0, 2, 1)
        spare = [axis + 1 for axis in range(len(shape)) if axis not in self.at]
        return np.broadcast_to(np.expand_dims(known, spare), (3, *shape))


@dataclass(frozen=True)
class Loose:
    """A value that shows no grid, as a flattened one, whose numbers still have their positions in the picture."""

    place: Lattice  # of the grid that it had
    of: Positions

    def positions(self, shape: Shape) -> Positions:
        return self.of


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
    return _grid(found, place) or Loose(place, found)


def _both(one: Lattice, other: Lattice) -> Lattice:
    """The first with what either sees."""
    rows, columns = one.rows.seeing(other.rows), one.columns.seeing(other.columns)
    return Lattice(rows, columns)


def _grid(positions: Positions, place: Lattice) -> Laid | None:
    """The grid or the tokens that positions show; None where they show neither, as in a vector."""
    if positions.ndim < 3:
        return None
    values = np.where(positions[2] == 1, positions[:2], np.nan).astype(np.float64)
    rows, columns = (_Line.of(one) for one in values)
    at, ahead = (rows.axis, columns.axis), 0
    if rows.axis == columns.axis:
        ahead = int(np.flatnonzero(np.isfinite(rows.means))[0])
        rows, columns = _unrolled(rows, columns, ahead)
    first, second = rows.fitted(place.rows), columns.fitted(place.columns)
    return Laid(Lattice(first, second), at, ahead) if first and second else None


@dataclass(frozen=True)
class _Line:
    """The axis of a value along which positions differ most: their mean at each place of it, NaN where there is none.

    `ends` are the outermost of all, `spread` is how far apart they are that share a place.
    """

    axis: int
    means: Doubles
    ends: tuple[float, float]
    spread: float

    @classmethod
    def of(cls, values: Doubles) -> "_Line":
        lines = [_means(values, axis) for axis in range(values.ndim)]
        axis = int(np.argmax([_range(line) for line in lines]))
        ends = float(np.nanmin(values)), float(np.nanmax(values))
        return cls(axis, lines[axis], ends, max(map(_range, np.moveaxis(values, axis, 0))))

    def fitted(self, old: Axis) -> Axis | None:
        """Cells at these positions, evenly apart but for some at the ends; None where they are not."""
        number = np.flatnonzero(np.isfinite(self.means))
        half, known = len(number) // 2, self.means[number]
        if not half:
            return None
        step = float(np.median((known[half:] - known[:-half]) / (number[half:] - number[:-half])))
        first = float(np.median(known - step * number))
        if abs(step) < NEAR or np.mean(np.abs(known - first - step * number) <= abs(step) / 2 + NEAR) <= 0.5:
            return None
        own = (old.high - old.low) / 2
        reach = max(own + self.spread / 2, abs(step) / 2)
        beyond = reach if abs(step) > abs(old.step) else own
        seen = max(old.seen[0], self.ends[0] - beyond), min(old.seen[1], self.ends[1] + beyond)
        return Axis(len(self.means), first - reach, first + reach, step, seen)


def _unrolled(rows: _Line, columns: _Line, ahead: int) -> tuple[_Line, _Line]:
    """The rows and columns of tokens in a line that runs along the rows; of any other line, nothing that fits."""
    down, right = rows.means[ahead:], columns.means[ahead:]
    width = int(np.argmax(np.abs(down - down[0]) > NEAR)) or 1
    height = len(down) // width
    down, right = (line[: height * width].reshape(height, width) for line in (down, right))
    even = np.ptp(down, axis=1).max() < NEAR and np.ptp(right, axis=0).max() < NEAR
    whole = even and height * width == len(rows.means) - ahead
    return replace(rows, means=down[:, 0][: height * whole]), replace(columns, means=right[0])


def _means(values: Doubles, axis: int) -> Doubles:
    """The mean position at each place of an axis, NaN where there is none."""
    others = tuple(k for k in range(values.ndim) if k != axis)
    there = np.isfinite(values).sum(axis=others)
    return np.divide(np.nansum(values, axis=others), there, out=np.full(there.shape, np.nan), where=there > 0)


def _range(line: Doubles) -> float:
    known = line[np.isfinite(line)]
    return float(np.ptp(known)) if len(known) else 0.0


def _guessed(step: Step, laid: Laid, before: Shape, after: Shape) -> Laid | None:
    """For a step that nothing is known of: the whole stretched or shrunk, cut into patches, or one token more."""
    if len(after) == len(before) == 3 and not laid.tokens:
        axes = zip((laid.place.rows, laid.place.columns), laid.at, strict=True)
        return replace(laid, place=Lattice(*(_stretched(axis, after[k]) for axis, k in axes)))
    own = not type(step.operation).__module__.startswith("keras.")
    if own and len(after) == 2 and laid.tokens and after[0] == before[0] + 1:
        return replace(laid, ahead=laid.ahead + 1)
    if own and len(after) == 2 and laid.at == (0, 1):
        patch = isqrt(before[0] * before[1] // after[0])
        grid = (before[0] // patch, before[1] // patch) if patch else (0, 0)
        ahead = after[0] - grid[0] * grid[1]
        place = Lattice(*map(_stretched, (laid.place.rows, laid.place.columns), grid)) if min(grid) > 1 else None
        return Laid(place, (0, 0), ahead) if place and ahead in (0, 1) else None
    return None


def _stretched(axis: Axis, cells: int) -> Axis:
    step = axis.cells / cells
    return axis.moved(Move(step / 2 - 0.5, max(step - 1, 0) / 2, step), cells)
