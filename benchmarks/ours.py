"""The rows as this project computes them: every method through its registered function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.subject import Subject
from generator.methods import Request, load_all
from generator.samples import Batch

IMPORTS = "generator.build, generator.model.keras_model"  # the others are loaded beside the passes
SLIC = {"algorithm": "slic", "n_segments": 100, "compactness": 10.0, "sigma": 0.0}
NAMES = (
    *("saliency", "smoothgrad", "integrated_gradients", "guided_backprop", "gradcam", "guided_gradcam", "scorecam"),
    *("occlusion", "lime", "class_maximization", "filters"),
)


def rows(subject: Subject) -> dict[str, Callable[[], object]]:
    """A call for each row of the tables."""
    methods, request, asked = load_all(), _request(subject), params(subject)
    return {name: lambda name=name: methods[name].compute(request, **asked.get(name, {})) for name in NAMES}


def params(subject: Subject) -> Mapping[str, Mapping[str, Any]]:
    """What each method is asked for."""
    effort, (patch, stride) = subject.effort, subject.patch
    return {
        "smoothgrad": {"samples": effort.smoothgrad, "noise": 0.2},
        "integrated_gradients": {"steps": effort.integrated_gradients},
        "scorecam": {"max_channels": effort.scorecam},
        "occlusion": {"patch": patch, "stride": stride, "baseline": "grey"},
        "lime": {"num_samples": effort.lime, "segmentation": SLIC, "hide": "grey"},
        "class_maximization": {"classes": tuple(range(effort.classes)), "steps": effort.steps},
        "filters": {"filters": effort.filters, "steps": effort.steps, "layer": subject.convolution},
    }


def lime(subject: Subject, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Superpixels and weights `(N, H, W)` of a run with random numbers of its own."""
    found = load_all()["lime"].compute(_request(subject, seed), **params(subject)["lime"])
    return found.segments, found.values


def _request(subject: Subject, seed: int = 0) -> Request:
    rows = np.arange(len(subject.images), dtype=np.int64)
    probability = subject.classifier.probabilities(subject.images)
    label, seeds = np.full(len(rows), -1, np.int64), rows + 1 + seed * len(rows)
    batch = Batch(subject.images, subject.images, rows, label, probability, subject.target.astype(np.int64), seeds)
    return Request(subject.classifier, batch, subject.images[:7], None, 0)
