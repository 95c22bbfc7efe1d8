"""What all class activation maps share, by hand: the layer, the sum over its channels, and silence."""

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.maps.cam import spatial_layers, weighted
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.stock import computed, keras_library, opened


@pytest.mark.parametrize(("signed", "expected"), [(True, [[2.0, -1.0]]), (False, [[2.0, 0.0]])])
def test_the_map_is_what_the_method_makes_of_output_and_gradient(signed, expected):
    """Of two pixels of two channels: the sum of output times gradient, what is negative only where it is signed."""
    weights = np.array([[[[1.0, 0], [0.5, 0]], [[-1.0, 0], [0, 0]]]] * 2, np.float32)
    images = np.array([[[[1.0, 2.0], [1.0, 3.0]]] * 2], np.float32)
    request = request_of(LinearClassifier(weights), images, target=0)
    chosen = spatial_layers(request.classifier.layers, "identity")
    maps = weighted(request, chosen, "logit", signed, lambda output, gradient: (output * gradient).sum(axis=-1))
    np.testing.assert_allclose(maps.native, [expected * 2])
    np.testing.assert_allclose(maps.values, maps.native)
    assert maps.facts == {"score": "logit", "layer": "identity", "grid": (2, 2)}
    assert maps.remarks == ("",)


def test_nothing_speaks_for_a_class_that_only_loses(linear):
    """Where all weighted sums are negative the map is empty and says so; signed, it shows what speaks against."""
    against = LinearClassifier(-linear.weights)
    request = request_of(against, np.ones((2, 48, 48, 1)), target=0)
    assert computed("gradcam", request).remarks == ("nothing_speaks_for",) * 2
    signed = computed("gradcam", request, signed=True)
    assert signed.remarks == ("", "")
    assert signed.values.max() < 0


def test_no_gradient_is_flat(linear):
    """A class that depends on nothing is flat: neither for nor against."""
    assert computed("gradcam", request_of(linear, np.ones((1, 48, 48, 1)), target=1)).remark(0) == "flat"


def test_a_model_without_convolution_is_refused_with_a_cure(linear):
    """No map, no Grad-CAM: the message names methods that work."""

    class Dense(LinearClassifier):
        @property
        def layers(self):
            return super().layers[1:]

    with pytest.raises(ParameterError, match=r"no convolution .* occlusion or lime"):
        computed("gradcam", request_of(Dense(linear.weights), np.ones((1, 48, 48, 1))))


