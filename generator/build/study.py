"""What the figures of a report are computed from: its models, images and evaluation, each opened when it is needed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from generator.build.cache import Cache, key_of, source_of
from generator.build.choice import images_of, rule_of
from generator.build.subject import DATA, DataSet, Subject
from generator.build_options import BuildOptions
from generator.classifier import Asked
from generator.data.data_source import TRAINING, DataSource, guess_kind
from generator.data.evaluation import evaluation_of, read_evaluation
from generator.data.selection import Selection, select
from generator.errors import DataError, SpecError
from generator.evidence.classes import leakage
from generator.methods import METHODS, Method, wanted_of
from generator.samples import Evaluation, Samples
from generator.sharing import Memory, Sharing
from generator.spec.grammar import Figure
from generator.spec.report import Report

EVALUATION = (*DATA, "evidence", "regions.py", "build/study.py")  # the source that makes one
OF_FIGURES = 1 << 26  # bytes that are remembered of what a model said of their pictures
Told = TypeVar("Told")


@dataclass(frozen=True)
class Study:
    """Everything figures are computed from; `subjects` by the name of the model, the first is the default.

    `given` are the evaluations that files have of models; `training` are the images that the models were trained on,
    where they are known; `checked` is what was found of each model on labelled images.
    """

    classes: tuple[str, ...]
    subjects: Mapping[str, Subject]
    methods: Mapping[str, Method]
    cache: Cache
    seed: int
    given: Mapping[str, Evaluation]
    figures: Mapping[str, Figure]
    training: DataSet | None = None
    checked: dict[str, Any] = field(default_factory=dict, compare=False)
    askings: dict[str, Sharing] = field(default_factory=dict, compare=False, repr=False)

    @property
    def subject(self) -> Subject:
        return next(iter(self.subjects.values()))

    def asking(self, subject: Subject) -> Sharing:
        """The classifier of a subject, which answers together what the figures want of their pictures."""
        if subject.key not in self.askings:
            runs = ((self.methods[figure.method], params) for figure in self.figures.values() for params in figure.runs)
            wanted = wanted_of(runs, subject.facts.layers)
            self.askings[subject.key] = Sharing(subject.deferred, wanted, memory=Memory(OF_FIGURES))
        return self.askings[subject.key]

    def chosen(self, figure: Figure) -> Selection:
        """Chosen by the predictions of the first model, so that several models are shown the same images."""
        rule, subject = rule_of(images_of(figure, self.figures), self.classes), self.subject
        return select(subject.data.samples, rule, subject.predict, len(self.classes), self.seed)

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """Of the first model: the file's, else made from the labels of the data; None where there are none."""
        return self.evaluation_of(self.subject)

    def evaluation_of(self, subject: Subject) -> Evaluation | None:
        """The same of any model."""
        key = key_of(evaluation=self.evaluation_digest(subject))
        return self.cache.remember(key, lambda: (self._evaluated(subject),))[0]

    def _evaluated(self, subject: Subject) -> Evaluation | None:
        training = self.training_samples()
        if given := self.given_of(subject):
            return labels_seen(given, training)
        if not self.data_facts[1]:
            return None
        samples = subject.data.samples
        return images_seen(evaluation_of(samples, subject.probabilities), samples, subject.data.source.usage, training)

    def evaluation_digest(self, subject: Subject) -> str:
        """Stands for the evaluation of a model, without making it."""
        training = self.training.digest if self.training else ""
        made_by = {"training": training, "source": source_of(*EVALUATION)}
        if given := self.given_of(subject):
            return key_of(given=given.digest, **made_by)
        return key_of(data=subject.data.digest, model=subject.key, **made_by)

    def given_of(self, subject: Subject) -> Evaluation | None:
        """The evaluation that a file has of a model."""
        return next((self.given.get(name) for name, one in self.subjects.items() if one is subject), None)

    def training_samples(self) -> Samples | None:
        """The images that the model was trained on, where they are known."""
        return self.training.samples if self.training else None

    @cached_property
    def data_facts(self) -> tuple[int, bool]:
        """How many images there are, and whether they have labels; raises DataError."""
        return self._told(self.subject.data, "facts", lambda samples: (len(samples), samples.labelled))

    @cached_property
    def labelled(self) -> bool:
        """Whether there are images with labels; what cannot be read has none."""
        with suppress(DataError):
            return self.data_facts[1]
        return False

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """What the data may mean beside what is taken; raises DataError."""
        return self._told(self.subject.data, "questions", lambda samples: samples.questions)

    @cached_property
    def training_count(self) -> int | None:
        """How many images the model was trained on, where they are known; raises DataError."""
        return None if self.training is None else self._told(self.training, "count", len)

    def _told(self, data: DataSet, what: str, tell: Callable[[Samples], Told]) -> Told:
        key = key_of(told=what, data=data.digest, source=source_of(*DATA))
        return self.cache.remember(key, lambda: tell(data.samples))


def open_study(report: Report, options: BuildOptions, cache: Cache) -> Study:
    """Everything the figures of a report are computed from; raises SpecError for an evaluation that does not fit."""
    data = DataSet(_source(report), report.class_words, cache)
    subjects = {}
    for model in report.models:
        asked = Asked(options.trust_model, model.size, model.output, report.regression, report.limits)
        subject = Subject(model.path, model.preprocess, report.folder, data, cache, asked, report.plugins)
        subjects[model.id or ""] = subject
    training = _training(report, cache)
    return Study(report.class_ids, subjects, METHODS, cache, report.seed, _given(report), report.figures, training)


def _source(report: Report) -> DataSource:
    said = report.data
    asked = said.usage, said.range, said.labels, said.columns, said.size, said.encoding, said.folder
    return DataSource(said.source, said.path, *asked, limits=report.limits)


def _training(report: Report, cache: Cache) -> DataSet | None:
    """Read as the data are, where both are of one kind."""
    path = report.data.training
    if path is None:
        return None
    try:
        kind = guess_kind(path)
    except DataError as error:
        raise SpecError((report.problem("data.training", str(error)),)) from error
    like = _source(report) if kind == report.data.source else DataSource(kind, limits=report.limits)
    return DataSet(replace(like, path=path, usage=None, training=True), report.class_words, cache)


def _given(report: Report) -> dict[str, Evaluation]:
    """The evaluations that the spec names files of, by their models."""
    found = {}
    for name, (place, file) in report.evaluations.items():
        try:
            read = read_evaluation(file, report.class_words, report.data.labels, report.limits)
        except DataError as error:
            raise SpecError((report.problem(place, str(error)),)) from error
        found[name] = replace(read, origin=file.name)  # no folder of this machine in a published page
    return found


def images_seen(evaluation: Evaluation, samples: Samples, usage: str | None, training: Samples | None) -> Evaluation:
    """The evaluation of `samples` with how many of them were trained on: all that a file calls so, or equal pixels."""
    if (usage or "").casefold() in (word.casefold() for word in TRAINING):
        return replace(evaluation, in_training=len(evaluation.label))
    if training is None:
        return evaluation
    return replace(evaluation, in_training=min(leakage(samples, training).in_training or 0, len(evaluation.label)))


def labels_seen(evaluation: Evaluation, training: Samples | None) -> Evaluation:
    """An evaluation from a file; it has no pixels, but the labels of all training images in their order tell."""
    if training is None or not np.array_equal(evaluation.label, training.label):
        return evaluation
    return replace(evaluation, in_training=len(evaluation.label))
