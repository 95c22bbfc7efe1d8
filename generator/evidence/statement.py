"""What may be said of an estimate, and the lights: the one place where an interval meets a threshold.

The cells of a table that are known speak together at 95 % (Holm 1979). What its interval leaves open is *undecided*, a
light of its own: not shown is not shown to be otherwise.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from generator.evidence.dependence import Agreement
from generator.evidence.estimates import LEVEL, Colour, Estimate, Statement, Verdict, claim_level
from generator.evidence.faithfulness import AVERAGE, REFERENCES
from generator.evidence.localisation import ALL, RegionEffect, RegionShare
from generator.evidence.result import CHECKS, FigureEvidence, ReportEvidence

Cell = TypeVar("Cell", bound=Hashable)
Answers = Mapping[Cell, Callable[[float], Statement]]  # a statement at a level, by cell of a table
Said = Mapping[str, Statement]
Light = tuple[Colour, str]  # and its reason


@dataclass(frozen=True)
class Bounds:
    """What a number is read against: one threshold with the margin within which it counts as reached, or two."""

    low: float
    high: float
    margin: float = 0.0


ZERO = Bounds(0, 0, 0.05)  # probability, or rank correlation
KEPT = Bounds(1 / 3, 2 / 3)  # of a map that survives an exchange
REPEATED = Bounds(0.5, 0.7)  # rank correlation of a map with its repetition, by pixel
FITS, STAYS = Bounds(0.3, 0.6), Bounds(0.5, 0.8)  # LIME's R² and stability
SURE = Bounds(0, 0, 0.02)  # confidence minus accuracy


def stated(estimate: Estimate | None, bounds: Bounds, level: float = LEVEL) -> Statement:
    """Where the whole interval of a level lies; 'within' the margin only where it is not clearly above or below."""
    if estimate is None:
        return "undecided"
    known = estimate.at(level)
    if known.low > bounds.high:
        return "above"
    if known.high < bounds.low:
        return "below"
    if bounds.low < bounds.high:
        return "between" if bounds.low <= known.low and known.high <= bounds.high else "undecided"
    inside = bounds.low - bounds.margin < known.low and known.high < bounds.high + bounds.margin
    return "within" if inside else "undecided"


def together(answers: Answers[Cell]) -> dict[Cell, Statement]:
    """What each cell of a table says, so that all of it holds together at 95 % (Holm 1979)."""
    said: dict[Cell, Statement] = {}
    left, before = dict(answers), -1
    while len(left) != before:
        level, before = claim_level(len(left)), len(left)
        said |= {cell: answer(level) for cell, answer in left.items()}
        left = {cell: answer for cell, answer in left.items() if said[cell] == "undecided"}
    return said


@dataclass(frozen=True)
class Asked:
    """A number of a figure in its `table`; it answers to a `check`."""

    table: str
    check: str
    bounds: Bounds


ASKED: Mapping[str, Asked] = {
    **{name: Asked("faithful", "faithful", ZERO) for name in ("gap", *REFERENCES, AVERAGE)},
    **{name: Asked("dependence", name, KEPT) for name in ("class", "weights")},
    **{name: Asked("fit", "fit", bounds) for name, bounds in (("r2", FITS), ("stability", STAYS))},
    "pixel": Asked("repeat", "repeat", REPEATED),
}


def numbers(figure: FigureEvidence) -> dict[str, Estimate]:
    """What is known of a figure and asked of it, by the names of `ASKED`."""
    known = {"gap": figure.faithfulness.gap, **figure.faithfulness.over}
    known |= {"class": figure.class_swap.retained, "weights": figure.random_weights.retained}
    known |= {"r2": figure.lime.r2, "stability": figure.lime.stability} if figure.lime else {}
    known |= {"pixel": figure.repeat.pixel} if figure.repeat else {}
    return {name: one for name, one in known.items() if one and figure.light(ASKED[name].check) != "silent"}


def judged(evidence: ReportEvidence) -> ReportEvidence:
    """The same with all that may be said of it: statements, and a light for each check that is not silent."""
    effects = _effects(evidence.region_effect)
    said = _said(evidence.figures)
    figures = {name: _lit(replace(figure, said=said[name])) for name, figure in evidence.figures.items()}
    marks = _marks(figures)
    figures = {name: _looking(figure, marks[name], effects) for name, figure in figures.items()}
    return replace(evidence, figures=figures, region_effect=effects, agreement=_agreement(evidence.agreement))


def _said(figures: Mapping[str, FigureEvidence]) -> dict[str, dict[str, Statement]]:
    """Of each figure its statements by the names of `ASKED`."""
    found: dict[str, dict[str, Statement]] = {figure: {} for figure in figures}
    for table in dict.fromkeys(asked.table for asked in ASKED.values()):
        answers = {
            (figure, name): partial(stated, estimate, ASKED[name].bounds)
            for figure, one in figures.items()
            for name, estimate in numbers(one).items()
            if ASKED[name].table == table
        }
        for (figure, name), statement in together(answers).items():
            found[figure][name] = statement
    return found


def _effects(effects: Mapping[str, Mapping[str, RegionEffect]]) -> dict[str, dict[str, RegionEffect]]:
    """What may be said of each region and class, in one table."""
    answers = {
        (region, name): partial(needed, one)
        for region, by_class in effects.items()
        for name, one in by_class.items()
        if one.difference
    }
    said = together(answers)
    return {
        region: {name: replace(one, said=said.get((region, name), "undecided")) for name, one in by_class.items()}
        for region, by_class in effects.items()
    }


def needed(effect: RegionEffect, level: float = LEVEL) -> Statement:
    """Whether hiding a region costs more than hiding other places: only where hiding it costs anything at all."""
    said = stated(effect.difference, ZERO, level)
    return "undecided" if said == "above" and stated(effect.inside, ZERO, level) != "above" else said


def marked(share: RegionShare, class_id: str, level: float = LEVEL) -> Statement:
    """Whether a map marks a region beyond its area, a blob and, where they are known, untrained networks.

    'below': it has less than one of them, or as much, to a tenth of the area.
    """
    own = share.by_class[class_id]
    margin = share.area / 10
    against = [stated(own, Bounds(reference, reference, margin), level) for reference in (share.area, share.blob)]
    against += [stated(share.excess[class_id], Bounds(0, 0, margin), level)] if share.excess else []
    if {"below", "within"} & set(against):
        return "below"
    return "above" if set(against) == {"above"} else "undecided"


def _marks(figures: Mapping[str, FigureEvidence]) -> dict[str, dict[tuple[str, str], Statement]]:
    """By figure, region and class: one table over all classes, and one of each figure by class."""
    found: dict[str, dict[tuple[str, str], Statement]] = {figure: {} for figure in figures}
    cells = {
        (figure, region, name): partial(marked, share, name)
        for figure, one in figures.items()
        for region, share in one.region_share.items()
        for name, estimate in share.by_class.items()
        if estimate and one.light("looks") != "silent"
    }
    tables = dict.fromkeys("" if name == ALL else figure for figure, _, name in cells)
    for table in tables:
        answers = {cell: one for cell, one in cells.items() if table == ("" if cell[2] == ALL else cell[0])}
        for (figure, region, name), statement in together(answers).items():
            found[figure][region, name] = statement
    return found


def _agreement(pairs: Mapping[str, Mapping[str, Agreement]]) -> dict[str, dict[str, Agreement]]:
    """What may be said of each pair, which counts once."""
    answers = {
        frozenset((one, other)): partial(stated, pair.excess, ZERO)
        for one, others in pairs.items()
        for other, pair in others.items()
        if pair.excess
    }
    said = together(answers)
    return {
        one: {o: replace(pair, said=said.get(frozenset((one, o)), "undecided")) for o, pair in others.items()}
        for one, others in pairs.items()
    }


# lights


def _lit(figure: FigureEvidence) -> FigureEvidence:
    """With the lights of its numbers."""
    known = numbers(figure)
    verdict = dict(figure.verdict)
    for check, light in LIGHTS.items():
        names = [name for name, asked in ASKED.items() if asked.check == check]
        if check in verdict or getattr(figure, CHECKS[check].field) is None:
            continue
        n = known[names[0]].n if names[0] in known else 0
        verdict[check] = Verdict(*light(figure.said), n) if n else Verdict("silent", "too_few", 0)
    return replace(figure, verdict={check: verdict[check] for check in CHECKS if check in verdict})


def _faithful(said: Said) -> Light:
    """Whether covering what the map marks hurts, and more than covering what maps mark that ignore the model."""
    if said["gap"] != "above":
        return CHANCE[said["gap"]]
    unbeaten = [name for name in REFERENCES if said.get(name, "above") != "above"]
    return ("amber", "unbeaten") if unbeaten else ("green", "beats_all")


def _fits(said: Said) -> Light:
    """Whether LIME's linear model fits and would come again."""
    r2, stability = said["r2"], said["stability"]
    if r2 == "below" or stability == "below":
        return "red", "fits_badly" if r2 == "below" else "unstable"
    if "undecided" in (r2, stability):
        return "undecided", "open"
    if (r2, stability) == ("above", "above"):
        return "green", "fits"
    return "amber", "fits_partly" if stability == "above" else "double_samples"


