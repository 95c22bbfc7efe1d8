"""A Gaussian blur as two matrix products: exact, without a library; the borders are averaged over what there is."""

import numpy as np

from generator.artefacts import Floats


def blurred(images: Floats, sigma: float) -> Floats:
    """`(…, H, W, C)` smoothed over height and width by a Gaussian of `sigma` pixels."""
    rows, columns = _smoother(images.shape[-3], sigma), _smoother(images.shape[-2], sigma)
    return np.einsum("ij,...jkc,lk->...ilc", rows, images, columns, optimize=True).astype(np.float32)


def _smoother(length: int, sigma: float) -> Floats:
    """`(length, length)` weights of each position for each other; every row sums to 1."""
    place = np.arange(length)
    weights = np.exp(-((place[:, None] - place) ** 2) / (2 * sigma**2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
