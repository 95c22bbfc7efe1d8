"""Every kind of model through every question of the port, with oneDNN on, whose eager filter gradients crash."""

import os
import re
import warnings
from dataclasses import replace

import numpy as np
import pytest

from generator.classifier import Ascent, Asked, Score
from generator.data.preprocess import Preprocessor
from generator.errors import ModelError
from generator.limits import Limits
from generator.model.keras_door import keras
from generator.model.keras_model import open_model
from tests.fixtures.model_kinds import KINDS, convolutional
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened, refusal, saved

pytestmark = KERAS_COPIES
layers = keras.layers

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
    assert output.shape == slope.shape == (5, *layer.maps)
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


@keras.saving.register_keras_serializable("tests")
class Registered(layers.Layer):
    def call(self, x):
        return x + 1


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_registered_class_opens(suffix, tmp_path):
    """Whoever builds from Python may register a layer."""
    path = saved(convolutional(Registered()), tmp_path / f"model{suffix}")
    assert "Registered" in [layer.kind for layer in open_model(path, Preprocessor()).layers]


def two_inputs():
    first, second = keras.Input((8, 8, 1), name="left"), keras.Input((8, 8, 1), name="right")
    return keras.Model([first, second], layers.Dense(3)(layers.Flatten()(layers.Add()([first, second]))))


def three_outputs():
    entry = keras.Input((8, 8, 1))
    flat = layers.Flatten()(entry)
    return keras.Model(entry, [layers.Dense(2, name=name)(flat) for name in ("age", "sex", "mood")])


OTHER_TASKS = {
    "two_inputs": (two_inputs, "the model takes 2 inputs (left, right); one image is what can be explained"),
    "three_outputs": (
        three_outputs,
        "the model has 3 outputs (age, sex, mood); say which one under `model`, with `output: NAME`",
    ),
    "segmentation": (
        lambda: convolutional(head=(layers.Conv2D(2, 1, activation="softmax"),)),
        "the model puts out arrays of 12×12×2, a picture or a sequence; a classifier is needed",
    ),
    "sound": (
        lambda: keras.Sequential([keras.Input((7,)), layers.Dense(3, "softmax")]),
        "the model takes arrays of shape (7,), which are no images",
    ),
    "any_size": (
        lambda: convolutional(shape=(None, None, 3), head=(layers.GlobalMaxPooling2D(), layers.Dense(2))),
        "the model takes images of any size; say which one under `model`, with `size: [height, width]`",
    ),
    "softmax_over_one": (
        lambda: convolutional(head=(layers.Flatten(), layers.Dense(1, "softmax"))),
        "the model has a softmax over one output, which is always 1; one output needs a sigmoid",
    ),
}


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")
@pytest.mark.parametrize("name", OTHER_TASKS)
def test_what_is_no_classifier_of_one_image_is_refused(name, tmp_path):
    """Two inputs, several outputs, a picture as output, and what cannot be right."""
    build, message = OTHER_TASKS[name]
    assert refusal(saved(build(), tmp_path / "model.keras")) == message


def heads(form):
    """A network with three heads of different kinds, in a list or a dictionary."""
    entry = keras.Input((8, 8, 1))
    flat = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(entry))
    ends = [layers.Dense(width, end, name=name)(flat) for name, width, end in HEADS]
    picture = layers.UpSampling2D(name="picture")(entry)
    named = [*zip((name for name, _, _ in HEADS), ends, strict=True), ("picture", picture)]
    return keras.Model(entry, dict(named) if form == "dict" else [end for _, end in named])


HEADS = (("mood", 4, "softmax"), ("sex", 1, "sigmoid"), ("age", 3, "linear"))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("form", ["list", "dict"])
def test_one_of_several_heads_is_explained_by_its_name(form, suffix, tmp_path):
    """Each by its own scores; what the others put out is no matter."""
    model = heads(form)
    path, x = saved(model, tmp_path / f"model{suffix}"), images((8, 8, 1), 5)
    said = model(x)
    for place, (name, width, end) in enumerate(HEADS):
        found = open_model(path, Preprocessor(), Asked(output=name))
        own = np.asarray(said[name] if form == "dict" else said[place])
        assert (found.n_classes, found.one_output) == (max(width, 2), width == 1)
        answer = found.logits(x) if end == "linear" else found.probabilities(x)
        np.testing.assert_allclose(answer[:, -width:], own, atol=1e-5)
        assert not any(layer.name in {other for other, _, _ in HEADS} - {name} for layer in found.layers)


