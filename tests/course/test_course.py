"""The homework as 45 students answered it: each way that one of them took is a line of a spec, and builds."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from generator.cli import main
from generator.methods import METHODS
from tests import ROOT
from tests.course.reports import MISLABELLED, SIDE, STORED, Site, pictures, site_of, write_material
from tests.fixtures.stock import keras_library, saved
from tests.fixtures.tiny_models import KERAS_COPIES

pytestmark = KERAS_COPIES
SEVEN = [0, 2, 4, 6, 8, 10, 13]  # the first right picture of each class

PREPROCESSINGS = {  # the spec's words, and the same by hand over pixels 0..255 `(N, 24, 24, 1)`
    "by-255": ("scale: [0, 1]", lambda x, every: x / 255),
    "none": ("scale: [0, 255]", lambda x, every: x),
    "by-256": ("scale: [0, 0.99609375]", lambda x, every: x / 256),
    "centred": ("scale: [-1, 1]", lambda x, every: x / 127.5 - 1),
    "pixel-data": ("mean: data, std: data", lambda x, every: (x - every.mean(axis=0)) / every.std(axis=0)),
    "pixel-file": ("mean: mean.npy, std: std.npy", lambda x, every: (x - every.mean(axis=0)) / every.std(axis=0)),
    "mode-tf": ("mode: tf", lambda x, every: x / 127.5 - 1),
    "channel": ("mean: [128], std: [60]", lambda x, every: (x - 128) / 60),
    "number": ("mean: 128, std: 60", lambda x, every: (x - 128) / 60),
    "image": (
        "standardize: image",
        lambda x, every: (x - x.mean(axis=(1, 2), keepdims=True)) / x.std(axis=(1, 2), keepdims=True),
    ),
}
PICTURES = {
    "index": "{method: saliency, images: {index: [5, 0, 11]}}",
    "index-by-class": "{method: saliency, images: {index: {happy: 7, angry: [1, 0]}}}",
    "first": "{method: saliency, images: {select: first, correct: true}}",
    "last": "{method: saliency, images: {select: last, correct: true}}",
    "random-right": "{method: saliency, images: {select: random, correct: true}}",
    "sure": "{method: saliency, images: {select: all, min_probability: 0.95}}",
    "classes": "{method: saliency, images: {select: first, classes: [happy, sad]}}",
    "again": "{method: saliency, images: {same_as: index}}",
    "confident": "{method: saliency}",
}
SALIENCY = {
    "by-loss": "{method: saliency, params: {score: loss}}",
    "by-label": "{method: saliency, images: {select: mistakes}, target: label}",
    "by-prediction": "{method: saliency, images: {select: mistakes}, target: predicted}",
    "by-probability": "{method: saliency, params: {score: probability}}",
    "by-sum": "{method: saliency, params: {score: sum}}",
    "absolute": "{method: saliency, show: {colormap: jet, panels: [image, map, masked]}}",
    "signed": "{method: saliency, params: {signed: true}, show: {colormap: RdBu}}",
    "each": "{method: saliency, images: {index: [0, 6]}, target: each}",
    "both": "{method: saliency, images: {select: mistakes}, target: both}",
    "not-second": "{method: saliency, params: {signed: true}, against: second}",
    "not-sad": "{method: saliency, params: {signed: true}, against: sad, images: {select: first, classes: [happy]}}",
    "happy-signed": "{method: saliency, params: {signed: true}, images: {select: first, classes: [happy]}}",
    "own-scale": "{method: saliency, show: {scale: image, layout: grid, columns: 2}}",
}
BELOW = ((0.05, "mean"), (0.08, "grey"), (0.1, "black"), (0.15, "white"), ("mean", "black"), ("deviation", "black"))
MASKS = {f"mask-{number}": mask for number, mask in enumerate(BELOW)}
MASKED = {
    name: f"{{method: saliency, show: {{panels: [image, masked], mask: {{below: {below}, fill: {fill}}}}}}}"
    for name, (below, fill) in MASKS.items()
}
MASKED["mask-by-class"] = (
    "{method: saliency, show: {panels: [image, masked], mask: {below: {happy: 0.4, fear: mean}, fill: black}}}"
)
MASKED["exported"] = (
    "{method: saliency, images: {index: {happy: 7}}, show: {panels: [image]}, "
    "export: {file: 'masked_{class_id}_{index:03d}.png', panel: masked}}"
)
NOTED = {"noted": "{method: saliency, images: {index: [6, 8]}, notes: {sad: Of its class., 6: To *one* picture.}}"}
FILTERS = {
    "first-layer": "{method: filters, params: {steps: 3}}",
    "its-activation": "{method: filters, params: {layer: act1, steps: 3}}",
    "first-n": "{method: filters, params: {layer: conv2, filters: 4, steps: 3}, show: {columns: 4, colormap: Greys}}",
    "by-number": "{method: filters, params: {layer: conv1, filters: [5, 2], steps: 3}, show: {colormap: Oranges}}",
    "best": "{method: filters, params: {layer: conv2, filters: {best: 5}, steps: 3}}",
    "two-layers": "{method: filters, params: {layer: [conv1, conv2], filters: 4, steps: 3}}",
    "zeros": "{method: filters, params: {filters: 2, steps: 3, start: zeros}}",
    "ones": "{method: filters, params: {filters: 2, steps: 3, start: ones}}",
    "grey": "{method: filters, params: {filters: 2, steps: 3, start: grey}}",
    "from-face": "{method: filters, params: {filters: 2, steps: 3, start: 6}, images: {index: [6]}}",
    "restarted": "{method: filters, params: {filters: 2, steps: 3, starts: 3}}",
    "smooth": "{method: filters, params: {filters: 2, steps: 3, total_variation: 1, norm: 1, jitter: 2, rate: 0.1}}",
    "plain": "{method: filters, params: {filters: 2, steps: 3, optimizer: plain, rate: 50}}",
    "adam": "{method: filters, params: {filters: 2, steps: 3, optimizer: adam}}",
    "adagrad": "{method: filters, params: {filters: 2, steps: 3, optimizer: adagrad}}",
    "larger": "{method: filters, params: {filters: 2, steps: 6, size: 40}}",
    "very-large": "{method: filters, params: {filters: 1, steps: 8, size: 412}, show: {columns: 16}}",
    "neuron": "{method: filters, params: {layer: conv2, filters: 2, steps: 3, objective: neuron}}",
    "beside": "{method: filters, images: {same_as: seven}, params: {layer: conv1, filters: 2, outputs: true}}",
    "outputs": "{method: feature_maps, params: {layer: conv1, filters: [5, 2]}, images: {index: [8]}}",
    "outputs-faces": "{method: feature_maps, params: {layer: conv1, filters: 4}, images: {same_as: seven}}",
    "outputs-layers": "{method: feature_maps, params: {layer: [conv1, conv2, act2], filters: 4}, images: {index: [8]}}",
    "outputs-best": "{method: feature_maps, params: {layer: conv2, filters: {best: 3}}, images: {index: [8]}}",
    "seven": "{method: predictions}",
}
LIME = {
    name: f"{{method: lime, images: {{index: [0, 6]}}, params: {{num_samples: 60, {words}}}, show: {{{show}}}}}"
    for name, words, show in [
        ("slic", "segmentation: {}", ""),
        ("slic-fine", "segmentation: {algorithm: slic, n_segments: 80, compactness: 0.1}", ""),
        ("slic-square", "segmentation: {algorithm: slic, n_segments: 50, compactness: 100}", "boundaries: false"),
        ("quickshift", "segmentation: {algorithm: quickshift, kernel_size: 2, max_dist: 6}", ""),
        ("felzenszwalb", "segmentation: {algorithm: felzenszwalb, scale: 10, min_size: 9}", ""),
        ("grid", "segmentation: {algorithm: grid, rows: 4, columns: 3}", "panels: [image, map, overlay]"),
        ("five", "num_features: 5", ""),
        ("for", "num_features: 3, sign: for", ""),
        ("against", "num_features: 3, sign: against", ""),
        ("weighty", "min_weight: 0.02", ""),
        ("hidden-black", "hide: black", ""),
    ]
} | {"wrong": "{method: lime, images: {select: mistakes}, target: both, params: {num_samples: 60}}"}
CONFUSION = {
    "counts": "{method: confusion_matrix}",
    "rows": "{method: confusion_matrix, params: {normalize: label}}",
    "columns": "{method: confusion_matrix, params: {normalize: predicted}}",
    "side-by-side": "{method: confusion_matrix, model: [trained, untrained]}",
}
CHOICE = {
    "gradcam": "{method: gradcam}",
    "cam-layers": "{method: gradcam, params: {layer: [conv1, act2]}, images: {index: [0, 6]}}",
    "patch-5": "{method: occlusion, params: {patch: 5, stride: 5, baseline: grey}, images: {index: [0, 6]}}",
    "patch-10": "{method: occlusion, params: {patch: 10, stride: 7, baseline: black}, images: {index: [0, 6]}}",
    "patch-15": "{method: occlusion, params: {patch: 15, stride: 9, baseline: white}, images: {index: [0, 6]}}",
    "quadrants": "{method: occlusion, params: {patch: 12, stride: 12, baseline: black}, images: {index: [0]}}",
    "classes": "{method: class_maximization, params: {steps: 3}}",
    "classes-from-face": "{method: class_maximization, params: {steps: 3, start: 6, classes: [3]}, images: {index: 6}}",
    "classes-by-adam": "{method: class_maximization, params: {steps: 3, optimizer: adam, classes: [3]}}",
    "curves": "{method: training_curves, params: {path: history.csv}}",
    "architecture": "{method: architecture}",
    "seven-by-seven": "{method: integrated_gradients, params: {steps: 4}, target: each, show: {layout: grid}}",
    "smoothgrad": "{method: smoothgrad, params: {samples: 4, noise: 0.1}}",
    "tsne": "{method: embedding, params: {layer: average}, images: {select: all}}",
    "pca": "{method: embedding, params: {layer: average, by: pca}, images: {select: all}}",
    "first-weights": "{method: kernels, params: {layer: conv1}}",
    "epochs": "{method: saliency, model: [trained, untrained], images: {select: first, correct: true}}",
    "drawing": "{method: picture, params: {path: drawing.png}}",
}
MODELS = {
    "trained": {"path": "model.keras"},
    "untrained": {"path": "untrained.keras"},
    "odd-name": {"path": "model1"},
    "old-name": {"path": "model.h5?dl=1"},
}
HISTORY = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.3,1.8,0.31,1.7\n1,0.5,1.2,0.45,1.3\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The material, with everything that a variant names."""
    folder = tmp_path_factory.mktemp("course")
    write_material(folder)
    (folder / "history.csv").write_text(HISTORY)
    from PIL import Image

    Image.new("RGB", (12, 8), (200, 30, 30)).save(folder / "drawing.png")
    keras = keras_library()
    plain = [keras.Input((SIDE, SIDE, 1)), keras.layers.Flatten(), keras.layers.Dense(7, "softmax")]
    saved(keras.Sequential(plain), folder / "plain.keras")
    saved(keras.Sequential([keras.Input((SIDE, SIDE, 3)), *plain[1:2], keras.layers.Dense(7)]), folder / "colour.keras")
    every = shown()
    np.save(folder / "mean.npy", every.mean(axis=0).astype(np.float32))
    np.save(folder / "std.npy", every.std(axis=0).astype(np.float32))
    return folder


