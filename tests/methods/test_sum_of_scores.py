"""`score: sum`, the sum of all classes before the softmax: what it is, where it means nothing, how a reader is told."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from generator.artefacts import Heatmaps
from generator.classifier import Score
from generator.errors import ParameterError
from generator.evidence.measurement import Setting, measure
from generator.methods import METHODS, load_all
from generator.model.keras_door import keras, tf
from generator.pages.figure_page import words_of
from generator.pages.reader import Seen
from generator.results import Part
from generator.spec.schema import methods_text
from generator.text import Text
from tests.conftest import request_of
from tests.evidence.planted import CLASSES, CORNER, corner_classifier, corner_images, faces_of, registered, shuffled
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.report_fixture import batch, maps, reader, remade
from tests.fixtures.spec_fixture import figure, said_about
from tests.fixtures.stock import computed
from tests.fixtures.tiny_models import KERAS_COPIES, images, opened

pytestmark = KERAS_COPIES
load_all()
CHEAP = {"smoothgrad": {"samples": 3}, "integrated_gradients": {"steps": 3}}
GRADIENTS = sorted(
    name for name, known in METHODS.items() if known.kind == "attribution" and known.access == "gradients"
)
SHAPE = (10, 10, 1)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A small CNN that ends in a softmax, the same up to its scores, and the classifier of its file."""
    keras.utils.set_random_seed(3)
    entry = keras.Input(SHAPE)
    maps = keras.layers.Conv2D(6, 3, activation="relu", name="maps")(entry)
    scores = keras.layers.Dense(4, name="scores")(keras.layers.Flatten()(maps))
    model = keras.Model(entry, keras.layers.Softmax()(scores))
    classifier = opened(model, tmp_path_factory.mktemp("sum") / "network.keras")
    return SimpleNamespace(classifier=classifier, scores=keras.Model(entry, [maps, scores]))


@pytest.mark.parametrize("target", [0, 3])
def test_it_is_the_sum_of_what_a_tape_differentiates(network, target):
    """By the input and by a layer the gradient is that of all scores together, whatever class is named."""
    x = tf.constant(images(SHAPE))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        maps, scores = network.scores(x, training=False)
        total = tf.reduce_sum(scores)
    asked = Score(np.full(3, target), kind="sum")
    np.testing.assert_allclose(network.classifier.gradients(x.numpy(), asked), tape.gradient(total, x), atol=1e-6)
    output, slope = network.classifier.layer_gradients(x.numpy(), asked, "maps")
    np.testing.assert_allclose(output, maps, atol=1e-6)
    np.testing.assert_allclose(slope, tape.gradient(total, maps), atol=1e-6)


@pytest.mark.parametrize("name", GRADIENTS)
def test_every_gradient_method_can_explain_it(network, name):
    """It is the same for every class, and another map than that of one class."""
    params = CHEAP.get(name, {})
    asked = [request_of(network.classifier, images(SHAPE), target=k) for k in (0, 1)]
    first, second = (computed(name, request, score="sum", **params) for request in asked)
    np.testing.assert_array_equal(first.values, second.values)
    assert first.facts["score"] == "sum"
    assert not np.allclose(first.values, computed(name, asked[0], score="logit", **params).values)


def test_integrated_gradients_share_it_out(network):
    """What the pixels get adds up to the change of the sum."""
    found = computed("integrated_gradients", request_of(network.classifier, images(SHAPE)), score="sum", steps=300)
    for facts in found.image_facts:
        assert facts["contributions"] == pytest.approx(facts["score_change"], abs=0.02)


def test_a_map_that_only_loses_is_said_to_raise_nothing(network):
    """The words do not speak of a class."""
    request = request_of(LinearClassifier(np.full((8, 8, 1, 2), -1.0, np.float32)), np.ones((1, 8, 8, 1)))
    assert computed("gradcam", request, score="sum").remark(0) == "nothing_raises"


def test_two_opposite_scores_add_up_to_nothing():
    """One sigmoid has no sum worth a picture; the message says what to do."""
    one = LinearClassifier(np.ones((8, 8, 1, 2), np.float32), one_output=True)
    with pytest.raises(ParameterError, match=r"two classes, opposite to each other, add up to 0; .*`score: logit`"):
        computed("saliency", request_of(one, np.ones((1, 8, 8, 1))), score="sum")


def test_a_sum_is_not_compared_with_a_class(network):
    """Where a program asks nevertheless."""
    with pytest.raises(ParameterError, match="leave out `against`"):
        computed("gradcam", request_of(network.classifier, images(SHAPE), target=0, against=1), score="sum")


@pytest.mark.parametrize("key", ["against: second", "target: happy", "target: each"])
def test_a_class_beside_it_is_refused_at_its_line(tmp_path, key):
    """A sum has no target, and nothing to be compared with."""
    said = said_about(tmp_path, figure(f"method: gradcam\n{key}\nparams: {{score: sum}}"))
    word = key.split(":")[0]
    assert said == [
        f"report.yaml:11:9: questions[0].figures[0].{word}: '{word}' has no meaning with `score: sum`: "
        "the scores of all classes are added up"
    ]


@pytest.mark.parametrize("name", ["occlusion", "scorecam"])
def test_a_black_box_is_asked_about_a_class(tmp_path, name):
    """Only gradients can be of the sum."""
    said = said_about(tmp_path, figure(f"method: {name}\nparams: {{score: sum}}"))
    assert len(said) == 1 and "params.score: unknown score 'sum'; known: logit, probability, loss" in said[0]


def test_the_listing_offers_it():
    """To those that can."""
    paragraphs = {text.split()[0]: text for text in methods_text().split("\n\n")}
    assert "score: logit|probability|loss|sum" in paragraphs["saliency"]
    assert "score: logit|probability|loss " in paragraphs["occlusion"]


@pytest.mark.parametrize(
    ("language", "named", "told"),
    [
        ("en", "the sum of all classes", "the sum of all classes before the softmax"),
        ("zh-Hant", "所有類別的總和", "所有類別在 softmax 之前的總和"),
    ],
)
def test_a_reader_is_told_that_no_class_is_explained(language, named, told):
    """In each row, below the figure and in the words for those who do not see it."""
    artefact = Heatmaps(maps(7), False, "gradient", {"score": "sum"})
    made = remade(artefact, batch(7), language=language)
    assert {row.target for row in made.bodies[0].rows} == {named}
    assert told in {detail.value for detail in made.details}
    assert named in words_of(Seen(reader(), Part(artefact, batch(7)), Text.of("Map"), "map", 0))[language]


def test_its_evidence_says_that_it_does_not_depend_on_the_class():
    """The map for another class is the same map: all of it remains."""
    classifier, (faces, target) = corner_classifier(), corner_images(56)
    weights = classifier.weights + np.random.default_rng(1).normal(0, 0.01, classifier.weights.shape)
    classifier = Squared(weights.astype(np.float32))
    found = measure(
        [registered("saliency", score="sum")],
        classifier,
        faces_of(faces, target, classifier),
        Setting(CLASSES, (CORNER,)),
        partial(shuffled, of=classifier),
    ).of("saliency")
    assert found.verdict["class"].light == "red"
    assert found.class_swap.retained.mean == pytest.approx(1)


class Squared(LinearClassifier):
    """Its logits are those of the squared pixels, so that no two pictures have the same gradient."""

    def logits(self, inputs):
        return super().logits(inputs**2)

    def gradients(self, inputs, score, rectifier="plain"):
        return 2 * inputs * super().gradients(inputs**2, score, rectifier)
