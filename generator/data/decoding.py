"""Picture files into pixels, by the decoders that read a file and do nothing else.

The format is told by content, and only from a list: one whose reader starts a program (EPS) is not in it, whatever the
file is called. What is much larger than it is needed is decoded small, which differs from the exact average by less
than one of 256 levels; a whole photograph is never held longer than it takes to reduce it.
"""

import logging
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from generator.artefacts import Floats
from generator.data.resize import resize, spans
from generator.errors import DataError
from generator.samples import Frame, Picture, Range

READ = {  # formats by Pillow's name for them, and the suffixes that their files have
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".mpo",),  # several JPEGs in one file, as some cameras write them: the first
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "PPM": (".pgm", ".ppm", ".pbm", ".pnm"),
}
HEIF = {"HEIF": (".heic", ".heif")}  # with the extra `heic`
WIDE = ("I;16", "I;16B", "I;16L")  # 16 bits a pixel
VALUED = ("I", "F")  # whose range no file says
BARE = (".tif", ".tiff", ".pgm", ".pnm")  # that may hold such
RESAMPLED = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
RESAMPLED["lanczos"] = Image.Resampling.LANCZOS
MUCH = 2  # times the size that is needed: from there on a picture is decoded small
BYTES = 1.5  # a float picture that exceeds it is in 0..255
CEILINGS = (1, 255, 1023, 4095, 16383, 65535)  # that values of a bit depth do not exceed
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, EOFError)
BROKEN_INSIDE = (struct.error, zlib.error, KeyError, IndexError, TypeError, OverflowError)
Extremes = tuple[str, float, float]  # Pillow's mode, the least and the largest value
Result = TypeVar("Result")

logging.getLogger("PIL").addHandler(logging.NullHandler())  # what it has to say of a file, it raises


@cache
def formats() -> tuple[str, ...]:
    """The formats that can be read here, by Pillow's names."""
    if find_spec("pillow_heif"):
        import_module("pillow_heif").register_heif_opener()
    Image.init()
    return tuple(name for name in (*READ, *HEIF) if name in Image.OPEN)


@cache
def suffixes() -> tuple[str, ...]:
    """What the names of their files end in."""
    heif = HEIF if find_spec("pillow_heif") else {}
    return tuple(suffix for known in (READ | heif).values() for suffix in known)


@dataclass(frozen=True)
class Levels:
    """What is white in pictures whose format does not say: of whole numbers and of floats; or the `range` of all."""

    whole: float = 255
    floats: float = 255
    range: Range | None = None


def read_picture(file: Path, levels: Levels | None = None) -> Picture:
    """One picture as stored, upright: grey `(h, w)`, or `(h, w, c)` with c of 3 or 4; raises DataError.

    uint8, or float in 0..1 where the file holds other values.
    """
    return _read(file, lambda picture: _valued(_upright(picture), levels or levels_of([(file, stored_range(file))])))


def read_fitted(file: Path, frame: Frame, levels: Levels) -> Picture:
    """One picture as the image that a frame wants: `(H, W[, c])` uint8 where it was decoded small, else float."""

    def fitted(picture: Image.Image) -> Picture:
        if frame.crop is None and frame.antialias and levels.range is None:
            _draft(picture, frame)
        upright = _upright(picture)
        reduced = _reduced(upright, frame) if levels.range is None else None
        return resize([_valued(upright, levels)], frame)[0] if reduced is None else np.asarray(reduced)

    return _read(file, fitted)


def _read(file: Path, take: Callable[[Image.Image], Result]) -> Result:
    """What `take` makes of an opened picture; raises DataError where it is none."""
    try:
        with Image.open(file, formats=formats()) as picture:
            return take(picture)
    except UnidentifiedImageError as error:
        known = ", ".join(formats())
        raise DataError(f"{file}: not a picture that can be read ({known} can); replace or remove it") from error
    except (*BROKEN, *BROKEN_INSIDE) as error:
        raise DataError(f"{file}: not a picture that can be read ({error}); replace or remove it") from error


