"""Positions in the picture, number by number: of a grid as it lies in a value, and the grid that they show."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.lattice import Axis, Lattice

Positions = NDArray[np.float32]  # (3, *shape): the row and column of each number in the picture, and 1 where it has any
Doubles = NDArray[np.float64]
Shape = tuple[int, ...]  # of one image

NEAR = 1e-3  # pixels within which two positions are the same
MOST = 0.7  # of the cells of a line lie within half a step of it: those at the ends may be drawn in


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


def shown_by(positions: Positions, place: Lattice) -> Laid | None:
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
        known = self.means[number]
        if not len(known):
            return None
        tried = [_line(number[end : len(known) - end], known[end : len(known) - end]) for end in (0, 1, 2)]
        off = [np.abs(known - first - step * number) for first, step in tried]
        best = int(np.argmin([np.median(one) for one in off]))
        first, step = tried[best]
        near = off[best] <= abs(step) / 2 + NEAR
        if abs(step) < NEAR or near.mean() < MOST or _torn(known, near, abs(step)):
            return None
        own = (old.high - old.low) / 2
        reach = max(own + self.spread / 2, abs(step) / 2)
        beyond = reach if abs(step) > abs(old.step) else own
        seen = max(old.seen[0], self.ends[0] - beyond), min(old.seen[1], self.ends[1] + beyond)
        return Axis(len(self.means), first - reach, first + reach, step, seen)


def _torn(known: Doubles, near: NDArray[np.bool_], step: float) -> bool:
    """Whether an end shows what the rest does not, as where a picture is rolled and not mirrored at its edges."""
    return bool((np.abs(known - np.clip(known, known[near].min(), known[near].max())) > step / 2 + NEAR).any())


def _line(number: NDArray[np.int64], known: Doubles) -> tuple[float, float]:
    """Where a line begins, and its step, as the median of pairs half of it apart has it; (0, 0) of less than two."""
    half = len(number) // 2
    if not half:
        return 0.0, 0.0
    step = float(np.median((known[half:] - known[:-half]) / (number[half:] - number[:-half])))
    return float(np.median(known - step * number)), step


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
