"""The evidence of a whole report: its lights, and that batches do not matter."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from generator import steps
from generator.errors import DataError
from generator.evidence import explainer as explaining
from generator.evidence import localisation
from generator.evidence.estimates import Sums
from generator.evidence.explainer import COVERED
from generator.evidence.measurement import LOOKS, Setting, measure
from generator.evidence.result import ReportEvidence, plain
from generator.steps import DiedError
from tests.evidence.planted import (
    CLASSES,
    CORNER,
    LIME,
    case_of,
    corner_classifier,
    corner_images,
    edges,
    evaluated,
    evidence,
    faces_of,
    fixed_noise,
    fresh_noise,
    registered,
    shuffled,
    spoken,
    told,
    toy,
)
from tests.fixtures.closed_form import LinearClassifier


@pytest.fixture(name="evidence")
def measured() -> ReportEvidence:
    return evidence()


def test_the_lights_are_those_of_the_planted_truth(evidence):
    """The gradient of the corners depends on class and weights; the edges on neither; the noise says nothing."""

    def lights(figure):
        return {check: one.light for check, one in evidence.of(figure).verdict.items()}

    assert lights("saliency")["class"] == lights("saliency")["weights"] == "green"
    assert lights("edges")["class"] == lights("edges")["weights"] == "red"
    assert lights("noise")["class"] == "silent"
    assert lights("noise")["faithful"] == "red"
    assert lights("noise")["repeat"] == "red"
    assert lights("lime") == {
        "looks": "silent",
        "faithful": "silent",
        "class": "silent",
        "weights": "silent",
        "fit": "green",
    }
    assert evidence.of("again") == evidence.of("saliency")


def test_the_mean_map_of_a_class_is_where_its_maps_lie(evidence):
    """In multiples of an even map: 16 in the own corner, which is a sixteenth of the picture, and 0 elsewhere."""
    maps = evidence.mean_maps["saliency"]
    assert maps.shape == (4, 48, 48)
    np.testing.assert_allclose(maps[0, :12, :12], 16, rtol=1e-5)
    assert maps[0, 12:, 12:].max() == 0


def test_too_few_images_leave_everything_silent():
    """Seven images: no estimate, no light but silence, and no error."""
    classifier = corner_classifier()
    images, target = corner_images(7)
    found = measure(
        [registered("saliency")], classifier, faces_of(images, target, classifier), Setting(CLASSES, (CORNER,))
    )
    assert {one.light for one in found.of("saliency").verdict.values()} == {"silent"}
    assert found.region_effect == {}
    assert spoken(found).say("saliency") == "Too few images to say."


@pytest.mark.parametrize("count", [8, 9, 13])
def test_fewer_images_than_untrained_networks_are_measured(count):
    """The networks that no image is left for are not asked."""
    found = told(case_of(registered("saliency"), count=count))
    assert set(found.verdict) >= {"looks", "weights"}
    assert found.images.n == count


def test_without_regions_and_untrained_networks_the_rest_is_measured():
    """Both are optional; what is missing says so."""
    classifier = corner_classifier()
    images, target = corner_images(28)
    found = measure([registered("saliency")], classifier, faces_of(images, target, classifier), Setting(CLASSES))
    verdict = found.of("saliency").verdict
    assert verdict["looks"].reason == "no_regions"
    assert verdict["weights"].reason == "untested"
    assert found.of("saliency").faithfulness.gap.n == 14  # where it is decided


class OneByOne(LinearClassifier):
    """Every image on its own, in float64: a library's sums may round differently in another batch."""

    def logits(self, inputs):
        wide = self.weights.astype(np.float64)
        return np.array([[(image * wide[..., k]).sum() for k in range(self.n_classes)] for image in inputs])


