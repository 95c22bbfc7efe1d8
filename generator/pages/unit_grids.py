"""Grids of units: the patterns of filters or classes, and what the filters of a layer put out."""

import numpy as np

from generator.artefacts import Kernels, LayerOutputs, Patterns
from generator.pages.content import Body, Cell, Grid, Image
from generator.pages.material import Material
from generator.results import Picture
from generator.show import TILE, columns_for


def patterns(artefact: Patterns, material: Material) -> tuple[Body, ...]:
    pictures = [p for p in material.pictures if p.role == "pattern"]
    if artefact.output is not None:
        return (_faces(material), *(_beside(artefact, material, picture) for picture in pictures))
    cells = tuple(_pattern_cell(artefact, material, picture) for picture in pictures)
    columns = material.show.columns or columns_for(len(cells))
    return (Grid(cells, columns, material.heading, material.found("sheet")),)


def _pattern_cell(artefact: Patterns, material: Material, picture: Picture) -> Cell:
    words, number = material.reader.words, material.reader.number
    position = picture.unit if picture.unit is not None else picture.row or 0
    unit = int(artefact.unit[position])
    short = str(unit) if artefact.of == "filter" else material.reader.class_name(unit)
    lines = [words("unit.activation", value=number(artefact.activation[position]))]
    if np.isfinite(artefact.on_images[position]):
        lines.append(words("unit.on_images", value=number(artefact.on_images[position])))
    probability = artefact.facts.get("probability")
    if isinstance(probability, tuple):
        lines.append(words("figure.probability", percent=material.reader.percent(float(str(probability[position])))))
    dead = bool(artefact.dead[position])
    title = words("unit.filter", n=unit) if artefact.of == "filter" else short
    return Cell(title, short, (material.image(picture, TILE),), tuple(lines), words("unit.dead") if dead else "")


def _faces(material: Material) -> Grid:
    """The images that the filters below look at, in the order of their outputs."""
    rows = range(len(material.part.batch))
    cells = tuple(_of_image(material, row, image) for row in rows if (image := material.found("image", row, TILE)))
    return Grid(cells, len(cells), material.heading)


def _beside(artefact: Patterns, material: Material, picture: Picture) -> Grid:
    """One filter: its pattern, and what it puts out for each image."""
    cell = _pattern_cell(artefact, material, picture)
    drawn = [p for p in material.pictures if p.role == "output" and p.unit == picture.unit]
    cells = tuple(_of_image(material, p.row or 0, material.image(p, TILE)) for p in drawn)
    heading = material.reader.joined(tuple(filter(None, (material.heading, cell.title, *cell.lines, cell.remark))))
    return Grid(cells, len(cells), heading, face=cell.images[0])


def _of_image(material: Material, row: int, image: Image) -> Cell:
    name = material.reader.words("figure.image", index=material.part.batch.index[row])
    return Cell(name, name, (image,))


def outputs(artefact: LayerOutputs, material: Material) -> tuple[Body, ...]:
    return tuple(_output_grid(artefact, material, row) for row in range(len(artefact.output)))


def _output_grid(artefact: LayerOutputs, material: Material, row: int) -> Grid:
    words = material.reader.words
    pictures = [p for p in material.pictures if p.role == "output" and p.row == row]
    units = [int(artefact.unit[picture.unit or 0]) for picture in pictures]
    cells = tuple(
        Cell(words("unit.channel", n=unit), str(unit), (material.image(picture, TILE),))
        for picture, unit in zip(pictures, units, strict=True)
    )
    heading = words("figure.image", index=material.part.batch.index[row])
    heading = f"{material.heading}{words('punctuation.comma')}{heading}" if material.heading else heading
    columns = material.show.columns or columns_for(len(cells))
    return Grid(cells, columns, heading, material.found("sheet", row), material.found("image", row, TILE))


def kernels(artefact: Kernels, material: Material) -> tuple[Body, ...]:
    words = material.reader.words
    cells = tuple(
        Cell(words("unit.filter", n=unit), str(unit), (material.image(picture, TILE),))
        for picture in material.pictures
        if picture.role == "output"
        for unit in (int(artefact.unit[picture.unit or 0]),)
    )
    columns = material.show.columns or columns_for(len(cells))
    return (Grid(cells, columns, material.heading, material.found("sheet")),)
