"""A computed figure becomes pictures: which there are, how they are named, and the scales of their colours.

Names stay the same from build to build: `<figure>-<index>[-<target>]-<role>` for images, `<figure>-<unit>` for units,
`<figure>-<language>` for charts, with the number of the part after the figure where there are several.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial, singledispatch
from itertools import chain

import numpy as np

from generator import artefacts
from generator.artefacts import Artefact, Floats, Heatmaps, Ints
from generator.drawing import charts, colours, png
from generator.drawing.colours import Colouring, Scale
from generator.drawing.inks import Pixels
from generator.drawing.panels import MappedFace, Tile, sheet
from generator.lattice import Lattice
from generator.maps.pixels import blurred
from generator.results import Drawing, FigureResult, Names, Part, Picture, Role
from generator.show import TILE, Panel, Show, Weak

Job = Callable[[], list[Picture]]  # of some pictures of a part, in any thread: packing a PNG holds no lock of Python's
FACES = 64  # PNGs that are not packed again


@dataclass(frozen=True)
class _Work:
    """One part on its way to pictures; a colouring is None where nothing can be coloured.

    `laid` is the artefact as it is laid over the image, smoothed where its single pixels are noise.
    """

    figure: str
    part: Part
    number: int | None  # of the part, from 1, where there are several
    show: Show
    panels: tuple[Panel, ...]
    colouring: Colouring | None
    laid: Artefact
    laid_colouring: Colouring | None
    names: Names
    shared: bool = True  # whether its images are those of the first part

    @property
    def prefix(self) -> str:
        return self.figure if self.number is None else f"{self.figure}-{self.number}"

    def picture(self, name: str, role: Role, pixels: Pixels, row: int | None = None) -> Picture:
        """A PNG of this part; its unit and language are set by whoever knows them."""
        height, width = pixels.shape[:2]
        level = png.QUICK if role == "sheet" else png.BEST
        data = _face(pixels.tobytes(), pixels.shape) if role == "image" else png.png(pixels, level)
        return Picture(name + ".png", data, width, height, role, (self.number or 1) - 1, row)

    def chart(self, name: str, language: str, pixels: Pixels, row: int | None = None) -> Job:
        """A picture with words in one language."""
        return lambda: [replace(self.picture(f"{name}-{language}", "chart", pixels, row), language=language)]

    def top(self, values: Floats) -> tuple[float | None, float]:
        """The magnitude of the last colour, and that as a share of the figure's strongest."""
        return (self.colouring.top(values), self.colouring.strength(values)) if self.colouring else (None, 0.0)

    def laid_on_images(self, output: Floats, place: Lattice | None) -> Floats:
        """`(…, h, w)` outputs of a layer beside the images that its cells lie in."""
        height, width = self.part.batch.images.shape[1:3]
        return output if place is None else place.laid(output, (height, width))

    def face(self, row: int) -> Picture:
        """The image as it is, the same file for every target, and for every part whose model sees it alike."""
        pixels = colours.photo(self.part.batch.images[row])
        name = f"{self.figure if self.shared else self.prefix}-{self.part.batch.index[row]}-image"
        return self.picture(name, "image", colours.shown(pixels), row)

    def faces(self, row: int) -> list[Picture]:
        return [self.face(row)]


@lru_cache(FACES)
def _face(pixels: bytes, shape: tuple[int, ...]) -> bytes:
    """The PNG of an image, which most figures of a report show alike."""
    return png.png(np.frombuffer(pixels, np.uint8).reshape(shape))


def draw(result: FigureResult, show: Show, names: Names, also: tuple[Panel, ...] = ()) -> Drawing:
    """Every picture of a figure in reading order; `also` names panels that an export needs and `show` lacks."""
    computed = tuple(part.artefact for part in result.parts)
    laid, sigmas = zip(*(_laid(artefact, show) for artefact in computed), strict=True) if computed else ((), ())
    layers = tuple(str(part.facts.get("layer", "")) for part in result.parts)
    colouring = colours.colouring(computed, show)
    by_part = zip(colours.by_layer(computed, layers, show), colours.by_layer(laid, layers, show), strict=True)
    panels = tuple(dict.fromkeys((*show.panels, *also)))
    pictures: list[Picture] = []
    for number, (part, (own, over)) in enumerate(zip(result.parts, by_part, strict=True), 1):
        several = number if len(result.parts) > 1 else None
        shared = np.array_equal(part.batch.images, result.parts[0].batch.images)
        work = _Work(result.id, part, several, show, panels, own, laid[number - 1], over, names, shared)
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # charts are drawn here, as matplotlib holds one lock
            pictures += chain.from_iterable(pool.map(_done, _jobs(part.artefact, work)))
    if colouring is None:
        return Drawing(tuple(pictures))
    pixels = colours.bar(colouring.colormap)
    bar = Picture(f"{result.id}-bar.png", png.png(pixels), pixels.shape[1], pixels.shape[0], "bar")
    smoothed = max(sigmas) if "overlay" in panels else 0.0
    legend = colouring.legend(computed[0].coloured_quantity, smoothed)
    return Drawing((*pictures, bar), replace(legend, by_layer=len(set(layers)) > 1))


