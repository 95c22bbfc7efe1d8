"""Means, ratios and shares with intervals, from sums that add up.

Intervals are Student's over images, never over pixels, and never bootstrapped: at five images a percentile bootstrap
covers four times out of five what it promises to cover nineteen times out of twenty.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Colour = Literal["green", "amber", "red", "undecided", "silent"]
Statement = Literal["above", "below", "within", "between", "not_above", "not_below", "undecided"]
Said = Mapping[str, Statement]  # of the numbers of a check by their names
Light = tuple[Colour, str]  # and its reason, a key of the words

DECIDED = frozenset({"above", "below", "within", "between"})  # the others say half of it, or nothing
LEVEL = 0.95
FEWEST = 8  # images below which no estimate is given
FEWEST_NETWORKS = 2  # with random weights
FEWEST_OF_GROUP = 4  # rows of a group beside much larger ones


@dataclass(frozen=True)
class Estimate:
    """A number with its interval at 95 %, from `n` images (or networks); `freedom` −1: one less than n.

    One that is looked at several times while images come may be wrong at each look: `share` is the part of the error
    that the interval may spend (the parts of all looks add up to 1, so that all hold together at 95 %).
    """

    mean: float
    low: float
    high: float
    n: int
    freedom: float = -1
    share: float = 1.0

    def over(self, unit: float) -> "Estimate":
        """The same in multiples of a unit."""
        return replace(self, mean=self.mean / unit, low=self.low / unit, high=self.high / unit)

    def at(self, level: float) -> "Estimate":
        """The same with the interval of another level."""
        return self if level == LEVEL else self._rescaled(level, self.share)

    def spending(self, share: float) -> "Estimate":
        """The same as one look of several, with the interval of its part of the error."""
        return replace(self._rescaled(LEVEL, share), share=share)

    def _rescaled(self, level: float, share: float) -> "Estimate":
        freedom = self.n - 1 if self.freedom < 0 else self.freedom
        if freedom <= 0:
            return self
        wanted, held = (1 - error / 2 for error in ((1 - level) * share, (1 - LEVEL) * self.share))
        wider = student_quantile(wanted, freedom) / student_quantile(held, freedom)
        below, above = ((self.mean - self.low) * wider, (self.high - self.mean) * wider)
        return replace(self, low=self.mean - below, high=self.mean + above)


@dataclass(frozen=True)
class Bounds:
    """What a number is read against: one threshold with the margin within which it counts as reached, or two."""

    low: float
    high: float
    margin: float = 0.0


ZERO = Bounds(0, 0, 0.05)  # probability, or rank correlation


def lit_by(number: str, **lights: Light) -> Callable[[Said], Light]:
    """A rule with a light for each statement of one number, and 'undecided' for the others, with what still holds."""
    return lambda said: lights.get(said[number], ("undecided", said[number]))


def decided(said: Statement) -> Statement:
    """The same, 'undecided' where only half of it holds."""
    return said if said in DECIDED else "undecided"


@dataclass(frozen=True)
class Verdict:
    """What may be said: `reason` is a key of the words; `n` images (or networks) stand behind it.

    `about`: the regions that reason and number speak of, the one of the number first.
    """

    light: Colour
    reason: str
    n: int
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sums:
    """Of `n` rows of d numbers: the sums `(d,)` and the sums of products `(d, d)`, in float64."""

    n: int
    total: Doubles
    products: Doubles

    @classmethod
    def of(cls, rows: NDArray[np.floating]) -> "Sums":
        """The sums of `(n, d)`, or of `(n,)`; rows with a NaN do not count."""
        rows = np.asarray(rows, np.float64)
        rows = rows[:, None] if rows.ndim == 1 else rows
        rows = rows[np.isfinite(rows).all(axis=1)]
        return cls(len(rows), rows.sum(axis=0), rows.T @ rows)

    @classmethod
    def by_network(cls, rows: Doubles, network: NDArray[np.int64]) -> "Sums":
        """Over the means of networks with random weights: the images of one are not independent, the networks are."""
        rows = rows.reshape(len(rows), -1)
        kept = np.isfinite(rows).all(axis=1)
        means = [rows[kept & (network == one)].mean(axis=0) for one in np.unique(network[kept])]
        return cls.of(np.array(means).reshape(len(means), rows.shape[1]))

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.n + other.n, self.total + other.total, self.products + other.products)

    @property
    def means(self) -> Doubles:
        return self.total / self.n if self.n else np.full(len(self.total), math.nan)

    @property
    def covariance(self) -> Doubles:
        """Of a single row, unbiased."""
        return (self.products - self.n * np.outer(self.means, self.means)) / (self.n - 1)

    def estimate(self, column: int = 0, fewest: int = FEWEST) -> Estimate | None:
        """The mean of a column; None below `fewest` rows."""
        if self.n < max(fewest, 2):
            return None
        error = math.sqrt(max(0.0, float(self.covariance[column, column])) / self.n)
        return _around(float(self.means[column]), error, self.n - 1, self.n)

    def column(self, k: int) -> "Sums":
        """One column alone."""
        return Sums(self.n, self.total[k : k + 1], self.products[k : k + 1, k : k + 1])

    def ratio(self, above: int, below: int, fewest: int = FEWEST) -> Estimate | None:
        """The ratio of two means by the delta method; None below `fewest` rows."""
        if self.n < max(fewest, 2):
            return None
        a, b = float(self.means[above]), float(self.means[below])
        weight = np.zeros(len(self.total))
        weight[above], weight[below] = 1 / b, -a / b**2
        variance = max(0.0, float(weight @ self.covariance @ weight))
        return _around(a / b, math.sqrt(variance / self.n), self.n - 1, self.n)

    def shares_of_ratio(self, rows: Doubles, above: int, below: int) -> Doubles:
        """`(n,)` of the rows that were summed up: their mean is the ratio, their spread that of the delta method."""
        ratio = self.means[above] / self.means[below]
        return np.asarray(ratio + (rows[:, above] - ratio * rows[:, below]) / self.means[below])


def joined(parts: Iterable[Sums]) -> Sums:
    """The sums of all parts together; there is at least one."""
    first, *others = parts
    for other in others:
        first = first + other
    return first


def _around(mean: float, error: float, freedom: float, n: int) -> Estimate:
    half = student_quantile((1 + LEVEL) / 2, freedom) * error
    return Estimate(mean, mean - half, mean + half, n, freedom)


def difference(one: Sums, other: Sums) -> Estimate | None:
    """The difference of two independent means; None where either has too few rows."""
    return combined([(1, one), (-1, other)]) if one.n >= FEWEST and other.n >= FEWEST_NETWORKS else None


def balanced(groups: Sequence[Sums], less: Sums | None = None) -> Estimate | None:
    """The mean of the means of groups, however many rows each has, less another mean; None below `FEWEST` rows.

    A group counts from four rows on, or from half as many as the largest has: the spread of fewer beside many is
    too uncertain.
    """
    least = max(2, min(FEWEST_OF_GROUP, max((one.n for one in groups), default=0) // 2))
    known = [one for one in groups if one.n >= least]
    if sum(one.n for one in known) < FEWEST or (less and less.n < FEWEST_NETWORKS):
        return None
    terms = [(1 / len(known), one) for one in known]
    return combined([*terms, (-1, less)] if less else terms)


def within(groups: Sequence[Sums], fewest: int = FEWEST) -> Estimate | None:
    """The mean of all rows, with the spread inside the groups: how many each has was chosen, and is no chance.

    None below `fewest` rows. Where half of the rows or more have a group of their own, the spread is that of all rows.
    """
    known = [one for one in groups if one.n]
    n = sum(one.n for one in known)
    if n < max(fewest, 2):
        return None
    total, freedom = joined(known), n - len(known)
    if 2 * freedom < n:
        return total.estimate(fewest=fewest)
    squares = sum((one.n - 1) * max(0.0, float(one.covariance[0, 0])) for one in known if one.n > 1)
    return _around(float(total.means[0]), math.sqrt(squares / freedom / n), freedom, n)


def combined(terms: Sequence[tuple[float, Sums]]) -> Estimate:
    """The weighted sum of independent means (Welch 1947), over the rows of those that count upwards."""
    variances = [weight**2 * max(0.0, float(sums.covariance[0, 0])) / sums.n for weight, sums in terms]
    spread = sum(v * v / (sums.n - 1) for v, (_, sums) in zip(variances, terms, strict=True))
    freedom = sum(variances) ** 2 / spread if spread else float(sum(sums.n - 1 for _, sums in terms))
    mean = sum(weight * float(sums.means[0]) for weight, sums in terms)
    return _around(mean, math.sqrt(sum(variances)), freedom, sum(sums.n for weight, sums in terms if weight > 0))


def claim_level(claims: int) -> float:
    """The level of each of m claims, so that all of them together hold at 95 % (Bonferroni)."""
    return 1 - (1 - LEVEL) / max(1, claims)


@cache
def student_quantile(probability: float, freedom: float) -> float:
    """The quantile of Student's distribution."""
    from scipy.special import stdtrit  # here: only what measures needs it

    return float(stdtrit(freedom, probability))


def wilson(hits: int, n: int, level: float = LEVEL) -> Estimate | None:
    """A share with Wilson's interval (1927), which ends at none and at all of them; None of nothing."""
    if n == 0:
        return None
    z, p = NormalDist().inv_cdf((1 + level) / 2), hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(p, centre - half if hits else 0.0, centre + half if hits < n else 1.0, n)


def shifted(gained: int, lost: int, n: int) -> Estimate | None:
    """How far a share of the same n has risen, where so many came to it and so many left (Bonett and Price 2012)."""
    if n == 0:
        return None
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return Estimate((gained - lost) / n, max(-1.0, up - down - half), min(1.0, up - down + half), n)


def apart(one: Estimate, other: Estimate) -> Estimate:
    """`one` less `other`, of rows of their own, from their intervals (Newcombe 1998; Zou and Donner 2008)."""
    mean = one.mean - other.mean
    below = math.hypot(one.mean - one.low, other.high - other.mean)
    above = math.hypot(one.high - one.mean, other.mean - other.low)
    return Estimate(mean, mean - below, mean + above, min(one.n, other.n))
