"""A method with its parameters as the measures use it: every map they need, computed once.

Maps of the model, of the same model for other classes, and of untrained networks. Cells of the first rows are kept,
everything over all images is reduced to sums as it passes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from generator.artefacts import Fact, Floats, Heatmaps, Ints
from generator.classifier import Classifier, Request
from generator.errors import ComputationError, told
from generator.evidence.cells import Maps, empty, spearman, strength
from generator.evidence.estimates import FEWEST, Doubles, Sums, Verdict
from generator.evidence.faces import Covering, Faces, batch_of, other_class
from generator.evidence.localisation import Partition, Shared, shares
from generator.methods import FAILURES, MISFITS, USUAL_SIZE, Method, Size
from generator.sharing import Sharing
from generator.steps import step

Reinitialised = Callable[[int, Floats], AbstractContextManager[Classifier]]
"""(seed, inputs of 32 images) -> the model with fresh random weights, as long as the context lasts."""

CHEAP, DEAR = 3, 10  # model passes of one map
BUDGET = 4200  # model passes of a method's maps of further images, all of its runs together
CHUNK = 28  # rows within which a partner is looked for, whatever the batches
COVERED = 2 * CHUNK  # images that are covered step by step
NETWORKS = 10  # with random weights: they are the unit, and class activation differs much from one to another
LIVELY = 8  # images that tell whether a network answers
BLOCK = 4 * CHUNK  # rows of one call
NORMS = 32  # images that the statistics of norm layers are taken over, of large ones fewer
PIXELS = NORMS * 96**2  # of them together
DEAD = 1e-3  # logits of an untrained network that vary less say nothing
EMPTY = 0.2  # more empty maps than this and a method is silent

Key = tuple[str, str]
Failures = dict[Key, str]
"""Why the maps of an explainer could not be computed, by its key."""


@dataclass(frozen=True)
class Explainer:
    """A figure's method with the options of its first run; `image_facts` and `size` are those of its images."""

    figure: str
    method: Method
    options: Mapping[str, Any]
    image_facts: tuple[Mapping[str, Fact], ...] = field(default_factory=tuple)
    size: Size = USUAL_SIZE

    @property
    def cost(self) -> int:
        """Model passes of one map."""
        return self.method.passes(self.options, 1, self.size)

    @property
    def key(self) -> Key:
        """The same for figures that are measured alike."""
        return self.method.name, repr(sorted(self.options.items()))

    @property
    def slopes(self) -> str | None:
        """Whose slopes it takes: methods of the same score have them from one pass."""
        return str(self.options.get("score", "logit")) if self.method.slope_by else None

    @property
    def runs(self) -> int:
        """Maps of an image: its own, repeated where numbers are drawn, of another class, of an untrained network.

        The answers of a black box hold all classes, and it is not tried on untrained networks.
        """
        return 1 + self.method.seeded + 2 * (self.method.access == "gradients")

    @property
    def most(self) -> int:
        """Further images whose maps stay within the budget."""
        return BUDGET // max(1, self.cost * self.runs)

    @property
    def further(self) -> "Explainer":
        """As it is run on further images: with fewer samples where its budget is too small for many."""
        thrifty = replace(self, options={**self.options, **self.method.thrifty})
        return thrifty if self.most < CHUNK and thrifty.cost < self.cost else self

    @property
    def pairs(self) -> int:
        """Passes by which the figure's own maps are made and repeated, where further ones are made with less."""
        passes = 2 * FEWEST * self.cost
        return passes if self.method.seeded and self.further != self and passes <= BUDGET // 4 else 0

    @property
    def affordable(self) -> bool:
        return self.further.most >= FEWEST


