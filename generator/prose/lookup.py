"""What the prose of a report may look up: figures with their parts and rows, classes, regions, units of a layer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from generator.artefacts import Heatmaps, Ints, Patterns
from generator.errors import InputError, suggestion
from generator.prose.quantities import Listed, Name, UnitOf
from generator.regions import Region
from generator.results import FigureResult, Part
from generator.samples import Evaluation
from generator.text import Text, isolated, literal
from generator.words import Words


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
    models: Mapping[str, Text] = field(default_factory=dict)  # what the report calls each


@dataclass(frozen=True)
class Lookup:
    """Looks things up in one language; `figure_numbers` counts the figures from 1.

    Within the `markdown` of a text no sign of a name is taken for Markdown.
    """

    facts: ReportFacts
    words: Words
    results: Mapping[str, FigureResult]
    figure_numbers: Mapping[str, int]
    markdown: bool = field(default=False, kw_only=True)

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

    def _patterns(self, figure: str) -> tuple[Patterns, ...]:
        """Those of each part."""
        first = self._part(figure)
        made = (part.artefact for part in self.results[figure].parts)
        patterns = tuple(artefact for artefact in made if isinstance(artefact, Patterns))
        if not isinstance(first.artefact, Patterns):
            raise InputError(f"figure '{figure}' has no patterns of filters or classes")
        return patterns

    def _units(self, figure: str, pick: Callable[[Patterns], Sequence[int]]) -> Listed:
        """Some units of each part."""
        patterns = self._patterns(figure)
        picked = [pick(one) for one in patterns]
        units = (
            UnitOf(unit, part, self._unit_name(patterns[part], unit)) for part, own in enumerate(picked) for unit in own
        )
        listed, parts = Listed.of(tuple(units), self.words), self.results[figure].parts
        if len(parts) > 1:
            listed.by_part = tuple((self._part_name(part), len(own)) for part, own in zip(parts, picked, strict=True))
        return listed

    def _unit_name(self, patterns: Patterns, unit: int) -> str:
        """The name of a class; '' of a filter, which has a number alone."""
        classes = tuple(self.facts.classes.items())
        if patterns.of != "class" or unit >= len(classes):
            return ""
        identifier, name = classes[unit]
        return str(self._name(identifier, self._spoken(name)))

    def _part_name(self, part: Part) -> str:
        """What tells a part of a figure from the others."""
        named = {key: Text.of(str(value)) for key, value in part.facts.items()}
        if "model" in named:
            named["model"] = self.facts.models.get(str(part.facts["model"])) or named["model"]
        spoken = {key: self._spoken(name) for key, name in named.items()}
        told = (self.words(f"figure.of.{key}", value=str(self._name(name, name))) for key, name in spoken.items())
        return self.words("punctuation.comma").join(told)

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


def row_class(part: Part) -> Ints:
    """The class a row stands for: its label, or the explained class where it has none."""
    return np.where(part.batch.label >= 0, part.batch.label, part.batch.target)


def one_of(name: str, names: Collection[str], what: str) -> str:
    """A name that there is; raises InputError with the nearest one for another."""
    if name not in names:
        raise InputError(f"unknown {what} '{name}'{suggestion(name, list(names))}")
    return name
