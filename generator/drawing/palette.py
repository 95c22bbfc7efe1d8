"""A picture's colours as a table and each pixel's place in it: what a file with few colours consists of."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.drawing.inks import Pixels

MOST = 256  # colours of a table whose places are bytes


def indexed(pixels: Pixels) -> tuple[Pixels, Pixels] | None:
    """The colours of an RGB or RGBA picture, ascending, and the place of each pixel's; None for more than MOST."""
    counted = Image.fromarray(pixels).getcolors(MOST)
    if counted is None:
        return None
    colours = np.array(sorted(colour for _, colour in counted), np.uint8)
    if pixels.shape[-1] == 3:
        return colours, _places(pixels, colours, np.arange(len(colours)))
    return colours, np.searchsorted(_numbers(colours), _numbers(pixels)).astype(np.uint8)


def reduced(pixels: Pixels) -> Pixels:
    """A chart in its MOST commonest colours; the rest, single pixels at the edge of letters, become the nearest."""
    counted = Image.fromarray(pixels).getcolors(pixels.shape[0] * pixels.shape[1]) or []
    colours = np.array([colour for _, colour in sorted(counted, key=lambda one: (-one[0], one[1]))], np.uint8)
    if len(colours) <= MOST:
        return pixels
    return colours[_places(pixels, colours, _nearest(colours, colours[:MOST]))]


def _nearest(colours: Pixels, known: Pixels) -> NDArray[np.intp]:
    """The place of the nearest known colour for each."""
    one, other = (kind.astype(np.float32) for kind in (colours, known))
    distance = (other**2).sum(axis=1) - 2 * one @ other.T  # but for what is the same in a row
    return distance.argmin(axis=1)


def _places(pixels: Pixels, colours: Pixels, places: NDArray[np.intp]) -> Pixels:
    """For each pixel of an RGB picture the place that its colour has."""
    table = np.zeros(1 << 24, np.uint8)
    table[_numbers(colours)] = places
    return table[_numbers(pixels)]


def _numbers(colours: Pixels) -> NDArray[np.uint32]:
    """Each colour as one number that grows with its channels, the first before the others."""
    first, *others = np.moveaxis(colours.astype(np.uint32), -1, 0)
    for channel in others:
        first = first << 8 | channel
    return first
