"""How long a build will take: its model passes, times what a pass takes on this machine, measured in a moment.

Good to a factor of two; what is in the cache counts as done.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from generator.build.choice import images_of
from generator.build.runs import waiting
from generator.build.study import Study
from generator.build.subject import Subject
from generator.classifier import Score
from generator.evidence.explainer import NETWORKS, Explainer, sizes_of
from generator.evidence.faithfulness import STEPS
from generator.evidence.localisation import ELSEWHERE
from generator.evidence.plan import Costs
from generator.maps.ascent import scales
from generator.methods import Method
from generator.spec.grammar import Figure
from generator.spec.report import Report

PROBE = 32  # images of a measured batch
REPEATS = 2
PAGES = 4.0  # seconds for drawing, pages and the PDFs
COVERED = 5 * 2 * (STEPS - 1)  # pictures covered from both ends, for a map whose faithfulness is measured and four more
CLIMB = 3  # questions whose tracing takes as long as that of an ascent, with another for units that are silent
Value = TypeVar("Value")


@dataclass(frozen=True)
class Work:
    """What a build asks of a model: images forward, images forward and back, questions traced; seconds `aside`."""

    forward: float = 0
    gradients: float = 0
    traces: int = 0
    aside: float = 0

    def seconds(self, costs: Costs) -> float:
        passes = self.forward * costs.forward + self.gradients * costs.gradient
        return passes + self.traces * costs.trace + self.aside


def seconds_needed(report: Report, study: Study) -> float:
    """Of a build of what is not in the cache; opens the model and measures it."""
    asked_for = {figure.id for question in report.built for figure in question.figures}
    todo = [figure for figure, _ in waiting(study) if figure.id in asked_for]
    if all(study.methods[figure.method].access == "none" for figure in todo):
        return PAGES
    costs = measured(study.subject)  # first of all: whatever asks for the model opens it
    work = [_of_figure(figure, study) for figure in todo]
    work += [Work(forward=len(study.subject.data.samples)), *_of_evidence(report, study, todo)]
    return PAGES + costs.opening + sum(one.seconds(costs) for one in work)


def measured(subject: Subject) -> Costs:
    """What the model costs here and now."""
    opening, classifier = _timed(lambda: subject.classifier)
    inputs = np.full((PROBE, *classifier.input_shape), 0.5, np.float32)
    score = Score(np.zeros(PROBE, np.int64))
    first_forward, _ = _timed(lambda: classifier.logits(inputs))
    forward = min(_timed(lambda: classifier.logits(inputs))[0] for _ in range(REPEATS))
    first, _ = _timed(lambda: classifier.gradients(inputs, score))
    gradient = min(_timed(lambda: classifier.gradients(inputs, score))[0] for _ in range(REPEATS))
    trace = max(first_forward - forward, first - gradient, 0.0)
    return Costs(opening, trace, forward / PROBE, gradient / PROBE)


def _timed(question: Callable[[], Value]) -> tuple[float, Value]:
    begin = time.perf_counter()
    answer = question()
    return time.perf_counter() - begin, answer


def _of_figure(figure: Figure, study: Study) -> Work:
    method = study.methods[figure.method]
    if method.access == "none":
        return Work()
    runs, size = len(figure.runs) * len(figure.model), study.subject.facts.input_shape[:2]
    passes = method.passes(figure.params, _images(figure, study), size)
    if method.climbs:
        return _of_climbs(figure, study, passes)
    return replace(_asked(method, runs * passes, runs), aside=runs * method.aside(figure.params))


def _of_climbs(figure: Figure, study: Study, passes: int) -> Work:
    """They go through a part of the model, on pictures that may grow, and have a trace for every size of these."""
    side, size = study.subject.facts.input_shape[0], figure.params.get("size")
    growth = [(height / side) ** 2 for height, _ in scales((side, side), size)] if size else [1.0]
    depths = [_depth(figure, params.get("layer"), study) for params in figure.runs]
    climbed = len(figure.model) * sum(depths) * sum(growth) / len(growth)
    return Work(gradients=passes / 2 * climbed, traces=CLIMB * len(figure.model) * len(depths) * len(growth))


def _asked(method: Method, passes: float, traces: int) -> Work:
    if method.access == "gradients":
        return Work(gradients=passes, traces=traces)
    return Work(forward=passes, traces=traces)


def _images(figure: Figure, study: Study) -> int:
    """How many scores a figure explains."""
    images = images_of(figure, study.figures)
    classes = len(images.classes or study.classes)
    chosen = len(images.rows) or classes * (images.per_class or 1)
    if images.select == "all" and images.per_class is None:
        chosen = len(study.subject.data.samples)
    return chosen * {"each": len(study.classes), "both": 2}.get(figure.target, 1)


def _depth(figure: Figure, layer: str | None, study: Study) -> float:
    """The share of the model that an ascent runs through: an early layer needs little of it."""
    names = [known.name for known in study.subject.facts.layers]
    if not study.methods[figure.method].layered:
        return 1.0
    return (names.index(layer) + 1) / len(names) if layer in names else 0.25


def _of_evidence(report: Report, study: Study, figures: list[Figure]) -> Iterator[Work]:
    """What is measured beside the figures: maps of further images, covered pictures, blurred regions."""
    if report.evidence is None:
        return
    wanted, there = report.evidence.images, len(study.subject.data.samples)
    faces = there if wanted == "all" else min(there, wanted * len(study.classes))
    explained = [f for f in figures if study.methods[f.method].kind == "attribution" for _ in f.model or ("",)]
    size = study.subject.facts.input_shape[:2]
    for explainer in (Explainer(f.id, study.methods[f.method], f.runs[0], size=size) for f in explained):
        if explainer.affordable:
            yield from _of_explainer(explainer, faces)
    if explained:
        yield Work(forward=faces * len(report.regions) * (1 + ELSEWHERE), traces=1)


def _of_explainer(explainer: Explainer, faces: int) -> Iterator[Work]:
    run = explainer.further
    sizes = sizes_of(run, faces)
    again = run.runs - 1 - bool(sizes.pool)  # repeated, and of another class
    maps = max(sizes.shares, sizes.rest, sizes.pool) + sizes.rest * again + sizes.pool
    yield _asked(run.method, maps * run.cost, NETWORKS if sizes.pool else 0)
    yield Work(forward=sizes.rest * COVERED)
