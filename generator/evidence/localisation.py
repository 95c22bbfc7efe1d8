"""Where maps lie, and what a region does: the share of a map inside it, the fall when it is blurred (measures A, B)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from generator.artefacts import READABLE, Floats, Ints
from generator.classifier import Classifier
from generator.evidence.cells import Maps, blob
from generator.evidence.estimates import (
    FEWEST,
    FEWEST_NETWORKS,
    Doubles,
    Estimate,
    Statement,
    Sums,
    balanced,
    difference,
    joined,
)
from generator.evidence.faces import Faces, Masks, covered
from generator.lattice import Lattice
from generator.maps.pixels import blurred
from generator.regions import Region

ALL = "all"  # beside the classes: over all of them
ELSEWHERE = 4  # places of the same shape that a region is compared with
OVERLAP = 0.3  # the part of the region that such a place may share with it
FEWEST_PLACES = 2
STEPS = 48  # along an axis, however large the picture
BLOCK = 112  # images held at a time


@dataclass(frozen=True)
class Partition:
    """What numbers are told apart by: regions, with `masks (R, H, W)` in pixels of the model's input, and classes."""

    regions: tuple[str, ...]
    masks: Masks
    classes: tuple[str, ...]

    @classmethod
    def of(cls, regions: Sequence[Region], size: tuple[int, int], classes: tuple[str, ...]) -> "Partition":
        """A pixel belongs to a region by its centre."""
        masks = np.array([region.mask(*size) for region in regions], bool).reshape(len(regions), *size)
        return cls(tuple(region.id for region in regions), masks, classes)

    @property
    def groups(self) -> tuple[str, ...]:
        """The classes, and all of them together."""
        return (*self.classes, ALL)


def shares(maps: Floats, masks: Masks) -> Doubles:
    """`(N, R)` the part of each non-negative map that lies in each region; NaN for an empty map."""
    wide = maps.reshape(len(maps), -1).astype(np.float64)
    inside = wide @ masks.reshape(len(masks), wide.shape[1]).T.astype(np.float64)
    total = wide.sum(axis=1, keepdims=True)
    return np.divide(inside, total, out=np.full_like(inside, np.nan), where=total > 0)


def blob_shares(masks: Masks) -> Doubles:
    """`(R,)` what a blob in the middle has."""
    return shares(blob(masks.shape[1:3])[None], masks)[0]


def ceilings(masks: Masks, places: Sequence[Lattice]) -> Doubles:
    """`(R,)` the most that a map of such cells can have inside: the region itself, made coarse and laid out again."""
    if not places or not len(masks):
        return np.ones(len(masks))
    return np.max([_ceilings(masks, place) for place in places], axis=0)


def _ceilings(masks: Masks, place: Lattice) -> Doubles:
    rows, columns = (axis.parts(side) for axis, side in zip((place.rows, place.columns), masks.shape[1:3], strict=True))
    coarse = np.einsum("ih,rhw,jw->rij", rows, masks.astype(np.float64), columns)
    blurred = place.spread(coarse.astype(np.float32), masks.shape[1:3])
    inside = [shares(blurred[row : row + 1], masks[row : row + 1])[0, 0] for row in range(len(masks))]
    return np.nan_to_num(inside)  # nothing of a region that no cell reaches