def _draft(picture: Image.Image, frame: Frame) -> None:
    """Asks the decoder for a smaller picture, still so much larger than needed; a JPEG's does it for nothing."""
    turned = picture.getexif().get(0x0112, 1) >= 5  # the sides of what is stored are those of what is shown, swapped
    height, width = picture.size if turned else picture.size[::-1]
    down, right = spans((height, width), frame)
    least = [
        int(MUCH * new * side / (span.high - span.low))
        for span, new, side in zip((down, right), frame.shape, (height, width), strict=False)
    ]
    if least[0] <= height and least[1] <= width:
        picture.draft("L" if frame.shape[2] == 1 else None, (least[0], least[1]) if turned else (least[1], least[0]))


def _upright(picture: Image.Image) -> Image.Image:
    """As one sees it: grey stays grey, transparency stays, values of a scanner stay, all else becomes RGB."""
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in ("L", "RGB", "RGBA", *WIDE, *VALUED):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _reduced(picture: Image.Image, frame: Frame) -> Image.Image | None:
    """A picture that is much too large at the size of the frame; None where it is not, or must be taken exactly."""
    down, right = spans(picture.size[::-1], frame)
    padded = down.before + right.before + down.after + right.after
    scales = [(span.high - span.low) / new for span, new in zip((down, right), frame.shape, strict=False)]
    wanted = frame.antialias and frame.filter in RESAMPLED and not padded and picture.mode in ("L", "RGB", "RGBA")
    if not wanted or min(scales) < MUCH:
        return None
    top, left = down.first, right.first
    if (down.taken, right.taken) != picture.size[::-1]:
        picture = picture.crop((left, top, left + right.taken, top + down.taken))
    box = (right.low, down.low, right.high, down.high)
    return picture.resize((frame.shape[1], frame.shape[0]), RESAMPLED[frame.filter], box)


def _valued(picture: Image.Image, levels: Levels) -> Picture:
    """The pixels: as bytes, or in 0..1 where a range is said or the format has none."""
    pixels = np.asarray(picture)
    if levels.range is not None:
        return _within(pixels, levels.range, picture.mode == "RGBA")
    if picture.mode in WIDE:
        return (pixels >> 8).astype(np.uint8)
    if picture.mode in VALUED:
        high = levels.whole if picture.mode == "I" else levels.floats
        return np.clip(pixels.astype(np.float32) / np.float32(high), 0, 1)
    return pixels


def _within(pixels: Picture, bounds: Range, transparent: bool) -> Floats:
    low, high = bounds
    values = np.clip((pixels.astype(np.float32) - np.float32(low)) / np.float32(high - low), 0, 1)
    if transparent:
        values[..., 3] = pixels[..., 3].astype(np.float32) / np.float32(255)
    return values


def levels_of(files: Iterable[tuple[Path, Extremes]]) -> Levels:
    """What is white in all of these files, by the largest value that any of them holds."""
    highest = {"I": 0.0, "F": 0.0}
    for file, (mode, low, high) in files:
        if mode not in VALUED:
            continue
        if not low >= 0:  # NaN neither
            raise DataError(f"{file}: its values run from {low:g} to {high:g}; say `data: {{range: [low, high]}}`")
        highest[mode] = max(highest[mode], high)
    floats = 1.0 if highest["F"] <= BYTES else ceiling(highest["F"])
    return Levels(max(255.0, ceiling(highest["I"])), floats)


def ceiling(value: float) -> float:
    """The white that values up to this one suggest."""
    return next((float(white) for white in CEILINGS if value <= white), value)


def stored_range(file: Path) -> Extremes:
    """Pillow's mode of a picture, and the least and the largest value that its file holds."""

    def extremes(picture: Image.Image) -> Extremes:
        pixels = np.asarray(picture)
        return picture.mode, float(pixels.min()), float(pixels.max())

    return _read(file, extremes)
