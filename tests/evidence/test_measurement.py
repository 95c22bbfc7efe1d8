"""The evidence of a whole report: its shape, its lights, and what it says in words."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from generator.errors import InputError
from generator.evidence.dependence import LimeFit, fits
from generator.evidence.estimates import Estimate
from generator.evidence.faithfulness import REFERENCES
from generator.evidence.measurement import Setting, measure
from generator.evidence.result import CHECKS, ReportEvidence, plain
from generator.prose.sayings import NAMES, Spoken
from generator.samples import Evaluation
from generator.text import Text
from generator.words import load
from tests.evidence.planted import (
    CLASSES,
    CORNER,
    corner_classifier,
    corner_images,
    edges,
    faces_of,
    fresh_noise,
    registered,
    shuffled,
    toy,
)

ROOM = Path(__file__).parents[2] / "generator" / "evidence"
SOURCES = "".join(path.read_text() for path in ROOM.glob("*.py"))
LIME = ({"r2": 0.7, "stability": 0.9, "chance": 0.1}, {"r2": 0.6, "stability": 0.9, "chance": 0.1})


def evaluated(n: int = 400) -> Evaluation:
    label = np.arange(n) % 4
    prediction = np.where(np.arange(n) % 10 < 7, label, (label + 1) % 4)
    probability = np.full((n, 4), 0.05, np.float32)
    probability[np.arange(n), prediction] = 0.85
    return Evaluation(label, prediction, probability, "", "")


@pytest.fixture(scope="module")
def evidence() -> ReportEvidence:
    classifier = corner_classifier()
    images, target = corner_images(120)
    explainers = [
        registered("saliency"),
        registered("saliency", "again"),
        toy(edges, "edges"),
        toy(fresh_noise, "noise", seeded=True),
        toy(edges, "dear", passes=1000),
    ]
    explainers[4] = type(explainers[4])("lime", explainers[4].method, {}, LIME)
    faces = faces_of(images, target, classifier)
    setting = Setting(CLASSES, (CORNER,), evaluated())
    return measure(explainers, classifier, faces, setting, partial(shuffled, of=classifier))


def spoken(evidence, code: str = "en") -> Spoken:
    names = {k: Text({"en": k.upper(), "zh-Hant": f"類{k}"}) for k in CLASSES}
    regions = {"corner": Text({"en": "the corner", "zh-Hant": "角落"})}
    methods = {name: "lime" if name == "lime" else name for name in evidence.figures}
    return Spoken(evidence, names, regions, methods, load(code), ("en",))


def test_the_numbers_have_the_shape_of_the_manifest(evidence):
    """Every documented field, every estimate as mean, low, high and n."""
    numbers = plain(evidence.of("saliency"))
    assert set(numbers["evidence_images"]) == {"n", "empty", "rule"}
    assert set(numbers["region_share"]["corner"]) == {"area", "ceiling", "untrained", "blob", "all", *CLASSES}
    assert set(numbers["faithfulness"]) == {"deletion", "insertion", "gap", "over"}
    assert set(numbers["faithfulness"]["over"]) == {"blob", "change", "untrained", "average"}
    for exchange in ("class_swap", "random_weights"):
        assert set(numbers[exchange]) == {"retained", "raw", "other", "n"}
    assert set(numbers["faithfulness"]["gap"]) == {"mean", "low", "high", "n"}
    assert set(plain(evidence.of("noise"))["repeat"]) == {"pixel", "cell"}
    assert set(plain(evidence.of("lime"))["lime"]) == {"r2", "stability", "chance"}
    top = plain(evidence)
    assert set(top) == {"region_effect", "agreement", "data", "calibration", "classes"}
    assert set(top["region_effect"]["corner"]["a"]) == {"inside", "elsewhere", "difference", "holds"}
    assert {"accuracy", "confidence", "gap", "ece", "ece_if_calibrated", "bins"} <= set(top["calibration"])
    assert "confusion" not in evidence.figures


def test_the_lights_are_those_of_the_planted_truth(evidence):
    """The gradient of the corners depends on class and weights; the edges on neither; the noise says nothing."""

    def lights(figure):
        return {check: one.light for check, one in evidence.of(figure).verdict.items()}

    assert lights("saliency")["class"] == lights("saliency")["weights"] == "green"
    assert lights("edges")["class"] == lights("edges")["weights"] == "red"
    assert lights("noise")["class"] == "silent"
    assert lights("noise")["faithful"] == "red"
    assert lights("noise")["repeat"] == "amber"
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


def test_without_regions_and_untrained_networks_the_rest_is_measured():
    """Both are optional; what is missing says so."""
    classifier = corner_classifier()
    images, target = corner_images(28)
    found = measure([registered("saliency")], classifier, faces_of(images, target, classifier), Setting(CLASSES))
    verdict = found.of("saliency").verdict
    assert verdict["looks"].reason == "no_regions"
    assert verdict["weights"].reason == "untested"
    assert found.of("saliency").faithfulness.gap.n == 28


def test_prose_asks_by_name(evidence):
    """Numbers with their interval, multiples, and claims that are true only where they hold."""
    say = spoken(evidence).context()
    share = say["region_share"]("saliency", "corner", "a")
    assert str(share) == "100%"
    assert float(share.times) == pytest.approx(16, rel=1e-4)
    assert share.known
    assert share.n == 30
    assert say["looks_at"]("saliency", "a") == ("corner",)
    assert str(say["looks_at"]("saliency", "a")) == "the corner"
    assert not say["looks_at"]("saliency", "b")
    assert say["region_effect"]("corner", "a")
    assert not say["region_effect"]("corner", "b")
    assert say["region_effect"]("corner", "a").inside > 0.2
    assert say["gap"]("saliency").low > 0
    assert not say["gap"]("noise")
    assert say["beats"]("saliency", "blob")
    assert say["retained"]("saliency", "class")
    assert not say["retained"]("edges", "class")
    assert str(say["retained"]("edges", "weights")) == "100%"
    assert str(say["lime_fit"]("lime").stability) == "0.9"
    assert not say["agree"]("saliency", "noise")
    assert say["verdict"]("saliency", "class") == "green"
    assert str(say["verdict"]("saliency", "class")) == "Another class gives another map."
    assert say["verdict"]("lime", "faithful").reason == "too_costly"
    assert not say["verdict"]("lime", "faithful").known
    assert say["confused"]("a") == "b"
    assert str(say["confused"]("a")) == "B"
    assert say["overconfidence"]()
    assert set(say) == set(NAMES)


def test_what_is_silent_prints_a_dash_and_is_false(evidence):
    """A method that was not measured has no share, no gap and nothing retained."""
    say = spoken(evidence).context()
    for value in (
        say["region_share"]("lime", "corner"),
        say["gap"]("lime"),
        say["beats"]("lime", "blob"),
        say["retained"]("lime", "weights"),
        say["agree"]("lime", "saliency"),
    ):
        assert str(value) == "–"
        assert not value
        assert not value.known
    assert str(say["region_share"]("lime", "corner").times) == "–"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.gap("salency"), "unknown figure 'salency'; did you mean 'saliency'"),
        (lambda s: s.region_share("saliency", "nose"), "unknown region 'nose'"),
        (lambda s: s.looks_at("saliency", "z"), "unknown class 'z'"),
        (lambda s: s.beats("saliency", "blub"), "unknown reference 'blub'; did you mean 'blob'"),
        (lambda s: s.retained("saliency", "wieghts"), "unknown exchange 'wieghts'; did you mean 'weights'"),
        (lambda s: s.verdict("saliency", "faithfull"), "unknown check 'faithfull'; did you mean 'faithful'"),
    ],
)
def test_a_name_that_does_not_exist_is_the_authors_mistake(evidence, call, message):
    """With the nearest known one."""
    with pytest.raises(InputError, match=message):
        call(spoken(evidence))


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
def test_every_figure_has_its_lines_in_both_languages(evidence, code):
    """A name, a sentence and numbers with their interval for each check, no place left unfilled."""
    words = spoken(evidence, code)
    for figure in evidence.figures:
        lines = words.lines(figure)
        assert len(lines) >= (2 if figure == "lime" else 4)
        for line in lines:
            assert line.name
            assert line.sentence
            assert "{" not in line.sentence + line.numbers
        assert "{" not in words.rule(figure)
    told = words.lines("saliency")[0]
    assert ("corner" if code == "en" else "角落") in told.numbers
    assert ("30 images" if code == "en" else "30 張") not in told.numbers
    assert ("120 images" if code == "en" else "120 張") in told.numbers


def test_checks_that_are_silent_for_one_reason_share_a_line(evidence):
    """A method that is too dear says it once, with the names of all checks; what it does know comes after."""
    silent, fit = spoken(evidence).lines("lime")
    assert silent.name.startswith("Where it looks, Faithful to the model, ")
    assert silent.sentence.startswith("Not measured")
    assert fit.light == "green"
    assert spoken(evidence).say("lime") == fit.sentence


def test_less_than_nothing_reads_as_nothing(evidence):
    """A map that turns into its opposite retains nothing; the manifest keeps the number."""
    swap = spoken(evidence).retained("saliency", "class")
    assert swap.mean < 0
    line = next(line for line in spoken(evidence).lines("saliency") if line.check == "class")
    assert line.numbers.startswith("0% of the map stays")


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
def test_every_reason_has_words(code):
    """Each reason that a verdict may give has a sentence in the words of each language, and each check its number."""
    words = load(code)
    given = set(re.findall(r'Verdict\("\w+", "(\w+)"', SOURCES)) | set(re.findall(r'Retained\(\w+, "(\w+)"', SOURCES))
    given |= set(re.findall(r'return "(\w+)"', SOURCES)) | {f"{reference}_as_good" for reference in REFERENCES}
    assert len(given) > 20
    said = {key.split(".")[-1] for key in words.under("evidence.says")}
    assert given <= said
    assert {key.split(".")[0] for key in words.under("evidence.says")} == {"any", *CHECKS}
    for part in ("check", "number"):
        assert set(words.under(f"evidence.{part}")) == set(CHECKS)
    assert not [key for key in words.missing if key.startswith("evidence.")]


@pytest.mark.parametrize(
    ("r2", "stability", "light", "reason"),
    [
        (0.7, 0.9, "green", "fits"),
        (0.2, 0.9, "red", "fits_badly"),
        (0.7, 0.4, "red", "unstable"),
        (0.7, 0.7, "amber", "double_samples"),
        (0.5, 0.9, "amber", "fits_partly"),
    ],
)
def test_limes_light_is_of_fit_and_stability(r2, stability, light, reason):
    """Green from .6 and .8 on, red below .3 or .5."""
    estimates = [Estimate(value, value, value, 7) for value in (r2, stability, 0.1)]
    found = fits(LimeFit(*estimates))
    assert (found.light, found.reason, found.n) == (light, reason, 7)