@dataclass(frozen=True)
class Sizes:
    """How many images a method is measured on: for its shares, for the rest, and by all untrained networks together."""

    shares: int
    rest: int
    pool: int

    def seen(self, number: int) -> Ints:
        """The images of an untrained network, that no other one sees: one of every ten rows, so of several classes."""
        turn = np.arange(-(-self.pool // NETWORKS))
        rows = turn * NETWORKS + (number + 3 * turn) % NETWORKS
        return rows[rows < self.pool]


def sizes_of(explainer: Explainer, faces: int) -> Sizes:
    """By the cost of one of its maps; a black box sees only outputs and is not tried on untrained networks."""
    cost, most = explainer.cost, explainer.most
    rest = min(2 * CHUNK if cost <= DEAR else CHUNK, most, faces)
    shares, pool = (faces, min(5 * CHUNK, faces)) if cost <= CHEAP else (min(CHUNK, most, faces), rest)
    return Sizes(shares, rest, 0 if explainer.method.access == "predictions" else pool)


@dataclass(frozen=True)
class Bench:
    """What all methods are measured with: `cover` is None where no blur hides the class.

    `plan` says on how many images, where that is not as many as would be right; `areas` are those of maps that were
    covered before, by the name of a map and the row.
    """

    classifier: Sharing
    faces: Faces
    parts: Partition
    cover: Covering | None
    plan: Mapping[Key, Sizes] = field(default_factory=dict)
    areas: dict[tuple[object, int], Doubles] = field(default_factory=dict)

    @property
    def size(self) -> Size:
        """Height and width of the pictures."""
        return self.classifier.input_shape[:2]

    def sizes(self, explainer: Explainer) -> Sizes:
        """On how many images a method is measured."""
        return self.plan.get(explainer.key) or sizes_of(explainer.further, len(self.faces))

    def left_out(self, explainer: Explainer) -> bool:
        """Whether a method is not measured for want of time."""
        return explainer.key in self.plan and not self.plan[explainer.key].rest


def norms(size: Size) -> int:
    """Images of a size that the statistics of norm layers are taken over."""
    return max(LIVELY, min(NORMS, PIXELS // (size[0] * size[1])))


def computed(explainer: Explainer, bench: Bench, rows: Ints, target: Ints, again: bool = False) -> Heatmaps:
    """What the method gives for some rows and the classes `target (n,)`; `again` with other random numbers."""
    batch = batch_of(bench.faces, rows, target, bench.classifier, again)
    request = Request(bench.classifier, batch, batch.inputs, None, bench.faces.seed)
    try:
        return explainer.method.run(request, explainer.options, Heatmaps)
    except MISFITS as error:  # not the spec's mistake: the figure itself has its maps
        raise ComputationError(told(error)) from error


@contextmanager
def sparing(explainer: Explainer, failures: Failures) -> Iterator[None]:
    """What fails within is a failure of this explainer alone, and the others go on."""
    try:
        with step("evidence", explainer.figure):
            yield
    except FAILURES as error:
        failures[explainer.key] = told(error)


def maps_of(explainer: Explainer, bench: Bench, rows: Ints, target: Ints, again: bool = False) -> Maps:
    """The maps of some rows for the classes `target (n,)`."""
    artefact = computed(explainer, bench, rows, target, again)
    both_signs = explainer.method.both_signs
    return Maps(strength(artefact, both_signs), empty(artefact, both_signs), artefact.places)


@dataclass(frozen=True)
class Own:
    """Maps of the model itself: cells of the kept rows, also repeated, and what was summed up.

    `again (n, 2)` are rank correlations of the figure's maps with their repetitions, by pixel and by cell; none where
    a method draws no random numbers, or is too dear to be asked twice.
    """

    cells: Doubles
    repeated: Doubles
    again: Doubles
    total: Shared
    shares: Doubles  # (n, R) of the first images, of which single numbers are kept


@dataclass(frozen=True)
class Untrained:
    """Maps of untrained networks: `rows (n,)` of the images, `network (n,)`, their cells, and their shares `(n, R)`."""

    rows: Ints
    network: Ints
    cells: Doubles
    shares: Doubles
    dead: bool  # a network that says the same to every picture

    @classmethod
    def joined(cls, parts: Sequence["Untrained"]) -> "Untrained":
        """One network after the other."""
        columns = ([getattr(part, name) for part in parts] for name in ("rows", "network", "cells", "shares"))
        rows, network, cells, part = (np.concatenate(column) for column in columns)
        return cls(rows, network, cells, part, any(one.dead for one in parts))

    def shares_by_class(self, target: Ints, n_classes: int) -> tuple[Sums, ...]:
        """Their shares over networks, by class and at last of all classes alike; none of a dead network."""
        if self.dead:
            return ()
        own, networks = target[self.rows], np.unique(self.network)
        known = np.isfinite(self.shares).all(axis=1)
        means = np.full((n_classes, len(networks), self.shares.shape[1]), np.nan)
        for k, place in np.ndindex(means.shape[:2]):
            here = known & (own == k) & (self.network == networks[place])
            if here.any():
                means[k, place] = self.shares[here].mean(axis=0)
        classes = np.isfinite(means).sum(axis=0)
        together = np.divide(np.nansum(means, axis=0), classes, out=np.full_like(means[0], np.nan), where=classes > 0)
        return tuple(Sums.of(one) for one in (*means, together))


def own_maps(explainer: Explainer, bench: Bench) -> Own:
    """Maps of the model for the class of each image, repeated where random numbers are drawn."""
    faces, masks, n_classes = bench.faces, bench.parts.masks, bench.classifier.n_classes
    run, sizes = explainer.further, bench.sizes(explainer)
    kept, total = [], Shared.nothing(masks, n_classes)
    for rows in _blocks(0, max(sizes.shares, sizes.rest, sizes.pool)):
        maps = maps_of(run, bench, rows, faces.target[rows])
        kept.append(maps.first(max(sizes.rest, sizes.pool) - int(rows[0])))
        total = total.added(maps.first(sizes.shares - int(rows[0])), faces.target[rows], masks)
    first = Maps.joined(kept)
    second = _computed(run, bench, len(first), again=True) if run.method.seeded else first
    again = np.zeros((0, 2))
    if run.method.seeded:
        again = alike(first, second) if run == explainer else _again(explainer, bench)
    few = first.first(COVERED)
    single = np.where(few.empty[:, None], np.nan, shares(few.values, masks))
    return Own(first.cells, second.cells, again, total, single)


def _again(explainer: Explainer, bench: Bench) -> Doubles:
    """How a figure's maps come again where further ones are made with less: asked of as few images as can tell."""
    if not explainer.pairs:
        return np.zeros((0, 2))
    pair = (_computed(explainer, bench, FEWEST, again=again) for again in (False, True))
    return alike(*pair)


def alike(first: Maps, second: Maps) -> Doubles:
    """`(n, 2)` rank correlations of two maps of the same image by pixel and by cell; NaN where either is empty."""
    pixels = (maps.values.reshape(len(maps), -1).astype(np.float64) for maps in (first, second))
    both = np.stack([spearman(*pixels), spearman(first.cells, second.cells)], axis=1)
    return np.where((first.empty | second.empty)[:, None], np.nan, both)


def _blocks(start: int, stop: int) -> Iterator[Ints]:
    for first in range(start, stop, BLOCK):
        yield np.arange(first, min(first + BLOCK, stop), dtype=np.int64)


def _computed(explainer: Explainer, bench: Bench, count: int, *, again: bool) -> Maps:
    """The maps of the first rows, with other random numbers if `again`."""
    return Maps.joined([maps_of(explainer, bench, rows, bench.faces.target[rows], again) for rows in _blocks(0, count)])


def untrained_maps(
    explainers: Sequence[Explainer], reinitialised: Reinitialised, bench: Bench, failures: Failures
) -> dict[str, Untrained]:
    """Maps of ten untrained networks by figure; every network serves all methods, on new images each time."""
    faces = bench.faces
    inputs = bench.classifier.prepare(faces.load(np.arange(min(norms(bench.size), len(faces)), dtype=np.int64)))
    parts: dict[str, list[Untrained]] = {explainer.figure: [] for explainer in explainers}
    for number in range(NETWORKS if explainers else 0):
        with reinitialised(faces.seed + number, inputs) as network:
            dead = bool(network.logits(inputs[:LIVELY]).std(axis=0).max() < DEAD)
            tried = replace(bench, classifier=bench.classifier.of(network)), number, dead
            for explainer in (one for one in explainers if one.key not in failures):
                parts[explainer.figure] += _untrained(explainer, *tried, failures)
    return {one.figure: Untrained.joined(parts[one.figure]) for one in explainers if one.key not in failures}


def _untrained(explainer: Explainer, bench: Bench, number: int, dead: bool, failures: Failures) -> Iterator[Untrained]:
    """The maps of one network; none where they cannot be computed, or no image is left for it."""
    rows = bench.sizes(explainer).seen(number)
    if not len(rows):
        return
    with sparing(explainer, failures):
        maps = maps_of(explainer.further, bench, rows, bench.faces.target[rows])
        part = np.where(maps.empty[:, None], np.nan, shares(maps.values, bench.parts.masks))
        yield Untrained(rows, np.full(len(rows), number), maps.cells, part, dead)


@dataclass(frozen=True)
class Case:
    """One method on the bench; `untrained` is None where it is not compared with untrained networks.

    `swapped (count, cells)` are maps for another class: of so many images it is asked what is dearer than a map. In
    `each` its measures note what they find of single images, from the first one on.
    """

    explainer: Explainer
    own: Own
    untrained: Untrained | None
    bench: Bench
    swapped: Doubles
    each: dict[str, Doubles] = field(default_factory=dict)

    @classmethod
    def begun(cls, explainer: Explainer, bench: Bench, untrained: Untrained | None) -> "Case":
        """With the maps themselves."""
        own = own_maps(explainer, bench)
        return cls(explainer, own, untrained, bench, np.zeros((0, own.cells.shape[1])))

    @property
    def whole(self) -> bool:
        """Whether it was asked of all images that were planned."""
        return len(self.swapped) >= self.bench.sizes(self.explainer).rest

    def extended(self, count: int) -> "Case":
        """With so many images, as far as they were planned."""
        bench, start = self.bench, len(self.swapped)
        others = other_class(bench.faces, bench.classifier.n_classes)
        blocks = _blocks(start, min(count, bench.sizes(self.explainer).rest))
        more = [maps_of(self.explainer.further, bench, rows, others[rows]).cells for rows in blocks]
        return replace(self, swapped=np.concatenate([self.swapped, *more]))

    def silent(self, n: int) -> Verdict | None:
        """Why nothing can be said of n images; None where something can."""
        total = self.own.total
        if total.images and total.empty / total.images > EMPTY:
            return Verdict("silent", "empty", n)
        return Verdict("silent", "too_few", n) if n < FEWEST else None
