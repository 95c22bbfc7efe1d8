"""Norms that their convolutions take along: every kind of convolution against the same graph step by step."""

import numpy as np
import pytest

from generator.classifier import Score
from generator.model.folding import Folded, folded
from generator.model.keras_door import keras, tf
from generator.model.keras_passes import plain
from generator.model.random_weights import reinitialised
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened

pytestmark = KERAS_COPIES
SHAPE = (9, 8, 3)
LAYERS = {
    "plain": lambda: keras.layers.Conv2D(4, 3, name="conv"),
    "grouped": lambda: keras.layers.Conv2D(6, 3, groups=3, padding="same", use_bias=False, name="conv"),
    "strided": lambda: keras.layers.Conv2D(4, (3, 2), strides=2, padding="same", name="conv"),
    "dilated": lambda: keras.layers.Conv2D(4, 2, dilation_rate=2, name="conv"),
    "depthwise": lambda: keras.layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="conv"),
    "depthwise, strided": lambda: keras.layers.DepthwiseConv2D(3, strides=2, use_bias=False, name="conv"),
    "separable": lambda: keras.layers.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", name="conv"),
}
NORMS = {"whole": {}, "no scale": {"scale": False}, "no centre": {"center": False, "epsilon": 0.1}}


def network(between, **norm):
    """A layer, its norm, a rectifier and a head."""
    entry = keras.Input(SHAPE)
    x = keras.layers.BatchNormalization(name="norm", **norm)(between(entry))
    x = keras.layers.Flatten()(keras.layers.ReLU()(x))
    return keras.Model(entry, keras.layers.Dense(3)(x))


def values(graph) -> dict:
    return graph.run(tf.constant(images(SHAPE)), plain)


@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_the_numbers_are_those_of_both_steps(layer, norm, tmp_path):
    graph = opened(network(layer(), **norm), tmp_path / "model.keras").graph
    short = folded(graph)
    assert [step.name for step in short.steps] == [step.name for step in graph.steps if step.name != "conv"]
    found, expected = values(short), values(graph)
    for number in found:
        np.testing.assert_allclose(found[number], expected[number], rtol=1e-5, atol=1e-5)


def test_a_value_that_is_asked_for_stays(tmp_path):
    graph = opened(network(LAYERS["plain"]()), tmp_path / "model.keras").graph
    assert folded(graph, graph.step("conv").writes).steps == graph.steps
    cut = graph.truncated(graph.step("conv").writes[0])
    assert folded(cut).steps == cut.steps


def test_scores_by_a_convolution_are_those_of_keras(tmp_path):
    """The port asks for the slope by the norm and by what lies before it in one question."""
    classifier = opened(network(LAYERS["plain"]()), tmp_path / "model.keras")
    model, x = keras.models.load_model(tmp_path / "model.keras"), images(SHAPE)
    with tf.GradientTape(persistent=True) as tape:
        conv = model.get_layer("conv")(tf.constant(x))
        tape.watch(conv)
        norm = model.get_layer("norm")(conv)
        score = model.layers[-1](model.layers[-2](model.layers[-3](norm)))[:, 1]
    expected = [conv, tape.gradient(score, conv), norm, tape.gradient(score, norm)]
    found = classifier.layer_gradients(x, Score(np.ones(3, int)), "norm")
    found = (*classifier.layer_gradients(x, Score(np.ones(3, int)), "conv"), *found)
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def _twice(entry):
    """What another step reads beside the norm."""
    conv = keras.layers.Conv2D(3, 1, name="conv")(entry)
    return keras.layers.Add()([keras.layers.BatchNormalization()(conv), conv])


APART = {
    "read twice": _twice,
    "with an activation": lambda x: keras.layers.BatchNormalization()(keras.layers.Conv2D(3, 1, activation="relu")(x)),
    "in half the digits": lambda x: keras.layers.BatchNormalization()(keras.layers.Conv2D(3, 1, dtype="float16")(x)),
    "along the rows": lambda x: keras.layers.BatchNormalization(axis=1)(keras.layers.Conv2D(3, 1)(x)),
    "not before it": lambda x: keras.layers.Conv2D(3, 1)(keras.layers.BatchNormalization()(x)),
}


@pytest.mark.parametrize("built", APART.values(), ids=APART)
def test_what_does_something_else_stays_as_it_is(built, tmp_path):
    entry = keras.Input(SHAPE)
    head = keras.layers.Dense(2)(keras.layers.Flatten()(built(entry)))
    graph = opened(keras.Model(entry, head), tmp_path / "model.keras").graph
    assert folded(graph).steps == graph.steps


def test_a_layer_used_twice_goes_with_each_norm(tmp_path):
    entry, shared = keras.Input(SHAPE), keras.layers.Conv2D(3, 1, name="conv")
    x = keras.layers.BatchNormalization()(shared(keras.layers.BatchNormalization()(shared(entry))))
    model = keras.Model(entry, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    graph = opened(model, tmp_path / "model.keras").graph
    assert sum(isinstance(step.operation, Folded) for step in folded(graph).steps) == 2
    np.testing.assert_allclose(values(folded(graph))[graph.output], values(graph)[graph.output], rtol=1e-5, atol=1e-5)


def test_weights_that_are_exchanged_count(tmp_path):
    """One trace serves the trained network and the untrained one."""
    classifier, x = opened(network(LAYERS["plain"]()), tmp_path / "model.keras"), images(SHAPE)
    trained = classifier.logits(x)
    with reinitialised(classifier, 3, x) as untrained:
        expected = values(classifier.graph)[classifier.graph.output]
        np.testing.assert_allclose(untrained.logits(x), expected, rtol=1e-5, atol=1e-5)
        assert np.abs(untrained.logits(x) - trained).max() > 0.01
    np.testing.assert_array_equal(classifier.logits(x), trained)
