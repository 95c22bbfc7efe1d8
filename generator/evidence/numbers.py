"""What was measured as the manifest writes it: plain values, estimates as {mean, low, high, n}, null where silent."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.evidence.classes import Calibration, class_scores
from generator.evidence.dependence import OTHER, RAW, Retained
from generator.evidence.estimates import Estimate, Sums, claim_level, joined, plain
from generator.evidence.findings import Finding
from generator.evidence.leakage import Leakage
from generator.evidence.regions import areas, blob_shares, ceilings
from generator.evidence.verdicts import (
    FEWEST_DRAWS,
    Look,
    Verdict,
    depends,
    faithful,
    fits,
    look,
    looks,
    repeats,
)
from generator.samples import Evaluation

Plain = dict[str, Any]
QUALITY = ("r2", "stability", "chance")
ALL = "all"


def figure_numbers(
    finding: Finding, masks: np.ndarray, regions: Sequence[str], classes: Sequence[str], claims: int
) -> Plain:
    """Everything of one figure; `claims` figures stand beside each other in a table."""
    seen = _looks(finding, masks, regions, classes)
    verdict = {
        "looks": looks({region: by_class[ALL] for region, by_class in seen.items()}),
        "faithful": faithful(finding, claims),
        "class": depends(finding, finding.swap, claims, False),
        "weights": depends(finding, finding.weights, claims, True),
        "repeat": repeats(finding),
    }
    return {
        "region_share": _region_shares(finding, masks, regions, classes),
        "looks": {r: {c: one.holds for c, one in by_class.items()} for r, by_class in seen.items()},
        "faithfulness": _faithfulness(finding.gaps),
        "class_swap": _retained(finding.swap, finding.swap.sums.n, draws=False),
        "random_weights": _retained(finding.weights, len(finding.own.cells), draws=True),
        "repeat": _repeat(finding.repeat),
        "verdict": {name: verdict_numbers(one) for name, one in verdict.items() if one},
    }


def verdict_numbers(verdict: Verdict) -> Plain:
    return {"light": verdict.light, "reason": verdict.reason, "n": verdict.n}


def _looks(
    finding: Finding, masks: np.ndarray, regions: Sequence[str], classes: Sequence[str]
) -> dict[str, dict[str, Look]]:
    """By region and class, and over all classes."""
    bounds = list(zip(areas(masks).tolist(), blob_shares(masks).tolist(), strict=True))
    levels = {True: claim_level(len(regions)), False: claim_level(len(regions) * len(classes))}  # of all, of a class
    trained = [*finding.own.total.regions, joined(finding.own.total.regions)]
    groups = list(zip((*classes, ALL), trained, strict=True))
    untrained: Sequence[Sums | None] = finding.untrained or [None] * len(groups)
    return {
        region: {
            name: look(_column(sums, k), bounds[k], None if random is None else _column(random, k), levels[name == ALL])
            for (name, sums), random in zip(groups, untrained, strict=True)
        }
        for k, region in enumerate(regions)
    }


def _column(sums: Sums, k: int) -> Sums:
    return Sums(sums.n, sums.total[k : k + 1], sums.products[k : k + 1, k : k + 1])


def _region_shares(finding: Finding, masks: np.ndarray, regions: Sequence[str], classes: Sequence[str]) -> Plain:
    area, blob, ceiling = areas(masks), blob_shares(masks), ceilings(masks, finding.own.total.grid)
    every = joined(finding.own.total.regions)
    untrained = finding.untrained[-1] if finding.untrained else None
    images = len(finding.own.cells)
    return {
        region: {
            "area": float(area[k]),
            "ceiling": float(ceiling[k]),
            "blob": float(blob[k]),
            "untrained": _of_draws(untrained.estimate(k, fewest=FEWEST_DRAWS), images) if untrained else None,
            ALL: plain(every.estimate(k)),
            **{name: plain(finding.own.total.regions[c].estimate(k)) for c, name in enumerate(classes)},
        }
        for k, region in enumerate(regions)
    }


def _faithfulness(gaps: Mapping[str, Sums]) -> Plain:
    found = {name: plain(sums.estimate()) for name, sums in gaps.items()}
    own = ("deletion", "insertion", "gap")
    return {name: found.get(name) for name in own} | {
        "over": {name: found.get(name) for name in ("blob", "change", "untrained", "average")}
    }


def _retained(kept: Retained, n: int, *, draws: bool) -> Plain:
    value = _of_draws(kept.estimate(fewest=FEWEST_DRAWS), n) if draws else plain(kept.estimate())
    means = kept.sums.means
    known = kept.sums.n > 0
    return {
        "retained": value,
        "raw": float(means[RAW]) if known else None,
        "other": float(means[OTHER]) if known else None,
        "n": n,
    }


def _of_draws(estimate: Estimate | None, images: int) -> Plain | None:
    """An estimate over networks, with the number of images behind it."""
    return None if estimate is None else {**estimate.plain(), "n": images}


def _repeat(repeat: tuple[Sums, Sums] | None) -> Plain | None:
    if repeat is None:
        return None
    return {"pixel": plain(repeat[0].estimate()), "cell": plain(repeat[1].estimate())}


def lime_numbers(facts: Sequence[Mapping[str, Any]]) -> tuple[Plain, Verdict] | None:
    """LIME's fit and stability over the images shown; None where a figure has no such facts."""
    known = [one for one in facts if all(key in one for key in QUALITY)]
    if not known:
        return None
    quality = {key: described([float(one[key]) for one in known]) for key in QUALITY}
    return {key: plain(one) for key, one in quality.items()}, fits(quality)


