"""What may be said of an estimate, and the lights: the one place where an interval meets a threshold.

The cells of a table that are known speak together at 95 % (Holm 1979). What its interval leaves open is *undecided*, a
light of its own: not shown is not shown to be otherwise.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TypeVar

from generator.evidence.dependence import Agreement
from generator.evidence.estimates import DECIDED, LEVEL, ZERO, Bounds, Estimate, Said, Statement, Verdict, claim_level
from generator.evidence.localisation import ALL, RegionEffect, RegionShare
from generator.evidence.result import CHECKS, FigureEvidence, ReportEvidence

Cell = TypeVar("Cell", bound=Hashable)
Answers = Mapping[Cell, Callable[[float], Statement]]  # a statement at a level, by cell of a table


def stated(estimate: Estimate | None, bounds: Bounds, level: float = LEVEL) -> Statement:
    """Where the whole interval of a level lies; 'within' the margin only where it is not clearly above or below.

    Of what is not decided 'not_above' and 'not_below' say the half that holds: to the far threshold, or the margin.
    """
    if estimate is None:
        return "undecided"
    known = estimate.at(level)
    if known.low > bounds.high:
        return "above"
    if known.high < bounds.low:
        return "below"
    not_below, not_above = known.low >= bounds.low - bounds.margin, known.high <= bounds.high + bounds.margin
    if not_below and not_above:
        return "between" if bounds.low < bounds.high else "within"
    return "not_below" if not_below else "not_above" if not_above else "undecided"


def together(answers: Answers[Cell]) -> dict[Cell, Statement]:
    """What each cell of a table says, so that all of it holds together at 95 % (Holm 1979)."""
    said: dict[Cell, Statement] = {}
    left, before = dict(answers), -1
    while len(left) != before:
        level, before = claim_level(len(left)), len(left)
        said |= {cell: answer(level) for cell, answer in left.items()}
        left = {cell: answer for cell, answer in left.items() if said[cell] not in DECIDED}
    return said


def _asked(figure: FigureEvidence, check: str) -> dict[str, Estimate]:
    """What is known of a figure of all that a check asks; nothing where it is silent."""
    known = figure.estimates(check) if figure.light(check) != "silent" else {}
    return {name: known[name] for name in CHECKS[check].asked if name in known}


def judged(evidence: ReportEvidence) -> ReportEvidence:
    """The same with all that may be said of it: statements, and a light for each check that is not silent."""
    effects = _effects(evidence.region_effect)
    said = _said(evidence.figures)
    figures = {name: _lit(replace(figure, said=said[name])) for name, figure in evidence.figures.items()}
    marks = _marks(figures)
    figures = {name: _looking(figure, marks[name], effects) for name, figure in figures.items()}
    return replace(evidence, figures=figures, region_effect=effects, agreement=_agreement(evidence.agreement))


def _said(figures: Mapping[str, FigureEvidence]) -> Mapping[str, Mapping[str, Said]]:
    """Of each figure by check what may be said of its numbers."""
    found = {figure: {name: dict[str, Statement]() for name in CHECKS} for figure in figures}
    for rule in dict.fromkeys(check.rule for check in CHECKS.values()):
        answers = {
            (figure, name, number): partial(stated, estimate, check.asked[number])
            for (figure, one), (name, check) in product(figures.items(), CHECKS.items())
            for number, estimate in _asked(one, name).items()
            if check.rule == rule
        }
        for (figure, name, number), statement in together(answers).items():
            found[figure][name][number] = statement
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
    return "not_below" if said == "above" and stated(effect.inside, ZERO, level) != "above" else said


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
    verdict = dict(figure.verdict)
    for name, check in CHECKS.items():
        if check.rule is None or name in verdict or getattr(figure, check.field) is None:
            continue
        known = _asked(figure, name).get(check.first)
        verdict[name] = Verdict(*check.rule(figure.said[name]), known.n) if known else Verdict("silent", "too_few", 0)
    return replace(figure, verdict={name: verdict[name] for name in CHECKS if name in verdict})


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
        return Verdict("undecided", "undecided", n, left_open)
    return Verdict("amber", "explained", n, tuple(dense))
