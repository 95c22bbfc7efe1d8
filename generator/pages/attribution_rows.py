"""The table `label | pictures` of an attribution: a row an image, its panels beside each other."""

import zlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from generator.artefacts import Floats, Heatmaps
from generator.pages.alt_text import explained_name
from generator.pages.blocks import NOTHING, Body, Cell, Image, PictureGrid, PictureRows, Row, Table, Values
from generator.pages.bodies import Material
from generator.pages.reader import Reader
from generator.show import Panel, columns_for
from generator.text import Text

BEST_COMPARED: tuple[Panel, ...] = ("overlay", "map", "masked")
FINEST = 64  # cells along a side of the values that a pointer reads
STEPS = 50  # from zero to the largest of them: about what two digits tell


def rows(artefact: Heatmaps, material: Material) -> tuple[Body, ...]:
    """A row an image; an image that is explained several times has its maps beside each other."""
    index = material.part.batch.index
    if len(set(index.tolist())) < len(index):
        return (_compared(artefact, material),)
    made = tuple(_row(artefact, material, row) for row in range(len(index)))
    if material.show.layout == "grid":
        cells = tuple(_cell(row, material) for row in made)
        return (PictureGrid(cells, material.show.columns or columns_for(len(cells), 4), material.heading),)
    panels = tuple(material.reader.words(f"panel.{panel}") for panel in material.show.panels)
    return (PictureRows(_head(material.reader), panels, made, material.heading),)


def _head(reader: Reader) -> Text:
    """What tells the rows apart."""
    return reader.class_name(0) if reader.regression else reader.words("matrix.label")


def _cell(row: Row, material: Material) -> Cell:
    """One image in a grid, with what is explained where that is not its label."""
    words = material.reader.words
    target = words("figure.target", target=row.target) if row.target else NOTHING
    named = words.joined(filter(None, (row.label, target)))
    return Cell(named, named, row.images, remark=row.remark if row.values is None else NOTHING)


def _compared(artefact: Heatmaps, material: Material) -> PictureRows:
    """Rows of images by the classes explained: the face once, then one map a class."""
    batch, reader = material.part.batch, material.reader
    groups = [np.flatnonzero(batch.index == index).tolist() for index in dict.fromkeys(batch.index.tolist())]
    panel = next((panel for panel in BEST_COMPARED if panel in material.show.panels), BEST_COMPARED[0])
    made = tuple(_compared_row(artefact, material, group, panel) for group in groups)
    named = [tuple(explained_name(material.part, row, reader) for row in group) for group in groups]
    heads = _heads(material, groups, named)
    if batch.against is not None and set(named) != {heads}:
        told = map(reader.words.joined, named)
        made = tuple(replace(row, target=explained) for row, explained in zip(made, told, strict=True))
    return PictureRows(_head(reader), (reader.words("panel.image"), *heads), made, material.heading)


def _heads(material: Material, groups: list[list[int]], named: list[tuple[Text, ...]]) -> tuple[Text, ...]:
    """What is explained, where it is the same for every image; else the classes, else label and prediction."""
    if len(set(named)) == 1:
        return named[0]
    reader, target = material.reader, material.part.batch.target
    targets = [tuple(int(target[row]) for row in group) for group in groups]
    if len(set(targets)) == 1:
        return tuple(reader.class_name(one) for one in targets[0])
    return (reader.words("fact.label"), reader.words("fact.prediction"))[: len(targets[0])]


def _compared_row(artefact: Heatmaps, material: Material, group: list[int], panel: Panel) -> Row:
    """One image with its maps for several classes; a remark names the class whose map is no result."""
    reader, target = material.reader, material.part.batch.target
    first = _row(artefact, material, group[0], int(material.part.batch.prediction[group[0]]))
    images = tuple(image for row in group if (image := material.found(panel, row)))
    face = (first.face,) if first.face else ()
    remarks = dict.fromkeys(
        reader.class_name(int(target[row])) + reader.words("punctuation.colon") + remark_words(reader, remark)
        for row in group
        if (remark := artefact.remark(row))
    )
    told = reader.words.joined(remarks, "punctuation.sentence")
    return replace(first, images=(*face, *images), target=NOTHING, remark=told, veil=None, values=None)


