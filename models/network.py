"""The shape of the FER CNN: eight plain convolutions, two of the blocks residual, one dense layer."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers

CLASSES = 7
Gradient = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class FusedBatchNormalization(layers.BatchNormalization):
    """Batch normalization in one fused kernel: the same mathematics, a third faster training on CPUs.

    Only the network in training uses it; the shipped file holds Keras' own layer.
    """

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        """Normalizes by the batch in training, by the moving statistics otherwise."""
        if not training:
            return super().call(inputs, training=False)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.cast(self.gamma, tf.float32),
            offset=tf.cast(self.beta, tf.float32),
            mean=[],
            variance=[],
            epsilon=self.epsilon,
            is_training=True,
        )
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance)
        return outputs

    def _follow(self, moving: keras.Variable, batch: tf.Tensor) -> None:
        moving.assign(moving * self.momentum + batch * (1 - self.momentum))


class SmallGridConvolution(layers.Conv2D):
    """A 3x3 convolution whose kernel's gradient is nine matrix products.

    On grids of a few pixels oneDNN's own kernel for it takes twice as long; only the network in training uses it.
    """

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """The plain convolution, with the faster gradient."""
        kernel = tf.cast(tf.convert_to_tensor(self.kernel), inputs.dtype)
        return _convolve(inputs, kernel)


@tf.custom_gradient
def _convolve(inputs: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
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


def build(size: int | None = 48, fused: bool = False) -> keras.Model:
    """Grey images `(N, size, size, 1)` in 0..1 to seven probabilities; any size when None."""
    normalization = FusedBatchNormalization if fused else layers.BatchNormalization

    def block(tensor: keras.KerasTensor, number: int, filters: int) -> keras.KerasTensor:
        convolution = SmallGridConvolution if fused and filters > 128 else layers.Conv2D
        tensor = convolution(
            filters, 3, padding="same", use_bias=False, name=f"conv{number}", kernel_initializer="he_normal"
        )(tensor)
        tensor = normalization(name=f"norm{number}")(tensor)
        return layers.ReLU(name=f"relu{number}")(tensor)

    def residual(tensor: keras.KerasTensor, number: int, filters: int) -> keras.KerasTensor:
        inner = block(block(tensor, number, filters), number + 1, filters)
        return layers.Add(name=f"add{number + 1}")([tensor, inner])

    image = keras.Input((size, size, 1), name="image")
    tensor = layers.MaxPooling2D(name="pool1")(block(image, 1, 32))
    tensor = layers.MaxPooling2D(name="pool2")(block(tensor, 2, 64))
    tensor = residual(block(tensor, 3, 128), 4, 128)
    tensor = layers.MaxPooling2D(name="pool3")(tensor)
    tensor = residual(block(tensor, 6, 256), 7, 256)
    tensor = layers.GlobalAveragePooling2D(name="average")(tensor)
    tensor = layers.Dropout(0.3, name="dropout")(tensor)
    # Logits and probabilities stay float32 where the rest computes in bfloat16.
    tensor = layers.Dense(CLASSES, name="logits", dtype="float32")(tensor)
    return keras.Model(image, layers.Softmax(name="probabilities", dtype="float32")(tensor), name="fer_cnn")


def logits_of(model: keras.Model) -> keras.Model:
    """The same network up to the scores before the softmax."""
    return keras.Model(model.inputs, model.get_layer("logits").output)


def cool(model: keras.Model, temperature: float) -> None:
    """Divides the logits by `temperature`, inside the last layer's own weights."""
    head = model.get_layer("logits")
    head.set_weights([np.asarray(weight) / temperature for weight in head.get_weights()])