def model_of(shape, *stack, weights=7):
    """A small network with weights at random, and a head behind global pooling."""
    layers = keras_library().layers
    keras_library().utils.set_random_seed(weights)
    last = layers.Conv2D(4, 3, padding="same", activation="relu", name="last")
    head = [layers.GlobalMaxPooling2D(), layers.Dense(3, name="scores")]
    return keras_library().Sequential([keras_library().Input(shape), *stack, layers.MaxPooling2D(), last, *head])


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A question about images, of the model that a builder makes; each is opened once."""
    known = {}

    def ask(build, images, *parts, **kwargs):
        if (build, parts) not in known:
            known[build, parts] = opened(build(*parts), tmp_path_factory.mktemp("model"))
        return request_of(known[build, parts], images, **kwargs)

    return ask


def plain(*shape):
    return model_of(shape)


def cropped():
    return model_of((24, 20, 2), keras_library().layers.CenterCrop(12, 8))


def padded():
    return model_of((24, 20, 2), keras_library().layers.ZeroPadding2D((4, 8)))


CAMS = ("gradcam", "gradcam_plus_plus", "layercam", "scorecam", "guided_gradcam")
PICTURES = np.random.default_rng(1).random((3, 24, 20, 2)).astype(np.float32)


@pytest.mark.parametrize("name", CAMS)
def test_the_map_of_what_a_model_cuts_out_lies_there(name, asked):
    """As that of the same network without the crop for pictures that were cut before; around it is nothing."""
    whole = computed(name, asked(cropped, PICTURES, target=[0, 1, 2]))
    middle = (slice(None), slice(6, 18), slice(6, 14))
    alone = computed(name, asked(plain, PICTURES[middle], 12, 8, 2, target=[0, 1, 2]))
    np.testing.assert_allclose(whole.values[middle], alone.values, atol=1e-5)
    assert alone.values.max() > 0
    rest = whole.values.copy()
    rest[middle] = 0
    assert not rest.any()
    assert whole.facts["sees"] == "6–17 × 6–13"
    assert "sees" not in alone.facts


@pytest.mark.parametrize("name", CAMS)
def test_a_frame_that_a_model_adds_is_no_part_of_the_picture(name, asked):
    """As the middle of the map of a picture that has the frame already."""
    framed = np.pad(PICTURES, ((0, 0), (4, 4), (8, 8), (0, 0)))
    large = computed(name, asked(plain, framed, 32, 36, 2, target=[0, 1, 2]))
    small = computed(name, asked(padded, PICTURES, target=[0, 1, 2]))
    expected = large.values[:, 4:-4, 8:-8]
    assert expected.max() > 0
    if name == "scorecam":  # a mask is brought to 0..1 over what there is of the picture
        assert np.corrcoef(small.values.ravel(), expected.ravel())[0, 1] > 0.9
    else:
        np.testing.assert_allclose(small.values, expected, atol=1e-5)


def assigned(model, **kernels):
    """The model with these kernels."""
    for name, kernel in kernels.items():
        model.get_layer(name).kernel.assign(np.asarray(kernel, np.float32))
    return model


SAME = np.eye(2)[None, None]  # a convolution that does nothing


def conv(name):
    return keras_library().layers.Conv2D(2, 1, use_bias=False, name=name)


def two_branches(scale=1.0):
    """The left half averaged, the right one halved and averaged; the score of a class is its channel in both."""
    layers, start = keras_library().layers, keras_library().Input((8, 12, 2))
    left = conv("left")(layers.Cropping2D(((0, 0), (0, 6)))(start))
    right = conv("right")(layers.AveragePooling2D(2)(layers.Cropping2D(((0, 0), (6, 0)))(start)))
    pooled = layers.Concatenate()([layers.GlobalAveragePooling2D()(left), layers.GlobalAveragePooling2D()(right)])
    model = keras_library().Model(start, layers.Dense(2, name="head")(pooled))
    return assigned(model, left=SAME, right=SAME, head=np.concatenate([np.eye(2), scale * np.eye(2)]))


def test_branches_are_added_up_at_their_places(asked):
    """48 pixels on the left, 12 cells of four pixels on the right: each map in its own half, as bright as it weighs."""
    pictures = np.full((1, 8, 12, 2), 0.5, np.float32)
    maps = computed("gradcam", asked(two_branches, pictures, 3.0, target=1))
    np.testing.assert_allclose(maps.values[0, :, :6], 0.5 / 48, rtol=1e-5)
    np.testing.assert_allclose(maps.values[0, :, 6:], 3 * 0.5 / 12, rtol=1e-5)
    assert maps.facts["layer"].split(" + ") == list(maps.facts["added"])
    assert set(maps.facts["added"]) == {"left", "right"}
    assert set(maps.facts["grid"]) == {(8, 6), (4, 3)}
    assert not {"sees", "rest"} & maps.facts.keys()
    assert not maps.clipped


def test_one_branch_says_that_the_other_carries_the_rest(asked):
    """Its map ends where what it sees of the picture ends."""
    request = asked(two_branches, np.ones((1, 8, 12, 2), np.float32), target=0)
    maps = computed("gradcam", request, layer="left")
    assert (maps.facts["rest"], maps.facts["sees"]) == (("right",), "0–7 × 0–5")
    assert maps.values[0, :, :6].min() > 0 and not maps.values[0, :, 6:].any()
    both = computed("gradcam", request, layer=("left", "right"))
    np.testing.assert_allclose(both.values, computed("gradcam", request).values, rtol=1e-6)


@pytest.mark.parametrize("name", CAMS)
def test_every_class_activation_adds_branches(name, asked):
    """A bright spot in each half: both maps are brightest there."""
    pictures = np.full((1, 8, 12, 2), 0.1, np.float32)
    pictures[0, 2:4, 2:4, 0] = pictures[0, 4:6, 8:10, 0] = 1
    values = computed(name, asked(two_branches, pictures, target=0)).values[0]
    for half, spot in ((slice(0, 6), (slice(2, 4), slice(2, 4))), (slice(6, 12), (slice(4, 6), slice(8, 10)))):
        assert values[spot].max() == values[:, half].max() > 0


def test_what_leads_through_two_layers_counts_once(tmp_path):
    """Pooled after each of two convolutions: the first keeps what goes past the second."""
    layers, start = keras_library().layers, keras_library().Input((6, 6, 2))
    first = conv("first")(start)
    second = conv("second")(first)
    added = layers.Add()([layers.GlobalAveragePooling2D()(first), layers.GlobalAveragePooling2D()(second)])
    model = assigned(keras_library().Model(start, added), first=SAME, second=SAME)
    request = request_of(opened(model, tmp_path), np.ones((1, 6, 6, 2), np.float32), target=0)
    maps = computed("gradcam", request)
    assert maps.facts["added"] == ("first", "second")
    np.testing.assert_allclose(maps.values, 2 / 36, rtol=1e-5)
    np.testing.assert_allclose(computed("gradcam", request, layer="first").values, 2 / 36, rtol=1e-5)


def test_tokens_of_a_transformer_are_a_map(tmp_path):
    """The last block's, in a row behind patches of 4×4: each lies on its patch."""
    layers, start = keras_library().layers, keras_library().Input((12, 8, 1))
    x = layers.Conv2D(2, 4, strides=4, name="patches")(start)
    x = layers.Reshape((6, 2), name="tokens")(x)
    nothing = layers.MultiHeadAttention(1, 2, output_shape=2, kernel_initializer="zeros")(x, x)
    x = layers.Add(name="block")([x, nothing])
    scores = layers.Dense(2, name="head")(layers.GlobalAveragePooling1D()(x))
    kernels = {"patches": np.full((4, 4, 1, 2), 1 / 16), "head": np.eye(2)}
    pictures = np.zeros((1, 12, 8, 1), np.float32)
    pictures[0, 8:12, 4:8] = 1
    model = assigned(keras_library().Model(start, scores), **kernels)
    request = request_of(opened(model, tmp_path), pictures, target=0)
    maps = computed("gradcam", request)
    assert (maps.facts["layer"], maps.facts["grid"], maps.facts["mixed"]) == ("block", (3, 2), True)
    assert "mixed" not in computed("gradcam", request, layer="tokens").facts
    np.testing.assert_allclose(maps.native, [[[0, 0], [0, 0], [0, 1 / 6]]], atol=1e-6)
    assert np.unravel_index(maps.values[0].argmax(), (12, 8))[0] >= 9
    outputs = computed("feature_maps", request, layer="tokens").output
    np.testing.assert_allclose(outputs, [[[[0, 0], [0, 0], [0, 1]]] * 2], atol=1e-6)


