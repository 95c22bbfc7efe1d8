"""What a model does to pixels itself, measured with even pictures."""

import numpy as np
import pytest

from generator.data.preprocess import Preprocessor
from generator.model.keras_door import keras
from generator.model.keras_model import open_model
from tests.fixtures.tiny_models import KERAS_COPIES, opened

pytestmark = KERAS_COPIES
layers, applications = keras.layers, keras.applications


def entrance(begin, tmp_path):
    x = entry = keras.Input((12, 10, 3))
    for layer in begin:
        x = layer(x)
    x = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(x))
    model = keras.Model(entry, layers.Dense(3, "softmax")(x))
    model.save(tmp_path / "model.keras")
    return open_model(tmp_path / "model.keras", Preprocessor()).entrance


@pytest.mark.parametrize("begin", [[], [layers.RandomFlip()], [layers.BatchNormalization()]])
def test_a_model_that_changes_no_pixel_says_nothing(begin, tmp_path):
    """Nor does one whose normalisation never saw a picture: the range is anybody's guess."""
    assert entrance(begin, tmp_path) is None


def test_the_factor_and_offset_by_channel(tmp_path):
    """Of Keras' own `caffe`: the channels are turned, and each loses its mean."""
    found = entrance([applications.resnet.preprocess_input], tmp_path)
    np.testing.assert_allclose(found.factor, 1)
    np.testing.assert_allclose(found.offset, (-103.939, -116.779, -123.68), rtol=1e-5)


def test_channels_first_and_a_vector_are_measured_too(tmp_path):
    """The middle of the picture, wherever its channels stand; of a vector nothing is said."""
    x = entry = keras.Input((3, 12, 10))
    x = layers.Conv2D(4, 3, data_format="channels_first")(layers.Rescaling(1 / 255)(x))
    first = keras.Model(entry, layers.Dense(3)(layers.Flatten()(x)))
    assert opened(first, tmp_path / "first.keras").entrance.factor == pytest.approx((1 / 255,) * 3)
    flat = keras.Sequential([keras.Input((144,)), layers.Rescaling(1 / 255), layers.Dense(3)])
    assert opened(flat, tmp_path / "flat.keras").entrance.factor == pytest.approx((1 / 255,))
