"""Everything measured beside the figures of a report, in one call, from plain inputs: `measure`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Classifier
from generator.evidence.agreement import agreements, related
from generator.evidence.asking import Masks, Remembering
from generator.evidence.classes import calibration
from generator.evidence.collection import Reinitialised, own_maps, untrained_maps
from generator.evidence.dependence import CHUNK
from generator.evidence.effect import summed
from generator.evidence.estimates import FEWEST, Sums, claim_level, joined
from generator.evidence.explainer import Explainer
from generator.evidence.faces import Faces
from generator.evidence.faithfulness import Covering, covering
from generator.evidence.findings import Finding, bench, finding
from generator.evidence.leakage import Leakage
from generator.evidence.numbers import (
    ALL,
    Plain,
    agreement_numbers,
    calibration_numbers,
    class_numbers,
    effect_numbers,
    figure_numbers,
    leakage_numbers,
    lime_numbers,
    verdict_numbers,
)
from generator.evidence.regions import masks_of
from generator.evidence.verdicts import Verdict
from generator.regions import Region
from generator.samples import Evaluation

COVERED = 2 * CHUNK  # images that are covered step by step
CHECKS = ("looks", "faithful", "class", "weights")
Note = Callable[[str], None]


@dataclass(frozen=True)
class Evidence:
    """What was measured, as plain values: by figure, and over all of them (`top`).

    `mean_maps (K, H, W)` by figure: the mean map of each class, 1 where it is as strong as on average; NaN where a
    class has fewer than eight images.
    """

    figures: Mapping[str, Plain]
    top: Plain
    mean_maps: Mapping[str, Floats] = field(default_factory=dict)

    def numbers(self, figure: str) -> Plain:
        """What the manifest says of a figure, {} of one that is no attribution."""
        return self.figures.get(figure, {})


@dataclass(frozen=True)
class Setting:
    """What a report knows beside its images: classes in order, regions, evaluation; `split` names the data."""

    classes: tuple[str, ...]
    regions: tuple[Region, ...] = ()
    evaluation: Evaluation | None = None
    leakage: Leakage | None = None
    split: str = ""


def measure(
    explainers: Sequence[Explainer],
    classifier: Classifier,
    faces: Faces,
    setting: Setting,
    reinitialised: Reinitialised | None = None,
    *,
    note: Note = lambda step: None,
) -> Evidence:
    """The evidence for the figures of `explainers`, of attributions only; `note` hears what is being measured.

    Without `reinitialised` nothing is compared with untrained networks.
    """
    distinct = list({e.key: e for e in explainers if e.affordable}.values()) if len(faces) >= FEWEST else []
    size = classifier.input_shape[:2]
    scene = (Remembering(classifier), faces, masks_of(setting.regions, size))
    cover = _covering(classifier, faces) if len(faces) >= FEWEST else None
    found = _findings(distinct, scene, cover, reinitialised, note)
    by_key = {one.explainer.key: one for one in found}
    figures = {e.figure: _figure(e, by_key.get(e.key), scene, setting, len(found)) for e in explainers}
    note("regions")
    top = _over_all(found, scene, cover, setting)
    return Evidence(figures, top, {e.figure: mean_maps(by_key[e.key], size) for e in explainers if e.key in by_key})


Scene = tuple[Classifier, Faces, Masks]


def _findings(
    explainers: Sequence[Explainer],
    scene: Scene,
    cover: Covering | None,
    reinitialised: Reinitialised | None,
    note: Note,
) -> list[Finding]:
    """What was measured of each method that is run on further images."""
    if not explainers:
        return []
    classifier, faces, masks = scene
    open_ones = [e for e in explainers if e.method.access == "gradients"] if reinitialised else []
    note("untrained")
    untrained = untrained_maps(open_ones, reinitialised, classifier, faces, masks) if reinitialised else {}
    against = bench(classifier, cover, masks)
    found = []
    for explainer in explainers:
        note(explainer.figure)
        own = own_maps(explainer, classifier, faces, masks, classifier.n_classes)
        found.append(finding(explainer, classifier, faces, (own, untrained.get(explainer.figure)), against))
    return found


def _covering(classifier: Classifier, faces: Faces) -> Covering | None:
    rows = np.arange(min(COVERED, len(faces)), dtype=np.int64)
    return covering(classifier, faces.load(rows), faces.target[rows], faces.seeds[rows], faces.own[rows])


def _figure(explainer: Explainer, found: Finding | None, scene: Scene, setting: Setting, claims: int) -> Plain:
    """The numbers of one figure, with the reason for each that is missing."""
    _, faces, masks = scene
    rule = "random_correct" if faces.labelled else "random_predicted"
    if found is None:
        reason = "too_few" if explainer.affordable else "too_costly"
        numbers: Plain = {"verdict": {check: verdict_numbers(Verdict("silent", reason, 0)) for check in CHECKS}}
        images: Plain = {"n": 0, "empty": 0, "rule": rule}
    else:
        names = tuple(region.id for region in setting.regions)
        numbers = figure_numbers(found, masks, names, setting.classes, claims)
        images = {"n": found.own.total.images, "empty": found.own.total.empty, "rule": rule}
    lime = lime_numbers(explainer.image_facts)
    if lime:
        numbers = {**numbers, "lime": lime[0], "verdict": {**numbers["verdict"], "fit": verdict_numbers(lime[1])}}
    return {"evidence_images": images, **numbers}


def _over_all(found: Sequence[Finding], scene: Scene, cover: Covering | None, setting: Setting) -> Plain:
    """What is measured over all figures, or without any."""
    evaluation = setting.evaluation
    return {
        "region_effect": _effects(scene, cover, setting),
        "agreement": _agreement(found, scene[1]),
        "data": leakage_numbers(setting.leakage, setting.split),
        "calibration": calibration_numbers(calibration(evaluation)) if evaluation else None,
        "classes": class_numbers(evaluation, setting.classes) if evaluation else {},
    }


def _effects(scene: Scene, cover: Covering | None, setting: Setting) -> Plain:
    """What blurring each region does to each class; {} where there are no regions or no blur hides the class."""
    classifier, faces, masks = scene
    if cover is None or not len(masks):
        return {}
    groups = summed(classifier, faces, masks, cover.sigma, len(setting.classes))
    level = claim_level(len(masks) * (len(setting.classes) + 1))
    names = (*setting.classes, ALL)
    return {
        region.id: {
            name: effect_numbers(sums, level) for name, sums in zip(names, [*group, joined(group)], strict=True)
        }
        for region, group in zip(setting.regions, groups, strict=True)
    }


def _agreement(found: Sequence[Finding], faces: Faces) -> Plain:
    """Each pair of methods both ways, over the images that both have kept."""
    table: Plain = {one.explainer.figure: {} for one in found}
    for one, other in combinations(found, 2):
        count = min(len(one.own.cells), len(other.own.cells), COVERED)
        rows = agreements(one.own.cells[:count], other.own.cells[:count], faces.target[:count])
        entry = agreement_numbers(Sums.of(rows), related(one.explainer.method, other.explainer.method))
        table[one.explainer.figure][other.explainer.figure] = entry
        table[other.explainer.figure][one.explainer.figure] = entry
    return table


def mean_maps(found: Finding, size: tuple[int, int]) -> Floats:
    """`(K, H, W)` the mean map of each class, in multiples of an even map; NaN where there are too few."""
    total = found.own.total
    mean = total.mean * (size[0] * size[1]) / np.maximum(total.counts, 1)[:, None, None]
    mean[total.counts < FEWEST] = np.nan
    return mean.astype(np.float32)
