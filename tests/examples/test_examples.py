"""Every example builds: on small models with the same names of layers, and with fewer steps, but else as it stands."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
import yaml

from generator.cli import main
from tests import ROOT
from tests.fixtures.stock import keras_library, saved
from tests.fixtures.tiny_models import KERAS_COPIES

pytestmark = KERAS_COPIES
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/report.yaml"))
LIGHTER = {"steps": 2, "num_samples": 60, "samples": 3, "size": 56, "starts": 1, "stride": 6}


def lighter(spec: dict) -> dict:
    """The same report with fewer steps and no evidence."""
    for question in spec["questions"]:
        for figure in question.get("figures", ()):
            params = figure.get("params", {})
            params |= {key: value for key, value in LIGHTER.items() if key in params and params[key] > value}
    return spec | {"evidence": False}


def small_faces(path: Path) -> None:
    """A network of 48×48 faces with the names of the shipped one's layers, as far as an example asks for them."""
    keras = keras_library()
    keras.utils.set_random_seed(3)
    layers = [keras.Input((48, 48, 1))]
    for number in (1, 2, 3, 8):
        layers += [
            keras.layers.Conv2D(8, 3, strides=1 + number % 2, padding="same", name=f"conv{number}"),
            keras.layers.ReLU(name=f"relu{number}"),
        ]
    layers += [
        keras.layers.GlobalAveragePooling2D(name="average"),
        keras.layers.Dense(
            7, "softmax", kernel_initializer=keras.initializers.RandomNormal(0, 40), name="probabilities"
        ),
    ]
    saved(keras.Sequential(layers), path)


@pytest.fixture(scope="module")
def copies(tmp_path_factory) -> Path:
    """The examples beside small models, with the pictures of food-11 drawn."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("site", ".report-cache"))
    (folder / "models").mkdir()
    small_faces(folder / "models" / "fer_cnn.keras")
    for name in ("fer_cnn.evaluation.csv", "fer_cnn.history.csv"):
        shutil.copy(ROOT / "models" / name, folder / "models")
    script = ROOT / "examples" / "food-11" / "make.py"
    spec = importlib.util.spec_from_file_location("food", script)
    food = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(food)
    assert food.main(["--output", str(folder / "examples" / "food-11"), "--each", "4", "--epochs", "8"]) == 0
    return folder / "examples"


def built(copies: Path, name: str) -> Path:
    """The site of an example."""
    path = copies / name / "report.yaml"
    spec = lighter(yaml.safe_load(path.read_text(encoding="utf-8")))
    path.write_text(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert main([str(path), "--formats", "html,md", "-q", "--no-cache"]) == 0
    return path.parent / "site"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_builds(copies, name):
    """Every figure, every language, every file that the spec exports."""
    site = built(copies, name)
    spec = yaml.safe_load((ROOT / "examples" / name / "report.yaml").read_text(encoding="utf-8"))
    record = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    assert len(record["figures"]) == sum(len(question["figures"]) for question in spec["questions"])
    assert not [figure["id"] for figure in record["figures"] if "failure" in figure]
    assert all((site / language / "index.html").is_file() for language in spec["languages"])
    assert EXPORTS.get(name, set()) <= {path.name for path in (site / "exports").glob("*")}


EXPORTS = {
    "homework-2019": {f"fig{k}_{c}.jpg" for k in (1, 3) for c in range(7)} | {"fig2_1.jpg", "fig2_2.jpg"},
    "homework-2019-variations": {"filters_conv1.png", "filters_conv2.png"},
    "food-11": {"filters_conv1.jpg", "lime_0.jpg", "lime_9.jpg"},
}


def test_there_are_six_of_different_shape():
    """And the page beside them has a line for each."""
    page = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert len(EXAMPLES) >= 6
    assert all(f"({name}/report.yaml)" in page for name in EXAMPLES)
