"""Pictures put together: the panels of an explained image, and many tiles with their numbers as one sheet.

A sheet is the form a grid takes on paper and in exports.
"""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.artefacts import Floats, Ints
from generator.drawing import colours
from generator.drawing.colours import Scale
from generator.drawing.fonts import chinese
from generator.drawing.inks import BLACK, MAT, Pixels
from generator.drawing.png import reduced
from generator.results import Role
from generator.show import ROW, TILE, Mask, columns_for

GAP, DIGITS, BAR = 8, 18, 4  # pixels between tiles; heights of a number and of the bar above it
SHADES = 51  # of 255: those of numbers are few, so that a sheet of a colour map needs no more than a palette


@dataclass(frozen=True)
class MappedFace:
    """A face in its own pixels with the values found for it; `least` is the magnitude that the mask keeps from.

    `scale` is None where the values are no result: then every panel but the face is striped. `laid` are the values as
    they are laid over the face, by a scale of their own.
    """

    face: Pixels
    values: Floats
    segments: Ints | None
    scale: Scale | None
    laid: Floats
    laid_scale: Scale | None
    mask: Mask
    least: float
    boundaries: bool

    @property
    def times(self) -> int:
        return colours.multiple(*self.face.shape[:2])

    def panel(self, role: Role) -> Pixels:
        """The enlarged pixels of a panel."""
        if role == "image":
            return colours.enlarge(self.face, self.times)
        if self.scale is None:
            height, width = (side * self.times for side in self.face.shape[:2])
            stripes = colours.no_result(height, width)
            half = np.full((height, width), 128, np.uint8)  # the veil of stripes is half transparent
            return np.dstack([stripes, half]) if role == "veil" else stripes
        if role == "masked":
            return colours.enlarge(colours.masked(self.face, self.values, self.least, self.mask.fill), self.times)
        if role == "map":
            return colours.enlarge(self.scale.paint(self.values), self.times)
        if self.segments is None:
            veil = colours.enlarge(colours.veil(self.laid, self.laid_scale or self.scale), self.times)
        else:
            veil = colours.superpixels(self.values, self.segments, self.scale, self.times, self.boundaries)
        return veil if role == "veil" else colours.plainer(colours.over(self.panel("image"), veil))


@dataclass(frozen=True)
class Tile:
    """A picture at its own size and the number it goes by; of a dead unit there is nothing to see.

    `top` is what its last colour stands for, `strength` that as a share of the figure's strongest, a bar below it.
    """

    pixels: Pixels
    number: int
    dead: bool = False
    top: float | None = None
    strength: float = 0.0

    def drawn(self, times: int) -> Pixels:
        """RGB, every pixel `times` wide; stripes and a cross where it is dead."""
        height, width = self.pixels.shape[:2]
        if self.dead:
            return colours.crossed(colours.no_result(height * times, width * times))
        return colours.enlarge(colours.rgb(self.pixels), times)


def sheet(tiles: tuple[Tile, ...], columns: int | None = None) -> Pixels:
    """The tiles, all of one size, in rows of `columns` on white, each with its number centred below.

    Large photographs and patterns become smaller by a whole number; the colours of maps are not mixed.
    """
    columns = min(columns or columns_for(len(tiles)), len(tiles))
    least = TILE if columns > 4 else ROW
    fewer = max(tiles[0].pixels.shape[:2]) // least
    if fewer > 1 and not any(tile.top is not None for tile in tiles):
        tiles = tuple(replace(tile, pixels=colours.plainer(colours.shrunk(tile.pixels, fewer))) for tile in tiles)
    own = tiles[0].pixels.shape[:2]
    times = colours.multiple(own[0], own[1], least)
    height, width = (side * times for side in own)
    barred = BAR + GAP // 2 if any(tile.top is not None for tile in tiles) else 0
    down, across, rows = height + barred + DIGITS + 2 * GAP, width + GAP, -(-len(tiles) // columns)
    canvas = np.full((rows * down - GAP, columns * across - GAP, 3), 255, np.uint8)
    corners = [(position // columns * down, position % columns * across) for position in range(len(tiles))]
    for tile, (top, left) in zip(tiles, corners, strict=True):
        canvas[top : top + height, left : left + width] = tile.drawn(times)
        if tile.top is not None:
            below = slice(top + height + GAP // 2, top + height + barred)
            canvas[below, left : left + width] = MAT
            canvas[below, left : left + round(tile.strength * width)] = BLACK
    digits = Image.new("L", (canvas.shape[1], canvas.shape[0]), 255)
    pen, font = ImageDraw.Draw(digits), ImageFont.truetype(str(chinese()), DIGITS)
    for tile, (top, left) in zip(tiles, corners, strict=True):
        middle = left + width / 2, top + height + barred + GAP / 2 + DIGITS / 2
        pen.text(middle, str(tile.number), 0, font, anchor="mm")
    canvas = np.minimum(canvas, np.rint(np.asarray(digits) / SHADES).astype(np.uint8)[..., None] * np.uint8(SHADES))
    return reduced(canvas) if barred else canvas
