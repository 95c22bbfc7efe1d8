"""What the evidence says of a model on labelled pictures, as the tables of docs/what-the-fer-cnn-looks-at.md.

`python -m benchmarks.looks --npz validation.npz` writes a report of one figure a method into a folder, builds it as
anybody would, and prints its manifest as Markdown, with what the report says of each method below.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.coverage import BOXES, ROOT

METHODS = {
    "saliency": "saliency",
    "smoothgrad": "SmoothGrad",
    "integrated_gradients": "integrated gradients",
    "guided_backprop": "guided backpropagation",
    "gradcam": "Grad-CAM",
    "layercam": "LayerCAM",
    "guided_gradcam": "Guided Grad-CAM",
    "scorecam": "Score-CAM",
    "occlusion": "occlusion",
    "lime": "LIME",
}
CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
Manifest = Mapping[str, Any]


def spec(model: Path, npz: Path) -> dict[str, Any]:
    """A report that asks every method of the pictures; JSON is YAML."""
    figures = [{"id": name, "method": name, "images": {"select": "confident"}} for name in METHODS]
    said = "".join(f"\n\n{title}: {{{{ say('{name}') }}}}" for name, title in METHODS.items())
    return {
        "version": 1,
        "title": {"en": "What the model looks at"},
        "languages": ["en"],
        "model": {"path": str(model), "preprocess": {"scale": [0, 1]}},
        "data": {"source": "npz", "path": str(npz)},
        "classes": [{"id": name, "name": {"en": name}} for name in CLASSES],
        "regions": {name: {"name": {"en": name}, "box": list(box)} for name, box in BOXES.items()},
        "evidence": {"images": 64},
        "questions": [
            {
                "id": "maps",
                "title": {"en": "Maps"},
                "prompt": {"en": "Where?"},
                "figures": figures,
                "answer": {"en": said},
            }
        ],
    }


def number(estimate: Mapping[str, float] | None) -> str:
    """'.22 [.17, .27]'."""
    if estimate is None:
        return "–"
    mean, low, high = (
        f"{estimate[name]:.2f}".replace("0.", ".", 1).replace("-", "−") for name in ("mean", "low", "high")
    )
    return f"{mean} [{low}, {high}]"


def needed(manifest: Manifest) -> Iterator[str]:
    """What hiding a region does, class by class; bold where it holds, at the level of the whole table."""
    effect = manifest["region_effect"]
    yield from ("| class | " + " | ".join(effect) + " |", "| --- |" + " --- |" * len(effect))
    for name in (*CLASSES, "all"):
        cells = [(by_class[name], number(by_class[name]["difference"])) for by_class in effect.values()]
        told = [{"above": f"**{text}**", "below": f"*{text}*"}.get(cell["said"], text) for cell, text in cells]
        yield f"| {name} | " + " | ".join(told) + " |"


def lights(figures: Mapping[str, Manifest]) -> Iterator[str]:
    """The numbers and lights of each method."""
    yield "| method | pictures | gap | faithful | remains under another class | light | in networks | light | looks |"
    yield "| --- |" + " --- |" * 8
    for name, known in figures.items():
        verdict = known["verdict"]
        words = {check: f"{one['light']}, {one['reason']}" for check, one in verdict.items()}
        numbers = [known["faithfulness"]["gap"], known["class_swap"]["retained"], known["random_weights"]["retained"]]
        gap, swap, random = map(number, numbers)
        row = (gap, words["faithful"], swap, words["class"], random, words["weights"], words["looks"])
        yield f"| {METHODS[name]} | {known['evidence_images']['n']} | " + " | ".join(row) + " |"


def shares(figures: Mapping[str, Manifest]) -> Iterator[str]:
    """The part of each method's maps in a region, over all classes, and in untrained networks."""
    yield "| method | region | area | blob | untrained | share | looked at |\n| --- |" + " --- |" * 6
    for name, known in figures.items():
        for region, one in known["region_share"].items():
            looked = [group for group, held in known["looks"][region].items() if held]
            area, blob = (f"{one[key]:.2f}" for key in ("area", "blob"))
            row = (region, area, blob, number(one["untrained"]), number(one["all"]), ", ".join(looked))
            yield f"| {METHODS[name]} | " + " | ".join(row) + " |"


def recognised(manifest: Manifest) -> Iterator[str]:
    """The classes, and whether the confidence is right."""
    yield "| class | recall | most often taken for |\n| --- | --- | --- |"
    for name, one in manifest["classes"].items():
        yield f"| {name} | {number(one['recall'])} | {one['confused'] or 'no clear one'} |"
    known = manifest["calibration"]
    null = known["ece_if_calibrated"]
    yield f"\nconfidence − accuracy {number(known['gap'])}; error {known['ece']:.3f}, if calibrated {null['mean']:.3f}"


def built(folder: Path, model: Path, npz: Path) -> tuple[Manifest, str]:
    """The manifest of the report, and its Markdown."""
    report = folder / "report.yaml"
    report.write_text(json.dumps(spec(model, npz)), encoding="utf-8")
    command = [sys.executable, "-m", "generator", str(report), "--formats", "md"]
    subprocess.run([*command, "--output", str(folder / "site")], cwd=ROOT, check=True)
    pages = sorted((folder / "site").rglob("*.md"))
    manifest = json.loads((folder / "site" / "manifest.json").read_text(encoding="utf-8"))
    return manifest, "\n".join(page.read_text(encoding="utf-8") for page in pages)


def main() -> None:
    """Five tables, and the report itself where `--keep` names a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--npz", type=Path, required=True, help="labelled faces: x (N, 48, 48), y")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "fer_cnn.keras")
    parser.add_argument("--keep", type=Path, help="where to leave the report as Markdown")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        manifest, pages = built(Path(folder), options.model.resolve(), options.npz.resolve())
    if options.keep:
        options.keep.write_text(pages, encoding="utf-8")
    figures = {one["id"]: one["numbers"] for one in manifest["figures"]}
    for table in (needed(manifest), lights(figures), shares(figures), recognised(manifest)):
        print("\n".join(table), end="\n\n")


if __name__ == "__main__":
    main()
