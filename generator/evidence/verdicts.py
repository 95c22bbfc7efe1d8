"""Lights: what the intervals allow one to say, each with its reason, silent where they allow nothing.

A light is given at the level 1 − .05/m for the m claims that stand beside each other, so that a table of chance
results does not light up; the tables themselves show 95 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.evidence.dependence import Retained
from generator.evidence.estimates import FEWEST, Estimate, Sums, claim_level, difference
from generator.evidence.findings import EMPTY, REFERENCES, Finding

LITTLE, MUCH = 1 / 3, 2 / 3  # of a map that survives an exchange
PIXELS = 0.7  # rank correlation of a map with its repetition
FITS, STAYS = (0.6, 0.3), (0.8, 0.5)  # of LIME's R² and stability: above the first, below the second
FEWEST_DRAWS = 2


@dataclass(frozen=True)
class Verdict:
    """`light` is green, amber, red or silent; `reason` a key of the words; `n` images stand behind it."""

    light: str
    reason: str
    n: int


def faithful(finding: Finding, claims: int) -> Verdict:
    """Whether covering what the map marks hurts, and more than covering what maps mark that ignore the model."""
    if not finding.gaps:
        return Verdict("silent", "nothing_hides_the_class", 0)
    n = finding.gaps["gap"].n
    silent = _too_little(finding, n)
    if silent:
        return silent
    level = claim_level(claims)
    if not _above(finding.gaps["gap"], level):
        return Verdict("red", "not_above_zero", n)
    beaten_by = [name for name in REFERENCES if name in finding.gaps and not _above(finding.gaps[name], level)]
    return Verdict("amber", f"{beaten_by[0]}_as_good", n) if beaten_by else Verdict("green", "beats_all", n)


def depends(finding: Finding, kept: Retained, claims: int, draws: bool) -> Verdict:
    """Whether the map changes with the class, or with the weights (`draws`: the sums are over networks)."""
    images = len(finding.own.cells) if draws else kept.sums.n
    if kept.silent:
        return Verdict("silent", kept.silent, images)
    silent = _too_little(finding, images)
    estimate = kept.estimate(claim_level(claims), FEWEST_DRAWS if draws else FEWEST)
    if silent or estimate is None:
        return silent or Verdict("silent", "too_few", images)
    if estimate.high < LITTLE:
        return Verdict("green", "changes", images)
    return Verdict("red", "stays", images) if estimate.low > MUCH else Verdict("amber", "partly", images)


def repeats(finding: Finding) -> Verdict | None:
    """Whether other random numbers give the same map; None where there are none."""
    if finding.repeat is None:
        return None
    pixel = finding.repeat[0]
    if pixel.n < FEWEST:
        return Verdict("silent", "too_few", pixel.n)
    steady = float(pixel.means[0]) >= PIXELS
    return Verdict("green", "repeats", pixel.n) if steady else Verdict("amber", "raise_samples", pixel.n)


def fits(quality: Mapping[str, Estimate]) -> Verdict:
    """Whether LIME's local model fits and would come again; of the very images shown, however few."""
    r2, stability = quality["r2"], quality["stability"]
    if r2.mean < FITS[1] or stability.mean < STAYS[1]:
        return Verdict("red", "fits_badly" if r2.mean < FITS[1] else "unstable", r2.n)
    if r2.mean >= FITS[0] and stability.mean >= STAYS[0]:
        return Verdict("green", "fits", r2.n)
    return Verdict("amber", "double_samples" if stability.mean < STAYS[0] else "fits_partly", r2.n)


def _too_little(finding: Finding, n: int) -> Verdict | None:
    if finding.empty_share > EMPTY:
        return Verdict("silent", "empty", n)
    return Verdict("silent", "too_few", n) if n < FEWEST else None


def _above(sums: Sums, level: float) -> bool:
    estimate = sums.estimate(level=level)
    return estimate is not None and estimate.low > 0


@dataclass(frozen=True)
class Look:
    """Where maps of one class (or all) lie in one region: `reason` is 'looks' only if nothing simple explains it."""

    reason: str
    n: int

    @property
    def holds(self) -> bool:
        return self.reason == "looks"


def look(share: Sums, bounds: tuple[float, float], untrained: Sums | None, level: float) -> Look:
    """One region, from sums of its share: above its area, above a blob's share, above the untrained networks'."""
    area, blob = bounds
    estimate = share.estimate(level=level)
    if estimate is None:
        return Look("too_few", share.n)
    if estimate.low <= area:
        return Look("not_over_area", share.n)
    if estimate.low <= blob:
        return Look("blob_too", share.n)
    if untrained is None:
        return Look("untrained_untested", share.n)
    excess = difference(share, untrained, level)
    return Look("looks" if excess is not None and excess.low > 0 else "untrained_too", share.n)


def looks(found: Mapping[str, Look]) -> Verdict:
    """One light for a figure, from the looks of its regions over all images."""
    if not found:
        return Verdict("silent", "no_regions", 0)
    n = max(one.n for one in found.values())
    reasons = [one.reason for one in found.values()]
    if "looks" in reasons:
        return Verdict("green", "looks", n)
    if all(reason == "too_few" for reason in reasons):
        return Verdict("silent", "too_few", n)
    order = ("untrained_too", "blob_too", "untrained_untested", "not_over_area")
    return Verdict("amber", next(reason for reason in order if reason in reasons), n)