def described(values: Sequence[float]) -> Estimate:
    """The mean of the very images shown; with one image the interval is that number."""
    sums = Sums.of(np.asarray(values, np.float64))
    estimate = sums.estimate(fewest=2)
    mean = float(sums.means[0])
    return estimate or Estimate(mean, mean, mean, sums.n)


def class_numbers(evaluation: Evaluation, classes: Sequence[str]) -> Plain:
    """Recall, precision, support and the one top confusion of each class."""
    scores = class_scores(evaluation.counts(len(classes)))
    return {
        name: {
            "recall": plain(one.recall),
            "precision": plain(one.precision),
            "support": one.support,
            "confused": None if one.confused < 0 else classes[one.confused],
            "confused_share": plain(one.share),
        }
        for name, one in zip(classes, scores, strict=True)
    }


def calibration_numbers(found: Calibration | None) -> Plain | None:
    if found is None:
        return None
    return {
        "accuracy": plain(found.accuracy),
        "confidence": plain(found.confidence),
        "gap": plain(found.gap),
        "ece": found.ece,
        "ece_if_calibrated": {"mean": found.expected, "quantile": found.quantile},
        "miscalibrated": found.miscalibrated,
        "bins": [list(one) for one in found.bins],
    }


def leakage_numbers(found: Leakage | None, split: str) -> Plain:
    if found is None:
        return {"split": split, "duplicates": None, "in_training": None, "other_label": None}
    known = found.in_training >= 0
    return {
        "split": split,
        "images": found.images,
        "duplicates": found.duplicates,
        "in_training": found.in_training if known else None,
        "other_label": found.other_label if known else None,
    }


def effect_numbers(sums: Sums, level: float) -> Plain:
    """What blurring a region does and blurring elsewhere; `holds`: the difference is above 0 at the level of words."""
    inside, elsewhere, excess = (sums.estimate(column) for column in range(3))
    sure = sums.estimate(2, level)
    values = {"inside": plain(inside), "elsewhere": plain(elsewhere), "difference": plain(excess)}
    return values | {"holds": sure is not None and sure.low > 0}


def agreement_numbers(sums: Sums, related: bool) -> Plain:
    """Of one picture, of two, and the excess; `related` methods share a factor of their formulas."""
    same, other, excess = (sums.estimate(column) for column in range(3))
    return {"same": plain(same), "other": plain(other), "excess": plain(excess), "related": related}
