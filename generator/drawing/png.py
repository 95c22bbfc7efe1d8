"""Pixels into PNG and JPEG files: lossless, small, and the same bytes for the same pixels.

A picture of few colours is a table of them and each pixel's place in it.
"""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.drawing.inks import Pixels

SIGNATURE, LEFT, UP = b"\x89PNG\r\n\x1a\n", 1, 2  # of PNG: its first bytes, and what a row is the difference to
MOST = 256  # colours of a table whose places are bytes
QUICK, BEST = 6, 9  # levels of zlib: the first takes a third of the time, of photographs for a fiftieth more bytes
LARGE = 1 << 15  # pixels of full colour from which that counts
QUALITY = 90  # the homework wants JPEG: without colour subsampling, which blurs small maps


def png(pixels: Pixels, level: int = BEST) -> bytes:
    """The smallest of grey, palette and full colour that keeps every pixel; large ones in full colour quickly."""
    stream, table = BytesIO(), indexed(np.ascontiguousarray(pixels)) if pixels.ndim == 3 else None
    if table is None:
        picture, transparency = Image.fromarray(np.ascontiguousarray(pixels)), {}
    else:
        colours, places = table
        picture = Image.fromarray(places)
        picture.putpalette(colours[:, :3].tobytes())
        transparency = {"transparency": colours[:, 3].tobytes()} if pixels.shape[-1] == 4 else {}
    level = QUICK if table is None and picture.width * picture.height > LARGE else level
    picture.save(stream, "PNG", compress_level=level, **transparency)
    return min(stream.getvalue(), _filtered(*table, level) if table else stream.getvalue(), key=len)


def as_png(data: bytes) -> bytes:
    """The first picture of a file that holds no PNG, for those who read nothing else."""
    stream = BytesIO()
    with Image.open(BytesIO(data)) as picture:
        picture.convert("RGBA").save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _filtered(colours: Pixels, places: Pixels, level: int) -> bytes:
    """Noise in enlarged pixels, a fifth smaller than Pillow's: differences in a row, nothing where a row repeats."""
    repeats = np.append(False, (places[1:] == places[:-1]).all(axis=1))[:, None]
    rows = np.where(repeats, 0, np.diff(places, axis=1, prepend=places.dtype.type(0)))
    lines = np.hstack([np.where(repeats, UP, LEFT), rows]).astype(np.uint8)
    packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_FILTERED)
    head = struct.pack(">IIBBBBB", places.shape[1], places.shape[0], 8, 3, 0, 0, 0)  # a byte a pixel, its place in PLTE
    opacity = {b"tRNS": colours[:, 3].tobytes()} if colours.shape[1] == 4 else {}
    data = {b"IDAT": packer.compress(lines.tobytes()) + packer.flush(), b"IEND": b""}
    chunks = {b"IHDR": head, b"PLTE": colours[:, :3].tobytes(), **opacity, **data}.items()
    checked = (name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return SIGNATURE + b"".join(struct.pack(">I", len(chunk) - 8) + chunk for chunk in checked)


def pixels_of(data: bytes) -> Pixels:
    """The pixels of a PNG: grey, RGB or RGBA."""
    with Image.open(BytesIO(data)) as picture:
        full = "RGBA" if "transparency" in picture.info else "RGB"
        return np.asarray(picture.convert(full) if picture.mode == "P" else picture)


def jpeg(data: bytes) -> bytes:
    """A PNG as JPEG, what is transparent on white."""
    pixels, stream = pixels_of(data), BytesIO()
    if pixels.ndim == 3 and pixels.shape[-1] == 4:
        alpha = pixels[..., 3:] / 255
        pixels = np.rint(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    # without `optimize`: Pillow makes room for a byte a pixel then, and noise in colour takes more
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue()


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
    one, known = colours.astype(np.float32), colours[:MOST].astype(np.float32)
    distance = (known**2).sum(axis=1) - 2 * one @ known.T  # but for what is the same in a row
    return colours[_places(pixels, colours, distance.argmin(axis=1))]


def _places(pixels: Pixels, colours: Pixels, places: NDArray[np.intp]) -> Pixels:
    """For each pixel of an RGB picture the place that its colour has."""
    table = np.zeros(1 << 24, np.uint8)
    table[_numbers(colours)] = places
    return table[_numbers(pixels)]


def _numbers(colours: Pixels) -> NDArray[np.uint32]:
    """Each colour as one number that grows with its channels, the first before the others."""
    first, *others = np.moveaxis(colours, -1, 0)
    numbers = first.astype(np.uint32)
    for channel in others:  # in place: a large matrix has millions of pixels
        numbers <<= 8
        numbers |= channel
    return numbers
