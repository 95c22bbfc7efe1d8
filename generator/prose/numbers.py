"""Every number that the prose of a report may quote, each computed by this build, by its documented name.

A name that a report cannot fill (no labels, no evidence) gives an unknown quantity, which prints as '–'; a class,
figure or region that does not exist is the author's mistake and raises InputError.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np

from generator.artefacts import Floats, Heatmaps, Ints, Patterns
from generator.errors import InputError, suggestion
from generator.prose.facts import FactNumbers, functions_of, one_of
from generator.prose.quantities import Listed, Name, Quantity
from generator.regions import share
from generator.results import FigureResult, Part
from generator.samples import Batch

NBSP = "\u00a0"
FIGURE_MARK = "[[figure:{}]]"  # a paragraph of the rendered prose that stands for a figure


class _NotBuiltError(Exception):
    """The figure failed or is left out of this build."""


@dataclass(frozen=True)
class Numbers(FactNumbers):
    """The functions of the prose in one language; `figure_numbers` counts the figures from 1."""

    results: Mapping[str, FigureResult]
    figure_numbers: Mapping[str, int]
    figure_word: str  # "Figure {}" in the language

    def context(self) -> dict[str, Callable[..., object]]:
        """Name → function, for the sandbox; what a failed figure cannot tell is unknown."""
        return {name: partial(self._told, getattr(self, name)) for name in NAMES}

    def _told(self, function: Callable[..., object], *arguments: object, **named: object) -> object:
        try:
            return function(*arguments, **named)
        except _NotBuiltError:
            several = function.__annotations__.get("return") is Listed
            return Listed.of((), self.language) if several else Quantity.unknown()

    # references

    def fig(self, figure: str) -> str:
        """A link to a figure by its number: 'Figure 3', which no line break parts."""
        words = self.figure_word.format(self.figure_numbers[one_of(figure, self.figure_numbers, "figure")])
        return f"[{words.replace(' ', NBSP)}](#fig-{figure})"

    def figure(self, figure: str) -> str:
        """Places a figure here; on a line of its own."""
        return FIGURE_MARK.format(one_of(figure, self.figure_numbers, "figure"))

    # one figure

    def probability(self, figure: str, row: str | int) -> Quantity:
        """The probability that the model gives the explained class of the image in a class's (or index's) row."""
        part, k = self._row(figure, row)
        return Quantity(part.batch.probability[k, part.batch.target[k]], "share")

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
        return Quantity(value) if isinstance(value, float) else value

    def attribution_share(self, figure: str, region: str, row: str | int | None = None) -> Quantity:
        """Share of the map's magnitude that lies in a region: of one row, or averaged over the pictures shown."""
        part = self._part(figure)
        rows = range(len(part.batch)) if row is None else [self._row(figure, row)[1]]
        if not isinstance(part.artefact, Heatmaps):
            raise InputError(f"figure '{figure}' has no maps")
        maps = [part.artefact.values[k] for k in rows if not part.artefact.remark(k)]
        shares = [share(values, self._region(region).mask(*values.shape)) for values in maps]
        return Quantity(float(np.mean(shares)), "share", n=len(shares)) if shares else Quantity.unknown("share")

    def leading_region(self, figure: str, row: str | int) -> Name:
        """The region with the densest attribution in the map of a row: its share over its area is the largest."""
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
        return Listed.of(tuple(int(patterns.unit[k]) for k in order), self.language)

    def activation(self, figure: str, unit: int) -> Quantity:
        """The value that gradient ascent reached for a unit."""
        patterns = self._patterns(figure)
        return Quantity(patterns.activation[self._unit(patterns.unit, unit)])

    def activation_on_images(self, figure: str, unit: int) -> Quantity:
        """The largest value of the same unit on real images."""
        patterns = self._patterns(figure)
        return Quantity(patterns.on_images[self._unit(patterns.unit, unit)])

    def dead_filters(self, figure: str) -> Listed:
        """The units that nothing activates, also those that `{best: N}` left out."""
        patterns = self._patterns(figure)
        skipped = cast(tuple[int, ...], patterns.facts.get("skipped", ()))
        return Listed.of((*map(int, patterns.unit[patterns.dead]), *skipped), self.language)

    # looking things up

    def _part(self, figure: str) -> Part:
        one_of(figure, self.figure_numbers, "figure")
        if figure not in self.results or not self.results[figure].parts:
            raise _NotBuiltError
        return self.results[figure].parts[0]

    def _row(self, figure: str, row: str | int) -> tuple[Part, int]:
        part = self._part(figure)
        column = part.batch.index if isinstance(row, int) else row_class(part)
        found = np.flatnonzero(column == (row if isinstance(row, int) else self._class(row)))
        if not len(found):
            raise InputError(f"figure '{figure}' has no row '{row}'")
        return part, int(found[0])

    def _patterns(self, figure: str) -> Patterns:
        artefact = self._part(figure).artefact
        if not isinstance(artefact, Patterns):
            raise InputError(f"figure '{figure}' has no patterns of filters or classes")
        return artefact

    def _unit(self, units: Ints, unit: int) -> int:
        found = np.flatnonzero(units == unit)
        if not len(found):
            raise InputError(f"unit {unit} is not in the figure; it has {', '.join(map(str, units))}")
        return int(found[0])


def _explained(batch: Batch) -> Floats:
    """`(N,)` the probability of each image's explained class."""
    return batch.probability[np.arange(len(batch)), batch.target]


def row_class(part: Part) -> Ints:
    """The class a row stands for: its label, or the explained class where it has none."""
    return np.where(part.batch.label >= 0, part.batch.label, part.batch.target)


NAMES = functions_of(Numbers, FactNumbers)