def shown() -> np.ndarray:
    """`(14, 24, 24, 1)` the pictures in 0..255 at the size of the model."""
    from generator.data.resize import resize
    from generator.samples import Frame

    return 255 * resize(list(pictures()[0]), Frame((SIDE, SIDE, 1))).astype(np.float64)


@pytest.fixture(scope="module")
def first(folder) -> Site:
    """Which pictures, which score, which mask."""
    return site_of(folder, "first", PICTURES | SALIENCY | MASKED | NOTED)


@pytest.fixture(scope="module")
def second(folder) -> Site:
    """Filters and outputs."""
    return site_of(folder, "second", {"seven": FILTERS["seven"]} | FILTERS)


@pytest.fixture(scope="module")
def third(folder) -> Site:
    """LIME."""
    return site_of(folder, "third", LIME)


@pytest.fixture(scope="module")
def fourth(folder) -> Site:
    """The confusion matrix and the free choice, for two models."""
    two = {name: MODELS[name] for name in ("trained", "untrained")}
    return site_of(folder, "fourth", CONFUSION | CHOICE, models=two)


# the model and what is done to the pixels


@pytest.fixture(scope="module")
def prepared(folder) -> Site:
    """The same pictures for the same model behind every preprocessing, and for models under odd names."""
    words = {name: said for name, (said, _) in PREPROCESSINGS.items()}
    words |= {"middle": f"crop: [{SIDE}, {SIDE}]", "even": "equalize: true"}
    models = {
        name: {"path": "plain.keras", "preprocess": yaml.safe_load(f"{{{said}}}")} for name, said in words.items()
    }
    figures = {name: f"{{method: predictions, model: {name}, images: {{select: all}}}}" for name in models}
    figures["odd-names"] = "{method: predictions, model: [odd-name, old-name]}"
    return site_of(
        folder, "prepared", figures, models=models | {name: MODELS[name] for name in ("odd-name", "old-name")}
    )


