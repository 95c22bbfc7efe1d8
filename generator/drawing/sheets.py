"""Many small pictures as one, with their numbers below: the form a grid takes on paper and in exports."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.drawing.colours import crossed, enlarge, multiple, no_result, rgb
from generator.drawing.fonts import chinese
from generator.drawing.inks import BLACK, Pixels
from generator.show import ROW, TILE, columns_for

GAP, DIGITS = 8, 18  # pixels between tiles; height of a number


@dataclass(frozen=True)
class Tile:
    """A picture at its own size and the number it goes by; of a dead unit there is nothing to see."""

    pixels: Pixels
    number: int
    dead: bool = False

    def drawn(self, times: int) -> Pixels:
        """RGB, every pixel `times` wide; stripes and a cross where it is dead."""
        height, width = self.pixels.shape[:2]
        if self.dead:
            return crossed(no_result(height * times, width * times))
        return enlarge(rgb(self.pixels), times)


def sheet(tiles: tuple[Tile, ...], columns: int | None = None) -> Pixels:
    """The tiles, all of one size, in rows of `columns` on white, each with its number centred below."""
    columns = min(columns or columns_for(len(tiles)), len(tiles))
    height, width = tiles[0].pixels.shape[:2]
    times = multiple(height, width, TILE if columns > 4 else ROW)
    pitch = (height * times + DIGITS + 2 * GAP, width * times + GAP)
    rows = -(-len(tiles) // columns)
    canvas = np.full((rows * pitch[0] - GAP, columns * pitch[1] - GAP, 3), 255, np.uint8)
    for position, tile in enumerate(tiles):
        top, left = (position // columns) * pitch[0], (position % columns) * pitch[1]
        canvas[top : top + height * times, left : left + width * times] = tile.drawn(times)
    return _numbered(canvas, tiles, (width * times, height * times), pitch)


def _numbered(canvas: Pixels, tiles: tuple[Tile, ...], size: tuple[int, int], pitch: tuple[int, int]) -> Pixels:
    """The canvas with each tile's number below it."""
    picture = Image.fromarray(canvas)
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(str(chinese()), DIGITS)
    columns = (canvas.shape[1] + GAP) // pitch[1]
    for position, tile in enumerate(tiles):
        x = (position % columns) * pitch[1] + size[0] / 2
        y = (position // columns) * pitch[0] + size[1] + GAP / 2 + DIGITS / 2
        pen.text((x, y), str(tile.number), BLACK, font, anchor="mm")
    return np.asarray(picture)
