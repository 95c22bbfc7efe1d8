"""The optimizers of a climb, on a model whose gradient can be written down, and against Keras' own."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from generator.classifier import Ascent
from generator.data.preprocess import Preprocessor
from generator.errors import ParameterError
from generator.maps.ascent import rate_of, unit_values
from generator.methods.class_maximization import class_maximization
from generator.methods.filters import filters
from generator.model.form import Batches
from generator.model.keras_door import keras, tf
from generator.model.keras_passes import first_norm, still_climbing, total_variation
from tests.conftest import request_of
from tests.fixtures.slow_climb import climb
from tests.fixtures.summits import summits
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened

pytestmark = KERAS_COPIES
OPTIMIZERS = ("plain", "normalized", "adam", "adagrad")
RATES = {"plain": 40.0, "normalized": 0.04, "adam": 0.03, "adagrad": 0.06}
SHAPE = (6, 5, 2)
KERNEL = np.array([[2.0, -3.0, 0.5], [1.0, 4.0, -0.2]], np.float32)  # two channels in, three units out
BIAS = np.array([-1.5, 0.3, 0.1], np.float32)
STOCK = {
    "plain": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
    "adagrad": lambda rate: keras.optimizers.Adagrad(rate, initial_accumulator_value=0.0, epsilon=1e-14),
}


def network():
    """Units `tanh(x · kernel + bias)` at every pixel, and a head that no climb of theirs goes through."""
    entry = keras.Input(SHAPE)
    unit = keras.layers.Conv2D(3, 1, activation="tanh", name="units")
    model = keras.Model(entry, keras.layers.Dense(3, "softmax")(keras.layers.Flatten()(unit(entry))))
    unit.set_weights([KERNEL[None, None], BIAS])
    return model


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    found = opened(network(), tmp_path_factory.mktemp("optimizers") / "units.keras")
    found.graph.step("units").operation.set_weights([KERNEL[None, None], BIAS])
    return found


def asked(optimizer: str, **changes) -> Ascent:
    start = 0.4 + 0.2 * images(SHAPE)
    return replace(Ascent("units", np.arange(3), start, 9, RATES[optimizer], optimizer=optimizer), **changes)


def slope(unit: int, x: np.ndarray) -> np.ndarray:
    """The derivative of the mean of `tanh(x · kernel + bias)`, by hand."""
    inner = 1 - np.tanh(x @ KERNEL[:, unit] + BIAS[unit]) ** 2
    return inner[..., None] * KERNEL[:, unit] / inner.size


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_climb_is_the_one_written_out_by_hand(classifier, optimizer, monkeypatch):
    """All units in one loop, cut into blocks of four steps, end where each ends alone, step by step."""
    monkeypatch.setattr("generator.model.keras_model.BLOCK", 4)
    ascent = asked(optimizer)
    expected = [climb(x, partial(slope, k), 9, ascent.rate, optimizer) for k, x in enumerate(ascent.start)]
    np.testing.assert_allclose(classifier.ascend(ascent).inputs, expected, atol=2e-5)
    assert 0.05 < np.abs(expected - ascent.start).mean() < 0.5


@pytest.mark.parametrize("optimizer", STOCK)
def test_the_steps_are_those_of_keras(classifier, optimizer):
    """A variable a unit, and the optimizer that Keras has under that name."""
    ascent = asked(optimizer)
    for unit, found in enumerate(classifier.ascend(ascent).inputs):
        x, steps = keras.Variable(ascent.start[unit]), STOCK[optimizer](ascent.rate)
        for _ in range(ascent.steps):
            with tf.GradientTape() as tape:
                z = tf.tanh(tf.tensordot(x.value, tf.constant(KERNEL[:, unit : unit + 1]), 1) + BIAS[unit])
                fall = -tf.reduce_mean(z)
            steps.apply([tape.gradient(fall, x.value)], [x])
            x.assign(tf.clip_by_value(x, 0, 1))
        np.testing.assert_allclose(found, x.numpy(), atol=2e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_unit_climbs_for_itself(classifier, optimizer, monkeypatch):
    """Alone, or in a batch of its own, a unit ends at the same picture: it shares no memory with the others."""
    ascent = asked(optimizer)
    together = classifier.ascend(ascent).inputs
    for unit in range(3):
        rows = slice(unit, unit + 1)
        alone = classifier.ascend(replace(ascent, units=ascent.units[rows], start=ascent.start[rows]))
        np.testing.assert_allclose(alone.inputs[0], together[unit], atol=1e-5)
    monkeypatch.setattr("generator.model.keras_model.UNITS", 1)
    np.testing.assert_allclose(replace(classifier, batch=Batches(1, 1)).ascend(ascent).inputs, together, atol=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_pixels_are_counted_from_0_to_1(classifier, optimizer, tmp_path):
    """A model that takes 0..255 climbs to the same picture at the same rate."""
    entry = keras.Input(SHAPE)
    inner = network()
    wide = opened(keras.Model(entry, inner(keras.layers.Rescaling(1 / 255)(entry))), tmp_path / "wide.keras")
    ascent = asked(optimizer, steps=4)
    wide.graph.step(inner.name + "/units").operation.set_weights([KERNEL[None, None], BIAS])
    wide = wide.preprocessed(by=Preprocessor(0.0, 255.0))
    far = wide.ascend(replace(ascent, layer=inner.name + "/units", start=ascent.start * 255))
    np.testing.assert_allclose(far.inputs / 255, classifier.ascend(ascent).inputs, atol=1e-4)


def test_a_neuron_moves_only_what_it_sees(classifier):
    """Of a 1×1 filter that is one pixel, which goes as far as its gradient; the value is the one in the middle."""
    ascent = asked("plain", objective="neuron", rate=0.05)
    found, middle = classifier.ascend(ascent), (SHAPE[0] // 2, SHAPE[1] // 2)
    moved = (found.inputs != ascent.start).any(axis=(0, 3))
    assert np.argwhere(moved).tolist() == [list(middle)]
    for unit, start in enumerate(ascent.start):
        expected = climb(start[None, None, *middle], partial(slope, unit), 9, 0.05, "plain")
        np.testing.assert_allclose(found.inputs[unit, *middle], expected[0, 0], atol=1e-5)
    inside = np.tanh(found.inputs[:, *middle] @ KERNEL + BIAS)
    np.testing.assert_allclose(found.activation, np.diag(inside), atol=1e-5)
    np.testing.assert_allclose(unit_values(classifier, found.inputs, ("units", "neuron")), inside, atol=1e-5)


@pytest.mark.filterwarnings("ignore:`tf_keras_vis.utils.regularizers` module:DeprecationWarning")
def test_the_regularizers_are_those_of_tf_keras_vis():
    """Their values and slopes, each picture weighed by its own; where two pixels are alike there is none."""
    from tf_keras_vis.activation_maximization.regularizers import Norm, TotalVariation2D

    x = np.random.default_rng(0).normal(size=(3, 6, 5, 2)).astype(np.float32)
    x[0, 2:4], x[1, 0, :, 1] = 0, -3
    weight = tf.constant([1.0, -2.0, 0.5])
    for ours, theirs in ((total_variation, TotalVariation2D(1)), (first_norm, Norm(1, p=1))):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(given := tf.constant(x))
            values = ours(given), theirs(given)
        np.testing.assert_allclose(*values, rtol=1e-5)
        slopes = [tape.gradient(value, given, output_gradients=weight) for value in values]
        np.testing.assert_allclose(*slopes, atol=1e-7)


def test_a_climb_ends_where_going_on_is_worth_less_than_a_twentieth():
    """Of 6 blocks, one beside the next: ahead is the last gain times the blocks that are left."""
    heights = np.array([[0, 0, 0, 5, -1], [10, 10, 9, 5, -3], [20, 10.2, 8, 5, -2.9]], np.float32)
    assert still_climbing(heights[:1], 6).all()
    assert still_climbing(heights[:2], 6).tolist() == [True, True, True, False, False]
    assert still_climbing(heights, 6).tolist() == [True, True, False, False, True]  # .2 · 3 > 10.2 / 20
    assert still_climbing(np.array([[0], [10], [10.1], [10.3]]), 6).tolist() == [False]  # .2 · 2 < 10.3 / 20


def test_the_jitter_is_evened_out_over_a_sixth_of_the_blocks():
    """Of 20 blocks three beside the three before: a single low one ends nothing."""
    heights = np.array([0, 10, 20, 21, 22, 18, 24], np.float32)[:, None]
    assert all(still_climbing(heights[:n], 20).all() for n in range(1, 8))
    even = np.array([0, 10, 10, 10, 10, 10, 10], np.float32)[:, None]
    assert still_climbing(even[:6], 20).all() and not still_climbing(even, 20).any()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_filters_and_classes_reach_their_summits(optimizer):
    """Each optimizer at its own usual rate, or at one that is given; only an unusual one is told."""
    request = request_of(summits(), np.full((3, 12, 12, 1), 0.5, np.float32))
    rate = 10.0 if optimizer == "plain" else None
    for method in (filters, class_maximization):
        found = method(request, steps=200, optimizer=optimizer, rate=rate)
        np.testing.assert_allclose(found.activation, 1, atol=2e-3)
        assert found.facts.get("optimizer") == (None if optimizer == "normalized" else optimizer)


def test_the_usual_rate_suits_the_optimizer():
    """About as far as under a normalised gradient; only a plain gradient may be multiplied by more than one."""
    assert [rate_of(name, None, 0.02) for name in OPTIMIZERS] == [1, 0.02, 0.02, 0.1]
    assert rate_of("plain", 300, 0.02) == 300 and rate_of("adam", 0.5, 0.02) == 0.5
    with pytest.raises(ParameterError, match="a step of 3 is longer than the range of a pixel; at most 1, or"):
        rate_of("adam", 3, 0.02)
