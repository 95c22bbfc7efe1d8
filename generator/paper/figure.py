"""Figures for the PDF: their bodies, legends and evidence as nodes, with the words of every language."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from generator.pages.content import Body, Cell, Grid, Image, Matrix, MatrixRow, Row, Rows, Sheet, Table
from generator.pages.page import Evidence, Figure, Legend
from generator.paper.equations import Node
from generator.paper.words import Tongues, one_line, zipped
from generator.words import Words


def figure(parallel: Sequence[Figure], tongues: Tongues) -> Node:
    """A figure with its captions, legend, bodies and what stands below it."""
    return {
        "kind": "figure",
        "anchor": parallel[0].anchor,
        "captions": [_caption(one, words) for one, words in zip(parallel, tongues.words, strict=True)],
        "legend": _legend([f.legend for f in parallel if f.legend], tongues),
        "bodies": [body(same, tongues) for same in zipped(parallel, lambda f: f.bodies)],
        "details": tongues.details([f.details for f in parallel]),
        "remarks": [tongues.say(same) for same in zipped(parallel, lambda f: f.remarks)],
        "evidence": [_evidence(same, tongues) for same in zipped(parallel, lambda f: f.evidence)],
        "failure": tongues.say(f.failure for f in parallel),
    }


def _caption(one: Figure, words: Words) -> Node:
    """Number and caption, or the title where there is none."""
    said = Tongues((words,)).prose([one.caption])
    label = one.label + words("figure.gap")
    return {"lang": words.language, "label": label, "title": "" if said else one.title, "prose": said}


def _evidence(parallel: Sequence[Evidence], tongues: Tongues) -> Node:
    return {
        "light": parallel[0].light,
        "word": tongues.say(one.light_word for one in parallel),
        "name": tongues.say(one.name for one in parallel),
        "sentence": tongues.say(one.sentence for one in parallel),
        "numbers": tongues.say(one.numbers for one in parallel),
    }


def _legend(parallel: Sequence[Legend], tongues: Tongues) -> Node | None:
    if not parallel:
        return None
    return {
        "title": tongues.say(" · ".join(filter(None, (one.title, one.note))) for one in parallel),
        "low": parallel[0].low,
        "high": parallel[0].high,
        "signed": parallel[0].signed,
        "below": tongues.say(one.below for one in parallel),
        "above": tongues.say(one.above for one in parallel),
        "bar": image([one.bar for one in parallel if one.bar]),
    }


def image(parallel: Sequence[Image]) -> Node | None:
    """A picture that is the same in every language, with the alternative texts of all."""
    if not parallel:
        return None
    first = parallel[0]
    alt = one_line(one.alt for one in parallel)
    return {"name": first.name, "alt": alt, "width": first.width, "height": first.height, "smooth": _smooth(first)}


def _smooth(picture: Image) -> bool:
    """Whether it is a drawing; photographs and maps keep their pixels."""
    return picture.role == "chart"


def _images(parallel: Sequence[Sequence[Image]]) -> list[Node | None]:
    return [image(same) for same in zip(*parallel, strict=True)]


def body(parallel: Sequence[Body], tongues: Tongues) -> Node:
    """A body of a figure, by its kind."""
    made = BODIES[type(parallel[0])](parallel, tongues)
    return {**made, "heading": tongues.say(one.heading for one in parallel)}


def _rows(parallel: Sequence[Rows], tongues: Tongues) -> Node:
    panels = [tongues.say(same) for same in zipped(parallel, lambda one: one.panels)]
    rows = [_row(same, tongues) for same in zipped(parallel, lambda one: one.rows)]
    return {"kind": "rows", "head": tongues.word("matrix.label"), "panels": panels, "rows": rows}


def _row(parallel: Sequence[Row], tongues: Tongues) -> Node:
    return {
        "label": tongues.say(one.label for one in parallel),
        "probability": parallel[0].probability,
        "index": tongues.word("figure.image", index=parallel[0].index),
        "prediction": tongues.filled("figure.predicted", "prediction", (one.prediction for one in parallel)),
        "target": tongues.filled("figure.target", "target", (one.target for one in parallel)),
        "images": _images([one.images for one in parallel]),
        "remark": tongues.say(one.remark for one in parallel),
        "details": tongues.details([one.details for one in parallel]),
        "note": tongues.prose(one.note for one in parallel),
    }


def _grid(parallel: Sequence[Grid], tongues: Tongues) -> Node:
    cells = [_cell(same, tongues) for same in zipped(parallel, lambda one: one.cells)]
    face = image([one.face for one in parallel if one.face])
    return {"kind": "grid", "columns": parallel[0].columns, "cells": cells, "face": face}


def _cell(parallel: Sequence[Cell], tongues: Tongues) -> Node:
    short = tongues.say(one.short for one in parallel)
    return {"short": short, "images": _images([one.images for one in parallel]), "dead": bool(parallel[0].remark)}


def _sheet(parallel: Sequence[Sheet], tongues: Tongues) -> Node:
    """A chart in each language, once where it has no words."""
    different = {one.image.name: one.image for one in parallel}
    return {"kind": "sheet", "images": [image([picture]) for picture in different.values()]}


def _matrix(parallel: Sequence[Matrix], tongues: Tongues) -> Node:
    """The confusion matrix: a count and a share in each cell, totals and recall behind, precision below."""
    first = parallel[0]
    return {
        "kind": "matrix",
        "corner": tongues.say(one.corner for one in parallel),
        "classes": [tongues.say(same) for same in zipped(parallel, lambda one: one.classes)],
        "total": tongues.word("matrix.n"),
        "recall": tongues.word("matrix.recall"),
        "rows": [_matrix_row(same, tongues) for same in zipped(parallel, lambda one: one.rows)],
        "below": tongues.word("matrix.precision"),
        "precision": list(first.precision),
        "notes": [tongues.say(one.share_of for one in parallel), tongues.say(one.summary for one in parallel)],
    }


def _matrix_row(parallel: Sequence[MatrixRow], tongues: Tongues) -> Node:
    first = parallel[0]
    cells = [
        {"count": f"{cell.count:,}", "share": cell.share, "percent": cell.percent, "diagonal": cell.diagonal}
        for cell in first.cells
    ]
    head = tongues.say(one.head for one in parallel)
    return {"head": head, "cells": cells, "total": f"{first.total:,}", "recall": first.recall}


def _table(parallel: Sequence[Table], tongues: Tongues) -> Node:
    lines = zipped(parallel, lambda one: one.rows)
    return {
        "kind": "table",
        "head": [tongues.say(same) for same in zipped(parallel, lambda one: one.head)],
        "rows": [[tongues.say(same) for same in zip(*line, strict=True)] for line in lines],
        "lights": [list(line) for line in parallel[0].lights],
        "images": _images([one.images for one in parallel]),
    }


BODIES: Mapping[type, Callable[[Any, Tongues], Node]] = MappingProxyType(
    {Rows: _rows, Grid: _grid, Sheet: _sheet, Matrix: _matrix, Table: _table}
)
