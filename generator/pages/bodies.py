"""The bodies of figures but for the rows of attributions: grids of units, tables of numbers, charts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from generator.artefacts import (
    LIKELY,
    READABLE,
    Confusion,
    Ints,
    Kernels,
    LayerOutputs,
    LayerTable,
    Patterns,
    Predictions,
)
from generator.pages.blocks import NOTHING, Body, Cell, Image, Matrix, MatrixCell, MatrixRow, PictureGrid, Sheet, Table
from generator.pages.reader import Reader, Seen
from generator.results import Part, Picture, Role
from generator.show import ROW, TILE, Show, columns_for
from generator.text import Prose, Text

CHART = 0.6  # CSS pixels to one of a chart's

Examples = Mapping[tuple[int, int], str]  # (label, prediction) -> anchor of a row that shows this confusion


@dataclass(frozen=True)
class Material:
    """One part of a figure with everything its body is made of; `pictures` are this part's in reading order."""

    figure: str
    number: int
    part: Part
    pictures: tuple[Picture, ...]
    show: Show
    notes: Mapping[str, Text]
    method: Text  # its title
    reader: Reader
    examples: Examples
    alt: Callable[[Seen], Text]  # what a picture shows, in words
    heading: Text = NOTHING
    name: Text = NOTHING  # of the part, where the figure has several, wherever it is written

    def image(self, picture: Picture, side: int = ROW) -> Image:
        """A picture with its words, shown about `side` wide, at a whole multiple of its own pixels."""
        seen = Seen(self.reader, self.part, self.method, picture.role, picture.row, picture.unit)
        native = _native_width(self.part, picture.role) or picture.width
        scale = CHART if picture.role == "chart" else native * max(1, round(side / native)) / picture.width
        strength = None if picture.top is None else self.reader.strength(picture.top, picture.strength)
        alt = self.alt(seen)
        if self.name and picture.role != "image":
            alt = self.name + self.reader.words("punctuation.colon") + alt
        return replace(Image.of(picture, alt, scale), strength=strength)

    def found(self, role: Role, row: int | None = None, side: int = ROW) -> Image | None:
        """The first picture of a role, of a row where one is asked for."""
        picture = next((p for p in self.pictures if p.role == role and row in (None, p.row)), None)
        return self.image(picture, side) if picture else None

    def note(self, *keys: str) -> Prose:
        """The first note under one of the keys."""
        return self.reader.prose(next((self.notes[key] for key in keys if key in self.notes), NOTHING))

    def grid(self, cells: tuple[Cell, ...], heading: Text, row: int | None = None) -> PictureGrid:
        """Units beside each other, with the sheet of them all; those of a row beside its image."""
        columns = self.show.columns or columns_for(len(cells))
        face = None if row is None else self.found("image", row, TILE)
        return PictureGrid(cells, columns, heading, self.found("sheet", row), face)

    def unit(self, picture: Picture, units: Ints, key: str) -> Cell:
        """One of the units by its number."""
        number = int(units[picture.unit or 0])
        return Cell(self.reader.words(key, n=number), Text.of(str(number)), (self.image(picture, TILE),))


def _native_width(part: Part, role: Role) -> int:
    """How many pixels wide a picture is before it was enlarged; 0 where that means nothing."""
    artefact = part.artefact
    if isinstance(artefact, Patterns) and role == "pattern":
        return artefact.pattern.shape[2]
    if isinstance(artefact, LayerOutputs | Patterns) and role == "output" and artefact.output is not None:
        place, width = artefact.place, part.batch.images.shape[2]
        return width if place and not place.shared(part.batch.images.shape[1:3]) else artefact.output.shape[3]
    if isinstance(artefact, Kernels) and role == "output":
        return artefact.weight.shape[2]
    return 0 if role in ("sheet", "chart", "bar") else part.batch.images.shape[2]


def patterns(artefact: Patterns, material: Material) -> tuple[Body, ...]:
    """The patterns in a grid; where they have outputs the images they look at, and each beside its outputs."""
    pictures = [p for p in material.pictures if p.role == "pattern"]
    if artefact.output is None:
        cells = tuple(_pattern_cell(artefact, material, picture) for picture in pictures)
        return (material.grid(cells, material.heading),)
    rows = range(len(material.part.batch))
    faces = tuple(_of_image(material, row, image) for row in rows if (image := material.found("image", row, TILE)))
    beside = (_beside(artefact, material, picture) for picture in pictures)
    return (PictureGrid(faces, len(faces), material.heading), *beside)


