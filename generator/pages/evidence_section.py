"""The evidence over all figures as a section of a page: each part with one sentence that says how to read it.

Parts in which everything is silent are left out, and named in one line.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from generator.artefacts import Floats
from generator.evidence.classes import ClassScores
from generator.evidence.dependence import Agreement
from generator.evidence.result import CHECKS
from generator.pages import evidence_plots
from generator.pages.alt_text import strong
from generator.pages.bodies import CHART
from generator.pages.evidence_plots import UNKNOWN, Plot, PlotRow, Told, Value
from generator.pages.page import NOTHING, Body, Image, Light, PageSection, Sheet, Table
from generator.results import Picture
from generator.show import TILE
from generator.text import Passage, Prose, Text, woven

Gallery = Mapping[str, Picture]
Part = PageSection | None


def section(told: Told, pictures: Gallery) -> PageSection | None:
    """Everything that was measured; None where nothing was."""
    known = {plot.id: plot for plot in evidence_plots.plots(told)}
    parts = (
        _lights(told),
        _plotted(told, known["looks"], "method", pictures),
        _by_class(told, pictures),
        _plotted(told, known["effect"], "class", pictures),
        *(_plotted(told, known[name], "method", pictures) for name in ("faithful", "dependence")),
        _agreement(told),
        _classes(told, known["classes"], pictures),
        _calibration(told, pictures),
        _data(told),
    )
    named = [told.word(f"{name}.title") for name, plot in known.items() if plot.silent and name != "classes"]
    silent = told.words.joined((*named, *_silent_by_class(told)), "evidence.between")
    left_out = (_said(told, told.word("left_out", parts=silent)),) if silent else ()
    blocks = (*filter(None, parts), *left_out)
    return PageSection("evidence", told.word("title"), (_introduction(told), *blocks)) if blocks else None


def _said(told: Told, *sentences: Text) -> Prose:
    said = told.words.joined(sentences, "punctuation.sentence")
    return Prose({language: Passage(said[language], language) for language in told.words.languages})


def _introduction(told: Told) -> Prose:
    """What the numbers are, and which images they come from, as two paragraphs."""
    most = max((measured.images for _, _, measured in told.measured), key=lambda images: images.n, default=None)
    said = [told.word("intro")]
    if most and most.n:
        said.append(told.word(f"rule.{most.rule}", n=f"{most.n:,}"))
    return _said(told, woven(lambda *paragraphs: "\n\n".join(paragraphs), *said))


def _part(told: Told, name: str, *blocks: Body | Prose | PageSection, folded: bool = False) -> PageSection:
    """A part with its title and how it is read."""
    how = _said(told, told.word(f"{name}.how"))
    return PageSection(f"evidence-{name}", told.word(f"{name}.title"), (how, *blocks), folded)


def _plotted(told: Told, plot: Plot, corner: str, pictures: Gallery) -> Part:
    """A chart, and its numbers behind it."""
    if not plot.lines:
        return None
    numbers = PageSection(f"evidence-{plot.id}-numbers", told.word("numbers"), (_table(told, plot, corner),), True)
    return _part(told, plot.id, _chart(told, plot, pictures), numbers)


def _chart(told: Told, plot: Plot, pictures: Gallery) -> Sheet:
    """The chart in each language, with its middles in words."""
    panels = (
        told.word("panel", title=title, list=told.words.joined(_middles(told, plot, k)))
        for k, title in enumerate(plot.columns)
    )
    alt = told.word("alt.chart", list=told.words.joined(panels, "evidence.between"))
    return _sheet(told, plot.id, alt, pictures)


def _middles(told: Told, plot: Plot, column: int) -> Iterator[Text]:
    for line in plot.lines:
        value = line.values[column]
        if value:
            yield told.word("listed", name=line.name, value=told.number(value.estimate.mean, plot.percent))


def _sheet(told: Told, name: str, alt: Text, pictures: Gallery) -> Sheet:
    drawn = {language: pictures[evidence_plots.chart_name(name, language)] for language in told.words.languages}
    return Sheet({language: Image.of(picture, alt, CHART) for language, picture in drawn.items()})


def _table(told: Told, plot: Plot, corner: str, heading: Text = NOTHING, images: Sequence[Image] = ()) -> Table:
    """Every estimate with its interval, and how many images stand behind a row."""
    rows = tuple((line.name, *_cells(told, plot, line), Text.of(line.images)) for line in plot.lines)
    return Table((told.word(corner), *plot.columns, told.word("n")), rows, tuple(images), (), heading)


def _cells(told: Told, plot: Plot, line: PlotRow) -> Iterator[Text]:
    return (told.value(value, plot.percent) for value in line.values)


def _lights(told: Told) -> Part:
    """One row a method, one column a check."""
    asked = {figure: one for figure, _, one in told.measured if one.verdict}
    if not asked:
        return None
    checks = [check for check in CHECKS if any(check in one.verdict for one in asked.values())]
    lights = {figure: [one.light(check) for check in checks] for figure, one in asked.items()}
    rows = ((told.figures[figure], *(_light(told, light) for light in row)) for figure, row in lights.items())
    head = (told.word("method"), *(told.word(f"check.{check}") for check in checks))
    coloured: tuple[tuple[Light, ...], ...] = tuple(("", *row) for row in lights.values())
    return _part(told, "lights", Table(head, tuple(rows), lights=coloured))


def _light(told: Told, light: str) -> Text:
    """A sign and a word: no colour has to be seen."""
    if not light:
        return Text.of(UNKNOWN)
    return told.word("signed", light=told.word(f"sign.{light}"), words=told.word(light))


def _by_class(told: Told, pictures: Gallery) -> Part:
    """For each method the classes that are known, each beside its mean map."""
    tables = [_of_figure(told, figure, name, pictures) for figure, name in told.figures.items()]
    known = [table for table in tables if table]
    return _part(told, "looks_by_class", *known, folded=True) if known else None


def _silent_by_class(told: Told) -> Iterator[Text]:
    """The title of the table by class, with the methods of which no class has enough images."""
    names = [name for figure, name in told.figures.items() if evidence_plots.looks_by_class(told, figure).silent]
    if names:
        yield told.word("looks_by_class.title") + told.words.bracketed(told.words.joined(names))


def _of_figure(told: Told, figure: str, name: Text, pictures: Gallery) -> Table | None:
    plot = evidence_plots.looks_by_class(told, figure)
    if not plot.lines:
        return None
    images = _mean_maps(told, figure, name, pictures)
    beside = [images[line.id] for line in plot.lines if line.id in images]
    brightest = float(np.nanmax(told.evidence.mean_maps[figure]))  # in multiples of an even map
    heading = told.word("looks_by_class.scale", name=name, times=told.number(brightest))
    return _table(told, plot, "class", heading, beside if len(beside) == len(plot.lines) else ())


def _mean_maps(told: Told, figure: str, name: Text, pictures: Gallery) -> Mapping[str, Image]:
    """The mean map of each class that has one."""
    maps = told.evidence.mean_maps.get(figure, ())
    drawn = {k: picture for k in range(len(maps)) if (picture := pictures.get(evidence_plots.map_name(figure, k)))}
    return {told.reader.class_ids[k]: _mean_map(told, name, k, maps[k], picture) for k, picture in drawn.items()}


def _mean_map(told: Told, name: Text, class_number: int, values: Floats, picture: Picture) -> Image:
    reader = told.reader
    known = {"target": reader.class_name(class_number), "seen": strong(values, reader)}
    alt = told.word("alt.mean_map", method=name, **known)
    return Image.of(picture, alt, values.shape[1] * max(1, round(TILE / values.shape[1])) / picture.width)


def _agreement(told: Told) -> Part:
    """Every pair once, below the diagonal."""
    pairs = told.evidence.agreement
    figures = [figure for figure in told.figures if pairs.get(figure)]
    if not any(pair.excess for one in pairs.values() for pair in one.values()):
        return None
    names = [told.figures[figure] for figure in figures]
    known = [[_pair(told, pairs[figure].get(other)) for other in figures[:k]] for k, figure in enumerate(figures)]
    rows = tuple((names[k], *row, *[NOTHING] * (len(names) - 1 - k)) for k, row in enumerate(known) if k)
    return _part(told, "agreement", Table((told.word("method"), *names[:-1]), rows))


def _pair(told: Told, pair: Agreement | None) -> Text:
    if pair is None:
        return Text.of(UNKNOWN)
    return told.value(Value.of(pair.excess)) + (told.word("related") if pair.related else "")


def _classes(told: Told, plot: Plot, pictures: Gallery) -> Part:
    """Recall and precision, and the one class that each is clearly taken for."""
    if not plot.lines:
        return None
    scores = told.evidence.classes
    head = (told.word("class"), told.word("n"), *plot.columns, told.word("classes.confused"))
    rows = tuple(
        (row.name, Text.of(f"{scores[row.id].support:,}"), *_cells(told, plot, row), _confusion(told, scores[row.id]))
        for row in plot.lines
    )
    return _part(told, "classes", _chart(told, plot, pictures), Table(head, rows))


def _confusion(told: Told, scores: ClassScores) -> Text:
    if scores.confused is None:
        return Text.of(UNKNOWN)
    share = told.value(Value.of(scores.confused_share), True)
    return told.word("listed", name=told.classes[scores.confused], value=share)


def _calibration(told: Told, pictures: Gallery) -> Part:
    known = told.evidence.calibration
    if known is None:
        return None
    confidence, accuracy = (told.number(one.mean, True) for one in (known.confidence, known.accuracy))
    difference = told.value(Value.of(known.gap), True)
    gap = told.word("calibration.gap", gap=difference, confidence=confidence, accuracy=accuracy)
    null = {"mean": told.number(known.expected), "quantile": told.number(known.quantile)}
    error = "calibration.high" if known.miscalibrated else "calibration.low"
    said = _said(told, gap, told.word(error, ece=told.number(known.ece), **null))
    return _part(told, "calibration", _sheet(told, "calibration", _groups(told), pictures), said)


def _groups(told: Told) -> Text:
    """The points of the reliability diagram in words."""
    groups = [
        told.word("alt.group", confidence=told.number(confidence, True), accuracy=told.number(accuracy, True))
        for confidence, accuracy, _ in evidence_plots.bins(told.evidence)
    ]
    return told.word("alt.reliability", n=len(groups), list=told.words.joined(groups))


def _data(told: Told) -> Part:
    """Pictures that occur twice, or that the model has already seen."""
    seen = told.evidence.data.leakage if told.evidence.data else None
    if seen is None:
        return None
    said = [told.word("data.duplicates", images=f"{seen.images:,}", n=f"{seen.duplicates:,}")]
    if seen.in_training is None:
        said.append(told.word("data.no_training"))
    else:
        said.append(told.word("data.in_training", n=f"{seen.in_training:,}", other=f"{seen.other_label:,}"))
    return PageSection("evidence-data", told.word("data.title"), (_said(told, *said),))
