"""The difference of two models' confusion matrices as a third one, with what may be said of it."""

from typing import Self

import numpy as np

from generator.artefacts import Confusion
from generator.evidence.estimates import Estimate
from generator.evidence.model_difference import ModelDifference, model_difference
from generator.pages.blocks import Matrix, MatrixCell, MatrixRow
from generator.pages.bodies import Material
from generator.prose.numbers import NBSP
from generator.prose.quantities import printed
from generator.text import Text


class Signed(int):
    """A number that is written with its sign."""

    def __new__(cls, value: float) -> Self:
        return super().__new__(cls, round(value))

    def __str__(self) -> str:
        return f"{int(self):+,}".replace("-", "−") if self else "0"

    def __format__(self, spec: str) -> str:
        return str(self)


def points(share: float) -> str:
    """Percentage points with their sign."""
    text = printed(share, "points")
    return text if text.startswith("−") or not float(text) else f"+{text}"


def difference(first: Confusion, second: Confusion, one: Material, other: Material) -> Matrix:
    """The second less the first, each with its material."""
    found = model_difference(first, second)
    reader, words, classes = one.reader, one.reader.words, first.shown.tolist()
    parts = {"first": one.part, "second": other.part}
    names = {key: reader.model_name(str(part.facts.get("model", ""))) for key, part in parts.items()}
    most = float(np.abs(found.shares[np.ix_(classes, classes)]).max(initial=0))
    by = "predicted" if first.normalize == "predicted" else "label"
    rows = tuple(
        MatrixRow(
            reader.class_name(row),
            tuple(_cell(found, row, k, most, one) for k in classes),
            int(min(matrix.counts[row].sum() for matrix in (first, second))),
            _interval(found.recall[row]),
        )
        for row in classes
    )
    of = "apart" if found.counts is None else "of"
    share_of = words(f"matrix.difference.{of}", of=words(f"matrix.share_{by}"), most=printed(most, "points"))
    return Matrix(
        classes=tuple(map(reader.class_name, classes)),
        rows=rows,
        corner=words("matrix.corner"),
        share_of=share_of,
        precision=tuple(_precision(first, second, k) for k in classes),
        summary=_summary(found, names, one),
        heading=words("matrix.difference.title", **names),
        signed=True,
    )


def _cell(found: ModelDifference, row: int, column: int, most: float, material: Material) -> MatrixCell:
    share, name, words = float(found.shares[row, column]), material.reader.class_name, material.reader.words
    count = Signed(100 * share) if found.counts is None else Signed(found.counts[row, column])
    said = words("matrix.cell", count=str(count), label=name(row), prediction=name(column))
    shown = points(share) if found.counts is not None else ""
    return MatrixCell(count, 100 * share / most if most else 0.0, shown, row == column, said)


def _interval(known: Estimate | None) -> str:
    return f"{points(known.mean)} [{points(known.low)},{NBSP}{points(known.high)}]" if known else "–"


def _precision(first: Confusion, second: Confusion, column: int) -> str:
    """Of a class that both models predict at all."""
    given = [int(one.counts[:, column].sum()) for one in (first, second)]
    if not all(given):
        return "–"
    before, now = (one.counts[column, column] / n for one, n in zip((first, second), given, strict=True))
    return points(float(now - before))


def _summary(found: ModelDifference, names: dict[str, Text], material: Material) -> Text:
    """How often each is right, and whether that is decided."""
    words, whole, exchange = material.reader.words, found.accuracy, found.exchange
    if whole is None:
        return Text()
    interval = {key: points(getattr(whole, key)) for key in ("low", "high")}
    said = [words("matrix.difference.unpaired", points=points(whole.mean), **interval)]
    if exchange is not None:
        counts = {key: f"{getattr(exchange, key):,}" for key in ("n", "gained", "lost")}
        p = f"= {exchange.p:.2g}" if exchange.p >= 0.001 else "< 0.001"
        said = [words("matrix.difference.paired", points=points(whole.mean), p=p, **interval, **counts, **names)]
    which = "above" if whole.low > 0 else "below" if whole.high < 0 else "undecided"
    return words.joined((*said, words(f"matrix.difference.{which}", **names)), "punctuation.sentence")
