"""Which images a figure shows and which score of each is explained, told from the spec, labels and probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.artefacts import Ints
from generator.data.selection import Predict, Rule, Selection
from generator.methods import Method
from generator.spec.grammar import Figure, Images


@dataclass(frozen=True)
class Explained:
    """`positions (N,)` in the data, an image once for each score of it that is explained, and its class `target (N,)`.

    The score of the class `against (N,)` is subtracted, where the figure says so.
    """

    positions: Ints
    target: Ints
    against: Ints | None = None


def shows_images(figure: Figure, method: Method) -> bool:
    """Whether images are chosen for it; else the method looks at the model or the evaluation alone."""
    if method.kind == "patterns":
        return figure.images != Images()
    return method.kind not in ("evaluation", "model")


def images_of(figure: Figure, figures: Mapping[str, Figure]) -> Images:
    """The images of a figure, through `same_as`."""
    while figure.images.same_as is not None:
        figure = figures[figure.images.same_as]
    return figure.images


def rule_of(images: Images, classes: tuple[str, ...]) -> Rule:
    """The same with classes by their number."""
    number = classes.index
    named = [(number(name), row) for row, name in images.rows if name is not None]
    return Rule(
        select=images.select or "confident",
        per_class=images.per_class,
        classes=None if images.classes is None else tuple(map(number, images.classes)),
        correct=images.correct,
        min_probability=images.min_probability or 0.0,
        index=tuple(row for row, name in images.rows if name is None),
        by_class={k: tuple(row for label, row in named if label == k) for k in dict.fromkeys(k for k, _ in named)},
    )


def explained(figure: Figure, chosen: Selection, classes: tuple[str, ...], predict: Predict) -> Explained:
    """The scores that a figure explains of the images that were chosen for it."""
    positions, target = _targets(figure.target, chosen, classes, predict)
    if figure.against is None:
        return Explained(positions, target)
    if figure.against in classes:
        return Explained(positions, target, np.full(len(positions), classes.index(figure.against), np.int64))
    probability = predict(positions).copy()
    probability[np.arange(len(target)), target] = -1  # `second`: the most probable class beside the target
    return Explained(positions, target, probability.argmax(axis=1))


def _targets(asked: str, chosen: Selection, classes: tuple[str, ...], predict: Predict) -> tuple[Ints, Ints]:
    positions, count = chosen.positions, len(classes)
    if asked == "each":
        return np.repeat(positions, count), np.tile(np.arange(count, dtype=np.int64), len(positions))
    if asked == "label":
        return positions, chosen.row_class
    if asked in classes:
        return positions, np.full(len(positions), classes.index(asked), np.int64)
    prediction = predict(positions).argmax(axis=1)
    if asked == "predicted":
        return positions, prediction
    return np.repeat(positions, 2), np.stack([chosen.row_class, prediction], axis=1).ravel()
