"""Small Keras models of every kind that people have: `KINDS[name]()` builds one, ready to be saved."""

from collections.abc import Callable

from generator.model.keras_door import keras

layers = keras.layers
KINDS: dict[str, Callable[[], keras.Model]] = {}


def kind(build):
    KINDS[build.__name__] = build
    return build


def convolutional(*middle, shape=(12, 12, 1), head=None, batch=None, first="relu"):
    """A convolution, what is under test, and a head of three classes."""
    x = entry = keras.Input(shape, batch_size=batch)
    x = layers.Conv2D(5, 3, padding="same", activation=first, name="first")(x)
    for layer in middle:
        x = layer(x)
    for layer in head or (layers.Flatten(), layers.Dense(3, "softmax", name="scores")):
        x = layer(x)
    return keras.Model(entry, x)


@kind
def sequential_grey():
    stack = [
        layers.Conv2D(5, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(3, "softmax"),
    ]
    return keras.Sequential([keras.Input((12, 12, 1)), *stack])


@kind
def rgb():
    return convolutional(shape=(12, 12, 3))


@kind
def rgba():
    return convolutional(shape=(12, 12, 4))


@kind
def no_channel_axis():
    inner = [layers.Reshape((12, 12, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(3)]
    return keras.Sequential([keras.Input((12, 12)), *inner, layers.Softmax()])


@kind
def flat_vector():
    stack = [layers.Dense(16, "relu"), layers.Dense(3, "softmax")]
    return keras.Sequential([keras.Input((144,)), *stack])


@kind
def dense_only():
    stack = [layers.Flatten(), layers.Dense(16, "relu"), layers.Dense(3, "softmax")]
    return keras.Sequential([keras.Input((12, 12, 1)), *stack])


@kind
def non_square():
    return convolutional(layers.MaxPooling2D(), shape=(14, 10, 3))


@kind
def channels_first():
    x = entry = keras.Input((2, 12, 10))
    x = layers.Conv2D(5, 3, activation="relu", data_format="channels_first", name="first")(x)
    x = layers.BatchNormalization(axis=1)(x)
    x = layers.MaxPooling2D(data_format="channels_first")(x)
    x = layers.DepthwiseConv2D(3, data_format="channels_first", activation="relu")(x)
    x = layers.GlobalAveragePooling2D(data_format="channels_first")(x)
    return keras.Model(entry, layers.Dense(3, "softmax")(x))


@kind
def fixed_batch():
    return convolutional(shape=(12, 12, 1), batch=4)


@kind
def softmax_layer():
    return convolutional(head=(layers.Flatten(), layers.Dense(3), layers.Softmax()))


@kind
def softmax_activation_then_reshape():
    head = (layers.GlobalAveragePooling2D(), layers.Reshape((1, 1, 5)), layers.Conv2D(3, 1))
    return convolutional(head=(*head, layers.Activation("softmax"), layers.Reshape((3,))))


@kind
def linear_scores():
    return convolutional(head=(layers.Flatten(), layers.Dense(3)))


@kind
def rectified_scores():
    return convolutional(head=(layers.Flatten(), layers.Dense(3, "relu"), layers.Softmax()))


@kind
def one_sigmoid():
    return convolutional(head=(layers.Flatten(), layers.Dense(1, "sigmoid")))


@kind
def one_linear_score():
    return convolutional(head=(layers.Flatten(), layers.Dense(1)))


@kind
def sigmoid_for_each_class():
    return convolutional(head=(layers.Flatten(), layers.Dense(10, "sigmoid")))


@kind
def global_pooling():
    return convolutional(head=(layers.GlobalAveragePooling2D(), layers.Dense(3, "softmax")))


@kind
def one_by_one_head():
    return convolutional(head=(layers.Conv2D(3, 1), layers.GlobalMaxPooling2D(), layers.Activation("softmax")))


@kind
def batch_normalization_and_dropout():
    middle = (layers.BatchNormalization(), layers.SpatialDropout2D(0.5), layers.GaussianNoise(0.5), layers.Dropout(0.9))
    return convolutional(*middle)


@kind
def dropout_that_the_file_leaves_on():
    x = entry = keras.Input((12, 12, 1))
    x = layers.Conv2D(4, 3, activation="relu")(x)
    x = layers.Dropout(0.5)(x, training=True)
    return keras.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(x)))


@kind
def separable():
    return convolutional(layers.SeparableConv2D(6, 3, activation="relu"))


@kind
def depthwise():
    return convolutional(layers.DepthwiseConv2D(3), layers.ReLU(), layers.Conv2D(4, 1), layers.ReLU(6.0))


@kind
def prelu():
    return convolutional(layers.PReLU(shared_axes=[1, 2]), layers.Conv2D(4, 3), layers.PReLU(), first=None)


@kind
def leaky_relu():
    return convolutional(layers.LeakyReLU(), layers.Conv2D(4, 3, activation="leaky_relu"), first=None)


@kind
def elu_and_selu():
    return convolutional(layers.ELU(), layers.Conv2D(4, 3, activation="selu"), first=None)


@kind
def swish_and_gelu():
    return convolutional(layers.Activation("swish"), layers.Conv2D(4, 3, activation="gelu"), first=None)


@kind
def operations():
    x = entry = keras.Input((12, 12, 3))
    x = x / 127.5 - 1.0
    x = keras.ops.relu(layers.Conv2D(4, 3)(x))
    x = keras.ops.mean(x, axis=(1, 2))
    return keras.Model(entry, keras.ops.softmax(layers.Dense(3)(x)))


@kind
def residual_with_strided_1x1():
    x = entry = keras.Input((20, 20, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="first")(x)
    for width in (16, 24):
        side = layers.BatchNormalization()(layers.Conv2D(width, 1, strides=2)(x))
        x = layers.ReLU()(layers.BatchNormalization()(layers.SeparableConv2D(width, 3, padding="same")(x)))
        x = layers.Add()([layers.MaxPooling2D(3, strides=2, padding="same")(x), side])
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3, padding="same")(x))
    return keras.Model(entry, layers.Activation("softmax")(x))


