"""LIME held to the library's own explanation, and to scores whose weights can be worked out by hand."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from lime.lime_image import LimeImageExplainer
from sklearn.linear_model import Ridge

from generator.maps import variants
from generator.maps.pixels import blurred
from generator.maps.superpixels import Slic, superpixels
from generator.methods import METHODS, USUAL_SIZE
from generator.methods import lime as door
from generator.methods.lime import balanced, hidden, lime, select
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier

HIDES = ("blur", "mean", "superpixel", "black", "grey", "white")


@dataclass(frozen=True)
class Additive(LinearClassifier):
    """Its probabilities are its logits: linear in the pixels, and of several classes."""

    def probabilities(self, inputs):
        return self.logits(inputs)


@pytest.fixture
def classifier():
    weights = np.random.default_rng(1).normal(size=(48, 48, 1, 7)).astype(np.float32) / 100
    return LinearClassifier(weights)


@pytest.fixture
def images():
    return np.random.default_rng(2).random((3, 48, 48, 1)).astype(np.float32)


def stock(classifier, image, seed, segments, fill, **options):
    """The library as people call it: three channels, collapsed in the prediction."""
    rgb = np.repeat(image, 3, axis=-1)
    explainer = LimeImageExplainer(random_state=seed)
    return explainer.explain_instance(
        rgb,
        lambda batch: classifier.probabilities(batch[..., :1].astype(np.float32)),
        top_labels=None,
        hide_color=None if fill is None else np.repeat(fill, 3, axis=-1),
        segmentation_fn=lambda _: segments,
        **options,
    )


@pytest.mark.parametrize("hide", HIDES)
def test_the_weights_are_the_librarys_own(classifier, images, hide):
    """With the same seed, superpixels and hiding, every weight equals stock LIME's, for grey images too."""
    request = request_of(classifier, images, target=[3, 5, 0])
    found = lime(request, num_samples=200, hide=hide)
    for row, target in enumerate([3, 5, 0]):
        labels = found.segments[row]
        fill = None if hide == "superpixel" else hidden(images[row], labels, hide)
        seed = int(request.batch.seed[row])
        oracle = stock(classifier, images[row], seed, labels, fill, labels=(target,), num_samples=200)
        weights = dict(oracle.local_exp[target])
        expected = np.vectorize(weights.get)(labels)
        np.testing.assert_allclose(found.values[row], expected, atol=1e-6)
        assert found.image_facts[row]["intercept"] == pytest.approx(oracle.intercept[target], abs=1e-6)
        assert found.image_facts[row]["local_prediction"] == pytest.approx(oracle.local_pred[0], abs=1e-6)


def test_a_linear_score_is_explained_exactly():
    """Where each superpixel adds its own amount, its weight is that amount, and the fit is 1."""
    weights = np.zeros((48, 48, 1, 2), np.float32)
    weights[:24, :24, 0, 0] = 1 / 576
    weights[24:, 24:, 0, 0] = -2 / 576
    request = request_of(Additive(weights), np.ones((1, 48, 48, 1)), target=0)
    grid = {"algorithm": "grid", "rows": 2, "columns": 2}
    found = lime(request, hide="black", segmentation=grid, num_samples=4000)
    assert found.values[0, [0, 0, 40, 40], [0, 40, 0, 40]] == pytest.approx([1, 0, 0, -2], abs=0.02)
    assert found.image_facts[0]["r2"] > 0.99
    assert found.image_facts[0]["superpixels"] == 4
    assert found.signed and found.quantity == "weight"


def test_the_difference_of_two_classes_is_explained(classifier, images):
    """With a class to compare with, the weights are those of one class minus those of the other."""
    options = {"num_samples": 300, "score": "logit"}
    one, other = (lime(request_of(classifier, images[:1], target=t), **options).values for t in (1, 2))
    both = lime(request_of(classifier, images[:1], target=1, against=2), **options).values
    np.testing.assert_allclose(both, one - other, atol=1e-5)


def test_an_image_has_the_same_weights_in_any_company(classifier, images):
    """The seed belongs to the image: alone or among others, in small or large chunks, it is explained the same."""
    batch = request_of(classifier, images).batch
    alone = request_of(classifier, images[2:])
    alone = replace(alone, batch=replace(alone.batch, seed=batch.seed[2:], target=batch.target[2:]))
    together = lime(request_of(classifier, images), num_samples=100)
    np.testing.assert_allclose(lime(alone, num_samples=100).values[0], together.values[2], atol=1e-6)


