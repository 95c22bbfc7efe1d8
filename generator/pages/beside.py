"""The parts of a figure beside each other, a column each with its name: models, or layers of one.

Maps of the same images share a table, in which the image stands once and each part has the panel that shows most.
Whatever else they are made of stands in columns of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from generator.artefacts import Confusion, Heatmaps
from generator.pages.attribution_rows import BEST_COMPARED
from generator.pages.blocks import NOTHING, Body, Columns, Image, PictureGrid, PictureRows, Row
from generator.pages.bodies import Material
from generator.pages.difference_matrix import difference
from generator.show import Panel, Show, columns_for
from generator.text import Text

Bodies = Callable[[Material], tuple[Body, ...]]
MOST = 6  # maps of a row; more stand one part below the other
ABREAST = 8  # pictures of grids that stand beside each other


def beside(materials: Sequence[Material], bodies: Bodies) -> tuple[Body, ...]:
    """The bodies of all parts of a figure."""
    if len(materials) == 1:
        return bodies(materials[0])
    if all(isinstance(one.part.artefact, Heatmaps) for one in materials) and materials[0].show.layout != "grid":
        tables = [bodies(replace(one, heading=NOTHING, show=_narrow(one))) for one in materials]
        rows = [body for own in tables for body in own if isinstance(body, PictureRows)]
        together = len(rows) == len(materials) and sum(len(body.panels) - 1 for body in rows) <= MOST
        return (_merged(materials, rows),) if together else _below(materials, bodies)
    own = [bodies(_unnamed(one, len(materials))) for one in materials]
    heads = tuple(one.heading for one in materials)
    if len(set(map(len, own))) > 1:
        return _below(materials, bodies)
    columns = tuple(Columns(heads, _of_one_size(column)) for column in zip(*own, strict=True))
    return (*columns, *_differences(materials))


def _differences(materials: Sequence[Material]) -> Iterator[Body]:
    """Of the matrices of several models, how each differs from the first."""
    first, *others = materials
    known = first.part.artefact
    for other in others:
        if isinstance(known, Confusion) and isinstance(other.part.artefact, Confusion):
            yield difference(known, other.part.artefact, first, other)


def _below(materials: Sequence[Material], bodies: Bodies) -> tuple[Body, ...]:
    return tuple(body for one in materials for body in bodies(one))


def _narrow(material: Material) -> Show:
    """The image, where it is shown at all, and the one panel that tells most."""
    panels = material.show.panels
    best = next((panel for panel in BEST_COMPARED if panel in panels), BEST_COMPARED[0])
    kept: tuple[Panel, ...] = ("image", best) if "image" in panels else (best,)
    return material.show.model_copy(update={"panels": kept})


def _unnamed(material: Material, parts: int) -> Material:
    """A part whose name stands above its column; its grids are as narrow as the columns."""
    count = sum(picture.unit is not None for picture in material.pictures)
    columns = material.show.columns or columns_for(max(1, count), max(2, ABREAST // parts))
    return replace(material, heading=NOTHING, show=material.show.model_copy(update={"columns": columns}))


def _merged(materials: Sequence[Material], tables: Sequence[PictureRows]) -> PictureRows:
    """One table of all parts: the image once, then the maps of each."""
    first, words = tables[0], materials[0].reader.words
    faced = first.rows[0].images[0].role == "image" if first.rows else False
    panels = list(first.panels[:faced])
    for material, table in zip(materials, tables, strict=True):
        own = table.panels[faced:]
        panels += [words.joined((material.heading, head)) if len(own) > 1 else material.heading for head in own]
    rows = (_row(materials, [table.rows[k] for table in tables], k, faced) for k in range(len(first.rows)))
    return PictureRows(first.head, tuple(panels), tuple(rows), by_part=True)


def _row(materials: Sequence[Material], rows: Sequence[Row], place: int, faced: bool) -> Row:
    """One image with the maps of every part, all of one size, and below each what its model says of the image."""
    first, several = rows[0], "model" in materials[0].part.facts
    maps = [
        replace(image, under=_answer(material, row.index) if several else NOTHING)
        for material, row in zip(materials, rows, strict=True)
        for image in row.images[faced:]
    ]
    images = (*first.images[:faced], *maps)
    shown = max(image.shown for image in images)
    merged = replace(
        first,
        images=tuple(replace(image, shown=shown) for image in images),
        remark=_remark(materials, rows),
        veil=None,
        values=None,
    )
    return replace(merged, probability="", prediction=NOTHING) if several else merged


def _answer(material: Material, index: int) -> Text:
    """What a model says of an image: how probable its class is, or what it takes it for."""
    batch, reader = material.part.batch, material.reader
    row = batch.index.tolist().index(index)
    label = int(batch.label[row]) if batch.label[row] >= 0 else int(batch.target[row])
    prediction, words = int(batch.prediction[row]), reader.words
    if reader.regression:
        return Text.of(reader.answer(float(batch.probability[row, 0])))
    percent = reader.percent(float(batch.probability[row, prediction]))
    if prediction == label:
        return words("figure.probability", percent=percent)
    return words("figure.predicted_with", prediction=reader.class_name(prediction), percent=percent)


def _remark(materials: Sequence[Material], rows: Sequence[Row]) -> Text:
    """What holds of all maps of a row, or of which part."""
    remarks = dict.fromkeys(row.remark for row in rows)
    if len(remarks) == 1:
        return rows[0].remark
    words = materials[0].reader.words
    named = zip(materials, rows, strict=True)
    told = [one.heading + words("punctuation.colon") + row.remark for one, row in named if row.remark]
    return words.joined(told, "punctuation.sentence")


def _of_one_size(bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """Grids whose pictures are as large as those of the others."""
    shown = max((image.shown for image in _cells(bodies)), default=0)
    return tuple(_resized(body, shown) if isinstance(body, PictureGrid) else body for body in bodies)


def _cells(bodies: Sequence[Body]) -> Iterator[Image]:
    return (image for body in bodies if isinstance(body, PictureGrid) for cell in body.cells for image in cell.images)


def _resized(body: PictureGrid, shown: int) -> PictureGrid:
    cells = (replace(cell, images=tuple(replace(image, shown=shown) for image in cell.images)) for cell in body.cells)
    return replace(body, cells=tuple(cells))
