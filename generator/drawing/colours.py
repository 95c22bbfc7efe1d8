"""Arrays become pixels: pure NumPy over tables of colours, no text and no files.

Pixels are uint8 `(h, w)` grey, `(h, w, 3)` RGB or `(h, w, 4)` RGBA. One array is painted by one scale, so that
colours can be compared; zero is always the same colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Artefact, Floats, Heatmaps, Ints
from generator.drawing.charts import AGAINST_FOR, colour_table
from generator.drawing.inks import MAT, OPPOSES, STRIPE, SUPPORTS, WHITE, Pixels
from generator.results import Legend
from generator.show import ROW, ScaleRule, Show

Number = TypeVar("Number", bound=np.generic)

UNSIGNED, SIGNED = "magma", "PuOr"
OPACITY = 0.7  # of a ready-made overlay: an opaque magma blackens the face below it
CLIP = 99  # percentile of magnitude at which noisy maps reach their last colour
SHADE = 5  # of 255, a divisor of it
LIGHT = 110  # opacity of the lines between superpixels, of 255
PALE = 0.5  # below this share of the limit a diverging colour is too pale to be laid over a face
FILLS: Mapping[str, int] = MappingProxyType({"black": 0, "grey": 128, "white": 255})


@dataclass(frozen=True)
class Scale:
    """Values to colours: 0 to `limit`, or `-limit` to `limit` with the colour map's middle at zero."""

    limit: float
    signed: bool
    colormap: str

    def strength(self, values: Floats) -> Floats:
        """Magnitude as a share of the limit, 0..1; an unsigned scale has no negative side."""
        magnitude = np.abs(values) if self.signed else np.maximum(values, 0)
        return np.clip(magnitude / self.limit, 0, 1) if self.limit > 0 else np.zeros(values.shape, np.float32)

    def paint(self, values: Floats) -> Pixels:
        """`(h, w)` to RGB."""
        strength, table = self.strength(values), colour_table(self.colormap)
        if not self.signed:
            return table[np.rint(strength * 255).astype(np.intp)]
        below, above = -np.rint(strength * 128), np.rint(strength * 127)  # entry 128 is zero, the middle
        return table[128 + np.where(values < 0, below, above).astype(np.intp)]


@dataclass(frozen=True)
class Colouring:
    """How the values of a figure become colours: each of its maps by a scale of its own, or all by one.

    `largest` is the largest magnitude of the figure, `strongest` the highest top that a scale of its own has.
    """

    rule: ScaleRule
    clipped: bool
    signed: bool
    colormap: str
    largest: float = 0.0
    strongest: float = 0.0

    def top(self, values: Floats) -> float:
        """Where a scale of its own would end: the 99th percentile of magnitude, or the maximum."""
        magnitude = np.abs(values)
        most = float(magnitude.max(initial=0))
        return float(np.percentile(magnitude, CLIP)) or most if self.clipped and most else most

    def strength(self, values: Floats) -> float:
        return self.top(values) / self.strongest

    def scale(self, values: Floats) -> Scale:
        limit = self.largest if self.rule == "figure" else self.top(values)
        return Scale(limit, self.signed, self.colormap)

    def legend(self, quantity: str, smoothed: float) -> Legend:
        """What the colours stand for."""
        shared = self.rule == "figure"
        high = self.largest if shared else self.strongest
        low = -high if self.signed else 0.0
        return Legend(quantity, low, high, self.colormap, self.signed, shared, self.clipped, smoothed)


def colouring(artefacts: Sequence[Artefact], show: Show) -> Colouring | None:
    """Of all that is a result in a figure; None without any.

    Superpixels have the two tints that lie over the face, where no other colours are asked for.
    """
    values = [piece for artefact in artefacts for piece in artefact.coloured if np.abs(piece).max(initial=0)]
    if not values:
        return None
    signed = any(artefact.two_sided for artefact in artefacts)
    superpixels = any(isinstance(artefact, Heatmaps) and artefact.segments is not None for artefact in artefacts)
    usual = (AGAINST_FOR if superpixels else SIGNED) if signed else UNSIGNED
    clipped = show.scale in ("own", "figure") and any(artefact.clipped for artefact in artefacts)
    plain = Colouring(show.scale, clipped, signed, show.colormap or usual)
    return replace(
        plain, largest=max(float(np.abs(one).max()) for one in values), strongest=max(map(plain.top, values))
    )


def by_layer(artefacts: Sequence[Artefact], layers: Sequence[str], show: Show) -> list[Colouring | None]:
    """The colouring of each artefact: the same colours, to the strongest of its layer; layers have no common unit."""
    whole = colouring(artefacts, show)
    found = {}
    for layer in dict.fromkeys(layers):
        own = colouring([one for one, name in zip(artefacts, layers, strict=True) if name == layer], show)
        found[layer] = replace(whole, largest=own.largest, strongest=own.strongest) if whole and own else whole
    return [found[layer] for layer in layers]


def bar(colormap: str, height: int = 16) -> Pixels:
    """All 256 colours beside each other, from low to high."""
    return np.repeat(colour_table(colormap)[None], height, axis=0)


def photo(image: Floats) -> Pixels:
    """`(H, W, C)` in 0..1 to grey or RGB."""
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return pixels[..., 0] if pixels.shape[-1] != 3 else pixels


