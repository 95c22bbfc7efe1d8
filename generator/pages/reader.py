"""For whom a page is written: names, numbers and facts as they are read in one language."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from generator.artefacts import Fact
from generator.pages.page import Detail, Prose
from generator.prose.quantities import printed
from generator.regions import Region
from generator.results import Part, Role
from generator.text import Text
from generator.words import Words

CLASSES, NAMES = frozenset({"new_prediction"}), frozenset({"seed"})  # facts that are numbers of a class, or of nothing
SIZES = frozenset({"grid", "native", "size", "input"})  # facts whose numbers are sides: 6×6
FILES = frozenset({"origin", "source"})  # facts that are paths, of which only the name concerns a reader
SHARES = frozenset({"accuracy", "stability", "chance", "fall"})
Say = Callable[[Text, str], str]


def as_written(text: Text, language: str) -> str:
    """A text whose expressions nobody renders."""
    return text.in_language(language)


@dataclass(frozen=True)
class Reader:
    """A language with its words; `say` renders the expressions of a spec's text, `fallbacks` stand in for it."""

    words: Words
    classes: tuple[Text, ...]
    class_ids: tuple[str, ...]
    regions: Mapping[str, Region] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()
    say: Say = as_written
    models: Mapping[str, Text] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.words.language

    def text(self, text: Text) -> str:
        """A plain text of the spec: a title, a name."""
        return text.in_language(self.language, *self.fallbacks)

    def prose(self, text: Text) -> Prose | None:
        """A rendered text with the language it is really in; None for an empty one."""
        source = self.say(text, self.language) if text else ""
        return Prose(source, self.spoken(text)) if source.strip() else None

    def spoken(self, text: Text) -> str:
        """The language in which `text` comes out: this one, or the stand-in's."""
        known = text.by_language
        if self.language in known or "*" in known:
            return self.language
        return next((other for other in (*self.fallbacks, *known) if other in known), self.language)

    def class_name(self, number: int) -> str:
        return self.text(self.classes[number])

    def model_name(self, name: str) -> str:
        """What the report calls one of several models; without words of its own, what the spec calls it."""
        return self.text(self.models.get(name) or Text.of(name))

    def percent(self, share: float) -> str:
        """A share with one decimal; what is not quite none or all never reads as if it were."""
        if 0 < share < 0.0005:
            return "< 0.1%"
        return "> 99.9%" if 0.9995 <= share < 1 else f"{100 * share:.1f}%"

    def number(self, value: float) -> str:
        return printed(float(value), "plain")

    def joined(self, items: tuple[str, ...]) -> str:
        """Pieces of a line: 'a, b, c' without an 'and'."""
        return self.words("punctuation.comma").join(items)

    def details(self, facts: Mapping[str, Fact]) -> Iterator[Detail]:
        """Facts with their words; a fact without one goes by its own key."""
        for key, value in facts.items():
            yield Detail(self.fact_name(key), self.fact(key, value))

    def fact_name(self, key: str) -> str:
        return self.words(f"fact.{key}") if self.words.has(f"fact.{key}") else key.replace("_", " ")

    def fact(self, key: str, value: Fact) -> str:
        """One value of a fact as it is read."""
        if isinstance(value, tuple):
            pieces = tuple(self.fact(key, item) for item in value)
            return "×".join(pieces) if key in SIZES else self.joined(pieces)
        if isinstance(value, bool):
            return self.words("value.yes" if value else "value.no")
        if isinstance(value, str) and key in FILES:
            return PurePath(value).name
        if isinstance(value, str):
            return self.words(f"value.{value}") if self.words.has(f"value.{value}") else value
        if key in SHARES:
            return self.percent(value)
        if key in CLASSES:
            return self.class_name(int(value))
        return self.number(value) if isinstance(value, float) else f"{value:{'' if key in NAMES else ','}}"


@dataclass(frozen=True)
class Seen:
    """One picture on its way to words: of which part, with which role, at which row and unit."""

    reader: Reader
    part: Part
    method: str  # the title of the method
    role: Role
    row: int | None
    unit: int | None = None

    def say(self, key: str, **values: object) -> str:
        """The words of `alt.<key>`."""
        return self.reader.words(f"alt.{key}", **values)

    def sentence(self, key: str, **values: object) -> str:
        """The same with its full stop."""
        return self.say(key, **values) + self.reader.words("punctuation.stop")

    @property
    def index(self) -> int:
        """Which image of the data it is."""
        return int(self.part.batch.index[self.row or 0])

    @property
    def label(self) -> str:
        """', labelled Happy', or ', predicted as Happy' where there is no label."""
        label, prediction = (
            int(column[self.row or 0]) for column in (self.part.batch.label, self.part.batch.prediction)
        )
        if label >= 0:
            return self.say("label", label=self.reader.class_name(label))
        return self.say("predicted", prediction=self.reader.class_name(prediction))
