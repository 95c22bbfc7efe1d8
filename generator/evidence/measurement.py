"""Everything measured beside the figures of a report, in one call, from plain inputs: `measure`."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from generator.artefacts import Fact
from generator.classifier import Classifier
from generator.evidence.classes import Leakage, calibration, class_scores
from generator.evidence.dependence import Agreement, agreement
from generator.evidence.estimates import DECIDED, FEWEST, Estimate, Verdict
from generator.evidence.explainer import (
    BUDGET,
    CHUNK,
    COVERED,
    Bench,
    Case,
    Explainer,
    Failures,
    Key,
    Reinitialised,
    computed,
    sparing,
    untrained_maps,
)
from generator.evidence.faces import Covering, Faces, covering
from generator.evidence.localisation import Partition, region_effects
from generator.evidence.plan import REGIONS, Costs, Plan, planned
from generator.evidence.result import CHECKS, DataEvidence, Drawn, FigureEvidence, ReportEvidence
from generator.evidence.statement import judged
from generator.methods import wanted_of
from generator.regions import Region
from generator.samples import Evaluation
from generator.sharing import Sharing
from generator.steps import died

Note = Callable[[str], None]
SEQUENTIAL = ("faithful", "class")  # checks that ask the model again for every image
LOOKS = ((CHUNK // 2, 0.02), (CHUNK, 0.08))  # images, and the part of the error; the last look has the rest
FOR_WANT = ("too_few", "not_reproducible", "same_for_every_picture")  # reasons of silence that more images may end


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
    costs: Costs | None = None,
    seconds: float = math.inf,
) -> ReportEvidence:
    """The evidence for the figures of `explainers`, of attributions only; `note` hears what is being measured.

    Without `reinitialised` nothing is compared with untrained networks. Of known `costs` as much is asked as fits into
    so many `seconds`.
    """
    distinct = list({e.key: e for e in explainers if e.affordable}.values()) if len(faces) >= FEWEST else []
    plan = planned(distinct, len(faces), len(setting.regions), costs, seconds) if costs else None
    if plan:
        distinct = [one for one in distinct if plan.sizes[one.key].rest]
    wanted = wanted_of(((e.method, e.further.options) for e in distinct), classifier.layers)
    bench = bench_of(Sharing(classifier, wanted), faces, setting, plan)
    failures: Failures = {e.key: str(death) for e in explainers if (death := died("evidence", e.figure))}
    facts = {e.figure: _facts(e, bench, failures) for e in explainers}
    cases = {case.explainer.key: case for case in _cases(distinct, bench, reinitialised, failures, note)}
    by_key = looked(explainers, cases, failures)
    by_key |= dict.fromkeys(failures, _silent(Verdict("silent", "failed", 0)))
    note("regions")
    hidden = faces.first(plan.faces) if plan else faces
    evaluation = setting.evaluation
    found = ReportEvidence(
        {e.figure: _of_figure(e, by_key.get(e.key), facts[e.figure], bench) for e in explainers},
        region_effects(classifier, hidden, bench.cover.sigma, bench.parts) if bench.cover and len(hidden) else {},
        _agreement(list(cases.values())),
        DataEvidence(setting.split, setting.leakage),
        calibration(evaluation) if evaluation else None,
        class_scores(evaluation.counts(len(setting.classes)), setting.classes) if evaluation else {},
        {e.figure: cases[e.key].own.total.mean_maps for e in explainers if e.key in cases},
        {e.figure: failures[e.key] for e in explainers if e.key in failures},
        _cut(explainers, plan) if plan else {},
    )
    return judged(found)


def _cut(explainers: Sequence[Explainer], plan: Plan) -> dict[str, tuple[int, int]]:
    """Of which figures, and of the regions (''), fewer images were asked for want of time: how many of how many."""
    keys = {one.figure: one.key for one in explainers if one.key in plan.sizes} | {"": REGIONS}
    known = {name: (plan.sizes[key], plan.wanted[key]) for name, key in keys.items() if key in plan.sizes}
    return {name: (taken.shares, wanted.shares) for name, (taken, wanted) in known.items() if taken != wanted}


def nothing_of(explainers: Sequence[Explainer], failure: str) -> ReportEvidence:
    """What is left where the whole measurement failed."""
    silent = _silent(Verdict("silent", "failed", 0))
    return ReportEvidence(dict.fromkeys((e.figure for e in explainers), silent), failures={"": failure})


def bench_of(classifier: Sharing, faces: Faces, setting: Setting, plan: Plan | None) -> Bench:
    """What all methods are measured with."""
    parts = Partition.of(setting.regions, classifier.input_shape[:2], setting.classes)
    return Bench(classifier, faces, parts, _covering(classifier, faces), plan.sizes if plan else {})


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
    open_ones = [e for e in explainers if bench.sizes(e).pool] if reinitialised else []
    note("untrained")
    untrained = untrained_maps(open_ones, reinitialised, bench, failures) if reinitialised else {}
    for explainer in (one for one in explainers if one.key not in failures):
        note(explainer.figure)
        with sparing(explainer, failures):
            yield Case.begun(explainer, bench, untrained.get(explainer.figure))


def looked(explainers: Sequence[Explainer], cases: Mapping[Key, Case], failures: Failures) -> dict[Key, FigureEvidence]:
    """What the maps of further images answer, asked of more images until all is decided.

    A look at part of the images may spend part of the error, so that whatever is said of any look holds at 95 %
    (the parts add up to 1, Bonferroni; Jennison and Turnbull 1989 on repeated intervals). `cases` are the newest.
    """
    found: dict[Key, FigureEvidence] = {}
    newest, waiting = dict(cases), dict.fromkeys(cases, tuple(CHECKS))
    for count, share in (*LOOKS, (COVERED, 1.0)):
        for key, names in waiting.items():
            with sparing(newest[key].explainer, failures):
                newest[key] = case = newest[key].extended(count)
                spent = sum(part for earlier, part in LOOKS if earlier < len(case.swapped))
                found[key] = answered(case, found.get(key, FigureEvidence()), names, 1 - spent if case.whole else share)
        said = judged(ReportEvidence({e.figure: found[e.key] for e in explainers if e.key in found})).figures
        left = {e.key: _undecided(said[e.figure]) for e in explainers if e.key in waiting and e.key not in failures}
        waiting = {key: names for key, names in left.items() if names and not newest[key].whole}
    return found


def _undecided(figure: FigureEvidence) -> tuple[str, ...]:
    """The checks that more images may decide."""
    open_ones = {name for name in SEQUENTIAL if not DECIDED.issuperset(figure.said[name].values())}
    silent = {name for name in SEQUENTIAL if name in figure.verdict and figure.verdict[name].reason in FOR_WANT}
    return tuple(name for name in SEQUENTIAL if name in open_ones | silent)


def answered(
    case: Case,
    before: FigureEvidence = FigureEvidence(),  # noqa: B008, frozen
    names: Sequence[str] = tuple(CHECKS),
    share: float = 1.0,
) -> FigureEvidence:
    """What the maps of further images answer to these checks, beside what was found `before`.

    `share` of the error may be spent by the checks that are asked of more and more images.
    """
    asked = {name: CHECKS[name].of_maps for name in names}
    answers = {name: ask(case) for name, ask in asked.items() if ask}
    verdict = {name: light for name, light in before.verdict.items() if name not in answers}
    verdict |= {name: light for name, (_, light) in answers.items() if light}
    found = {
        CHECKS[name].field: spending(answer, share if name in SEQUENTIAL else 1.0)
        for name, (answer, _) in answers.items()
    }
    total, explainer = case.own.total, case.explainer
    thrifty = explainer.method.thrifty if explainer.further != explainer else {}
    drawn = Drawn(total.images, total.empty, thrifty=thrifty)
    return replace(before, images=drawn, verdict=verdict, each=_single(case), **found)


def spending(answer: Any, share: float) -> Any:  # noqa: ANN401  an answer, or a part of one
    """The same answer, its estimates as one look of several."""
    if isinstance(answer, Estimate):
        return answer if share == 1 else answer.spending(share)
    if isinstance(answer, Mapping):
        return {name: spending(one, share) for name, one in answer.items()}
    if not is_dataclass(answer) or isinstance(answer, type):
        return answer
    return replace(answer, **{one.name: spending(getattr(answer, one.name), share) for one in fields(answer)})


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
    found = found or _silent(Verdict("silent", _unasked(explainer, bench), 0))
    images = replace(found.images, rule="random_correct" if bench.faces.labelled else "random_predicted")
    verdict: dict[str, Verdict] = dict(found.verdict)
    known: dict[str, Any] = {}
    for name, check in CHECKS.items():
        answer, said = check.of_shown(facts) if check.of_shown else (None, None)
        if answer:
            known[check.field] = answer
            verdict |= {name: said} if said else {}
    return replace(found, images=images, verdict=verdict, **known)


def _unasked(explainer: Explainer, bench: Bench) -> str:
    """Why a method was not asked of further images."""
    if bench.left_out(explainer):
        return "no_time"
    return "too_few" if explainer.affordable else "too_costly"


def _facts(explainer: Explainer, bench: Bench, failures: Failures) -> tuple[Mapping[str, Fact], ...]:
    """The facts beside the images shown, and where a check asks for them, beside others until there are eight."""
    shown, faces = explainer.image_facts, bench.faces
    seeds = {fact.get("seed", row) for row, fact in enumerate(shown)}  # one a picture, however often it is explained
    others = [row for row, seed in enumerate(faces.seeds.tolist()) if seed not in seeds][: max(0, FEWEST - len(seeds))]
    asked = any(check.of_shown and check.of_shown(shown)[0] for check in CHECKS.values())
    left_out = explainer.key in failures or bench.left_out(explainer)
    if not others or not asked or left_out or len(others) * explainer.cost > BUDGET:
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
