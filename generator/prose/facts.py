"""The numbers of a report that need no figure: its classes, regions, data, model and evaluation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Ints
from generator.errors import InputError, suggestion
from generator.evidence.estimates import wilson
from generator.prose.quantities import Listed, Name, Quantity
from generator.regions import Region
from generator.samples import Evaluation
from generator.text import Language, Text


@dataclass(frozen=True)
class ReportFacts:
    """What is known of the report beside its figures: classes in order, regions, evaluation, sizes."""

    classes: Mapping[str, Text]
    regions: Mapping[str, Region]
    evaluation: Evaluation | None
    images: int
    labelled: bool
    parameters: int
    model: str
    input_shape: tuple[int, int, int]  # height, width, channels
    languages: tuple[str, ...] = ()  # of the report, in their order: the first that has a name stands in


@dataclass(frozen=True)
class FactNumbers:
    """The functions of the prose over the facts, in one language."""

    facts: ReportFacts
    language: Language

    def class_name(self, class_id: str) -> Name:
        """The name of a class in the language."""
        return Name(class_id, self._spoken(self.facts.classes[one_of(class_id, self.facts.classes, "class")]))

    def region_name(self, region: str) -> Name:
        """The name of a region in the language."""
        return Name(region, self._spoken(self._region(region).name))

    def area(self, region: str) -> Quantity:
        """The share of the picture that a region covers: what a map without preference would give it."""
        return Quantity(self._region(region).area(*self.facts.input_shape[:2]), "share")

    def images(self) -> Quantity:
        """How many images the data set has."""
        return Quantity(self.facts.images, "count")

    def labelled(self) -> bool:
        """Whether the data set has labels; without them, classes beside pictures are predictions."""
        return self.facts.labelled

    def parameters(self) -> Quantity:
        """How many weights the model has."""
        return Quantity(self.facts.parameters, "count")

    def model_name(self) -> str:
        """The file name of the model."""
        return self.facts.model

    def input_size(self) -> str:
        """The model's input, '48×48×1'."""
        return "×".join(map(str, self.facts.input_shape))

    # the evaluation

    def evaluated(self) -> Quantity:
        """How many labelled images the evaluation has."""
        return Quantity(len(self.facts.evaluation.label) if self.facts.evaluation else 0, "count")

    def accuracy(self) -> Quantity:
        """Share of the evaluation that is predicted right."""
        if self.facts.evaluation is None:
            return Quantity.unknown("share")
        right = self.facts.evaluation.label == self.facts.evaluation.prediction
        return proportion(int(right.sum()), len(right))

    def support(self, class_id: str) -> Quantity:
        """How many images of the evaluation have this label."""
        return Quantity(self._counts()[self._class(class_id)].sum(), "count")

    def recall(self, class_id: str) -> Quantity:
        """Share of a class's images that are recognised as it."""
        k, counts = self._class(class_id), self._counts()
        return proportion(int(counts[k, k]), int(counts[k].sum()))

    def precision(self, class_id: str) -> Quantity:
        """Share of the predictions of a class that are right."""
        k, counts = self._class(class_id), self._counts()
        return proportion(int(counts[k, k]), int(counts[:, k].sum()))

    def best_classes(self, n: int = 3) -> Listed:
        """The n classes with the highest recall, best first."""
        return self._names(self._by_recall()[:n])

    def worst_classes(self, n: int = 3) -> Listed:
        """The n classes with the lowest recall, worst first."""
        return self._names(self._by_recall()[::-1][:n])

    def confusion(self, label: str, prediction: str) -> Quantity:
        """Share of the images of `label` that are predicted as `prediction`."""
        counts = self._counts()[self._class(label)]
        return proportion(int(counts[self._class(prediction)]), int(counts.sum()))

    def _spoken(self, text: Text) -> str:
        return text.in_language(self.language.code, *self.facts.languages)

    def _class(self, class_id: str) -> int:
        return list(self.facts.classes).index(one_of(class_id, self.facts.classes, "class"))

    def _region(self, region: str) -> Region:
        return self.facts.regions[one_of(region, self.facts.regions, "region")]

    def _counts(self) -> Ints:
        if self.facts.evaluation is None:
            return np.zeros((len(self.facts.classes),) * 2, np.int64)
        return self.facts.evaluation.counts(len(self.facts.classes))

    def _by_recall(self) -> list[int]:
        counts = self._counts()
        recall = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
        return [int(k) for k in np.argsort(-recall, kind="stable")] if counts.any() else []

    def _names(self, classes: list[int]) -> Listed:
        identifiers = list(self.facts.classes)
        return Listed.of(tuple(self.class_name(identifiers[k]) for k in classes), self.language)


def one_of(name: str, names: Collection[str], what: str) -> str:
    """A name that there is; raises InputError with the nearest one for another."""
    if name not in names:
        raise InputError(f"unknown {what} '{name}'{suggestion(name, list(names))}")
    return name


def functions_of(*classes: type, but: Collection[str] = ()) -> tuple[str, ...]:
    """The names of what prose may call: the public methods."""
    own = [name for of in classes for name, value in vars(of).items() if callable(value) and name[0] != "_"]
    return tuple(name for name in own if name not in ("context", *but))


def proportion(hits: int, n: int) -> Quantity:
    """A share with Wilson's interval at 95 %; unknown for n = 0."""
    return Quantity.of(wilson(hits, n), "share")
