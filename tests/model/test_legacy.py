"""Files of Keras 1 and 2 predict what the Keras that wrote them predicted; tf_keras is Keras 2."""

import json
import warnings
from pathlib import Path
from zipfile import ZipFile

import h5py
import numpy as np
import pytest

from generator.classifier import Asked
from generator.data.preprocess import Preprocessor
from generator.errors import ModelError
from generator.model.keras_door import tf
from generator.model.keras_model import open_model
from tests.fixtures.tiny_models import images

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own deprecations
    keras2 = pytest.importorskip("tf_keras")

pytestmark = [
    pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]
layers = keras2.layers
KINDS = {}


def kind(build):
    KINDS[build.__name__] = build
    return build


@kind
def separable_depthwise_prelu():
    stack = [layers.Conv2D(4, 3, input_shape=(12, 12, 1), activation="relu"), layers.SeparableConv2D(4, 3)]
    stack += [layers.BatchNormalization(), layers.DepthwiseConv2D(3), layers.PReLU(), layers.LeakyReLU(0.2)]
    return keras2.Sequential([*stack, layers.Flatten(), layers.Dense(3, "softmax")])


@kind
def nested_sequential_with_relu6():
    inner = [layers.Conv2D(3, 3, input_shape=(12, 12, 1)), layers.BatchNormalization(), layers.ThresholdedReLU(0.1)]
    entry = keras2.Input((12, 12, 1))
    x = layers.ReLU(6.0)(keras2.Sequential(inner, name="inner")(entry))
    return keras2.Model(entry, layers.Dense(3, "softmax")(layers.GlobalAveragePooling2D()(x)))


def backbone(trainable=True):
    x = entry = keras2.Input((16, 16, 3))
    x = first = layers.Conv2D(6, 3, 2, padding="same", activation=tf.nn.relu6, name="block1/conv")(x)
    x = layers.BatchNormalization(name="block1/bn")(layers.Conv2D(6, 1, name="Conv_2")(x))
    x = layers.Add()([layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same")(x)), first])
    model = keras2.Model(entry, x, name="backbone")
    model.trainable = trainable
    return model


@kind
def transfer_learning_as_in_the_tutorial():
    entry = keras2.Input((16, 16, 3))
    x = keras2.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.2), layers.RandomHeight(0.1)])(
        entry
    )
    x = keras2.applications.mobilenet_v2.preprocess_input(x * 255.0)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(backbone(trainable=False)(x, training=False)))
    return keras2.Model(entry, layers.Dense(1, "sigmoid")(x))


@kind
def partly_frozen_backbone_in_a_sequential():
    body = backbone(trainable=False)
    body.trainable = True
    for layer in body.layers[:3]:
        layer.trainable = False
    return keras2.Sequential([body, layers.Flatten(), layers.Dense(3, "softmax")])


@kind
def teachable_machine():
    features = keras2.Sequential([backbone(), layers.GlobalAveragePooling2D()])
    head = [layers.Dense(8, "relu", input_shape=(6,)), layers.Dense(3, "softmax", use_bias=False)]
    return keras2.Sequential([features, keras2.Sequential(head)])


@kind
def colours_turned_inside():
    entry = keras2.Input((12, 12, 3))
    x = keras2.applications.vgg16.preprocess_input(entry * 255.0)
    x = 1.0 - layers.Conv2D(4, 3)(x) / 255.0
    x = tf.concat([tf.nn.relu(x), x + tf.sigmoid(x)], axis=-1)
    return keras2.Model(entry, layers.Dense(3, "softmax")(tf.reduce_mean(x, axis=[1, 2])))


@kind
def transformer_block():
    x = entry = keras2.Input((16, 16, 1))
    x = layers.Reshape((16, 8))(layers.Conv2D(8, 4, strides=4)(x))
    y = layers.LayerNormalization()(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(y, y)])
    return keras2.Model(entry, layers.Dense(3, "softmax")(layers.GlobalAveragePooling1D()(x)))


@kind
def shared_and_hard_sigmoid():
    entry = keras2.Input((12, 12, 1))
    shared = layers.Conv2D(1, 3, padding="same", activation="hard_sigmoid")
    joined = layers.Concatenate()([shared(entry), shared(shared(entry))])
    return keras2.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(joined)))


