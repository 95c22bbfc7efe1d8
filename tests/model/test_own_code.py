"""What a file names beside Keras: of training it is never in the way, of the network it is asked for by name."""

import json

import h5py
import numpy as np
import pytest

from generator.data.preprocess import Preprocessor
from generator.model.keras_door import keras
from generator.model.keras_model import open_model
from tests.fixtures.model_kinds import convolutional
from tests.fixtures.tiny_models import KERAS_COPIES, images, refusal, saved

pytestmark = KERAS_COPIES
layers, ops = keras.layers, keras.ops
BOTH = pytest.mark.parametrize("suffix", [".keras", ".h5"])


def asked(*names):
    named = ", ".join(f"`{name}`" for name in names)
    return (
        f"the model needs {named}, code of its own that no model file holds; put it into a Python file under "
        "`@keras.saving.register_keras_serializable()`, name that file under `plugins:`, and say --trust-plugins"
    )


def snake(x):
    return x + ops.sin(x)


class Doubled(layers.Layer):
    def call(self, x):
        return 2 * x


class Spread(keras.initializers.Initializer):
    def __init__(self, width=0.3):
        self.width = width

    def __call__(self, shape, dtype=None):
        return keras.random.normal(shape, 0, self.width, dtype)

    def get_config(self):
        return {"width": self.width}


class Weighed(keras.regularizers.Regularizer):
    def __call__(self, x):
        return ops.sum(x**2)

    def get_config(self):
        return {"rate": 1}


class Clipped(keras.constraints.Constraint):
    def __call__(self, w):
        return ops.clip(w, -1, 1)


def spread(shape, dtype=None):
    return keras.random.normal(shape, dtype=dtype)


def weighed(x):
    return ops.sum(x**2)


def loss(true, predicted):
    return keras.losses.sparse_categorical_crossentropy(true, predicted)


def network(*middle, **settings):
    inner = [layers.Conv2D(4, 3, **{"activation": "relu", **settings}), *middle, layers.Flatten()]
    return keras.Sequential([keras.Input((10, 10, 1)), *inner, layers.Dense(3, activation="softmax")])


def compiled(model):
    model.compile("adam", loss, metrics=[loss])
    return model


TRAINING = {
    "initialiser": lambda: network(kernel_initializer=Spread()),
    "initialising_function": lambda: network(kernel_initializer=spread),
    "regulariser": lambda: network(kernel_regularizer=Weighed(), activity_regularizer=weighed),
    "constraint": lambda: network(kernel_constraint=Clipped(), bias_constraint=Clipped()),
    "loss": lambda: compiled(network()),
    "loss_of_a_nested_model": lambda: compiled(keras.Sequential([keras.Input((10, 10, 1)), compiled(network())])),
}


@BOTH
@pytest.mark.parametrize("name", TRAINING)
def test_what_only_training_needs_is_never_in_the_way(name, suffix, tmp_path):
    """Nobody has to bring it along, and the model predicts what it predicted."""
    model = TRAINING[name]()
    path, x = saved(model, tmp_path / f"model{suffix}"), images((10, 10, 1))
    np.testing.assert_allclose(open_model(path, Preprocessor()).probabilities(x), model(x), atol=1e-5)


NETWORK = {
    "activation": (lambda: network(activation=snake), ("snake",)),
    "layer_of_activation": (lambda: network(layers.Activation(snake)), ("snake",)),
    "layer": (lambda: network(Doubled()), ("Doubled",)),
    "both": (lambda: network(Doubled(), activation=snake), ("snake", "Doubled")),
    "nested": (lambda: keras.Sequential([keras.Input((10, 10, 1)), network(activation=snake)]), ("snake",)),
}


def registered(monkeypatch):
    """As a plugin's decorators do it, until the test ends."""
    for name, thing in (("Custom>snake", snake), ("mine>Doubled", Doubled)):
        monkeypatch.setitem(keras.saving.get_custom_objects(), name, thing)


