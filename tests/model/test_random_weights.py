"""The untrained network: fresh weights, live signals, and the trained ones back afterwards."""

import keras
import numpy as np
import pytest
from keras import layers

from generator.model.random_weights import reinitialised
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened

pytestmark = KERAS_COPIES


def network():
    keras.utils.set_random_seed(1)
    image = keras.Input((12, 12, 1))
    x = image
    for n in range(4):
        x = layers.Conv2D(8, 3, padding="same", use_bias=False, name=f"conv{n}")(x)
        x = layers.BatchNormalization(name=f"norm{n}")(x)
        x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(8, 3, strides=2, name="separable")(x)
    x = layers.PReLU(shared_axes=(1, 2))(x)
    x = layers.GlobalAveragePooling2D()(layers.Dropout(0.5)(x))
    return keras.Model(image, layers.Dense(3, activation="softmax")(x))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return opened(network(), tmp_path_factory.mktemp("random") / "model.keras")


INPUTS = images((12, 12, 1), 64)


def test_the_trained_weights_return(classifier):
    """Bit for bit, also where the work inside fails."""
    before = classifier.logits(INPUTS)
    with reinitialised(classifier, 0, INPUTS) as network:
        assert not np.allclose(network.logits(INPUTS), before, atol=1e-3)
    np.testing.assert_array_equal(classifier.logits(INPUTS), before)
    with pytest.raises(ZeroDivisionError), reinitialised(classifier, 0, INPUTS):
        raise ZeroDivisionError
    np.testing.assert_array_equal(classifier.logits(INPUTS), before)


def test_a_seed_is_a_network(classifier):
    """The same seed the same logits, another seed others, and nothing of the trained ones in either."""
    found = []
    for seed in (3, 3, 4):
        with reinitialised(classifier, seed, INPUTS) as network:
            found.append(network.logits(INPUTS))
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.allclose(found[0], found[2], atol=1e-3)


def test_every_norm_layer_sees_standard_values(classifier):
    """After the pass, each normalisation gives mean 0 and about deviation 1 by channel; the logits vary."""
    with reinitialised(classifier, 0, INPUTS) as network:
        for n in range(4):
            values = network.outputs(INPUTS, f"norm{n}")
            np.testing.assert_allclose(values.mean(axis=(0, 1, 2)), 0, atol=1e-3)
            np.testing.assert_allclose(values.std(axis=(0, 1, 2)), 1, atol=0.1)
        assert network.logits(INPUTS).std(axis=0).max() > 1e-3


def test_kernels_follow_their_own_initializer_and_biases_are_zero(classifier):
    """A Glorot-uniform kernel stays within its limit and reaches near it; two layers of one shape differ."""
    steps = {step.name: step.operation for step in classifier.graph.steps}
    with reinitialised(classifier, 0, INPUTS):
        kernels = [np.array(steps[f"conv{n}"].kernel) for n in (1, 2)]
        limit = np.sqrt(6 / (9 * 8 + 9 * 8))
        assert 0.9 * limit < np.abs(kernels[0]).max() <= limit
        assert not np.allclose(kernels[0], kernels[1])
        assert not np.array(steps["separable"].bias).any()
        assert (np.array(steps["norm0"].gamma) == 1).all()