def test_the_chunk_does_not_matter(classifier, images, monkeypatch):
    """Pictures are built a chunk at a time, whatever their number; the weights stay."""
    whole = lime(request_of(classifier, images[:1]), num_samples=100).values
    monkeypatch.setattr(variants, "ROWS", 7)
    np.testing.assert_allclose(lime(request_of(classifier, images[:1]), num_samples=100).values, whole, atol=1e-6)


def test_what_is_shown_can_be_chosen():
    """By number, by size and by sign; what is not chosen is 0."""
    weights = np.array([0.5, -0.4, 0.1, 0.0, -0.05])
    assert select(weights, None, 0, "both").tolist() == weights.tolist()
    assert select(weights, 2, 0, "both").tolist() == [0.5, -0.4, 0, 0, 0]
    assert select(weights, 2, 0, "for").tolist() == [0.5, 0, 0.1, 0, 0]
    assert select(weights, 3, 0.1, "against").tolist() == [0, -0.4, 0, 0, 0]
    assert select(weights, None, 0.1, "both").tolist() == [0.5, -0.4, 0.1, 0, 0]


def test_what_was_done_is_told(classifier, images):
    """The algorithm, how many superpixels from picture to picture, what hides one, and what of it is shown."""
    facts = lime(request_of(classifier, images), num_samples=500, num_features=5, min_weight=0.001).facts
    counts = [int(superpixels(image, Slic()).max()) + 1 for image in images]
    told = counts[0] if len(set(counts)) == 1 else f"{min(counts)}–{max(counts)}"
    assert facts["superpixels"] == told
    assert (facts["algorithm"], facts["hide"], facts["samples"]) == ("slic", "blur", 500)
    assert (facts["num_features"], facts["min_weight"]) == (5, 0.001)
    assert "num_features" not in lime(request_of(classifier, images[:1]), num_samples=500).facts


def test_nothing_to_show_is_said():
    """A score that no superpixel changes leaves a remark, not a coloured nothing; so does a single superpixel."""
    request = request_of(LinearClassifier(np.zeros((48, 48, 1, 2), np.float32)), np.ones((1, 48, 48, 1)), target=0)
    assert lime(request, num_samples=50).remark(0) == "flat"
    assert lime(request, num_samples=50, sign="for").remark(0) == "nothing_speaks_for"
    assert lime(request, num_samples=50, sign="against").remark(0) == "nothing_speaks_against"
    single = {"algorithm": "grid", "rows": 1, "columns": 1}
    assert lime(request, num_samples=50, segmentation=single).remark(0) == "one_superpixel"


def test_too_few_samples_for_the_superpixels_are_told(classifier, images):
    """Fewer than ten a superpixel, where somebody asks for so few."""
    many = {"algorithm": "grid", "rows": 11, "columns": 11}
    assert lime(request_of(classifier, images[:1]), num_samples=100, segmentation=many).facts["samples_advised"] == 1210


@pytest.mark.parametrize("segments", [1, 5, 33, 63, 64, 200])
def test_a_balanced_portion_shows_each_and_each_two_alike(segments):
    """Every superpixel in half of the pictures, every two in a quarter, each picture beside its complement."""
    on = balanced(np.random.RandomState(3), segments)
    together = on.T @ on / len(on)
    np.testing.assert_array_equal(together, np.where(np.eye(segments, dtype=bool), 0.5, 0.25))
    np.testing.assert_array_equal(on[::2] + on[1::2], 1)
    assert len(on) == (128 if segments < 64 else 2 * 2 ** int(segments).bit_length())


def test_any_picture_is_as_likely_as_any_other():
    """The first row of many portions, of three superpixels: each of the eight one in eight times."""
    random = np.random.RandomState(0)
    codes = np.bincount([balanced(random, 3)[0] @ [1, 2, 4] for _ in range(1000)], minlength=8)
    assert codes / 1000 == pytest.approx([1 / 8] * 8, abs=0.05)  # nearly five standard errors


@pytest.mark.parametrize("named", ["auto", None])
def test_a_score_that_is_a_sum_takes_few_samples(named):
    """Where every draw says the same the first look is the last; what was used is told."""
    request = request_of(Additive(np.random.default_rng(4).normal(size=(48, 48, 1, 2)) / 1000), np.ones((1, 48, 48, 1)))
    grid = {"algorithm": "grid", "rows": 3, "columns": 3}
    found = lime(request, num_samples=named, hide="black", segmentation=grid)
    assert found.facts["samples"] == found.image_facts[0]["samples"] == door.FEWEST
    assert "samples_advised" not in found.facts


