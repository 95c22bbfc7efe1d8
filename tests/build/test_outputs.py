"""What a build writes beside the pages: exported pictures under the names of the spec, and numbers for machines."""

import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from generator.build.outputs import exported, manifest, plain
from generator.errors import Problem, SpecError
from generator.evidence.result import ReportEvidence
from generator.show import Show
from generator.spec.grammar import Export
from tests.fixtures import report_fixture

BUILT = report_fixture.built()
REPORT = SimpleNamespace(
    class_ids=tuple(report_fixture.CLASSES),
    figure_problem=lambda figure, key, message: Problem(Path("report.yaml"), 1, 1, f"{figure}.{key}", message),
)


def exporting(**files: str | dict[str, str]):
    """Figures of the fixture that export under these names."""
    return {
        name: replace(BUILT[name], spec=BUILT[name].spec.model_copy(update={"export": Export.model_validate(file)}))
        for name, file in files.items()
    }


def test_a_name_holds_what_tells_its_picture_apart():
    """Class, row and number, each in the form that the name asks for; a suffix decides between PNG and JPEG."""
    files = exported(REPORT, exporting(saliency="fig1_{class_index}_{index:05d}.png", filters="filters.jpg"))
    row = BUILT["saliency"].result.parts[0].batch
    names = [f"exports/fig1_{label}_{index:05d}.png" for label, index in zip(row.label, row.index, strict=True)]
    assert list(files)[: len(names)] == names
    assert {Image.open(io.BytesIO(data)).format for name, data in files.items() if "filters" in name} == {"JPEG"}
    maps = [picture.data for picture in BUILT["saliency"].drawing.pictures if picture.role == "map"]
    assert [files[name] for name in names] == maps


def test_another_panel_may_be_exported():
    """Instead of the map alone."""
    files = exported(REPORT, exporting(saliency={"file": "{number}.png", "panel": "overlay"}))
    overlays = [picture.data for picture in BUILT["saliency"].drawing.pictures if picture.role == "overlay"]
    assert list(files.values()) == overlays


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"saliency": "map.png"},
            "saliency.export: 'map.png' names several pictures 'map.png'; add {index} or {number}",
        ),
        (
            {"saliency": "{number}.png", "confusion_matrix": "{number}.png"},
            "confusion_matrix.export: '{number}.png' names '1.png', as figure 'saliency' does",
        ),
        (
            {"saliency": "a{number}.png", "confusion_matrix": "A{number}.png"},
            "confusion_matrix.export: 'A{number}.png' names 'A1.png', as figure 'saliency' does",
        ),
    ],
)
def test_two_pictures_of_one_name_are_refused(files, message):
    """Within a figure and between two: neither may be lost."""
    with pytest.raises(SpecError) as error:
        exported(REPORT, exporting(**files))
    assert message in str(error.value)


def test_a_figure_that_failed_exports_nothing():
    """There is no picture of it."""
    assert exported(REPORT, exporting(occlusion="x.png")) == {}


@dataclass(frozen=True)
class Estimated:
    mean: float
    n: int


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.float32(0.5), 0.5),
        (np.array([1, 2]), [1, 2]),
        (float("nan"), None),
        ((1.5, float("inf")), [1.5, None]),
        ({1: Path("a/b")}, {"1": "a/b"}),
        (Estimated(0.25, 4), {"mean": 0.25, "n": 4}),
        (True, True),
        (None, None),
    ],
)
def test_the_manifest_holds_json_alone(value, shown):
    """Arrays, dataclasses and paths in JSON's types, and null for what is no number."""
    assert plain(value) == shown


def test_a_setting_of_the_spec_keeps_what_was_said():
    """Without the keys that nobody gave a value."""
    assert plain(Show.model_validate({"columns": 4}))["columns"] == 4


def test_the_manifest_tells_how_strong_each_map_is():
    """As a share of the figure's strongest, nothing and weak where a map is no result; of maps alone."""
    subject = SimpleNamespace(digest="model", data=SimpleNamespace(digest="data"))
    report = SimpleNamespace(source=SimpleNamespace(digest="spec"), seed=0)
    told = json.loads(
        manifest(
            report,
            SimpleNamespace(subject=subject, subjects={"": subject}),
            BUILT.values(),
            {},
            ReportEvidence(),
            (),
            files={"a": b"x"},
            seconds=1.0,
        )
    )
    assert told["passes"]["figures"] == {"forward": 0, "gradient": 0}
    rows = {figure["id"]: figure["images"] for figure in told["figures"]}
    strengths = [1, 0, *(1 - 0.08 * k for k in range(2, 7))]
    assert [row["strength"] for row in rows["saliency"]] == pytest.approx(strengths, abs=1e-6)
    assert [row["weak"] for row in rows["saliency"]] == [strength < 0.1 for strength in strengths]
    assert not any("strength" in row for row in rows["feature_maps"])