def _row(artefact: Heatmaps, material: Material, row: int, otherwise: int | None = None) -> Row:
    """One image of an attribution; without a label it stands for its target, or for the class `otherwise`."""
    batch, reader = material.part.batch, material.reader
    label, target, prediction = (int(column[row]) for column in (batch.label, batch.target, batch.prediction))
    explained = explained_name(material.part, row, reader)
    unlabelled = target if otherwise is None else otherwise
    stands_for = label if label >= 0 else unlabelled
    images = _once_measured(image for panel in material.show.panels if (image := material.found(panel, row)))
    remark = artefact.remark(row)
    said = reader.answer(float(batch.probability[row, stands_for]))
    name = reader.class_name(stands_for)
    return Row(
        label=name + " " + said if reader.regression else name,
        index=int(batch.index[row]),
        images=images,
        probability="" if reader.regression else said,
        prediction=reader.class_name(prediction) if prediction != stands_for else NOTHING,
        prediction_probability=reader.percent(float(batch.probability[row, prediction])),
        right=None if label < 0 else label == prediction,
        target=explained if explained != reader.class_name(stands_for) else NOTHING,
        remark=remark_words(reader, remark) if remark else special(artefact, row, reader),
        note=material.note(str(batch.index[row]), reader.class_ids[stands_for]),
        anchor=row_anchor(material.figure, material.number, row),
        face=material.found("image", row),
        veil=material.found("veil", row),
        values=None if remark else packed(artefact.values[row]),
    )


def _once_measured(images: Iterable[Image]) -> tuple[Image, ...]:
    """Pictures of one row, of which the map tells its strength, or what else tells it first."""
    shown = tuple(images)
    telling = min((image for image in shown if image.strength), key=lambda image: image.role != "map", default=None)
    return tuple(image if image is telling else replace(image, strength=None) for image in shown)


def row_anchor(figure: str, part: int, row: int) -> str:
    return f"row-{figure}-{part}-{row}"


def remark_words(reader: Reader, remark: str) -> Text:
    """A key of the words, or a sentence of the method's own."""
    return reader.words.known(f"remark.{remark}", remark)


def special(artefact: Heatmaps, row: int, reader: Reader) -> Text:
    """What is special about one map: facts of its image that the words have a remark for."""
    facts = artefact.image_facts[row] if artefact.image_facts else {}
    known = {f"image_remark.{key}": reader.fact(key, value) for key, value in facts.items()}
    told = [reader.words(key, value=value) for key, value in known.items() if reader.words.has(key)]
    return reader.words.joined(told, "punctuation.sentence")


def image_numbers(material: Material) -> Table | None:
    """Facts of single images that the words name for readers; the others are in the manifest."""
    part, reader = material.part, material.reader
    facts = part.artefact.image_facts if isinstance(part.artefact, Heatmaps) else ()
    keys = [key for key in dict.fromkeys(key for one in facts for key in one) if reader.words.has(f"image_fact.{key}")]
    if not keys:
        return None
    images = (reader.words("figure.image", index=int(index)) for index in part.batch.index)
    named = [reader.words.joined((image, explained_name(part, row, reader))) for row, image in enumerate(images)]
    told = ([reader.fact(key, one[key]) if key in one else Text.of("–") for key in keys] for one in facts)
    head = (reader.words("predictions.image"), *(reader.words(f"image_fact.{key}") for key in keys))
    return Table(head, tuple((name, *one) for name, one in zip(named, told, strict=True)), (), (), material.heading)


def packed(values: Floats) -> Values:
    """The values behind a map, at most FINEST cells a side, in steps of their largest magnitude."""
    step = -(-max(values.shape) // FINEST)
    cells = values[step // 2 :: step, step // 2 :: step]
    peak = float(np.abs(cells).max(initial=0))
    steps = np.rint(cells / peak * STEPS if peak else cells * 0).astype(np.int8)
    data = b64encode(zlib.compress(steps.tobytes(), 9)).decode()
    return Values(len(cells), cells.shape[1], peak, data)
