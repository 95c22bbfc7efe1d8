"""Pictures as stored into images as shown: the size and the channels that the model takes, in 0..1.

Resizing is one matrix product for each direction: a triangle as wide as the larger of the two pixels, which is
bilinear when it enlarges and antialiased when it reduces (what Pillow and tf.image do).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats
from generator.errors import DataError

LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601, as Pillow turns colour into grey


def resize(
    pictures: Sequence[NDArray[np.generic]], shape: tuple[int, int, int], crop: tuple[int, int] | None = None
) -> Floats:
    """`(N, H, W, C)` images in 0..1 of `shape`, from pictures of any size; `crop` cuts (h, w) from the middle first."""
    out = np.empty((len(pictures), *shape), np.float32)
    for form in dict.fromkeys(picture.shape for picture in pictures):  # pictures of one form in one product
        rows = [row for row, picture in enumerate(pictures) if picture.shape == form]
        stack = in_unit(np.stack([pictures[row] for row in rows]))
        stack = stack[..., None] if stack.ndim == 3 else stack
        out[rows] = resized(to_channels(cropped(stack, crop), shape[2]), shape[:2])
    return out


def in_unit(pictures: NDArray[np.generic]) -> Floats:
    """uint8 into 0..1; floats are there already."""
    unit = 255 if pictures.dtype == np.uint8 else 1
    return pictures.astype(np.float32) / np.float32(unit)


def cropped(images: Floats, crop: tuple[int, int] | None) -> Floats:
    """The middle `(h, w)` of the images; a side that is shorter stays whole."""
    if crop is None:
        return images
    top, left = (max(0, (have - want) // 2) for have, want in zip(images.shape[1:3], crop, strict=True))
    return images[:, top : top + crop[0], left : left + crop[1]]


def to_channels(images: Floats, channels: int) -> Floats:
    """`(N, H, W, 1|3|4)` with another number of channels: grey by luma, transparency over white."""
    if images.shape[3] == channels:
        return images
    if images.shape[3] == 4:
        images = images[..., :3] * images[..., 3:] + (1 - images[..., 3:])
    if channels == 1:
        return images if images.shape[3] == 1 else (images @ LUMA)[..., None]
    if channels not in (3, 4):
        raise DataError(f"the model takes {channels} channels; pictures have 1, 3 or 4")
    images = np.repeat(images, 3, axis=3) if images.shape[3] == 1 else images
    return images if channels == 3 else np.concatenate([images, np.ones_like(images[..., :1])], axis=3)


def resized(images: Floats, size: tuple[int, int]) -> Floats:
    """`(N, h, w, C)` enlarged or reduced to `size`, antialiased; half-pixel centres."""
    height, width = images.shape[1:3]
    if height != size[0]:
        images = np.einsum("yh,nhwc->nywc", _weights(height, size[0]), images, optimize=True)
    if width != size[1]:
        images = np.einsum("xw,nywc->nyxc", _weights(width, size[1]), images, optimize=True)
    return np.clip(images, 0, 1, dtype=np.float32)


@cache
def _weights(old: int, new: int) -> Floats:
    """`(new, old)`: how much of each old pixel a new one takes."""
    reach = max(1.0, old / new)
    centre = (np.arange(new) + 0.5) * old / new
    distance = np.abs(np.arange(old)[None] + 0.5 - centre[:, None]) / reach
    weight = np.maximum(0, 1 - distance)
    return (weight / weight.sum(axis=1, keepdims=True)).astype(np.float32)
