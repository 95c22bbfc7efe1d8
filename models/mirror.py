"""Layers of a mirror-equivariant network in training: half the weights, from which the plain layers' own unfold.

The first half of the channels sees the image, the second half does the same to its mirror image. Cohen and Welling,
"Group equivariant convolutional networks", 2016, for the group of two.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers

SMALL_GRID = 128  # from more filters than that on, the grid is of few pixels
Gradient = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Convolution(layers.Conv2D):
    """A 3x3 convolution to `filters` channels, which stores the kernels of half of them."""

    def __init__(self, filters: int, *args: object, **options: object) -> None:
        super().__init__(filters // 2, *args, **options)

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """The plain convolution with the unfolded kernel."""
        kernel = unfold_kernel(tf.cast(tf.convert_to_tensor(self.kernel), inputs.dtype))
        if kernel.shape[-1] > SMALL_GRID:
            return _convolve(inputs, kernel)
        return tf.nn.conv2d(inputs, kernel, 1, "SAME")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The input's grid with both halves of the channels."""
        return (*input_shape[:-1], 2 * self.filters)


class Normalization(layers.BatchNormalization):
    """Batch normalization whose two halves share their statistics, in one fused kernel: a third faster on CPUs."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights of half the channels."""
        super().build((*input_shape[:-1], input_shape[-1] // 2))
        self.input_spec = None

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        """Normalizes by the batch in training, by the moving statistics otherwise."""
        height, width, channels = tf.shape(inputs)[1], tf.shape(inputs)[2], inputs.shape[-1]
        halves = tf.reshape(inputs, (-1, height, 2 * width, channels // 2))  # a mirrored pixel beside its own
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=halves,
            scale=tf.cast(self.gamma, tf.float32),
            offset=tf.cast(self.beta, tf.float32),
            mean=[] if training else tf.cast(self.moving_mean, tf.float32),
            variance=[] if training else tf.cast(self.moving_variance, tf.float32),
            epsilon=self.epsilon,
            is_training=bool(training),
        )
        if training:
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance)
        return tf.reshape(outputs, (-1, height, width, channels))

    def compute_output_spec(self, inputs: keras.KerasTensor, **options: object) -> keras.KerasTensor:
        """The inputs' shape and type."""
        return keras.KerasTensor(inputs.shape, self.compute_dtype)

    def _follow(self, moving: keras.Variable, batch: tf.Tensor) -> None:
        moving.assign(moving * self.momentum + batch * (1 - self.momentum))


class Dense(layers.Dense):
    """A dense layer that weighs a channel and its mirrored twin alike."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights of half the channels."""
        super().build((*input_shape[:-1], input_shape[-1] // 2))
        self.input_spec = None

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """The plain layer on the sum of both halves."""
        own, mirrored = tf.split(inputs, 2, axis=-1)
        return super().call(own + mirrored, training=training)


@tf.custom_gradient
def _convolve(inputs: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
    """A 3x3 convolution whose kernel's gradient is nine matrix products.

    On grids of a few pixels oneDNN's own kernel for it takes twice as long.
    """

    def gradient(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        to_inputs = tf.raw_ops.Conv2DBackpropInput(
            input_sizes=tf.shape(inputs), filter=kernel, out_backprop=upstream, strides=[1] * 4, padding="SAME"
        )
        return to_inputs, kernel_gradient(inputs, upstream)

    return tf.nn.conv2d(inputs, kernel, 1, "SAME"), gradient


def kernel_gradient(inputs: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
    """The gradient of a 3x3 kernel `(3, 3, C, F)`: for each of its nine places, inputs times gradients."""
    height, width = tf.shape(inputs)[1], tf.shape(inputs)[2]
    padded = tf.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]])
    wanted = tf.reshape(upstream, (-1, upstream.shape[-1]))

    def product(row: int, column: int) -> tf.Tensor:
        seen = padded[:, row : row + height, column : column + width]
        return tf.matmul(tf.reshape(seen, (-1, inputs.shape[-1])), wanted, transpose_a=True)

    return tf.stack([tf.stack([product(row, column) for column in range(3)]) for row in range(3)])


def unfold_kernel(kernel: tf.Tensor) -> tf.Tensor:
    """From `(3, 3, C, F/2)` to `(3, 3, C, F)`: the other half is mirrored and sees the channels' halves swapped."""
    mirrored = tf.reverse(kernel, axis=[1])
    if kernel.shape[2] > 1:
        mirrored = tf.roll(mirrored, kernel.shape[2] // 2, axis=2)
    return tf.concat([kernel, mirrored], axis=3)


def unfold(weights: list[np.ndarray], plain: keras.Model) -> list[np.ndarray]:
    """The weights of the `plain` network for those of the folded one."""
    return [_unfolded(weight, goal.shape) for weight, goal in zip(weights, plain.weights, strict=True)]


def _unfolded(weight: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if weight.shape == tuple(shape):
        return weight
    return unfold_kernel(weight).numpy() if weight.ndim == 4 else np.concatenate([weight, weight])


def fold(weights: list[np.ndarray], folded: keras.Model) -> list[np.ndarray]:
    """The other way: the halves that `folded` stores of a plain network's weights.

    Raises ValueError where the network is not equivariant to mirroring.
    """
    goals = [tuple(map(slice, goal.shape)) for goal in folded.weights]
    halves = [weight[goal] for weight, goal in zip(weights, goals, strict=True)]
    for weight, half in zip(weights, halves, strict=True):
        if not np.allclose(_unfolded(half, weight.shape), weight, atol=1e-5):
            raise ValueError("the model's two halves are not mirror images: its weights cannot be gone on from")
    return halves
