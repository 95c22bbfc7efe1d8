"""A picture cut into superpixels, by scikit-image; the defaults fit a face of 48×48 and grow with the picture."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter

from generator.artefacts import Floats, Ints

FACE = 48 * 48  # pixels of the picture the defaults were chosen on
COMPACTNESS = (10.0, 30.0, 100.0)  # the next where a grainy picture falls into less than half of what was asked
# superpixels of a face; a linear model fits fewer better, and its leading ones come again (docs/defaults.md)
ASKED = 40
MOST = 60  # of a picture of any size: more fit a linear model worse, and a thousand samples tell less of each


class Slic(BaseModel):
    """k-means in colour and place."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    algorithm: Literal["slic"] = "slic"
    n_segments: Annotated[int | None, Field(ge=2, le=1000, description="about so many; left out: fits the size")] = None
    compactness: Annotated[
        float | None, Field(gt=0, description="higher: squarer superpixels; left out: 10, or more where it takes more")
    ] = None
    sigma: Annotated[float, Field(ge=0, description="width of the smoothing before")] = 0.5
    max_num_iter: Annotated[int, Field(ge=1, le=100, description="rounds of k-means")] = 10
    slic_zero: Annotated[bool, Field(description="the variant that adapts the compactness")] = False


class Quickshift(BaseModel):
    """Mode seeking in colour and place; the algorithm that LIME takes by default."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    algorithm: Literal["quickshift"]
    kernel_size: Annotated[float | None, Field(ge=1, description="width of the density; left out: fits the size")] = (
        None
    )
    max_dist: Annotated[float | None, Field(gt=0, description="cut-off of distances; left out: fits the size")] = None
    ratio: Annotated[float, Field(ge=0, le=1, description="colour against place, 0 to 1")] = 0.5
    sigma: Annotated[float, Field(ge=0, description="width of the smoothing before")] = 0.0


class Felzenszwalb(BaseModel):
    """Graph cuts; superpixels of very different sizes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    algorithm: Literal["felzenszwalb"]
    scale: Annotated[float, Field(gt=0, description="higher: larger superpixels")] = 5.0
    sigma: Annotated[float, Field(ge=0, description="width of the smoothing before")] = 0.5
    min_size: Annotated[
        int | None, Field(ge=1, description="smallest superpixel in pixels; left out: fits the size")
    ] = None


class Grid(BaseModel):
    """Equal rectangles, whatever the picture shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    algorithm: Literal["grid"]
    rows: Annotated[int, Field(ge=1, le=32)] = 7
    columns: Annotated[int, Field(ge=1, le=32)] = 7


def _algorithm(value: object) -> str:
    """Which of the four is meant; `slic` where nothing is said."""
    said = value.get("algorithm", "slic") if isinstance(value, Mapping) else getattr(value, "algorithm", "slic")
    return str(said)


Segmentation = Annotated[
    Annotated[Slic, Tag("slic")]
    | Annotated[Quickshift, Tag("quickshift")]
    | Annotated[Felzenszwalb, Tag("felzenszwalb")]
    | Annotated[Grid, Tag("grid")],
    Discriminator(_algorithm),
    Field(description="how the picture is cut: slic, quickshift, felzenszwalb or grid, with scikit-image's parameters"),
]


def segmentation_of(value: object) -> Slic | Quickshift | Felzenszwalb | Grid:
    """The segmentation of an option, whether it comes as a model or as plain data."""
    adapter: TypeAdapter[Slic | Quickshift | Felzenszwalb | Grid] = TypeAdapter(Segmentation)
    return adapter.validate_python(value)


def superpixels(image: Floats, segmentation: Slic | Quickshift | Felzenszwalb | Grid) -> Ints:
    """`(H, W)` labels 0 … n−1, every one in use, of an image `(H, W, C)` in 0..1 as shown."""
    match segmentation:
        case Grid(rows=rows, columns=columns):
            (height, width), (y, x) = image.shape[:2], np.indices(image.shape[:2])
            raw = (y * min(rows, height) // height) * width + x * min(columns, width) // width
        case _:
            raw = _cut(_colour(image), segmentation)
    labels = np.unique(raw, return_inverse=True)[1].reshape(raw.shape).astype(np.int64)
    assert np.array_equal(np.unique(labels), np.arange(labels.max() + 1)), "labels are not 0 … n−1"
    return labels


def fitting(pixels: int) -> int:
    """How many superpixels are asked of a picture: 40 of 48×48, which gives 25 to 30, and with its side up to 60."""
    return int(np.clip(round(ASKED * np.sqrt(pixels / FACE)), 2, MOST))


def _growth(image: Floats) -> float:
    """By how much lengths grow so that the number of superpixels grows with the side, not with the area."""
    return float((image.shape[0] * image.shape[1] / FACE) ** 0.25)


def _colour(image: Floats) -> Floats:
    """Three channels: the algorithms measure colour in Lab."""
    if image.shape[-1] == 3:
        return image
    return image[..., :3] if image.shape[-1] == 4 else np.repeat(image.mean(axis=-1, keepdims=True), 3, axis=-1)


def _cut(image: Floats, options: Slic | Quickshift | Felzenszwalb) -> Ints:
    from skimage.segmentation import felzenszwalb, quickshift

    if isinstance(options, Slic):
        return _slic(image, options)
    growth, given = _growth(image), options.model_dump(exclude={"algorithm"}, exclude_none=True)
    if isinstance(options, Quickshift):
        usual = {"kernel_size": max(1.0, 2 * growth), "max_dist": 5 * growth}
        return np.asarray(quickshift(image, **usual | given, rng=0))
    return np.asarray(felzenszwalb(image, **{"min_size": round(15 * growth**2)} | given))


def _slic(image: Floats, options: Slic) -> Ints:
    from skimage.segmentation import slic

    asked = options.model_dump(exclude={"algorithm", "n_segments", "compactness"})
    count = options.n_segments or fitting(image.shape[0] * image.shape[1])
    for compactness in COMPACTNESS if options.compactness is None else (options.compactness,):
        labels = slic(image, n_segments=count, compactness=compactness, start_label=0, **asked)
        if labels.max() + 1 >= count / 2:
            break
    return np.asarray(labels)
