"""Small Keras models of every kind that people have, seeded, as `builder() -> keras.Model`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from generator.artefacts import Floats
from generator.model.keras_model import KerasClassifier, open_model

KERAS_COPIES = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@dataclass(frozen=True)
class AsShown:
    """No preprocessing: inputs are the images."""

    def prepare(self, images: Floats) -> Floats:
        return images

    def restore(self, inputs: Floats) -> Floats:
        return np.clip(inputs, 0, 1)


def saved(model, path: Path) -> Path:
    """The model in a file, with weights that leave no layer silent."""
    generator = np.random.default_rng(7)
    for weight in model.weights:
        if weight.name in ("bias", "beta", "moving_mean"):
            weight.assign(generator.normal(0, 0.05, weight.shape))
        if weight.name in ("gamma", "moving_variance", "alpha"):
            weight.assign(generator.uniform(0.2 if weight.name == "alpha" else 0.7, 1.3, weight.shape))
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save(path)
    return path


def opened(model, path: Path) -> KerasClassifier:
    """The model as the report sees it, by way of a file."""
    return open_model(saved(model, path), AsShown())


def images(shape, count=3, seed=0) -> Floats:
    return np.random.default_rng(seed).uniform(size=(count, *shape)).astype(np.float32)
