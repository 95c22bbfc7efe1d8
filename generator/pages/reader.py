"""For whom a page is written: names, numbers and facts as they are read, in every language of the report at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from generator.artefacts import ClassNumber, Difference, Fact, Fraction, Label
from generator.methods import Method
from generator.pages.blocks import Strength
from generator.prose.quantities import printed
from generator.prose.sayings import EVALUATED
from generator.regions import Region
from generator.results import Part, Role
from generator.samples import Frame
from generator.show import WEAK
from generator.templating import names_in
from generator.text import Passage, Prose, Text, isolated, literal, woven
from generator.words import Interface

SIZES = frozenset({"grid", "native", "size", "input"})  # facts whose numbers are sides: 6×6
FILES = frozenset({"origin", "source"})  # facts that are paths, of which only the name concerns a reader
EXACT = frozenset({"nearest", "area"})  # filters that average always or never
Say = Callable[[Text, str], str]


@dataclass(frozen=True)
class Reader:
    """The languages of a report with their words, in its order; a text that lacks one is stood in for by the first.

    `say` renders the expressions of a spec's text in a language.
    """

    words: Interface
    classes: tuple[Text, ...]
    class_ids: tuple[str, ...]
    regions: Mapping[str, Region] = field(default_factory=dict)
    say: Say = Text.in_language  # as it is written
    models: Mapping[str, Text] = field(default_factory=dict)
    doubted: Text = Text()  # noqa: RUF009, frozen: what speaks against the evaluation that texts quote

    def text(self, text: Text) -> Text:
        """A plain text of the spec, a title or a name, with its stand-ins, and fit to stand beside other words."""
        languages = self.words.languages
        return Text({one: isolated(text.in_language(one, *languages), one) for one in languages})

    def prose(self, text: Text) -> Prose:
        """A text of the spec with its expressions rendered, and the language that each reader really gets."""
        said = {language: self.say(text, language) for language in self.words.languages if text}
        return Prose({k: Passage(source, self._spoken(text, k)) for k, source in said.items() if source.strip()})

    def answered(self, text: Text) -> Prose:
        """An answer, with what speaks against the evaluation where it quotes one."""
        said = self.prose(text)
        if not self.doubted or not any(EVALUATED.intersection(names_in(one)) for one in text.by_language.values()):
            return said
        return Prose(
            {
                language: replace(passage, source=f"{passage.source}\n\n> {literal(self.doubted[language])}")
                for language, passage in said.by_language.items()
            }
        )

    def _spoken(self, text: Text, language: str) -> str:
        """The language in which `text` comes out: this one, or the stand-in's."""
        known = text.by_language
        if text.spoken(language):
            return language
        return next((other for other in (*self.words.languages, *known) if other in known), language)

    def class_name(self, number: int) -> Text:
        return self.text(self.classes[number])

    @property
    def regression(self) -> bool:
        """Whether there is a value in place of classes."""
        return len(self.classes) == 1

    def answer(self, said: float) -> str:
        """What the model says of a class: a probability; of a value the number itself."""
        return self.number(said) if self.regression else self.percent(said)

    def method_title(self, method: Method) -> Text:
        """Its own title; a further language has one in its words, else English."""
        return self.words.known(f"method.{method.name}.title", method.title)

    def method_summary(self, method: Method) -> Text:
        return self.words.known(f"method.{method.name}.summary", method.summary)

    def model_name(self, name: str) -> Text:
        """What the report calls one of several models; without words of its own, what the spec calls it."""
        return self.text(self.models.get(name) or Text.of(name))

    def percent(self, share: float) -> str:
        """A share with one decimal; what is not quite none or all never reads as if it were."""
        if 0 < share < 0.0005:
            return "< 0.1%"
        return "> 99.9%" if 0.9995 <= share < 1 else f"{100 * share:.1f}%"

    def resizing(self, frame: Frame, stored: Sequence[tuple[int, int]]) -> Text:
        """How pictures of these sizes came to the model's, with the filter and whether it averages."""
        ends = dict.fromkeys(f"{height}×{width}" for height, width in (stored[0], stored[-1]))
        said = [self.words(f"resize.{frame.filter}")]
        if frame.filter not in EXACT:
            said.append(self.words("resize.antialiased" if frame.antialias else "resize.plain"))
        if frame.crop:
            said.append(self.words("resize.cut", size="×".join(map(str, frame.crop))))
        if frame.shorter:
            said.append(self.words("resize.shorter", n=frame.shorter))
        if frame.aspect != "stretch":
            said.append(self.words(f"resize.{frame.aspect}"))
        size = f"{frame.shape[0]}×{frame.shape[1]}"
        return self.words("resize.said", stored=" – ".join(ends), size=size, how=self.words.joined(said))

    def strength(self, top: float, share: float) -> Strength:
        """Where a map's colours end, and how that compares with the strongest map of its figure."""
        number, percent, weak = self.number(top), printed(share, "share"), share < WEAK
        short = self.words("strength.short", top=number, share=percent)
        marked = self.words.joined((short, self.words("strength.weak")), "strength.between") if weak else short
        return Strength(share, number, percent, marked, weak)

    def number(self, value: float) -> str:
        return printed(float(value), "plain")

    def fact(self, key: str, value: Fact) -> Text:
        """One value of a fact as it is read."""
        if key == "score" and self.regression:
            return self.words("value.of_value")
        if isinstance(value, tuple):
            pieces = [self.fact(key, item) for item in value]
            several = key not in SIZES or isinstance(value[0], tuple)
            return self.words.joined(pieces) if several else woven(lambda *sides: "×".join(sides), *pieces)
        if isinstance(value, bool):
            return self.words("value.yes" if value else "value.no")
        if isinstance(value, str) and key in FILES:
            return Text.of(PurePath(value).name)
        if isinstance(value, str):
            return self.words.known(f"value.{value}", value)
        if isinstance(value, Fraction):
            return Text.of(self.percent(value))
        if isinstance(value, Difference):
            return self.words("evidence.points.other", n=printed(value, "points"))
        if isinstance(value, ClassNumber):
            return self.class_name(int(value))
        counted = str(int(value)) if isinstance(value, Label) else f"{value:,}"
        return Text.of(self.number(value) if isinstance(value, float) else counted)


@dataclass(frozen=True)
class Seen:
    """One picture on its way to words: of which part, with which role, at which row and unit."""

    reader: Reader
    part: Part
    method: Text  # its title
    role: Role
    row: int | None
    unit: int | None = None

    def say(self, key: str, **values: object) -> Text:
        """The words of `alt.<key>`."""
        return self.reader.words(f"alt.{key}", **values)

    def sentence(self, key: str, **values: object) -> Text:
        """The same with its full stop."""
        return self.say(key, **values) + self.reader.words("punctuation.stop")

    @property
    def index(self) -> int:
        """Which image of the data it is."""
        return int(self.part.batch.index[self.row or 0])

    @property
    def label(self) -> Text:
        """', labelled Happy', or ', predicted as Happy' where there is no label."""
        batch, row = self.part.batch, self.row or 0
        if batch.label[row] >= 0:
            return self.say("label", label=self.reader.class_name(int(batch.label[row])))
        named = self.reader.class_name(int(batch.prediction[row]))
        if self.reader.regression:
            return self.say("valued", value=named + " " + self.reader.answer(float(batch.probability[row, 0])))
        return self.say("predicted", prediction=named)
