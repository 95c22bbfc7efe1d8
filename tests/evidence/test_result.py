"""The evidence as the manifest writes it, as the cache keeps it, and as the words say it."""

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from generator.build.cache import freeze, thaw
from generator.evidence.estimates import DECIDED, Colour, Estimate, Statement
from generator.evidence.result import CHECKS, ReportEvidence, plain
from generator.words import load
from tests.evidence.planted import (
    CLASSES,
    evidence,
)

ROOM = Path(__file__).parents[2] / "generator" / "evidence"
SOURCES = "".join(path.read_text() for path in ROOM.glob("*.py"))


@pytest.fixture(name="evidence")
def measured() -> ReportEvidence:
    return evidence()


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
    assert set(top["region_effect"]["corner"]["a"]) == {"inside", "elsewhere", "difference", "holds", "said"}
    assert {"accuracy", "confidence", "gap", "ece", "ece_if_calibrated", "bins"} <= set(top["calibration"])
    assert "confusion" not in evidence.figures


@pytest.mark.parametrize("code", ["en", "zh-Hant", "ja"])
def test_every_reason_has_words(code):
    """Each reason that a verdict may give has a sentence in the words of each language, and each check its number."""
    words = load(code)
    keys = [tuple(key.split(".")) for key in words.entries if key.startswith("evidence.")]
    lights = "|".join(get_args(Colour))
    forms = (rf'"(?:{lights})", "(\w+)"', r'Retained\([\w., ]+, "(\w+)"', r'return "(\w+)"', r'else "(\w+)"')
    others = {"random_predicted", "inapplicable", "label", *get_args(Colour), *DECIDED}  # a rule, a word, no reasons
    halves = set(get_args(Statement)) - DECIDED
    given = {reason for form in forms for reason in re.findall(form, SOURCES)} - others | halves
    assert len(given) > 20
    said = {key[-1] for key in keys if key[1] == "says"}
    assert given <= said
    assert said - given <= {"not_asked", "unneeded"}  # of prose; the first of a choice of two
    assert {key[2] for key in keys if key[1] == "says"} == {"any", *CHECKS}
    for part in ("check", "number"):
        assert {key[2] for key in keys if key[1] == part} - {"untrained"} == set(CHECKS)
    assert not [key for key in words.missing if key.startswith("evidence.")]


def test_the_cache_gives_back_what_was_measured(evidence):
    """With its types: what is read again serialises to the same numbers, and the mean maps are the same."""
    again = thaw(freeze(evidence))
    assert isinstance(again, ReportEvidence)
    assert isinstance(again.of("saliency").faithfulness.gap, Estimate)
    assert (plain(again), plain(again.figures)) == (plain(evidence), plain(evidence.figures))
    np.testing.assert_array_equal(again.mean_maps["saliency"], evidence.mean_maps["saliency"])
