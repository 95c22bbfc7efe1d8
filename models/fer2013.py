"""Reads FER2013 in every form it is handed around in; all pixels are held in memory as uint8."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
SIZE = 48
PICTURES = {".png", ".jpg", ".jpeg", ".bmp"}
VALIDATION_NAMES = ("validation", "val", "publictest", "test")


@dataclass(frozen=True)
class Split:
    """Images `(N, 48, 48)` uint8 and their class indices `(N,)`."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: np.ndarray) -> Split:
        """The given rows, as indices or as a mask."""
        return Split(self.images[rows], self.labels[rows])


@dataclass(frozen=True)
class Data:
    """What a model learns from, and what it is chosen by."""

    training: Split
    validation: Split


def read(training: Path, validation: Path | None = None, seed: int = 0) -> Data:
    """Both splits; without a validation split in the data a tenth of each class is put aside."""
    if validation is not None:
        return Data(read_split(training), read_split(validation))
    if training.is_dir() and (parts := _folders_of_splits(training)):
        return Data(read_split(parts[0]), read_split(parts[1]))
    if training.suffix == ".csv" and "Usage" in _header(training):
        return Data(_read_csv(training, "Training"), _read_csv(training, "PublicTest"))
    return _put_aside(read_split(training), seed)


def read_split(path: Path, usage: str | None = None) -> Split:
    """One set of labelled images, from a file or a folder; `usage` chooses rows where a CSV has that column."""
    if not path.exists():
        raise SystemExit(f"{path}: no such file or folder")
    if path.is_dir():
        return _read_folder(path)
    if path.suffix == ".npz":
        return _read_npz(path)
    if path.suffix == ".csv":
        return _read_csv(path, usage)
    raise SystemExit(f"{path}: expected a .csv, an .npz or a folder")


def without_copies(split: Split, others: Split) -> Split:
    """The rows of `split` whose pixels are no image of `others`."""
    return split.take(~copies(split, others))


def copies(split: Split, others: Split) -> np.ndarray:
    """A mask over `split`: its images that occur in `others` too, pixel by pixel."""
    known = {image.tobytes() for image in others.images}
    return np.array([image.tobytes() in known for image in split.images], dtype=bool)


def without_blanks(split: Split) -> Split:
    """Leaves out the few images that hold one colour only."""
    return split.take(split.images.reshape(len(split), -1).std(axis=1) >= 1)


def _read_npz(path: Path) -> Split:
    with np.load(path) as arrays:
        images, labels = np.asarray(arrays["x"]), np.asarray(arrays["y"])
    if images.ndim == 4:
        images = images[..., 0]
    if images.dtype != np.uint8:
        images = np.rint(images * (255 if images.max() <= 1 else 1))
    return Split(images.astype(np.uint8), labels.astype(np.int64))


def _read_csv(path: Path, usage: str | None) -> Split:
    rows = [row for row in _rows(path) if usage in (None, row.get("Usage", usage))]
    if not rows:
        raise SystemExit(f"{path}: no row of {usage or 'any split'}")
    pixels = "pixels" if "pixels" in rows[0] else "feature"
    label = "emotion" if "emotion" in rows[0] else "label"
    if missing := {pixels, label} - rows[0].keys():
        raise SystemExit(f"{path}: no column {sorted(missing)}")
    images = np.stack([np.fromstring(row[pixels], dtype=np.uint8, sep=" ") for row in rows])
    return Split(images.reshape(-1, SIZE, SIZE), np.array([int(row[label]) for row in rows]))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as file:
        # Some copies of the course's file have a space after the comma of the header.
        yield from csv.DictReader(file, skipinitialspace=True)


def _header(path: Path) -> list[str]:
    with path.open(newline="") as file:
        return next(csv.reader(file, skipinitialspace=True), [])


def _read_folder(path: Path) -> Split:
    files = [
        (_class_of(folder), file)
        for folder in sorted(path.iterdir())
        if folder.is_dir()
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in PICTURES
    ]
    if not files:
        raise SystemExit(f"{path}: no sub-folder with images, one for each class")
    images = np.stack([_read_picture(file) for _, file in files])
    return Split(images, np.array([label for label, _ in files]))


def _class_of(folder: Path) -> int:
    name = folder.name.lower()
    if name in CLASSES:
        return CLASSES.index(name)
    if name.isdigit() and int(name) < len(CLASSES):
        return int(name)
    raise SystemExit(f"{folder}: not a class; expected {', '.join(CLASSES)} or 0 to 6")


def _read_picture(file: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(file) as picture:
        return np.asarray(picture.convert("L").resize((SIZE, SIZE)), dtype=np.uint8)


def _folders_of_splits(path: Path) -> tuple[Path, Path] | None:
    named = {folder.name.lower(): folder for folder in path.iterdir() if folder.is_dir()}
    training = named.get("train") or named.get("training")
    validation = next((named[name] for name in VALIDATION_NAMES if name in named), None)
    return (training, validation) if training and validation else None


def _put_aside(split: Split, seed: int) -> Data:
    order = np.random.default_rng(seed).permutation(len(split))
    aside = np.zeros(len(split), dtype=bool)
    for label in np.unique(split.labels):
        rows = order[split.labels[order] == label]
        aside[rows[: max(1, len(rows) // 10)]] = True
    return Data(split.take(~aside), split.take(aside))
