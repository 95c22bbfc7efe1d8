"""What was measured of one figure's method: sums by measure, from which estimates at any level follow."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Classifier
from generator.evidence.asking import Masks
from generator.evidence.cells import blob, cell_means
from generator.evidence.collection import Own, Untrained
from generator.evidence.dependence import REPEAT, Retained, by_draw, correlations, retained
from generator.evidence.estimates import Doubles, Sums
from generator.evidence.explainer import Explainer
from generator.evidence.faces import Faces
from generator.evidence.faithfulness import Covering, areas, average_of_others, change

REFERENCES = ("blob", "change", "untrained")  # maps that a faithful one must beat
EMPTY = 0.2  # more empty maps than this and a method is silent


@dataclass(frozen=True)
class Bench:
    """What all methods are measured against: the covered images, None where no blur hides the class, and two maps.

    `gaps (n, 2)` are the faithfulness gaps of the blob and of the change that the blur makes.
    """

    cover: Covering | None
    gaps: Doubles
    masks: Masks
    n_classes: int


@dataclass(frozen=True)
class Finding:
    """Sums of one method; `gaps` by name: gap, deletion, insertion, and gap minus that of each reference.

    `untrained` are shares of untrained networks, over draws, by class and at last of all classes together;
    `repeat` the rank correlation with a repetition by pixel and by cell.
    """

    explainer: Explainer
    own: Own
    gaps: Mapping[str, Sums]
    swap: Retained
    weights: Retained
    untrained: tuple[Sums, ...]
    repeat: tuple[Sums, Sums] | None

    @property
    def empty_share(self) -> float:
        total = self.own.total
        return total.empty / total.images if total.images else 0.0


def bench(classifier: Classifier, cover: Covering | None, masks: Masks) -> Bench:
    """The references that every method shares, measured once."""
    if cover is None:
        return Bench(None, np.zeros((0, 2)), masks, classifier.n_classes)
    maps: tuple[Floats, ...] = (np.repeat(blob(masks.shape[1:3])[None], len(cover.images), axis=0), change(cover))
    gaps = [_gap(areas(classifier, cover, cell_means(values))) for values in maps]
    return Bench(cover, np.stack(gaps, axis=1), masks, classifier.n_classes)


def finding(
    explainer: Explainer,
    classifier: Classifier,
    faces: Faces,
    maps: tuple[Own, Untrained | None],
    against: Bench,
) -> Finding:
    """Everything that follows from the maps of one method, of the model and of untrained networks."""
    own, untrained = maps
    rows = len(own.swapped)
    classes = faces.target
    swapped = np.nan_to_num(own.swapped.cells)  # nothing speaks for the other class: nothing survives
    pairs = correlations(own.cells[:rows], swapped, own.repeated[:rows], classes[:rows])
    weights, by_class = _of_untrained(own, untrained, faces, against)
    if untrained is None:
        weights = Retained(weights.sums, "outputs_only" if explainer.method.access == "predictions" else "untested")
    cells = correlations(own.cells, own.cells, own.repeated, classes[: len(own.cells)])[:, REPEAT]
    repeat = (Sums.of(own.pixels), Sums.of(cells)) if len(own.pixels) else None
    gaps = _gaps(classifier, own, untrained, against, rows)
    return Finding(explainer, own, gaps, retained(Sums.of(pairs), against.n_classes, True), weights, by_class, repeat)


def _of_untrained(
    own: Own, untrained: Untrained | None, faces: Faces, against: Bench
) -> tuple[Retained, tuple[Sums, ...]]:
    """What survives an exchange of the weights, and the shares of untrained networks by class."""
    none = Sums.of(np.zeros((0, 5)))
    if untrained is None:
        return Retained(none, "untested"), ()
    if untrained.dead:
        return Retained(none, "dead_network"), ()
    rows = untrained.rows
    pairs = np.concatenate(
        [
            correlations(own.cells[part], untrained.cells[here], own.repeated[part], faces.target[part])
            for here in (untrained.draw == draw for draw in np.unique(untrained.draw))
            for part in (rows[here],)
        ]
    )
    groups = [faces.target[rows] == k for k in range(against.n_classes)] + [np.ones(len(rows), bool)]
    by_class = tuple(by_draw(np.where(group[:, None], untrained.shares, np.nan), untrained.draw) for group in groups)
    lost = float(np.isnan(untrained.cells).any(axis=1).mean())
    found = retained(by_draw(pairs, untrained.draw), against.n_classes, False)
    return (Retained(found.sums, "empty") if lost > EMPTY else found), by_class


def _gaps(
    classifier: Classifier, own: Own, untrained: Untrained | None, against: Bench, rows: int
) -> Mapping[str, Sums]:
    """The faithfulness gap, its two areas, and how far it exceeds the gaps of the references, image by image."""
    if against.cover is None:
        return {}
    count = min(rows, len(against.cover.images))
    cover = against.cover.first(count)
    both = _areas(classifier, cover, own.cells[:count])
    gap = _gap(both)
    found = {"gap": gap, "deletion": both[:, 0], "insertion": both[:, 1]}
    found |= {name: gap - against.gaps[:count, k] for k, name in enumerate(("blob", "change"))}
    if untrained is not None and not untrained.dead:
        found["untrained"] = gap - _gap(_areas(classifier, cover, _first_untrained(untrained, count)))
    found["average"] = gap - _gap(_areas(classifier, cover, average_of_others(own.cells[:count])))
    return {name: Sums.of(values) for name, values in found.items()}


def _areas(classifier: Classifier, cover: Covering, cells: Doubles) -> Doubles:
    """The areas of maps, NaN for empty ones."""
    found = np.full((len(cells), 2), np.nan)
    known = np.asarray(np.isfinite(cells).all(axis=1))
    if known.any():
        found[known] = areas(classifier, cover.only(known), cells[known])
    return found


def _first_untrained(untrained: Untrained, count: int) -> Doubles:
    """`(count, cells)` for each image its map by the first untrained network that saw it; NaN: none did."""
    found = np.full((count, untrained.cells.shape[1]), np.nan)
    for place in reversed(range(len(untrained.rows))):
        if untrained.rows[place] < count:
            found[untrained.rows[place]] = untrained.cells[place]
    return found


def _gap(both: Doubles) -> Doubles:
    return both[:, 1] - both[:, 0]
