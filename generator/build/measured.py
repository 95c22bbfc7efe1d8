"""The evidence of a report: asked for once, kept with everything else that was computed."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from generator.artefacts import Floats, Heatmaps, Ints
from generator.build.cache import key_of, source_of
from generator.build.estimate import allowance, costs_of, measurable, opening, pages_of
from generator.build.runs import method_source, runs_of
from generator.build.study import Study
from generator.build.subject import Subject
from generator.classifier import Classifier
from generator.errors import ComputationError, told
from generator.evidence.classes import leakage
from generator.evidence.explainer import Explainer
from generator.evidence.faces import Faces, draw
from generator.evidence.measurement import Setting, measure, nothing_of
from generator.evidence.result import PART, ReportEvidence
from generator.results import FigureResult
from generator.spec.report import Report
from generator.steps import step
from generator.tally import Spent

NOTHING = ReportEvidence()
OF_FIGURES = ("figures", "agreement", "mean_maps", "failures", "cut")  # what is told of each model
EVIDENCE = ("evidence", "regions.py", "build/measured.py")  # the source that measures, beside the methods'


def measured(
    report: Report,
    study: Study,
    results: Mapping[str, FigureResult],
    note: Callable[[str], None],
    formats: Collection[str] = (),
) -> ReportEvidence:
    """What was measured of every attribution that was computed; nothing where the spec wants none.

    Of a budget it takes what the figures leave, and what will be made of them in these `formats`.
    """
    explainers = _explainers(study, results)
    if report.evidence is None or not (any(explainers.values()) or study.given):
        return NOTHING
    key = _key(report, study, explainers)
    known = study.cache.look_up(key)
    if isinstance(known, ReportEvidence):
        return known
    try:
        with step("evidence"):
            before = _asked(study)
            models = sum(map(bool, explainers.values()))
            seconds = _allowed(report, study, results, formats) / models if models else 0.0
            found = replace(_measure(report, study, explainers, note, seconds), passes=_asked(study) - before)
    except ComputationError as error:
        return nothing_of([one for own in explainers.values() for one in own], told(error))
    if not found.failures:  # what failed is tried again by the next build
        study.cache.store(key, found)
    return found


def _asked(study: Study) -> Spent:
    return sum((subject.tally.passes for subject in study.subjects.values()), Spent())


def _allowed(report: Report, study: Study, results: Mapping[str, FigureResult], formats: Collection[str]) -> float:
    """Seconds of all evidence."""
    begun = opening(study, costs_of(study, study.subject))
    made = pages_of(report, study, [study.figures[name] for name in results], formats)
    took = {name: result.took for name, result in results.items()}
    about = sum(seconds for name, seconds in took.items() if measurable(study.figures[name], study))
    return allowance(report, sum(took.values()), about, begun + made)


def _explainers(study: Study, results: Mapping[str, FigureResult]) -> Mapping[str, tuple[Explainer, ...]]:
    """By model: of a figure the first layer of each; the further models of a figure stand behind its name."""
    found: dict[str, dict[str, Explainer]] = {name: {} for name in study.subjects}
    for name, result in results.items():
        method = study.methods[result.method]
        runs = runs_of(study.figures[name], study) if method.kind == "attribution" and result.parts else ()
        for run, part in zip(runs, result.parts, strict=False):
            if isinstance(part.artefact, Heatmaps):
                key = name if run.model == runs[0].model else f"{name}{PART}{run.model}"
                facts, size = part.artefact.image_facts, part.batch.images.shape[1:3]
                found[run.model].setdefault(key, Explainer(key, method, run.params, facts, size))
    return {name: tuple(own.values()) for name, own in found.items()}


def _key(report: Report, study: Study, explainers: Mapping[str, tuple[Explainer, ...]]) -> str:
    asked = {
        model: [(e.figure, method_source(e.method), e.key, repr(e.image_facts)) for e in own]
        for model, own in explainers.items()
    }
    models = {name: one.key for name, one in study.subjects.items()}
    given = [(name, one.digest) for name, one in study.given.items()]
    training = study.training.digest if study.training else ""
    made_of = {"models": models, "data": study.subject.data.digest, "evaluation": given, "training": training}
    settings = {"evidence": repr(report.evidence), "regions": repr(report.regions), "seed": report.seed}
    settings["budget"] = report.budget  # not what it leaves here: what was measured once is taken on any machine
    return key_of(source=source_of(*EVIDENCE), explainers=asked, classes=report.class_ids, **made_of, **settings)


def _measure(
    report: Report,
    study: Study,
    explainers: Mapping[str, tuple[Explainer, ...]],
    note: Callable[[str], None],
    seconds: float,
) -> ReportEvidence:
    """Of the first model everything, of the others what is asked of their maps."""
    note("evidence")
    copies = leakage(study.subject.data.samples, study.training_samples())
    setting = Setting(report.class_ids, report.regions, study.evaluation, copies, report.data.source)
    (first, own), *others = explainers.items()
    found = _of_model(report, study, first, own, setting, note, seconds)
    maps_alone = replace(setting, evaluation=None)
    for name, further in ((name, further) for name, further in others if further):
        more = _of_model(report, study, name, further, maps_alone, note, seconds)
        joined: dict[str, Any] = {one: {**getattr(found, one), **getattr(more, one)} for one in OF_FIGURES}
        found = replace(found, **joined)
    return found


def _of_model(
    report: Report,
    study: Study,
    name: str,
    explainers: tuple[Explainer, ...],
    setting: Setting,
    note: Callable[[str], None],
    seconds: float,
) -> ReportEvidence:
    subject = study.subjects[name]

    def reinitialised(seed: int, inputs: Floats) -> AbstractContextManager[Classifier]:
        from generator.model import random_weights  # here: it imports TensorFlow

        return random_weights.reinitialised(subject.classifier, seed, inputs)

    faces = _faces(report, study, subject)
    costs = costs_of(study, subject) if explainers else None
    return measure(explainers, subject.deferred, faces, setting, reinitialised, note=note, costs=costs, seconds=seconds)


def _faces(report: Report, study: Study, subject: Subject) -> Faces:
    samples = subject.data.samples
    images = report.evidence.images if report.evidence else 0
    chosen = draw(samples, subject.predict, len(study.classes), images, report.seed)

    def load(rows: Ints) -> Floats:
        return subject.images(chosen.positions[rows])

    probability = subject.predict(chosen.positions)
    known = (samples.index[chosen.positions], samples.label[chosen.positions], chosen.row_class)
    return Faces(*known, probability, load, report.seed)
