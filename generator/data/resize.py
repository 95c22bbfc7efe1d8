"""Pictures of any size into images of one: cut, resized and padded as the frame of a model says.

Each direction is one matrix product. Its weights are those of Pillow (antialiased: the filter grows with the
reduction) or of TensorFlow (not: the filter spans neighbouring pixels of the picture, whatever the reduction).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, prod
from typing import Annotated, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from generator.artefacts import Floats
from generator.errors import DataError
from generator.samples import Frame, Picture, Samples

Filter = Literal["nearest", "bilinear", "bicubic", "lanczos", "area"]
Aspect = Literal["stretch", "crop", "pad"]

ROOM = 1 << 24  # values of pictures that are held as floats at once; they may be much larger than the images
LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601, as Pillow turns colour into grey


class Resizing(BaseModel):
    """How a picture comes to the size of the model's input."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    filter: Annotated[Filter, Field(description=f"{', '.join(get_args(Filter))}; default: bilinear")] = "bilinear"
    antialias: Annotated[
        bool, Field(description="true: as Pillow and torchvision; false: as tf.image.resize and Keras' data sets")
    ] = True
    shorter: Annotated[
        int | None, Field(ge=1, description="the shorter side comes to so many pixels, then the middle is cut out")
    ] = None
    aspect: Annotated[
        Aspect, Field(description="stretch (default), crop the middle or pad with black, where the sides differ")
    ] = "stretch"


def frame_of(resizing: Resizing | None, crop: tuple[int, int] | None, shape: tuple[int, int, int]) -> Frame:
    """What a model of this input shape wants of pictures; raises DataError where it cannot be had."""
    asked = resizing or Resizing()
    if asked.shorter is not None and asked.shorter < max(shape[:2]):
        raise DataError(
            f"preprocess.resize: shorter: {asked.shorter} leaves too little for the model's {shape[0]}×{shape[1]}; "
            f"say {max(shape[:2])} or more"
        )
    return Frame(shape, crop, asked.filter, asked.antialias, asked.shorter, asked.aspect)


@dataclass(frozen=True)
class Span:
    """One direction: `taken` pixels from `first` on, `padding` black ones on each side; low to high is the image."""

    first: int
    taken: int
    low: float
    high: float
    padding: int = 0