@BOTH
@pytest.mark.parametrize("name", NETWORK)
def test_code_of_its_own_is_asked_for_by_name_and_opens_once_it_is_registered(name, suffix, tmp_path, monkeypatch):
    """Instead of Keras' page of configuration; the file was saved without any registration, as most are."""
    build, names = NETWORK[name]
    model = build()
    path, x = saved(model, tmp_path / f"model{suffix}"), images((10, 10, 1))
    assert refusal(path) == asked(*names)
    registered(monkeypatch)
    np.testing.assert_allclose(open_model(path, Preprocessor()).probabilities(x), model(x), atol=1e-5)


def test_an_activation_that_keras_2_wrote_by_its_name_alone(tmp_path, monkeypatch):
    """There a string stands for it, which Keras 3 looks up among its own alone."""
    model = network(activation=snake)
    path, x = saved(model, tmp_path / "model.h5"), images((10, 10, 1))
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][1]["config"]["activation"] = "snake"
        file.attrs["model_config"] = json.dumps(config)
    assert refusal(path) == asked("snake")
    registered(monkeypatch)
    np.testing.assert_allclose(open_model(path, Preprocessor()).probabilities(x), model(x), atol=1e-5)


class OwnModel(keras.Model):
    """As PyTorch's users write models."""

    def __init__(self, branched=False, **settings):
        super().__init__(**settings)
        self.branched = branched
        self.first, self.flat = layers.Conv2D(4, 3, activation="relu"), layers.Flatten()
        self.last = layers.Dense(3, activation="softmax")

    def call(self, x, training=False):
        if self.branched and float(x[0, 0, 0, 0]) > 2:  # of a picture, not of a graph
            return self.last(self.flat(x))
        return self.last(self.flat(self.first(x)))

    def get_config(self):
        return {**super().get_config(), "branched": self.branched}


@pytest.mark.parametrize("branched", [False, True])
def test_a_model_of_ones_own_class_opens_where_a_call_of_it_gives_a_graph(branched, tmp_path, monkeypatch):
    """Once its class is registered, with the layers inside; else the message says how to save it."""
    model, x = OwnModel(branched), images((10, 10, 1))
    model(x)
    path = saved(model, tmp_path / "model.keras")
    assert refusal(path) == asked("OwnModel")
    monkeypatch.setitem(keras.saving.get_custom_objects(), "Custom>OwnModel", OwnModel)
    if branched:
        assert refusal(path).startswith("the model is a Python class of its own, and a call of it gives no graph")
        return
    found = open_model(path, Preprocessor())
    assert [layer.kind for layer in found.layers] == ["Conv2D", "Flatten", "Dense"]
    np.testing.assert_allclose(found.probabilities(x), model(x), atol=1e-5)


class PruneLowMagnitude(layers.Wrapper):
    """As tfmot has it."""

    def call(self, x):
        return self.layer(x)


def test_what_a_training_wrapped_around_layers_has_a_cure_of_its_own(tmp_path):
    """Registering would keep a wrapper that training alone needs."""
    path = saved(convolutional(PruneLowMagnitude(layers.ReLU())), tmp_path / "model.keras")
    assert refusal(path) == (
        "the model holds `PruneLowMagnitude`, which only training needs; "
        "save `tfmot.sparsity.keras.strip_pruning(model)` instead"
    )


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`:UserWarning")
@BOTH
def test_a_lambda_as_an_activation_is_said_of_its_layer(suffix, tmp_path):
    """In words, without the code itself, and with a cure."""
    model = network(layers.Conv2D(2, 1, activation=lambda x: x * ops.sigmoid(x), name="gated"))
    assert refusal(saved(model, tmp_path / f"model{suffix}")) == (
        "the layer `gated` has code of its own, a Python lambda as its activation, which Keras cannot read back; give "
        "it a name as a function under `@keras.saving.register_keras_serializable()` in a Python file, save the model "
        "with that, name the file under `plugins:`, and say --trust-plugins"
    )
