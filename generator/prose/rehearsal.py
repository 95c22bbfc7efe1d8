"""A text is rehearsed before anything is computed: with values made up, for what no value would mend.

Three times, for its conditions: once with nothing known, once with everything small and untrue, once with everything
large and true. What depends on a value (a division by nought, an item that is not there) is left to the build.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, Self

from generator.errors import InputError, ProseError
from generator.evidence.result import ReportEvidence
from generator.methods import METHODS
from generator.prose.asking import UNKNOWN, Unknown, asked
from generator.prose.lookup import NotBuiltError, ReportFacts, one_of
from generator.prose.quantities import Claim, Light, Listed, Name, Quantity
from generator.prose.sayings import FUNCTIONS, Spoken
from generator.regions import Region
from generator.templating import render_prose
from generator.text import Text
from generator.words import Words

Mood = Literal["unknown", "low", "high"]
MOODS: tuple[Mood, ...] = ("unknown", "low", "high")
OPENED = re.compile(r"\b(?:if|elif|for|and|or|map|select|reject)\b")  # what values may lead to, or past
SHAPE = (48, 48, 1)
OF_REGIONS = frozenset({"looks_at", "marks", "costs_more", "costs_less", "leading_region", "region_name"})
OF_UNITS = frozenset({"strongest", "outdone", "dead_filters"})


class _Wordless(Words):
    """Words that need no file: each is its own key."""

    def __call__(self, key: str, **values: object) -> str:
        return key


class Several(Listed):
    """A list of which nobody knows yet how long it is: an item that it lacks is unknown."""

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401
        if isinstance(place, slice):
            return self
        return self[place % len(self)] if len(self) and not -len(self) <= place < len(self) else self._at(place)

    def _at(self, place: int) -> object:
        return super().__getitem__(place) if len(self) else UNKNOWN


@dataclass(frozen=True)
class Rehearsal(Spoken):
    """The functions of the prose before there is anything to tell; `called` are those that a text has asked."""

    mood: Mood = field(default="unknown", kw_only=True)
    called: list[str] = field(default_factory=list, kw_only=True)

    @classmethod
    def of(cls, classes: Iterable[str], regions: Iterable[str], methods: Mapping[str, str], mood: Mood) -> Self:
        """With what a spec names, and the methods of its figures by their ids."""
        named = {one: Text.of(one) for one in classes}
        boxes = {one: Region(one, Text.of(one), ((0, 0, 1, 1),)) for one in regions}
        facts = ReportFacts(named, boxes, None, 1000, mood == "high", 1000, "model.keras", SHAPE)
        numbered = {figure: number for number, figure in enumerate(methods, 1)}
        return cls(facts, _Wordless("", {}), {}, numbered, ReportEvidence(), methods, mood=mood)

    def context(self) -> dict[str, Callable[..., object]]:
        return {name: partial(self.told, name) for name in FUNCTIONS}

    def told(self, _name: str, /, *arguments: object, **named: object) -> object:
        self.called.append(_name)
        given = asked(FUNCTIONS[_name], arguments, named)
        for value, (what, names) in ((given.get(one), known) for one, known in self._known.items()):
            if isinstance(value, str):
                one_of(value, (*names, "*"), what)
        if any(isinstance(value, Unknown) for value in given.values()):
            return self._made_up(_name, None)
        try:
            return self._made_up(_name, getattr(self, _name)(*arguments, **named))
        except NotBuiltError:
            return self._made_up(_name, None)

    @property
    def _known(self) -> Mapping[str, tuple[str, Iterable[str]]]:
        """What an argument has to name where the build would only look it up in what was computed."""
        return {"row": ("class", self.facts.classes), "region": ("region", self.facts.regions)}

    def _of_kind(self, figure: str, kind: str, what: str) -> None:
        """Raises InputError for a figure that will never have such artefacts, else that it is not built."""
        method = METHODS.get(self.methods[one_of(figure, self.methods, "figure")])
        if method is not None and method.kind != kind:
            raise InputError(f"figure '{figure}' has no {what}")
        raise NotBuiltError

    def _patterns(self, figure: str) -> Any:  # noqa: ANN401
        return self._of_kind(figure, "patterns", "patterns of filters or classes")

    def _heatmaps(self, figure: str) -> Any:  # noqa: ANN401
        return self._of_kind(figure, "attribution", "maps")

    def _made_up(self, name: str, value: object) -> object:
        """What stands for the value of a function, in the mood of this rehearsal."""
        gives = FUNCTIONS[name].__annotations__["return"]
        if gives is Listed:
            items = (0, 1, 2) if name in OF_UNITS else self._ids(name)
            return Several.of(() if self.mood == "unknown" else items, self.words)
        if gives is Name:
            return next(iter(self._ids(name)), UNKNOWN)
        if gives in (int, str, bool):
            return {int: 1, str: "–", bool: self.mood == "high"}[gives]
        return UNKNOWN if value is None and gives is not Quantity else self._moody(value)

    def _ids(self, name: str) -> tuple[Name, ...]:
        known = self.facts.regions if name in OF_REGIONS else self.facts.classes
        return tuple(Name(one, one) for one in known)

    def _moody(self, value: object) -> object:
        if self.mood == "unknown" or not isinstance(value, Quantity | Light | None):
            return Quantity.unknown() if value is None else value
        high = self.mood == "high"
        if isinstance(value, Light):
            light = Light("green" if high else "red", "–")
            light.reason, light.n = value.reason, 100
            return light
        unit = value.unit if value is not None else "share"
        mean = (1000 if high else 3) if unit == "count" else (0.9 if high else 0.1)
        made = Quantity(mean, unit, 0.9 * mean, 1.1 * mean, 100)
        if not isinstance(value, Claim):
            return made
        more = {name: self._moody(one) for name, one in value.more.items()}
        return type(value).made(made, high, "above" if high else "below", **more)  # type: ignore[arg-type]


def rehearsed(source: str, classes: Iterable[str], regions: Iterable[str], methods: Mapping[str, str]) -> None:
    """Raises ProseError where a text cannot be rendered, whatever is computed."""
    for mood in MOODS if OPENED.search(source) else MOODS[:1]:
        actor = Rehearsal.of(classes, regions, methods, mood)
        try:
            render_prose(source, actor.context())
        except ProseError as error:
            if not (error.by_value and actor.called):
                raise