def test_a_head_that_is_not_there_or_no_classifier_is_said_to_be_that(tmp_path):
    """With the nearest, and where one output has no need of a name."""
    path = saved(heads("list"), tmp_path / "model.keras")
    assert refusal(path, output="mod") == "the model has no output 'mod'; did you mean 'mood'?"
    assert refusal(path, output="picture") == (
        "the model puts out arrays of 16×16×1, a picture or a sequence; a classifier is needed"
    )
    alone = saved(convolutional(), tmp_path / "alone.keras")
    assert open_model(alone, Preprocessor(), Asked(output="scores")).n_classes == 3
    assert refusal(alone, output="other") == "the model has no output 'other'; known: scores"


@pytest.mark.parametrize("layer", [1, 2])
def test_one_linear_output_is_a_value_where_that_is_asked_for(layer, tmp_path):
    """Its score is the value, and so is its prediction; asked for classes it stays the score of the second of two."""
    x = entry = keras.Input((10, 10, 1))
    x = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(x))
    x = layers.Dense(1, name="age")(x) if layer == 1 else layers.Activation("linear")(layers.Dense(1)(x))
    path, pictures = saved(keras.Model(entry, x), tmp_path / "model.keras"), images((10, 10, 1), 4)
    own = np.asarray(keras.Model(entry, x)(pictures))
    value, two = (open_model(path, Preprocessor(), Asked(value=asked)) for asked in (True, False))
    assert (value.n_classes, value.one_output, two.n_classes, two.one_output) == (1, False, 2, True)
    np.testing.assert_allclose(value.logits(pictures), own, atol=1e-5)
    np.testing.assert_allclose(value.probabilities(pictures), own, atol=1e-5)
    np.testing.assert_allclose(np.diff(two.logits(pictures)), own, atol=1e-5)
    slope = value.gradients(pictures, Score(np.zeros(4, np.int64)))
    np.testing.assert_allclose(slope, 2 * two.gradients(pictures, Score(np.ones(4, np.int64))), atol=1e-6)


@pytest.mark.parametrize("head", [(3, "softmax"), (1, "sigmoid"), (4, "linear")])
def test_what_is_no_value_is_not_made_one(head, tmp_path):
    """Classes stay classes, whoever asks for a value; the build then says that they have no names."""
    path = saved(convolutional(head=(layers.Flatten(), layers.Dense(*head))), tmp_path / "model.keras")
    assert open_model(path, Preprocessor(), Asked(value=True)).n_classes == max(head[0], 2)


def averaged(end, width, weighed=None):
    """Two networks on one picture whose probabilities are averaged, or weighed."""
    x = keras.Input((10, 10, 1))
    parts = [network_of(end, width)(x), network_of(end, width, layer_of_its_own=True)(x)]
    if weighed is None:
        return keras.Model(x, layers.Average()(parts))
    if weighed == "stack":
        return keras.Model(x, keras.ops.mean(keras.ops.stack(parts), axis=0))
    return keras.Model(x, weighed * parts[0] + (1 - weighed) * parts[1])


