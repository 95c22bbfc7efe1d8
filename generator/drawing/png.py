"""Pixels into PNG and JPEG files: lossless, small, and the same bytes for the same pixels."""

from io import BytesIO

import numpy as np
from PIL import Image

from generator.drawing.inks import Pixels

QUALITY = 95  # the homework wants JPEG: without colour subsampling, which blurs small maps


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
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue()


def _smallest(pixels: Pixels) -> tuple[Image.Image, bytes | None]:
    """A Pillow image, with the palette's transparency where it has one."""
    if pixels.ndim == 2:
        return Image.fromarray(pixels), None
    opaque = np.full((*pixels.shape[:2], 4 - pixels.shape[-1]), 255, np.uint8)
    packed = np.dstack([pixels, opaque]).view(np.uint32)[..., 0]
    colours, index = np.unique(packed, return_inverse=True)
    if len(colours) > 256:
        return Image.fromarray(pixels), None
    picture = Image.fromarray(index.reshape(pixels.shape[:2]).astype(np.uint8))
    table = colours.view(np.uint8).reshape(-1, 4)
    picture.putpalette(table[:, :3].tobytes())
    return picture, table[:, 3].tobytes() if pixels.shape[-1] == 4 else None
