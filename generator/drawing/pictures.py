"""A computed figure becomes pictures: which there are, how they are named, and the one scale they share.

Names stay the same from build to build: `<figure>-<index>[-<target>]-<role>` for images, `<figure>-<unit>` for units,
`<figure>-<language>` for charts, with the number of the part after the figure where there are several.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial, singledispatch

import numpy as np

from generator import artefacts
from generator.artefacts import Artefact, Floats, Heatmaps, Ints
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

    def chart(self, name: str, language: str, pixels: Pixels, row: int | None = None) -> Picture:
        """A picture with words in one language."""
        return replace(self.picture(f"{name}-{language}", "chart", pixels), row=row, language=language)

    def face(self, row: int) -> Picture:
        """The image as it is, the same file for every part and target."""
        pixels = colours.photo(self.part.batch.images[row])
        name = f"{self.figure}-{self.part.batch.index[row]}-image"
        return replace(self.picture(name, "image", colours.shown(pixels)), row=row)


def draw(result: FigureResult, show: Show, names: Names, also: tuple[Panel, ...] = ()) -> Drawing:
    """Every picture of a figure in reading order; `also` names panels that an export needs and `show` lacks."""
    computed = tuple(part.artefact for part in result.parts)
    scale = colours.shared_scale(computed, show)
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
    return Drawing((*pictures, bar), colours.legend(computed[0], scale, show))


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
    batch, mapped = work.part.batch, _mapped(artefact, work, row)
    index = int(batch.index[row])
    target = f"-{batch.target[row]}" if (batch.index == index).sum() > 1 else ""
    others = [role for role in work.panels if role != "image"]
    roles: list[Role] = [*others, "veil"] if "overlay" in others else [*others]
    pictures = (work.picture(f"{work.prefix}-{index}{target}-{role}", role, mapped.panel(role)) for role in roles)
    return [work.face(row), *(replace(picture, row=row) for picture in pictures)]


def _mapped(artefact: Heatmaps, work: _Work, row: int) -> MappedFace:
    batch, values, mask = work.part.batch, artefact.values[row], work.show.mask
    class_id = work.names.class_ids[batch.target[row]] if work.names.class_ids else ""
    return MappedFace(
        colours.photo(batch.images[row]),
        values,
        None if artefact.segments is None else artefact.segments[row],
        None if artefact.remark(row) else colours.own_scale(work.scale, values, work.show),
        mask,
        _least(mask.below_of(class_id), values, work.scale),
        work.show.boundaries,
    )


def _least(below: Weak, values: Floats, scale: Scale | None) -> float:
    """The magnitude from which a mask keeps the face."""
    if isinstance(below, str):
        magnitude = np.abs(values)
        return float(magnitude.mean() if below == "mean" else magnitude.std())
    return below * scale.limit if scale else 0.0


@_pictures.register
def _patterns(artefact: artefacts.Patterns, work: _Work) -> Iterator[Picture]:
    colormap = work.show.colormap if artefact.pattern.shape[-1] == 1 else None  # grey ones may be shown in colours
    painted = (
        colours.photo(pattern) if colormap is None else Scale(1.0, False, colormap).paint(pattern[..., 0])
        for pattern in artefact.pattern
    )
    tiles = tuple(map(Tile, painted, artefact.unit.tolist(), artefact.dead.tolist()))
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


@_pictures.register
def _outputs(artefact: artefacts.LayerOutputs, work: _Work) -> Iterator[Picture]:
    for row, index in enumerate(work.part.batch.index.tolist()):
        yield work.face(row)
        tiles = _tiles(work, artefact.output[row], artefact.unit)
        prefix = work.prefix if len(artefact.output) == 1 else f"{work.prefix}-{index}"
        yield from _units(tiles, work, "output", prefix, row)


def _tiles(work: _Work, values: Floats, units: Ints) -> tuple[Tile, ...]:
    return tuple(Tile(_painted(work, one), unit) for one, unit in zip(values, units.tolist(), strict=True))


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


@_pictures.register
def _confusion(artefact: artefacts.Confusion, work: _Work) -> Iterator[Picture]:
    for language, classes, words in work.names.spoken:
        yield work.chart(work.prefix, language, charts.confusion(artefact, classes, words))


@_pictures.register
def _predictions(artefact: artefacts.Predictions, work: _Work) -> Iterator[Picture]:
    batch = work.part.batch
    for row, (index, label) in enumerate(zip(batch.index.tolist(), batch.label.tolist(), strict=True)):
        yield work.face(row)
        for language, classes, _ in work.names.spoken:
            bars = charts.probabilities(artefact.probability[row], classes, label)
            yield work.chart(f"{work.prefix}-{index}", language, bars, row)


@_pictures.register
def _kernels(artefact: artefacts.Kernels, work: _Work) -> Iterator[Picture]:
    yield from _units(_tiles(work, artefact.weight, artefact.unit), work, "output", work.prefix, None)


@_pictures.register
def _points(artefact: artefacts.Points, work: _Work) -> Iterator[Picture]:
    batch = work.part.batch
    groups = np.where(batch.label >= 0, batch.label, batch.prediction)
    for language, classes, _ in work.names.spoken:
        yield work.chart(work.prefix, language, charts.scatter(artefact.place, groups, classes))


@_pictures.register
def _curves(artefact: artefacts.Curves, work: _Work) -> Iterator[Picture]:
    for language, _, words in work.names.spoken:
        yield work.chart(work.prefix, language, charts.curves(artefact, words))


@_pictures.register
def _foreign(artefact: artefacts.Foreign, work: _Work) -> Iterator[Picture]:
    yield work.picture(work.prefix, "chart", np.rint(255 * artefact.image).astype(np.uint8))


@_pictures.register
def _layers(artefact: artefacts.LayerTable, work: _Work) -> Iterator[Picture]:
    yield from ()  # a table needs no picture
