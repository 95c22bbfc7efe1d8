"""A classifier whose units have summits that can be worked out by hand, and a climb without a framework."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Ascent, Climb, Layer
from tests.closed_form import softmax
from tests.slow_climb import climb


@dataclass(frozen=True)
class Summits:
    """Unit f puts out `max(0, 1 - steepness (x - summit)²)` at every pixel of a grey image, or always `flat[f]`.

    Its value, the mean over the map, is 1 at `summit (H, W, F)` alone; the logits are these values.
    """

    summit: Floats
    flat: tuple[float | None, ...]
    steepness: float = 1.0

    one_output = False

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return (*self.summit.shape[:2], 1)

    @property
    def n_classes(self) -> int:
        return self.summit.shape[2]

    @property
    def layers(self) -> tuple[Layer, ...]:
        maps = Layer("maps", "Conv2D", self.summit.shape, rectifies=True)
        return (maps, Layer("logits", "Dense", (self.n_classes,)))

    def prepare(self, images: Floats) -> Floats:
        return images

    def restore(self, inputs: Floats) -> Floats:
        return np.clip(inputs, 0, 1)

    def outputs(self, inputs: Floats, layer: str) -> Floats:
        if layer == "logits":
            return self.logits(inputs)
        output = np.maximum(0, 1 - self.steepness * (inputs - self.summit) ** 2)
        for unit, value in enumerate(self.flat):
            if value is not None:
                output[..., unit] = value
        return output.astype(np.float32)

    def logits(self, inputs: Floats) -> Floats:
        return self.outputs(inputs, "maps").mean(axis=(1, 2))

    def probabilities(self, inputs: Floats) -> Floats:
        return softmax(self.logits(inputs))

    def ascend(self, ascent: Ascent) -> Climb:
        way = ascent.steps, ascent.rate, ascent.optimizer
        pairs = zip(ascent.start, ascent.units.tolist(), strict=True)
        x = np.stack([climb(start, partial(self._slope, unit), *way) for start, unit in pairs])
        return Climb(x, self.logits(x)[np.arange(len(x)), ascent.units])

    def _slope(self, unit: int, x: Floats) -> Floats:
        """The derivative of a unit's mean by the image `(H, W, 1)`."""
        if self.flat[unit] is not None:
            return np.zeros_like(x)
        summit = self.summit[..., unit, None]
        return np.where(self.steepness * (x - summit) ** 2 < 1, 2 * self.steepness * (summit - x), 0) / x.size


def summits(flat=(None,) * 4, steepness: float = 1.0, size: int = 12) -> Summits:
    """Units whose summits are a dark ground with a bright stripe, each in a row of its own."""
    summit = np.full((size, size, len(flat)), 0.2, np.float32)
    for unit in range(len(flat)):
        summit[unit * 2 : unit * 2 + 2, :, unit] = 0.8
    return Summits(summit, tuple(flat), steepness)
