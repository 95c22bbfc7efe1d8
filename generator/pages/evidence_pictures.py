"""The pictures of the evidence section: charts in each language, and the mean map of each class."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np

from generator.artefacts import Floats
from generator.drawing.inks import Pixels
from generator.evidence.result import ReportEvidence
from generator.pages.evidence_plots import Plot, Told, plots
from generator.results import Picture, Role

Bins = tuple[tuple[float, ...], ...]


def shown(readers: Sequence[Told]) -> list[object]:
    """Everything that the pictures depend on."""
    maps = {name: blake2b(values.tobytes()).hexdigest() for name, values in readers[0].evidence.mean_maps.items()}
    words = [(told.reader.language, repr(plots(told)), reliability_words(told)) for told in readers]
    return [maps, words, bins(readers[0].evidence)]


def chart_name(plot: str, language: str) -> str:
    return f"evidence-{plot}-{language}.png"


def map_name(figure: str, class_number: int) -> str:
    return f"evidence-mean-{figure}-{class_number}.png"


def bins(evidence: ReportEvidence) -> Bins:
    """Confidence, accuracy and number of images of each group; none where calibration is silent."""
    return evidence.calibration.bins if evidence.calibration else ()


def reliability_words(told: Told) -> tuple[str, str]:
    """What the two axes hold."""
    return told.word("calibration.sure"), told.word("calibration.right")


def drawn(readers: Sequence[Told]) -> Iterator[Picture]:
    """Every picture of the section, in the languages of its readers."""
    for told in readers:
        for plot in plots(told):
            if plot.lines:
                yield _chart(plot.id, _dots(plot), told.reader.language)
        if bins(told.evidence):
            yield _chart("calibration", _reliability(told), told.reader.language)
    for figure, maps in readers[0].evidence.mean_maps.items():
        yield from _mean_maps(figure, maps)


def _chart(name: str, pixels: Pixels, language: str) -> Picture:
    return _picture(chart_name(name, language), pixels, "chart", language=language)


def _picture(name: str, pixels: Pixels, role: Role, row: int | None = None, language: str | None = None) -> Picture:
    from generator.drawing.png import png  # here: Pillow is not needed where nothing is drawn

    return Picture(name, png(pixels), pixels.shape[1], pixels.shape[0], role, row=row, language=language)


def _dots(plot: Plot) -> Pixels:
    from generator.drawing import charts  # here: matplotlib is not needed where nothing is drawn

    values = [[value.estimate if value else None for value in line.values] for line in plot.lines]
    panels = [(title, [row[k] for row in values]) for k, title in enumerate(plot.columns)]
    hollow = [place for place, line in enumerate(plot.lines) if line.quiet]
    names = [line.name for line in plot.lines]
    return charts.intervals(panels, names, plot.marks, hollow=hollow, percent=plot.percent)


def _reliability(told: Told) -> Pixels:
    from generator.drawing import charts

    confidence, accuracy, _ = np.array(bins(told.evidence)).T
    return charts.reliability(confidence, accuracy, reliability_words(told))


def _mean_maps(figure: str, maps: Floats) -> Iterator[Picture]:
    """The classes that are known, all in one scale."""
    from generator.drawing import colours

    known = np.flatnonzero(np.isfinite(maps).all(axis=(1, 2))).tolist()
    scale = colours.Scale(float(maps[known].max(initial=0)), False, colours.UNSIGNED)
    for k in known:
        yield _picture(map_name(figure, k), colours.shown(scale.paint(maps[k])), "map", row=k)
