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
PARAMS: Mapping[str, Mapping[str, Any]] = {
    "smoothgrad": {"samples": 20, "noise": 0.2},
    "lime": {"num_samples": 1000, "segmentation": SLIC, "hide": "superpixel"},
    "filters": {"filters": 32, "steps": 100},
}


def rows(subject: Subject) -> dict[str, Callable[[], object]]:
    """A call for each row of the tables."""
    names = ("saliency", "smoothgrad", "gradcam", "guided_backprop", "guided_gradcam", "lime", "filters")
    methods, request = load_all(), _request(subject)
    params = {name: dict(PARAMS.get(name, {})) for name in names}
    params["filters"] |= {"layer": subject.convolution}
    return {name: lambda name=name: methods[name].compute(request, **params[name]) for name in names}


def passes(name: str, images: int) -> int:
    """Model passes of a row, as the report counts them."""
    return load_all()[name].passes(PARAMS.get(name, {}), images)


def _request(subject: Subject) -> Request:
    rows = np.arange(len(subject.images), dtype=np.int64)
    probability = subject.classifier.probabilities(subject.images)
    label = np.full(len(rows), -1, np.int64)
    batch = Batch(subject.images, subject.images, rows, label, probability, subject.target.astype(np.int64), rows + 1)
    return Request(subject.classifier, batch, subject.images[:7], None, 0)
