"""How long a build will take: its model passes, times what a pass takes on this machine, measured in a moment.

What is in the cache counts as done. What stands beside the passes is fitted to builds of two small networks; how far
it is off on large ones is not measured yet.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from platform import node

import numpy as np

from generator.build.cache import key_of
from generator.build.choice import images_of
from generator.build.runs import waiting
from generator.build.study import Study
from generator.build.subject import Subject
from generator.build_options import DEFAULT_FORMATS
from generator.classifier import Score
from generator.evidence.explainer import Explainer
from generator.evidence.plan import Costs, bill, planned
from generator.maps.ascent import scales
from generator.methods import Method
from generator.methods.class_maximization import MOST
from generator.processors import cores
from generator.spec.grammar import Figure
from generator.spec.report import Report

AT_ONCE = 2  # batches under way, as a classifier has them
PROBE = 64  # images that are measured at most
REPEATS, ENOUGH = 4, 0.1  # so often at most, twice at least, until so many seconds are spent
START, LOOK = 2.5, 1.5  # seconds for what every build imports beside TensorFlow, and to look the data over
ASKED = 2  # times that every image is predicted until then: also as other preprocessings would have it
PAGE, HANDED_IN, CHARTS = 0.3, 1.0, 1.5  # seconds of a page, a PDF or a Word document, and the charts of the evidence
PICTURE, PANELS = 0.018, 4  # seconds to draw and store one, of which an explained image has so many
FIRST, GUIDED, CLIMB = 0.5, 1.5, 6  # tracings of the scores, of rewritten rectifiers, of an ascent and of silent units
BACK, STEP = 1.6, 1.6  # passes back through rewritten rectifiers, and of a step of a climb, in plain ones
SETTLED = 0.5  # of the most steps are climbed where their number is left open
AROUND = 0.1  # of an ascent's cost is there however early its layer is
EARLY = 0.7  # of what is planned is asked: looks end where it is decided
BUSY = 0.9  # of the processors' time that passes use
LEAST = 30.0  # seconds that evidence may take where the spec has no budget and its figures took less
MAPS = 1.0  # seconds that the maps of a method are worked on, beside its passes
LAYERS, GUIDE = "channels of a layer", "guided gradient"  # factors that say what a method asks of a model


@dataclass(frozen=True)
class Work:
    """What a build asks of a model: images forward, images forward and back, questions traced; seconds `aside`."""

    forward: float = 0
    gradients: float = 0
    traces: float = 0
    aside: float = 0

    def seconds(self, costs: Costs) -> float:
        passes = self.forward * costs.forward + self.gradients * costs.gradient
        return passes + self.traces * costs.trace + self.aside


@dataclass(frozen=True)
class Needed:
    """Seconds of a build: until every image is predicted, for figures, evidence, and what is made of them."""

    opening: float
    figures: float
    evidence: float
    pages: float

    @property
    def total(self) -> float:
        return self.opening + self.figures + self.evidence + self.pages


def needed(report: Report, study: Study, formats: Collection[str] = DEFAULT_FORMATS) -> Needed:
    """By a build of what is not in the cache; opens the model and measures it."""
    asked_for = {figure.id for question in report.built for figure in question.figures}
    todo = [figure for figure, _ in waiting(study) if figure.id in asked_for]
    pages = pages_of(report, study, todo, formats)
    if all(study.methods[figure.method].access == "none" for figure in todo):
        return Needed(0.0, 0.0, 0.0, pages)
    costs = measured(study.subject)  # first of all: whatever asks for the model opens it
    took = [one.seconds(costs) for one in _of_figures(todo, study)]
    figures, begun = sum(took), opening(study, costs)
    about = sum(seconds for figure, seconds in zip(todo, took, strict=True) if measurable(figure, study))
    allowed = allowance(report, figures, about, begun + pages)
    return Needed(begun, figures, _of_evidence(report, study, todo, costs, allowed), pages)


def opening(study: Study, costs: Costs) -> float:
    """Seconds until every image is predicted."""
    return costs.opening + FIRST * costs.trace + LOOK + ASKED * len(study.subject.data.samples) * costs.forward


def pages_of(report: Report, study: Study, figures: Collection[Figure], formats: Collection[str]) -> float:
    """Seconds to draw what is not drawn yet, and for pages and forms: in each language, and in several side by side."""
    pictures = sum(PANELS * _images(figure, study) * len(figure.runs) * len(figure.model) for figure in figures)
    forms = sum(HANDED_IN if form in ("pdf", "docx") else PAGE for form in formats)
    forms += CHARTS if figures and report.evidence and formats else 0
    editions = len(report.languages) + (len(report.languages) > 1)
    return START + editions * forms + pictures * PICTURE


def costs_of(study: Study, subject: Subject) -> Costs:
    """What a model costs on this machine, measured once: a second build plans with the same."""
    machine = [node(), cores()]
    return study.cache.remember(key_of(costs=subject.key, machine=machine), lambda: measured(subject))


def measured(subject: Subject) -> Costs:
    """What the model costs here and now, in batches as a build has them."""
    classifier = subject.classifier
    from generator.model.keras_door import card_memory  # here: the model is open, so TensorFlow is there

    on_card = card_memory() > 0
    ahead, back = (min(PROBE, AT_ONCE * most) for most in (classifier.batch.ahead, classifier.batch.back))
    inputs = np.full((max(ahead, back), *classifier.input_shape), 0.5, np.float32)
    _, forward = _at_best(lambda: classifier.logits(inputs[:ahead]), on_card)
    score = Score(np.zeros(back, np.int64))
    first, gradient = _at_best(lambda: classifier.gradients(inputs[:back], score), on_card)
    return Costs(subject.tally.opening, max(first - gradient, 0.0), forward / ahead, gradient / back)


def _at_best(question: Callable[[], object], on_card: bool) -> tuple[float, float]:
    """Seconds of a question that is asked for the first time, and the least that it takes.

    Of the processors' own, since a machine that others use too is not slower for good.
    """
    taken: list[float] = []
    while len(taken) < REPEATS and (len(taken) < 2 or sum(taken[1:]) < ENOUGH):
        begin, work = time.perf_counter(), time.process_time()
        question()
        wall, work = time.perf_counter() - begin, time.process_time() - work
        taken.append(wall if on_card else min(wall, work / (BUSY * cores())))
    return taken[0], min(taken)


def measurable(figure: Figure, study: Study) -> bool:
    """Whether evidence is about it: an attribution."""
    return study.methods[figure.method].kind == "attribution"


def allowance(report: Report, took: float, explained: float, others: float) -> float:
    """Seconds that evidence may take where the figures `took` so many, and the rest of the build takes `others`.

    Without a budget at most as long as those that it is about, which took what is `explained`, or what is expected to
    take half a minute.

    Rounded down to a quarter of a power of two, so that what is measured does not hang on a moment's speed.
    """
    seconds = max(explained, LEAST / EARLY) if report.budget is None else report.budget - took - others
    if seconds <= 0:
        return 0.0
    step = 2.0 ** (math.floor(math.log2(seconds)) - 2)
    return math.floor(seconds / step) * step


def _of_figures(figures: Collection[Figure], study: Study) -> Iterator[Work]:
    """One after the other; methods of one score have their slopes from one trace."""
    traced: set[object] = set()
    for figure in figures:
        method = study.methods[figure.method]
        work = _of_figure(figure, study)
        slopes = (figure.params.get("score"), figure.model) if method.slope_by else None
        yield replace(work, traces=work.traces - 1) if slopes in traced else work
        traced |= {slopes} - {None}


def _of_figure(figure: Figure, study: Study) -> Work:
    method = study.methods[figure.method]
    if method.access == "none":
        return Work()
    runs, size = len(figure.runs) * len(figure.model), study.subject.facts.input_shape[:2]
    params = figure.params
    if params.get("classes", ()) is None:  # of a climb: as many as there are, up to a number
        params = {**params, "classes": range(min(len(study.classes), MOST))}
    passes = method.passes(params, _images(figure, study), size)
    if method.climbs:
        return _of_climbs(figure, study, passes * (1 if params.get("steps") else SETTLED))
    return replace(_asked(method, runs * passes, runs), aside=runs * method.aside(figure.params))


def _of_climbs(figure: Figure, study: Study, passes: float) -> Work:
    """They go through a part of the model, on pictures that may grow, and have a trace for every size of these."""
    side, size = study.subject.facts.input_shape[0], figure.params.get("size")
    growth = [(height / side) ** 2 for height, _ in scales((side, side), size)] if size else [1.0]
    depth = len(figure.model) * sum(_depth(figure, params.get("layer"), study) for params in figure.runs)
    return Work(gradients=passes / 2 * STEP * depth * sum(growth) / len(growth), traces=CLIMB * depth * len(growth))


def _asked(method: Method, passes: float, runs: int) -> Work:
    """Up to a layer of the end and back is hardly more than forward; a method may go both ways."""
    if method.access != "gradients":
        return Work(forward=passes, traces=runs * FIRST * method.layered)
    layers, guided = LAYERS in method.factors, GUIDE in method.factors
    own = passes / max(layers + guided, 1)
    back = own * (BACK if guided else not layers)
    return Work(forward=own * layers, gradients=back, traces=runs * (guided * GUIDED + layers or 1))


def _images(figure: Figure, study: Study) -> int:
    """How many scores a figure explains."""
    images = images_of(figure, study.figures)
    classes = len(images.classes or study.classes)
    chosen = len(images.rows) or classes * (images.per_class or 1)
    if images.select == "all" and images.per_class is None:
        chosen = len(study.subject.data.samples)
    return chosen * {"each": len(study.classes), "both": 2}.get(figure.target, 1)


def _depth(figure: Figure, layer: str | None, study: Study) -> float:
    """The share of the model that an ascent runs through: an early layer, the first if none is named, needs little."""
    layers = study.subject.facts.layers
    if not study.methods[figure.method].layered:
        return 1.0
    first = next(
        (number for number, known in enumerate(layers) if known.name == layer or (not layer and known.multiply_adds)), 0
    )
    return AROUND + (1 - AROUND) * (first + 1) / len(layers)


def _of_evidence(report: Report, study: Study, figures: Collection[Figure], costs: Costs, seconds: float) -> float:
    """Seconds of what is measured beside the figures, where it may take so many."""
    if report.evidence is None:
        return 0.0
    wanted, there = report.evidence.images, len(study.subject.data.samples)
    faces = there if wanted == "all" else min(there, wanted * len(study.classes))
    size, regions = study.subject.facts.input_shape[:2], len(report.regions)
    explained = [figure for figure in figures if measurable(figure, study)]
    models = Counter(model for figure in explained for model in figure.model)
    total = 0.0
    for model in models:
        own = [figure for figure in explained if model in figure.model]
        distinct = {e.key: e for e in (Explainer(f.id, study.methods[f.method], f.runs[0], size=size) for f in own)}
        asked = [explainer for explainer in distinct.values() if explainer.affordable]
        plan = planned(asked, faces, regions, costs, seconds / len(models))
        total += bill(plan, asked, regions, costs) + MAPS * len(asked)
    return total
