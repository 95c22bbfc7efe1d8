"""Does covering what a map marks hurt more than covering what it does not? The faithfulness gap (measure C).

Cells are covered from the strongest on (deletion) and from the weakest on (insertion read backwards), with one fill
for both: a blur. The gap of the two areas is exactly 0 in the mean for random orders, because they remove sets of the
same size both ways, so it needs no random map beside it (Blücher et al. 2024, symmetric relevance gain).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.evidence.cells import blob, cell_means, cell_numbers, order_of
from generator.evidence.estimates import (
    DECIDED,
    FEWEST,
    FEWEST_NETWORKS,
    ZERO,
    Doubles,
    Estimate,
    Light,
    Said,
    Sums,
    Verdict,
    within,
)
from generator.evidence.explainer import CHUNK, Bench, Case
from generator.evidence.faces import Covering, Masks, covered

REFERENCES = ("blob", "change", "untrained")  # maps that a faithful one must beat
AVERAGE = "average"  # map of the other pictures, told in a sentence of its own
ASKED = dict.fromkeys(("gap", *REFERENCES, AVERAGE), ZERO)
STEPS = 5  # fifths of the picture


def areas(classifier: Classifier, cover: Covering, cells: Doubles) -> Doubles:
    """`(N, 2)` areas of deletion and insertion under the probability, for maps as `(N, cells)`."""
    counts = np.rint(np.arange(1, STEPS) / STEPS * cells.shape[1]).astype(np.int64)
    masks = masks_of(order_of(cells, cover.seed), counts, cover.images.shape[1:3])
    seen = covered(classifier, cover.images, cover.fill, cover.target, masks)
    ends = np.stack([cover.whole, cover.nothing], axis=1)
    return np.stack([_area(seen[:, : STEPS - 1], ends), _area(seen[:, STEPS - 1 :], ends)], axis=1)


def masks_of(order: Ints, counts: Ints, size: tuple[int, int]) -> Masks:
    """`(N, 2·steps, H, W)`: the strongest cells covered, so many at a step, then the weakest."""
    rank = np.argsort(order, axis=1)
    strongest = rank[:, None, :] < counts[:, None]
    weakest = rank[:, None, :] >= order.shape[1] - counts[:, None]
    return np.concatenate([strongest, weakest], axis=1)[:, :, cell_numbers(size)]


def _area(inner: Doubles, ends: Doubles) -> Doubles:
    """The area under a curve of even steps, by trapezoids."""
    return (inner.sum(axis=1) + ends.mean(axis=1)) / STEPS


def average_of_others(cells: Doubles) -> Doubles:
    """`(N, cells)` for each image the mean map of the others, every map counting the same; a row of NaN is empty."""
    total = cells.sum(axis=1, keepdims=True)
    shares = np.divide(cells, total, out=np.full_like(cells, np.nan), where=total > 0)
    known = np.isfinite(shares).all(axis=1)
    summed = shares[known].sum(axis=0)
    own = np.where(known[:, None], shares, 0)
    return np.asarray((summed - own) / np.maximum(known.sum() - known, 1)[:, None])


def change(cover: Covering) -> Floats:
    """`(N, H, W)` how far the fill changes each pixel: the map of somebody who knows the blur and not the model."""
    return np.abs(cover.images - cover.fill).sum(axis=3)


@dataclass(frozen=True)
class Faithfulness:
    """The areas under the probability, insertion − deletion as `gap`, and how far it exceeds that of other maps."""

    deletion: Estimate | None = None
    insertion: Estimate | None = None
    gap: Estimate | None = None
    over: Mapping[str, Estimate | None] = field(default_factory=dict)


def faithfulness(case: Case) -> tuple[Faithfulness, Verdict | None]:
    """Estimates of the areas and gaps of a method, and why nothing may be said of them."""
    groups = gaps(case)
    known = {name: within(sums, FEWEST_NETWORKS if name == "untrained" else FEWEST) for name, sums in groups.items()}
    over = {name: known.get(name) for name in (*REFERENCES, AVERAGE)}
    if not groups:
        return Faithfulness(over=over), Verdict("silent", "nothing_hides_the_class", 0)
    silent = case.silent(sum(one.n for one in groups["gap"]))
    return Faithfulness(known["deletion"], known["insertion"], known["gap"], over), silent


def faithful(said: Said) -> Light:
    """Whether covering what the map marks hurts, and more than covering what maps mark that ignore the model."""
    if said["gap"] not in DECIDED:
        return "undecided", said["gap"]
    if said["gap"] != "above":
        return "red", "reversed" if said["gap"] == "below" else "chance"
    unbeaten = [name for name in REFERENCES if said.get(name, "above") != "above"]
    return ("amber", "unbeaten") if unbeaten else ("green", "beats_all")


def gaps(case: Case) -> dict[str, tuple[Sums, ...]]:
    """By class the gap, its two areas, and how far it exceeds other maps' of the same images; none where no blur hides.

    Of untrained networks over networks, each on images of its own: two of them are no fifty-six images.
    """
    own, untrained, bench = case.own, case.untrained, case.bench
    if bench.cover is None:
        return {}
    count = min(len(case.swapped), len(bench.cover.images))
    rows, few = np.arange(count), np.arange(min(count, CHUNK))
    both = _areas(case, "own", rows, own.cells[:count])
    gap = _gap(both)
    known = {"gap": gap, "deletion": both[:, 0], "insertion": both[:, 1]}
    case.each["gap"] = gap
    known |= {name: gap - _gap(_areas(bench, name, rows, cells)) for name, cells in references(bench.cover, rows)}
    others = average_of_others(own.cells[: bench.sizes(case.explainer).rest])
    known[AVERAGE] = gap[few] - _gap(_areas(case, AVERAGE, few, others[few]))
    target = bench.faces.target[:count]
    sums = {name: tuple(Sums.of(v[target[: len(v)] == k]) for k in np.unique(target)) for name, v in known.items()}
    if untrained is not None and not untrained.dead:
        seen = untrained.rows < len(few)
        random = _gap(_areas(case, "untrained", untrained.rows[seen], untrained.cells[seen]))
        sums["untrained"] = (Sums.by_network(gap[untrained.rows[seen]] - random, untrained.network[seen]),)
    return sums


def references(cover: Covering, rows: Ints) -> Iterator[tuple[str, Doubles]]:
    """What every method is held to: `(n, cells)` of a blob, and of the change that the blur makes."""
    shown = cover.only(rows)
    yield "blob", np.repeat(cell_means(blob(shown.images.shape[1:3])[None]), len(rows), axis=0)
    yield "change", cell_means(change(shown))


def _areas(of: Case | Bench, name: str, rows: Ints, cells: Doubles) -> Doubles:
    """The areas of maps, NaN for empty ones; those that were covered before are known."""
    bench = of.bench if isinstance(of, Case) else of
    keys = [((of.explainer.key if isinstance(of, Case) else "", name), int(row)) for row in rows]
    new = np.array([key not in bench.areas for key in keys], np.bool_) & np.isfinite(cells).all(axis=1)
    if new.any() and bench.cover:
        found = areas(bench.classifier.classifier, bench.cover.only(rows[new]), cells[new])
        bench.areas.update(zip((key for key, fresh in zip(keys, new, strict=True) if fresh), found, strict=True))
    nothing = np.full(2, np.nan)
    return np.array([bench.areas.get(key, nothing) for key in keys]).reshape(-1, 2)


def _gap(both: Doubles) -> Doubles:
    return both[:, 1] - both[:, 0]
