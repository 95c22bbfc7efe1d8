"""Traps of the field in scores, gradients and class activation: each is sprung on the naive way, and ours is not in it.

The others are in test_right_by_default_beyond.py; docs/right-by-default.md lists all of them for users.
"""

import re

import numpy as np
import pytest

from generator.classifier import Score, carriers, layer_called
from generator.maps.pixels import enlarge
from generator.methods.occlusion import PatchGrid
from tests import ROOT
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed, correlations, keras_library, opened, stock

RANDOM = np.random.default_rng(0)
NOISE = RANDOM.random((4, 16, 16, 1)).astype(np.float32)
FIRST = np.zeros(4, np.int64)


def sequence(*layers, seed=0, classes=3):
    """A functional Keras model on 16×16 grey: the layers in a row, then a dense head that puts out logits."""
    keras = keras_library()
    keras.utils.set_random_seed(seed)
    x = start = keras.Input((16, 16, 1))
    for layer in layers:
        x = layer(x)
    head = keras.layers.Dense(classes, name="head")(keras.layers.Flatten()(x))
    return keras.Model([start], [head])


def stock_saliency(model, **options):
    """tf-keras-vis' plain gradient, without its stretch of every map to 0 … 1."""
    return stock().Saliency(model, **options)(stock().CategoricalScore(FIRST.tolist()), NOISE, normalize_map=False)


@pytest.mark.parametrize("where", ["layer", "nested"])
def test_scores_before_the_softmax(where, tmp_path):
    """`ReplaceToLinear` leaves a Softmax layer and a nested head as they are: the "scores" still sum to 1."""
    keras = keras_library()
    model = sequence(keras.layers.Conv2D(4, 3, activation="relu"))
    if where == "layer":
        model = keras.Model(model.inputs, [keras.layers.Softmax()(model.outputs[0])])
    else:
        head = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])
        model = keras.Model(model.inputs, [head(model.outputs[0])])
    naive = stock().Saliency(model, model_modifier=stock().ReplaceToLinear()).model
    np.testing.assert_allclose(np.asarray(naive([NOISE])).reshape(4, 3).sum(axis=1), 1, atol=1e-5)
    classifier = opened(model, tmp_path)
    logits, predicted = classifier.logits(NOISE), np.asarray(model([NOISE])).reshape(4, 3)
    assert np.abs(logits.sum(axis=1) - 1).min() > 1e-3
    np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), predicted, atol=1e-5)


def test_a_saturated_softmax_has_no_gradient():
    """At p = 0.9996 the probability hardly moves; the logit does, and the difference to the runner-up is on offer."""
    weights = np.zeros((4, 4, 1, 2), np.float32)
    weights[..., 0], weights[0, 0, 0, 1] = 0.5, 0.5
    request = request_of(LinearClassifier(weights, np.array([0.3, 0], np.float32)), np.ones((1, 4, 4, 1)), target=0)
    assert request.batch.probability[0, 0] > 0.999
    assert computed("saliency", request, score="probability").values.max() < 1e-3
    assert computed("saliency", request).values.min() == 0.5
    against = request_of(request.classifier, np.ones((1, 4, 4, 1)), target=0, against=1)
    assert computed("saliency", against).values[0, 0, 0] == 0  # what both classes share cancels
    assert computed("saliency", against).values[0, 3, 3] == 0.5


def rectified(kind):
    """A model whose rectifier is where tf-keras-vis does not look."""
    keras = keras_library()
    convolution = keras.layers.Conv2D(6, 3, padding="same")
    if kind == "nested":
        layers = [keras.Input((16, 16, 1)), keras.layers.Conv2D(6, 3, activation="relu")]
        return sequence(keras.Sequential(layers, name="backbone"))
    rectifier = {"ReLU": keras.layers.ReLU(), "ReLU6": keras.layers.ReLU(6), "swish": keras.layers.Activation("swish")}
    return sequence(convolution, rectifier[kind])


@pytest.mark.parametrize("kind", ["ReLU", "ReLU6", "swish", "nested"])
def test_guided_backpropagation_guides(kind, tmp_path):
    """The stock modifier rewrites `activation="relu"` at the top level only: elsewhere it is the plain gradient."""
    model = rectified(kind)
    naive = stock_saliency(model, model_modifier=stock().GuidedBackpropagation())
    np.testing.assert_allclose(naive, stock_saliency(model), atol=1e-6)
    request = request_of(opened(model, tmp_path), NOISE, target=0)
    guided, plain = computed("guided_backprop", request), computed("saliency", request)
    assert np.abs(guided.values - plain.values).max() > 0.01 * plain.values.max()
    assert guided.remarks == ("",) * 4


