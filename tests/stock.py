"""tf-keras-vis as people call it, Keras models written and opened, and how ours is held against them."""

import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from generator.artefacts import Heatmaps
from generator.classifier import Classifier
from generator.methods import Request


def computed(name: str, request: Request, **params: Any) -> Heatmaps:
    """What a registered method returns under the defaults and the given parameters."""
    return getattr(import_module(f"generator.methods.{name}"), name)(request, **params)


def correlations(ours, theirs) -> list[float]:
    """Pearson's correlation of each pair of maps."""
    pairs = zip(np.asarray(ours), np.asarray(theirs), strict=True)
    return [float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in pairs]


def keras_library() -> Any:
    """Keras, after the door that sets its backend."""
    import_module("generator.model.keras_model")
    return import_module("keras")


def saved(model: Any, path: Path) -> Path:
    """Write a model file; Keras' own conversion of variables warns under NumPy 2."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        model.save(path)
    return path


def opened(model: Any, folder: Path) -> Classifier:
    """The model behind our port, by way of its file."""
    from generator.data.preprocess import Preprocess
    from generator.model.keras_model import open_model

    return open_model(saved(model, folder / "model.keras"), Preprocess())


@cache
def stock() -> SimpleNamespace:
    """The classes of tf-keras-vis; its import of SciPy's old name warns."""
    keras_library()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tf_keras_vis import activation_maximization, gradcam, gradcam_plus_plus, layercam, saliency, scorecam
        from tf_keras_vis.utils import model_modifiers, scores
    modules = (activation_maximization, gradcam, gradcam_plus_plus, layercam, saliency, scorecam)
    classes = {name: value for module in (*modules, model_modifiers, scores) for name, value in vars(module).items()}
    return SimpleNamespace(**classes, saliency_module=saliency)
