"""What every contestant is given: one model file, the same pictures, the same classes, and how much it is asked for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from generator.data.preprocess import Preprocessor
from generator.model.keras_model import KerasClassifier, open_model

SIDE, CLASSES = 48, 7
LARGE = {"MobileNetV2": 224, "ResNet50": 224, "EfficientNetB0": 224, "HW9": 128}
PHOTO = (375, 500)
SPEC = """version: 1
title: Benchmark
languages: [en]
evidence: {evidence}
model: {{path: {model}, preprocess: {{scale: [0, 1]}}}}
data: {{{data}}}
classes: [{classes}]
questions:
  - id: all
    title: All
    figures:
{figures}
"""
Shape = tuple[int, int, int]
KerasModel = Any


@dataclass(frozen=True)
class Effort:
    """What a row asks for beyond one pass an image; `lime` None: ours as many as it takes, the others a thousand."""

    smoothgrad: int = 20
    integrated_gradients: int = 50
    lime: int | None = 1000
    scorecam: int = 64
    classes: int = CLASSES
    filters: int = 32
    steps: int = 100


FEW = Effort(10, 10, 100, 16, 2, 4, 10)  # of a large model


@dataclass(frozen=True)
class Subject:
    """`keras` ends in a softmax and is what people hold in their hands; `classifier` is the same file behind ours."""

    path: Path
    keras: Any
    classifier: KerasClassifier
    images: np.ndarray
    target: np.ndarray
    effort: Effort = Effort()

    def first(self, count: int | None) -> Subject:
        """The same with only so many faces."""
        return replace(self, images=self.images[:count], target=self.target[:count])

    @property
    def patch(self) -> tuple[int, int]:
        """The side of a patch that covers, and how far it moves."""
        return self.images.shape[1] // 4, self.images.shape[1] // 8

    @property
    def convolution(self) -> str:
        """The first convolution, whose filters are climbed."""
        return next(layer.name for layer in self.keras.layers if "Conv2D" in type(layer).__name__)


def subject(model: Path, npz: Path | None, count: int, effort: Effort = Effort()) -> Subject:
    """A model file and faces of its size, explained for the class it predicts."""
    import keras

    classifier = open_model(model, Preprocessor())
    images = faces(npz, count, classifier.input_shape)
    loaded = keras.models.load_model(model, compile=False)
    functional = keras.Model(loaded.inputs, loaded.outputs)  # a Sequential, wrapped as people learn to
    return Subject(model, functional, classifier, images, classifier.probabilities(images).argmax(axis=1), effort)


def student_model(path: Path, side: int = SIDE, classes: int = CLASSES) -> Path:
    """A Sequential CNN of 1.26 million parameters as students hand it in, with random weights."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((side, side, 1))])
    for width in (32, 64, 128):
        model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    tail = [layers.Conv2D(128, 3, padding="same", activation="relu"), layers.Flatten()]
    head = [layers.Dense(220, activation="relu"), layers.Dropout(0.5), layers.Dense(classes, activation="softmax")]
    for layer in (*tail, *head):
        model.add(layer)
    return _saved(model, path)


def large_model(name: str, path: Path, images: np.ndarray, label: np.ndarray) -> Path:
    """One of LARGE that knows these images `(N, H, W, 3)` by heart, as far as its last layer can; the rest is random.

    Its norms have the statistics of the images, so that they differ to it.
    """
    import keras

    keras.utils.set_random_seed(0)
    classes, shape = int(label.max()) + 1, images.shape[1:]
    if name == "HW9":
        model = _hw9(shape, classes)
    else:
        model = getattr(keras.applications, name)(weights=None, input_shape=shape, classes=classes)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    usual = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(images[:32], training=True)
    for norm, momentum in zip(norms, usual, strict=True):
        norm.momentum = momentum
    return _saved(fitted(model, images, label), path)


def fitted(model: KerasModel, images: np.ndarray, label: np.ndarray) -> KerasModel:
    """The same with a last layer that knows the labels, by a ridge regression."""
    import keras

    head = model.layers[-1]
    seen = keras.Model(model.inputs, head.input).predict(images, batch_size=16, verbose=0)
    middle, wanted = seen.mean(axis=0), 8 * np.eye(head.units, dtype=np.float32)[label]
    centred = seen - middle
    inner = centred @ centred.T
    weights = centred.T @ np.linalg.solve(inner + 1e-3 * np.trace(inner) / len(seen) * np.eye(len(seen)), wanted)
    head.set_weights([weights, 8 - middle @ weights])  # the scores above zero, as of a model that was trained
    return model


def _hw9(shape: Shape, classes: int) -> KerasModel:
    """The network of the course's later homework: 8.7 G multiply-adds at 128×128, each convolution with its norm."""
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input(shape)])
    for width, times in ((128, 3), (128, 3), (256, 3), (512, 1), (512, 1)):
        for _ in range(times):
            for layer in (layers.Conv2D(width, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()):
                model.add(layer)
        model.add(layers.MaxPooling2D())
    head = [layers.Dense(1024, activation="relu"), layers.Dropout(0.3), layers.Dense(classes, activation="softmax")]
    for layer in (layers.Flatten(), *head):
        model.add(layer)
    return model


def _saved(model: KerasModel, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy 2, inside Keras
        model.save(path)
    return path


def photos(count: int, size: tuple[int, int] = PHOTO) -> np.ndarray:
    """`(count, H, W, 3)` uint8: cuts of scikit-image's photographs, five in a row of the same one."""
    from PIL import Image
    from skimage import data

    names = ("astronaut", "coffee", "chelsea", "rocket", "immunohistochemistry", "retina")
    sources = [Image.fromarray(getattr(data, name)()[..., :3]) for name in names]
    random = np.random.default_rng(0)

    def cut(number: int) -> np.ndarray:
        source = sources[number // 5 % len(sources)]
        width = int(min(source.width, source.height * 4 / 3) * random.uniform(0.5, 1))
        height = width * 3 // 4
        left, top = random.integers(0, source.width - width + 1), random.integers(0, source.height - height + 1)
        return np.asarray(source.crop((left, top, left + width, top + height)).resize(size[::-1]))

    return np.stack([cut(number) for number in range(count)])


def faces(npz: Path | None, count: int, shape: Shape) -> np.ndarray:
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


def _sized(images: np.ndarray, shape: Shape) -> np.ndarray:
    from skimage.transform import resize

    sized = images if images.shape[1:3] == shape[:2] else resize(images, (len(images), *shape[:2], images.shape[-1]))
    wanted = np.repeat(sized.mean(axis=-1, keepdims=True), shape[2], axis=-1) if sized.shape[-1] != shape[2] else sized
    return np.ascontiguousarray(wanted, np.float32)
