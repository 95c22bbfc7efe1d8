"""Evidence worked out by hand for the report of report_fixture: what its section is tested with."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from generator.evidence.study import Evidence
from generator.pages.evidence_pictures import drawn
from generator.pages.evidence_plots import Told
from generator.pages.evidence_section import section
from generator.pages.page import Section
from generator.pipeline.cache import Cache
from generator.results import Picture
from tests.report_fixture import CLASSES, LANGUAGES, SIDE, reader

KNOWN = ("angry", "happy")  # classes with eight images and more
NAMES = {
    "en": {"saliency": "Saliency map", "gradcam": "Grad-CAM", "lime": "LIME"},
    "zh-Hant": {"saliency": "顯著圖", "gradcam": "Grad-CAM", "lime": "LIME"},
}


def estimate(mean: float, half: float = 0.1, n: int = 20) -> dict[str, float]:
    return {"mean": mean, "low": mean - half, "high": mean + half, "n": n}


def shares(eyes: float, mouth: float, untrained: bool = True) -> dict[str, Any]:
    """Of two regions with a fifth and a tenth of the picture."""
    return {
        region: {"area": area, "ceiling": 1.0, "blob": 2 * area, "untrained": estimate(area) if untrained else None}
        | {"all": estimate(share, 0.02)}
        | {name: estimate(share, 0.04, 10) if name in KNOWN else None for name in CLASSES}
        for region, area, share in (("eyes", 0.2, eyes), ("mouth", 0.1, mouth))
    }


def light(colour: str, reason: str = "") -> dict[str, Any]:
    return {"light": colour, "reason": reason, "n": 20}


def of_figure(faithful: str, eyes: float, mouth: float) -> dict[str, Any]:
    """One attribution whose maps are all known."""
    held = {"eyes": {"all": False}, "mouth": {"all": True, "happy": True}}
    over = {"blob": estimate(-0.001), "change": estimate(0.2), "untrained": estimate(0.2), "average": None}
    return {
        "evidence_images": {"n": 20, "empty": 0, "rule": "random_correct"},
        "region_share": shares(eyes, mouth),
        "looks": held,
        "faithfulness": {"deletion": estimate(0.2), "insertion": estimate(0.5), "gap": estimate(0.3), "over": over},
        "class_swap": {"retained": estimate(0.5), "raw": 0.8, "other": 0.7, "n": 20},
        "random_weights": {"retained": estimate(-0.004, n=35), "raw": 0.1, "other": 0.1, "n": 35},
        "repeat": None,
        "verdict": {
            "looks": light("green"),
            "faithful": light(faithful),
            "class": light("amber"),
            "weights": light("green"),
        },
    }


def silent_figure() -> dict[str, Any]:
    """A method that is too dear for further images."""
    verdict = {check: light("silent") for check in ("looks", "faithful", "class", "weights")}
    images = {"n": 0, "empty": 0, "rule": "random_correct"}
    return {"evidence_images": images, "verdict": {**verdict, "fit": light("red")}}


def over_all() -> dict[str, Any]:
    pair = {"same": estimate(0.7), "other": estimate(0.4), "excess": estimate(0.3), "related": True}
    effect = {name: {"difference": estimate(0.25), "holds": name == "happy"} for name in ("all", *KNOWN)}
    silent = {name: {"difference": None, "holds": False} for name in CLASSES if name not in KNOWN}
    of_class = {"recall": estimate(0.5), "precision": None, "support": 30, "confused": None, "confused_share": None}
    taken = {**of_class, "precision": estimate(0.6, n=99), "confused": "sad", "confused_share": estimate(0.25)}
    return {
        "region_effect": {"eyes": {**effect, **silent}, "mouth": {**effect, **silent}},
        "agreement": {"saliency": {"gradcam": pair}, "gradcam": {"saliency": pair}},
        "data": {"split": "lfw", "images": 1200, "duplicates": 3, "in_training": 40, "other_label": 7},
        "calibration": {
            "accuracy": estimate(0.6),
            "confidence": estimate(0.7),
            "gap": estimate(0.1, 0.02),
            "ece": 0.1,
            "ece_if_calibrated": {"mean": 0.02, "quantile": 0.03},
            "miscalibrated": True,
            "bins": [[0.5, 0.4, 100], [0.9, 0.8, 100]],
        },
        "classes": {"angry": taken, "disgust": of_class},
    }


def mean_maps() -> np.ndarray:
    """Of the known classes: the first even, the other three times as strong in its upper half."""
    maps = np.full((len(CLASSES), SIDE, SIDE), np.nan, np.float32)
    maps[0] = 1.0
    maps[3] = 0.0
    maps[3, : SIDE // 2] = 3.0
    return maps


def evidence() -> Evidence:
    figures = {"saliency": of_figure("amber", 0.3, 0.2), "gradcam": of_figure("green", 0.1, 0.3)}
    return Evidence({**figures, "lime": silent_figure()}, over_all(), {"saliency": mean_maps(), "gradcam": mean_maps()})


def told(found: Evidence, language: str = "en") -> Told:
    names = {figure: name for figure, name in NAMES[language].items() if figure in found.figures}
    return Told(found, reader(language), names)


def pictures(found: Evidence, cache: Cache | None = None) -> tuple[Picture, ...]:
    return drawn([told(found, language) for language in LANGUAGES], cache or Cache(None))


@cache
def gallery() -> Mapping[str, Picture]:
    """The pictures of the whole evidence by name, drawn once for all tests."""
    return {picture.name: picture for picture in pictures(evidence())}


def sections(found: Evidence) -> dict[str, Section | None]:
    """The section in each language."""
    return {language: section(told(found, language), gallery()) for language in LANGUAGES}
