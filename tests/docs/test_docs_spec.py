"""Every line that the pages on report.yaml tell people to write loads; every name of the prose is listed."""

import re
from pathlib import Path

import pytest
import yaml

from generator import methods
from generator.prose.sayings import FUNCTIONS
from generator.spec.report import load
from tests import ROOT
from tests.fixtures.spec_fixture import HEAD, loaded, written

DOCS = ROOT / "docs"
PAGE = (DOCS / "spec.md").read_text(encoding="utf-8")
TASKS = (DOCS / "how-to-say-it.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE + TASKS, re.DOTALL)
PREPROCESS = re.findall(r"`(preprocess: \{.*?\})`", PAGE)
PLUGIN = re.findall(r"```python\n(.*?)```", TASKS, re.DOTALL)[0]


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("untrained.keras", "train.csv", "mean.npy", "std.npy", "drawing.png", "history.csv"):
        (tmp_path / name).touch()
    return tmp_path


def completed(block: str) -> str:
    """A fragment of the page as a whole spec."""
    fragment = yaml.safe_load(block)
    if isinstance(fragment, list):
        return HEAD + "  - id: q\n    figures:\n" + "".join(f"      {line}\n" for line in block.splitlines())
    if "title" in fragment:
        return block
    head = [line for line in HEAD.splitlines() if line.split(":")[0] not in fragment]
    if "regions" in fragment:
        head = [line for line in head if not line.startswith("  eyes")]
    head = [line for line in head if not (line.startswith("model:") and "models" in fragment)]
    if "questions" not in fragment:
        return "\n".join([*(line for line in head if line != "questions:"), block, "questions: [{id: q}]"])
    return "\n".join([*head, block])


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:40])
def test_every_fragment_loads(folder, block):
    """A reader may copy any of them."""
    load(written(folder, completed(block)))


@pytest.mark.parametrize("words", PREPROCESS)
def test_every_preprocessing_loads(folder, words):
    """Also those within a line."""
    settings = loaded(folder, HEAD.replace("model.keras}", f"model.keras, {words}}}") + "  - {id: q}\n")
    given = yaml.safe_load(words)["preprocess"]
    assert set(given) <= settings.models[0].preprocess.model_fields_set


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_name_of_the_prose_is_listed(name):
    """A name that nobody can look up is as good as none."""
    assert f"| `{name}(" in PAGE


def test_the_plugin_works(tmp_path):
    """The example of fewer than 30 lines registers, takes its options from a spec, and only if trusted."""
    assert len(PLUGIN.splitlines()) < 30
    (tmp_path / "mine.py").write_text(PLUGIN)
    spec = HEAD.replace("regions:", "plugins: [mine.py]\nregions:")
    spec += "  - id: q\n    figures: [{method: contrast, params: {grey: 0.25}}]\n"
    try:
        report = loaded(tmp_path, spec, trust_plugins=True)
        assert report.figures["contrast"].params == {"grey": 0.25}
    finally:
        methods.METHODS.pop("contrast", None)