def test_where_a_class_token_answers_the_last_block_looks(tmp_path):
    """The score is read off a token ahead of the patches: what enters the last attention is the last that has a say."""
    layers, start = keras_library().layers, keras_library().Input((12, 8, 1))
    x = layers.Reshape((6, 2))(layers.Conv2D(2, 4, strides=4)(start))
    own = layers.Reshape((1, 2))(layers.Dense(2)(layers.Flatten()(layers.AveragePooling2D(4)(start))))
    x = layers.Concatenate(axis=1)([own, x])
    for number in (1, 2):
        normed = layers.LayerNormalization(name=f"norm{number}")(x)
        x = layers.Add(name=f"add{number}")([x, layers.MultiHeadAttention(1, 2)(normed, normed)])
        x = layers.Add(name=f"block{number}")([x, layers.Dense(2)(layers.LayerNormalization()(x))])
    last = layers.LayerNormalization(name="last")(x)
    model = keras_library().Model(start, layers.Dense(2)(last[:, 0]))
    request = request_of(opened(model, tmp_path), np.random.default_rng(0).random((2, 12, 8, 1)), target=0)
    maps = computed("layercam", request, signed=True)
    assert (maps.facts["layer"], maps.facts["grid"]) == ("norm2", (3, 2))
    assert np.abs(maps.native).min(axis=(1, 2)).max() > 0
    with pytest.raises(ParameterError, match=r"'last' \(7×2\) is not a map one can point at; take one of .*norm2"):
        computed("layercam", request, layer="last")