CHANCE: Mapping[Statement, Light] = {
    "below": ("red", "reversed"),
    "within": ("red", "chance"),
    "undecided": ("undecided", "open"),
}
SURVIVES: Mapping[Statement, Light] = {
    "below": ("green", "changes"),
    "between": ("amber", "partly"),
    "above": ("red", "stays"),
    "undecided": ("undecided", "open"),
}
REPEATS: Mapping[Statement, Light] = {
    "above": ("green", "repeats"),
    "between": ("amber", "raise_samples"),
    "below": ("red", "noise"),
    "undecided": ("undecided", "open"),
}
LIGHTS: Mapping[str, Callable[[Said], Light]] = {
    "faithful": _faithful,
    "class": lambda said: SURVIVES[said["class"]],
    "weights": lambda said: SURVIVES[said["weights"]],
    "fit": _fits,
    "repeat": lambda said: REPEATS[said["pixel"]],
}


def _looking(
    figure: FigureEvidence,
    marks: Mapping[tuple[str, str], Statement],
    effects: Mapping[str, Mapping[str, RegionEffect]],
) -> FigureEvidence:
    """With where the model looks: what a faithful map marks and the model needs."""
    shares = {}
    for region, share in figure.region_share.items():
        said = {name: marks.get((region, name), "undecided") for name in share.by_class}
        held = {
            name: said[name] == "above"
            and bool(share.excess)
            and figure.holds("faithful")
            and effects.get(region, {}).get(name, RegionEffect()).holds
            for name in share.by_class
        }
        shares[region] = replace(share, marks=said, looked_at=held)
    return replace(figure, region_share=shares, verdict={"looks": _looks(figure, shares), **figure.verdict})


def _looks(figure: FigureEvidence, shares: Mapping[str, RegionShare]) -> Verdict:
    """One light from all regions, over all classes, about those that decide it, the densest first."""
    known = {region: (share, own) for region, share in shares.items() if (own := share.by_class[ALL])}
    dense = sorted(known, key=lambda region: -known[region][1].mean / known[region][0].area)
    if not dense:
        return Verdict("silent", "too_few", 0)
    n = known[dense[0]][1].n
    if looked := tuple(region for region in dense if shares[region].looked_at[ALL]):
        return Verdict("green", "looks", n, looked)
    if above := tuple(region for region in dense if shares[region].marks[ALL] == "above"):
        tested = any(shares[region].excess for region in above)
        unshown = "unneeded" if figure.holds("faithful") else "unfaithful"
        return Verdict("amber", unshown if tested else "untrained_untested", n, above)
    if left_open := tuple(region for region in dense if shares[region].marks[ALL] == "undecided"):
        return Verdict("undecided", "open", n, left_open)
    return Verdict("amber", "explained", n, tuple(dense))
