"""Does a map depend on the class and on the weights? What survives when either is exchanged (measures D and G).

`retained` = mean[ρ(aᵢ,bᵢ) − ρ(aⱼ,bᵢ)] / mean[ρ(aᵢ,a′ᵢ) − ρ(aⱼ,a′ᵢ)]: b is the map after the exchange, a′ a
repetition with other random numbers, j a picture of another class. 0: nothing of this picture's map survives; 1: all.
The partner takes away what all maps of a method share (a raw rank correlation has no zero: Yona and Greenfeld 2021),
the denominator what a method does not repeat itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.evidence.cells import ranks
from generator.evidence.estimates import FEWEST, LEVEL, Doubles, Estimate, Sums

CHUNK = 28  # rows within which a partner is looked for, whatever the batches
NONE = -1
LEAST = 0.1  # a denominator below this carries no ratio
REPEATS = 0.5  # mean rank correlation of a map with its repetition below which it is noise


@dataclass(frozen=True)
class Retained:
    """What survived an exchange; `raw` and `other` are the two mean correlations of the numerator.

    `silent` is a reason instead of an estimate, '' where there is one.
    """

    sums: Sums
    silent: str

    def estimate(self, level: float = LEVEL, fewest: int = FEWEST) -> Estimate | None:
        return None if self.silent else self.sums.ratio(0, 1, level, fewest)


# columns of the sums
NUMERATOR, DENOMINATOR, RAW, OTHER, REPEAT = range(5)


def partners(classes: Ints, valid: NDArray[np.bool_]) -> Ints:
    """`(N,)` for each row the next valid one of another class within its chunk of 28, going round; −1: none."""
    found = np.full(len(classes), NONE, np.int64)
    for row in np.flatnonzero(valid).tolist():
        start = row - row % CHUNK
        stop = min(start + CHUNK, len(classes))
        others = [*range(row + 1, stop), *range(start, row)]
        found[row] = next((o for o in others if valid[o] and classes[o] != classes[row]), NONE)
    return found


def correlations(before: Doubles, after: Doubles, repeated: Doubles, classes: Ints) -> Doubles:
    """`(N, 5)` numerator, denominator, ρ(aᵢ,bᵢ), ρ(aⱼ,bᵢ), ρ(aᵢ,a′ᵢ) by row; NaN where a map or a partner lacks.

    All maps are `(N, cells)`; a row of NaN is an empty map.
    """
    valid = np.isfinite(np.concatenate([before, after, repeated], axis=1)).all(axis=1)
    partner = partners(classes, valid)
    rows = np.flatnonzero(partner != NONE)
    a, b, again = (ranks(np.nan_to_num(maps)) for maps in (before, after, repeated))
    own, other = (a[rows] * b[rows]).sum(axis=1), (a[partner[rows]] * b[rows]).sum(axis=1)
    repeat, elsewhere = (a[rows] * again[rows]).sum(axis=1), (a[partner[rows]] * again[rows]).sum(axis=1)
    found = np.full((len(before), 5), np.nan)
    found[rows] = np.stack([own - other, repeat - elsewhere, own, other, repeat], axis=1)
    return found


def retained(sums: Sums, n_classes: int, swap: bool) -> Retained:
    """The verdict's number, or why there is none; `swap` tells the exchange of the class from that of the weights."""
    if swap and n_classes == 2:
        return Retained(sums, "two_classes")  # the other class's score is the negative: every map survives
    if sums.n == 0:
        return Retained(sums, "empty")
    if sums.means[DENOMINATOR] < LEAST:
        return Retained(sums, "not_reproducible" if sums.means[REPEAT] < REPEATS else "same_for_every_picture")
    return Retained(sums, "")


def by_draw(rows: Doubles, draws: Ints) -> Sums:
    """Sums over draws of random weights: the images of one network are not independent, the networks are."""
    kept = np.isfinite(rows).all(axis=1)
    means = [rows[kept & (draws == draw)].mean(axis=0) for draw in np.unique(draws[kept])]
    return Sums.of(np.array(means).reshape(len(means), rows.shape[1]))
