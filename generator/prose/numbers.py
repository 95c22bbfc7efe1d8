"""Every number that the prose of a report may quote, each computed by this build, by its documented name.

A name that a report cannot fill (no labels, no evidence) gives an unknown quantity, which prints as '–'; a class,
figure or region that does not exist is the author's mistake and raises InputError.
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np

from generator.artefacts import Difference, Floats, Fraction, Heatmaps
from generator.errors import InputError, suggestion
from generator.evidence.estimates import wilson
from generator.prose.asking import asked
from generator.prose.lookup import Lookup, NotBuiltError, one_of
from generator.prose.quantities import Listed, Name, Quantity, Unit
from generator.regions import share
from generator.samples import Batch

NBSP = "\u00a0"
FIGURE_MARK = "[[figure:{}]]"  # a paragraph of the rendered prose that stands for a figure


@dataclass(frozen=True)
class Numbers(Lookup):
    """The functions of the prose in one language."""

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
        """The n units (filters, classes) that climbed highest; of several layers or models n of each, with its name."""
        return self._units(figure, lambda one: one.unit[np.argsort(-one.activation, kind="stable")[:n]].tolist())

    def activation(self, figure: str, unit: int) -> Quantity:
        """The value that gradient ascent reached for a unit."""
        patterns = self._patterns(figure)[getattr(unit, "part", 0)]
        return Quantity(patterns.activation[self._unit(patterns.unit, unit)])

    def activation_on_images(self, figure: str, unit: int) -> Quantity:
        """The largest value of the same unit on real images."""
        patterns = self._patterns(figure)[getattr(unit, "part", 0)]
        return Quantity(patterns.on_images[self._unit(patterns.unit, unit)])

    def outdone(self, figure: str) -> Listed:
        """The units that some real image activates more than the climb did: theirs are not the strongest patterns."""
        return self._units(figure, lambda one: one.unit[one.on_images > one.activation].tolist())

    def dead_filters(self, figure: str) -> Listed:
        """The units that nothing activates, also those that `{best: N}` left out."""
        skipped = "skipped"
        return self._units(figure, lambda one: [*one.unit[one.dead].tolist(), *cast(Any, one.facts.get(skipped, ()))])

    # ranking

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


def functions_of(of: type, but: Collection[str] = ()) -> tuple[str, ...]:
    """The names of what prose may call: the public methods."""
    own = [name for name, value in vars(of).items() if callable(value) and name[0] != "_"]
    return tuple(name for name in own if name not in ("context", "told", *but))


def proportion(hits: int, n: int) -> Quantity:
    """A share with Wilson's interval at 95 %; unknown for n = 0."""
    return Quantity.of(wilson(hits, n), "share")


NAMES = functions_of(Numbers)
