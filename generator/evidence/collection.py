"""Every map the measures need, computed once: of the model, of the same model for other classes, and untrained.

Cells of the first rows are kept, everything over all images is reduced to sums as it passes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.evidence.asking import Masks
from generator.evidence.cells import spearman
from generator.evidence.dependence import CHUNK
from generator.evidence.estimates import Doubles, Sums
from generator.evidence.explainer import CHEAP, DEAR, Explainer, Maps, joined_maps, maps_of
from generator.evidence.faces import Faces, other_class
from generator.evidence.regions import shares

Reinitialised = Callable[[int, Floats], AbstractContextManager[Classifier]]
"""(seed, inputs of 64 images) -> the model with fresh random weights, as long as the context lasts."""

DRAWS = 5  # networks with random weights
FEW = 8  # images of a draw for a method that is dear
BLOCK = 4 * CHUNK  # rows of one call
NORMS = 64  # images that the statistics of norm layers are taken over
DEAD = 1e-3  # logits of an untrained network that vary less say nothing


@dataclass(frozen=True)
class Sizes:
    """How many images a method is measured on: for its shares, for the other measures, and in one draw of weights.

    The images of the draws come from the first `pool`, whose maps are kept.
    """

    shares: int
    rest: int
    draw: int
    pool: int

    @property
    def kept(self) -> int:
        return max(self.rest, min(self.pool, DRAWS * self.draw))

    def drawn(self, number: int) -> Ints:
        """The images of a draw: new ones each time, as long as there are new ones."""
        return (number * self.draw + np.arange(self.draw)) % self.pool


def sizes_of(explainer: Explainer, faces: int) -> Sizes:
    """By the cost of one map; a black box sees only outputs and is not tried on untrained networks."""
    cost = explainer.cost
    rest = min(2 * CHUNK if cost <= DEAR else CHUNK, faces)
    draw = 0 if explainer.method.access == "predictions" else min(CHUNK if cost <= DEAR else FEW, faces)
    cheap = cost <= CHEAP
    return Sizes(faces if cheap else min(CHUNK, faces), rest, draw, faces if cheap else rest)


@dataclass(frozen=True)
class Own:
    """Maps of the model itself: cells of the kept rows, also repeated and for another class, and what was summed up.

    `pixels (n,)` are rank correlations with the repetition by pixel, none where a method draws no random numbers.
    """

    cells: Doubles
    repeated: Doubles
    swapped: Maps
    pixels: Doubles
    total: "Shared"


@dataclass(frozen=True)
class Untrained:
    """Maps of untrained networks: `rows (n,)` of the images, `draw (n,)`, their cells, and their shares `(n, R)`."""

    rows: Ints
    draw: Ints
    cells: Doubles
    shares: Doubles
    dead: bool  # a network that says the same to every picture


def own_maps(explainer: Explainer, classifier: Classifier, faces: Faces, masks: Masks, n_classes: int) -> Own:
    """Maps of the model for the class of each image, repeated and swapped where a measure needs it."""
    sizes = sizes_of(explainer, len(faces))
    kept, total = [], Shared.nothing(masks, n_classes)
    for rows in _blocks(max(sizes.shares, sizes.kept), len(faces)):
        maps = maps_of(explainer, classifier, faces, rows, faces.target[rows])
        kept.append(maps.first(sizes.kept - int(rows[0])))
        total = total.added(maps.first(sizes.shares - int(rows[0])), faces.target[rows], masks)
    first = joined_maps(kept)
    second = _computed(explainer, classifier, faces, len(first), again=True) if explainer.method.seeded else first
    swapped = _computed(explainer, classifier, faces, sizes.rest, other_class(faces, n_classes))
    pixels = by_pixel(first, second) if explainer.method.seeded else np.zeros(0)
    return Own(first.cells, second.cells, swapped, pixels, total)


@dataclass(frozen=True)
class Shared:
    """Sums over all images for the shares: of the shares `(R,)` by class, of the maps by class `(K, H, W)`."""

    regions: tuple[Sums, ...]
    mean: Doubles  # maps of sum 1, added up
    counts: Ints  # of them, by class
    empty: int
    images: int
    grid: tuple[int, int] | None

    @classmethod
    def nothing(cls, masks: Masks, n_classes: int) -> "Shared":
        regions = len(masks)
        none = Sums(0, np.zeros(regions), np.zeros((regions, regions)))
        mean, counts = np.zeros((n_classes, *masks.shape[1:])), np.zeros(n_classes, np.int64)
        return cls((none,) * n_classes, mean, counts, 0, 0, None)

    def added(self, maps: Maps, target: Ints, masks: Masks) -> "Shared":
        """With the maps of a block."""
        target = target[: len(maps)]
        part = np.where(maps.empty[:, None], np.nan, shares(maps.values, masks))
        total = maps.values.astype(np.float64).sum(axis=(1, 2), keepdims=True)
        unit = np.divide(maps.values, total, out=np.zeros(maps.values.shape), where=~maps.empty[:, None, None])
        regions = tuple(sums + Sums.of(part[target == k]) for k, sums in enumerate(self.regions))
        mean = self.mean + np.stack([unit[target == k].sum(axis=0) for k in range(len(self.mean))])
        counts = self.counts + np.bincount(target[~maps.empty], minlength=len(self.counts))
        empty = self.empty + int(maps.empty.sum())
        return Shared(regions, mean, counts, empty, self.images + len(maps), maps.grid or self.grid)


def by_pixel(first: Maps, second: Maps) -> Doubles:
    """`(n,)` rank correlation of two maps of the same image; NaN where either is empty."""
    one, other = (maps.values.reshape(len(maps), -1).astype(np.float64) for maps in (first, second))
    return np.where(first.empty | second.empty, np.nan, spearman(one, other))


def _blocks(count: int, faces: int) -> Iterator[Ints]:
    for first in range(0, min(count, faces), BLOCK):
        yield np.arange(first, min(first + BLOCK, count, faces), dtype=np.int64)


def _computed(
    explainer: Explainer,
    classifier: Classifier,
    faces: Faces,
    count: int,
    target: Ints | None = None,
    *,
    again: bool = False,
) -> Maps:
    """The maps of the first rows, for another target or with other random numbers."""
    target = faces.target if target is None else target
    blocks = _blocks(count, len(faces))
    return joined_maps([maps_of(explainer, classifier, faces, rows, target[rows], again) for rows in blocks])


def untrained_maps(
    explainers: Sequence[Explainer], reinitialised: Reinitialised, classifier: Classifier, faces: Faces, masks: Masks
) -> dict[str, Untrained]:
    """Maps of five untrained networks by figure; every network serves all methods, on new images each time."""
    inputs = classifier.prepare(faces.load(np.arange(min(NORMS, len(faces)), dtype=np.int64)))
    found: dict[str, list[Untrained]] = {explainer.figure: [] for explainer in explainers}
    for number in range(DRAWS if explainers else 0):
        with reinitialised(faces.seed + number, inputs) as network:
            dead = bool(network.logits(inputs[:FEW]).std(axis=0).max() < DEAD)
            for explainer in explainers:
                found[explainer.figure].append(_untrained(explainer, network, faces, masks, (number, dead)))
    return {figure: _together(parts) for figure, parts in found.items()}


def _untrained(
    explainer: Explainer, network: Classifier, faces: Faces, masks: Masks, drawn: tuple[int, bool]
) -> Untrained:
    number, dead = drawn
    rows = sizes_of(explainer, len(faces)).drawn(number)
    maps = maps_of(explainer, network, faces, rows, faces.target[rows])
    part = np.where(maps.empty[:, None], np.nan, shares(maps.values, masks))
    return Untrained(rows, np.full(len(rows), number), maps.cells, part, dead)


def _together(parts: Sequence[Untrained]) -> Untrained:
    columns = ([getattr(part, name) for part in parts] for name in ("rows", "draw", "cells", "shares"))
    rows, draw, cells, part = (np.concatenate(column) for column in columns)
    return Untrained(rows, draw, cells, part, any(one.dead for one in parts))