@lru_cache(maxsize=1 << 12)
def spans(size: tuple[int, int], frame: Frame) -> tuple[Span, Span]:
    """What of a picture's height and width becomes the image."""
    height, width = (min(pair) for pair in zip(size, frame.crop or size, strict=True))
    rows, columns = frame.shape[:2]
    fitting = (
        int(width * rows / columns),
        int(height * columns / rows),
    )  # by the aspect of the model, as Keras rounds
    ends = ((size[0] - height) // 2, (size[1] - width) // 2)
    down = _span(ends[0], height, fitting[0], frame, min(height, width), rows)
    return down, _span(ends[1], width, fitting[1], frame, min(height, width), columns)


def _span(first: int, have: int, fitting: int, frame: Frame, shortest: int, wanted: int) -> Span:
    """One direction of a picture of which `have` pixels from `first` on are left."""
    if frame.shorter is not None:
        side = have * frame.shorter // shortest  # torchvision rounds the longer side down, and the offset to even
        start = round((side - wanted) / 2)
        return Span(first, have, start * have / side, (start + wanted) * have / side)
    if frame.aspect == "crop" and 0 < fitting < have:
        return Span(first + (have - fitting) // 2, fitting, 0, fitting)
    padding = max(0, fitting - have) // 2 if frame.aspect == "pad" else 0  # as much before as after
    return Span(first, have, 0, have + 2 * padding, padding)


def drafted(span: Span, times: float, shift: float, have: int) -> Span:
    """The same place in a picture of `have` pixels that is so many times smaller and begins at `shift`."""
    first = int(span.first / times + shift)
    taken = min(have, ceil((span.first + span.taken) / times + shift)) - first
    padding = ceil(span.padding / times)
    low, high = ((span.first - span.padding + end) / times + shift - first + padding for end in (span.low, span.high))
    return Span(first, taken, low, high, padding)


def resize(pictures: Sequence[Picture], frame: Frame, sides: tuple[Span, Span] | None = None) -> Floats:
    """`(N, H, W, C)` images in 0..1 from pictures of any size, as stored; `sides` where they are of one size."""
    out = np.empty((len(pictures), *frame.shape), np.float32)
    for form in dict.fromkeys(picture.shape for picture in pictures):  # pictures of one form in one product
        rows = [row for row, picture in enumerate(pictures) if picture.shape == form]
        step = max(1, ROOM // max(1, prod(form)))
        for some in (rows[start : start + step] for start in range(0, len(rows), step)):
            stack = np.stack([pictures[row] for row in some])
            out[some] = _fitted(stack, frame, sides or spans((form[0], form[1]), frame))
    return out


def images_of(samples: Samples, positions: NDArray[np.int64], frame: Frame) -> Floats:
    """The same of samples; those in files of their own are decoded no larger than the frame needs."""
    if samples.files is not None:
        return samples.files.fit(positions, frame)
    out = np.empty((len(positions), *frame.shape), np.float32)
    for part, pictures in samples.in_parts(positions):
        out[part] = resize(pictures, frame)
    return out


def _fitted(stack: Picture, frame: Frame, sides: tuple[Span, Span]) -> Floats:
    """Pictures `(N, h, w[, c])` of one form."""
    for axis, (span, new) in enumerate(zip(sides, frame.shape, strict=False), 1):  # what no pixel needs goes first
        used = span.first + _weights(span, new, frame.filter, frame.antialias)[0]
        stack = stack if len(used) == stack.shape[axis] else stack.take(used, axis)
    stack = stack if stack.ndim == 4 else stack[..., None]
    down, right = (
        None if span == Span(span.first, new, 0, new) else _weights(span, new, frame.filter, frame.antialias)[1]
        for span, new in zip(sides, frame.shape, strict=False)
    )
    images = _reduced(stack, down, frame.shape[2])
    if right is not None:
        images = np.einsum("xw,nywc->nyxc", right, images, optimize=True)
    return np.clip(images, 0, 1, dtype=np.float32)


def _reduced(stack: Picture, down: Floats | None, channels: int) -> Floats:
    """Pictures `(N, h, w, c)` in floats with the height of the image; of large ones so many rows at a time."""
    step = max(1, ROOM // max(1, stack[:, 0].size))
    if down is None or step >= stack.shape[1]:
        images = to_channels(in_unit(stack), channels)
        return images if down is None else np.einsum("yh,nhwc->nywc", down, images, optimize=True)
    out = np.zeros((len(stack), len(down), stack.shape[2], channels), np.float32)
    for start in range(0, stack.shape[1], step):
        images, part = to_channels(in_unit(stack[:, start : start + step]), channels), down[:, start : start + step]
        rows = np.flatnonzero(part.any(axis=1))  # of the image, to which these rows of the pictures add
        out[:, rows] += np.einsum("yh,nhwc->nywc", part[rows], images, optimize=True)
    return out


def in_unit(pictures: Picture) -> Floats:
    """In 0..1: bytes by 255, the rest is."""
    return pictures.astype(np.float32) / np.float32(255 if pictures.dtype == np.uint8 else 1)


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


@lru_cache(maxsize=256)
def _weights(span: Span, new: int, filter: str, antialias: bool) -> tuple[NDArray[np.int64], Floats]:
    """Which of the pixels taken are needed, and how much of each `(new, needed)` an image's pixel takes."""
    scale = (span.high - span.low) / new
    centre = span.low + (np.arange(new) + 0.5) * scale
    pixels = np.arange(span.taken + 2 * span.padding)
    distance = pixels[None] + 0.5 - centre[:, None]
    if filter == "nearest":
        weight = (np.floor(centre)[:, None] == pixels[None]) * 1.0
    elif filter == "area":  # how much of a pixel lies within
        weight = np.clip((1 + scale) / 2 - np.abs(distance), 0, min(1, scale))
    else:
        weight = KERNELS[filter](distance / (max(1.0, scale) if antialias else 1.0))
    weight = (weight / weight.sum(axis=1, keepdims=True))[:, span.padding : span.padding + span.taken]
    used = np.flatnonzero(weight.any(axis=0))
    return used, weight[:, used].astype(np.float32)


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys 1981 with a = −½, which Pillow, torchvision on pictures and TensorFlow take."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x**2 + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


KERNELS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "bilinear": lambda x: np.maximum(0, 1 - np.abs(x)),
    "bicubic": _cubic,
    "lanczos": lambda x: np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0),
}
