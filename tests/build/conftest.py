"""A report that reads one of every kind of input."""

from pathlib import Path

import pytest

from generator.spec.report import Report
from tests.fixtures.spec_fixture import HEAD, loaded

INPUTS = {
    "the spec": "report.yaml",
    "the model": "model.keras",
    "statistics by pixel": "mean.npy",
    "a picture within the data": "faces/happy/1.png",
    "training images": "trained.npz",
    "the evaluation": "evaluation.csv",
    "a plugin": "plugin.py",
    "a training log": "log.csv",
    "a picture made elsewhere": "shap.png",
    "a template": "templates/page.html",
}
FIGURES = """\
  - id: q
    figures:
      - {method: training_curves, params: {path: log.csv}}
      - {method: picture, params: {path: shap.png}}
"""


@pytest.fixture
def report_of_everything(tmp_path) -> Report:
    """Loaded in a folder that has all of `INPUTS`; what is in them is never read."""
    for name in INPUTS.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    parts = HEAD.replace("model.keras}", "model.keras, preprocess: {mean: mean.npy}}\nevaluation: evaluation.csv")
    data = "data: {source: folder, path: faces, training: trained.npz}\nplugins: [plugin.py]\n"
    return loaded(tmp_path, data + parts + FIGURES, trust_plugins=True)


@pytest.fixture(params=INPUTS.values(), ids=INPUTS.keys())
def any_input(request, tmp_path) -> Path:
    """One of the files that the report of everything reads."""
    return tmp_path / request.param
