"""Where cells lie, held to receptive fields found by gradients, and to places worked out by hand."""

import re
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from generator.model.flat_graph import flatten
from generator.model.form import form_of
from generator.model.geometry import laid_out
from generator.model.keras_door import keras, tf
from generator.model.keras_passes import entering, plain
from tests import ROOT

layers, ops = keras.layers, keras.ops


def followed(model):
    """The places of a model's last value, and the axes that hold them."""
    graph = flatten(model)
    batch, *own = model.inputs[0].shape
    form = form_of(tuple(own), batch, graph, None)
    values = graph.run(entering(tf.ones((2, *form.shape)), form), plain)
    shapes = {number: tuple(value.shape[1:]) for number, value in values.items()}
    return laid_out(graph, form, shapes)[0].get(graph.output)


def sequence(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def middles(model):
    """First middle and step along rows and columns, and what is seen."""
    place = followed(model).place
    return [(axis.middles[0], axis.step, *axis.seen) for axis in (place.rows, place.columns)]


CONV = {"kernel_initializer": "ones"}
SAME = {"padding": "same", **CONV}
STACKS = {
    "same": lambda: [layers.Conv2D(1, 3, **SAME), layers.AveragePooling2D(2)],
    "valid, large": lambda: [layers.Conv2D(1, 9, **CONV), layers.Conv2D(1, (7, 5), **CONV)],
    "strides, odd": lambda: [layers.Conv2D(1, 3, strides=2, **SAME) for _ in range(2)],
    "strides, even": lambda: [layers.Conv2D(1, 4, strides=3, **SAME)],
    "strides, valid": lambda: [layers.Conv2D(1, 5, strides=(2, 3), **CONV), layers.AveragePooling2D(2, 1)],
    "one by one, strides": lambda: [layers.Conv2D(1, 1, strides=2, **SAME)],
    "dilated": lambda: [layers.Conv2D(1, 3, dilation_rate=2, **SAME), layers.Conv2D(1, 2, dilation_rate=3, **CONV)],
    "pooling, same": lambda: [layers.AveragePooling2D(side, 2, padding="same") for side in (3, 2)],
    "depthwise": lambda: [layers.DepthwiseConv2D(3, strides=2, padding="valid", depthwise_initializer="ones")],
    "transposed, same": lambda: [layers.AveragePooling2D(4), layers.Conv2DTranspose(1, 3, strides=1, **SAME)],
    "padding as in MobileNet": lambda: [layers.ZeroPadding2D(((0, 1), (0, 1))), layers.Conv2D(1, 3, strides=2, **CONV)],
    "padding as in ResNet": lambda: [layers.ZeroPadding2D(3), layers.Conv2D(1, 7, strides=2, **CONV)],
    "crop and padding": lambda: [layers.CenterCrop(20, 16), layers.ZeroPadding2D(4), layers.Conv2D(1, 3, **CONV)],
    "separable": lambda: [layers.SeparableConv2D(1, 3, depthwise_initializer="ones", pointwise_initializer="ones")],
    "cropping": lambda: [layers.Cropping2D(((3, 1), (0, 7))), layers.Conv2D(1, 3, strides=2, **SAME)],
}  # fmt: skip


@pytest.mark.parametrize("name", STACKS)
def test_a_cell_lies_in_the_middle_of_its_receptive_field(name):
    """Of a linear network of ones: the pixels that a cell's gradient reaches, where padding cuts none of them off."""
    model = sequence((32, 28, 1), *STACKS[name]())
    place = followed(model).place
    for axis, along in ((place.rows, 0), (place.columns, 1)):
        cell = axis.cells // 2

        @tf.function  # eager, the unneeded gradient of a strided 1×1 kernel ends in a segmentation fault
        def slope(x, cell=cell, along=along):
            return tf.gradients(tf.gather(model(x), cell, axis=along + 1), x)[0]

        reached = np.flatnonzero(slope(tf.zeros((1, 32, 28, 1))).numpy()[0, ..., 0].any(axis=1 - along))
        assert axis.low + cell * axis.step == pytest.approx(max(reached[0], axis.seen[0]))
        assert axis.high + cell * axis.step == pytest.approx(min(reached[-1] + 1, axis.seen[1]))


def test_the_middle_that_a_model_cuts_out():
    """48 of 96 pixels, halved: cell 0 lies on pixels 24 and 25, the last on 70 and 71."""
    crop = [layers.CenterCrop(48, 48), layers.Conv2D(1, 3, padding="same"), layers.MaxPooling2D()]
    assert middles(sequence((96, 96, 3), *crop)) == [(25, 2, 24, 72)] * 2


def test_a_frame_that_a_model_puts_around_the_picture():
    """24 pixels of padding, halved: 12 cells lie before the picture."""
    pad = [layers.ZeroPadding2D(24), layers.Conv2D(1, 3, padding="same"), layers.MaxPooling2D()]
    assert middles(sequence((48, 48, 3), *pad)) == [(-23, 2, 0, 48)] * 2


def test_what_is_enlarged_again_keeps_its_place():
    """Quartered, doubled and doubled: by repetition, by a bilinear layer, by a transposed convolution of two by two."""
    for doubled in (
        layers.UpSampling2D(),
        layers.UpSampling2D(interpolation="bilinear"),
        layers.Conv2DTranspose(1, 2, 2),
    ):
        assert middles(sequence((32, 32, 1), layers.MaxPooling2D(4), doubled)) == [(1, 2, 0, 32)] * 2
    odd = layers.Conv2DTranspose(1, 3, strides=2, padding="same")  # of cells of 4 pixels: the odd one behind
    assert middles(sequence((32, 32, 1), layers.MaxPooling2D(4), odd)) == [(0, 2, 0, 32)] * 2


@pytest.mark.parametrize(
    ("options", "rows", "columns"),
    [
        ({}, (0.25, 0.5, 0, 16), (0.5, 1, 0, 32)),
        ({"interpolation": "nearest"}, (0.25, 0.5, 0, 16), (0.5, 1, 0, 32)),
        ({"crop_to_aspect_ratio": True}, (0.25, 0.5, 0, 16), (8.25, 0.5, 8, 24)),
        ({"pad_to_aspect_ratio": True}, (-7.5, 1, 0, 16), (0.5, 1, 0, 32)),
    ],
)
def test_a_layer_that_resizes(options, rows, columns):
    """16×32 pixels to 32×32 cells: stretched, cut to the middle, or framed above and below."""
    found = middles(sequence((16, 32, 1), layers.Resizing(32, 32, **options)))
    np.testing.assert_allclose(found, [rows, columns], atol=1e-3)


def branch(cut, take=lambda value: value):
    """A value cut out of the input by an operation."""
    start = keras.Input((32, 24, 3))
    return middles(keras.Model(start, take(cut(start))))


def test_slices_and_pieces():
    """Rows 4 to 19, every second column; backwards; the second of three pieces; two halves put together again."""
    assert branch(lambda x: x[:, 4:20, ::2]) == [(4.5, 1, 4, 20), (0.5, 2, 0, 23.5)]
    assert branch(lambda x: ops.flip(x, 2)) == [(0.5, 1, 0, 32), (23.5, -1, 0, 24)]
    assert branch(lambda x: x[:, :, ::-1]) == [(0.5, 1, 0, 32), (23.5, -1, 0, 24)]
    assert branch(lambda x: ops.split(x, 3, axis=2)[1]) == [(0.5, 1, 0, 32), (8.5, 1, 8, 16)]
    assert branch(lambda x: layers.Concatenate(2)(ops.split(x, 2, axis=2))) == [(0.5, 1, 0, 32), (0.5, 1, 0, 24)]


def test_a_shortcut_is_reached_by_what_reaches_either():
    """A strided block of ResNet: the shortcut sees pixel 2 i, the block 2 i to 2 i + 2, and with it the sum."""
    start = keras.Input((16, 16, 1))
    block = layers.Conv2D(1, 3, strides=2, padding="same")(start)
    added = layers.Add()([block, layers.Conv2D(1, 1, strides=2, padding="same")(start)])
    assert middles(keras.Model(start, added)) == [(1.5, 2, 0, 16)] * 2


def test_a_gate_has_no_say_in_where_a_cell_lies():
    """Squeeze and excite: a number for each channel of the whole picture."""
    start = keras.Input((16, 16, 4))
    gate = layers.Dense(4)(layers.GlobalAveragePooling2D(keepdims=True)(start))
    assert middles(keras.Model(start, layers.Multiply()([start, gate]))) == [(0.5, 1, 0, 16)] * 2


def patches(start, way):
    """Patches of 8×8 in a row, embedded: by a convolution, by an operation, or by hand."""
    if way == "convolution":
        return layers.Reshape((12, 5))(layers.Conv2D(5, 8, strides=8)(start))
    if way == "operation":
        return layers.Dense(5)(ops.reshape(ops.image.extract_patches(start, 8), (-1, 12, 192)))
    cut = ops.transpose(ops.reshape(start, (-1, 4, 8, 3, 8, 3)), (0, 1, 3, 2, 4, 5))
    return layers.Dense(5)(ops.reshape(cut, (-1, 12, 192)))


@pytest.mark.parametrize("way", ["convolution", "operation", "by hand"])
def test_tokens_are_a_grid_in_a_row(way):
    """32×24 pixels in patches of 8: 4×3 tokens, through a block of a transformer, and behind one for the class."""
    start = keras.Input((32, 24, 3))
    tokens = layers.LayerNormalization()(patches(start, way))
    tokens = tokens + layers.MultiHeadAttention(1, 2)(tokens, tokens)
    own = layers.Reshape((1, 5))(layers.Dense(5)(layers.GlobalAveragePooling1D()(tokens)))
    tokens = layers.Concatenate(1)([own, tokens])
    found = followed(keras.Model(start, layers.Dense(7)(tokens)))
    assert (found.place.grid, found.tokens, found.ahead) == ((4, 3), True, 1)
    assert [(axis.middles[0], axis.step) for axis in (found.place.rows, found.place.columns)] == [(4, 8)] * 2


def test_vectors_orders_of_axes_and_nested_models():
    """A flattened picture that is put up again; channels first; rows and columns exchanged; a model within a model."""
    vector = sequence((64,), layers.Rescaling(2), layers.Reshape((8, 8, 1)), layers.Conv2D(1, 3))
    assert middles(vector) == [(1.5, 1, 0, 8)] * 2
    first = sequence((1, 8, 6), layers.MaxPooling2D((2, 3), data_format="channels_first"), layers.Permute((2, 3, 1)))
    assert middles(first) == [(1, 2, 0, 8), (1.5, 3, 0, 6)]
    turned = followed(sequence((8, 6, 1), layers.Permute((2, 1, 3)), layers.MaxPooling2D((3, 2))))
    assert turned.at == (1, 0)
    assert (turned.place.rows.step, turned.place.columns.step) == (2, 3)
    inner = sequence((8, 8, 1), layers.ZeroPadding2D(1), layers.Conv2D(1, 3, strides=2))
    assert middles(sequence((12, 12, 1), layers.Cropping2D(2), inner)) == [(2.5, 2, 2, 10)] * 2


class Patches(layers.Layer):
    """Of one's own: cuts a picture into patches of 4×4 in a row, and adds up what it finds."""

    def call(self, x):
        cut = tf.image.extract_patches(x, (1, 4, 4, 1), (1, 4, 4, 1), (1, 1, 1, 1), "VALID")
        return 3 * tf.reshape(cut, (-1, cut.shape[1] * cut.shape[2], cut.shape[3]))


class ClassToken(layers.Layer):
    """Of one's own: puts a token ahead of the others."""

    def call(self, x):
        return 3 * tf.concat([x[:, :1], x], axis=1)


def test_what_is_unknown_is_guessed():
    """A layer of one's own that makes 64 tokens of 32×32 pixels, eight by eight; what shrinks all shrinks cells."""
    found = followed(sequence((32, 32, 3), Patches(), ClassToken()))
    assert (found.place.grid, found.place.rows.step, found.ahead) == ((8, 8), 4, 1)
    assert middles(sequence((12, 12, 3), layers.AdaptiveAveragePooling2D(3))) == [(2, 4, 0, 12)] * 2


def test_the_page_names_what_is_tried_here():
    """Every layer and operation of its table exists and is followed by a test of this file."""
    page = (ROOT / "docs" / "your-own-model.md").read_text(encoding="utf-8")
    table = page.partition("### Where a cell lies")[2].partition("\n## ")[0]
    named = {
        word for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for word in re.findall(r"`([\w.]+)`", row)
    }
    assert len(named) > 15
    tried = Path(__file__).read_text(encoding="utf-8")
    for name in named:
        path = name if name.startswith("ops.") else f"layers.{name}"
        assert attrgetter(path)(keras) is not None
        assert f"{path}(" in tried, name


def test_numbers_that_come_from_everywhere_have_no_place():
    """A dense layer's output is no picture, though it is folded up like one."""
    assert followed(sequence((8, 8, 1), layers.Flatten(), layers.Dense(64), layers.Reshape((8, 8, 1)))) is None


def torn(cut, *behind):
    """The place of a convolution on a picture whose pixels an operation has put elsewhere."""
    start = keras.Input((32, 32, 3))
    value = cut(start)
    for layer in (layers.Conv2D(2, 3, padding="same"), *behind):
        value = layer(value)
    return followed(keras.Model(start, value))


@pytest.mark.parametrize("rolled", [1, 2, 8, 16, -8])
@pytest.mark.parametrize("axis", [1, 2])
def test_what_is_rolled_has_no_place(rolled, axis):
    """A cell and its neighbour come from the two ends of the picture; no even grid is where they are."""
    assert torn(lambda x: ops.roll(x, rolled, axis=axis), layers.MaxPooling2D()) is None


SWAPPED = [*range(16, 32), *range(16)]
OFFSET = [1.0, 0.0, 6.0, 0.0, 1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "cut",
    [
        lambda x: ops.take(x, SWAPPED, axis=1),
        lambda x: ops.take(x, [*range(24, 32), *range(24)], axis=2),
        lambda x: ops.concatenate([x[:, 8:], x[:, :8]], axis=1),
        lambda x: ops.image.affine_transform(x, np.array(OFFSET, "float32")),
    ],
)
def test_other_orders_of_pixels_have_no_place_either(cut):
    """Halves that change places, rows taken in another order, a picture moved between its pixels."""
    assert torn(cut) is None


def test_an_order_that_is_a_grid_has_its_place():
    """Rows taken backwards; a picture continued around its edges."""
    assert branch(lambda x: ops.take(x, [*range(31, -1, -1)], axis=1)) == [(31.5, -1, 0, 32), (0.5, 1, 0, 24)]
    around = branch(lambda x: ops.concatenate([x[:, -3:], x, x[:, :3]], axis=1))
    assert around == [(-2.5, 1, 0, 32), (0.5, 1, 0, 24)]
