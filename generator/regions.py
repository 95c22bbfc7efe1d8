"""Named parts of a picture: boxes in fractions of it, a pixel belongs to a box by its centre."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats
from generator.text import Text

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Region:
    """One named region: what lies in one of its boxes, or `outside` them all."""

    id: str
    name: Text
    boxes: tuple[Box, ...]
    outside: bool = False

    def mask(self, height: int, width: int) -> NDArray[np.bool_]:
        """`(height, width)`: the pixels whose centre lies in the region."""
        x = (np.arange(width) + 0.5) / width
        y = (np.arange(height) + 0.5) / height
        inside = np.zeros((height, width), bool)
        for left, top, right, bottom in self.boxes:
            inside |= ((y >= top) & (y < bottom))[:, None] & ((x >= left) & (x < right))[None, :]
        return ~inside if self.outside else inside

    def area(self, height: int, width: int) -> float:
        """The share of the picture that the region covers, in pixels of the model's input: what the measures count."""
        return float(self.mask(height, width).mean())


def share(values: Floats, mask: NDArray[np.bool_]) -> float:
    """The part of a map's magnitude that lies in a region; NaN for an empty map."""
    magnitude = np.abs(values.astype(np.float64))
    total = magnitude.sum()
    return float((magnitude * mask).sum() / total) if total > 0 else float("nan")
