"""Gradient ascent scale by scale: the picture grows while it climbs, so that its forms become larger than the input's.

Only layers that follow convolutions and poolings alone can be asked about a picture of another size.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Ascent, Classifier, Climb, Layer
from generator.errors import ParameterError
from generator.maps.enlarge import enlarge

STEP = 1.4  # from one scale to the next
ROOM = 64 * 48 * 48  # pixels that climb at once, whatever their scale
FIXED = ("Flatten", "Reshape", "Dense", "Permute")  # kinds of layers that tie what follows to one size


def climbed(classifier: Classifier, ascent: Ascent, size: int | None) -> Climb:
    """Where an ascent ends; with a `size`, its steps are shared out over the scales up to that height."""
    if size is None:
        return classifier.ascend(ascent)
    sizes = list(scales(ascent.start.shape[1:3], size))
    steps, climb = max(1, ascent.steps // len(sizes)), Climb(ascent.start, np.zeros(0, np.float32))
    for scale in sizes:
        climb = _in_chunks(classifier, replace(ascent, start=_resized(climb.inputs, scale), steps=steps))
    return climb


def growable(classifier: Classifier, layer: Layer, size: int | None) -> None:
    """Raises ParameterError where the layer cannot be asked about a picture of that height."""
    if size is None:
        return
    height = classifier.input_shape[0]
    if size <= height:
        raise ParameterError("size", f"the input is {height} pixels high; take a larger size, or leave it out")
    before = classifier.layers[: classifier.layers.index(layer) + 1]
    fixed = next((known.name for known in before if known.kind in FIXED), None)
    if fixed is not None:
        raise ParameterError("size", f"'{fixed}' ties '{layer.name}' to pictures of {height} pixels; leave it out")


def scales(start: tuple[int, ...], size: int) -> Iterator[tuple[int, int]]:
    """Heights and widths from the input's to the wanted one, in even steps of at most 1.4."""
    count = int(np.ceil(np.log(size / start[0]) / np.log(STEP)))
    for number in range(count + 1):
        factor = (size / start[0]) ** (number / count)
        yield round(start[0] * factor), round(start[1] * factor)


def _resized(inputs: Floats, scale: tuple[int, int]) -> Floats:
    """`(F, H, W, C)` at another scale, bilinear."""
    if inputs.shape[1:3] == scale:
        return inputs
    channels = [enlarge(inputs[..., channel], scale) for channel in range(inputs.shape[-1])]
    return np.stack(channels, axis=-1)


def _in_chunks(classifier: Classifier, ascent: Ascent) -> Climb:
    """As many units at once as there is room for."""
    rows = max(1, ROOM // (ascent.start.shape[1] * ascent.start.shape[2]))
    starts = range(0, len(ascent.units), rows)
    parts = [replace(ascent, units=ascent.units[k : k + rows], start=ascent.start[k : k + rows]) for k in starts]
    climbs = [classifier.ascend(part) for part in parts]
    inputs, activation = zip(*((climb.inputs, climb.activation) for climb in climbs), strict=True)
    return Climb(np.concatenate(inputs), np.concatenate(activation))
