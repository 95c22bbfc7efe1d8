"""A computed figure becomes pictures: which there are, how they are named, and the one scale they share.

Names stay the same from build to build: `<figure>-<index>[-<target>]-<role>` for images, `<figure>-<unit>` for units,
`<figure>-<language>` for charts, with the number of the part after the figure where there are several.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial, singledispatch

import numpy as np

from generator.artefacts import (
    Artefact,
    Confusion,
    Curves,
    Floats,
    Foreign,
    Heatmaps,
    Ints,
    Kernels,
    LayerOutputs,
    LayerTable,
    Patterns,
    Points,
    Predictions,
)
from generator.drawing import charts, colours, png
from generator.drawing.colours import Scale
from generator.drawing.inks import Pixels
from generator.drawing.panels import MappedFace, Tile, sheet
from generator.results import Drawing, FigureResult, Names, Part, Picture, Role
from generator.show import TILE, Panel, Show, Weak


@dataclass(frozen=True)
class _Work:
    """One part on its way to pictures; `scale` is None where nothing can be coloured."""

    figure: str
    part: Part
    number: int | None  # of the part, from 1, where there are several
    show: Show
    panels: tuple[Panel, ...]
    scale: Scale | None
    names: Names

    @property
    def prefix(self) -> str:
        return self.figure if self.number is None else f"{self.figure}-{self.number}"

    def picture(self, name: str, role: Role, pixels: Pixels) -> Picture:
        """A PNG of this part; its row, unit and language are set by whoever knows them."""
        height, width = pixels.shape[:2]
        return Picture(name + ".png", png.png(pixels), width, height, role, (self.number or 1) - 1)

    def face(self, row: int) -> Picture:
        """The image as it is, the same file for every part and target."""
        pixels = colours.photo(self.part.batch.images[row])
        name = f"{self.figure}-{self.part.batch.index[row]}-image"
        return replace(self.picture(name, "image", colours.shown(pixels)), row=row)


def draw(result: FigureResult, show: Show, names: Names, also: tuple[Panel, ...] = ()) -> Drawing:
    """Every picture of a figure in reading order; `also` names panels that an export needs and `show` lacks."""
    artefacts = tuple(part.artefact for part in result.parts)
    scale = colours.shared_scale(artefacts, show)
    panels = tuple(dict.fromkeys((*show.panels, *also)))
    pictures: list[Picture] = []
    for number, part in enumerate(result.parts, 1):
        several = number if len(result.parts) > 1 else None
        work = _Work(result.id, part, several, show, panels, scale, names)
        pictures.extend(_pictures(part.artefact, work))
    if scale is None:
        return Drawing(tuple(pictures))
    pixels = colours.bar(scale.colormap)
    bar = Picture(f"{result.id}-bar.png", png.png(pixels), pixels.shape[1], pixels.shape[0], "bar")
    return Drawing((*pictures, bar), colours.legend(artefacts[0], scale, show))


def jpeg(picture: Picture) -> bytes:
    """A picture as JPEG, the form in which the homework wants its exports."""
    return png.jpeg(picture.data)


@singledispatch
def _pictures(artefact: Artefact, work: _Work) -> Iterator[Picture]:
    """The pictures of a part, by the kind of its artefact."""
    raise NotImplementedError(type(artefact).__name__)


@_pictures.register
def _heatmaps(artefact: Heatmaps, work: _Work) -> Iterator[Picture]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # packing a PNG holds no lock of Python's
        for pictures in pool.map(partial(_row, artefact, work), range(len(work.part.batch.index))):
            yield from pictures


def _row(artefact: Heatmaps, work: _Work, row: int) -> list[Picture]:
    """The image of a row and what its heatmap makes of it."""
    batch, explained = work.part.batch, _explained(artefact, work, row)
    index = int(batch.index[row])
    target = f"-{batch.target[row]}" if (batch.index == index).sum() > 1 else ""
    others = [role for role in work.panels if role != "image"]
    roles: list[Role] = [*others, "veil"] if "overlay" in others else [*others]
    pictures = (work.picture(f"{work.prefix}-{index}{target}-{role}", role, explained.panel(role)) for role in roles)
    return [work.face(row), *(replace(picture, row=row) for picture in pictures)]


def _explained(artefact: Heatmaps, work: _Work, row: int) -> MappedFace:
    values, mask = artefact.values[row], work.show.mask
    scale = None if artefact.remark(row) else colours.own_scale(work.scale, values, work.show)
    return MappedFace(
        colours.photo(work.part.batch.images[row]),
        values,
        None if artefact.segments is None else artefact.segments[row],
        scale,
        mask,
        _least(mask.below_of(_explained_class(work, row)), values, work.scale),
        work.show.boundaries,
    )


def _explained_class(work: _Work, row: int) -> str:
    """The id of the class that a row's map explains; '' where nobody told the ids."""
    return work.names.class_ids[work.part.batch.target[row]] if work.names.class_ids else ""


def _least(below: Weak, values: Floats, scale: Scale | None) -> float:
    """The magnitude from which a mask keeps the face."""
    if isinstance(below, str):
        magnitude = np.abs(values)
        return float(magnitude.mean() if below == "mean" else magnitude.std())
    return below * scale.limit if scale else 0.0


