"""Grids of units: the patterns of filters or classes, and what the filters of a layer put out."""

import numpy as np

from generator.artefacts import Kernels, LayerOutputs, Patterns
from generator.pages.material import Material
from generator.pages.page import Body, Cell, Grid
from generator.results import Picture
from generator.show import TILE, columns_for


def patterns(artefact: Patterns, material: Material) -> tuple[Body, ...]:
    pictures = [p for p in material.pictures if p.role == "pattern"]
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
