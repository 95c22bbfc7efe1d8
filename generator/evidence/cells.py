"""A map as it is compared: without signs, averaged over a grid of cells, ranked.

Single pixels of a gradient are mostly noise; twelve by twelve cells keep what a reader sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import FLAT, Floats, Heatmaps
from generator.evidence.estimates import Doubles
from generator.lattice import Lattice

GRID = 12  # cells along a side


def strength(maps: Heatmaps, both_signs: bool = False) -> Floats:
    """`(N, H, W)` the non-negative form of maps: magnitude where `both_signs` are strength, else what is above 0."""
    return np.abs(maps.values) if maps.signed and both_signs else np.maximum(maps.values, 0)


def empty(maps: Heatmaps, both_signs: bool = False) -> NDArray[np.bool_]:
    """`(N,)` maps that say nothing: flat, not finite, or without anything that speaks for the class."""
    total = strength(maps, both_signs).astype(np.float64).sum(axis=(1, 2))
    return ~np.isfinite(total) | (total < FLAT) | np.array([bool(maps.remark(row)) for row in range(len(total))], bool)


def cell_numbers(size: tuple[int, int], grid: int = GRID) -> NDArray[np.int64]:
    """`(H, W)` which cell each pixel lies in; a side shorter than the grid has one cell a pixel."""
    rows, columns = ((np.arange(side) * min(grid, side)) // side for side in size)
    return (rows[:, None] * min(grid, size[1]) + columns).astype(np.int64)


def cell_means(maps: Floats, grid: int = GRID) -> Doubles:
    """`(N, cells)` the mean of each cell."""
    number = cell_numbers(maps.shape[1:3], grid).ravel()
    order = np.argsort(number, kind="stable")
    starts = np.flatnonzero(np.diff(number[order], prepend=-1))
    sums = np.add.reduceat(maps.reshape(len(maps), -1)[:, order].astype(np.float64), starts, axis=1)
    return sums / np.bincount(number)


def order_of(cells: Doubles, seeds: NDArray[np.int64]) -> NDArray[np.int64]:
    """`(N, cells)` the cells from the strongest on; equal ones in an order drawn from each image's seed."""
    shuffled = np.stack([np.random.default_rng(int(seed)).permutation(cells.shape[1]) for seed in seeds])
    ranked = np.argsort(-np.take_along_axis(cells, shuffled, axis=1), axis=1, kind="stable")
    return np.take_along_axis(shuffled, ranked, axis=1)


def ranks(values: Doubles) -> Doubles:
    """`(N, M)` rank of each value in its row, centred and of length 1; equal ones share their mean, flat rows are 0."""
    found = np.empty(values.shape)
    for row, line in enumerate(values):
        _, inverse, counts = np.unique(line, return_inverse=True, return_counts=True)
        found[row] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    found -= found.mean(axis=1, keepdims=True)
    length = np.sqrt((found**2).sum(axis=1, keepdims=True))
    return np.divide(found, length, out=np.zeros_like(found), where=length > 0)


def spearman(one: Doubles, other: Doubles) -> Doubles:
    """`(N,)` rank correlation of each row of one with the same row of the other; 0 where either is flat."""
    return np.asarray((ranks(one) * ranks(other)).sum(axis=1))


def blob(size: tuple[int, int]) -> Floats:
    """`(H, W)` a Gaussian in the middle, a quarter of the side wide: a map that ignores picture and model."""
    rows, columns = ((np.arange(side) + 0.5 - side / 2) / (side / 4) for side in size)
    return np.exp(-0.5 * (rows[:, None] ** 2 + columns**2)).astype(np.float32)


@dataclass(frozen=True)
class Maps:
    """`values (N, H, W)` without signs, `empty (N,)`, and where the cells of a coarse map lie."""

    values: Floats
    empty: NDArray[np.bool_]
    places: tuple[Lattice, ...] = ()

    @classmethod
    def joined(cls, parts: Sequence["Maps"]) -> "Maps":
        """One after the other; there is at least one."""
        values, empty = [part.values for part in parts], [part.empty for part in parts]
        return cls(np.concatenate(values), np.concatenate(empty), parts[0].places)

    def __len__(self) -> int:
        return len(self.empty)

    def first(self, count: int) -> "Maps":
        """The first so many, none for less than one."""
        return Maps(self.values[: max(0, count)], self.empty[: max(0, count)], self.places)

    @property
    def cells(self) -> Doubles:
        """`(N, cells)`; a row of NaN is an empty map."""
        found = cell_means(np.where(self.empty[:, None, None], 0, self.values).astype(np.float32))
        found[self.empty] = np.nan
        return found