@pytest.mark.parametrize("block", [28, 60, 1000])
def test_the_batches_do_not_matter(monkeypatch, block):
    """Everything in the evidence is the same to 1e-12, however many images go through at once."""
    explainers = [registered("saliency"), toy(fresh_noise, seeded=True)]
    classifier = OneByOne(corner_classifier().weights)
    images, target = corner_images(60)
    setting = Setting(CLASSES, (CORNER,))
    monkeypatch.setattr(localisation, "blurred", lambda images, sigma: 0 * images)

    def evidence():
        faces = faces_of(images, target, classifier)
        found = measure(explainers, classifier, faces, setting, partial(shuffled, of=classifier))
        return flattened([plain(found.figures), plain(found)])

    whole = evidence()
    monkeypatch.setattr(explaining, "BLOCK", block)
    monkeypatch.setattr(localisation, "BLOCK", block)
    parts = evidence()
    assert [key for key, _ in whole] == [key for key, _ in parts]
    np.testing.assert_allclose([v for _, v in parts], [v for _, v in whole], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("draw", [lambda random, n: random.normal(size=n), lambda random, n: random.random(n) - 0.5])
def test_intervals_hold_however_often_one_looks(draw):
    """Of 2,000 samples at most one in twenty has a look whose interval misses the truth, and it may stop at any."""
    random, missed = np.random.default_rng(0), 0
    looks = (*LOOKS, (COVERED, 1 - sum(share for _, share in LOOKS)))
    for _ in range(2000):
        values = draw(random, COVERED)
        known = [Sums.of(values[:count]).estimate().spending(share) for count, share in looks]
        missed += any(not one.low <= 0 <= one.high for one in known)
        assert known[0].share == LOOKS[0][1] and known[0].n == LOOKS[0][0]
    assert 0.03 < missed / 2000 < 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000)


def test_a_look_is_as_wide_as_its_part_of_the_error():
    """Student's quantiles by hand: of 14 images a fiftieth of 5 % is .1 %, of 28 at any level its part of that."""
    values = np.arange(14.0)
    whole = Sums.of(values).estimate()
    look = whole.spending(0.02)
    error = values.std(ddof=1) / np.sqrt(14)
    assert look.high - look.mean == pytest.approx(4.2208 * error, rel=1e-4)
    assert look.at(0.99).high - look.mean == pytest.approx(5.1106 * error, rel=1e-4)
    assert look.spending(1.0).high == pytest.approx(whole.high)


def test_what_is_decided_early_is_not_asked_again():
    """The corners are plain after 14 images; whether noise is faithful is asked of all."""
    classifier = corner_classifier()
    faces = faces_of(*corner_images(60), classifier)
    asked = [registered("saliency"), toy(fixed_noise, "noise")]
    found = measure(asked, classifier, faces, Setting(CLASSES, (CORNER,)), partial(shuffled, of=classifier))
    assert found.of("saliency").faithfulness.gap.n == 14
    assert found.of("saliency").faithfulness.gap.share == LOOKS[0][1]
    noise = found.of("noise")
    assert (noise.class_swap.n, noise.faithfulness.gap.n) == (14, COVERED)  # each check by itself
    assert (found.of("saliency").light("faithful"), found.of("saliency").light("class")) == ("amber", "green")


def flattened(value, path=""):
    """Every number of a tree with its place."""
    if isinstance(value, dict):
        return [leaf for key, entry in value.items() for leaf in flattened(entry, f"{path}/{key}")]
    if isinstance(value, list | tuple):
        return [leaf for key, entry in enumerate(value) for leaf in flattened(entry, f"{path}/{key}")]
    return [(path, float(value))] if isinstance(value, int | float) else [(f"{path}={value}", 0.0)]


def test_lime_is_measured_and_says_on_what():
    """On fourteen images, with maps of 150 samples; its fit on eight images with the samples of the figure."""
    classifier = corner_classifier()
    faces = faces_of(*corner_images(40), classifier)
    shown = replace(registered("lime", num_samples=1000), image_facts=LIME)
    found = measure([shown], classifier, faces, Setting(CLASSES, (CORNER,)))
    figure = found.of("lime")
    assert plain(figure)["evidence_images"] == {
        "n": 14,
        "empty": 0,
        "rule": "random_correct",
        "thrifty": {"num_samples": 150},
    }
    assert {check: figure.light(check) for check in ("faithful", "class")} == {"faithful": "green", "class": "green"}
    assert figure.repeat is None
    assert figure.lime.r2.n == 8
    assert "14" in spoken(found).rule("lime")
    assert "150" in spoken(found).rule("lime")


