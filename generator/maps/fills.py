"""What stands for "nothing there": the same pictures without their details, in 0..1 as shown.

No fill is neutral. Black and white are themselves features of a picture; a flat mean keeps the brightness; a blur
keeps the colours where they are, and is the least foreign to a model.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from generator.artefacts import Floats
from generator.maps.blur import blurred

Fill = Literal["blur", "mean", "black", "grey", "white"]

EVEN: Mapping[str, float] = MappingProxyType({"black": 0.0, "grey": 0.5, "white": 1.0})
BLUR = 1 / 8  # standard deviation of the blur as a share of the shorter side: a face loses eyes and mouth


def filled(images: Floats, fill: Fill) -> Floats:
    """`(N, H, W, C)` pictures of the same shape with nothing in them; `mean` is each picture's own mean colour."""
    if fill == "blur":
        return blurred(images, BLUR * min(images.shape[1:3]))
    if fill == "mean":
        colour = images.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
        return np.broadcast_to(colour, images.shape).astype(np.float32)
    return np.full_like(images, EVEN[fill])