@_pictures.register
def _patterns(artefact: Patterns, work: _Work) -> Iterator[Picture]:
    dead = artefact.dead.tolist()
    tiles = tuple(
        Tile(_pattern(pattern, work.show.colormap), unit, dead[position])
        for position, (pattern, unit) in enumerate(zip(artefact.pattern, artefact.unit.tolist(), strict=True))
    )
    yield from _units(tiles, work, "pattern", work.prefix, None)
    if artefact.output is not None:
        yield from _beside(artefact.output, artefact.unit, work)


def _beside(output: Floats, units: Ints, work: _Work) -> Iterator[Picture]:
    """The images of the figure, each with what every filter puts out for it, `(F, N, h, w)`."""
    for row, index in enumerate(work.part.batch.index.tolist()):
        yield work.face(row)
        for position, unit in enumerate(units.tolist()):
            pixels = _painted(work, output[position, row])
            large = colours.enlarge(pixels, colours.multiple(pixels.shape[0], pixels.shape[1], TILE))
            picture = work.picture(f"{work.prefix}-{unit}-{index}", "output", large)
            yield replace(picture, row=row, unit=position)


def _pattern(pattern: Floats, colormap: str | None) -> Pixels:
    """A pattern as it is, or a grey one in the colours that are asked for."""
    if colormap is None or pattern.shape[-1] != 1:
        return colours.photo(pattern)
    return Scale(1.0, False, colormap).paint(pattern[..., 0])


@_pictures.register
def _outputs(artefact: LayerOutputs, work: _Work) -> Iterator[Picture]:
    for row, index in enumerate(work.part.batch.index.tolist()):
        yield work.face(row)
        tiles = tuple(
            Tile(_painted(work, values), unit)
            for values, unit in zip(artefact.output[row], artefact.unit.tolist(), strict=True)
        )
        prefix = work.prefix if len(artefact.output) == 1 else f"{work.prefix}-{index}"
        yield from _units(tiles, work, "output", prefix, row)


def _painted(work: _Work, values: Floats) -> Pixels:
    """An output in the figure's colours; one that is zero everywhere is the colour of zero, which is its result."""
    zero = Scale(0.0, False, work.show.colormap or colours.UNSIGNED)
    return (colours.own_scale(work.scale, values, work.show) or zero).paint(values)


def _units(tiles: tuple[Tile, ...], work: _Work, role: Role, prefix: str, row: int | None) -> Iterator[Picture]:
    """A picture for each unit, then all of them as one sheet."""
    for position, tile in enumerate(tiles):
        height, width = tile.pixels.shape[:2]
        pixels = tile.drawn(colours.multiple(height, width, TILE))
        picture = work.picture(f"{prefix}-{tile.number}", role, pixels)
        yield replace(picture, row=position if row is None else row, unit=position)
    if tiles:
        yield replace(work.picture(f"{prefix}-sheet", "sheet", sheet(tiles, work.show.columns)), row=row)


def _charts(
    work: _Work, name: str, chart: Callable[[list[str], Mapping[str, str]], Pixels], row: int | None = None
) -> Iterator[Picture]:
    """A chart in each language, from the names of the classes and the words."""
    for language in work.names.languages:
        pixels = chart(work.names.classes_in(language), work.names.words_in(language))
        yield replace(work.picture(f"{name}-{language}", "chart", pixels), row=row, language=language)


@_pictures.register
def _confusion(artefact: Confusion, work: _Work) -> Iterator[Picture]:
    yield from _charts(work, work.prefix, partial(charts.confusion, artefact))


@_pictures.register
def _predictions(artefact: Predictions, work: _Work) -> Iterator[Picture]:
    for row in range(len(work.part.batch)):
        yield work.face(row)
        yield from _bars(artefact.probability[row], work, row)


def _bars(probability: Floats, work: _Work, row: int) -> Iterator[Picture]:
    """The probabilities of one image."""
    batch, name = work.part.batch, f"{work.prefix}-{work.part.batch.index[row]}"
    label = int(batch.label[row])
    yield from _charts(work, name, lambda classes, words: charts.probabilities(probability, classes, label), row)


@_pictures.register
def _kernels(artefact: Kernels, work: _Work) -> Iterator[Picture]:
    numbered = zip(artefact.weight, artefact.unit.tolist(), strict=True)
    tiles = tuple(Tile(_painted(work, weight), unit) for weight, unit in numbered)
    yield from _units(tiles, work, "output", work.prefix, None)


@_pictures.register
def _points(artefact: Points, work: _Work) -> Iterator[Picture]:
    batch = work.part.batch
    groups = np.where(batch.label >= 0, batch.label, batch.prediction)
    yield from _charts(work, work.prefix, lambda classes, words: charts.scatter(artefact.place, groups, classes))


@_pictures.register
def _curves(artefact: Curves, work: _Work) -> Iterator[Picture]:
    yield from _charts(work, work.prefix, lambda classes, words: charts.curves(artefact, words))


@_pictures.register
def _foreign(artefact: Foreign, work: _Work) -> Iterator[Picture]:
    yield work.picture(work.prefix, "chart", np.rint(255 * artefact.image).astype(np.uint8))


@_pictures.register
def _layers(artefact: LayerTable, work: _Work) -> Iterator[Picture]:
    yield from ()  # a table needs no picture
