"""The evidence of a report: asked for once, kept with everything else that was computed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

from generator.artefacts import Floats, Heatmaps, Ints
from generator.build.cache import key_of, source_of
from generator.build.runs import method_source, runs_of
from generator.build.study import Study
from generator.classifier import Classifier
from generator.errors import ComputationError, told
from generator.evidence.classes import leakage
from generator.evidence.explainer import Explainer
from generator.evidence.faces import Faces, draw
from generator.evidence.measurement import Setting, measure, nothing_of
from generator.evidence.result import ReportEvidence
from generator.results import FigureResult
from generator.spec.report import Report
from generator.steps import step

NOTHING = ReportEvidence()
EVIDENCE = ("evidence", "regions.py", "build/measured.py")  # the source that measures, beside the methods'


def measured(
    report: Report, study: Study, results: Mapping[str, FigureResult], note: Callable[[str], None]
) -> ReportEvidence:
    """What was measured of every attribution that was computed; nothing where the spec wants none."""
    explainers = tuple(_explainers(study, results))
    if report.evidence is None or not (explainers or study.given):
        return NOTHING
    key = _key(report, study, explainers)
    known = study.cache.look_up(key)
    if isinstance(known, ReportEvidence):
        return known
    try:
        with step("evidence"):
            found = _measure(report, study, explainers, note)
    except ComputationError as error:
        return nothing_of(explainers, told(error))
    if not found.failures:  # what failed is tried again by the next build
        study.cache.store(key, found)
    return found


def _explainers(study: Study, results: Mapping[str, FigureResult]) -> Iterator[Explainer]:
    for name, result in results.items():
        method = study.methods[result.method]
        if method.kind == "attribution" and result.parts and isinstance(result.parts[0].artefact, Heatmaps):
            maps, images = result.parts[0].artefact, result.parts[0].batch.images
            options = runs_of(study.figures[name], study)[0].params
            yield Explainer(name, method, options, maps.image_facts, images.shape[1:3])


def _key(report: Report, study: Study, explainers: tuple[Explainer, ...]) -> str:
    asked = [(e.figure, method_source(e.method), e.key, repr(e.image_facts)) for e in explainers]
    given = [(name, one.digest) for name, one in study.given.items()]
    training = study.training.digest if study.training else ""
    made_of = {"model": study.subject.key, "data": study.subject.data.digest, "evaluation": given, "training": training}
    settings = {"evidence": repr(report.evidence), "regions": repr(report.regions), "seed": report.seed}
    return key_of(source=source_of(*EVIDENCE), explainers=asked, classes=report.class_ids, **made_of, **settings)


def _measure(
    report: Report, study: Study, explainers: tuple[Explainer, ...], note: Callable[[str], None]
) -> ReportEvidence:
    subject = study.subject
    note("evidence")
    copies = leakage(subject.data.samples, study.training_samples())
    setting = Setting(report.class_ids, report.regions, study.evaluation, copies, report.data.source)

    def reinitialised(seed: int, inputs: Floats) -> AbstractContextManager[Classifier]:
        from generator.model import random_weights  # here: it imports TensorFlow

        return random_weights.reinitialised(subject.classifier, seed, inputs)

    faces = _faces(report, study)
    return measure(explainers, subject.deferred, faces, setting, reinitialised, note=note)


def _faces(report: Report, study: Study) -> Faces:
    subject, samples = study.subject, study.subject.data.samples
    images = report.evidence.images if report.evidence else 0
    chosen = draw(samples, subject.predict, len(study.classes), images, report.seed)

    def load(rows: Ints) -> Floats:
        return subject.images(chosen.positions[rows])

    probability = subject.predict(chosen.positions)
    known = (samples.index[chosen.positions], samples.label[chosen.positions], chosen.row_class)
    return Faces(*known, probability, load, report.seed)
