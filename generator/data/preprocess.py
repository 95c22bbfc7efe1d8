"""Images into what the model was trained on, and back: one preprocessing for all figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from generator.artefacts import Floats
from generator.data.resize import Resizing
from generator.data.stored_arrays import arrays_in
from generator.errors import DataError
from generator.limits import USUAL, Limits

Mode = Literal["tf", "torch", "caffe"]
Side = Annotated[int, Field(ge=1)]
Statistic = float | Annotated[tuple[float, ...], Field(min_length=1)] | Literal["data"] | Path

BYTES = 1.5  # a mean or deviation above it was taken over pixels of 0..255
SHOWN_MEAN, SHOWN_DEVIATION = 0.5, 0.25  # how standardised inputs are shown again: typical of a picture
TORCH = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # of ImageNet, as keras.applications has them
CAFFE = (103.939, 116.779, 123.68)  # blue, green, red
LEVELS = 256
LARGEST = 1e9  # that a number of the preprocessing may be: more is no colour, and float32 ends somewhere
MOST = 1 << 28  # bytes of a file of them


class Preprocessing(BaseModel):
    """What is done to a picture before the model sees it, in this order: crop, resize, equalize, scale, mean, std."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    crop: Annotated[tuple[Side, Side] | None, Field(description="height and width cut from the middle")] = None
    resize: Annotated[Resizing | None, Field(description="how it comes to the model's size")] = None
    equalize: Annotated[bool, Field(description="spread the grey levels evenly, channel by channel")] = False
    scale: Annotated[tuple[float, float] | None, Field(description="what black and white become; default 0, 1")] = None
    mean: Annotated[Statistic | None, Field(description="subtracted: number, by channel, .npy by pixel, or data")] = (
        None
    )
    std: Annotated[Statistic | None, Field(description="divided by: number, by channel, .npy by pixel, or data")] = None
    standardize: Annotated[Literal["image"] | None, Field(description="each image to mean 0, deviation 1")] = None
    mode: Annotated[Mode | None, Field(description="as keras.applications does: tf, torch or caffe")] = None

    @property
    def files(self) -> Mapping[str, Path]:
        """The files that hold its mean or deviation, by key."""
        given = {"mean": self.mean, "std": self.std}
        return {key: value for key, value in given.items() if isinstance(value, Path)}

    @field_validator("scale", "mean", "std")
    @classmethod
    def _sensible(cls, value: object, info: ValidationInfo) -> object:
        numbers = value if isinstance(value, tuple) else (value,) if isinstance(value, float) else ()
        if info.field_name == "std" and any(not number > 0 for number in numbers):
            raise PydanticCustomError("wrong", "{message}", {"message": "a deviation has to be more than 0"})
        if any(not abs(number) <= LARGEST for number in numbers):
            raise PydanticCustomError("wrong", "{message}", {"message": "no number here may be beyond a billion"})
        if info.field_name == "scale" and numbers and numbers[0] == numbers[1]:
            message = f"black and white both become {numbers[0]:g}"
            raise PydanticCustomError("wrong", "{message}", {"message": message})
        return value


@dataclass(frozen=True)
class Preprocessor:
    """The preprocessing of a model: inputs are `(images · factor + offset − mean) / deviation`.

    `mean` and `deviation` broadcast against `(H, W, C)`; `reverse` turns RGB into BGR first.
    """

    low: float = 0.0
    high: float = 1.0
    mean: Floats | None = None
    deviation: Floats | None = None
    reverse: bool = False
    equalize: bool = False
    standardize: bool = False

    def prepare(self, images: Floats) -> Floats:
        """`(N, H, W, C)` images in 0..1 as shown into inputs."""
        x = equalized(images) if self.equalize else images
        x = x[..., ::-1] if self.reverse else x
        x = x * np.float32(self.high - self.low) + np.float32(self.low)
        x = x if self.mean is None else x - self.mean
        x = x if self.deviation is None else x / self.deviation
        return np.ascontiguousarray(standardized(x) if self.standardize else x, np.float32)

    def restore(self, inputs: Floats) -> Floats:
        """Inputs into images in 0..1, clipped; after equalising or standardising by image, into similar ones."""
        if self.standardize:
            x = inputs * np.float32(SHOWN_DEVIATION) + np.float32(SHOWN_MEAN)
        else:
            x = inputs if self.deviation is None else inputs * self.deviation
            x = x if self.mean is None else x + self.mean
            x = (x - np.float32(self.low)) / np.float32(self.high - self.low)
        return np.ascontiguousarray(np.clip(x[..., ::-1] if self.reverse else x, 0, 1), np.float32)


def preprocess_of(
    settings: Preprocessing,
    shape: tuple[int, int, int],
    folder: Path = Path(),
    images: Callable[[], Iterable[Floats]] | None = None,
    limits: Limits = USUAL,
) -> Preprocessor:
    """The preprocessing that a spec asks for, for inputs of `shape`; raises DataError where it does not fit.

    Without `scale`, a `mean` and `std` in numbers or files are units of 0..255 where any exceeds 1.5 (people take
    them over the raw pixels), else of 0..1; with it, they are units of the scaled picture. `images` gives batches
    of the data set, for `data`.
    """
    if settings.mode:
        return _of_mode(settings.mode, shape[2])
    needed = "data" in (settings.mean, settings.std)
    batches = images() if needed and images else None
    taken = pixel_statistics(map(equalized, batches) if settings.equalize else batches) if batches else None
    mean, std = (_statistic(settings, key, shape, folder, taken, limits) for key in ("mean", "std"))
    low, high = settings.scale or _range(settings, mean, std)
    span = np.float32(high - low)
    if settings.mean == "data" and mean is not None:
        mean = mean * span + np.float32(low)
    if settings.std == "data" and std is not None:
        std = std * abs(span)
    if std is not None:
        std = np.where(std == 0, np.float32(1), std)  # a pixel that never changes stays as it is
    return Preprocessor(low, high, mean, std, False, settings.equalize, settings.standardize == "image")