@pytest.mark.parametrize("name", PREPROCESSINGS)
def test_every_preprocessing_is_the_one_that_people_wrote(folder, prepared, name):
    """The probabilities are those of the bare Keras model behind the same line of NumPy."""
    every = shown()
    inputs = PREPROCESSINGS[name][1](every, every).astype(np.float32)
    expected = keras_library().models.load_model(folder / "plain.keras").predict_on_batch(inputs)
    np.testing.assert_allclose(prepared.arrays(name)["probability"], expected, atol=2e-3)


def test_the_modes_of_keras_are_those_of_its_applications(folder):
    """`torch` and `caffe` of a colour model, by channel, on grey pictures."""
    models = {mode: {"path": "colour.keras", "preprocess": {"mode": mode}} for mode in ("torch", "caffe")}
    figures = {mode: f"{{method: predictions, model: {mode}, images: {{select: all}}}}" for mode in models}
    site, keras = site_of(folder, "colour", figures, models=models), keras_library()
    prepared = keras.applications.imagenet_utils.preprocess_input
    scores = keras.models.load_model(folder / "colour.keras")
    for mode in models:
        inputs = prepared(np.repeat(shown(), 3, axis=-1), data_format="channels_last", mode=mode)
        expected = keras.ops.softmax(scores.predict_on_batch(inputs.astype(np.float32)))
        np.testing.assert_allclose(site.arrays(mode)["probability"], expected, atol=2e-3)


