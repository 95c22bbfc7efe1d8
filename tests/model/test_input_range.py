"""What a model does to pixels itself says which preprocessing fits."""

import pytest

from generator.data.preprocess import Preprocessing, Preprocessor, preprocess_of
from generator.model.input_range import misplaced_range
from generator.model.keras_door import keras
from generator.model.keras_model import open_model
from tests.fixtures.tiny_models import KERAS_COPIES

pytestmark = KERAS_COPIES
layers, applications = keras.layers, keras.applications

SETTINGS = {
    "scale: [0, 1]": Preprocessing(scale=(0.0, 1.0)),
    "scale: [-1, 1]": Preprocessing(scale=(-1.0, 1.0)),
    "scale: [0, 255]": Preprocessing(scale=(0.0, 255.0)),
    "mode: tf": Preprocessing(mode="tf"),
    "mode: torch": Preprocessing(mode="torch"),
    "standardize: image": Preprocessing(standardize="image"),
}


def rescaled(*entries):
    def build(x):
        for entry in entries:
            x = entry(x)
        return x

    return build


def norm(mean, variance):
    return layers.Normalization(mean=[mean] * 3, variance=[variance] * 3)


def batch_normalized(mean, variance):
    def build(x):
        norm = layers.BatchNormalization()
        y = norm(x)
        norm.moving_mean.assign([mean] * 3)
        norm.moving_variance.assign([variance] * 3)
        return y

    return build


EIGHT = "scale: [0, 255]"
INSIDE = {  # how the model begins, and what fits it
    "rescaling": (rescaled(layers.Rescaling(1 / 255)), {EIGHT}),
    "rescaling to -1..1": (rescaled(layers.Rescaling(1 / 127.5, -1)), {EIGHT}),
    "rescaling of 0..1": (rescaled(layers.Rescaling(2, -1)), {"scale: [0, 1]"}),
    "augmentation first": (rescaled(layers.RandomFlip(), layers.Resizing(8, 8), layers.Rescaling(1 / 255)), {EIGHT}),
    "operations": (lambda x: x / 255.0, {EIGHT}),
    "mobilenet": (applications.mobilenet.preprocess_input, {EIGHT}),
    "resnet": (applications.resnet.preprocess_input, {EIGHT}),
    "densenet": (applications.densenet.preprocess_input, {EIGHT}),
    "efficientnet": (rescaled(layers.Rescaling(1 / 255), norm(0.45, 0.05)), {EIGHT}),
    "convnext": (rescaled(norm(120.0, 3400.0)), {EIGHT}),
    "normalisation of 0..1": (rescaled(norm(0.5, 0.08)), set(SETTINGS) - {EIGHT}),
    "batch normalisation of 0..255": (batch_normalized(120.0, 3600.0), {EIGHT}),
}


def classifier(begin, tmp_path, nested=False):
    x = entry = keras.Input((12, 10, 3))
    x = begin(x)
    x = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(x))
    model = keras.Model(entry, layers.Dense(3, "softmax")(x))
    if nested:
        outer = keras.Input((12, 10, 3))
        model = keras.Model(outer, model(outer))
    model.save(tmp_path / "model.keras")
    return open_model(tmp_path / "model.keras", Preprocessor())


def doubt(entrance, setting):
    return misplaced_range(entrance, preprocess_of(setting, (12, 10, 3)), (12, 10, 3))


@pytest.mark.parametrize("name", INSIDE)
def test_what_the_graph_itself_does_says_which_range_it_expects(name, tmp_path):
    """Without any picture: what fits is not doubted, all else is, with a scaling that fits."""
    begin, fitting = INSIDE[name]
    found = classifier(begin, tmp_path, nested=len(name) % 2 == 0)
    assert found.facts.entrance is not None
    said = {key: doubt(found.entrance, setting) for key, setting in SETTINGS.items()}
    assert {key for key, words in said.items() if not words} == fitting
    named = "scale: [0, 1]" if EIGHT not in fitting else EIGHT
    assert all(f"did you mean `{named}`?" in words for words in said.values() if words)


def test_the_words_of_the_warning(tmp_path):
    """The layer, both ways, and the question."""
    entrance = classifier(rescaled(layers.Rescaling(1 / 255, name="to_unit")), tmp_path).entrance
    assert doubt(entrance, Preprocessing()) == (
        "the model scales pixels itself (`to_unit`): under this preprocessing black and white become 0 and 0.003922 "
        "there, under `scale: [0, 255]` 0 and 1; did you mean `scale: [0, 255]`?"
    )
