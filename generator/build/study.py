"""From the spec to computed figures: which images, which scores, which runs of a method, each from the cache."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from generator.artefacts import Floats, Ints
from generator.build import overlap
from generator.build.cache import Cache, key_of
from generator.build.subject import Subject, file_digest
from generator.classifier import Request
from generator.data.evaluation import evaluation_of
from generator.data.selection import Rule, Selection, select
from generator.data.sources import DataSource
from generator.errors import ComputationError, DataError, ModelError, ParameterError
from generator.methods import USUAL_SIZE, Method
from generator.results import FigureResult, Part
from generator.samples import Batch, Evaluation, Samples
from generator.spec.grammar import Figure, Images

FAILURES = (ComputationError, ModelError, ArithmeticError, ValueError, LookupError, TypeError, RuntimeError)


class FigureError(Exception):
    """The spec asks something of a figure that this model or these images do not allow; `key` says where."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Run:
    """One run of a method: a model and a layer; a figure is one run or several."""

    subject: Subject
    params: Mapping[str, Any]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """Everything figures are computed from; `subjects` by the name of the model, the first is the default.

    `given_evaluation` is of the first model; `training` are the images that it was trained on, where they are known.
    """

    classes: tuple[str, ...]
    subjects: Mapping[str, Subject]
    methods: Mapping[str, Method]
    cache: Cache
    seed: int
    given_evaluation: Evaluation | None
    figures: Mapping[str, Figure]
    training: DataSource | None = None

    @property
    def subject(self) -> Subject:
        return next(iter(self.subjects.values()))

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """Of the first model: the file's, else made from the labels of the data; None where there are none."""
        return self._evaluation(self.subject)

    def _evaluation(self, subject: Subject) -> Evaluation | None:
        key = key_of(evaluation=self._evaluation_digest(subject))
        found = cast(tuple[Evaluation | None], self.cache.remember(key, lambda: (self._evaluated(subject),)))
        return found[0]

    def _evaluated(self, subject: Subject) -> Evaluation | None:
        if self.given_evaluation is not None and subject is self.subject:
            return overlap.labels_seen(self.given_evaluation, self._training_samples())
        samples = subject.data.samples
        if not samples.labelled:
            return None
        found = evaluation_of(samples, subject.probabilities)
        return overlap.images_seen(found, samples, subject.data.source.usage, self._training_samples())

    def _training_samples(self) -> Samples | None:
        return overlap.training_samples(self.training, self.subject.data.classes) if self.training else None

    def _evaluation_digest(self, subject: Subject) -> str:
        training = file_digest(self.training.path) if self.training and self.training.path else ""
        if self.given_evaluation is not None and subject is self.subject:
            return key_of(given=self.given_evaluation.digest, training=training)
        return key_of(data=subject.data.digest, model=subject.key, training=training)

    @cached_property
    def data_facts(self) -> tuple[int, bool]:
        """How many images there are, and whether they have labels."""
        data = self.subject.data

        def read() -> tuple[int, bool]:
            return len(data.samples), data.samples.labelled

        return cast(tuple[int, bool], self.cache.remember(key_of(data_facts=data.digest), read))

    def runs(self, figure: Figure) -> tuple[Run, ...]:
        """The runs of a figure: every model it names by every layer it names."""
        names = figure.model or (next(iter(self.subjects)),)
        return tuple(
            Run(self.subjects[name], self._params(figure, layer), self._told_apart(figure, name, layer))
            for name in names
            for layer in figure.layers
        )

    def _params(self, figure: Figure, layer: str | None) -> Mapping[str, Any]:
        return {**figure.params, "layer": layer} if "layer" in figure.params else figure.params

    def _told_apart(self, figure: Figure, model: str, layer: str | None) -> Mapping[str, str]:
        several = {"model": (len(figure.model) > 1, model), "layer": (len(figure.layers) > 1, layer or "")}
        return {key: name for key, (needed, name) in several.items() if needed}

    def key(self, figure: Figure, run: Run) -> str:
        """Everything a run's result depends on."""
        method = self.methods[figure.method]
        asked: dict[str, Any] = {"method": method.name, "version": method.version, "params": dict(run.params)}
        asked |= {"seed": self.seed, "model": run.subject.key, "classes": self.classes}
        asked |= {"files": [file_digest(path) for path in _files(run)]}
        if method.kind == "model":
            return key_of(**asked)
        if method.kind == "evaluation":
            return key_of(evaluation=self._evaluation_digest(run.subject), **asked)
        asked |= {"data": run.subject.data.digest, "chosen_by": self.subject.key}
        return key_of(images=repr(self._images(figure)), target=figure.target, against=figure.against, **asked)

    def compute(self, figure: Figure, question: str) -> FigureResult:
        """A figure with its parts, or with the failure of the first run that could not be computed."""
        begin, misses = time.perf_counter(), self.cache.misses
        made = FigureResult(figure.id, question, figure.method, figure.params, ())
        try:
            parts = tuple(self._part(figure, run) for run in self.runs(figure))
        except FAILURES as error:
            return replace(made, failure=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        method = self.methods[figure.method]
        batches = [part.batch for part in parts]
        passes = sum(method.passes(figure.params, len(b), b.images.shape[1:3]) for b in batches)
        seconds, cached = time.perf_counter() - begin, self.cache.misses == misses
        return replace(made, parts=parts, seconds=seconds, model_passes=passes, cached=cached)

    def _part(self, figure: Figure, run: Run) -> Part:
        found = self.cache.look_up(self.key(figure, run))
        part = cast(Part, found) if found is not None else self._computed(figure, run)
        if found is None:
            self.cache.store(self.key(figure, run), part)
        return replace(part, facts=run.facts)

    def _computed(self, figure: Figure, run: Run) -> Part:
        method = self.methods[figure.method]
        try:
            batch = self._batch(figure, run.subject, method)
            reference = run.subject.reference(self.seed) if method.climbs else batch.inputs[:0]
            evaluation = self._evaluation(run.subject) if method.kind == "evaluation" else None
            folder = run.subject.folder
            request = Request(run.subject.deferred, batch, reference, evaluation, self.seed, folder)
            return Part(method.compute(request, **run.params), batch)
        except ParameterError as error:
            raise FigureError(f"params.{error.parameter}", str(error)) from error
        except DataError as error:
            raise FigureError("images", str(error)) from error

    def _batch(self, figure: Figure, subject: Subject, method: Method) -> Batch:
        if method.kind in ("evaluation", "model"):
            return _no_images(subject, opened=False)
        if method.kind == "patterns" and figure.images == Images():
            return _no_images(subject, opened=True)
        chosen = self.chosen(figure)
        positions, target = self._explained(figure, chosen)
        against = None if figure.against is None else self._against(figure.against, positions, target)
        return subject.batch(positions, target, against, self.seed)

    def _images(self, figure: Figure) -> Images:
        """The images of a figure, through `same_as`."""
        while figure.images.same_as is not None:
            figure = self.figures[figure.images.same_as]
        return figure.images

    def chosen(self, figure: Figure) -> Selection:
        """Chosen by the predictions of the first model, so that several models are shown the same images."""
        rule, subject = self._rule(self._images(figure)), self.subject
        return select(subject.data.samples, rule, subject.predict, len(self.classes), self.seed)

    def _rule(self, images: Images) -> Rule:
        number = self.classes.index
        named = [(number(name), row) for row, name in images.rows if name is not None]
        return Rule(
            select=images.select or "confident",
            per_class=images.per_class,
            classes=None if images.classes is None else tuple(map(number, images.classes)),
            correct=images.correct,
            min_probability=images.min_probability or 0.0,
            index=tuple(row for row, name in images.rows if name is None),
            by_class={k: tuple(row for label, row in named if label == k) for k in dict.fromkeys(k for k, _ in named)},
        )

    def _explained(self, figure: Figure, chosen: Selection) -> tuple[Ints, Ints]:
        """Positions and targets: an image appears once for each score of it that is explained."""
        positions, count = chosen.positions, len(self.classes)
        if figure.target == "each":
            return np.repeat(positions, count), np.tile(np.arange(count, dtype=np.int64), len(positions))
        if figure.target == "label":
            return positions, chosen.row_class
        if figure.target in self.classes:
            return positions, np.full(len(positions), self.classes.index(figure.target), np.int64)
        prediction = self.subject.predict(positions).argmax(axis=1)
        if figure.target == "predicted":
            return positions, prediction
        return np.repeat(positions, 2), np.stack([chosen.row_class, prediction], axis=1).ravel()

    def _against(self, against: str, positions: Ints, target: Ints) -> Ints:
        """The class whose score is subtracted; 'second' is the most probable one beside the target."""
        if against in self.classes:
            return np.full(len(positions), self.classes.index(against), np.int64)
        probability = self.subject.predict(positions).copy()
        probability[np.arange(len(target)), target] = -1
        return probability.argmax(axis=1)

    def waiting(self) -> Iterator[tuple[Figure, int]]:
        """The figures that are not in the cache, with the number of their runs that are not."""
        for figure in self.figures.values():
            missing = sum(not self.cache.holds(self.key(figure, run)) for run in self.runs(figure))
            if missing:
                yield figure, missing

    def passes(self, figure: Figure) -> int:
        """About how many model passes a run takes, before its images are chosen."""
        method = self.methods[figure.method]
        size = USUAL_SIZE if method.access == "none" else self.subject.facts.input_shape[:2]
        return method.passes(figure.params, len(self.classes), size)


def _files(run: Run) -> list[Path]:
    """The files that the parameters of a run name, as far as they are there."""
    named = (run.subject.folder / value for value in run.params.values() if isinstance(value, Path))
    return [path for path in named if path.is_file()]


def _no_images(subject: Subject, opened: bool) -> Batch:
    """A batch of none, for methods that look at the model or the evaluation alone."""
    height, width, channels = subject.facts.input_shape if opened else (1, 1, 1)
    images: Floats = np.zeros((0, height, width, channels), np.float32)
    none = np.zeros(0, np.int64)
    return Batch(images, images, none, none, np.zeros((0, 1), np.float32), none, none)