def test_pictures_are_cropped_and_equalized(prepared):
    """A crop is the middle of the stored picture, as stored; equalising changes the answer, not what is shown."""
    edge = (STORED - SIDE) // 2
    stored = pictures()[0][:, edge:-edge, edge:-edge] / 255
    np.testing.assert_allclose(prepared.arrays("middle")["image"][..., 0], stored, atol=1e-6)
    even, plain = prepared.arrays("even"), prepared.arrays("by-255")
    np.testing.assert_array_equal(even["image"], plain["image"])
    assert not np.allclose(even["probability"], plain["probability"], atol=1e-3)


def test_models_are_told_by_their_content(prepared):
    """`model1` and `model.h5?dl=1` open like any other."""
    assert {image["model"] for image in prepared.images("odd-names")} == {"odd-name", "old-name"}


# question 1


def test_pictures_are_chosen_in_every_way(first):
    """By hand, the first, the last, a random one, the sure ones, those of another figure."""
    assert first.indices("index") == first.indices("again") == [5, 0, 11]
    assert first.indices("index-by-class") == [7, 1, 0]
    assert first.indices("first") == [*SEVEN[:5], 10, 13] and first.indices("last") == [1, 3, 5, 7, 9, 11, 13]
    assert [image["label"] for image in first.images("random-right")] == list(range(7))
    assert all(image["prediction"] == image["label"] for image in first.images("random-right"))
    assert 0 < len(first.images("sure")) < 14 and all(i["probability"] >= 0.95 for i in first.images("sure"))
    assert [image["label"] for image in first.images("classes")] == [3, 4]
    best = {}
    for image in first.images("confident"):
        best[image["label"]] = image["index"]
    assert best == {0: 1, 1: 3, 2: 4, 3: 7, 4: best[4], 5: 10, 6: 13}


