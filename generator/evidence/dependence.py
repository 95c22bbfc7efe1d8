"""Does a map depend on the class and on the weights, does it come again, do methods agree? (measures D to G)

`retained` = mean[ρ(aᵢ,bᵢ) − ρ(aⱼ,bᵢ)] / mean[ρ(aᵢ,a′ᵢ) − ρ(aⱼ,a′ᵢ)]: b is the map after an exchange, a′ a
repetition with other random numbers, j a picture of another class. 0: nothing of this picture's map survives; 1: all.
The partner takes away what all maps of a method share (a raw rank correlation has no zero: Yona and Greenfeld 2021),
the denominator what a method does not repeat itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.evidence.cells import ranks
from generator.evidence.estimates import (
    DECIDED,
    FEWEST,
    FEWEST_NETWORKS,
    Bounds,
    Doubles,
    Estimate,
    Light,
    Said,
    Statement,
    Sums,
    Verdict,
    lit_by,
)
from generator.evidence.explainer import CHUNK, EMPTY, Case
from generator.methods import Method

NONE = -1
LEAST = 0.1  # a denominator below this carries no ratio
REPEATS = 0.5  # mean rank correlation of a map with its repetition below which it is noise

KEPT = Bounds(1 / 3, 2 / 3)  # of a map that survives an exchange
RETAINED = {"retained": KEPT}
REPEATED = dict.fromkeys(("pixel", "cell"), Bounds(0.5, 0.7))  # rank correlation of a map with its repetition
FIT = {"r2": Bounds(0.3, 0.6), "stability": Bounds(0.5, 0.8)}  # LIME's

survives = lit_by("retained", below=("green", "changes"), between=("amber", "partly"), above=("red", "stays"))
repeats = lit_by("pixel", above=("green", "repeats"), between=("amber", "varies"), below=("red", "noise"))


@dataclass(frozen=True)
class Retained:
    """What survived an exchange: sums over images or, of `fewest` at least, over networks, of so many `images`.

    `silent` is a reason instead of an estimate, '' where there is one.
    """

    sums: Sums
    images: int
    silent: str = ""
    fewest: int = FEWEST

    def estimate(self) -> Estimate | None:
        return None if self.silent else self.sums.ratio(0, 1, self.fewest)


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


def unknown(sums: Sums) -> str:
    """Why a ratio says nothing; '' where it does."""
    if sums.n == 0:
        return "empty"
    if sums.means[DENOMINATOR] >= LEAST:
        return ""
    return "not_reproducible" if sums.means[REPEAT] < REPEATS else "same_for_every_picture"


@dataclass(frozen=True)
class Survival:
    """What part of a map survives an exchange, over `n` images, or over `n` networks with other weights.

    `raw` and `other` are the numerator's correlations.
    """

    retained: Estimate | None = None
    raw: float | None = None
    other: float | None = None
    n: int = 0


def class_swap(case: Case) -> tuple[Survival, Verdict | None]:
    """What survives when the map of another class is asked for."""
    return survived(case, swapped(case))


def random_weights(case: Case) -> tuple[Survival, Verdict | None]:
    """What survives in untrained networks."""
    return survived(case, exchanged(case))


def survived(case: Case, kept: Retained) -> tuple[Survival, Verdict | None]:
    """As a number, and why nothing may be said of it."""
    n, means = kept.sums.n, kept.sums.means
    raw, other = (float(means[RAW]), float(means[OTHER])) if n else (None, None)
    silent = Verdict("silent", kept.silent, n) if kept.silent else case.silent(kept.images)
    return Survival(kept.estimate(), raw, other, n), silent


def swapped(case: Case) -> Retained:
    """The sums over images whose class is exchanged."""
    own, rows = case.own, len(case.swapped)
    after = np.nan_to_num(case.swapped)  # nothing speaks for the other class: nothing survives
    found = correlations(own.cells[:rows], after, own.repeated[:rows], case.bench.faces.target[:rows])
    sums = Sums.of(found)
    kept = Retained(sums, sums.n, unknown(sums))
    if case.bench.classifier.n_classes == 2:  # the other class's score is the negative: every map survives
        return Retained(sums, sums.n, "two_classes")
    case.each.update({} if kept.silent else {"class": sums.shares_of_ratio(found, NUMERATOR, DENOMINATOR)})
    return kept


def exchanged(case: Case) -> Retained:
    """The sums over networks whose weights are exchanged."""
    own, untrained, images = case.own, case.untrained, len(case.own.cells)
    none = Sums.of(np.zeros((0, 5)))
    if untrained is None:
        if case.explainer.method.access == "predictions":
            return Retained(none, images, "outputs_only")
        return Retained(none, images, "no_time" if not case.bench.sizes(case.explainer).pool else "untested")
    if untrained.dead:
        return Retained(none, images, "dead_network")
    pairs = []
    for network in np.unique(untrained.network):
        here = untrained.network == network
        rows = untrained.rows[here]
        target = case.bench.faces.target[rows]
        pairs.append(correlations(own.cells[rows], untrained.cells[here], own.repeated[rows], target))
    sums = Sums.by_network(np.concatenate(pairs), untrained.network)
    lost = float(np.isnan(untrained.cells).any(axis=1).mean()) > EMPTY
    return Retained(sums, images, "empty" if lost else unknown(sums), FEWEST_NETWORKS)


@dataclass(frozen=True)
class Repetition:
    """Rank correlation of a map with its repetition with other random numbers, by pixel and by cell."""

    pixel: Estimate | None
    cell: Estimate | None


def repetition(case: Case) -> tuple[Repetition | None, Verdict | None]:
    """Whether other random numbers give the figure's maps again; None where none are drawn or nobody asked."""
    if not len(case.own.again):
        return None, None
    case.each["repeat"] = case.own.again[:, 0]
    pixel, cell = (Sums.of(one) for one in case.own.again.T)
    return Repetition(pixel.estimate(), cell.estimate()), case.silent(pixel.n)


