"""The script behind docs/what-the-fer-cnn-looks-at.md: its spec is one, and its tables say what a manifest holds."""

import json
import re

import numpy as np

from benchmarks.looks import METHODS, needed, number, spec
from generator.build_options import BuildOptions
from generator.spec.report import load
from tests import ROOT

PAGE = (ROOT / "docs" / "what-the-fer-cnn-looks-at.md").read_text(encoding="utf-8")


def test_the_spec_asks_every_method_of_labelled_faces(tmp_path):
    """One figure a method, and what the report says of each; no mistake in it."""
    faces = tmp_path / "faces.npz"
    np.savez(faces, x=np.zeros((7, 48, 48), np.uint8), y=np.arange(7))
    written = tmp_path / "report.yaml"
    written.write_text(json.dumps(spec(ROOT / "models" / "fer_cnn.keras", faces)), encoding="utf-8")
    report = load(written, BuildOptions())
    assert [one.method for question in report.questions for one in question.figures] == list(METHODS)


def test_numbers_read_as_on_the_page():
    """Without the zero before the point; what holds is bold, what is below zero in italics."""
    effect = {"mean": -0.28, "low": -0.351, "high": 0.04, "n": 60}
    assert number(effect) == "−.28 [−.35, .04]"
    cells = {name: {"difference": effect, "said": "undecided"} for name in ("angry", "disgust", "fear", "all")}
    cells |= {name: {"difference": effect, "said": "below"} for name in ("happy", "sad", "surprise", "neutral")}
    rows = list(
        needed({"region_effect": {"eyes": cells, "mouth": {**cells, "all": {**cells["all"], "said": "above"}}}})
    )
    assert rows[0] == "| class | eyes | mouth |"
    assert rows[5] == "| happy | *−.28 [−.35, .04]* | *−.28 [−.35, .04]* |"
    assert rows[-1] == "| all | −.28 [−.35, .04] | **−.28 [−.35, .04]** |"


def test_the_page_has_a_row_for_each_method():
    """Of those that are measured."""
    named = set(re.findall(r"^\| ([A-Za-z+ -]+?) \|", PAGE, re.MULTILINE))
    assert set(METHODS.values()) <= named
