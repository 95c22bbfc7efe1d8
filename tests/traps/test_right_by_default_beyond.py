"""Traps of the field in LIME, gradient ascent, colours and data: each is sprung on the naive way, ours is not in it.

Those in scores, gradients and class activation are in test_right_by_default.py; docs/right-by-default.md lists all.
"""

import io
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from lime.lime_image import LimeImageExplainer
from lime.wrappers.scikit_image import SegmentationAlgorithm
from PIL import Image
from skimage.segmentation import quickshift

from generator.artefacts import FLAT, Heatmaps
from generator.classifier import Ascent, Request
from generator.data.evaluation import evaluation_of
from generator.data.preprocess import Preprocessor
from generator.data.scaling_check import suspicious_scaling
from generator.drawing import colours, png
from generator.drawing.pictures import draw
from generator.maps.ascent import rate_of
from generator.methods.filters import USUAL_RATE
from generator.results import FigureResult, Names, Part
from generator.samples import Samples
from generator.show import Show
from tests.conftest import batch_of, request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.report_fixture import reader
from tests.fixtures.stock import computed, keras_library, opened, stock

SIDE = 24
NO_NAMES = Names((), ("en",), {})
FACE = np.random.default_rng(0).random((1, SIDE, SIDE, 1)).astype(np.float32)


def quadrants() -> np.ndarray:
    """`(24, 24)` with 1 to 4, as `slic` numbers superpixels."""
    half = np.arange(SIDE) // (SIDE // 2)
    return 1 + 2 * half[:, None] + half


