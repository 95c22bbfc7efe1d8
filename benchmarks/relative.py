"""The rows as Xplique computes them, where it is installed: batches of its own size, its equivalents of the methods."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.subject import CLASSES, Subject

KerasModel = Any
Tensor = Any


def installed() -> bool:
    return find_spec("xplique") is not None


def rows(subject: Subject) -> dict[str, Callable[[], object]]:
    """A call for each row of the tables; explainers are made once, as its documentation does."""
    from xplique import attributions

    scores = _before_the_softmax(subject.keras)
    given = (subject.images, np.eye(CLASSES, dtype=np.float32)[subject.target])
    explainers = {
        "saliency": attributions.Saliency(scores, batch_size=64),
        "smoothgrad": attributions.SmoothGrad(scores, nb_samples=20, noise=0.2, batch_size=64),
        "gradcam": attributions.GradCAM(scores, batch_size=64),
        "guided_backprop": attributions.GuidedBackprop(scores, batch_size=64),
        "lime": attributions.Lime(
            subject.keras, batch_size=64, nb_samples=1000, map_to_interpret_space=_segments, distance_mode="cosine"
        ),
    }
    return {name: lambda explainer=explainer: explainer(*given) for name, explainer in explainers.items()}


def _before_the_softmax(model: KerasModel) -> KerasModel:
    """The same weights with a linear output, as its documentation asks for."""
    import keras

    last = model.layers[-1]
    config = last.get_config()
    if config.get("activation") != "softmax":  # a layer of its own
        return keras.Model(model.inputs[0], model.layers[-2].output)
    linear = keras.layers.Dense.from_config({**config, "activation": "linear", "name": "scores"})
    scores = keras.Model(model.inputs[0], linear(last.input))
    linear.set_weights(last.get_weights())
    return scores


def _segments(image: Tensor) -> np.ndarray:
    from skimage.segmentation import slic

    labels = slic(np.repeat(np.asarray(image), 3, axis=-1), n_segments=100, compactness=10, start_label=0)
    return labels.astype(np.int32)