def _pattern_cell(artefact: Patterns, material: Material, picture: Picture) -> Cell:
    words, number = material.reader.words, material.reader.number
    position = picture.unit if picture.unit is not None else picture.row or 0
    unit = int(artefact.unit[position])
    short = Text.of(str(unit)) if artefact.of == "filter" else material.reader.class_name(unit)
    lines = [words("unit.activation", value=number(artefact.activation[position]))]
    if np.isfinite(artefact.on_images[position]):
        lines.append(words("unit.on_images", value=number(artefact.on_images[position])))
    probability = artefact.facts.get("probability")
    if isinstance(probability, tuple):
        lines.append(words("figure.probability", percent=material.reader.percent(float(str(probability[position])))))
    dead = bool(artefact.dead[position])
    title = words("unit.filter", n=unit) if artefact.of == "filter" else short
    return Cell(title, short, (material.image(picture, TILE),), tuple(lines), words("unit.dead") if dead else NOTHING)


def _beside(artefact: Patterns, material: Material, picture: Picture) -> PictureGrid:
    """One filter: its pattern, and what it puts out for each image."""
    cell = _pattern_cell(artefact, material, picture)
    drawn = [p for p in material.pictures if p.role == "output" and p.unit == picture.unit]
    cells = tuple(_of_image(material, p.row or 0, material.image(p, TILE)) for p in drawn)
    heading = material.reader.words.joined(filter(None, (material.heading, cell.title, *cell.lines, cell.remark)))
    return PictureGrid(cells, len(cells), heading, face=cell.images[0])


def _of_image(material: Material, row: int, image: Image) -> Cell:
    name = material.reader.words("figure.image", index=material.part.batch.index[row])
    return Cell(name, name, (image,))


def outputs(artefact: LayerOutputs, material: Material) -> tuple[Body, ...]:
    return tuple(_output_grid(artefact, material, row) for row in range(len(artefact.output)))


def _output_grid(artefact: LayerOutputs, material: Material, row: int) -> PictureGrid:
    """What the units of a layer put out for one image."""
    words, pictures = material.reader.words, [p for p in material.pictures if p.role == "output" and p.row == row]
    cells = tuple(material.unit(picture, artefact.unit, "unit.channel") for picture in pictures)
    name = words("figure.image", index=material.part.batch.index[row])
    return material.grid(cells, words.joined(filter(None, (material.heading, name))), row)


def kernels(artefact: Kernels, material: Material) -> tuple[Body, ...]:
    pictures = (picture for picture in material.pictures if picture.role == "output")
    cells = tuple(material.unit(picture, artefact.unit, "unit.filter") for picture in pictures)
    return (material.grid(cells, material.heading),)


def matrix(artefact: Confusion, material: Material) -> tuple[Body, ...]:
    """Counts with their shares of a row or a column; recall stands behind the rows, precision below the columns."""
    reader, counts = material.reader, artefact.counts
    by = "predicted" if artefact.normalize == "predicted" else "label"
    totals, given, right = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    classes = artefact.shown.tolist()
    names = tuple(map(reader.class_name, classes))
    rows = tuple(
        MatrixRow(
            reader.class_name(row),
            tuple(
                _cell(counts, row, k, int(given[k] if by == "predicted" else totals[row]), material) for k in classes
            ),
            int(totals[row]),
            _share(reader, right[row], totals[row]),
        )
        for row in classes
    )
    corner, of = reader.words("matrix.corner"), reader.words("matrix.of", of=reader.words(f"matrix.share_{by}"))
    precision = tuple(_share(reader, right[k], given[k]) for k in classes)
    accuracy = _share(reader, right.sum(), counts.sum())
    summary = reader.words("matrix.accuracy", percent=accuracy, n=f"{int(counts.sum()):,}")
    return (Matrix(names, rows, corner, of, precision, summary, material.heading),)


def _share(reader: Reader, part: float, whole: float) -> str:
    return reader.percent(float(part) / float(whole)) if whole else "–"


