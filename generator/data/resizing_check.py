"""Whether pictures come to the model's size as in its training: tried where the accuracy is low and sizes differ."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from generator.artefacts import Floats, Ints
from generator.data.preprocess import Preprocessor
from generator.data.scaling_check import LEAST, Rights, ScalingHint, Try, clearly_best, rightness
from generator.samples import Frame

LOW = 0.9  # accuracy from which on nothing is tried: it costs decoding the pictures again
MOST = 128  # pictures that it is tried on
CENTRE = 256 / 224  # the shorter side beside the model's, as torchvision's recipes have it


def ways(frame: Frame) -> dict[str, Frame]:
    """What pictures are commonly resized by, as the spec writes it: Keras' data sets and loaders, torchvision."""
    plain = Frame(frame.shape, frame.crop)
    shorter = round(max(frame.shape[:2]) * CENTRE)
    found = {
        "resize: {antialias: true}": plain,
        "resize: {antialias: false}": replace(plain, antialias=False),
        "resize: {filter: nearest}": replace(plain, filter="nearest"),
        "resize: {filter: bicubic}": replace(plain, filter="bicubic"),
        "resize: {aspect: crop}": replace(plain, aspect="crop"),
        f"resize: {{shorter: {shorter}}}": replace(plain, shorter=shorter),
    }
    return {name: way for name, way in found.items() if way != frame}


def better_resizing(
    logits: Callable[[Floats], Floats],
    shown: Callable[[Frame, Ints], Floats],
    labels: Ints,
    current: Preprocessor,
    frame: Frame,
    own: Rights | None = None,
) -> ScalingHint | None:
    """A hint where another common resizing does clearly better; `shown` gives some images of the labels in a frame.

    `own` says which are predicted right as they are, where that is known.
    """
    if len(labels) < LEAST:
        return None

    def tried(way: Frame) -> Try:
        return lambda rows: rightness(logits, current.prepare, shown(way, rows), labels[rows])

    own = tried(frame)(np.arange(len(labels))) if own is None else own
    if own.mean() >= LOW:
        return None
    found = clearly_best(own, {name: tried(way) for name, way in ways(frame).items()})
    chance = float(np.bincount(labels).max() / len(labels))
    return ScalingHint(float(own.mean()), chance, len(labels), *found) if found else None
