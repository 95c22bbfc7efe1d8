"""Figures that are tables of numbers: the confusion matrix and the predictions."""

import numpy as np

from generator.artefacts import Confusion, LayerTable, Predictions
from generator.pages.content import Body, Matrix, MatrixCell, MatrixRow, Table
from generator.pages.material import Material
from generator.pages.reader import Reader
from generator.show import TILE


def matrix(artefact: Confusion, material: Material) -> tuple[Body, ...]:
    reader, counts = material.reader, artefact.counts
    by = "predicted" if artefact.normalize == "predicted" else "label"
    totals, given = counts.sum(axis=1), counts.sum(axis=0)
    names = tuple(reader.class_name(k) for k in range(len(counts)))
    rows = tuple(
        MatrixRow(
            names[k], _matrix_cells(artefact, material, k, by), int(totals[k]), _share(reader, counts[k, k], totals[k])
        )
        for k in range(len(counts))
    )
    right, total = int(np.trace(counts)), int(counts.sum())
    return (
        Matrix(
            names,
            rows,
            reader.words("matrix.corner"),
            reader.words("matrix.of", of=reader.words(f"matrix.share_{by}")),
            tuple(_share(reader, counts[k, k], given[k]) for k in range(len(counts))),
            reader.words("matrix.accuracy", percent=_share(reader, right, total), n=f"{total:,}"),
            material.heading,
        ),
    )


def _share(reader: Reader, part: float, whole: float) -> str:
    return reader.percent(float(part) / float(whole)) if whole else "–"


def _matrix_cells(artefact: Confusion, material: Material, row: int, by: str) -> tuple[MatrixCell, ...]:
    reader, counts = material.reader, artefact.counts
    cells = []
    for column, count in enumerate(counts[row].tolist()):
        whole = int(counts[:, column].sum() if by == "predicted" else counts[row].sum())
        label, prediction = reader.class_name(row), reader.class_name(column)
        cells.append(
            MatrixCell(
                count,
                100 * count / whole if whole else 0.0,
                f"{100 * count / whole:.0f}%" if whole else "–",
                row == column,
                reader.words("matrix.cell", count=f"{count:,}", label=label, prediction=prediction),
                material.examples.get((row, column), ""),
            )
        )
    return tuple(cells)


def predictions(artefact: Predictions, material: Material) -> tuple[Body, ...]:
    batch, reader = material.part.batch, material.reader
    words = reader.words
    names = tuple(reader.class_name(k) for k in range(artefact.probability.shape[1]))
    head = (words("predictions.image"), words("predictions.label"), *names)
    labels = [reader.class_name(int(k)) if k >= 0 else words("predictions.unknown") for k in batch.label]
    rows = tuple(
        (str(batch.index[row]), labels[row], *(reader.percent(float(p)) for p in artefact.probability[row]))
        for row in range(len(batch))
    )
    shares = tuple((None, None, *(100 * float(p) for p in line)) for line in artefact.probability)
    images = tuple(image for row in range(len(batch)) if (image := material.found("image", row, TILE // 2)))
    return (Table(head, rows, images if len(images) == len(rows) else (), shares, material.heading),)


def layers(artefact: LayerTable, material: Material) -> tuple[Body, ...]:
    words = material.reader.words
    head = tuple(words(f"layers.{key}") for key in ("name", "kind", "shape", "parameters", "multiply_adds"))
    numbers = zip(artefact.parameters.tolist(), artefact.multiply_adds.tolist(), strict=True)
    rows = tuple(
        (name, kind, "×".join(map(str, shape)), *(f"{n:,}" if n else "–" for n in pair))
        for name, kind, shape, pair in zip(artefact.name, artefact.kind, artefact.shape, numbers, strict=True)
    )
    total = ("", "", *(f"{int(n.sum()):,}" for n in (artefact.parameters, artefact.multiply_adds)))
    most = [max(int(n.max(initial=0)), 1) for n in (artefact.parameters, artefact.multiply_adds)]
    pairs = np.stack([artefact.parameters / most[0], artefact.multiply_adds / most[1]], axis=1)
    shares = tuple((None, None, None, *(100 * float(share) for share in pair)) for pair in pairs)
    no_bar = ((None,) * len(head),)
    return (Table(head, (*rows, (words("layers.total"), *total)), (), (*shares, *no_bar), material.heading),)