@kind
def channels_first():
    x = entry = keras2.Input((2, 12, 10))
    x = layers.ZeroPadding2D(data_format="channels_first")(x)
    x = layers.BatchNormalization(axis=1)(layers.Permute((3, 1, 2))(layers.Permute((2, 3, 1))(x)))
    return keras2.Model(entry, layers.Dense(3, "softmax")(layers.Flatten(data_format="channels_first")(x)))


def stirred(model):
    """Weights that leave nothing silent and nothing saturated."""
    generator = np.random.default_rng(3)
    for weight in model.weights:
        if "kernel" not in weight.name:
            low = 0.5 if "variance" in weight.name or "gamma" in weight.name else -0.2
            weight.assign(generator.uniform(low, low + 0.6, weight.shape).astype(np.float32))
    return model


def case(build, folder: Path, suffix: str):
    """A file, images for it, and what the Keras that wrote it says of them."""
    model = stirred(build())
    path = folder / f"model{suffix}"
    model.save(path)
    x = images(model.input_shape[1:], 4)
    return path, x, model(x, training=False).numpy()


def assert_same(path: Path, x, expected):
    classifier = open_model(path, Preprocessor())
    found = classifier.probabilities(np.moveaxis(x, 1, 3) if classifier.form.transposed else x)
    np.testing.assert_allclose(found[:, -expected.shape[1] :], expected, atol=1e-5)
    assert expected.std() > 1e-3
    return classifier


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("build", KINDS.values(), ids=KINDS)
def test_keras_2_files_predict_what_keras_2_predicts(build, suffix, tmp_path):
    """Whole models of Keras 2.21, in HDF5 and in archives, to 1e-5."""
    if build is colours_turned_inside and suffix == ".keras":
        pytest.skip("Keras 2 itself cannot save a slice into an archive")
    keras2.utils.set_random_seed(1)
    assert_same(*case(build, tmp_path, suffix))


def test_layers_keep_the_names_of_the_file(tmp_path):
    """Nested names are joined by a slash, and a slash in a name of Keras 2 stays one."""
    classifier = assert_same(*case(teachable_machine, tmp_path, ".h5"))
    names = [layer.name for layer in classifier.layers]
    assert any(name.endswith("backbone/block1/conv") for name in names)
    assert next(layer for layer in classifier.layers if layer.name.endswith("block1/conv")).rectifies


def rewritten(path: Path, change, version: str) -> None:
    """The same HDF5 file with the architecture as an older Keras wrote it."""
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps(change(json.loads(file.attrs["model_config"])))
        file.attrs["keras_version"] = version


def bare_list(config):
    """Up to Keras 2.2.2 a Sequential is a list of layers, whose first knows the input shape."""
    layers = [layer for layer in config["config"]["layers"] if layer["class_name"] != "InputLayer"]
    return {"class_name": "Sequential", "config": layers}


def without_input_layer(config):
    """Keras 2.2.4 to 2.3.1."""
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": bare_list(config)["config"]}}


OF_KERAS_1 = {
    "filters": "nb_filter", "strides": "subsample", "padding": "border_mode", "units": "output_dim", "rate": "p",
    "use_bias": "bias", "data_format": "dim_ordering",
}  # fmt: skip


def keras_1(config):
    """Classes and arguments as Keras 1 named them."""
    return {"class_name": "Sequential", "config": [_keras_1_layer(layer) for layer in bare_list(config)["config"]]}


def _keras_1_layer(layer):
    kind = {"Conv2D": "Convolution2D"}.get(layer["class_name"], layer["class_name"])
    inner = {
        OF_KERAS_1.get(k, k): v for k, v in layer["config"].items() if not k.endswith(("initializer", "regularizer"))
    }
    if "dim_ordering" in inner:
        inner["dim_ordering"] = {"channels_last": "tf", "channels_first": "th"}[inner["dim_ordering"]]
    if kind == "Convolution2D":
        inner["nb_row"], inner["nb_col"] = inner.pop("kernel_size")
        inner |= {"init": "glorot_uniform", "W_regularizer": None, "b_constraint": None}
    if kind == "BatchNormalization":
        inner |= {"mode": 0, "axis": -1}
    for key in ("groups", "dilation_rate", "dtype") if kind == "Convolution2D" else ("dtype",):
        inner.pop(key, None)
    return {"class_name": kind, "config": inner}


