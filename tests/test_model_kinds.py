"""Every kind of model through every question of the port, with oneDNN on, whose eager filter gradients crash."""

import os
from dataclasses import replace

import numpy as np
import pytest

from generator.classifier import Ascent, Score
from generator.model.keras_door import keras
from tests.fixtures.model_kinds import KINDS
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened

pytestmark = KERAS_COPIES

ROUNDED = {"mixed_precision": 0.02}  # bfloat16 has three digits


@pytest.fixture(scope="module", params=KINDS)
def case(request, tmp_path_factory):
    """A model of this kind, the classifier in its file, images for it and the classes asked about."""
    keras.utils.set_random_seed(3)
    model = KINDS[request.param]()
    suffix = ".h5" if len(request.param) % 2 else ".keras"
    classifier = opened(model, tmp_path_factory.mktemp("kind") / f"{request.param}{suffix}")
    return request.param, model, classifier, images(classifier.input_shape, 5)


def ids(classifier, count=5):
    return np.arange(count) % classifier.n_classes


def own(model, x):
    """What the model itself says, given the images as it takes them; a whole batch where its size is fixed."""
    batch, *shape = model.inputs[0].shape
    x = np.moveaxis(x, 3, 1) if len(shape) == 3 and shape[0] == x.shape[3] != shape[2] else x.reshape(-1, *shape)
    given = [x[:batch]] if isinstance(getattr(model, "_inputs_struct", None), list) else x[:batch]
    return keras.ops.convert_to_numpy(keras.tree.flatten(model(given, training=False))[0]).astype(np.float32)


def test_onednn_is_on():
    """The crash of eager filter gradients is looked for where it happens."""
    assert os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") != "0"


def test_predictions_are_the_models_own(case):
    """Any number of images gives what the model itself says, in inference mode."""
    name, model, classifier, x = case
    expected = own(model, x)
    if "linear" in name:
        found = classifier.logits(x) * (2 if classifier.one_output else 1)
    else:
        found = classifier.probabilities(x)
    found = found[: len(expected), 1:] if classifier.one_output else found[: len(expected)]
    np.testing.assert_allclose(found, expected, atol=ROUNDED.get(name, 1e-5))


def test_scores_are_no_probabilities(case):
    """Logits are those before the softmax or sigmoid: squashed, they are the probabilities."""
    _, _, classifier, x = case
    z, p = classifier.logits(x), classifier.probabilities(x)
    softmax = np.exp(z - z.max(axis=1, keepdims=True))
    softmax /= softmax.sum(axis=1, keepdims=True)
    expected = softmax if classifier.squashing == "softmax" else 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(p, expected, atol=1e-5)


def test_guided_gradients_differ_wherever_there_is_a_rectifier(case):
    """Gradients are finite and not flat, and every rectifier is rewritten wherever it sits."""
    _, _, classifier, x = case
    score = Score(ids(classifier))
    plain, guided = classifier.gradients(x, score), classifier.gradients(x, score, "guided")
    for gradient in (plain, guided):
        assert gradient.shape == x.shape and np.isfinite(gradient).all()
    assert (np.ptp(plain.reshape(5, -1), axis=1) > 1e-9).any()
    assert any(layer.rectifies for layer in classifier.layers)
    assert np.abs(plain - guided).max() > 1e-3 * np.abs(plain).max()


def test_a_layer_answers(case):
    """Outputs and slopes in the shape that the layer is said to have, channels last."""
    _, _, classifier, x = case
    layer = classifier.layers[len(classifier.layers) // 2]
    target = ids(classifier)
    output, slope = classifier.layer_gradients(x, Score(target, (target + 1) % classifier.n_classes), layer.name)
    assert output.shape == slope.shape == (5, *layer.shape)
    assert np.isfinite(output).all() and np.isfinite(slope).all() and np.abs(slope).max() > 0
    np.testing.assert_allclose(classifier.outputs(x, layer.name), output, atol=1e-5)


def test_units_can_be_climbed(case):
    """Some unit of a layer ends higher than it started."""
    _, _, classifier, _ = case
    layer = next(layer for layer in classifier.layers if layer.parameters)
    units = np.arange(layer.shape[-1])[:3]
    asked = Ascent(layer.name, units, 0.4 + 0.2 * images(classifier.input_shape, len(units)), 5, 0.02)
    reached, started = classifier.ascend(asked), classifier.ascend(replace(asked, steps=0))
    assert np.isfinite(reached.inputs).all()
    assert (reached.activation > started.activation).any()
