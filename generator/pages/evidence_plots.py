"""What was measured as rows and columns of estimates, each of them a chart and a table of the evidence section."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from generator.evidence.findings import REFERENCES
from generator.evidence.numbers import ALL, Plain
from generator.evidence.study import Evidence
from generator.evidence.verdicts import LITTLE, MUCH
from generator.pages.reader import Reader
from generator.prose.quantities import printed

GAPS = ("gap", *REFERENCES, "average")
EXCHANGES: Mapping[str, str] = {"class_swap": "class", "random_weights": "weights"}
HELD = ("green", "amber")  # lights of a gap that is above chance
UNKNOWN = "–"
EVEN = 1.0  # as much of the map as of the picture


@dataclass(frozen=True)
class Value:
    """An estimate with its interval; `holds` where it does so at the level of words. Without images: a constant."""

    mean: float
    low: float
    high: float
    n: int
    holds: bool = False

    @classmethod
    def of(cls, estimate: Plain | None, holds: bool = False, unit: float = 1.0) -> "Value | None":
        """From the manifest's form, in multiples of `unit`; None where it is silent."""
        if estimate is None:
            return None
        mean, low, high = (estimate[key] / unit for key in ("mean", "low", "high"))
        return cls(mean, low, high, estimate["n"], holds)


@dataclass(frozen=True)
class Line:
    """One row; a `quiet` one only stands there to be compared with."""

    id: str
    name: str
    values: tuple[Value | None, ...]
    quiet: bool = False

    @property
    def known(self) -> bool:
        return any(self.values)

    @property
    def images(self) -> str:
        """How many stand behind the row; '–' for a constant."""
        counts = sorted({value.n for value in self.values if value and value.n})
        return "–".join(f"{count:,}" for count in [*counts[:1], *counts[1:][-1:]]) or UNKNOWN


@dataclass(frozen=True)
class Plot:
    """A quantity by row and column; `marks` are what it is read against, `percent` how its numbers are written.

    Without columns nothing was asked, without lines everything is silent.
    """

    id: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    marks: tuple[float, ...] = (0.0,)
    percent: bool = False

    @property
    def silent(self) -> bool:
        return bool(self.columns) and not self.lines


@dataclass(frozen=True)
class Told:
    """Evidence for a reader; `figures` has the name of each method by its figure, in the order of the report."""

    evidence: Evidence
    reader: Reader
    figures: Mapping[str, str]

    def word(self, key: str, **values: object) -> str:
        return self.reader.words(f"evidence.{key}", **values)

    @property
    def regions(self) -> Mapping[str, str]:
        return {name: self.reader.text(region.name) for name, region in self.reader.regions.items()}

    @property
    def classes(self) -> Mapping[str, str]:
        names = map(self.reader.text, self.reader.classes)
        return dict(zip(self.reader.class_ids, names, strict=True))

    @property
    def numbers(self) -> Iterator[tuple[str, str, Plain]]:
        """Figure, name and what was measured of it."""
        return ((figure, name, self.evidence.numbers(figure)) for figure, name in self.figures.items())

    def number(self, value: float, percent: bool = False) -> str:
        """Two decimals, or per cent; what rounds to nothing has no sign."""
        text = printed(value, "share") if percent else f"{value:.2f}".replace("-", "−")
        return text if any(digit in text for digit in "123456789") else text.removeprefix("−")

    def value(self, value: Value | None, percent: bool = False) -> str:
        """As a table writes it: with its interval, and a sign where it holds."""
        if value is None:
            return UNKNOWN
        mean, low, high = (self.number(one, percent) for one in (value.mean, value.low, value.high))
        text = self.word("value", mean=mean, low=low, high=high) if value.n else mean
        return self.word("signed", light=self.word("sign.green"), words=text) if value.holds else text


def plots(told: Told) -> tuple[Plot, ...]:
    """Everything that has a chart of dots with intervals."""
    return looks(told), effect(told), faithful(told), dependence(told), classes(told)


def looks(told: Told) -> Plot:
    """Multiples of the area that each region receives, beside untrained networks and a blob."""
    lines = [line for _, name, numbers in told.numbers for line in _looks(told, name, numbers)]
    blob = [_blob(told, numbers["region_share"]) for _, _, numbers in told.numbers if numbers.get("region_share")]
    return _plot("looks", _asked(told.regions.values(), told.figures), [*lines, *blob[:1]], (EVEN,))


