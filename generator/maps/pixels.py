"""Pixels made anew, exact and without a library: maps enlarged, pictures blurred, and what stands for "nothing there".

No fill is neutral. Black and white are themselves features of a picture; a flat mean keeps the brightness; a blur
keeps the colours where they are, and is the least foreign to a model.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from generator.artefacts import Floats
from generator.lattice import Lattice

Fill = Literal["blur", "mean", "black", "grey", "white"]

EVEN: Mapping[str, float] = MappingProxyType({"black": 0.0, "grey": 0.5, "white": 1.0})
BLUR = 1 / 8  # standard deviation of the blur as a share of the shorter side: a face loses eyes and mouth


def enlarge(maps: Floats, size: tuple[int, int]) -> Floats:
    """`(N, h, w)` to `(N, *size)`, bilinear; beyond the outer cells' centres their value continues.

    Centres lie half a pixel in, so that no peak moves: `scipy.ndimage.zoom` lays corner pixel on corner pixel instead,
    which shifts a 7×7 map by up to half a cell.
    """
    return Lattice.even(maps.shape[1:], size).spread(maps, size)


def blurred(images: Floats, sigma: float) -> Floats:
    """`(…, H, W, C)` smoothed over height and width by a Gaussian of `sigma` pixels; borders average what there is."""
    rows, columns = _smoother(images.shape[-3], sigma), _smoother(images.shape[-2], sigma)
    return np.einsum("ij,...jkc,lk->...ilc", rows, images, columns, optimize=True).astype(np.float32)


def _smoother(length: int, sigma: float) -> Floats:
    """`(length, length)` weights of each position for each other; every row sums to 1."""
    place = np.arange(length)
    weights = np.exp(-((place[:, None] - place) ** 2) / (2 * sigma**2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def filled(images: Floats, fill: Fill) -> Floats:
    """`(N, H, W, C)` pictures of the same shape with nothing in them; `mean` is each picture's own mean colour."""
    if fill == "blur":
        return blurred(images, BLUR * min(images.shape[1:3]))
    if fill == "mean":
        colour = images.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
        return np.broadcast_to(colour, images.shape).astype(np.float32)
    return np.full_like(images, EVEN[fill])