@pytest.mark.parametrize("classes", [1, 3])
def test_pictures_are_added_until_there_are_eight(classes):
    """Whether the ones that are shown are explained for one class each or for three."""
    classifier = corner_classifier()
    faces = faces_of(*corner_images(40), classifier)
    facts = tuple({**LIME[0], "seed": seed} for seed in (-1, -2, -3) for _ in range(classes))
    shown = replace(registered("lime", num_samples=300), image_facts=facts)
    assert measure([shown], classifier, faces, Setting(CLASSES, (CORNER,))).of("lime").lime.r2.n == 8


def raised(error):
    raise error


def untrained_only(request):
    """Fails where the class has not the corner's weights: of an untrained network."""
    return raised(KeyError("w")) if request.classifier.weights.min() < 0 else edges(request)


EDGES = toy(edges, "broken")
FAILING = {
    "on the model's maps": (toy(lambda request: raised(SystemExit(3)), "broken"), "SystemExit: 3"),
    "on untrained networks": (toy(untrained_only, "broken"), "KeyError: 'w'"),
    "for want of memory": (toy(lambda request: raised(MemoryError("no room")), "broken"), "MemoryError: no room"),
    "for images that do not fit": (toy(lambda request: raised(DataError("too few")), "broken"), "too few"),
    "with what are no maps": (
        replace(EDGES, method=replace(EDGES.method, compute=lambda request: None)),
        "TypeError: the method returned NoneType, not Heatmaps",
    ),
    "on the facts beside others": (
        replace(toy(lambda request: raised(OSError("gone")), "broken", passes=500), image_facts=LIME[:2]),
        "OSError: gone",
    ),
}


def test_a_method_that_took_its_process_with_it_is_not_run_again(monkeypatch):
    """Its own lights say that it failed, and the others are measured."""
    died = {("evidence", "broken"): DiedError("crashed", {"signal": "SIGABRT"})}
    monkeypatch.setattr(steps, "WATCH", steps.Watch(None, died))
    classifier = corner_classifier()
    failing = toy(lambda request: pytest.fail("it ran"), "broken")
    faces, setting = faces_of(*corner_images(28), classifier), Setting(CLASSES)
    found = measure([failing, registered("saliency")], classifier, faces, setting)
    assert found.failures == {"broken": "the computation crashed (SIGABRT)"}
    assert {light.reason for light in found.of("broken").verdict.values()} == {"failed"}
    assert found.of("saliency").verdict["faithful"].reason != "failed"


@pytest.mark.parametrize("case", FAILING)
def test_a_method_that_fails_is_silent_and_the_others_are_measured(case):
    """As if it were not there, but for its own lights, which say why; the cause is told beside."""
    failing, cause = FAILING[case]
    classifier = corner_classifier()
    faces, setting = faces_of(*corner_images(28), classifier), Setting(CLASSES, (CORNER,), evaluated())
    alone, found = (
        measure(explainers, classifier, faces, setting, partial(shuffled, of=classifier))
        for explainers in ([registered("saliency")], [failing, registered("saliency")])
    )
    assert found.failures == {"broken": cause} and alone.failures == {}
    verdict = found.of("broken").verdict
    assert {(verdict[name].light, verdict[name].reason) for name in ("looks", "faithful", "class", "weights")} == {
        ("silent", "failed")
    }
    assert spoken(found).say("broken") == "The maps could not be computed on further images."
    assert spoken(found, "zh-Hant").say("broken") == "未測量：換成更多圖片時，算不出這種圖。"
    assert plain(found.of("saliency")) == plain(alone.of("saliency"))
    assert plain(found) == {**plain(alone), "agreement": {"saliency": {}}}
    assert set(found.mean_maps) == {"saliency"}