@dataclass(frozen=True)
class Shared:
    """Sums over all images for the shares: of the shares `(R,)` by class, of the maps by class `(K, H, W)`.

    Of more classes than one reads no maps are kept.
    """

    regions: tuple[Sums, ...]
    mean: Doubles  # maps of sum 1, added up
    counts: Ints  # of them, by class
    empty: int
    images: int
    places: tuple[Lattice, ...]

    @classmethod
    def nothing(cls, masks: Masks, n_classes: int) -> "Shared":
        regions = len(masks)
        none = Sums(0, np.zeros(regions), np.zeros((regions, regions)))
        mapped = n_classes if n_classes <= READABLE else 0  # a thousand maps would fill the memory and no page
        mean, counts = np.zeros((mapped, *masks.shape[1:])), np.zeros(n_classes, np.int64)
        return cls((none,) * n_classes, mean, counts, 0, 0, ())

    def added(self, maps: Maps, target: Ints, masks: Masks) -> "Shared":
        """With the maps of a block."""
        target = target[: len(maps)]
        part = np.where(maps.empty[:, None], np.nan, shares(maps.values, masks))
        total = maps.values.astype(np.float64).sum(axis=(1, 2), keepdims=True)
        unit = np.divide(maps.values, total, out=np.zeros(maps.values.shape), where=~maps.empty[:, None, None])
        regions = tuple(sums + Sums.of(part[target == k]) for k, sums in enumerate(self.regions))
        mean = self.mean.copy()
        for k in range(len(mean)):
            mean[k] += unit[target == k].sum(axis=0)
        counts = self.counts + np.bincount(target[~maps.empty], minlength=len(self.counts))
        empty = self.empty + int(maps.empty.sum())
        return Shared(regions, mean, counts, empty, self.images + len(maps), maps.places or self.places)

    @property
    def mean_maps(self) -> Floats:
        """`(K, H, W)` the mean map of each class, in multiples of an even map; NaN where there are too few."""
        height, width = self.mean.shape[1:]
        counts = self.counts[: len(self.mean)]
        mean = self.mean * (height * width) / np.maximum(counts, 1)[:, None, None]
        mean[counts < FEWEST] = np.nan
        return mean.astype(np.float32)


@dataclass(frozen=True)
class RegionShare:
    """The part of a figure's maps that lies in a region, by class and of all.

    Beside it what a map has there that knows nothing: the region's `area`, a `blob`, `untrained` networks, which it
    exceeds by `excess`. `ceiling` is the most that a map of so coarse a grid can have. `marks` says 'above' of what
    exceeds all three; the model looks there (`looked_at`) where the map is also faithful and hiding the region costs.
    """

    ceiling: float
    area: float
    blob: float
    untrained: Estimate | None
    by_class: Mapping[str, Estimate | None]
    excess: Mapping[str, Estimate | None]
    marks: Mapping[str, Statement] = field(default_factory=dict)
    looked_at: Mapping[str, bool] = field(default_factory=dict)

    def times(self, name: str) -> Estimate | None:
        """The share of a class (or all) as a multiple of the area."""
        share = self.by_class[name]
        return share.over(self.area) if share else None


def region_shares(total: Shared, untrained: Sequence[Sums], parts: Partition) -> dict[str, RegionShare]:
    """By region; `untrained` are the shares of untrained networks, over networks, by class and at last of all."""
    area, blobs, ceiling = parts.masks.mean(axis=(1, 2)), blob_shares(parts.masks), ceilings(parts.masks, total.places)
    found = {}
    for k, region in enumerate(parts.regions):
        classes = [sums.column(k) for sums in total.regions]
        random = [sums.column(k) for sums in untrained]
        drawn = random[-1].estimate(fewest=FEWEST_NETWORKS) if random else None
        by_class = dict(zip(parts.groups, [*(one.estimate() for one in classes), balanced(classes)], strict=True))
        excess = [difference(*pair) for pair in zip(classes, random[:-1], strict=False)]
        over = dict(zip(parts.groups, [*excess, balanced(classes, less=random[-1])], strict=True)) if random else {}
        found[region] = RegionShare(float(ceiling[k]), float(area[k]), float(blobs[k]), drawn, by_class, over)
    return found


@dataclass(frozen=True)
class RegionEffect:
    """The fall of the probability when a region is blurred, and elsewhere; `said` of the difference of the two.

    It is 'above' only where the region itself costs something.
    """

    inside: Estimate | None = None
    elsewhere: Estimate | None = None
    difference: Estimate | None = None
    said: Statement = "undecided"

    @classmethod
    def of(cls, *groups: Sums) -> "RegionEffect":
        """From the sums of (inside, elsewhere, difference) of a class, or of several alike."""
        columns = ([one.column(k) for one in groups] for k in range(3))
        inside, other, excess = (balanced(each) if len(groups) > 1 else each[0].estimate() for each in columns)
        return cls(inside, other, excess)

    @property
    def holds(self) -> bool:
        """Whether the model needs the region."""
        return self.said == "above"


