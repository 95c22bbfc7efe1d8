"""What was measured as rows and columns of estimates, each a chart and a table of the evidence section."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from generator.artefacts import READABLE, Floats
from generator.drawing.inks import Pixels
from generator.evidence.dependence import KEPT
from generator.evidence.estimates import Estimate
from generator.evidence.faithfulness import AVERAGE, REFERENCES
from generator.evidence.localisation import ALL, RegionShare
from generator.evidence.result import FigureEvidence, ReportEvidence
from generator.pages.reader import Reader
from generator.prose.quantities import Unit, printed
from generator.results import Picture, Role
from generator.text import Text
from generator.words import Interface

GAPS = ("gap", *REFERENCES, AVERAGE)
UNKNOWN = "–"
EVEN = 1.0  # as much of the map as of the picture


@dataclass(frozen=True)
class Value:
    """An estimate, and whether it `holds` at the level of words; of images, or of networks. Without any: a constant."""

    estimate: Estimate
    holds: bool = False
    networks: bool = False

    @classmethod
    def of(cls, estimate: Estimate | None, holds: bool = False, networks: bool = False) -> "Value | None":
        """None where it is silent."""
        return cls(estimate, holds, networks) if estimate else None


@dataclass(frozen=True)
class PlotRow:
    """One row; a `quiet` one only stands there to be compared with."""

    id: str
    name: Text
    values: tuple[Value | None, ...]
    quiet: bool = False

    @property
    def known(self) -> bool:
        return any(self.values)

    def counts(self, networks: bool = False) -> str:
        """How many images, or networks, stand behind the row; '' for a constant."""
        known = [value for value in self.values if value and value.networks == networks]
        counts = sorted({value.estimate.n for value in known if value.estimate.n})
        return "–".join(f"{count:,}" for count in [*counts[:1], *counts[1:][-1:]])


@dataclass(frozen=True)
class Plot:
    """A quantity by row and column; `marks` are what it is read against, `unit` how its numbers are written.

    Without columns nothing was asked, without lines everything is silent.
    """

    id: str
    columns: tuple[Text, ...]
    lines: tuple[PlotRow, ...]
    marks: tuple[float, ...] = (0.0,)
    unit: Unit = "plain"

    @property
    def silent(self) -> bool:
        return bool(self.columns) and not self.lines


@dataclass(frozen=True)
class Told:
    """Evidence for its readers; `figures` has the name of each method by its figure, in the order of the report."""

    evidence: ReportEvidence
    reader: Reader
    figures: Mapping[str, Text]
    doubted: Text = Text()  # noqa: RUF009, frozen: what speaks against the evaluation

    def word(self, key: str, **values: object) -> Text:
        return self.reader.words(f"evidence.{key}", **values)

    @property
    def words(self) -> Interface:
        return self.reader.words

    @property
    def regions(self) -> Mapping[str, Text]:
        return {name: self.reader.text(region.name) for name, region in self.reader.regions.items()}

    @property
    def classes(self) -> Mapping[str, Text]:
        names = map(self.reader.text, self.reader.classes)
        return dict(zip(self.reader.class_ids, names, strict=True))

    @property
    def tabled(self) -> Mapping[str, Text]:
        """The classes that have a line of their own: all, or of many those with the most images, in their order."""
        support = {name: one.support for name, one in self.evidence.classes.items()}
        most = sorted(self.classes, key=lambda name: -support.get(name, 0))[:READABLE]
        return {name: title for name, title in self.classes.items() if name in most}

    @property
    def measured(self) -> Iterator[tuple[str, Text, FigureEvidence]]:
        """Figure, name and what was measured of it."""
        return ((figure, name, self.evidence.of(figure)) for figure, name in self.figures.items())

    def number(self, value: float, unit: Unit = "plain") -> str:
        """Two decimals, or as the unit has it; what rounds to nothing has no sign."""
        text = f"{value:.2f}".replace("-", "−") if unit == "plain" else printed(value, unit)
        return text if any(digit in text for digit in "123456789") else text.removeprefix("−")

    def value(self, value: Value | None, unit: Unit = "plain") -> Text:
        """As a table writes it: with its interval, and a sign where it holds."""
        if value is None:
            return Text.of(UNKNOWN)
        known = value.estimate
        mean, low, high = (self.number(one, unit) for one in (known.mean, known.low, known.high))
        text = self.word("value", mean=mean, low=low, high=high) if known.n else Text.of(mean)
        return self.word("signed", light=self.word("sign.green"), words=text) if value.holds else text

    def behind(self, row: PlotRow) -> Text:
        """What stands behind a row: images, networks, or both."""
        images, networks = row.counts(), row.counts(networks=True)
        found = [Text.of(images or UNKNOWN)] if images or not networks else []
        return self.words.joined([*found, *([self.word("networks", n=networks)] if networks else [])])


def plots(told: Told) -> tuple[Plot, ...]:
    """Everything that has a chart of dots with intervals."""
    return effect(told), looks(told), faithful(told), dependence(told), classes(told)


def looks(told: Told) -> Plot:
    """Multiples of the area that each region receives, beside untrained networks and a blob."""
    lines = [line for figure in told.figures for line in _looks(told, figure)]
    known = next((measured.region_share for _, _, measured in told.measured if measured.region_share), {})
    times = (share.blob / share.area for share in known.values())
    constants = tuple(Value(Estimate(value, value, value, 0)) for value in times)
    blob = [PlotRow("blob", told.word("blob"), constants, quiet=True)] if known else []
    return _plot("looks", _asked(told.regions.values(), told.figures), [*lines, *blob], (EVEN,))


def _looks(told: Told, figure: str) -> Iterator[PlotRow]:
    shares = told.evidence.of(figure).region_share
    own = PlotRow(figure, told.figures[figure], _times(shares, ALL))
    if own.known:
        yield own
        untrained = (share.untrained and share.untrained.over(share.area) for share in shares.values())
        values = tuple(Value.of(one, networks=True) for one in untrained)
        yield PlotRow("untrained", told.word("untrained"), values, quiet=True)


def _times(shares: Mapping[str, RegionShare], class_id: str) -> tuple[Value | None, ...]:
    return tuple(Value.of(share.times(class_id), share.looked_at.get(class_id, False)) for share in shares.values())


def looks_by_class(told: Told, figure: str) -> Plot:
    """The same for each class of one figure."""
    shares = told.evidence.of(figure).region_share
    lines = [PlotRow(class_id, name, _times(shares, class_id)) for class_id, name in told.tabled.items()]
    return _plot("looks_by_class", [told.regions[region] for region in shares], lines, (EVEN,))


def effect(told: Told) -> Plot:
    """How much more blurring a region hurts each class than blurring elsewhere."""
    regions = told.evidence.region_effect
    lines = [
        PlotRow(name, title, tuple(Value.of(one[name].difference, one[name].holds) for one in regions.values()))
        for name, title in {ALL: told.word("all"), **told.tabled}.items()
    ]
    titles = [told.word("effect.panel", region=told.regions[region]) for region in regions]
    return replace(_plot("effect", titles, lines), unit="points")


def faithful(told: Told) -> Plot:
    """The faithfulness gap, and how far it exceeds that of other maps."""
    lines = [PlotRow(figure, name, tuple(_gaps(measured))) for figure, name, measured in told.measured]
    return _plot("faithful", _asked([told.word(f"faithful.{gap}") for gap in GAPS], told.figures), lines)


def _gaps(measured: FigureEvidence) -> Iterator[Value | None]:
    yield Value.of(measured.faithfulness.gap, measured.holds("faithful"))
    for reference in GAPS[1:]:
        yield Value.of(measured.faithfulness.over.get(reference), measured.says("faithful", reference) == "above")


def dependence(told: Told) -> Plot:
    """How much of a map survives an exchange."""
    lines = [PlotRow(figure, name, tuple(_retained(measured))) for figure, name, measured in told.measured]
    columns = _asked([told.word(f"dependence.{key}") for key in ("class_swap", "random_weights")], told.figures)
    return replace(_plot("dependence", columns, lines, (KEPT.low, KEPT.high)), unit="share")


def _retained(measured: FigureEvidence) -> Iterator[Value | None]:
    yield Value.of(measured.class_swap.retained, measured.holds("class"))
    yield Value.of(measured.random_weights.retained, measured.holds("weights"), networks=True)


def classes(told: Told) -> Plot:
    """Recall and precision of each class."""
    scores, words = told.evidence.classes, told.words
    lines = [
        PlotRow(name, title, (Value.of(scores[name].recall), Value.of(scores[name].precision)))
        for name, title in told.tabled.items()
        if name in scores
    ]
    titles = [words(f"matrix.{key}") for key in ("recall", "precision")]
    return replace(_plot("classes", _asked(titles, scores), lines, ()), unit="share")


def _asked(columns: Iterable[Text], of: Mapping[str, object]) -> list[Text]:
    return list(columns) if of else []


def _plot(name: str, columns: Sequence[Text], lines: Sequence[PlotRow], marks: tuple[float, ...] = (0.0,)) -> Plot:
    """Without the rows and columns in which nothing is known."""
    known = [line for line in lines if line.known]
    if not known:
        return Plot(name, tuple(columns), (), marks)
    kept = [k for k in range(len(columns)) if any(line.values[k] for line in known if not line.quiet)]
    rows = tuple(replace(line, values=tuple(line.values[k] for k in kept)) for line in known)
    return Plot(name, tuple(columns[k] for k in kept), rows, marks)


def shown(told: Told) -> list[object]:
    """Everything that the pictures depend on."""
    maps = {name: blake2b(values.tobytes()).hexdigest() for name, values in told.evidence.mean_maps.items()}
    return [maps, told.words.languages, repr(plots(told)), repr(_axes(told)), bins(told.evidence)]


def chart_name(plot: str, language: str) -> str:
    return f"evidence-{plot}-{language}.png"


def map_name(figure: str, class_number: int) -> str:
    return f"evidence-mean-{figure}-{class_number}.png"


def bins(evidence: ReportEvidence) -> tuple[tuple[float, ...], ...]:
    """Confidence, accuracy and number of images of each group; none where calibration is silent."""
    return evidence.calibration.bins if evidence.calibration else ()


def _axes(told: Told) -> tuple[Text, Text]:
    """What the two axes of the reliability hold."""
    return told.word("calibration.sure"), told.word("calibration.right")


def drawn(told: Told) -> Iterator[Picture]:
    """Every picture of the section; a chart has words, and is drawn in each language."""
    for language in told.words.languages:
        for plot in plots(told):
            if plot.lines:
                yield _picture(chart_name(plot.id, language), _dots(plot, language), "chart", language=language)
        if bins(told.evidence):
            name = chart_name("calibration", language)
            yield _picture(name, _reliability(told, language), "chart", language=language)
    for figure, maps in told.evidence.mean_maps.items():
        yield from _mean_maps(figure, maps)


def _picture(name: str, pixels: Pixels, role: Role, row: int | None = None, language: str | None = None) -> Picture:
    from generator.drawing.png import png  # here: Pillow is not needed where nothing is drawn

    return Picture(name, png(pixels), pixels.shape[1], pixels.shape[0], role, row=row, language=language)


def _dots(plot: Plot, language: str) -> Pixels:
    from generator.drawing import charts  # here: matplotlib is not needed where nothing is drawn

    part = 0.01 if plot.unit == "points" else 1.0
    values = [[value.estimate.over(part) if value else None for value in line.values] for line in plot.lines]
    panels = [(title[language], [row[k] for row in values]) for k, title in enumerate(plot.columns)]
    hollow = [place for place, line in enumerate(plot.lines) if line.quiet]
    names = [line.name[language] for line in plot.lines]
    percent = plot.unit == "share"
    return charts.intervals(panels, names, plot.marks, hollow=hollow, percent=percent, language=language)


def _reliability(told: Told, language: str) -> Pixels:
    from generator.drawing import charts

    confidence, accuracy, _ = np.array(bins(told.evidence)).T
    sure, right = (axis[language] for axis in _axes(told))
    return charts.reliability(confidence, accuracy, (sure, right), language)


def _mean_maps(figure: str, maps: Floats) -> Iterator[Picture]:
    """The classes that are known, all in one scale."""
    from generator.drawing import colours

    known = np.flatnonzero(np.isfinite(maps).all(axis=(1, 2))).tolist()
    scale = colours.Scale(float(maps[known].max(initial=0)), False, colours.UNSIGNED)
    for k in known:
        yield _picture(map_name(figure, k), colours.shown(scale.paint(maps[k])), "map", row=k)
