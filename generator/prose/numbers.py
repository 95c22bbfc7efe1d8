"""Every number that the prose of a report may quote, each computed by this build, by its documented name.

A name that a report cannot fill (no labels, no evidence) gives an unknown quantity, which prints as '–'; a class,
figure or region that does not exist is the author's mistake and raises InputError.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import numpy as np

from generator.artefacts import Difference, Floats, Fraction, Heatmaps, Ints, Patterns
from generator.errors import InputError, suggestion
from generator.evidence.estimates import wilson
from generator.prose.asking import asked
from generator.prose.quantities import Listed, Name, Quantity, Unit
from generator.regions import Region, share
from generator.results import FigureResult, Part
from generator.samples import Batch, Evaluation
from generator.text import Text, isolated, literal
from generator.words import Words

NBSP = "\u00a0"
FIGURE_MARK = "[[figure:{}]]"  # a paragraph of the rendered prose that stands for a figure


class NotBuiltError(Exception):
    """The figure failed or is left out of this build."""


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
class Numbers:
    """The functions of the prose in one language; `figure_numbers` counts the figures from 1.

    Within the `markdown` of a text no sign of a name is taken for Markdown.
    """

    facts: ReportFacts
    words: Words
    results: Mapping[str, FigureResult]
    figure_numbers: Mapping[str, int]
    markdown: bool = field(default=False, kw_only=True)

    def context(self) -> dict[str, Callable[..., object]]:
        """Name → function, for the sandbox; what a failed figure cannot tell is unknown."""
        return {name: partial(self.told, name) for name in NAMES}

    def told(self, _name: str, /, *arguments: object, **named: object) -> object:
        """What a function tells a text that asks it; raises InputError for arguments that it does not take."""
        function = getattr(type(self), _name)
        asked(function, arguments, named)
        try:
            return function(self, *arguments, **named)
        except NotBuiltError:
            several = function.__annotations__.get("return") is Listed
            return Listed.of((), self.words) if several else Quantity.unknown()

    # the report

    def class_name(self, class_id: str) -> Name:
        """The name of a class in the language."""
        return self._name(class_id, self._spoken(self.facts.classes[one_of(class_id, self.facts.classes, "class")]))

    def region_name(self, region: str) -> Name:
        """The name of a region in the language."""
        return self._name(region, self._spoken(self._region(region).name))

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

    def model_name(self) -> Name:
        """The file name of the model."""
        return self._name(self.facts.model, self.facts.model)

    def input_size(self) -> str:
        """The model's input, '48×48×1'."""
        return "×".join(map(str, self.facts.input_shape))

    # the evaluation

    def evaluated(self) -> Quantity:
        """How many labelled images the evaluation has."""
        return Quantity(len(self.facts.evaluation.label) if self.facts.evaluation else math.nan, "count")

    def accuracy(self) -> Quantity:
        """Share of the evaluation that is predicted right."""
        if self.facts.evaluation is None:
            return Quantity.unknown("share")
        right = self.facts.evaluation.label == self.facts.evaluation.prediction
        return proportion(int(right.sum()), len(right))

    def support(self, class_id: str) -> Quantity:
        """How many images of the evaluation have this label."""
        known = self.facts.evaluation is not None
        return Quantity(self._counts()[self._class(class_id)].sum() if known else math.nan, "count")

    def recall(self, class_id: str) -> Quantity:
        """Share of a class's images that are recognised as it."""
        k, counts = self._class(class_id), self._counts()
        return proportion(int(counts[k, k]), int(counts[k].sum()))

    def precision(self, class_id: str) -> Quantity:
        """Share of the predictions of a class that are right."""
        k, counts = self._class(class_id), self._counts()
        return proportion(int(counts[k, k]), int(counts[:, k].sum()))

    def best_classes(self, n: int = 3) -> Listed:
        """The n classes with the highest recall, best first; `.apart` where their intervals lie above all others."""
        return self._ranked(self._by_recall(), n)

    def worst_classes(self, n: int = 3) -> Listed:
        """The n classes with the lowest recall, worst first; `.apart` where their intervals lie below all others."""
        return self._ranked(self._by_recall()[::-1], n)

    def confusion(self, label: str, prediction: str) -> Quantity:
        """Share of the images of `label` that are predicted as `prediction`."""
        counts = self._counts()[self._class(label)]
        return proportion(int(counts[self._class(prediction)]), int(counts.sum()))

    # references

    def fig(self, figure: str) -> str:
        """A link to a figure by its number: 'Figure 3', which no line break parts."""
        words = self.words("figure.label", n=self.figure_numbers[one_of(figure, self.figure_numbers, "figure")])
        return f"[{words.replace(' ', NBSP)}](#fig-{figure})"

    def figure(self, figure: str) -> str:
        """Places a figure here; on a line of its own."""
        return FIGURE_MARK.format(one_of(figure, self.figure_numbers, "figure"))

    # one figure

    def probability(self, figure: str, row: str | int) -> Quantity:
        """The probability of the explained class in a row, by its class or index; of a regression the value."""
        part, k = self._row(figure, row)
        unit: Unit = "share" if part.batch.probability.shape[1] > 1 else "plain"
        return Quantity(part.batch.probability[k, part.batch.target[k]], unit)

    def surest(self, figure: str) -> Name:
        """The class explained in the row that the model gives the highest probability."""
        batch = self._part(figure).batch
        return self._names([int(batch.target[np.argmax(_explained(batch))])])[0]

    def least_sure(self, figure: str) -> Name:
        """The class explained in the row that the model gives the lowest probability."""
        batch = self._part(figure).batch
        return self._names([int(batch.target[np.argmin(_explained(batch))])])[0]

    def prediction(self, figure: str, row: str | int) -> Name:
        """What the model predicts for the image in a row."""
        part, k = self._row(figure, row)
        return self._names([int(part.batch.prediction[k])])[0]

    def image_index(self, figure: str, row: str | int) -> int:
        """Which row of the data set the image of a row is."""
        part, k = self._row(figure, row)
        return int(part.batch.index[k])

    def fact(self, figure: str, key: str, row: str | int | None = None) -> object:
        """A fact that stands beside the figure (`layer`, `samples`, …), or beside the image of a row."""
        part, k = self._row(figure, row) if row is not None else (self._part(figure), -1)
        facts = part.artefact.image_facts[k] if row is not None and isinstance(part.artefact, Heatmaps) else None
        facts = part.artefact.facts if facts is None else facts
        if key not in facts:
            raise InputError(f"figure '{figure}' has no fact '{key}'{suggestion(key, sorted(facts))}")
        value = facts[key]
        if isinstance(value, str):
            return self._name(value, value)
        unit: Unit = "share" if isinstance(value, Fraction) else "points" if isinstance(value, Difference) else "plain"
        return Quantity(value, unit) if isinstance(value, float) else value

    def attribution_share(self, figure: str, region: str, row: str | int | None = None) -> Quantity:
        """Share of the map's magnitude that lies in a region: of one row, or averaged over the pictures shown."""
        maps, part = self._heatmaps(figure), self._part(figure)
        rows = range(len(part.batch)) if row is None else [self._row(figure, row)[1]]
        told = [k for k in rows if not maps.remark(k)]
        pictures = set(part.batch.index[told].tolist())
        shares = [share(values, self._region(region).mask(*values.shape)) for values in maps.values[told]]
        return Quantity(float(np.mean(shares)), "share", n=len(pictures)) if shares else Quantity.unknown("share")

    def leading_region(self, figure: str, row: str | int) -> Name:
        """The region with the densest attribution in the map of a row: its share over its area is the largest."""
        self._heatmaps(figure)
        density = {r: float(self.attribution_share(figure, r, row)) / float(self.area(r)) for r in self.facts.regions}
        sure = {r: value for r, value in density.items() if not math.isnan(value)}
        return self.region_name(max(sure, key=lambda r: sure[r])) if sure else Name("", "–")

    def silent_rows(self, figure: str) -> Listed:
        """The classes whose map is no result (flat, nothing speaks for the class)."""
        part = self._part(figure)
        if not isinstance(part.artefact, Heatmaps):
            return self._names([])
        return self._names([int(part.batch.target[k]) for k in range(len(part.batch)) if part.artefact.remark(k)])

    def strongest(self, figure: str, n: int = 3) -> Listed:
        """The n units (filters, classes) that climbed highest."""
        patterns = self._patterns(figure)
        order = np.argsort(-patterns.activation, kind="stable")[:n]
        return Listed.of(tuple(int(patterns.unit[k]) for k in order), self.words)

    def activation(self, figure: str, unit: int) -> Quantity:
        """The value that gradient ascent reached for a unit."""
        patterns = self._patterns(figure)
        return Quantity(patterns.activation[self._unit(patterns.unit, unit)])

    def activation_on_images(self, figure: str, unit: int) -> Quantity:
        """The largest value of the same unit on real images."""
        patterns = self._patterns(figure)
        return Quantity(patterns.on_images[self._unit(patterns.unit, unit)])

    def outdone(self, figure: str) -> Listed:
        """The units that some real image activates more than the climb did: theirs are not the strongest patterns."""
        patterns = self._patterns(figure)
        return Listed.of(tuple(map(int, patterns.unit[patterns.on_images > patterns.activation])), self.words)

    def dead_filters(self, figure: str) -> Listed:
        """The units that nothing activates, also those that `{best: N}` left out."""
        patterns = self._patterns(figure)
        skipped = cast(tuple[int, ...], patterns.facts.get("skipped", ()))
        return Listed.of((*map(int, patterns.unit[patterns.dead]), *skipped), self.words)

    # looking things up

    def _part(self, figure: str) -> Part:
        one_of(figure, self.figure_numbers, "figure")
        if figure not in self.results or not self.results[figure].parts:
            raise NotBuiltError
        return self.results[figure].parts[0]

    def _row(self, figure: str, row: str | int) -> tuple[Part, int]:
        part = self._part(figure)
        column = part.batch.index if isinstance(row, int) else row_class(part)
        found = np.flatnonzero(column == (row if isinstance(row, int) else self._class(row)))
        if not len(found):
            raise InputError(f"figure '{figure}' has no row '{row}'")
        return part, int(found[0])

    def _heatmaps(self, figure: str) -> Heatmaps:
        artefact = self._part(figure).artefact
        if not isinstance(artefact, Heatmaps):
            raise InputError(f"figure '{figure}' has no maps")
        return artefact

    def _patterns(self, figure: str) -> Patterns:
        artefact = self._part(figure).artefact
        if not isinstance(artefact, Patterns):
            raise InputError(f"figure '{figure}' has no patterns of filters or classes")
        return artefact

    def _unit(self, units: Ints, unit: int) -> int:
        if unit not in units:
            raise InputError(f"unit {unit} is not in the figure; it has {', '.join(map(str, units))}")
        return int(np.flatnonzero(units == unit)[0])

    def _name(self, identifier: str, reads: str) -> Name:
        """As it can stand in a sentence, be it one of Markdown."""
        apart = isolated(reads, self.words.language)
        return Name(identifier, literal(apart) if self.markdown else apart)

    def _spoken(self, text: Text) -> str:
        return text.in_language(self.words.language, *self.facts.languages)

    def _class(self, class_id: str) -> int:
        return list(self.facts.classes).index(one_of(class_id, self.facts.classes, "class"))

    def _region(self, region: str) -> Region:
        return self.facts.regions[one_of(region, self.facts.regions, "region")]

    def _counts(self) -> Ints:
        if self.facts.evaluation is None:
            return np.zeros((len(self.facts.classes),) * 2, np.int64)
        return self.facts.evaluation.counts(len(self.facts.classes))

    def _by_recall(self) -> list[int]:
        """The classes that have images."""
        counts = self._counts()
        recall = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
        return [int(k) for k in np.argsort(-recall, kind="stable") if counts[k].any()]

    def _ranked(self, order: list[int], n: int) -> Listed:
        """The first n of an order of classes, `apart` where no interval of theirs meets one of the rest."""
        known, names = [self.recall(list(self.facts.classes)[k]) for k in order], self._names(order[:n])
        pairs = [(first, other) for first in known[:n] for other in known[n:]]
        names.apart = bool(pairs) and all(one.low > other.high or one.high < other.low for one, other in pairs)
        return names

    def _names(self, classes: list[int]) -> Listed:
        identifiers = list(self.facts.classes)
        return Listed.of(tuple(self.class_name(identifiers[k]) for k in classes), self.words)


def _explained(batch: Batch) -> Floats:
    """`(N,)` the probability of each image's explained class."""
    return batch.probability[np.arange(len(batch)), batch.target]


def row_class(part: Part) -> Ints:
    """The class a row stands for: its label, or the explained class where it has none."""
    return np.where(part.batch.label >= 0, part.batch.label, part.batch.target)


def one_of(name: str, names: Collection[str], what: str) -> str:
    """A name that there is; raises InputError with the nearest one for another."""
    if name not in names:
        raise InputError(f"unknown {what} '{name}'{suggestion(name, list(names))}")
    return name


def functions_of(of: type, but: Collection[str] = ()) -> tuple[str, ...]:
    """The names of what prose may call: the public methods."""
    own = [name for name, value in vars(of).items() if callable(value) and name[0] != "_"]
    return tuple(name for name in own if name not in ("context", "told", *but))


def proportion(hits: int, n: int) -> Quantity:
    """A share with Wilson's interval at 95 %; unknown for n = 0."""
    return Quantity.of(wilson(hits, n), "share")


NAMES = functions_of(Numbers)
