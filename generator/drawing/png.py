"""Pixels into PNG and JPEG files: lossless, small, and the same bytes for the same pixels."""

from io import BytesIO

import numpy as np
from PIL import Image

from generator.drawing.inks import Pixels
from generator.drawing.palette import indexed

QUALITY = 90  # the homework wants JPEG: without colour subsampling, which blurs small maps


def png(pixels: Pixels) -> bytes:
    """The smallest of grey, palette and full colour that keeps every pixel."""
    stream = BytesIO()
    picture, transparency = _smallest(np.ascontiguousarray(pixels))
    extra = {} if transparency is None else {"transparency": transparency}
    picture.save(stream, "PNG", optimize=True, **extra)
    return stream.getvalue()


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


def _smallest(pixels: Pixels) -> tuple[Image.Image, bytes | None]:
    """A Pillow image, with the palette's transparency where it has one."""
    found = indexed(pixels) if pixels.ndim == 3 else None
    if found is None:
        return Image.fromarray(pixels), None
    colours, index = found
    picture = Image.fromarray(index)
    picture.putpalette(colours[:, :3].tobytes())
    return picture, colours[:, 3].tobytes() if pixels.shape[-1] == 4 else None
