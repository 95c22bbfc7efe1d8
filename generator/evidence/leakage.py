"""Pictures that occur twice: within the data, and in the training set that the model has already seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.samples import Samples

CHUNK = 1024  # pictures decoded at a time


@dataclass(frozen=True)
class Leakage:
    """`images` looked at; `duplicates` equal an earlier one; `in_training` equal a training picture.

    `other_label` of these have another label there. −1: no training set was named.
    """

    images: int
    duplicates: int
    in_training: int = -1
    other_label: int = -1


def leakage(samples: Samples, training: Samples | None = None) -> Leakage:
    """Equal pixels, found by a digest of each picture as stored."""
    seen = training_labels(training) if training is not None else {}
    known: set[bytes] = set()
    duplicates = inside = elsewhere = 0
    for digest, label in _digests(samples):
        duplicates += digest in known
        known.add(digest)
        inside += digest in seen
        elsewhere += digest in seen and label not in seen[digest]
    if training is None:
        return Leakage(len(samples), duplicates)
    return Leakage(len(samples), duplicates, inside, elsewhere)


def training_labels(training: Samples) -> dict[bytes, set[int]]:
    """Every training picture with the labels that it has there."""
    found: dict[bytes, set[int]] = {}
    for digest, label in _digests(training):
        found.setdefault(digest, set()).add(label)
    return found


def _digests(samples: Samples) -> Iterator[tuple[bytes, int]]:
    for start in range(0, len(samples), CHUNK):
        positions: Ints = np.arange(start, min(start + CHUNK, len(samples)), dtype=np.int64)
        for picture, label in zip(samples.decode(positions), samples.label[positions].tolist(), strict=True):
            yield _digest(picture), label


def _digest(picture: NDArray[np.generic]) -> bytes:
    levels = picture if picture.dtype == np.uint8 else np.rint(picture.astype(np.float64) * 255).astype(np.uint8)
    return blake2b(str(levels.shape).encode() + levels.tobytes(), digest_size=16).digest()
