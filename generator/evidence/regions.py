"""Where a map lies: its share in a region, and what a map that knows nothing would have there (measure A)."""

from collections.abc import Sequence

import numpy as np

from generator.artefacts import Floats
from generator.evidence.asking import Masks
from generator.evidence.cells import blob
from generator.evidence.estimates import Doubles
from generator.maps.enlarge import enlarge
from generator.regions import Region


def masks_of(regions: Sequence[Region], size: tuple[int, int]) -> Masks:
    """`(R, H, W)`: a pixel belongs to a region by its centre."""
    return np.array([region.mask(*size) for region in regions], bool).reshape(len(regions), *size)


def shares(maps: Floats, masks: Masks) -> Doubles:
    """`(N, R)` the part of each non-negative map that lies in each region; NaN for an empty map."""
    wide = maps.reshape(len(maps), -1).astype(np.float64)
    inside = wide @ masks.reshape(len(masks), wide.shape[1]).T.astype(np.float64)
    total = wide.sum(axis=1, keepdims=True)
    return np.divide(inside, total, out=np.full_like(inside, np.nan), where=total > 0)


def areas(masks: Masks) -> Doubles:
    """`(R,)` the share of the picture: what a map without preference has."""
    return masks.mean(axis=(1, 2))


def blob_shares(masks: Masks) -> Doubles:
    """`(R,)` what a blob in the middle has."""
    return shares(blob(masks.shape[1:3])[None], masks)[0]


def ceilings(masks: Masks, grid: tuple[int, int] | None) -> Doubles:
    """`(R,)` the most that a map of so coarse a grid can have inside: the region itself, made coarse and enlarged."""
    if grid is None or not len(masks):
        return np.ones(len(masks))
    coarse = _coarse(masks.astype(np.float64), grid)
    blurred = enlarge(coarse.astype(np.float32), masks.shape[1:3])
    return np.array([shares(blurred[row : row + 1], masks[row : row + 1])[0, 0] for row in range(len(masks))])


def _coarse(masks: Doubles, grid: tuple[int, int]) -> Doubles:
    """`(R, h, w)` means over the cells of a grid, whose borders may cut pixels."""
    rows, columns = (_overlap(side, cells) for side, cells in zip(masks.shape[1:3], grid, strict=True))
    return np.einsum("ih,rhw,jw->rij", rows, masks, columns)


def _overlap(pixels: int, cells: int) -> Doubles:
    """`(cells, pixels)` the part of each cell that a pixel fills."""
    edges = np.arange(cells + 1) * pixels / cells
    start, stop = np.arange(pixels), np.arange(1, pixels + 1)
    common = np.minimum(stop, edges[1:, None]) - np.maximum(start, edges[:-1, None])
    return np.maximum(common, 0) * cells / pixels
