"""The picture that stands beside a shared link: a title over a few pictures, 1200 by 630 pixels as networks ask for.

Words come from outside, in one language, and are set in the packaged fonts.
"""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

from generator.drawing.fonts import characters as known_by
from generator.drawing.fonts import chinese, drawable, latin, of_chart
from generator.drawing.inks import MAT, Colour
from generator.drawing.png import pixels_of

SIZE = (1200, 630)
MARGIN, GAP, TILE = 64, 28, 192
PAPER: Colour = (0xFC, 0xFC, 0xFA)
INK: Colour = (0x1B, 0x1E, 0x22)
QUIET: Colour = (0x4A, 0x50, 0x57)
TITLES = (64, 56, 48, 40)  # heights of the letters of a title, the largest first that lets it stand in LINES
LINES = 3
EASTERN = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
PIECE = re.compile(rf"[{EASTERN}][、。，：；！？）」』”’]*|[^\s{EASTERN}]+|\s+")


def card(title: str, author: str, below: str, pictures: Sequence[bytes]) -> bytes:
    """The PNG: `author` in a line under the title, `below` at the foot, of the pictures as many as fit."""
    sheet = Image.new("RGB", SIZE, PAPER)
    pen, room = ImageDraw.Draw(sheet), SIZE[0] - 2 * MARGIN
    lines, font = _fitting(drawable(title), room)
    top = MARGIN
    for line in lines:
        pen.text((MARGIN, top), line, INK, font)
        top += round(font.size * 1.25)
    for text, size, place in ((author, 30, top + 10), (below, 26, SIZE[1] - MARGIN)):
        small = _font(drawable(text), size, bold=False)
        pen.text((MARGIN, place), "".join(_cut(list(_broken(drawable(text), small, room)), 1)), QUIET, small)
    left = MARGIN
    for tile in map(_tile, pictures[: (room + GAP) // (TILE + GAP)]):
        sheet.paste(tile, (left, SIZE[1] - MARGIN - 30 - TILE))
        left += TILE + GAP
    stream = BytesIO()
    few = sheet.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _fitting(title: str, room: int) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The lines of a title in the largest letters with which they are few; what is still too long is cut."""
    for size in TITLES:
        font = _font(title, size, bold=True)
        lines = list(_broken(title, font, room))
        if len(lines) <= LINES:
            break
    return _cut(lines, LINES), font


def _cut(lines: list[str], most: int) -> list[str]:
    """So many lines, and a sign that there was more."""
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-2].rstrip(" ,、，") + "…"]


def _font(text: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Source Sans where it has all of a text, else the font of charts."""
    western = latin("Bold" if bold else "Regular")
    needed = {ord(c) for c in text if not c.isspace()}
    path = western if needed <= known_by(western) else of_chart(text)
    return ImageFont.truetype(str(chinese(bold) if path == chinese() else path), size)


def _broken(text: str, font: ImageFont.FreeTypeFont, room: int) -> Iterator[str]:
    """Lines no wider than there is room: between words, between Chinese characters, and within what is too long."""
    line = ""
    for piece in PIECE.findall(text):
        for part in piece if font.getlength(piece) > room else (piece,):
            if line and font.getlength(line + part) > room:
                yield line.rstrip()
                line = ""
            line += part if line else part.lstrip()
    if line.strip():
        yield line.rstrip()


def _tile(data: bytes) -> Image.Image:
    """A picture in its square, all of it; pixels that are enlarged stay squares."""
    picture = Image.fromarray(pixels_of(data)).convert("RGBA")
    larger = max(picture.size) > TILE
    picture = ImageOps.contain(picture, (TILE, TILE), Image.Resampling.LANCZOS if larger else Image.Resampling.NEAREST)
    square = Image.new("RGBA", (TILE, TILE), MAT)
    square.alpha_composite(picture, ((TILE - picture.width) // 2, (TILE - picture.height) // 2))
    return square.convert("RGB")
