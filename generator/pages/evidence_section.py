"""The evidence over all figures as a section of a page: each part with one sentence that says how to read it.

Parts in which everything is silent are left out, and named in one line.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from generator.evidence.classes import ClassScores
from generator.evidence.dependence import Agreement
from generator.evidence.localisation import ALL
from generator.evidence.result import CHECKS, FigureEvidence
from generator.pages import evidence_plots
from generator.pages.alt_text import strong
from generator.pages.blocks import NOTHING, Body, Image, Sheet, Table
from generator.pages.bodies import CHART
from generator.pages.evidence_plots import UNKNOWN, Plot, PlotRow, Told, Value
from generator.pages.page import PageSection
from generator.results import Light, Picture
from generator.show import TILE
from generator.text import Passage, Prose, Text, literal, woven

Gallery = Mapping[str, Picture]
Part = PageSection | None


def section(told: Told, pictures: Gallery) -> PageSection | None:
    """Everything that was measured; None where nothing was."""
    known = {plot.id: plot for plot in evidence_plots.plots(told)}
    by_class = {figure: evidence_plots.looks_by_class(told, figure) for figure in told.figures}
    parts = (
        _lights(told),
        _plotted(told, known["effect"], "class", pictures, *_needed(told)),
        _plotted(told, known["looks"], "method", pictures),
        _by_class(told, by_class, pictures),
        *(_plotted(told, known[name], "method", pictures) for name in ("faithful", "dependence")),
        _agreement(told),
        _classes(told, known["classes"], pictures),
        _calibration(told, pictures),
        _data(told),
    )
    named = [told.word(f"{name}.title") for name, plot in known.items() if plot.silent and name != "classes"]
    unknown = [told.figures[figure] for figure, plot in by_class.items() if plot.silent]
    if unknown:
        named.append(told.word("looks_by_class.title") + told.words.bracketed(told.words.joined(unknown)))
    silent = told.words.joined(named, "evidence.between")
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
    if len(told.reader.models) > 1:
        said.append(told.word("first_model", model=told.reader.model_name(next(iter(told.reader.models)))))
    if len(told.tabled) < len(told.classes):
        said.append(told.word("some_classes", n=len(told.tabled), of=f"{len(told.classes):,}"))
    if told.evidence.cut:
        listed = told.words.joined([*_cut(told)], "evidence.between")
        said.append(told.word("cut.told", list=listed))
    return _said(told, woven(lambda *paragraphs: "\n\n".join(paragraphs), *said))


def _cut(told: Told) -> Iterator[Text]:
    """What was measured on fewer images for want of time, or not at all."""
    for figure, (asked, wanted) in told.evidence.cut.items():
        name = told.figures[figure] if figure else told.word("cut.regions")
        yield told.word("cut.fewer" if asked else "cut.none", name=name, n=f"{asked:,}", of=f"{wanted:,}")


def _part(told: Told, name: str, *blocks: Body | Prose | PageSection, folded: bool = False) -> PageSection:
    """A part with its title and how it is read."""
    how = _said(told, told.word(f"{name}.how"))
    return PageSection(f"evidence-{name}", told.word(f"{name}.title"), (how, *blocks), folded)


def _plotted(told: Told, plot: Plot, corner: str, pictures: Gallery, *said: Prose) -> Part:
    """A chart, what may be said of it, and its numbers behind it."""
    if not plot.lines:
        return None
    numbers = PageSection(f"evidence-{plot.id}-numbers", told.word("numbers"), (_table(told, plot, corner),), True)
    return _part(told, plot.id, _chart(told, plot, pictures), *said, numbers)


def _needed(told: Told) -> Iterator[Prose]:
    """The regions whose hiding costs more, and less, than hiding other places."""
    groups = {ALL: told.word("all"), **told.classes}
    for key, statement in (("more", "above"), ("less", "below")):
        said = {
            region: [title for name, title in groups.items() if name in by_class and by_class[name].said == statement]
            for region, by_class in told.evidence.region_effect.items()
        }
        cells = [
            told.word("effect.cell", region=told.regions[region], groups=told.words.joined(titles))
            for region, titles in said.items()
            if titles
        ]
        if cells:
            listed = woven(literal, told.words.joined(cells, "evidence.between"))  # names are no Markdown
            yield _said(told, told.word(f"effect.{key}", cells=listed))


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
            yield told.word("listed", name=line.name, value=told.number(value.estimate.mean, plot.unit))


def _sheet(told: Told, name: str, alt: Text, pictures: Gallery) -> Sheet:
    drawn = {language: pictures[evidence_plots.chart_name(name, language)] for language in told.words.languages}
    return Sheet({language: Image.of(picture, alt, CHART) for language, picture in drawn.items()})


def _table(told: Told, plot: Plot, corner: str, heading: Text = NOTHING, images: Sequence[Image] = ()) -> Table:
    """Every estimate with its interval, and how many images stand behind a row."""
    rows = tuple((line.name, *_cells(told, plot, line), told.behind(line)) for line in plot.lines)
    return Table((told.word(corner), *plot.columns, told.word("n")), rows, tuple(images), (), heading)


def _cells(told: Told, plot: Plot, line: PlotRow) -> Iterator[Text]:
    return (told.value(value, plot.unit) for value in line.values)


def _lights(told: Told) -> Part:
    """One row a method, one column a check."""
    asked = {figure: one for figure, _, one in told.measured if one.verdict}
    if not asked:
        return None
    checks = [check for check in CHECKS if any(check in one.verdict for one in asked.values())]
    rows = ((told.figures[name], *(_light(told, one, check) for check in checks)) for name, one in asked.items())
    head = (told.word("method"), *(told.word(f"check.{check}") for check in checks))
    coloured: tuple[tuple[Light, ...], ...] = tuple(("", *map(one.light, checks)) for one in asked.values())
    return _part(told, "lights", Table(head, tuple(rows), lights=coloured))


def _light(told: Told, measured: FigureEvidence, check: str) -> Text:
    """A sign and a word: no colour has to be seen."""
    if check not in measured.verdict:
        return Text.of(UNKNOWN)
    word = measured.word(check)
    return told.word("signed", light=told.word(f"sign.{word}"), words=told.word(word))


def _by_class(told: Told, plots: Mapping[str, Plot], pictures: Gallery) -> Part:
    """For each method the classes that are known, each beside its mean map."""
    tables = [_of_figure(told, figure, plot, pictures) for figure, plot in plots.items() if plot.lines]
    return _part(told, "looks_by_class", *tables, folded=True) if tables else None


def _of_figure(told: Told, figure: str, plot: Plot, pictures: Gallery) -> Table:
    name = told.figures[figure]
    images = _mean_maps(told, figure, name, pictures)
    beside = [images[line.id] for line in plot.lines if line.id in images]
    maps = told.evidence.mean_maps[figure]
    heading = (
        told.word("looks_by_class.scale", name=name, times=told.number(float(np.nanmax(maps)))) if len(maps) else name
    )
    return _table(told, plot, "class", heading, beside if len(beside) == len(plot.lines) else ())


def _mean_maps(told: Told, figure: str, name: Text, pictures: Gallery) -> Mapping[str, Image]:
    """The mean map of each class that has one."""
    reader, images = told.reader, {}
    for k, values in enumerate(told.evidence.mean_maps.get(figure, ())):
        picture = pictures.get(evidence_plots.map_name(figure, k))
        if picture:
            alt = told.word("alt.mean_map", method=name, target=reader.class_name(k), seen=strong(values, reader))
            scale = values.shape[1] * max(1, round(TILE / values.shape[1])) / picture.width
            images[reader.class_ids[k]] = Image.of(picture, alt, scale)
    return images


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
    return told.value(Value.of(pair.excess, pair.said == "above")) + (told.word("related") if pair.related else "")


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
    return _part(told, "classes", *_doubted(told), _chart(told, plot, pictures), Table(head, rows))


def _doubted(told: Told) -> tuple[Prose, ...]:
    """What speaks against the evaluation that numbers come from."""
    return (_said(told, woven(literal, told.doubted)),) if told.doubted else ()


def _confusion(told: Told, scores: ClassScores) -> Text:
    if scores.confused is None:
        return Text.of(UNKNOWN)
    share = told.value(Value.of(scores.confused_share), "share")
    return told.word("listed", name=told.classes[scores.confused], value=share)


def _calibration(told: Told, pictures: Gallery) -> Part:
    known = told.evidence.calibration
    if known is None:
        return None
    confidence, accuracy = (told.number(one.mean, "share") for one in (known.confidence, known.accuracy))
    difference = told.value(Value.of(known.gap), "points")
    gap = told.word("calibration.gap", gap=difference, confidence=confidence, accuracy=accuracy)
    errors = {"ece": known.ece, "mean": known.expected, "quantile": known.quantile}
    error = "calibration.high" if known.miscalibrated else "calibration.low"
    said = _said(told, gap, told.word(error, **{name: told.number(one, "points") for name, one in errors.items()}))
    return _part(told, "calibration", *_doubted(told), _sheet(told, "calibration", _groups(told), pictures), said)


def _groups(told: Told) -> Text:
    """The points of the reliability diagram in words."""
    groups = [
        told.word("alt.group", confidence=told.number(confidence, "share"), accuracy=told.number(accuracy, "share"))
        for confidence, accuracy, _ in evidence_plots.bins(told.evidence)
    ]
    return told.word("alt.reliability", n=len(groups), list=told.words.joined(groups))


def _data(told: Told) -> Part:
    """Pictures that occur twice, or that the model has already seen."""
    seen = told.evidence.data.leakage if told.evidence.data else None
    if seen is None:
        return None
    counts = {"duplicates": seen.duplicates, "in_training": seen.in_training, "other_label": seen.other_label}
    found = {key: f"{n:,}" for key, n in counts.items() if n}
    said = [told.word(f"data.{key}", n=n, images=f"{seen.images:,}") for key, n in found.items()]
    said += [told.word("data.no_training")] if seen.in_training is None else []
    return PageSection("evidence-data", told.word("data.title"), (_said(told, *said),)) if said else None