def test_where_nothing_can_be_guided_it_is_said(tmp_path):
    """Without any rectifier guided backpropagation is the plain gradient, and says "not applicable"."""
    model = sequence(keras_library().layers.Conv2D(4, 3, activation="tanh"))
    naive = stock_saliency(model, model_modifier=stock().GuidedBackpropagation())
    np.testing.assert_allclose(naive, stock_saliency(model), atol=1e-6)
    maps = computed("guided_backprop", request_of(opened(model, tmp_path), NOISE, target=0))
    assert maps.remarks == ("not_applicable",) * 4


def test_guided_pictures_carry_their_warning(tmp_path):
    """Guided maps of two classes are nearly the same, those of the gradient are not; the fact stands beside them."""
    layers = keras_library().layers
    model = sequence(*(layers.Conv2D(12, 3, activation="relu") for _ in range(3)), layers.GlobalAveragePooling2D())
    classifier = opened(model, tmp_path)
    alike = {}
    for name in ("guided_backprop", "saliency"):
        first, second = (computed(name, request_of(classifier, NOISE, target=target)) for target in (0, 1))
        alike[name] = np.mean(correlations(first.values, second.values))
        assert ("insensitive" in first.facts) == (name == "guided_backprop")
    assert alike["guided_backprop"] > 0.8 > alike["saliency"]


def ends_of_families():
    """The ends of three families of networks: a model, and the map that its head reads."""
    keras = keras_library()
    layers = keras.layers
    start = keras.Input((16, 16, 1))
    stem = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="stem")(start)
    added = layers.Add(name="sum")([stem, layers.Conv2D(8, 3, padding="same")(stem)])
    joined = layers.Concatenate(name="all")([stem, layers.Conv2D(2, 3, padding="same")(stem)])
    pooled = layers.GlobalAveragePooling2D(keepdims=True)(stem)
    ends = {
        "ResNet": (layers.GlobalAveragePooling2D()(added), "sum"),
        "DenseNet": (layers.GlobalAveragePooling2D()(joined), "all"),
        "MobileNet": (layers.Flatten()(layers.Conv2D(16, 1)(pooled)), "stem"),
    }
    return {kind: (keras.Model([start], [layers.Dense(3)(end)]), name) for kind, (end, name) in ends.items()}


@pytest.mark.parametrize("kind", ["ResNet", "DenseNet", "MobileNet"])
def test_the_last_map_rather_than_the_last_convolution(kind, tmp_path):
    """The last convolution lies before the addition, has few of the channels, or is 1×1 without a place to point at."""
    model, name = ends_of_families()[kind]
    naive = tuple(stock().ExtractIntermediateLayerForGradcam()(model).outputs[-1].shape[1:])
    classifier = opened(model, tmp_path)
    assert carriers(classifier.layers) == (name,)
    chosen = layer_called(name, classifier.layers)
    if kind == "ResNet":  # the same shape, yet not all that the head sees
        keras = keras_library()
        before, after = (keras.Model(model.inputs, [layer.output]) for layer in model.layers[-4:-2])
        assert not np.allclose(np.asarray(before([NOISE])[0]), np.asarray(after([NOISE])[0]))
    else:
        assert naive[:2] == (1, 1) or naive[2] < chosen.shape[2]
    facts = computed("gradcam", request_of(classifier, NOISE)).facts
    assert (facts["layer"], facts["grid"]) == (name, (8, 8))


def test_a_crop_within_the_model_moves_the_map(tmp_path):
    """The stock map of the middle 8×8 pixels is spread over all 16×16; ours ends where the model's eyes end."""
    layers = keras_library().layers
    model = sequence(layers.CenterCrop(8, 8), layers.Conv2D(4, 3, padding="same", activation="relu", name="last"))
    options = {"activation_modifier": None, "normalize_cam": False}
    naive = stock().Gradcam(model)(stock().CategoricalScore(FIRST.tolist()), NOISE, **options)
    ours = computed("gradcam", request_of(opened(model, tmp_path), NOISE, target=0), signed=True)
    around = np.ones((16, 16), bool)
    around[4:12, 4:12] = False
    assert np.abs(naive[:, around]).max() > 0.3 * np.abs(naive).max()
    assert not ours.values[:, around].any()
    np.testing.assert_allclose(ours.values[:, 4:12, 4:12], ours.native, atol=1e-6)