def pattern(image: Floats) -> Pixels:
    """The same of what a model climbed to; large ones are much noise in colour, and plainer."""
    pixels = photo(image)
    return plainer(pixels) if pixels.ndim == 3 and multiple(*pixels.shape[:2]) == 1 else pixels


def rgb(pixels: Pixels) -> Pixels:
    """Any pixels without transparency as RGB."""
    return np.repeat(pixels[..., None], 3, axis=-1) if pixels.ndim == 2 else pixels[..., :3]


def multiple(height: int, width: int, least: int = ROW) -> int:
    """How many screen pixels one pixel becomes: a whole number, so that the longer side is at least `least`."""
    return max(1, -(-least // max(height, width)))


def enlarge(pixels: NDArray[Number], times: int) -> NDArray[Number]:
    """Every pixel becomes a square of `times` × `times`."""
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def shrunk(pixels: NDArray[np.uint8], times: int) -> Pixels:
    """Every square of `times` × `times` becomes a pixel, their mean; what is left at the lower and right edge goes."""
    height, width = (side // times for side in pixels.shape[:2])
    squares = pixels[: height * times, : width * times].reshape(height, times, width, times, -1)
    return np.rint(squares.mean(axis=(1, 3))).astype(np.uint8).reshape(height, width, *pixels.shape[2:])


def shown(pixels: Pixels) -> Pixels:
    """Pixels enlarged to a size one can see."""
    return enlarge(pixels, multiple(*pixels.shape[:2]))


def veil(values: Floats, scale: Scale) -> Pixels:
    """The map as RGBA: the stronger, the more opaque, so that the face shows where nothing was found.

    Opacity rises twice as fast as the strength at first, or weak colours would vanish twice; the pale middle of a
    diverging map is left out, or it would whiten the face. There are as many steps as the colour map has, so that a
    file needs no more than a palette.
    """
    steps = 127 if scale.signed else 255
    strength = (np.rint(scale.strength(values) * steps) / steps).astype(np.float32)
    alpha = np.rint(strength * (2 - strength) * 255).astype(np.uint8)
    if scale.signed:
        strength = np.copysign(np.maximum(strength, PALE), values)
    return np.dstack([scale.paint(strength * scale.limit), alpha])


def over(face: Pixels, veil: Pixels, opacity: float = OPACITY) -> Pixels:
    """The veil laid over the face of the same size, as RGB."""
    alpha = veil[..., 3:].astype(np.float64) / 255 * opacity
    mixed = rgb(face) * (1 - alpha) + veil[..., :3] * alpha
    return np.rint(mixed).astype(np.uint8)


def plainer(pixels: Pixels) -> Pixels:
    """In every fifth shade: nobody sees a difference of 2 in 255, and files become a third smaller."""
    return np.rint(pixels / SHADE).astype(np.uint8) * np.uint8(SHADE)


def masked(face: Pixels, values: Floats, least: float, fill: str) -> Pixels:
    """The face where the map reaches `least` in magnitude; the rest is its mean, black, grey or white."""
    replacement = np.rint(face.mean(axis=(0, 1))) if fill == "mean" else np.full(face.shape[2:], FILLS[fill])
    kept = np.abs(values) >= least
    kept = kept[..., None] if face.ndim == 3 else kept
    return np.where(kept, face, replacement.astype(np.uint8))


def no_result(height: int, width: int, band: int = 12) -> Pixels:
    """Grey stripes: neither the colour of zero nor of any value."""
    y, x = np.indices((height, width))
    striped = ((x + y) % band < band // 2)[..., None]
    return np.where(striped, np.array(STRIPE, np.uint8), np.array(MAT, np.uint8))


def crossed(pixels: Pixels) -> Pixels:
    """RGB pixels with a grey cross from corner to corner: what is below is no result."""
    height, width = pixels.shape[:2]
    y, x = np.indices((height, width))
    rising, falling = x / width + y / height - 1, x / width - y / height
    cross = (np.minimum(np.abs(rising), np.abs(falling)) < 0.02)[..., None]
    return np.where(cross, np.array((0x62, 0x68, 0x6F), np.uint8), pixels)


def superpixels(values: Floats, segments: Ints, scale: Scale, times: int, boundaries: bool) -> Pixels:
    """Enlarged RGBA: superpixels for the class blue, against it orange, as opaque as they weigh; borders drawn."""
    big, weight = enlarge(segments, times), enlarge(values, times)
    alpha = scale.strength(weight)
    line = borders(big) & boundaries  # deeper than what it encloses; a light one where that is hardly to be seen
    alpha = np.where(line, alpha * (2 - alpha), alpha)
    tint = np.where((weight < 0)[..., None], np.array(OPPOSES), np.array(SUPPORTS))
    coloured = np.dstack([tint, alpha * 255])
    coloured[line & (alpha * 255 < LIGHT)] = (*WHITE, LIGHT)
    return np.rint(coloured).astype(np.uint8)


def borders(segments: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where a pixel's neighbour to the left, right, above or below lies in another superpixel."""
    around = np.pad(segments, 1, "edge")
    beside = (around[1:-1, :-2], around[1:-1, 2:], around[:-2, 1:-1], around[2:, 1:-1])
    return np.any([segments != other for other in beside], axis=0)