@dataclass(frozen=True)
class Noisy(LinearClassifier):
    """Says something else of every picture, and nothing that one could sum up; a white one is a sum."""

    def probabilities(self, inputs):
        noise = np.sin(30 * np.tensordot(inputs, self.weights, axes=3))
        plain = inputs.max(axis=(1, 2, 3)) == 1
        return np.where(plain[:, None], self.logits(inputs), noise).astype(np.float32)


def test_a_score_that_comes_never_again_takes_the_most(images):
    """Noise goes to the end, a sum beside it does not, and each is explained as if it were alone."""
    strength = np.kron(np.arange(16).reshape(4, 4), np.ones((12, 12))) / 1000
    weights = strength[:, :, None, None].astype(np.float32) * np.array([1, -1], np.float32)
    pictures = np.stack([images[0] * 0.9, np.ones((48, 48, 1), np.float32)])
    options = {"hide": "black", "segmentation": {"algorithm": "grid", "rows": 4, "columns": 4}}
    found = lime(request_of(Noisy(weights), pictures, target=0), **options)
    assert [facts["samples"] for facts in found.image_facts] == [door.MOST, door.FEWEST]
    assert found.facts["samples"] == f"{door.FEWEST}–{door.MOST}"
    alone = lime(request_of(Noisy(weights), pictures[:1], target=0), **options)
    np.testing.assert_allclose(alone.values[0], found.values[0], atol=1e-3)


def test_what_a_draw_without_end_gives_is_a_plain_fit(classifier, images, monkeypatch):
    """Where it never stops, the weights are scikit-learn's on all masks of the draw, weighted as LIME does."""
    monkeypatch.setattr(door, "settled", lambda near, seed: False)
    request = request_of(classifier, images[:1], target=3)
    grid = {"algorithm": "grid", "rows": 5, "columns": 5}
    found = lime(request, segmentation=grid)
    labels, random = found.segments[0], np.random.RandomState(int(request.batch.seed[0]))
    random.randint(0, high=1000)
    on = np.concatenate([balanced(random, 25) for _ in range(4)])
    on[0] = 1
    assert len(on) == door.MOST == found.facts["samples"]
    fill = hidden(images[0], labels, "blur")
    seen = np.stack([np.where(one.astype(bool)[labels][..., None], images[0], fill) for one in on])
    weight = np.sqrt(np.exp(-(((1 - np.sqrt(on.mean(axis=1))) / 0.25) ** 2)))
    fit = Ridge(alpha=1.0).fit(on, classifier.probabilities(seen)[:, 3], sample_weight=weight)
    np.testing.assert_allclose(found.values[0], fit.coef_[labels], atol=1e-5)


def test_the_most_is_what_it_costs():
    """Left out, as many passes as an image of a face can take; many superpixels take ten each."""
    cost = METHODS["lime"].passes
    assert [cost(params, 7, USUAL_SIZE) for params in ({}, {"num_samples": "auto"}, {"num_samples": None})] == [
        3584
    ] * 3
    assert cost({"num_samples": 1000}, 7, USUAL_SIZE) == 7000
    assert cost({"segmentation": {"algorithm": "grid", "rows": 11, "columns": 11}}, 1, USUAL_SIZE) == 1210
    assert cost({"segmentation": {"n_segments": 100}}, 1, USUAL_SIZE) == 1000


@pytest.mark.parametrize("hide", HIDES)
def test_what_hides_a_superpixel_is_a_picture(images, hide):
    """Every filling has the image's shape and stays within 0..1; all but its own mean change a flat superpixel."""
    image = images[0]
    labels = superpixels(image, Slic())
    fill = hidden(image, labels, hide)
    assert fill.shape == image.shape and fill.dtype == np.float32
    assert fill.min() >= 0 and fill.max() <= 1
    spotted = np.zeros((48, 48, 1), np.float32)
    spotted[labels == 0] = 0.8
    changed = np.abs(hidden(spotted, labels, hide) - spotted)[labels == 0].max()
    assert changed > 0.1 or hide == "superpixel"


def test_the_default_hides_by_a_wide_blur(images):
    """A blur as wide as an eighth of the side keeps the layout and loses what is shown."""
    assert np.array_equal(hidden(images[0], np.zeros((48, 48), int), "blur"), blurred(images[0], 6.0))
