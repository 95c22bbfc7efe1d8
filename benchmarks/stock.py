"""The rows as people call tf-keras-vis and LIME: picture by picture, filter by filter, `model.predict` inside."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.subject import KerasModel, Subject, subject

IMPORTS = "keras, tf_keras_vis.saliency, tf_keras_vis.gradcam, lime.lime_image, skimage.segmentation, matplotlib.pyplot"
NOISE = 0.2
Maps = list[np.ndarray]
Explanation = Any
SCRIPT = ("saliency", "smoothgrad", "gradcam", "guided_gradcam", "lime", "filters")


def rows(subject: Subject) -> dict[str, Callable[[], object]]:
    """A call for each row of the tables."""
    effort = subject.effort
    return {
        "saliency": lambda: saliency(subject),
        "smoothgrad": lambda: saliency(subject, smooth_samples=effort.smoothgrad, smooth_noise=NOISE),
        "guided_backprop": lambda: saliency(subject, guided=True),
        "gradcam": lambda: cam(subject, "gradcam", "Gradcam"),
        "gradcam_plus_plus": lambda: cam(subject, "gradcam_plus_plus", "GradcamPlusPlus"),
        "layercam": lambda: cam(subject, "layercam", "Layercam"),
        "scorecam": lambda: cam(subject, "scorecam", "Scorecam", max_N=effort.scorecam),
        "guided_gradcam": lambda: guided_gradcam(subject),
        "lime": lambda: explanations(subject),
        "class_maximization": lambda: climbs(subject, subject.keras, effort.classes),
        "filters": lambda: filters(subject),
    }


def saliency(subject: Subject, *, guided: bool = False, **more: float | bool) -> Maps:
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation, ReplaceToLinear

    modifiers = [ReplaceToLinear(), *([GuidedBackpropagation()] if guided else [])]
    return _each(Saliency(subject.keras, model_modifier=modifiers, clone=True), subject, **more)


def cam(subject: Subject, module: str, name: str, **more: int) -> Maps:
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

    kind = getattr(import_module(f"tf_keras_vis.{module}"), name)
    explain = kind(subject.keras, model_modifier=ReplaceToLinear(), clone=True)
    return _each(explain, subject, penultimate_layer=-1, **more)


def guided_gradcam(subject: Subject) -> Maps:
    coarse, fine = cam(subject, "gradcam", "Gradcam"), saliency(subject, guided=True, keepdims=True)
    return [one * other[..., None] for one, other in zip(fine, coarse, strict=True)]


def _each(explain: Callable[..., np.ndarray], subject: Subject, **more: float | bool) -> Maps:
    from tf_keras_vis.utils.scores import CategoricalScore

    pairs = zip(subject.images, subject.target.tolist(), strict=True)
    return [explain(CategoricalScore(target), image[None], **more)[0] for image, target in pairs]


def explanations(subject: Subject, seed: int = 1) -> list[Explanation]:
    """LIME's own, of each image."""
    from lime.lime_image import LimeImageExplainer
    from skimage.segmentation import slic

    def predict(images: np.ndarray) -> np.ndarray:
        grey = images[..., :1] if subject.images.shape[-1] == 1 else images
        return subject.keras.predict(grey, verbose=0)

    def explain(image: np.ndarray) -> Explanation:
        rgb = np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
        explainer = LimeImageExplainer(random_state=seed)
        return explainer.explain_instance(
            rgb.astype(np.double),
            predict,
            hide_color=0.5,
            num_samples=subject.effort.lime or 1000,
            segmentation_fn=lambda picture: slic(picture, n_segments=100, compactness=10, start_label=0),
        )

    return [explain(image) for image in subject.images]


def lime(subject: Subject, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Superpixels and weights `(N, H, W)` of a run with random numbers of its own."""
    found = explanations(subject, seed + 1)
    segments = np.stack([one.segments for one in found])
    weights = np.zeros(segments.shape)
    for row, (one, target) in enumerate(zip(found, subject.target.tolist(), strict=True)):
        for segment, weight in one.local_exp[target]:
            weights[row][segments[row] == segment] = weight
    return segments, weights


def filters(subject: Subject) -> Maps:
    import keras

    truncated = keras.Model(subject.keras.inputs, [subject.keras.get_layer(subject.convolution).output])
    return climbs(subject, truncated, subject.effort.filters)


def climbs(subject: Subject, model: KerasModel, units: int) -> Maps:
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    whole = model is subject.keras
    climb = ActivationMaximization(model, model_modifier=ReplaceToLinear() if whole else None, clone=whole)
    steps = subject.effort.steps
    return [climb(CategoricalScore(k), input_range=(0.0, 1.0), steps=steps)[0] for k in range(units)]


def main(model: str, npz: str, output: str) -> None:
    """The whole of a student's script: explain seven faces, climb the filters, save the figures."""
    from matplotlib import pyplot

    warnings.simplefilter("ignore")
    given = subject(Path(model), Path(npz), 7)
    for name in SCRIPT:
        pictures = rows(given)[name]()
        figure, axes = pyplot.subplots(-(-len(pictures) // 8), 8, figsize=(12, 6), squeeze=False)
        for axis, picture in zip(axes.flat, pictures, strict=False):
            axis.imshow(np.squeeze(_map(picture)), cmap="jet")
        figure.savefig(Path(output) / f"{name}.png")


def _map(picture: object) -> np.ndarray:
    """LIME's explanation as the mask that students show."""
    if hasattr(picture, "get_image_and_mask"):
        return picture.get_image_and_mask(picture.top_labels[0], positive_only=False)[0]
    return np.asarray(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
