"""Small maps brought to the size of the picture, bilinear with half-pixel centres, so that no peak moves.

`scipy.ndimage.zoom` lays corner pixel on corner pixel instead, which shifts a 7×7 map by up to half a cell.
"""

import numpy as np

from generator.artefacts import Floats


def enlarge(maps: Floats, size: tuple[int, int]) -> Floats:
    """`(N, h, w)` to `(N, *size)`; beyond the outer cells' centres their value continues."""
    rows, columns = interpolation(maps.shape[1], size[0]), interpolation(maps.shape[2], size[1])
    return np.asarray(rows @ maps @ columns.T, np.float32)


def interpolation(cells: int, pixels: int) -> Floats:
    """`(pixels, cells)` weights: each pixel's centre lies between the centres of two cells."""
    centre = np.clip((np.arange(pixels) + 0.5) * cells / pixels - 0.5, 0, cells - 1)
    below = np.minimum(centre.astype(np.int64), max(cells - 2, 0))
    share = centre - below
    weights = np.zeros((pixels, cells), np.float32)
    weights[np.arange(pixels), below] = 1 - share
    weights[np.arange(pixels), np.minimum(below + 1, cells - 1)] += share
    return weights
