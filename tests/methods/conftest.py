"""A small CNN in both hands: ours through a model file, the stock library's through Keras; and the planted cases."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from generator.classifier import Classifier, Request
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import keras_library, opened, stock


@dataclass(frozen=True)
class Network:
    """The same weights behind our port and as a Keras model that puts out logits."""

    classifier: Classifier
    keras: Any
    images: np.ndarray
    target: np.ndarray

    def request(self, **kwargs) -> Request:
        return request_of(self.classifier, self.images, target=self.target, **kwargs)


def _layers(keras: Any) -> list[Any]:
    layers = keras.layers
    bias = keras.initializers.Constant(0.1)  # so that no channel is dead
    return [
        layers.Input((24, 24, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu", bias_initializer=bias, name="first"),
        layers.MaxPooling2D(name="pool"),
        layers.Conv2D(12, 3, padding="same", activation="relu", bias_initializer=bias, name="last"),
        layers.Flatten(name="flat"),
        layers.Dense(3, name="logits"),
    ]


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Conv, pooling, conv, dense on 24×24 grey with three classes, weights drawn at random and far from saturated."""
    keras = keras_library()
    keras.utils.set_random_seed(3)
    logits = keras.Sequential(_layers(keras))
    functional = keras.Model(logits.inputs, logits.outputs)  # a list, as tf-keras-vis calls it
    whole = keras.Model(logits.inputs[0], keras.layers.Softmax(name="softmax")(logits.outputs[0]))
    classifier = opened(whole, tmp_path_factory.mktemp("network"))
    images = np.random.default_rng(0).random((5, 24, 24, 1)).astype(np.float32)
    return Network(classifier, functional, images, classifier.logits(images).argmax(axis=1))


@pytest.fixture(scope="session", name="stock")
def _stock() -> Any:
    return stock()


@pytest.fixture
def bright(linear: LinearClassifier) -> Request:
    """Planted case P1: the corner of 12×12 alone decides, and every pixel is white."""
    return request_of(linear, np.ones((2, 48, 48, 1)), target=0)


def corner_share(values: np.ndarray) -> np.ndarray:
    """Share of each map's positive part in the 12×12 corner."""
    positive = np.maximum(values, 0)
    return positive[:, :12, :12].sum(axis=(1, 2)) / positive.sum(axis=(1, 2))
