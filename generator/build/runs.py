"""The runs of a figure: what each depends on, where it is kept, and what becomes of one that cannot be computed."""

import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from generator.artefacts import Artefact, Floats, Heatmaps
from generator.build.cache import key_of, source_of
from generator.build.choice import explained, images_of, shows_images
from generator.build.study import Study
from generator.build.subject import Subject, file_digest
from generator.classifier import Classifier, ModelFacts, Request, branches
from generator.errors import DataError, FigureError, ParameterError
from generator.methods import FAILURES, USUAL_SIZE, Method
from generator.results import FigureResult, Part
from generator.samples import Batch
from generator.spec.grammar import Figure
from generator.steps import step

METHODS = ("methods", "maps", "sharing.py", "results.py", "build/choice.py", "build/runs.py", "build/study.py")
"""The source that computes a figure, beside the model's."""


@dataclass(frozen=True)
class Run:
    """One run of a figure's method: a model and a layer, told from the others of its figure by `facts`."""

    study: Study
    figure: Figure
    subject: Subject
    params: Mapping[str, Any]
    facts: Mapping[str, str]

    @property
    def method(self) -> Method:
        return self.study.methods[self.figure.method]

    @property
    def model(self) -> str:
        """The name of its model."""
        return next(name for name, one in self.study.subjects.items() if one is self.subject)

    @property
    def of_a_file(self) -> bool:
        """Whether it is made of a file alone, without a model or pictures."""
        return self.method.kind == "model" and self.method.access == "none"

    @property
    def lacks_labels(self) -> bool:
        """Whether there is nothing that an evaluation could be made of; raises DataError."""
        given = self.study.given_of(self.subject)
        return self.method.kind == "evaluation" and not given and not self.study.data_facts[1]

    @cached_property
    def key(self) -> str:
        """Stands for everything its result depends on."""
        study, figure, method = self.study, self.figure, self.method
        asked: dict[str, Any] = {"method": method.name, "source": method_source(method), "params": dict(self.params)}
        asked |= {"seed": study.seed, "model": self.subject.key, "classes": study.classes}
        named = (self.subject.folder / path for path in figure.files)
        asked |= {"files": [file_digest(path, DataError, self.subject.asked.limits) for path in named]}
        if method.kind == "model":
            return key_of(**asked)
        if method.kind == "evaluation":
            return key_of(evaluation=study.evaluation_digest(self.subject), **asked)
        asked |= {"data": self.subject.data.digest, "chosen_by": study.subject.key}
        images = repr(images_of(figure, study.figures))
        return key_of(images=images, target=figure.target, against=figure.against, **asked)

    def part(self) -> Part:
        """From the cache, else computed; raises FigureError and FAILURES."""
        return replace(self.study.cache.remember(self.key, self._counted), facts=self.facts)

    def _counted(self) -> Part:
        """Made, with what that took."""
        begin, before = time.perf_counter(), self.subject.tally.passes
        part = self._made(self._request)
        seconds, passes = time.perf_counter() - begin, self.subject.tally.passes - before
        return replace(part, seconds=seconds, passes=passes)

    def with_images(self, part: Part) -> Part:
        """What it made, with the images that were explained, which are not kept but read again."""
        if not len(part.batch):
            return part
        images = self.subject.images(self.subject.data.samples.places(part.batch.index))
        return replace(part, batch=replace(part.batch, images=images))

    def misfit(self) -> FigureError | None:
        """What the spec asks for and is not there, as far as it shows before the model is asked anything."""
        try:
            if self.method.built_in:  # what one of somebody's own does before, nobody knows
                with step("figure", self.figure.id):
                    self._made(self._rehearsal)
        except FigureError as error:
            return error
        except FAILURES:  # it asked the model something, say, so that what it needs is there
            return None
        return None

    def _made(self, asked: Callable[[], Request]) -> Part:
        """Raises FigureError where the spec asks for what is not there, and FAILURES."""
        try:
            request = asked()
            return Part(self.method.run(request, self.params, self._form), request.batch.without_pixels)
        except ParameterError as error:
            raise FigureError(f"params.{error.parameter}", str(error)) from error
        except DataError as error:
            file = next((f"params.{name}" for name, value in self.params.items() if isinstance(value, Path)), "images")
            raise FigureError(file, str(error)) from error

    @property
    def _form(self) -> type[Artefact]:
        """What the pages and the evidence take a method of its kind to return."""
        return Heatmaps if self.method.kind == "attribution" else Artefact

    def _request(self) -> Request:
        study, subject, kind, batch = self.study, self.subject, self.method.kind, self._batch()
        reference = subject.reference(study.seed) if self.method.climbs else batch.inputs[:0]
        evaluation = study.evaluation_of(subject) if kind == "evaluation" else None
        classifier, limits = subject.deferred, subject.asked.limits
        if kind == "attribution":
            classifier = study.asking(subject)
            classifier.announced(batch.inputs)
        return Request(classifier, batch, reference, evaluation, study.seed, subject.folder, limits)

    def _rehearsal(self) -> Request:
        """The request with pictures of nothing, which take no room, and a model that answers nothing."""
        folder, limits = self.subject.folder, self.subject.asked.limits
        if self.of_a_file or self.lacks_labels:
            empty = _no_images((1, 1, 1))
            silent = cast(Classifier, _Silent(None, self.subject.deferred))
            return Request(silent, empty, empty.inputs, None, self.study.seed, folder, limits)
        study, facts, samples = self.study, self.subject.facts, self.subject.data.samples
        shown = study.chosen(self.figure).positions if shows_images(self.figure, self.method) else samples.index[:0]
        images = np.broadcast_to(np.float32(0), (len(shown), *facts.input_shape))
        none, even = np.zeros(len(shown), np.int64), np.full((len(shown), facts.n_classes), 1 / facts.n_classes)
        against = None if self.figure.against is None else none + 1
        batch = Batch(images, images, samples.index[shown], samples.label[shown], even, none, none, against)
        evaluation = study.evaluation_of(self.subject) if self.method.kind == "evaluation" else None
        silent = cast(Classifier, _Silent(facts, self.subject.deferred))
        return Request(silent, batch, images, evaluation, study.seed, folder, limits)

    def _batch(self) -> Batch:
        if not shows_images(self.figure, self.method):
            return _no_images(self.subject.facts.input_shape if self.method.kind == "patterns" else (1, 1, 1))
        study = self.study
        shown = explained(self.figure, study.chosen(self.figure), study.classes, study.subject.predict)
        return self.subject.batch(shown.positions, shown.target, shown.against, study.seed)