def backbone(shape=(16, 16, 3)):
    """Inverted residuals as MobileNetV2 has them."""
    x = entry = keras.Input(shape)
    x = first = layers.ReLU(6.0, name="Conv1_relu")(layers.Conv2D(6, 3, 2, padding="same", name="Conv1")(x))
    x = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(12, 1, use_bias=False, name="expand")(x)))
    x = layers.ReLU(6.0)(layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x))
    x = layers.Add()([layers.BatchNormalization()(layers.Conv2D(6, 1, name="project")(x)), first])
    return keras.Model(entry, layers.Conv2D(9, 1, activation="relu", name="Conv_1")(x), name="backbone")


@kind
def transfer_learning():
    start = [layers.RandomFlip(), layers.RandomRotation(0.2), layers.Rescaling(2.0, offset=-1.0)]
    augmentation = keras.Sequential([keras.Input((16, 16, 3)), *start[:2]], name="augmentation")
    end = [layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(3, "softmax")]
    return keras.Sequential([keras.Input((16, 16, 3)), augmentation, start[2], backbone(), *end])


@kind
def teachable_machine():
    features = keras.Sequential([backbone(), layers.GlobalAveragePooling2D()], name="features")
    head = keras.Sequential([keras.Input((9,)), layers.Dense(8, "relu"), layers.Dense(3, "softmax")], name="head")
    return keras.Sequential([keras.Input((16, 16, 3)), features, head])


@kind
def backbone_called_in_a_functional_model():
    entry = keras.Input((16, 16, 3))
    x = backbone()(layers.Rescaling(2.0)(entry), training=False)
    x = layers.Flatten()(layers.AveragePooling2D(4)(x))
    return keras.Model([entry], [layers.Dense(3, "softmax")(x)])


@kind
def shared_layer():
    x = entry = keras.Input((12, 12, 1))
    twice = layers.Conv2D(1, 3, padding="same", activation="relu", name="twice")
    x = twice(twice(x))
    return keras.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(x)))


@kind
def transformer_block():
    x = entry = keras.Input((16, 16, 1))
    x = layers.Reshape((16, 8))(layers.Conv2D(8, 4, strides=4, name="patches")(x))
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(y, y)])
    x = layers.Add()([x, layers.Dense(8, "gelu")(layers.LayerNormalization()(x))])
    return keras.Model(entry, layers.Dense(3, "softmax")(layers.GlobalAveragePooling1D()(x)))


@kind
def squeeze_and_excitation():
    x = entry = keras.Input((12, 12, 3))
    x = layers.Conv2D(6, 3, activation="swish")(x)
    gate = layers.Dense(6, "sigmoid")(layers.Dense(2, "swish")(layers.GlobalAveragePooling2D(keepdims=True)(x)))
    x = layers.Multiply()([x, gate])
    return keras.Model(entry, layers.Dense(3, "softmax")(layers.GlobalAveragePooling2D()(x)))


@kind
def mixed_precision():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        return convolutional(head=(layers.Flatten(), layers.Dense(3), layers.Softmax(dtype="float32")))
    finally:
        keras.mixed_precision.set_global_policy("float32")