def test_no_branch_is_forgotten(tmp_path):
    """The stock map is that of the last convolution alone; ours is of both halves of the picture."""
    keras, layers = keras_library(), keras_library().layers
    keras.utils.set_random_seed(0)
    start = keras.Input((16, 16, 1))
    halves = [layers.Cropping2D(((0, 0), cut))(start) for cut in ((0, 8), (8, 0))]
    ends = [layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, padding="same")(half)) for half in halves]
    model = keras.Model([start], [layers.Dense(3)(layers.Concatenate()(ends))])
    naive = stock().ExtractIntermediateLayerForGradcam()(model).outputs[-1].shape
    assert tuple(naive[1:3]) == (16, 8)
    ours = computed("gradcam", request_of(opened(model, tmp_path), NOISE, target=0), signed=True)
    assert len(ours.facts["added"]) == 2
    assert min(np.abs(ours.values[:, :, half]).max() for half in (slice(0, 8), slice(8, 16))) > 0


def test_an_empty_class_activation_says_so(tmp_path):
    """For a class that only loses, the stock map is zero everywhere, without a word; ours says why and has the sign."""
    layers = keras_library().layers
    model = sequence(layers.Conv2D(1, 1, use_bias=False, name="last", kernel_initializer="ones"), classes=2)
    head = model.get_layer("head")
    head.set_weights([np.abs(head.get_weights()[0]) * [-1, 1], np.zeros(2)])
    naive = stock().Gradcam(model)(stock().CategoricalScore(FIRST.tolist()), NOISE, normalize_cam=False)
    assert np.abs(naive).max() == 0
    request = request_of(opened(model, tmp_path), NOISE, target=0)
    assert computed("gradcam", request).remarks == ("nothing_speaks_for",) * 4
    assert computed("gradcam", request, signed=True).values.max() < 0


@pytest.mark.parametrize("cell", range(7))
def test_small_maps_are_enlarged_in_place(cell):
    """The middle of a cell shows the cell's value; SciPy's zoom lays corner on corner, and is up to 15 pixels off."""
    from scipy.ndimage import zoom

    small = np.zeros((1, 7, 7), np.float32)
    small[0, cell] = 1
    middle = slice(32 * cell + 15, 32 * cell + 17)
    assert enlarge(small, (224, 224))[0, middle].min() > 0.98
    if cell != 3:  # only the middle of the picture stays where it was
        assert zoom(small[0], 32, order=1)[middle].max() < 0.9


def test_smoothgrad_averages_before_the_magnitude(tmp_path):
    """Where the gradient only changes sign under noise nothing is left of it; the stock default adds up magnitudes."""
    keras = keras_library()
    start = keras.Input((16, 16, 1))
    square = keras.layers.Multiply()([start, start])
    head = keras.layers.Dense(2, use_bias=False, kernel_initializer="ones")
    model = keras.Model([start], [head(keras.layers.Flatten()(square))])
    images = np.zeros((1, 16, 16, 1), np.float32)
    images[0, :, 8:] = 1  # the gradient is twice the value: 0 on the left, 2 on the right
    score = stock().CategoricalScore([0])
    naive = stock().Saliency(model)(score, images, smooth_samples=200, smooth_noise=0.2, normalize_map=False)
    ours = computed("smoothgrad", request_of(opened(model, tmp_path), images, target=0), samples=200).values
    assert naive[0, :, :8].mean() > 0.25  # 2 · 0.2 · √(2/π) = 0.32
    assert ours[0, :, :8].mean() < 0.05
    np.testing.assert_allclose(ours[0, :, 8:].mean(), 2, rtol=0.02)


def test_one_sigmoid_has_one_map_for_both_classes(tmp_path):
    """Magnitudes of p and 1 − p are the same picture twice; ours says so, and the signed maps are opposites."""
    layers = keras_library().layers
    body = sequence(layers.Conv2D(4, 3, activation="relu"), classes=1)
    model = keras_library().Model(body.inputs, [layers.Activation("sigmoid")(body.outputs[0])])
    classifier = opened(model, tmp_path)
    requests = [request_of(classifier, NOISE, target=target) for target in (0, 1)]
    same = [computed("saliency", request) for request in requests]
    np.testing.assert_allclose(same[0].values, same[1].values, atol=1e-6)
    assert same[0].facts["one_output"] is True
    signed = [computed("saliency", request, signed=True) for request in requests]
    np.testing.assert_allclose(signed[0].values, -signed[1].values, atol=1e-6)
    assert signed[0].signed
    assert "one_output" not in signed[0].facts