def _cell(counts: Ints, row: int, column: int, whole: int, material: Material) -> MatrixCell:
    """How many images of a class were given another, and what part of `whole` that is."""
    count, name = int(counts[row, column]), material.reader.class_name
    percent = 100 * count / whole if whole else 0.0
    said = material.reader.words("matrix.cell", count=f"{count:,}", label=name(row), prediction=name(column))
    example = material.examples.get((row, column), "")
    return MatrixCell(count, percent, f"{percent:.0f}%" if whole else "–", row == column, said, example)


def predictions(artefact: Predictions, material: Material) -> tuple[Body, ...]:
    batch, reader = material.part.batch, material.reader
    words = reader.words
    if artefact.probability.shape[1] > READABLE:
        return (_likely(artefact, material),)
    names = tuple(reader.class_name(k) for k in range(artefact.probability.shape[1]))
    if reader.regression:
        values = (
            (Text.of(str(index)), Text.of(reader.number(value)))
            for index, value in zip(batch.index, artefact.probability[:, 0], strict=True)
        )
        return (Table((words("predictions.image"), *names), tuple(values), _faces(material), (), material.heading),)
    head = (words("predictions.image"), words("predictions.label"), *names)
    labels = [reader.class_name(int(k)) if k >= 0 else words("predictions.unknown") for k in batch.label]
    percents = [[Text.of(reader.percent(float(p))) for p in line] for line in artefact.probability]
    rows = tuple((Text.of(str(batch.index[row])), labels[row], *percents[row]) for row in range(len(batch)))
    shares = tuple((None, None, *(100 * float(p) for p in line)) for line in artefact.probability)
    return (Table(head, rows, _faces(material), shares, material.heading),)


def _likely(artefact: Predictions, material: Material) -> Table:
    """Of many classes the most probable of each image, by rank."""
    batch, reader = material.part.batch, material.reader
    words, rows = reader.words, []
    for row, (index, label) in enumerate(zip(batch.index.tolist(), batch.label.tolist(), strict=True)):
        shares = [reader.percent(share) for share in artefact.probability[row].tolist()]
        known = reader.class_name(label) if label >= 0 else words("predictions.unknown")
        told = (reader.class_name(k) + " " + shares[k] for k in artefact.likely(row).tolist())
        rows.append((Text.of(str(index)), known, *told, Text.of(shares[label] if label >= 0 else "–")))
    ranks = (words("predictions.rank", n=n) for n in range(1, LIKELY + 1))
    head = (words("predictions.image"), words("predictions.label"), *ranks, words("predictions.own"))
    return Table(head, tuple(rows), _faces(material), (), material.heading)


def _faces(material: Material) -> tuple[Image, ...]:
    """The images of the rows of a table, where every row has one."""
    rows = range(len(material.part.batch))
    images = tuple(image for row in rows if (image := material.found("image", row, TILE // 2)))
    return images if len(images) == len(rows) else ()


def layers(artefact: LayerTable, material: Material) -> tuple[Body, ...]:
    words = material.reader.words
    head = tuple(words(f"layers.{key}") for key in ("name", "kind", "shape", "parameters", "multiply_adds"))
    numbers = np.stack([artefact.parameters, artefact.multiply_adds], axis=1)
    rows = tuple(
        tuple(map(Text.of, (name, kind, "×".join(map(str, shape)), *(f"{n:,}" if n else "–" for n in pair))))
        for name, kind, shape, pair in zip(artefact.name, artefact.kind, artefact.shape, numbers.tolist(), strict=True)
    )
    total = (NOTHING, NOTHING, *(Text.of(f"{whole:,}") for whole in numbers.sum(axis=0).tolist()))
    pairs = 100 * (numbers / numbers.max(axis=0, initial=1))
    shares = tuple((None, None, None, *pair) for pair in pairs.tolist())
    no_bar = ((None,) * len(head),)
    return (Table(head, (*rows, (words("layers.total"), *total)), (), (*shares, *no_bar), material.heading),)


def charts(artefact: object, material: Material) -> tuple[Body, ...]:
    """The charts, each in every language; one without words is the same in all."""
    drawn = [picture for picture in material.pictures if picture.role == "chart"]
    spoken = {
        language: [material.image(chart) for chart in drawn if chart.language in (None, language)]
        for language in material.reader.words.languages
    }
    several = (dict(zip(spoken, images, strict=True)) for images in zip(*spoken.values(), strict=True))
    return tuple(Sheet(images, material.heading) for images in several)
