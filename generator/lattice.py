"""Where the cells of a layer lie in the picture: each at the middle of its receptive field, the pixels that reach it.

A receptive field counts as even: near its border a pixel weighs as much as in the middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Move(NamedTuple):
    """Where new cells lie among old ones: the first in the middle of `first`, reaching `reach` old cells either side.

    From one new cell to the next it is `step` old ones.
    """

    first: float
    reach: float = 0.0
    step: float = 1.0


@dataclass(frozen=True)
class Axis:
    """The cells along one side: cell i is reached by the pixels from `low + i step` to `high + i step`.

    Of these only the ones within `seen` are there: the rest is padding, or was cut off.
    """

    cells: int
    low: float
    high: float
    step: float
    seen: tuple[float, float]

    @classmethod
    def even(cls, cells: int, pixels: int) -> "Axis":
        """Cells that share the side among them."""
        return cls(cells, 0.0, pixels / cells, pixels / cells, (0.0, float(pixels)))

    @property
    def middles(self) -> Floats:
        """`(cells,)` where each cell is drawn; pixel p reaches from p to p + 1."""
        return np.asarray((self.low + self.high) / 2 + self.step * np.arange(self.cells))

    def moved(self, by: Move, cells: int) -> "Axis":
        """The cells that are made of these; padding is a cell before the first or behind the last."""
        middle, reach = (self.low + self.high) / 2, (self.high - self.low) / 2
        middle, reach = middle + self.step * by.first, reach + abs(self.step) * by.reach
        return Axis(cells, middle - reach, middle + reach, self.step * by.step, self.seen)._limited()

    def _limited(self) -> "Axis":
        """What no cell is reached by is not seen."""
        span = self.step * (self.cells - 1)
        low, high = self.low + min(span, 0), self.high + max(span, 0)
        return replace(self, seen=(max(self.seen[0], low), min(self.seen[1], high)))

    def seeing(self, other: "Axis") -> "Axis":
        """With what the other sees too."""
        return replace(self, seen=(min(self.seen[0], other.seen[0]), max(self.seen[1], other.seen[1])))

    def joined(self, other: "Axis") -> "Axis | None":
        """Cells that are reached by what reaches either; None where the sides run against each other."""
        if self.step * other.step <= 0 or self.cells != other.cells:
            return None
        span = self.cells - 1
        first, last = self._reached(other, 0), self._reached(other, span)
        step = (sum(last) - sum(first)) / 2 / span if span else self.step
        middle, reach = sum(first) / 2, max(first[1] - first[0], last[1] - last[0]) / 2
        return replace(self.seeing(other), low=middle - reach, high=middle + reach, step=step)

    def _reached(self, other: "Axis", cell: int) -> tuple[float, float]:
        """What reaches a cell of either."""
        ends = [(axis.low + cell * axis.step, axis.high + cell * axis.step) for axis in (self, other)]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def weights(self, pixels: int) -> Floats:
        """`(pixels, cells)`: a pixel lies between the middles of two cells, and outside of what is seen there is none.

        Beyond the outermost middle its cell continues: for half a step wholly, then less and less, to the end of what
        reaches it.
        """
        middles, at = self.middles, np.arange(pixels) + 0.5
        nearest = np.clip(at, middles.min(), middles.max())
        near = np.maximum(1 - np.abs(nearest[:, None] - middles) / max(abs(self.step), 1), 0)
        near /= near.sum(axis=1, keepdims=True)
        reach, whole, beyond = (self.high - self.low) / 2, abs(self.step) / 2, np.abs(at - nearest)
        rest = np.clip((reach - beyond) / max(reach - whole, 1e-9), 0, 1)
        inside = (at > self.seen[0]) & (at < self.seen[1])
        return np.asarray(near * (np.where(beyond <= whole, 1, rest) * inside)[:, None], np.float32)

    def parts(self, pixels: int) -> Floats:
        """`(cells, pixels)` what part of each cell's own step a pixel fills."""
        edges = self.middles[:, None] + np.array([-0.5, 0.5]) * abs(self.step)
        common = np.minimum(np.arange(1, pixels + 1), edges[:, 1:]) - np.maximum(np.arange(pixels), edges[:, :1])
        return np.maximum(common, 0) / abs(self.step)


@dataclass(frozen=True)
class Lattice:
    """The cells of a layer in the picture, row by row and column by column."""

    rows: Axis
    columns: Axis

    @classmethod
    def even(cls, grid: Sequence[int], size: Sequence[int]) -> "Lattice":
        """Cells that share the picture of `size` pixels among them."""
        return cls(Axis.even(grid[0], size[0]), Axis.even(grid[1], size[1]))

    @property
    def grid(self) -> tuple[int, int]:
        return self.rows.cells, self.columns.cells

    def shared(self, size: Sequence[int]) -> bool:
        """Whether the cells share the picture about evenly: none lies more than half of one elsewhere."""
        pairs = zip((self.rows, self.columns), size, strict=True)
        even = [(axis, Axis.even(axis.cells, pixels)) for axis, pixels in pairs]
        return all(np.abs(own.middles - other.middles).max() <= other.step / 2 for own, other in even)

    def laid(self, maps: Floats, size: tuple[int, int]) -> Floats:
        """`(…, h, w)` as it is drawn beside a picture of that size: its cells alone where they share it evenly."""
        if self.shared(size):
            return maps
        return self.spread(maps.reshape(-1, *maps.shape[-2:]), size).reshape(*maps.shape[:-2], *size)

    def covers(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """`(*size,)` the pixels that belong to any cell."""
        return np.logical_and.outer(self.rows.weights(size[0]).any(axis=1), self.columns.weights(size[1]).any(axis=1))

    def spread(self, maps: Floats, size: tuple[int, int]) -> Floats:
        """`(N, h, w)` to `(N, *size)`, each cell at its place; where nothing is seen it is zero."""
        rows, columns = self.rows.weights(size[0]), self.columns.weights(size[1])
        return np.asarray(rows @ maps @ columns.T, np.float32)


def seen_by(places: Sequence[Lattice], size: Sequence[int]) -> str:
    """The rows and columns of the picture that reach any of these, as one reads them; '' where that is all of it."""
    both = ([place.rows for place in places], [place.columns for place in places])
    sides = [(reduce(Axis.seeing, axes).seen, pixels) for axes, pixels in zip(both, size, strict=True)]
    ends = [(max(0, round(low)), min(pixels, round(high))) for (low, high), pixels in sides]
    whole = ends == [(0, pixels) for pixels in size]
    return "" if whole else " × ".join(f"{first}–{last - 1}" for first, last in ends)
