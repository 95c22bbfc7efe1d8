"""Shapes, costs and orientations of a graph, as the port names them."""

import pytest

from generator.errors import ModelError
from generator.model.flat_graph import INPUT, flatten
from generator.model.form import Batches, channels_first, images_of_a_pass, port_shape, twin
from generator.model.keras_door import keras
from tests.fixtures.model_kinds import KINDS
from tests.fixtures.tiny_models import KERAS_COPIES, opened

pytestmark = KERAS_COPIES


@pytest.mark.parametrize(
    ("own", "first", "shape"),
    [
        ((48, 40, 3), False, (48, 40, 3)),
        ((3, 48, 40), True, (48, 40, 3)),
        ((28, 28), False, (28, 28, 1)),
        ((784,), False, (28, 28, 1)),
        ((3 * 32 * 32,), False, (32, 32, 3)),
    ],
)
def test_inputs_of_any_form_are_images(own, first, shape):
    """Channels last, whatever the model takes; vectors are square grey or square RGB pictures."""
    assert port_shape(own, first) == shape


@pytest.mark.parametrize("own", [(7,), (4, 8, 8, 3)])
def test_what_is_no_image_is_refused(own):
    """A vector that is no square, and a volume."""
    with pytest.raises(ModelError, match="which are no images"):
        port_shape(own, False)


def test_channels_first_is_followed_through_the_graph():
    """A Permute turns it, a convolution states it, everything else keeps it."""
    x = entry = keras.Input((8, 8, 2))
    x = keras.layers.Permute((3, 1, 2))(x)
    x = keras.layers.ReLU()(keras.layers.Conv2D(3, 3, data_format="channels_first")(x))
    x = keras.layers.ReLU()(keras.layers.Permute((2, 3, 1))(x))
    graph = flatten(keras.Model(entry, x))
    turned = [step.writes[0] in channels_first(graph) for step in graph.steps]
    assert turned == [True, True, True, False, False]


@pytest.mark.parametrize("turn", [keras.layers.Permute((2, 3, 1)), lambda x: keras.ops.transpose(x, (0, 2, 3, 1))])
def test_what_stands_before_a_turn_has_the_channels_of_the_input(turn):
    """Only an input that looks like channels first is one; behind the turn they stand last."""
    inputs = keras.Input((3, 8, 6))
    graph = flatten(keras.Model(inputs, keras.layers.ReLU()(turn(keras.layers.Rescaling(2.0)(inputs)))))
    first = channels_first(graph, (3, 8, 6))
    assert [INPUT in first, *(step.writes[0] in first for step in graph.steps)] == [True, True, False, False]
    assert channels_first(graph, (8, 6, 3)) == channels_first(graph) == frozenset()


def test_costs_are_those_worked_out_by_hand(tmp_path):
    """Separable: both kernels at every place; a shared layer costs twice and counts its weights once."""
    layers = {layer.kind: layer for layer in opened(KINDS["separable"](), tmp_path / "separable.keras").layers}
    assert layers["SeparableConv2D"].multiply_adds == 10 * 10 * (9 * 5 + 5 * 6)
    assert layers["SeparableConv2D"].parameters == 9 * 5 + 5 * 6 + 6
    shared = opened(KINDS["shared_layer"](), tmp_path / "shared.keras").layers
    assert [layer.parameters for layer in shared[:2]] == [10, 0]
    assert [layer.multiply_adds for layer in shared[:2]] == [12 * 12 * 9] * 2


def test_batches_are_sized_to_memory():
    """Small images by the most that pays, large ones by what fits, at least one."""
    assert images_of_a_pass({0: (48, 48, 1)}) == Batches(64, 64)
    assert images_of_a_pass({0: (1000, 1000, 10)}) == Batches(8, 8)
    assert images_of_a_pass(dict.fromkeys(range(16), (1000, 500, 5))) == Batches(8, 8)
    assert images_of_a_pass({0: (10_000, 10_000, 10)}) == Batches(1, 1)


def test_on_the_way_ahead_alone_more_images_go_together():
    """Of many layers as large as each other: what is done with makes room."""
    assert images_of_a_pass(dict.fromkeys(range(150), (112, 112, 12))) == Batches(32, 8)


def test_batches_of_a_card_are_sized_to_its_memory():
    """A quarter of it for two batches of activations, rounded down to a power of two."""
    image = {0: (1000, 1000, 10)}  # 40 MB
    assert [images_of_a_pass(image, card).back for card in (2**30, 8 * 2**30, 80 * 2**30)] == [2, 16, 256]
    assert images_of_a_pass({0: (10_000, 10_000, 10)}, 2**30) == Batches(1, 1)


def test_a_twin_shares_weights_and_leaves_the_layer_alone():
    """Another activation over the same variables."""
    layer = keras.layers.Dense(3, activation="relu")
    layer.build((None, 2))
    other = twin(layer, activation=keras.activations.linear)
    assert other.kernel is layer.kernel
    assert layer.activation is keras.activations.relu and other.activation is keras.activations.linear
