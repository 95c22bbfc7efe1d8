"""Images with their labels, by whatever word a file has for a class; pixels are decoded only when asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints

UNLABELLED = -1
AT_ONCE, ROOM = 64, 1 << 27  # pictures that are held as they are stored, and the bytes that they may take
Picture = NDArray[np.generic]  # or many
Decode = Callable[[Ints], list[Picture]]
Range = tuple[float, float]  # the stored values that are black and white
ClassWords = tuple[str, ...]  # that a class may go by in files: its id, then its name in any language


@dataclass(frozen=True)
class Frame:
    """Which images are wanted of pictures: their `shape` (H, W, C), and how a picture comes to it."""

    shape: tuple[int, int, int]
    crop: tuple[int, int] | None = None  # (h, w) pixels of the picture, from its middle
    filter: str = "bilinear"
    antialias: bool = True
    shorter: int | None = None  # what the shorter side comes to before the middle is cut out
    aspect: str = "stretch"


class Files(Protocol):
    """Pictures that are files of their own: what can be had of them without decoding each to its last pixel."""

    folder: Path
    names: tuple[str, ...]  # within it

    def fit(self, positions: Ints, frame: Frame) -> Floats:
        """Images in 0..1, decoded no larger than the frame needs."""
        ...

    def digests(self, positions: Ints) -> list[bytes]:
        """The same for equal pictures."""
        ...

    @property
    def questions(self) -> tuple[str, ...]:
        """What is doubtful of the values that were taken for black and white."""
        ...

    def sizes(self, positions: Ints) -> list[tuple[int, int]]:
        """Height and width of pictures, without decoding them."""
        ...

    def top(self, position: int) -> tuple[float, float]:
        """The largest value that a file holds, and the one that is taken for white there."""
        ...


def in_memory(pictures: Picture) -> Decode:
    """Picks from pictures `(N, h, w[, c])` that are all there."""
    return lambda positions: list(pictures[positions])


def pixel_digest(picture: Picture) -> bytes:
    """Of the levels of a picture, whatever type it has."""
    levels = picture if picture.dtype == np.uint8 else np.rint(picture.astype(np.float64) * 255).astype(np.uint8)
    return blake2b(str(levels.shape).encode() + levels.tobytes(), digest_size=16).digest()


@dataclass(frozen=True)
class Samples:
    """A data set: `index (N,)` rows of the file from 0, whatever was filtered; `label (N,)`, -1 where unknown.

    `decode(positions)` gives the pictures as stored, each `(h, w)` or `(h, w, c)`, uint8 or float in 0..1;
    positions count within these samples. `digest` is the sha256 of the bytes they came from; `questions` is what may
    have been read otherwise, with how to say so, and `top` the largest stored value of all and what is taken for
    white, where both are known.
    """

    index: Ints
    label: Ints
    decode: Decode
    origin: str
    digest: str
    files: Files | None = None
    questions: tuple[str, ...] = ()
    top: tuple[float, float] | None = None

    def __len__(self) -> int:
        return len(self.index)

    def in_parts(self, positions: Ints) -> Iterator[tuple[slice, list[Picture]]]:
        """The pictures as stored, with their places among the positions: so few at a time as there is room for."""
        largest = max((picture.nbytes for picture in self.decode(positions[:1])), default=1)
        step = max(1, min(AT_ONCE, ROOM // max(1, largest)))
        for part in (slice(start, start + step) for start in range(0, len(positions), step)):
            yield part, self.decode(positions[part])

    def fingerprints(self, positions: Ints) -> list[bytes]:
        """The same for equal pictures."""
        if self.files is not None:
            return self.files.digests(positions)
        return [pixel_digest(picture) for _, pictures in self.in_parts(positions) for picture in pictures]

    def sizes(self, positions: Ints) -> list[tuple[int, int]]:
        """Height and width of pictures as stored."""
        if self.files is not None:
            return self.files.sizes(positions)
        parts = self.in_parts(positions)
        return [(picture.shape[0], picture.shape[1]) for _, pictures in parts for picture in pictures]

    def places(self, rows: Ints) -> Ints:
        """The positions of rows of the file."""
        order = np.argsort(self.index, kind="stable")
        return order[np.searchsorted(self.index, rows, sorter=order)]

    def named(self, position: int) -> str:
        """How a message calls a picture."""
        return self.files.names[position] if self.files else f"row {self.index[position]}"

    @property
    def labelled(self) -> bool:
        return bool(len(self)) and bool((self.label != UNLABELLED).any())


@dataclass(frozen=True)
class Batch:
    """The images a figure explains: `images (N, H, W, C)` in 0..1 as shown, `inputs` the same preprocessed.

    `index`, `label` (-1: unknown), `probability (N, K)`, `target` (the class explained), `against` (a class whose
    score is subtracted, or None), `seed (N,)` a seed of its own for each image, the same in whatever figure.
    """

    images: Floats
    inputs: Floats
    index: Ints
    label: Ints
    probability: Floats
    target: Ints
    seed: Ints
    against: Ints | None = None

    def __len__(self) -> int:
        return len(self.index)

    @property
    def prediction(self) -> Ints:
        return np.argmax(self.probability, axis=1).astype(np.int64)

    @property
    def without_pixels(self) -> "Batch":
        """What is kept of it: `images` and `inputs` `(0, H, W, C)`, since they can be read again."""
        return replace(self, images=self.images[:0].copy(), inputs=self.inputs[:0].copy())


@dataclass(frozen=True)
class Evaluation:
    """Labels and predictions of a labelled set; `probability (N, K)` where the file has it.

    So many of its images are known to be `in_training`: what the model says of them tells nothing of new ones.
    `questions` say what else the labels of its file may mean.
    """

    label: Ints
    prediction: Ints
    probability: Floats | None
    origin: str
    digest: str
    in_training: int = 0
    questions: tuple[str, ...] = ()

    @property
    def accuracy(self) -> float:
        return float((self.label == self.prediction).mean()) if len(self.label) else float("nan")

    def counts(self, n_classes: int) -> Ints:
        """`(K, K)`: row = label, column = prediction."""
        flat = np.bincount(self.label * n_classes + self.prediction, minlength=n_classes**2)
        return flat.reshape(n_classes, n_classes).astype(np.int64)