def test_the_score_is_the_one_that_is_asked_for(first):
    """Of the label, of the prediction, of every class, of both, of one against another."""
    (label,), (prediction,) = first.images("by-label"), first.images("by-prediction")
    assert (label["index"], label["target"], prediction["target"]) == (MISLABELLED, 0, 6)
    assert [image["target"] for image in first.images("both")] == [0, 6]
    assert [image["target"] for image in first.images("each")] == [*range(7), *range(7)]
    for kind in ("loss", "probability", "sum"):
        assert first.numbers(f"by-{kind}")["score"] == kind
    maps = [first.arrays(f"by-{kind}")["attribution"].tobytes() for kind in ("loss", "probability", "sum")]
    assert len(set(maps)) == 3


def test_a_difference_is_the_difference_of_two_maps(first):
    """Why happy and not sad is the gradient of the one minus that of the other."""
    apart = first.arrays("not-sad")["attribution"][0]
    of_both = first.arrays("each")
    assert of_both["target"][7 + 3] == 3 and of_both["index"][7 + 3] == first.indices("not-sad")[0] == 6
    own = first.arrays("happy-signed")["attribution"][0]
    assert np.abs(apart - own).max() > 0.01 * np.abs(own).max()
    assert [image["against"] for image in first.images("not-sad")] == [4]
    second, plain = first.arrays("not-second")["attribution"], first.arrays("signed")["attribution"]
    assert second.shape == plain.shape and not np.allclose(second, plain)