class Corner(LinearClassifier):
    """Its probability is the mean of the last quadrant, so that LIME's true weights are known."""

    def probabilities(self, inputs):
        share = inputs[:, SIDE // 2 :, SIDE // 2 :].mean(axis=(1, 2, 3))
        return np.stack([share, 1 - share], axis=1).astype(np.float32)


CORNER = Corner(np.zeros((SIDE, SIDE, 1, 2), np.float32))
QUARTERS = {"segmentation": {"algorithm": "grid", "rows": 2, "columns": 2}, "num_samples": 200}


def stock_lime(image, segments, *, hide_color=0, random_state=None, **options):
    """Stock LIME on a grey image: weight of each superpixel for the first class."""
    explainer = LimeImageExplainer(random_state=random_state)
    found = explainer.explain_instance(
        np.repeat(image, 3, axis=-1).astype(float), lambda x: CORNER.probabilities(x[..., :1].astype(np.float32)),
        labels=(0,), top_labels=None, hide_color=hide_color, num_samples=200,
        segmentation_fn=segments, **options,
    )  # fmt: skip
    return dict(found.local_exp[0])


def test_every_superpixel_is_hidden_in_turn():
    """`slic` counts from 1, LIME from 0: the last superpixel is never hidden, and here it is the one that decides."""
    image = np.ones((SIDE, SIDE, 1), np.float32)
    naive = stock_lime(image, lambda _: quadrants(), random_state=0)
    assert max(abs(weight) for weight in naive.values()) < 0.05
    assert SegmentationAlgorithm("slic", n_segments=4)(np.repeat(FACE[0], 3, axis=-1).astype(float)).min() == 1
    ours = computed("lime", request_of(CORNER, image[None], target=0), hide="black", **QUARTERS)
    assert (np.unique(ours.segments) == np.arange(4)).all()
    assert ours.values[0, -1, -1] > 0.9


def test_superpixels_do_not_hang_on_the_range_of_values():
    """The same picture in 0..1 and in 0..255 falls into different superpixels; ours are cut from what is shown."""
    smooth = np.repeat(FACE[0], 3, axis=-1).astype(float)
    naive = [quickshift(smooth * top, kernel_size=2, max_dist=20, ratio=0.2).max() for top in (1, 255)]
    assert naive[1] > 2 * naive[0]
    ours = [computed("lime", request_of(_scaled(top), FACE, target=0), num_samples=50).segments for top in (1, 255)]
    assert (ours[0] == ours[1]).all()


def _scaled(top):
    class Scaled(Corner):
        def prepare(self, images):
            return (images * top).astype(np.float32)

    return Scaled(CORNER.weights)


def test_a_flat_superpixel_can_be_hidden():
    """`hide_color=None` fills a superpixel with its own mean, so that an even one is never hidden: weight exactly 0."""
    image = np.zeros((SIDE, SIDE, 1), np.float32)
    image[SIDE // 2 :, SIDE // 2 :] = 1
    naive = stock_lime(image, lambda _: quadrants() - 1, hide_color=None, random_state=0)
    assert max(map(abs, naive.values())) == 0
    ours = computed("lime", request_of(CORNER, image[None], target=0), **QUARTERS)
    assert ours.values[0, -1, -1] > 0.1
    assert ours.facts["hide"] == "blur"


def test_lime_gives_the_same_answer_twice():
    """`random_seed` reaches the segmentation only, so two runs differ; ours has a seed for each image and prints it."""
    segments = SegmentationAlgorithm("slic", n_segments=20, start_label=0)
    naive = [stock_lime(FACE[0], segments, random_seed=7) for _ in range(2)]
    assert naive[0] != naive[1]
    request = request_of(CORNER, np.concatenate([FACE, 1 - FACE]), target=0)
    ours = [computed("lime", request, num_samples=100) for _ in range(2)]
    assert ours[0].values.tobytes() == ours[1].values.tobytes()
    assert [facts["seed"] for facts in ours[0].image_facts] == request.batch.seed.tolist()


def drawn(maps, images):
    """The figure of some maps, with the files of its pictures by name."""
    part = Part(maps, batch_of(LinearClassifier(np.zeros((*images.shape[1:], 2), np.float32)), images))
    drawing = draw(FigureResult("f", "q", "m", {}, (part,)), Show(panels=("image", "map")), NO_NAMES)
    return drawing, {picture.name: png.pixels_of(picture.data) for picture in drawing.pictures}


def test_a_weak_map_stays_weak_and_nothing_stays_nothing():
    """Stretched one by one, maps of 0.67, 0.04 and 10⁻¹¹ look alike; ours say how strong each is, and which is weak.

    On one scale for all, the second would be black instead. Zero keeps its colour in each.
    """
    values = np.zeros((3, SIDE, SIDE), np.float32)
    values[:, 3, 3] = (0.67, 0.04, 1e-11)
    naive = (values - values.min()) / (np.ptp(values, axis=(1, 2), keepdims=True))
    assert (naive.max(axis=(1, 2)) > 0.999).all()
    maps = Heatmaps(values, False, "cam")
    drawing, pictures = drawn(maps, np.repeat(FACE, 3, axis=0))
    strengths = [picture.strength for picture in drawing.pictures if picture.role == "image"]
    assert strengths == pytest.approx([1, 0.04 / 0.67, 0])
    told = [reader().strength(picture.top, picture.strength) for picture in drawing.pictures if picture.top]
    assert [(str(one.short["en"]), one.weak) for one in told] == [("0.67 (100%)", False), ("0.04 (6%), weak", True)]
    zero, last = (colours.Scale(1.0, False, "magma").paint(np.full((1, 1), k))[0, 0] for k in (0.0, 1.0))
    side = pictures["f-0-map.png"].shape[0] // SIDE
    for row in (0, 1):
        assert (pictures[f"f-{row}-map.png"][3 * side, 3 * side] == last).all()
        assert (pictures[f"f-{row}-map.png"][0, 0] == zero).all()
    assert maps.remark(2) == "flat"
    assert values[2].max() < FLAT
    assert (pictures["f-2-map.png"] == colours.no_result(*pictures["f-2-map.png"].shape[:2])).all()


def lightness(colormap):
    """Luma of the 256 colours of a map."""
    return matplotlib.colormaps[colormap](np.arange(256))[:, :3] @ (0.299, 0.587, 0.114)


def test_colours_rise_with_the_values():
    """`jet` is brightest in the middle, so that equal steps look like edges; ours only ever get lighter from zero."""
    assert (np.diff(lightness("jet")) < -1e-3).any()
    assert (np.diff(lightness("jet")) > 1e-3).any()
    assert (np.diff(lightness(colours.UNSIGNED)) > -1e-3).all()
    both = lightness(colours.SIGNED)
    assert (np.diff(both[:128]) > -1e-3).all()
    assert (np.diff(both[128:]) < 1e-3).all()
    zero = colours.Scale(1.0, True, colours.SIGNED).paint(np.zeros((1, 1), np.float32))
    assert zero.min() > 240  # zero is the light middle, whatever the other values are


def test_red_stays_red():
    """OpenCV's order of channels would show a red picture blue; every file of ours is RGB."""
    red = np.zeros((1, SIDE, SIDE, 3), np.float32)
    red[..., 0] = 1
    picture = draw(
        FigureResult("f", "q", "m", {}, (Part(Heatmaps(red[..., 0], False, "cam"), _plain(red)),)), Show(), NO_NAMES
    ).pictures[0]
    file = np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB"))
    assert (file[..., ::-1][0, 0] == (0, 0, 255)).all()
    assert (file[0, 0] == (255, 0, 0)).all()


def _plain(images):
    return batch_of(LinearClassifier(np.zeros((*images.shape[1:], 2), np.float32)), images)


@pytest.fixture(scope="module")
def climbing(tmp_path_factory):
    """A small network on pixels in 0..1 whose third filter is dead, as a Keras model and behind our port."""
    keras = keras_library()
    keras.utils.set_random_seed(1)
    start = keras.Input((12, 12, 1))
    filters = keras.layers.Conv2D(3, 3, activation="relu", name="filters")
    head = keras.layers.Dense(2, name="head")(keras.layers.Flatten()(filters(start)))
    model = keras.Model([start], [head])
    kernel, bias = filters.get_weights()
    kernel[..., 2], bias[2] = 0, -1
    filters.set_weights([kernel, bias])
    return model, opened(model, tmp_path_factory.mktemp("climbing"))


def test_gradient_ascent_comes_to_the_same_place(climbing):
    """The stock climb turns the picture by a generator that no seed reaches; ours gives the same bytes twice."""
    keras, (model, classifier) = keras_library(), climbing
    naive = [_stock_climb(keras, model, steps=8) for _ in range(2)]
    assert np.abs(naive[0] - naive[1]).max() > 0
    images = np.random.default_rng(0).random((6, 12, 12, 1))
    ours = [computed("filters", request_of(classifier, images), steps=8) for _ in range(2)]
    assert ours[0].pattern.tobytes() == ours[1].pattern.tobytes()


def test_gradient_ascent_knows_the_range_of_pixels(climbing):
    """A rate of 1 on pixels in 0..1 drives every pixel to a bound; ours moves in shares of the range."""
    keras, (model, classifier) = keras_library(), climbing
    naive = _stock_climb(keras, model, steps=10)
    assert ((naive <= 0) | (naive >= 1)).mean() > 0.5
    ours = classifier.ascend(Ascent(None, np.zeros(1, np.int64), START, steps=10, rate=RATE)).inputs
    assert ((ours <= 0) | (ours >= 1)).mean() < 0.1
    assert classifier.logits(ours)[0, 0] > classifier.logits(START)[0, 0] + 0.1


def test_a_pattern_says_what_it_reached(climbing):
    """Beside each pattern: the value reached and the largest on real images; a dead filter is said to be dead."""
    images = np.random.default_rng(0).random((6, 12, 12, 1)).astype(np.float32)
    climb = computed("filters", request_of(climbing[1], images), steps=30)
    real = climbing[1].outputs(images, "filters").mean(axis=(1, 2)).max(axis=0)
    np.testing.assert_allclose(climb.on_images, real, atol=1e-6)
    assert climb.dead.tolist() == [False, False, True]
    assert (climb.activation[:2] > real[:2]).all()


RATE = rate_of("normalized", None, USUAL_RATE)
START = np.random.default_rng(0).uniform(0.3, 0.7, (1, 12, 12, 1)).astype(np.float32)


def _stock_climb(keras, model, steps):
    """tf-keras-vis' activation maximization of a class, from the same start and with every seed set."""
    keras.utils.set_random_seed(0)
    climb = stock().ActivationMaximization(model)
    optimizer = keras.optimizers.RMSprop(1.0)
    return np.asarray(climb(stock().CategoricalScore([0]), START, (0, 1), steps=steps, optimizer=optimizer))


def test_one_preprocessing_and_the_original_is_shown():
    """The picture of a figure is the photograph, not the model's input; every method sees the same inputs."""
    scaled = _scaled(255.0)
    request = request_of(scaled, FACE, target=0)
    assert request.batch.inputs.max() > 1
    _, pictures = drawn(computed("saliency", replace_classifier(request, FACE.shape)), FACE)
    naive = np.clip(request.batch.inputs[0], 0, 1)  # what a picture of the inputs would show: white
    assert (naive[FACE[0] > 1 / 255] == 1).all()
    shown = pictures["f-0-image.png"]
    side = shown.shape[0] // SIDE
    assert np.abs(shown[::side, ::side].squeeze() / 255 - FACE[0, :, :, 0]).max() < 1 / 255


def replace_classifier(request: Request, shape) -> Request:
    """The same images in front of a model with a gradient."""
    return replace(request, classifier=LinearClassifier(np.ones((*shape[1:], 2), np.float32) * [1, 0]))


def test_a_wrong_scaling_is_noticed():
    """Under the wrong scale the pictures look right and the model guesses; the build says so and names the other."""
    random = np.random.default_rng(0)
    images, labels = random.random((80, 4, 4, 1)).astype(np.float32), random.integers(0, 2, 80)
    images += (labels - 0.5)[:, None, None, None] * 0.2
    images = np.clip(images, 0, 1)
    weights = np.stack([-np.ones((4, 4, 1)), np.ones((4, 4, 1))], -1).astype(np.float32)
    classifier = LinearClassifier(weights)  # right for −1..1: brighter than grey is the second class
    naive = (classifier.logits(images).argmax(axis=1) == labels).mean()
    assert naive < 0.65
    hint = suspicious_scaling(classifier.logits, images, labels, Preprocessor(0.0, 1.0))
    assert "did you mean `scale: [-1, 1]`?" in hint.message


def test_the_confusion_matrix_is_that_of_the_evaluation():
    """Labels in the order of folders against predictions in the order of files contradict the accuracy; ours cannot."""
    random = np.random.default_rng(0)
    label = random.integers(0, 3, 60)
    probability = np.eye(3)[np.where(random.random(60) < 0.8, label, (label + 1) % 3)].astype(np.float32)
    true = (probability.argmax(axis=1) == label).mean()
    naive = (np.sort(label) == probability.argmax(axis=1)).mean()
    assert abs(naive - true) > 0.2
    samples = Samples(np.arange(60), label, lambda rows: [], "a list", "0")
    classifier = LinearClassifier(np.zeros((4, 4, 1, 3), np.float32))
    request = request_of(classifier, np.zeros((1, 4, 4, 1)), evaluation=evaluation_of(samples, probability))
    matrix = computed("confusion_matrix", request)
    assert matrix.facts["accuracy"] == true
    assert np.trace(matrix.counts) / matrix.counts.sum() == true
