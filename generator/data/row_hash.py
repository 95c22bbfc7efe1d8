"""A number for each row of a file that looks random and never changes: the same in whatever batch, order or figure."""

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # SplitMix64, Steele et al. 2014


def row_hash(rows: Ints, seed: int) -> NDArray[np.uint64]:
    """`(N,)` 64 mixed bits of each row under a seed."""
    start = _mixed(np.array([seed % 2**64], np.uint64) + np.uint64(GOLDEN))
    return _mixed(start ^ (rows.astype(np.uint64) * np.uint64(GOLDEN)))


def row_seeds(rows: Ints, seed: int) -> Ints:
    """`(N,)` seeds from 0 to 2³¹−1, one a row."""
    return (row_hash(rows, seed) >> np.uint64(33)).astype(np.int64)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(FIRST)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(SECOND)
    return x ^ (x >> np.uint64(31))
