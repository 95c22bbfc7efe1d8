"""Two small sites, as a build writes them, whose parts a test replaces."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generator.compare.built_site import BuiltSite, site_in
from generator.compare.per_image import packed, per_image
from generator.samples import Evaluation

N = 60


def png(shade: int, size: tuple[int, int] = (4, 4)) -> bytes:
    buffer = BytesIO()
    Image.new("L", size, shade).save(buffer, "PNG")
    return buffer.getvalue()


def estimate(mean: float, half: float = 0.1, n: int = 20) -> dict[str, float]:
    return {"mean": mean, "low": mean - half, "high": mean + half, "n": n}


def evaluated(right: int, prints: bool = True) -> dict[str, Any]:
    """Sixty images of two classes of which so many are predicted right, from the first one on."""
    label = np.arange(N) % 2
    prediction = np.where(np.arange(N) < right, label, 1 - label)
    probability = np.where(np.arange(2) == label[:, None], 0.8, 0.2) if right > 30 else np.full((N, 2), 0.5)
    seen = [f"{row:08d}".encode() for row in range(N)] if prints else []
    return packed(
        per_image(Evaluation(label, prediction, probability, "x", "d"), [sha256(one).digest() for one in seen])
    )


def figure(name: str = "saliency", light: str = "green", step: float = 0.0, **parts: Any) -> dict[str, Any]:
    """An attribution of one image; `step` is added to its gap on each of twelve images."""
    gap = [0.2 + 0.01 * k + step for k in range(12)]
    numbers = {
        "layer": "conv2",
        "faithfulness": {"gap": estimate(float(np.mean(gap))), "over": {"blob": None}},
        "region_share": {"eyes": {"area": 0.2, "all": estimate(0.3 + step)}},
        "verdict": {"faithful": {"light": light, "reason": "beats_all", "n": 12}},
        "each": {"index": list(range(12)), "gap": gap, "looks.eyes": [0.3 + step + 0.01 * (k % 2) for k in range(12)]},
    }
    images = [{"index": 3, "label": 0, "prediction": 0, "target": 0, "probability": 0.9}]
    files = [f"figures/{name}-3-{panel}.png" for panel in ("image", "map", "overlay", "veil")]
    alt = {file: {"en": f"What {file} shows.", "zh-Hant": "看到的"} for file in files}
    known = {"id": name, "question": "q", "method": name, "params": {"layer": None}, "files": files, "alt": alt}
    return {**known, "images": images, "numbers": numbers, **parts}


def manifest(*figures: dict[str, Any], answer: str = "It looks at the eyes.", **parts: Any) -> dict[str, Any]:
    called = [
        {"id": one["id"], "label": {"en": f"Figure {n}", "zh-Hant": f"圖 {n}"}, "title": {"en": one["id"].title()}}
        for n, one in enumerate(figures, 1)
    ]
    kept = {
        "languages": ["en", "zh-Hant"],
        "title": {"en": "Report", "zh-Hant": "報告"},
        "classes": {"angry": {"en": "Angry", "zh-Hant": "生氣"}, "happy": {"en": "Happy", "zh-Hant": "高興"}},
        "regions": {"eyes": {"en": "eyes", "zh-Hant": "眼睛"}},
        "questions": [
            {"id": "q", "title": {"en": "Where"}, "answer": {"en": answer, "zh-Hant": "看眼睛。"}, "figures": called}
        ],
        "evaluation": {"model": evaluated(40)},
        "pictures": {str(row): f"{row:08x}" for row in range(12)},
    }  # fmt: skip
    known = {"generator": "0.1.0", "versions": {"numpy": "2"}, "sha256": {"model": "a" * 64, "data": "b" * 64}}
    return {**known, "seed": 0, "figures": list(figures), "kept": {**kept, **parts.pop("kept", {})}, **parts}


def written(folder: Path, record: dict[str, Any], shade: int = 0) -> Path:
    """A site with the pictures that its manifest names, all of a shade but the images."""
    digests = {}
    for name in (name for one in record["figures"] for name in one["files"]):
        data = png(100 if name.endswith("-image.png") else shade)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        digests[name] = sha256(data).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"files": digests, **record}), encoding="utf-8")
    return folder


def site(folder: Path, *figures: dict[str, Any], shade: int = 0, **parts: Any) -> BuiltSite:
    return site_in(written(folder, manifest(*(figures or (figure(),)), **parts), shade))
