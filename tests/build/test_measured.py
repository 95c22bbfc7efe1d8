"""The evidence is measured once, and anew where anything that it is measured on has changed."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from generator.build import measured as room
from generator.build.cache import Cache
from generator.build.measured import NOTHING, measured
from generator.build.study import open_study
from generator.build_options import BuildOptions
from generator.evidence.result import FigureEvidence, ReportEvidence
from tests.fixtures import report_fixture
from tests.fixtures.spec_fixture import HEAD, loaded

SPEC = (
    "data: {source: npz, path: faces.npz, training: trained.npz}\n" + HEAD + "  - {id: q, figures: [{method: lime}]}\n"
)
RESULTS = {"lime": report_fixture.result("lime")}


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """Builds the evidence of a spec in a folder; how often it was measured by now."""
    for name in ("faces.npz", "trained.npz"):
        np.savez(tmp_path / name, x=np.zeros((2, 4, 4), np.uint8), y=np.arange(2))
    calls = []
    monkeypatch.setattr(room, "_measure", lambda *_: calls.append(1) or ReportEvidence())
    monkeypatch.setattr(room, "_allowed", lambda *_: 30.0)

    def counting(spec: str = SPEC, results=RESULTS) -> int:
        report = loaded(tmp_path, spec)
        study = open_study(report, BuildOptions(), Cache(tmp_path / "cache"))
        measured(report, study, results, print)
        return len(calls)

    return counting


def test_a_rebuild_measures_nothing(counted):
    """Nothing it depends on has changed."""
    assert (counted(), counted()) == (1, 1)


@pytest.mark.parametrize("name", ["faces.npz", "trained.npz", "model.keras"])
def test_other_images_or_another_model_are_measured_anew(counted, tmp_path, name):
    """Also other training images under the same name: copies of them in the data are counted."""
    assert counted() == 1
    whole = (tmp_path / name).read_bytes()
    with zipfile.ZipFile(tmp_path / name, "a") as archive:
        archive.comment = b"more"
    assert (tmp_path / name).read_bytes() != whole
    assert counted() == 2


def test_regions_and_the_number_of_images_count(counted):
    """What the spec says of the evidence itself."""
    assert counted() == 1
    assert counted(SPEC.replace("0.9, 0.5]", "0.9, 0.6]")) == 2
    assert counted("evidence: {images: 8}\n" + SPEC) == 3


def test_another_budget_is_measured_anew(counted):
    """However it is written; the speed of the machine is no part of it."""
    assert (counted("budget: 5min\n" + SPEC), counted("budget: 300\n" + SPEC)) == (1, 1)
    assert counted() == 2


def test_without_attributions_or_by_the_specs_wish_nothing_is_measured(counted, tmp_path):
    """No evidence, and no time for it."""
    assert counted("evidence: false\n" + SPEC) == 0
    assert counted(SPEC, {"filters": report_fixture.result("filters")}) == 0
    report = loaded(tmp_path, "evidence: false\n" + SPEC)
    study = open_study(report, BuildOptions(), Cache(None))
    assert measured(report, study, RESULTS, print) == NOTHING


def test_each_figure_is_measured_on_its_own_models(tmp_path, monkeypatch):
    """Its first model under its name, a further one behind it; what is asked of the whole report is of the first."""
    np.savez(tmp_path / "faces.npz", x=np.zeros((2, 4, 4), np.uint8), y=np.arange(2))
    both = HEAD.replace("model: {path: model.keras}", "models: {old: {path: model.keras}, new: {path: model.keras}}")
    figures = "{id: lime, method: lime, model: [old, new]}, {id: second, method: lime, model: new}"
    spec = f"data: {{source: npz, path: faces.npz}}\n{both}  - {{id: q, figures: [{figures}]}}\n"
    asked = {}

    def of_model(report, study, name, explainers, setting, note, seconds):
        assert seconds == 15  # half of them for each of two models
        asked[name] = [one.figure for one in explainers], setting.evaluation is not None
        return ReportEvidence({one.figure: FigureEvidence() for one in explainers})

    monkeypatch.setattr(room, "_of_model", of_model)
    monkeypatch.setattr(room, "_allowed", lambda *_: 30.0)
    report = loaded(tmp_path, spec)
    study = open_study(report, BuildOptions(), Cache(None))
    monkeypatch.setattr(type(study), "evaluation", report_fixture)
    part = RESULTS["lime"].parts[0]
    results = {"lime": replace(RESULTS["lime"], parts=(part, part)), "second": RESULTS["lime"]}
    found = measured(report, study, results, print)
    assert asked == {"old": (["lime"], True), "new": (["lime.new", "second"], False)}
    assert found.parts_of("lime") == ("lime", "lime.new")
    assert found.parts_of("second") == ("second",)