def region_effects(
    classifier: Classifier, faces: Faces, sigma: float, parts: Partition
) -> dict[str, dict[str, RegionEffect]]:
    """By region and class (and of all) what a blur of it does."""
    by_region = summed(classifier, faces, parts.masks, sigma, len(parts.classes)) if parts.regions else []
    return {
        region: dict(zip(parts.groups, [*map(RegionEffect.of, by_class), RegionEffect.of(*by_class)], strict=True))
        for region, by_class in zip(parts.regions, by_region, strict=True)
    }


def places(mask: Masks) -> Ints:
    """`(P, 2)` shifts in pixels that move a region elsewhere within the picture; none where it fits nowhere else."""
    if not mask.any():
        return np.zeros((0, 2), np.int64)
    down, right = (room(np.flatnonzero(mask.any(axis=axis)), mask.shape[1 - axis]) for axis in (1, 0))
    most = OVERLAP * mask.sum()
    shifts = [(y, x) for y in down for x in right if (mask & moved(mask, (y, x))).sum() <= most]
    return np.array(shifts, np.int64).reshape(-1, 2)


def room(filled: Ints, side: int) -> range:
    """The shifts along one axis that keep what is filled there within the picture."""
    first, last = -int(filled[0]), side - int(filled[-1])
    return range(first, last, max(1, (last - first) // STEPS))


def moved(mask: Masks, shift: tuple[int, int] | Ints) -> Masks:
    """The region somewhere else; the shift keeps it within the picture."""
    return np.roll(mask, tuple(int(step) for step in shift), axis=(0, 1))


def effects(
    classifier: Classifier, shown: tuple[Floats, Floats], whole: Doubles, faces: tuple[Ints, Ints], regions: Masks
) -> Doubles:
    """`(N, R, 2)` fall of the probability `whole (N,)` inside a region and, in the mean of four places, elsewhere.

    `shown` are the images and what covers them, `faces` their classes and seeds, which draw the places. NaN for a
    region that fits nowhere else.
    """
    target, seed = faces
    found = np.full((len(whole), len(regions), 2), np.nan)
    for number, mask in enumerate(regions):
        shifts = places(mask)
        if len(shifts) < FEWEST_PLACES:
            continue
        masks = np.stack([[mask, *elsewhere(mask, shifts, int(one))] for one in seed])
        falls = whole[:, None] - covered(classifier, *shown, target, masks)
        found[:, number] = np.stack([falls[:, 0], falls[:, 1:].mean(axis=1)], axis=1)
    return found


def elsewhere(mask: Masks, shifts: Ints, seed: int) -> list[Masks]:
    """The region in four other places, all different where there are so many."""
    random = np.random.default_rng(seed)
    return [moved(mask, shifts[k]) for k in random.choice(len(shifts), ELSEWHERE, replace=len(shifts) < ELSEWHERE)]


def summed(classifier: Classifier, faces: Faces, regions: Masks, sigma: float, n_classes: int) -> list[list[Sums]]:
    """By region and class the sums of (inside, elsewhere, difference) over all images, a block at a time."""
    blocks = []
    for start in range(0, len(faces), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(faces)), dtype=np.int64)
        images, target = faces.load(rows), faces.target[rows]
        shown = (images, blurred(images, sigma))
        falls = effects(classifier, shown, faces.own[rows], (target, faces.seeds[rows]), regions)
        falls = np.concatenate([falls, falls[..., :1] - falls[..., 1:]], axis=2)
        blocks.append([[Sums.of(falls[target == c, r]) for c in range(n_classes)] for r in range(len(regions))])
    return [[joined(b[r][c] for b in blocks) for c in range(n_classes)] for r in range(len(regions))]