def _laid(artefact: Artefact, show: Show) -> tuple[Artefact, float]:
    """An artefact as it is laid over its images, and by how many pixels it was smoothed for that."""
    noisy = artefact if isinstance(artefact, Heatmaps) and artefact.pixelwise else None
    sigma = show.smoothing(*noisy.values.shape[1:]) if noisy else 0.0
    if noisy is None or not sigma:
        return artefact, 0.0
    remarks = tuple(map(noisy.remark, range(len(noisy.values))))
    known = np.nan_to_num(noisy.values, posinf=0, neginf=0)
    return replace(noisy, values=blurred(known[..., None], sigma)[..., 0], remarks=remarks), sigma


def _done(job: Job) -> list[Picture]:
    return job()


@singledispatch
def _jobs(artefact: Artefact, work: _Work) -> Iterator[Job]:
    """The pictures of a part, by the kind of its artefact."""
    raise NotImplementedError(type(artefact).__name__)


@_jobs.register
def _heatmaps(artefact: Heatmaps, work: _Work) -> Iterator[Job]:
    yield from (partial(_row, artefact, work, row) for row in range(len(work.part.batch.index)))


def _row(artefact: Heatmaps, work: _Work, row: int) -> list[Picture]:
    """The image of a row and what its heatmap makes of it."""
    batch, mapped = work.part.batch, _mapped(artefact, work, row)
    index = int(batch.index[row])
    target = f"-{batch.target[row]}" if (batch.index == index).sum() > 1 else ""
    others = [role for role in work.panels if role != "image"]
    roles: list[Role] = [*others, "veil"] if "overlay" in others else [*others]
    pictures = (work.picture(f"{work.prefix}-{index}{target}-{role}", role, mapped.panel(role)) for role in roles)
    top, strength = (None, 0.0) if artefact.remark(row) else work.top(artefact.values[row])
    tops = {"map": top, "overlay": top}
    shown = (work.face(row), *pictures)
    return [replace(picture, row=row, top=tops.get(picture.role), strength=strength) for picture in shown]


def _mapped(artefact: Heatmaps, work: _Work, row: int) -> MappedFace:
    batch, values, mask = work.part.batch, artefact.values[row], work.show.mask
    laid = work.laid.values[row] if isinstance(work.laid, Heatmaps) else values
    result = not artefact.remark(row)
    class_id = work.names.class_ids[batch.target[row]] if work.names.class_ids else ""
    return MappedFace(
        colours.photo(batch.images[row]),
        values,
        None if artefact.segments is None else artefact.segments[row],
        work.colouring.scale(values) if work.colouring and result else None,
        laid,
        work.laid_colouring.scale(laid) if work.laid_colouring and result else None,
        mask,
        _least(mask.below_of(class_id), values, work.colouring),
        work.show.boundaries,
    )


def _least(below: Weak, values: Floats, colouring: Colouring | None) -> float:
    """The magnitude from which a mask keeps the face."""
    if isinstance(below, str):
        magnitude = np.abs(values)
        return float(magnitude.mean() if below == "mean" else magnitude.std())
    return below * colouring.largest if colouring else 0.0


@_jobs.register
def _patterns(artefact: artefacts.Patterns, work: _Work) -> Iterator[Job]:
    colormap = work.show.colormap if artefact.pattern.shape[-1] == 1 else None  # grey ones may be shown in colours
    painted = (
        Scale(1.0, False, colormap).paint(pattern[..., 0]) if colormap else colours.pattern(pattern)
        for pattern in artefact.pattern
    )
    tiles = tuple(map(Tile, painted, artefact.unit.tolist(), artefact.dead.tolist()))
    yield from _units(tiles, work, "pattern", work.prefix, None)
    if artefact.output is not None:
        yield from _beside(work.laid_on_images(artefact.output, artefact.place), artefact.unit, work)


