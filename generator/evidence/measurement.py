"""Everything measured beside the figures of a report, in one call, from plain inputs: `measure`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from generator.artefacts import Fact
from generator.classifier import Classifier
from generator.evidence.classes import Leakage, calibration, class_scores
from generator.evidence.dependence import Agreement, agreement
from generator.evidence.estimates import FEWEST, Verdict
from generator.evidence.explainer import (
    BUDGET,
    COVERED,
    Bench,
    Case,
    Explainer,
    Failures,
    Reinitialised,
    computed,
    own_maps,
    sparing,
    untrained_maps,
)
from generator.evidence.faces import Covering, Faces, Remembering, covering
from generator.evidence.faithfulness import reference_gaps
from generator.evidence.localisation import Partition, region_effects
from generator.evidence.result import CHECKS, DataEvidence, Drawn, FigureEvidence, ReportEvidence
from generator.evidence.statement import judged
from generator.regions import Region
from generator.samples import Evaluation
from generator.steps import died

Note = Callable[[str], None]


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
) -> ReportEvidence:
    """The evidence for the figures of `explainers`, of attributions only; `note` hears what is being measured.

    Without `reinitialised` nothing is compared with untrained networks.
    """
    distinct = list({e.key: e for e in explainers if e.affordable}.values()) if len(faces) >= FEWEST else []
    bench = bench_of(Remembering(classifier), faces, setting, bool(distinct))
    failures: Failures = {e.key: str(death) for e in explainers if (death := died("evidence", e.figure))}
    facts = {e.figure: _facts(e, bench, failures) for e in explainers}
    cases = {case.explainer.key: case for case in _cases(distinct, bench, reinitialised, failures, note)}
    failed = dict.fromkeys(failures, _silent(Verdict("silent", "failed", 0)))
    by_key = failed | {key: answered(case) for key, case in cases.items()}
    note("regions")
    evaluation = setting.evaluation
    found = ReportEvidence(
        {e.figure: _of_figure(e, by_key.get(e.key), facts[e.figure], bench) for e in explainers},
        region_effects(bench.classifier, faces, bench.cover.sigma, bench.parts) if bench.cover else {},
        _agreement(list(cases.values())),
        DataEvidence(setting.split, setting.leakage),
        calibration(evaluation) if evaluation else None,
        class_scores(evaluation.counts(len(setting.classes)), setting.classes) if evaluation else {},
        {e.figure: cases[e.key].own.total.mean_maps for e in explainers if e.key in cases},
        {e.figure: failures[e.key] for e in explainers if e.key in failures},
    )
    return judged(found)


def nothing_of(explainers: Sequence[Explainer], failure: str) -> ReportEvidence:
    """What is left where the whole measurement failed."""
    silent = _silent(Verdict("silent", "failed", 0))
    return ReportEvidence(dict.fromkeys((e.figure for e in explainers), silent), failures={"": failure})


def bench_of(classifier: Classifier, faces: Faces, setting: Setting, methods: bool) -> Bench:
    """What all methods are measured with, the references that they share among it where there are methods."""
    size = classifier.input_shape[:2]
    parts, cover = Partition.of(setting.regions, size, setting.classes), _covering(classifier, faces)
    gaps = reference_gaps(classifier, cover, size) if cover and methods else np.zeros((0, 2))
    return Bench(classifier, faces, parts, cover, gaps)


def _covering(classifier: Classifier, faces: Faces) -> Covering | None:
    if len(faces) < FEWEST:
        return None
    rows = np.arange(min(COVERED, len(faces)), dtype=np.int64)
    return covering(classifier, faces.load(rows), faces.target[rows], faces.seeds[rows], faces.own[rows])


def _cases(
    explainers: Sequence[Explainer], bench: Bench, reinitialised: Reinitialised | None, failures: Failures, note: Note
) -> Iterator[Case]:
    """The maps of each method that is run on further images and does not fail there, one after the other."""
    if not explainers:
        return
    open_ones = [e for e in explainers if e.method.access == "gradients"] if reinitialised else []
    note("untrained")
    untrained = untrained_maps(open_ones, reinitialised, bench, failures) if reinitialised else {}
    for explainer in (one for one in explainers if one.key not in failures):
        note(explainer.figure)
        with sparing(explainer, failures):
            yield Case(explainer, own_maps(explainer, bench), untrained.get(explainer.figure), bench)


def answered(case: Case) -> FigureEvidence:
    """What the maps of further images answer."""
    answers = {name: check.of_maps(case) for name, check in CHECKS.items() if check.of_maps}
    verdict = {name: light for name, (_, light) in answers.items() if light}
    found = {CHECKS[name].field: answer for name, (answer, _) in answers.items()}
    total = case.own.total
    explainer = case.explainer
    thrifty = explainer.method.thrifty if explainer.further != explainer else {}
    drawn = Drawn(total.images, total.empty, thrifty=thrifty)
    return FigureEvidence(drawn, verdict=verdict, each=_single(case), **found)


def _single(case: Case) -> dict[str, tuple[float, ...]]:
    """What was noted of single images, to four digits, and which these are."""
    noted = {name: tuple(np.round(values, 4).tolist()) for name, values in case.each.items()}
    most = max(map(len, noted.values()), default=0)
    return {"index": tuple(case.bench.faces.index[:most].tolist()), **noted} if noted else {}


def _silent(silent: Verdict) -> FigureEvidence:
    """Nothing of further images, for one reason."""
    return FigureEvidence(verdict={name: silent for name, check in CHECKS.items() if not check.may_lack})


def _of_figure(
    explainer: Explainer, found: FigureEvidence | None, facts: tuple[Mapping[str, Fact], ...], bench: Bench
) -> FigureEvidence:
    """What is known of one figure, with the reason for everything that is not."""
    found = found or _silent(Verdict("silent", "too_few" if explainer.affordable else "too_costly", 0))
    images = replace(found.images, rule="random_correct" if bench.faces.labelled else "random_predicted")
    verdict: dict[str, Verdict] = dict(found.verdict)
    known: dict[str, Any] = {}
    for name, check in CHECKS.items():
        answer, said = check.of_shown(facts) if check.of_shown else (None, None)
        if answer:
            known[check.field] = answer
            verdict |= {name: said} if said else {}
    return replace(found, images=images, verdict=verdict, **known)


def _facts(explainer: Explainer, bench: Bench, failures: Failures) -> tuple[Mapping[str, Fact], ...]:
    """The facts beside the images shown, and where a check asks for them, beside others until there are eight."""
    shown, faces = explainer.image_facts, bench.faces
    seeds = {fact.get("seed", row) for row, fact in enumerate(shown)}  # one a picture, however often it is explained
    others = [row for row, seed in enumerate(faces.seeds.tolist()) if seed not in seeds][: max(0, FEWEST - len(seeds))]
    asked = any(check.of_shown and check.of_shown(shown)[0] for check in CHECKS.values())
    if not others or not asked or explainer.key in failures or len(others) * explainer.cost > BUDGET:
        return shown
    rows = np.array(others, np.int64)
    with sparing(explainer, failures):
        return shown + computed(explainer, bench, rows, faces.target[rows]).image_facts
    return shown


def _agreement(cases: Sequence[Case]) -> Mapping[str, Mapping[str, Agreement]]:
    """Each pair of methods both ways."""
    table: dict[str, dict[str, Agreement]] = {case.explainer.figure: {} for case in cases}
    for one, other in combinations(cases, 2):
        a, b = one.explainer.figure, other.explainer.figure
        table[a][b] = table[b][a] = agreement(one, other, COVERED)
    return table