def test_a_map_is_absolute_or_signed(first):
    """The largest magnitude of a grey picture is that of its signed map."""
    signed, absolute = first.arrays("signed")["attribution"], first.arrays("absolute")["attribution"]
    assert signed.min() < 0 <= absolute.min()
    np.testing.assert_allclose(absolute, np.abs(signed), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", MASKS)
def test_the_cold_part_is_covered(first, name):
    """Where the map is below the mark the face is mean, black, grey or white, elsewhere it is itself."""
    below, fill = MASKS[name]
    arrays = first.arrays(name)
    magnitude, index = np.abs(arrays["attribution"]), arrays["index"]
    for row in range(2):
        mark = {"mean": magnitude[row].mean(), "deviation": magnitude[row].std()}.get(below) or below * magnitude.max()
        cold = magnitude[row] < mark
        masked = first.picture(f"{name}-{index[row]}-masked.png")
        times = len(masked) // SIDE
        face = np.rint(255 * arrays["image"][row, ..., 0])
        value = {"black": 0, "white": 255, "grey": 128}.get(fill, np.rint(face.mean()))
        np.testing.assert_array_equal(masked[::times, ::times, 0], np.where(cold, value, face))
        assert 0 < cold.sum() < cold.size


def test_each_class_may_have_a_mark_of_its_own(first):
    """By hand per class: 0.4 of the maximum for one, the mean for another, a tenth for the rest."""
    arrays = first.arrays("mask-by-class")
    magnitude, target = np.abs(arrays["attribution"]), arrays["target"].tolist()
    assert target == list(range(7))
    marks = {3: 0.4 * magnitude.max(), 2: magnitude[2].mean()}
    for row, index in enumerate(arrays["index"]):
        masked = first.picture(f"mask-by-class-{index}-masked.png")
        times = len(masked) // SIDE
        face = np.rint(255 * arrays["image"][row, ..., 0])
        cold = magnitude[row] < marks.get(row, 0.1 * magnitude.max())
        np.testing.assert_array_equal(masked[::times, ::times, 0], np.where(cold, 0, face))


def test_any_panel_may_be_exported(first):
    """Also one that the figure does not show, under a name of the spec's own."""
    exported = first.folder / "site" / "exports" / "masked_happy_007.png"
    drawn = first.folder / "site" / "figures" / "exported-7-masked.png"
    assert exported.read_bytes() == drawn.read_bytes()


def test_a_note_stands_under_a_picture(first):
    """Under a single one, or under that of a class."""
    page = (first.folder / "site" / "en" / "index.html").read_text(encoding="utf-8")
    assert "To <em>one</em> picture." in page and "Of its class." in page


# question 2


def test_filters_are_the_first_the_named_or_the_best(second):
    """And two layers give two parts of one figure."""
    assert second.numbers("first-layer")["unit"] == list(range(8))
    assert second.numbers("first-n")["unit"] == [0, 1, 2, 3] and second.numbers("by-number")["unit"] == [5, 2]
    best = second.numbers("best")
    assert len(best["unit"]) == 5 and best["activation"] == sorted(best["activation"], reverse=True)
    parts = second.numbers("two-layers")["parts"]
    assert [part["layer"] for part in parts] == ["conv1", "conv2"]
    assert second.arrays("two-layers")["pattern_2"].shape == (4, SIDE, SIDE, 1)


def test_filters_climb_from_any_start(second):
    """The picture, the noise and the three even ones lead to different heights, and a higher of three is no lower."""
    starts = ("zeros", "ones", "grey", "from-face", "restarted")
    heights = {name: tuple(second.numbers(name)["activation"]) for name in starts}
    assert len(set(heights.values())) == len(starts)
    plain = second.numbers("first-layer")["activation"][:2]
    assert all(best >= once - 1e-5 for best, once in zip(heights["restarted"], plain, strict=True))


def test_filters_climb_by_any_optimizer(second):
    """The normalised, the plain gradient, Adam and Adagrad take different steps; what is unusual is told."""
    names = ("first-layer", "plain", "adam", "adagrad")
    assert len({tuple(second.numbers(name)["activation"][:2]) for name in names}) == 4
    assert [second.numbers(name).get("optimizer") for name in names] == [None, "plain", "adam", "adagrad"]


def test_patterns_are_enlarged_while_they_climb(second):
    """A figure of 40 pixels from a model of 24, and one of 412."""
    assert second.arrays("larger")["pattern"].shape == (2, 40, 40, 1)
    assert second.arrays("very-large")["pattern"].shape == (1, 412, 412, 1)


def test_patterns_may_be_coloured(second):
    """`Oranges` of a grey pattern has red above blue."""
    picture = second.picture("by-number-5.png").astype(int)
    assert (picture[..., 0] >= picture[..., 2]).all() and (picture[..., 0] > picture[..., 2] + 50).any()


def test_a_pattern_stands_beside_its_outputs(second):
    """For the seven faces, the outputs are those of the layer for the same filters."""
    beside = second.arrays("beside")
    np.testing.assert_array_equal(beside["index"], second.indices("seven"))
    of_faces = second.arrays("outputs-faces")["output"][:, :2]
    np.testing.assert_allclose(np.moveaxis(beside["output"], 0, 1), of_faces, atol=1e-6)
    assert {f"figures/beside-1-{index}.png" for index in beside["index"]} <= set(second.figures["beside"]["files"])


def test_outputs_are_of_the_same_filters_for_one_face_or_seven(second):
    """Several layers, several faces, a list of filters, or the strongest."""
    assert second.arrays("outputs")["filter"].tolist() == second.numbers("by-number")["unit"]
    assert second.arrays("outputs-faces")["output"].shape[:2] == (7, 4)
    assert second.indices("outputs-faces") == second.indices("seven")
    assert [part["layer"] for part in second.numbers("outputs-layers")["parts"]] == ["conv1", "conv2", "act2"]
    means = second.arrays("outputs-best")["output"].mean(axis=(1, 2))
    assert (np.diff(means) <= 0).all()


# question 3


@pytest.mark.parametrize("name", [name for name in LIME if name not in ("wrong", "five", "for", "against", "weighty")])
def test_superpixels_are_cut_in_every_way(third, name):
    """Each superpixel has one weight; a grid of four by three has twelve."""
    arrays = third.arrays(name)
    for values, segments in zip(arrays["attribution"], arrays["segments"], strict=True):
        assert all(len(np.unique(values[segments == one])) == 1 for one in np.unique(segments))
    if name == "grid":
        assert [image["superpixels"] for image in third.images(name)] == [12, 12]


def test_finer_and_squarer_superpixels_differ(third):
    """`n_segments` and `compactness` are scikit-image's."""
    assert not np.array_equal(third.arrays("slic-fine")["segments"], third.arrays("slic-square")["segments"])


def test_lime_shows_the_leading_superpixels(third):
    """At most five, only those for, only those against, only weighty ones."""
    weights = {name: [weights_of(third, name, row) for row in (0, 1)] for name in ("five", "for", "against", "weighty")}
    assert all(len(one) <= 5 for one in weights["five"])
    assert all(len(one) <= 3 and (one > 0).all() for one in weights["for"])
    assert all(len(one) <= 3 and (one < 0).all() for one in weights["against"])
    assert all((np.abs(one) >= 0.02).all() for one in weights["weighty"])


def weights_of(site: Site, name: str, row: int) -> np.ndarray:
    """The weights that are shown of one image."""
    arrays = site.arrays(name)
    shown = {
        int(s): v for s, v in zip(arrays["segments"][row].ravel(), arrays["attribution"][row].ravel(), strict=True)
    }
    return np.array([weight for weight in shown.values() if weight])


def test_lime_explains_a_mistake_for_both_classes(third):
    """The same picture once for its label and once for what it was taken for."""
    assert [(image["index"], image["target"]) for image in third.images("wrong")] == [
        (MISLABELLED, 0),
        (MISLABELLED, 6),
    ]


def test_the_confusion_matrix_has_counts_rows_and_columns(fourth):
    """Shares of a row sum to one, and those of a column; each model has its own matrix."""
    counts = np.array(fourth.numbers("counts")["counts"])
    assert counts.sum() == 14 and counts[0].tolist() == [2, 0, 0, 0, 0, 0, 1]
    for name in ("rows", "columns"):
        assert np.array_equal(fourth.arrays(name)["counts"], counts)
        assert fourth.figures[name]["params"]["normalize"] == {"rows": "label", "columns": "predicted"}[name]
    trained, untrained = fourth.numbers("side-by-side")["parts"]
    assert (trained["model"], untrained["model"]) == ("trained", "untrained")
    assert trained["accuracy"] == 13 / 14 > untrained["accuracy"]


# question 4


@pytest.mark.parametrize("name", CHOICE)
def test_every_free_choice_builds(fourth, name):
    """A figure with files, and none that failed; a table needs none."""
    assert "failure" not in fourth.figures[name]
    assert bool(fourth.figures[name]["files"]) == (name != "architecture")


@pytest.mark.parametrize(("name", "patch"), [("patch-5", 5), ("patch-10", 10), ("patch-15", 15)])
def test_occlusion_names_the_most_damaging_place(fourth, name, patch):
    """Where the patch lies, how far the probability falls, and what is predicted then."""
    for image in fourth.images(name):
        left, top, right, bottom = image["most_damaging"]
        assert 0 < right - left <= patch and 0 < bottom - top <= patch
        assert image["fall"] == pytest.approx(image["probability"] - image["new_probability"], abs=1e-5)
        assert 0 <= image["new_prediction"] < 7


def test_quadrants_are_covered_one_by_one(fourth):
    """A patch of half the side at a stride of half the side lies in four places."""
    values = fourth.arrays("quadrants")["attribution"][0]
    assert (
        len({values[:12, :12].mean(), values[:12, 12:].mean(), values[12:, :12].mean(), values[12:, 12:].mean()}) == 4
    )
    assert all(np.ptp(quarter) < 1e-6 for half in np.split(values, 2) for quarter in np.split(half, 2, axis=1))


def test_seven_faces_by_seven_classes(fourth):
    """A grid of 49 maps."""
    assert fourth.arrays("seven-by-seven")["attribution"].shape == (49, SIDE, SIDE)


def test_the_trained_and_the_untrained_model_stand_side_by_side(fourth):
    """The same pictures and the same scores, two maps."""
    assert [image["model"] for image in fourth.images("epochs")] == ["trained"] * 7 + ["untrained"] * 7
    arrays = fourth.arrays("epochs")
    np.testing.assert_array_equal(arrays["index"], arrays["index_2"])
    np.testing.assert_array_equal(arrays["target"], arrays["target_2"])
    assert not np.allclose(arrays["attribution"], arrays["attribution_2"])


def test_the_other_choices_say_what_they_are(fourth):
    """Epochs of a log, layers of a model, shapes of its weights, places of its pictures, the origin of a drawing."""
    assert fourth.arrays("curves")["values"].shape == (4, 2)
    assert fourth.numbers("architecture")["parameters"] > 0
    assert fourth.arrays("first-weights")["weight"].shape == (8, 5, 5)
    assert fourth.arrays("tsne")["place"].shape == fourth.arrays("pca")["place"].shape == (14, 2)
    assert fourth.numbers("drawing")["made_elsewhere"] is True and len(fourth.numbers("drawing")["sha256"]) == 64
    assert fourth.arrays("classes")["class"].tolist() == list(range(7))
    assert fourth.arrays("classes-from-face")["pattern"].shape == (1, SIDE, SIDE, 1)


# what goes with it


def test_a_method_of_ones_own_is_a_figure_like_any_other(folder):
    """The plugin of the documentation, used by name."""
    page = (ROOT / "docs" / "how-to-say-it.md").read_text(encoding="utf-8")
    (folder / "mine.py").write_text(page.split("```python\n")[1].split("```")[0])
    figures = {"own": "{method: contrast, params: {grey: 0.25}, images: {index: [0, 6]}}"}
    try:
        site = site_of(folder, "own", figures, plugins=["mine.py"])
    finally:
        METHODS.pop("contrast", None)
    arrays = site.arrays("own")
    np.testing.assert_allclose(arrays["attribution"], np.abs(arrays["image"][..., 0] - 0.25), atol=1e-6)


def test_a_matrix_of_training_images_is_no_news(folder, capsys):
    """The build says it, the page says it, and `--strict` refuses."""
    data = {"source": "npz", "path": "faces.npz", "training": "faces.npz"}
    site = site_of(folder, "seen", {"matrix": "{method: confusion_matrix}"}, data=data)
    assert site.numbers("matrix")["in_training"] == 14
    told = "questions[0].figures[0].method: the model was trained on 14 of these 14 images"
    assert told in capsys.readouterr().err
    assert main([str(folder / "seen.yaml"), "-q", "--strict", "--output", str(folder / "never")]) == 2
    assert told in capsys.readouterr().err and not (folder / "never").exists()
