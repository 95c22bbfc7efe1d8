"""What a model says of every single image of an evaluation, small enough to stand in a manifest.

An image goes by four bytes of what it shows, so that another build finds it again wherever it stands; one of a file
that has no pixels goes by its row.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.samples import Evaluation

MOST = 100_000  # images; of more nothing is kept
MOST_COUNTED = 10_000_000  # of a confusion matrix
LEVELS = 255  # of a probability
Keys = NDArray[np.uint32]
SHAPES: Mapping[str, str] = {"image": "<u4", "label": "<i4", "prediction": "<i4", "probability": "<u1"}


@dataclass(frozen=True)
class PerImage:
    """`label`, `prediction (N,)`; `probability (N,)` of the label where it is known; `image (N,)`, or none of them."""

    label: Ints
    prediction: Ints
    probability: NDArray[np.float64] | None = None
    image: Keys | None = None

    def __len__(self) -> int:
        return len(self.label)

    @property
    def right(self) -> NDArray[np.bool_]:
        return self.label == self.prediction


def keys_of(fingerprints: Sequence[bytes]) -> Keys:
    """`(N,)` from the digests of images."""
    return np.frombuffer(b"".join(one[:4] for one in fingerprints), "<u4").astype(np.uint32)


def per_image(evaluation: Evaluation, fingerprints: Sequence[bytes] = ()) -> PerImage:
    """Of an evaluation; with `fingerprints` that of images which are there, in their order."""
    rows, probability = np.arange(len(evaluation.label)), evaluation.probability
    known = None if probability is None else probability[rows, evaluation.label].astype(np.float64)
    return PerImage(evaluation.label, evaluation.prediction, known, keys_of(fingerprints) if fingerprints else None)


def of_counts(counts: object) -> PerImage | None:
    """As many images as a confusion matrix counts, in whatever order; None for what is no such matrix."""
    try:
        matrix = np.array(counts, np.int64)
    except (ValueError, TypeError, OverflowError):
        return None
    if matrix.ndim != 2 or len(set(matrix.shape)) > 1 or not matrix.size or (matrix < 0).any():
        return None
    if not 0 < matrix.astype(np.float64).sum() <= MOST_COUNTED:
        return None
    label, prediction = (place.reshape(-1) for place in np.indices(matrix.shape))
    return PerImage(np.repeat(label, matrix.reshape(-1)), np.repeat(prediction, matrix.reshape(-1)))


def packed(each: PerImage) -> dict[str, Any]:
    """As the manifest writes it: columns of zlib bytes in base64."""
    shares = None if each.probability is None else np.rint(each.probability * LEVELS)
    columns = {"image": each.image, "label": each.label, "prediction": each.prediction, "probability": shares}
    return {"images": len(each)} | {
        name: b64encode(zlib.compress(values.astype(SHAPES[name]).tobytes(), 9)).decode()
        for name, values in columns.items()
        if values is not None
    }


def unpacked(record: Mapping[str, Any]) -> PerImage:
    """The same from the manifest of somebody else; raises ValueError for what is none."""
    images = record.get("images")
    if not isinstance(images, int) or not 0 <= images <= MOST:
        raise ValueError(f"'{images!s:.20}' is no number of images")
    columns = {name: _column(record[name], shape, images) for name, shape in SHAPES.items() if name in record}
    if not {"label", "prediction"} <= columns.keys():
        raise ValueError("labels and predictions are lacking")
    label, prediction = (columns[name].astype(np.int64) for name in ("label", "prediction"))
    probability = columns["probability"] / LEVELS if "probability" in columns else None
    return PerImage(label, prediction, probability, columns.get("image"))


def _column(text: object, shape: str, images: int) -> NDArray[Any]:
    """One column, of which no more is unpacked than it may have."""
    size = images * np.dtype(shape).itemsize
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(b64decode(str(text), validate=True), size + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(data) != size or not (unpacking.eof or size == 0):
        raise ValueError(f"{len(data):,} bytes where {size:,} are said")
    return np.frombuffer(data, shape)


def shared(old: PerImage, new: PerImage) -> tuple[Ints, Ints] | None:
    """The places of the same images in both, those of `old` first; None where it cannot be known which they are.

    Images without pixels are the same where all labels stand in the same order.
    """
    if old.image is None or new.image is None:
        rows = np.arange(len(old), dtype=np.int64)
        return (rows, rows) if len(old) and np.array_equal(old.label, new.label) else None
    places: dict[tuple[int, int], list[int]] = {}
    for row, key in reversed(list(enumerate(zip(new.image.tolist(), new.label.tolist(), strict=True)))):
        places.setdefault(key, []).append(row)
    known = zip(old.image.tolist(), old.label.tolist(), strict=True)
    pairs = [(row, places[key].pop()) for row, key in enumerate(known) if places.get(key)]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