class _QuestionError(Exception):
    """A method asked the model something, so that what it needs is there."""


@dataclass(frozen=True)
class _Silent:
    """Stands for a model of which the facts are known, and its kernels; any other question ends the rehearsal."""

    facts: ModelFacts | None
    model: Classifier

    def kernel(self, layer: str) -> Floats:
        return self.model.kernel(layer)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the port has
        if hasattr(self.facts, name):
            return getattr(self.facts, name)
        raise _QuestionError


def method_source(method: Method) -> str:
    """Stands for the code that a method runs, but for the model's; of a plugin also its own file."""
    ours = source_of(*METHODS)
    return ours if method.built_in else ours + file_digest(Path(inspect.getfile(method.compute)))


def runs_of(figure: Figure, study: Study) -> tuple[Run, ...]:
    """Every model that a figure names by every layer it names; layers that are branches of it are one run."""
    runs = []
    for name in figure.model or (next(iter(study.subjects)),):
        subject, named = study.subjects[name], figure.params.get("layer")
        several = named if isinstance(named, tuple) and study.methods[figure.method].adds_layers else ()
        one = bool(several) and branches(several, subject.facts.layers)
        for params in (figure.params,) if one else figure.runs:
            facts = {"model": name} if len(figure.model) > 1 else {}
            facts |= {"layer": params.get("layer") or ""} if len(figure.runs) > 1 and not one else {}
            runs.append(Run(study, figure, subject, params, facts))
    return tuple(runs)


def computed(figure: Figure, question: str, study: Study) -> FigureResult:
    """A figure with its parts, or with the failure of the first run that could not be computed."""
    begin, misses, method = time.perf_counter(), study.cache.misses, study.methods[figure.method]
    made = FigureResult(figure.id, question, figure.method, figure.params, ())
    try:
        with step("figure", figure.id):
            parts = [run.part() for run in runs_of(figure, study)]
    except FAILURES as error:
        return made.failed(error)
    batches = [part.batch for part in parts]
    passes = sum(method.passes(figure.params, len(b), b.images.shape[1:3]) for b in batches)
    seconds, cached = time.perf_counter() - begin, study.cache.misses == misses
    return replace(made, parts=tuple(parts), seconds=seconds, model_passes=passes, cached=cached)


def with_images(figure: Figure, result: FigureResult, study: Study) -> FigureResult:
    """A figure with the images that it explains, to be drawn or written."""
    runs = runs_of(figure, study) if result.parts else ()
    return replace(result, parts=tuple(run.with_images(part) for run, part in zip(runs, result.parts, strict=True)))


def waiting(study: Study) -> Iterator[tuple[Figure, int]]:
    """The figures that are not in the cache, with the number of their runs that are not."""
    for figure in study.figures.values():
        missing = sum(not study.cache.holds(run.key) for run in runs_of(figure, study))
        if missing:
            yield figure, missing


def passes_of_a_run(figure: Figure, study: Study) -> int:
    """About how many model passes a run takes, before its images are chosen."""
    method = study.methods[figure.method]
    size = USUAL_SIZE if method.access == "none" else study.subject.facts.input_shape[:2]
    return method.passes(figure.params, len(study.classes), size)


def _no_images(shape: tuple[int, int, int]) -> Batch:
    """A batch of none, for methods that look at the model or the evaluation alone."""
    images: Floats = np.zeros((0, *shape), np.float32)
    none = np.zeros(0, np.int64)
    return Batch(images, images, none, none, np.zeros((0, 1), np.float32), none, none)