def _range(settings: Preprocessing, mean: Floats | None, std: Floats | None) -> tuple[float, float]:
    """The scale that numbers were taken in: statistics of the data are in 0..1."""
    given = [v for v, k in ((mean, settings.mean), (std, settings.std)) if v is not None and k != "data"]
    return (0.0, 255.0) if any(float(np.abs(v).max()) > BYTES for v in given) else (0.0, 1.0)


def _of_mode(mode: Mode, channels: int) -> Preprocessor:
    """What keras.applications.imagenet_utils.preprocess_input does."""
    if mode == "tf":
        return Preprocessor(-1.0, 1.0)
    if channels != 3:
        raise DataError(f"preprocess.mode: {mode} is for 3 channels, the model takes {channels}; use mean and std")
    if mode == "torch":
        return Preprocessor(0.0, 1.0, np.array(TORCH[0], np.float32), np.array(TORCH[1], np.float32))
    return Preprocessor(0.0, 255.0, np.array(CAFFE, np.float32), reverse=True)


def _statistic(
    settings: Preprocessing,
    key: str,
    shape: tuple[int, int, int],
    folder: Path,
    taken: tuple[Floats, Floats] | None,
    limits: Limits,
) -> Floats | None:
    """A mean or deviation as an array that broadcasts against `(H, W, C)`."""
    value: Statistic | None = getattr(settings, key)
    if value is None:
        return None
    if value == "data":
        if taken is None:
            raise DataError(f"preprocess.{key}: data: there are no images to take it from")
        return taken[0 if key == "mean" else 1]
    if isinstance(value, str | Path):
        return _of_shape(folder / value, statistic_in(folder / value, key, limits), key, shape)
    array = np.atleast_1d(np.asarray(value, np.float32))
    if len(array) not in (1, shape[2]):
        raise DataError(f"preprocess.{key}: {len(array)} numbers for {shape[2]} channels")
    return array


def statistic_in(path: Path, key: str, limits: Limits = USUAL) -> Floats:
    """The mean or deviation by pixel that an .npy file holds; raises DataError where it can be none."""
    stored = arrays_in(path, limits)
    found = next(iter(stored.values()))
    if len(stored) > 1 or found.kind.kind not in "uif" or found.size > MOST:
        raise DataError(f"{path}: preprocess.{key}: has to be one array of numbers by pixel, as numpy.save writes it")
    array = np.asarray(found.read(limits), np.float64)
    if array.ndim > 3 or not array.size:
        raise DataError(f"{path}: preprocess.{key}: the shape {array.shape} is none of height, width and channels")
    if not (np.abs(array) <= LARGEST).all():
        raise DataError(f"{path}: preprocess.{key}: some of its values are no numbers, or beyond a billion")
    if key == "std" and (array < 0).any():
        raise DataError(f"{path}: preprocess.std: some of its values are below 0, which no deviation is")
    return array.astype(np.float32)


def _of_shape(path: Path, array: Floats, key: str, shape: tuple[int, int, int]) -> Floats:
    """The same as an array that broadcasts against the model's input."""
    array = array[..., None] if array.shape == shape[:2] else array
    if array.shape not in (shape, (*shape[:2], 1)):
        raise DataError(f"{path}: preprocess.{key}: the shape {array.shape} does not fit the model's {shape}")
    return array


def pixel_statistics(batches: Iterable[Floats]) -> tuple[Floats, Floats]:
    """Mean and deviation `(H, W, C)` by pixel over batches of images; the memory of two images."""
    count, total, squares = 0, np.zeros(1), np.zeros(1)
    for batch in batches:
        wide = batch.astype(np.float64)
        count, total, squares = count + len(batch), total + wide.sum(axis=0), squares + (wide**2).sum(axis=0)
    if not count:
        raise DataError("preprocess: data: there are no images to take the mean and deviation from")
    mean = total / count
    return mean.astype(np.float32), np.sqrt(np.maximum(squares / count - mean**2, 0)).astype(np.float32)


def standardized(x: Floats) -> Floats:
    """Each image to mean 0 and deviation 1, as tf.image.per_image_standardization: a flat one stays finite."""
    axes, pixels = (1, 2, 3), np.prod(x.shape[1:])
    deviation = np.maximum(x.std(axis=axes, keepdims=True), 1 / np.sqrt(pixels))
    return ((x - x.mean(axis=axes, keepdims=True)) / deviation).astype(np.float32)


def equalized(images: Floats) -> Floats:
    """Each channel with its 256 grey levels spread evenly, as OpenCV's equalizeHist does it."""
    levels = np.rint(np.clip(images, 0, 1) * (LEVELS - 1)).astype(np.uint8)
    out = np.empty(images.shape, np.float32)
    for row in np.ndindex(images.shape[0], images.shape[3]):
        channel = levels[row[0], ..., row[1]]
        out[row[0], ..., row[1]] = _spread(channel)[channel]
    return out


def _spread(channel: NDArray[np.uint8]) -> Floats:
    """What each grey level becomes; a flat picture stays as it is."""
    reached = np.cumsum(np.bincount(channel.ravel(), minlength=LEVELS))
    least = reached[channel.min()]
    if least == channel.size:
        return (np.arange(LEVELS) / (LEVELS - 1)).astype(np.float32)
    spread = np.rint((reached - least) / (channel.size - least) * (LEVELS - 1))
    return (np.clip(spread, 0, LEVELS - 1) / (LEVELS - 1)).astype(np.float32)