@dataclass(frozen=True)
class LimeFit:
    """LIME's fit on samples left out and the overlap of its leading superpixels, in the mean of the images shown."""

    r2: Estimate
    stability: Estimate
    chance: Estimate


def lime_fit(facts: Sequence[Mapping[str, Any]]) -> tuple[LimeFit | None, Verdict | None]:
    """From the facts beside the images shown; None where a figure has no such facts."""
    names = ("r2", "stability", "chance")
    pictures: dict[object, list[list[float]]] = {}  # one that is explained for several classes counts once
    for row, one in enumerate(facts):
        if all(name in one for name in names):
            pictures.setdefault(one.get("seed", row), []).append([float(one[name]) for name in names])
    if not pictures:
        return None, None
    told = ([row for row in rows if np.isfinite(row).all()] or rows for rows in pictures.values())
    means = np.array([np.mean(rows, axis=0) for rows in told])
    fit = LimeFit(*map(described, means.T))
    return fit, Verdict("silent", "too_few", len(means)) if len(means) < FEWEST else None


def fits(said: Said) -> Light:
    """Whether LIME's linear model fits and would come again."""
    r2, stability = said["r2"], said["stability"]
    if r2 == "below" or stability == "below":
        return "red", "fits_badly" if r2 == "below" else "unstable"
    r2_open, stability_open = r2 not in DECIDED, stability not in DECIDED
    if r2_open and stability_open:
        return "undecided", "undecided"
    if r2_open or stability_open:
        return "undecided", "r2_open" if r2_open else "stability_open"
    if (r2, stability) == ("above", "above"):
        return "green", "fits"
    return "amber", "fits_partly" if stability == "above" else "double_samples"


def described(values: Doubles) -> Estimate:
    """The mean of the very images shown; with one image the interval is that number."""
    sums = Sums.of(values)
    mean = float(sums.means[0])
    return sums.estimate(fewest=2) or Estimate(mean, mean, mean, sums.n)


@dataclass(frozen=True)
class Agreement:
    """Rank correlation of two methods on one picture, on two, and the excess; `related` ones share a factor.

    Two methods that both like the middle of every face agree without having understood anything: only the excess is
    spoken of. Methods that share a factor of their formulas agree by construction and are marked.
    """

    same: Estimate | None = None
    other: Estimate | None = None
    excess: Estimate | None = None
    related: bool = False
    said: Statement = "undecided"  # of the excess


def agreement(one: Case, other: Case, most: int) -> Agreement:
    """Over the images that both have kept, at most so many."""
    count = min(len(one.own.cells), len(other.own.cells), most)
    sums = Sums.of(agreeing(one.own.cells[:count], other.own.cells[:count], one.bench.faces.target[:count]))
    same, elsewhere, excess = (sums.estimate(column) for column in range(3))
    return Agreement(same, elsewhere, excess, related(one.explainer.method, other.explainer.method))


def agreeing(a: Doubles, b: Doubles, classes: Ints) -> Doubles:
    """`(N, 3)` by row ρ(aᵢ,bᵢ), the mean of ρ(aᵢ,bⱼ) over the pictures j of other classes, and the excess.

    Some pictures have maps that are like all others: what aᵢ, and what bᵢ, share with those of other pictures is taken
    off, and what any two share is added again. With one partner each their spread would count as chance.
    """
    found = np.full((len(a), 3), np.nan)
    known = np.flatnonzero(np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1))
    alike = ranks(a[known]) @ ranks(b[known]).T
    apart = classes[known][:, None] != classes[known]
    pairs = np.where(apart.any(axis=1), apart.sum(axis=1), np.nan)
    across, back = (np.where(apart, alike, 0).sum(axis=axis) / pairs for axis in (1, 0))
    same, elsewhere = np.diag(alike), np.where(apart, alike, 0).sum() / max(1, apart.sum())
    found[known] = np.stack([same, across, same - across - back + elsewhere], axis=1)
    return found


def related(one: Method, other: Method) -> bool:
    """Whether two methods share a factor of their formulas."""
    return one.name == other.name or bool(one.factors & other.factors)
