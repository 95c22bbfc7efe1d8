"""The digits example: another field, trained by its own script, described by its own spec."""

import csv
import importlib.util

import numpy as np
import pytest
import yaml

from tests import ROOT
from tests.fixtures.tiny_models import KERAS_COPIES

pytestmark = KERAS_COPIES
HERE = ROOT / "examples" / "digits"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("digits_train", HERE / "train.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table() -> list[dict[str, str]]:
    with (HERE / "digits_cnn.evaluation.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_script_writes_what_the_spec_reads(script, tmp_path):
    """One epoch suffices to see every file of the spec come out, for the same test images as the shipped ones."""
    assert script.main(["--output", str(tmp_path), "--epochs", "1"]) == 0
    spec = yaml.safe_load((HERE / "report.yaml").read_text())
    for name in (spec["model"]["path"], spec["data"]["path"], spec["evaluation"]):
        assert (tmp_path / name).exists()
    with np.load(tmp_path / "digits.npz") as made, np.load(HERE / "digits.npz") as shipped:
        np.testing.assert_array_equal(made["x"], shipped["x"])
        np.testing.assert_array_equal(made["y"], shipped["y"])


def test_the_shipped_model_is_small_and_right(script):
    """Less than 300 kB, and at least 97 of 100 digits that it was not trained on are read right."""
    assert (HERE / "digits_cnn.keras").stat().st_size < 300_000
    assert np.mean([row["y_true"] == row["y_pred"] for row in table()]) >= 0.97


def test_its_evaluation_is_the_model_s(script):
    """The probabilities in the file are those of the model on the images beside it."""
    model = script.keras.models.load_model(HERE / "digits_cnn.keras")
    with np.load(HERE / "digits.npz") as data:
        found = model.predict(script.inputs(data["x"]), verbose=0)
    stored = [[float(row[f"p_{name}"]) for name in script.NAMES] for row in table()]
    np.testing.assert_allclose(found, stored, atol=1e-4)


def test_the_spec_names_the_classes_in_the_model_s_order(script):
    """The spec's classes are the script's, in the order of the outputs."""
    spec = yaml.safe_load((HERE / "report.yaml").read_text())
    assert [item["id"] for item in spec["classes"]] == list(script.NAMES)