def network_of(end, width, layer_of_its_own=False):
    last = [layers.Dense(width), layers.Activation(end)] if layer_of_its_own else [layers.Dense(width, end)]
    return keras.Sequential([keras.Input((10, 10, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), *last])


@pytest.mark.parametrize("weighed", [None, 0.3, "stack"])
@pytest.mark.parametrize(("end", "width"), [("softmax", 3), ("sigmoid", 3), ("sigmoid", 1)])
def test_an_average_of_several_models_has_scores(end, width, weighed, tmp_path):
    """They squash to what the model predicts, and their slopes are not flat."""
    model = averaged(end, width, weighed)
    path, x = saved(model, tmp_path / "model.keras"), images((10, 10, 1), 5)
    found = open_model(path, Preprocessor())
    np.testing.assert_allclose(found.probabilities(x)[:, -width:], np.asarray(model(x)), atol=1e-5)
    assert np.abs(found.gradients(x, Score(np.zeros(5, np.int64)))).max() > 1e-3


def test_the_average_of_one_model_with_itself_has_that_models_scores_also_where_it_is_sure(tmp_path):
    """Where the probability is 1 its logarithm is flat; the slopes are those before the softmax."""
    single = network_of("softmax", 3)
    single.layers[-1].kernel.assign(160 * single.layers[-1].kernel)
    x = keras.Input((10, 10, 1))
    both = keras.Model(x, layers.Average()([single(x), single(x)]))
    one, two = (opened_as_it_is(model, tmp_path / f"{k}.keras") for k, model in enumerate((single, both)))
    pictures = images((10, 10, 1), 5)
    assert one.probabilities(pictures).max() > 0.9999
    score = Score(one.probabilities(pictures).argmax(axis=1))
    scores = [model.logits(pictures).max(axis=1) for model in (one, two)]
    np.testing.assert_allclose(scores[1], scores[0], rtol=1e-4)
    slopes = [model.gradients(pictures, score) for model in (one, two)]
    np.testing.assert_allclose(slopes[1], slopes[0], atol=1e-3 * np.abs(slopes[0]).max())


def opened_as_it_is(model, path):
    model.save(path)
    return open_model(path, Preprocessor())


def test_what_only_looks_like_an_average_of_probabilities_is_linear(tmp_path):
    """A sigmoid stretched to 0..10 is a number, no probability."""
    x = keras.Input((10, 10, 1))
    model = keras.Model(x, layers.Rescaling(10.0)(network_of("sigmoid", 3)(x)))
    path, pictures = saved(model, tmp_path / "model.keras"), images((10, 10, 1), 5)
    np.testing.assert_allclose(
        open_model(path, Preprocessor()).logits(pictures), np.asarray(model(pictures)), atol=1e-4
    )


def test_a_size_can_be_given_where_the_model_leaves_it_open(tmp_path):
    """Fully convolutional models take images of any size."""
    path = saved(OTHER_TASKS["any_size"][0](), tmp_path / "model.keras")
    assert open_model(path, Preprocessor(), Asked(size=(10, 14))).input_shape == (10, 14, 3)
    fixed = saved(convolutional(), tmp_path / "fixed.keras")
    assert open_model(fixed, Preprocessor(), Asked(size=(10, 14))).input_shape == (12, 12, 1)


def test_no_gradient_is_said_in_words(tmp_path):
    """A model that rounds inside cannot be asked for gradients, and says what can be done."""
    from generator.classifier import Score

    classifier = open_model(saved(convolutional(Rounded()), tmp_path / "model.keras"), Preprocessor())
    message = "no gradient leads from the scores back to the image; occlusion and lime do without one"
    with pytest.raises(ModelError, match=f"^{re.escape(message)}$"):
        classifier.gradients(np.zeros((1, 12, 12, 1), np.float32), Score(np.zeros(1, np.int64)))


@keras.saving.register_keras_serializable("tests")
class Rounded(layers.Layer):
    def call(self, x):
        return keras.ops.cast(keras.ops.cast(x * 10, "int32"), "float32")


def test_operations_in_hdf5_open_although_keras_forgets_where_they_live(tmp_path):
    """Keras 3 writes `x / 127.5` into HDF5 and cannot read it again; here it predicts what the model predicts."""
    model = KINDS["operations"]()
    path, x = saved(model, tmp_path / "model.h5"), images((12, 12, 3)) * 255
    with pytest.raises(ValueError, match="Unknown layer: 'TrueDivide'"):
        keras.models.load_model(path, compile=False)
    np.testing.assert_allclose(open_model(path, Preprocessor()).probabilities(x), model(x, training=False), atol=1e-5)


@pytest.mark.parametrize("name", ["model.keras", "plain", "MODEL.KERAS", "Model.H5", "model.HDF5", "model.weights.h5"])
def test_a_suffix_that_lies_is_no_obstacle(name, tmp_path):
    """Told by content: another suffix, none, or one in capitals."""
    for form in (".h5", ".keras"):
        path = saved(convolutional(), tmp_path / f"saved{form}").rename(tmp_path / name)
        assert open_model(path, Preprocessor()).n_classes == 3


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "bfloat16", "float16"])
@pytest.mark.parametrize("head", [("softmax",), ("sigmoid",), (None, "softmax")])
def test_a_softmax_of_few_digits_is_read(policy, head, tmp_path):
    """What the model predicts is rounded there; the scores before it are as good."""
    keras.config.set_dtype_policy(policy)
    try:
        dense = [layers.Dense(7, head[0]), *(layers.Activation(name) for name in head[1:])]
        path = saved(convolutional(head=(layers.Flatten(), *dense)), tmp_path / "model.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    found = open_model(path, Preprocessor()).probabilities(images((12, 12, 1), 5))
    assert found.shape == (5, 7) and np.isfinite(found).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_called_that(value, tmp_path):
    """With the layer, the reason and what to do."""
    model = convolutional()
    model.get_layer("scores").kernel.assign(np.full((720, 3), value))
    assert refusal(saved(model, tmp_path / "model.keras")) == (
        "the weights of the layer `scores` are not all finite numbers (NaN): the training failed; "
        "save the model from before that, or train it again with a smaller rate"
    )


def test_a_softmax_over_one_output_is_said_in_our_words_alone(tmp_path):
    """Keras' own warning would stand above them; here warnings are errors."""
    path = saved(convolutional(head=(layers.Flatten(), layers.Dense(1, "softmax"))), tmp_path / "model.keras")
    assert refusal(path).startswith("the model has a softmax over one output")


@pytest.mark.parametrize("kind", ["uint8", "int32"])
def test_a_model_that_takes_whole_numbers_opens(kind, tmp_path):
    """It predicts what the model itself predicts of pictures of 0 to 255."""
    start = keras.Input((12, 12, 3), dtype=kind)
    x = layers.Conv2D(4, 3, activation="relu")(layers.Rescaling(1 / 255)(keras.ops.cast(start, "float32")))
    model = keras.Model(start, layers.Dense(3, "softmax")(layers.GlobalAveragePooling2D()(x)))
    found, x = opened(model, tmp_path / "model.keras"), np.round(255 * images((12, 12, 3)))
    np.testing.assert_allclose(found.probabilities(x), np.asarray(model(x.astype(kind))), atol=1e-5)


@pytest.mark.parametrize("hot", [False, True])
def test_the_place_of_the_largest_score_is_no_score(hot, tmp_path):
    """The layer is named, and what to do."""
    model = convolutional()
    place = keras.ops.argmax(model.output, axis=-1)
    path = saved(keras.Model(model.inputs, keras.ops.one_hot(place, 3) if hot else place), tmp_path / "model.keras")
    assert re.fullmatch(
        f"the model ends with {'OneHot' if hot else 'Argmax'} \\(layer `.*`\\), which says which score is the largest "
        "and not the scores; save the model up to the layer before that",
        refusal(path),
    )


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_sequential_that_was_never_built_is_called_that(suffix, tmp_path):
    """It has no weights; what is missing is its input."""
    path = tmp_path / f"model.{suffix}"
    with warnings.catch_warnings(action="ignore"):
        keras.Sequential([layers.Conv2D(3, 3), layers.GlobalAveragePooling2D()]).save(path)
    assert refusal(path) == (
        "the model is a Sequential that was never built: it knows no shape of images and has no weights; begin it "
        "with `keras.Input((height, width, channels))`, train it, and save it again"
    )


TURNS = {
    "layer": layers.Permute((2, 3, 1)),
    "behind a scaling": lambda x: layers.Permute((2, 3, 1))(layers.Rescaling(2.0)(x)),
    "transpose": lambda x: keras.ops.transpose(x, (0, 2, 3, 1)),
    "moveaxis": lambda x: keras.ops.moveaxis(x, 1, -1),
}


@pytest.mark.parametrize("name", TURNS)
def test_channels_first_that_the_model_turns_itself(name, tmp_path):
    """Pictures are given as it wants them; its cells lie where the layers say."""
    start = keras.Input((3, 12, 10))
    x = layers.Conv2D(4, 3, activation="relu", name="map")(TURNS[name](start))
    model = keras.Model(start, layers.Dense(3, "softmax")(layers.GlobalAveragePooling2D()(x)))
    found, x = opened(model, tmp_path / "model.keras"), images((12, 10, 3))
    assert found.input_shape == (12, 10, 3)
    np.testing.assert_allclose(found.probabilities(x), np.asarray(model(x.transpose(0, 3, 1, 2))), atol=1e-5)
    layer = next(layer for layer in found.layers if layer.name == "map")
    assert (layer.maps, layer.place.rows.middles[0], layer.place.columns.middles[-1]) == ((10, 8, 4), 1.5, 8.5)


@pytest.mark.parametrize("layer", [layers.UpSampling2D(10**5), layers.ZeroPadding2D(10**6)])
def test_a_picture_blown_up_beyond_the_memory_is_refused_before_it_is_computed(layer, tmp_path):
    """With the layer that does so, and what there is."""
    model = convolutional(layer, head=(layers.GlobalMaxPooling2D(), layers.Dense(3)))
    path = saved(model, tmp_path / "model.keras")
    assert re.fullmatch(
        rf"its layers put out [\d.e+]+ TB for 2 images, most of it in `{layer.name}`; the memory is [\d.]+ [GT]B",
        refusal(path),
    )
    assert refusal(saved(convolutional(), path), limits=Limits(memory=5000)).endswith("the memory is 5 kB")