def student_network():
    stack = [layers.Conv2D(4, (3, 2), input_shape=(12, 12, 1), activation="relu"), layers.MaxPooling2D()]
    stack += [layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False), layers.BatchNormalization()]
    stack += [layers.Dropout(0.3), layers.Flatten(), layers.Dense(3), layers.Activation("softmax")]
    return keras2.Sequential(stack)


ERAS = [(bare_list, "2.0.8"), (bare_list, "2.2.2"), (without_input_layer, "2.2.4-tf"), (keras_1, "1.1.1")]


@pytest.mark.parametrize(("change", "version"), ERAS)
def test_sequential_files_of_every_era_open(change, version, tmp_path):
    """Bare lists, shapes on the first layer, and the names of Keras 1."""
    path, x, expected = case(student_network, tmp_path, ".h5")
    rewritten(path, change, version)
    classifier = assert_same(path, x, expected)
    assert classifier.facts.keras_version == version
    assert [layer.kind for layer in classifier.layers][:2] == ["Conv2D", "MaxPooling2D"]


def test_kernels_of_theano_are_turned(tmp_path):
    """Keras 1 with channels first kept kernels as (out, in, h, w), and Theano mirrored them."""
    path, x, expected = case(student_network, tmp_path, ".h5")
    rewritten(path, keras_1, "1.2.0")
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        kernels = [name for name in _datasets(file["model_weights"]) if file["model_weights"][name].ndim == 4]
        for name in kernels:
            turned = file["model_weights"][name][()][::-1, ::-1].transpose(3, 2, 0, 1)
            del file["model_weights"][name]
            file["model_weights"][name] = turned
        file.attrs["model_config"] = json.dumps({**config, "note": {"dim_ordering": "th"}})
        file.attrs["backend"] = "theano"
    assert len(kernels) == 2
    assert_same(path, x, expected)


def _datasets(group):
    names = []
    group.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return names


@pytest.mark.parametrize(
    ("module", "version"), [("keras.engine.functional", "2.12.0"), ("keras.src.engine.functional", "2.15.0")]
)
def test_archives_of_keras_2_open_from_2_12_on(module, version, tmp_path):
    """Module names that are gone, and weights under another group."""
    path, x, expected = case(transformer_block, tmp_path, ".keras")
    old = tmp_path / "old.keras"
    with ZipFile(path) as archive, ZipFile(old, "w") as written:
        written.writestr(
            "config.json", archive.read("config.json").replace(b"tf_keras.src.engine.functional", module.encode())
        )
        written.writestr("metadata.json", json.dumps({"keras_version": version}))
        weights = Path(archive.extract("model.weights.h5", tmp_path))
        if version == "2.12.0":
            with h5py.File(weights, "r+") as file:
                file.move("layers", "_layer_checkpoint_dependencies")
        written.write(weights, "model.weights.h5")
    assert_same(old, x, expected)


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_bytecode_of_keras_2_runs_only_with_trust(suffix, tmp_path):
    """A Lambda layer is refused before anything is opened; with trust it computes what it computed."""
    entry = keras2.Input((12, 12, 1))
    x = layers.Lambda(lambda x: x * 3.0 - 1.0, name="scaled")(entry)
    model = stirred(keras2.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(x))))
    path, x = tmp_path / f"model{suffix}", images((12, 12, 1))
    model.save(path)
    with pytest.raises(ModelError, match="a Lambda layer `scaled`"):
        open_model(path, Preprocessor())
    trusted = open_model(path, Preprocessor(), Asked(trust=True))
    np.testing.assert_allclose(trusted.probabilities(x), model(x, training=False), atol=1e-5)


def test_the_content_counts_and_not_the_suffix(tmp_path):
    """An HDF5 file named .keras opens."""
    path, x, expected = case(student_network, tmp_path, ".h5")
    assert_same(path.rename(tmp_path / "model.keras"), x, expected)
