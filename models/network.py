"""The shape of the FER CNN: eight plain convolutions, two of the blocks residual, one dense layer.

It answers a face and its mirror image alike, as it is equivariant to mirroring (Cohen and Welling, "Group equivariant
convolutional networks", 2016): the second half of a layer's channels is what the first half would be for the mirror
image. The shipped model is plain Keras; in training only half of each kernel exists (`mirror.py`).
"""

from __future__ import annotations

import keras
import mirror
import numpy as np
from keras import layers

CLASSES = 7


def build(size: int | None = 48, folded: bool = False) -> keras.Model:
    """Grey images `(N, size, size, 1)` in 0..1 to seven probabilities; any size when None.

    `folded` gives the network in training: the same, from half the weights.
    """
    normalization = mirror.Normalization if folded else layers.BatchNormalization
    convolution = mirror.Convolution if folded else layers.Conv2D
    dense = mirror.Dense if folded else layers.Dense

    def block(tensor: keras.KerasTensor, number: int, filters: int) -> keras.KerasTensor:
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
    tensor = dense(CLASSES, name="logits", dtype="float32")(tensor)
    return keras.Model(image, layers.Softmax(name="probabilities", dtype="float32")(tensor), name="fer_cnn")


def logits_of(model: keras.Model) -> keras.Model:
    """The same network up to the scores before the softmax."""
    return keras.Model(model.inputs, model.get_layer("logits").output)


def cool(model: keras.Model, temperature: float) -> None:
    """Divides the logits by `temperature`, inside the last layer's own weights."""
    head = model.get_layer("logits")
    head.set_weights([np.asarray(weight) / temperature for weight in head.get_weights()])