def _looks(told: Told, name: str, numbers: Plain) -> Iterator[Line]:
    shares = numbers.get("region_share", {})
    own = Line(name, name, tuple(_times(numbers, region, ALL) for region in shares))
    if own.known:
        yield own
        untrained = (Value.of(share["untrained"], unit=share["area"]) for share in shares.values())
        yield Line("untrained", told.word("untrained"), tuple(untrained), quiet=True)


def _blob(told: Told, shares: Plain) -> Line:
    times = [share["blob"] / share["area"] for share in shares.values()]
    return Line("blob", told.word("blob"), tuple(Value(one, one, one, 0) for one in times), quiet=True)


def _times(numbers: Plain, region: str, class_id: str) -> Value | None:
    share = numbers["region_share"][region]
    holds = numbers.get("looks", {}).get(region, {}).get(class_id, False)
    return Value.of(share[class_id], holds, share["area"])


def looks_by_class(told: Told, figure: str) -> Plot:
    """The same for each class of one figure."""
    numbers = told.evidence.numbers(figure)
    shares = numbers.get("region_share", {})
    lines = [
        Line(class_id, name, tuple(_times(numbers, region, class_id) for region in shares))
        for class_id, name in told.classes.items()
    ]
    return _plot("looks_by_class", [told.regions[region] for region in shares], lines, (EVEN,))


def effect(told: Told) -> Plot:
    """How much more blurring a region hurts each class than blurring elsewhere."""
    found = told.evidence.top.get("region_effect", {})
    lines = [
        Line(name, title, tuple(_effect(by_class.get(name, {})) for by_class in found.values()))
        for name, title in {ALL: told.word("all"), **told.classes}.items()
    ]
    return replace(_plot("effect", [told.regions[region] for region in found], lines), percent=True)


def _effect(found: Plain) -> Value | None:
    return Value.of(found.get("difference"), found.get("holds", False))


def faithful(told: Told) -> Plot:
    """The faithfulness gap, and how far it exceeds that of other maps."""
    lines = [Line(figure, name, tuple(_gaps(numbers))) for figure, name, numbers in told.numbers]
    return _plot("faithful", _asked([told.word(f"faithful.{gap}") for gap in GAPS], told.figures), lines)


def _gaps(numbers: Plain) -> Iterator[Value | None]:
    found = numbers.get("faithfulness", {})
    light = numbers.get("verdict", {}).get("faithful", {}).get("light")
    yield Value.of(found.get("gap"), light in HELD)
    for reference in GAPS[1:]:
        yield Value.of(found.get("over", {}).get(reference), light == "green" and reference in REFERENCES)


def dependence(told: Told) -> Plot:
    """How much of a map survives an exchange."""
    lines = [
        Line(figure, name, tuple(_retained(numbers, key) for key in EXCHANGES))
        for figure, name, numbers in told.numbers
    ]
    columns = _asked([told.word(f"dependence.{key}") for key in EXCHANGES], told.figures)
    return replace(_plot("dependence", columns, lines, (LITTLE, MUCH)), percent=True)


def _retained(numbers: Plain, key: str) -> Value | None:
    light = numbers.get("verdict", {}).get(EXCHANGES[key], {}).get("light")
    return Value.of(numbers.get(key, {}).get("retained"), light == "green")


def classes(told: Told) -> Plot:
    """Recall and precision of each class."""
    found, words = told.evidence.top.get("classes") or {}, told.reader.words
    columns = ("recall", "precision")
    lines = [
        Line(name, title, tuple(Value.of(found[name][key]) for key in columns))
        for name, title in told.classes.items()
        if name in found
    ]
    titles = [words(f"matrix.{key}") for key in columns]
    return replace(_plot("classes", _asked(titles, found), lines, ()), percent=True)


def _asked(columns: Iterable[str], of: Mapping[str, object]) -> list[str]:
    return list(columns) if of else []


def _plot(name: str, columns: Sequence[str], lines: Sequence[Line], marks: tuple[float, ...] = (0.0,)) -> Plot:
    """Without the rows and columns in which nothing is known."""
    known = [line for line in lines if line.known]
    if not known:
        return Plot(name, tuple(columns), (), marks)
    kept = [k for k in range(len(columns)) if any(line.values[k] for line in known if not line.quiet)]
    rows = tuple(replace(line, values=tuple(line.values[k] for k in kept)) for line in known)
    return Plot(name, tuple(columns[k] for k in kept), rows, marks)