def test_dropout_and_batch_statistics_stay_off(tmp_path):
    """A gradient taken in training mode differs from call to call and with the rest of the batch; ours never does."""
    layers = keras_library().layers
    model = sequence(layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.8))
    noisy = _in_training(model)
    assert np.abs(noisy[0] - noisy[1]).max() > 0.01 * np.abs(noisy[0]).max()
    classifier = opened(model, tmp_path)
    ours = [computed("saliency", request_of(classifier, NOISE, target=0)).values for _ in range(2)]
    assert (ours[0] == ours[1]).all()
    alone = computed("saliency", request_of(classifier, NOISE[:1], target=0)).values
    np.testing.assert_allclose(ours[0][:1], alone, atol=1e-6)
    np.testing.assert_allclose(ours[0], stock_saliency(model), atol=1e-5)


def _in_training(model):
    score = stock().CategoricalScore(FIRST.tolist())
    return [stock().Saliency(model)(score, NOISE, training=True, normalize_map=False) for _ in range(2)]


def test_explaining_leaves_the_model_as_it_was(tmp_path):
    """`clone=False` makes the user's model put out logits from then on; ours predicts after every method as before."""
    keras = keras_library()
    body = sequence(keras.layers.Conv2D(4, 3, activation="relu"))
    model = keras.Model(body.inputs, [keras.layers.Dense(3, activation="softmax")(body.outputs[0])])
    classifier = opened(model, tmp_path)
    before = classifier.probabilities(NOISE)
    for name in ("guided_backprop", "gradcam", "scorecam", "smoothgrad", "class_maximization"):
        computed(name, request_of(classifier, NOISE))
    assert (classifier.probabilities(NOISE) == before).all()
    np.testing.assert_allclose(np.asarray(model([NOISE])).reshape(4, 3), before, atol=1e-5)
    stock().Saliency(model, model_modifier=stock().ReplaceToLinear(), clone=False)
    assert np.abs(np.asarray(model([NOISE])).reshape(4, 3).sum(axis=1) - 1).max() > 1e-3


def test_bytes_have_a_gradient_too(tmp_path):
    """uint8 pixels are no input a gradient can be taken by: stock fails, ours takes them as float32."""
    model = sequence(keras_library().layers.Conv2D(4, 3, activation="relu"))
    pixels = (NOISE * 255).astype(np.uint8)
    with pytest.raises(ValueError, match=r"None|dtype"), np.errstate(all="ignore"):
        stock().Saliency(model)(stock().CategoricalScore(FIRST.tolist()), pixels)
    classifier = opened(model, tmp_path)
    gradient = classifier.gradients(pixels, Score(FIRST))
    assert (gradient == classifier.gradients(pixels.astype(np.float32), Score(FIRST))).all()
    assert np.abs(gradient).max() > 0


def test_occlusion_covers_the_edges_as_often():
    """A grid that starts and stops at the edge covers a corner once and the middle four times, and a later patch
    overwrites an earlier one; ours runs over the edge and takes the mean."""
    naive = np.zeros((16, 16), int)
    for top in range(0, 9, 4):
        for left in range(0, 9, 4):
            naive[top : top + 8, left : left + 8] += 1
    assert (naive[0, 0], naive[8, 8]) == (1, 4)
    ours = np.zeros((16, 16), int)
    grid = PatchGrid(8, 4, (16, 16))
    for top, bottom, left, right in grid.boxes:
        ours[top:bottom, left:right] += 1
    assert (ours == 4).all()
    drops = np.arange(len(grid.boxes), dtype=float)[None]
    over = [k for k, (top, bottom, left, right) in enumerate(grid.boxes) if top <= 5 < bottom and left <= 9 < right]
    np.testing.assert_allclose(grid.spread(drops)[0, 5, 9], np.mean(over))


def test_an_occluding_patch_is_no_feature_itself():
    """On an even grey picture there is nothing to hide: black costs the score a fall, the standard blur costs none."""
    bright = LinearClassifier(np.stack([np.ones((16, 16, 1)), np.zeros((16, 16, 1))], -1).astype(np.float32))
    request = request_of(bright, np.full((1, 16, 16, 1), 0.5), target=0)
    assert computed("occlusion", request, baseline="black", score="logit").values.max() > 0.1
    standard = computed("occlusion", request, score="logit")
    assert np.abs(standard.values).max() < 1e-4
    assert standard.facts["baseline"] == "blur"
    assert {"patch", "stride"} <= set(standard.facts)


def test_the_table_for_users_names_these_tests():
    """Every test that docs/right-by-default.md names exists, and every trap tested here is in its table."""
    root = ROOT / "tests"
    named = set(re.findall(r"`(test_\w+)`", (root.parent / "docs" / "right-by-default.md").read_text(encoding="utf-8")))
    found = {
        path: set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)) for path in root.rglob("test_*.py")
    }
    assert named <= set().union(*found.values())
    traps = set().union(*(names for path, names in found.items() if "right_by_default" in path.name))
    assert traps - named == {"test_the_table_for_users_names_these_tests"}
