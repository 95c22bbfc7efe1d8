"""What every contestant is given: one model file, the same faces, the same classes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.data.preprocess import Preprocessor
from generator.model.keras_model import KerasClassifier, open_model

SIDE, CLASSES = 48, 7


@dataclass(frozen=True)
class Subject:
    """`keras` ends in a softmax and is what people hold in their hands; `classifier` is the same file behind ours."""

    path: Path
    keras: Any
    classifier: KerasClassifier
    images: np.ndarray
    target: np.ndarray

    def first(self, count: int) -> Subject:
        """The same with only so many faces."""
        return Subject(self.path, self.keras, self.classifier, self.images[:count], self.target[:count])

    @property
    def convolution(self) -> str:
        """The first convolution, whose filters are climbed."""
        return next(layer.name for layer in self.keras.layers if "Conv2D" in type(layer).__name__)


def subject(model: Path, npz: Path | None, count: int) -> Subject:
    """A model file and faces of its size, explained for the class it predicts."""
    import keras

    classifier = open_model(model, Preprocessor())
    images = faces(npz, count, classifier.input_shape)
    loaded = keras.models.load_model(model, compile=False)
    functional = keras.Model(loaded.inputs, loaded.outputs)  # a Sequential, wrapped as people learn to
    return Subject(model, functional, classifier, images, classifier.probabilities(images).argmax(axis=1))


def student_model(path: Path) -> Path:
    """A Sequential CNN of 1.26 million parameters as students hand it in, with random weights."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((SIDE, SIDE, 1))])
    for width in (32, 64, 128):
        model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    tail = [layers.Conv2D(128, 3, padding="same", activation="relu"), layers.Flatten()]
    head = [layers.Dense(220, activation="relu"), layers.Dropout(0.5), layers.Dense(CLASSES, activation="softmax")]
    for layer in (*tail, *head):
        model.add(layer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy 2, inside Keras
        model.save(path)
    return path


def faces(npz: Path | None, count: int, shape: tuple[int, int, int]) -> np.ndarray:
    """`(count, H, W, C)` in 0..1 from an npz with `x`, or scikit-image's; repeated with a shift where there are few."""
    if npz is None:
        from skimage.data import lfw_subset

        stored = lfw_subset()[:100].astype(np.float32)
    else:
        stored = np.load(npz)["x"]
        stored = stored.astype(np.float32) / (255 if stored.dtype == np.uint8 else 1)
    stored = stored[..., None] if stored.ndim == 3 else stored
    chosen = np.stack([np.roll(stored[k % len(stored)], k // len(stored), axis=1) for k in range(count)])
    return _sized(chosen, shape)


def _sized(images: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    from skimage.transform import resize

    sized = images if images.shape[1:3] == shape[:2] else resize(images, (len(images), *shape[:2], images.shape[-1]))
    wanted = np.repeat(sized.mean(axis=-1, keepdims=True), shape[2], axis=-1) if sized.shape[-1] != shape[2] else sized
    return np.ascontiguousarray(wanted, np.float32)
