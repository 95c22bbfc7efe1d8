"""The pictures of the evidence section: charts in each language, and the mean map of each class."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np

from generator.artefacts import Floats
from generator.drawing.inks import Pixels
from generator.evidence.result import ReportEvidence
from generator.pages.evidence_plots import Plot, Told, plots
from generator.results import Picture, Role
from generator.text import Text

Bins = tuple[tuple[float, ...], ...]


def shown(told: Told) -> list[object]:
    """Everything that the pictures depend on."""
    maps = {name: blake2b(values.tobytes()).hexdigest() for name, values in told.evidence.mean_maps.items()}
    return [maps, told.reader.words.languages, repr(plots(told)), repr(_axes(told)), bins(told.evidence)]


def chart_name(plot: str, language: str) -> str:
    return f"evidence-{plot}-{language}.png"


def map_name(figure: str, class_number: int) -> str:
    return f"evidence-mean-{figure}-{class_number}.png"


def bins(evidence: ReportEvidence) -> Bins:
    """Confidence, accuracy and number of images of each group; none where calibration is silent."""
    return evidence.calibration.bins if evidence.calibration else ()


def _axes(told: Told) -> tuple[Text, Text]:
    """What the two axes of the reliability hold."""
    return told.word("calibration.sure"), told.word("calibration.right")


def drawn(told: Told) -> Iterator[Picture]:
    """Every picture of the section; a chart has words, and is drawn in each language."""
    for language in told.reader.words.languages:
        for plot in plots(told):
            if plot.lines:
                yield _chart(plot.id, _dots(plot, language), language)
        if bins(told.evidence):
            yield _chart("calibration", _reliability(told, language), language)
    for figure, maps in told.evidence.mean_maps.items():
        yield from _mean_maps(figure, maps)


def _chart(name: str, pixels: Pixels, language: str) -> Picture:
    return _picture(chart_name(name, language), pixels, "chart", language=language)


def _picture(name: str, pixels: Pixels, role: Role, row: int | None = None, language: str | None = None) -> Picture:
    from generator.drawing.png import png  # here: Pillow is not needed where nothing is drawn

    return Picture(name, png(pixels), pixels.shape[1], pixels.shape[0], role, row=row, language=language)


def _dots(plot: Plot, language: str) -> Pixels:
    from generator.drawing import charts  # here: matplotlib is not needed where nothing is drawn

    values = [[value.estimate if value else None for value in line.values] for line in plot.lines]
    panels = [(title[language], [row[k] for row in values]) for k, title in enumerate(plot.columns)]
    hollow = [place for place, line in enumerate(plot.lines) if line.quiet]
    names = [line.name[language] for line in plot.lines]
    return charts.intervals(panels, names, plot.marks, hollow=hollow, percent=plot.percent)


def _reliability(told: Told, language: str) -> Pixels:
    from generator.drawing import charts

    confidence, accuracy, _ = np.array(bins(told.evidence)).T
    sure, right = (axis[language] for axis in _axes(told))
    return charts.reliability(confidence, accuracy, (sure, right))


def _mean_maps(figure: str, maps: Floats) -> Iterator[Picture]:
    """The classes that are known, all in one scale."""
    from generator.drawing import colours

    known = np.flatnonzero(np.isfinite(maps).all(axis=(1, 2))).tolist()
    scale = colours.Scale(float(maps[known].max(initial=0)), False, colours.UNSIGNED)
    for k in known:
        yield _picture(map_name(figure, k), colours.shown(scale.paint(maps[k])), "map", row=k)
