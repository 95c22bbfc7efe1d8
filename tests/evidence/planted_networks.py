"""Tiny networks whose weights are set by hand, so that what decides each class is known: 24×24, four classes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from generator.artefacts import Floats
from generator.data.preprocess import Preprocessor
from generator.evidence.measurement import Setting, measure
from generator.evidence.result import ReportEvidence
from generator.model.keras_door import keras
from generator.model.keras_model import open_model
from generator.model.random_weights import reinitialised
from generator.regions import Region
from generator.text import Text
from tests.evidence.planted import CLASSES, edges, faces_of, registered, toy

layers = keras.layers
SIDE, PATCH, COUNT = 24, 6, 84
PLACES = {"corner0": (0, 0), "corner1": (0, 18), "corner2": (18, 0), "corner3": (18, 18), "middle": (9, 9)}
REGIONS = tuple(
    Region(name, Text.of(name), ((x / SIDE, y / SIDE, (x + PATCH) / SIDE, (y + PATCH) / SIDE),))
    for name, (y, x) in PLACES.items()
)
OWN_CORNER = {name: f"corner{k}" for k, name in enumerate(CLASSES)}
TARGET = np.arange(COUNT) % 4


def at(place: str) -> tuple[slice, slice]:
    """The pixels of a region."""
    y, x = PLACES[place]
    return slice(y, y + PATCH), slice(x, x + PATCH)


def patterns(side: int) -> Floats:
    """`(4, side, side)` stripes and a chequerboard of ±1, one for each class; none is in another."""
    y, x = np.indices((side, side))
    return np.stack([np.where(one, 1, -1) for one in (y % 2, x % 2, (y + x) % 2, y // 2 % 2)]).astype(np.float32)


def unseen(side: int) -> Floats:
    """Stripes that no filter of these networks answers to."""
    return np.where(np.indices((side, side))[1] // 2 % 2, 1, -1).astype(np.float32)


# pictures: noise, and what is put into it


def noise(width: float, seed: int) -> Floats:
    return np.random.default_rng(seed).uniform(0.5 - width, 0.5 + width, (COUNT, SIDE, SIDE, 1)).astype(np.float32)


def marked(bright: float, beside: float | None = None) -> Floats:
    """A bright mark in the corner of each class, and perhaps one in the middle of all."""
    images = noise(0.15, 1)
    for image, k in zip(images, TARGET, strict=True):
        image[at(f"corner{k}")] = bright
        if beside is not None:
            image[at("middle")] = beside
    return images


def patterned(places: Sequence[Sequence[str]]) -> Floats:
    """The pattern of each class at the places of the class, over stripes that say nothing."""
    images = noise(0.05, 2) + 0.25 * unseen(SIDE)[..., None]
    for image, k in zip(images, TARGET, strict=True):
        for place in places[k]:
            image[at(place)] = 0.5 + 0.4 * patterns(PATCH)[k][..., None]
    return images


# networks


def network(stack: Sequence[object], *weights: Sequence[Floats]) -> keras.Model:
    """A softmax on top of the layers; the weights of those that have any, in their order.

    Layers have names, since random weights are drawn by them.
    """
    model = keras.Sequential([keras.Input((SIDE, SIDE, 1)), *stack, layers.Dense(4, "softmax", name="head")])
    for layer, values in zip((one for one in model.layers if one.weights), weights, strict=True):
        layer.set_weights(values)
    return model


def convolution(filters: int, size: int) -> keras.layers.Layer:
    return layers.Conv2D(filters, size, padding="same", activation="relu", name="conv")


def bright() -> list[Floats]:
    """Four times the same filter: how far nine pixels are brighter than noise."""
    return [np.full((3, 3, 1, 4), 1 / 9, np.float32), np.full(4, -0.7, np.float32)]


def matched() -> list[Floats]:
    """A filter for the pattern of each class."""
    return [np.moveaxis(patterns(4), 0, -1)[:, :, None] / 16, np.full(4, -0.15, np.float32)]


def placed(places: Sequence[str], gain: float) -> list[Floats]:
    """A Flatten head that takes filter k for class k at one place alone."""
    weights = np.zeros((SIDE, SIDE, 4, 4), np.float32)
    for k, place in enumerate(places):
        weights[(*at(place), k, k)] = gain
    return [weights.reshape(-1, 4), np.zeros(4, np.float32)]


def pooled(stack: Sequence[object]) -> keras.Model:
    """The patterns of the classes anywhere: a head of global pooling."""
    gain = 2000 * np.eye(4, dtype=np.float32)
    return network([*stack, layers.GlobalAveragePooling2D()], matched(), [gain, np.zeros(4, np.float32)])


def linear() -> keras.Model:
    """The corner of each class, and the middle for all classes alike: there the softmax cancels it."""
    weights = np.zeros((SIDE, SIDE, 4), np.float32)
    weights[at("middle")] = 1
    for k in range(4):
        weights[(*at(f"corner{k}"), k)] = 1 / 3
    return network([layers.Flatten()], [weights.reshape(-1, 4), np.zeros(4, np.float32)])


def memorised() -> keras.Model:
    """Random filters, and a head that knows every picture of noise by heart: labels at random."""
    stack, filters = [convolution(8, 3), layers.Flatten()], np.random.default_rng(3).normal(0, 0.3, (3, 3, 1, 8))
    seen = keras.Sequential([keras.Input((SIDE, SIDE, 1)), *stack])
    stack[0].set_weights([filters, np.zeros(8)])
    features = np.array(seen(noise(0.5, 4)), np.float64)
    mean, wanted = features.mean(axis=0), 6 * (np.eye(4)[TARGET] - 0.25)
    wide = features - mean
    head = wide.T @ np.linalg.solve(wide @ wide.T + 1e-6 * np.eye(COUNT), wanted)
    return network(stack, [filters, np.zeros(8)], [head, -mean @ head])


@dataclass(frozen=True)
class Planted:
    """A network and its pictures; `cause` is the region that decides each class, of none where all of it does."""

    build: Callable[[], keras.Model]
    images: Callable[[], Floats]
    cause: Mapping[str, str]
    convolution: bool = True


PLANTED = {
    "marks": Planted(
        lambda: network([convolution(4, 3), layers.Flatten()], bright(), placed(list(OWN_CORNER.values()), 1)),
        lambda: marked(1),
        OWN_CORNER,
    ),
    "a mark that says nothing": Planted(
        lambda: network([convolution(4, 3), layers.Flatten()], bright(), placed(list(OWN_CORNER.values()), 1)),
        lambda: marked(1, beside=1),
        OWN_CORNER,
    ),
    "patterns in one corner": Planted(
        lambda: pooled([convolution(4, 4)]), lambda: patterned([["corner0"]] * 4), dict.fromkeys(CLASSES, "corner0")
    ),
    "patterns in one corner, Flatten": Planted(
        lambda: network([convolution(4, 4), layers.Flatten()], matched(), placed(["corner0"] * 4, 2)),
        lambda: patterned([["corner0", "corner3"]] * 4),
        dict.fromkeys(CLASSES, "corner0"),
    ),
    "Clever Hans": Planted(
        lambda: pooled([convolution(4, 4)]),
        lambda: patterned([["corner3"], ["middle"], ["middle"], ["middle"]]),
        {**dict.fromkeys(CLASSES, "middle"), "a": "corner3"},
    ),
    "linear": Planted(linear, lambda: marked(0.9, beside=0.5), OWN_CORNER, convolution=False),
    "labels at random": Planted(memorised, lambda: noise(0.5, 4), {}),
}


def measured(planted: Planted, path: Path) -> ReportEvidence:
    """Everything that is said of four methods on a network, by way of a file."""
    keras.utils.set_random_seed(0)
    planted.build().save(path)
    classifier, images = open_model(path, Preprocessor()), planted.images()
    assert (classifier.probabilities(classifier.prepare(images)).argmax(axis=1) == TARGET).all()
    explainers = [registered("saliency"), registered("integrated_gradients"), toy(edges, "edges")]
    explainers += [registered("gradcam")] if planted.convolution else []
    setting, source = Setting(CLASSES, REGIONS), partial(reinitialised, classifier)
    return measure(explainers, classifier, faces_of(images, TARGET, classifier), setting, source)