def _beside(output: Floats, units: Ints, work: _Work) -> Iterator[Job]:
    """The images of the figure, each with what every filter puts out for it, `(F, N, h, w)`."""
    for row, index in enumerate(work.part.batch.index.tolist()):
        yield partial(work.faces, row)
        for position, tile in enumerate(_tiles(work, output[:, row], units)):
            yield partial(_unit, tile, work, "output", f"{work.prefix}-{tile.number}-{index}", row, position)


@_jobs.register
def _outputs(artefact: artefacts.LayerOutputs, work: _Work) -> Iterator[Job]:
    output = work.laid_on_images(artefact.output, artefact.place)
    for row, index in enumerate(work.part.batch.index.tolist()):
        yield partial(work.faces, row)
        tiles = _tiles(work, output[row], artefact.unit)
        prefix = work.prefix if len(artefact.output) == 1 else f"{work.prefix}-{index}"
        yield from _units(tiles, work, "output", prefix, row)


def _tiles(work: _Work, values: Floats, units: Ints) -> tuple[Tile, ...]:
    """Outputs in colours; one that is zero everywhere is the colour of zero, which is its result."""
    zero = Scale(0.0, False, work.show.colormap or colours.UNSIGNED)
    scales = (work.colouring.scale(one) if work.colouring else zero for one in values)
    known = zip(scales, values, units.tolist(), strict=True)
    return tuple(Tile(scale.paint(one), unit, False, *work.top(one)) for scale, one, unit in known)


def _units(tiles: tuple[Tile, ...], work: _Work, role: Role, prefix: str, row: int | None) -> Iterator[Job]:
    """A picture for each unit, then all of them as one sheet."""
    for position, tile in enumerate(tiles):
        at = position if row is None else row
        yield partial(_unit, tile, work, role, f"{prefix}-{tile.number}", at, position)
    if tiles:
        yield lambda: [work.picture(f"{prefix}-sheet", "sheet", sheet(tiles, work.show.columns), row)]


def _unit(tile: Tile, work: _Work, role: Role, name: str, row: int, position: int) -> list[Picture]:
    """One of the units, large enough to be seen."""
    height, width = tile.pixels.shape[:2]
    picture = work.picture(name, role, tile.drawn(colours.multiple(height, width, TILE)), row)
    return [replace(picture, unit=position, top=tile.top, strength=tile.strength)]


@_jobs.register
def _confusion(artefact: artefacts.Confusion, work: _Work) -> Iterator[Job]:
    for language, classes, words in work.names.spoken:
        yield work.chart(work.prefix, language, charts.confusion(artefact, classes, words, language))


@_jobs.register
def _predictions(artefact: artefacts.Predictions, work: _Work) -> Iterator[Job]:
    batch = work.part.batch
    for row, (index, label) in enumerate(zip(batch.index.tolist(), batch.label.tolist(), strict=True)):
        yield partial(work.faces, row)
        for language, classes, _ in work.names.spoken if artefact.probability.shape[1] > 1 else ():
            told = artefact.likely(row, label)
            marked = int(np.flatnonzero(told == label)[0]) if label >= 0 else -1
            bars = charts.probabilities(artefact.probability[row, told], [classes[k] for k in told], marked, language)
            yield work.chart(f"{work.prefix}-{index}", language, bars, row)


@_jobs.register
def _kernels(artefact: artefacts.Kernels, work: _Work) -> Iterator[Job]:
    yield from _units(_tiles(work, artefact.weight, artefact.unit), work, "output", work.prefix, None)


@_jobs.register
def _points(artefact: artefacts.Points, work: _Work) -> Iterator[Job]:
    batch = work.part.batch
    groups = np.where(batch.label >= 0, batch.label, batch.prediction)
    for language, classes, _ in work.names.spoken:
        yield work.chart(work.prefix, language, charts.scatter(artefact.place, groups, classes, language))


@_jobs.register
def _curves(artefact: artefacts.Curves, work: _Work) -> Iterator[Job]:
    for language, _, words in work.names.spoken:
        yield work.chart(work.prefix, language, charts.curves(artefact, words, language))


@_jobs.register
def _foreign(artefact: artefacts.Foreign, work: _Work) -> Iterator[Job]:
    yield lambda: [work.picture(work.prefix, "chart", np.rint(255 * artefact.image).astype(np.uint8))]


@_jobs.register
def _layers(artefact: artefacts.LayerTable, work: _Work) -> Iterator[Job]:
    yield from ()  # a table needs no picture
