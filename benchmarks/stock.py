"""The rows as people call tf-keras-vis and LIME: picture by picture, filter by filter, `model.predict` inside."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.subject import Subject, subject

IMPORTS = "keras, tf_keras_vis.saliency, tf_keras_vis.gradcam, lime.lime_image, skimage.segmentation, matplotlib.pyplot"
FILTERS, STEPS, SAMPLES, NOISE = 32, 100, 20, 0.2


def rows(subject: Subject) -> dict[str, Callable[[], object]]:
    """A call for each row of the tables."""
    return {
        "saliency": lambda: saliency(subject),
        "smoothgrad": lambda: saliency(subject, smooth_samples=SAMPLES, smooth_noise=NOISE),
        "gradcam": lambda: gradcam(subject),
        "guided_gradcam": lambda: guided_gradcam(subject),
        "lime": lambda: lime(subject),
        "filters": lambda: filters(subject),
    }


def saliency(subject: Subject, **smooth: float) -> list[np.ndarray]:
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    explain = Saliency(subject.keras, model_modifier=ReplaceToLinear(), clone=True)
    pairs = zip(subject.images, subject.target.tolist(), strict=True)
    return [explain(CategoricalScore(target), image[None], **smooth)[0] for image, target in pairs]


def gradcam(subject: Subject) -> list[np.ndarray]:
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    explain = Gradcam(subject.keras, model_modifier=ReplaceToLinear(), clone=True)
    pairs = zip(subject.images, subject.target.tolist(), strict=True)
    return [explain(CategoricalScore(target), image[None], penultimate_layer=-1)[0] for image, target in pairs]


def guided_gradcam(subject: Subject) -> list[np.ndarray]:
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.model_modifiers import GuidedBackpropagation, ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    explain = Saliency(subject.keras, model_modifier=[ReplaceToLinear(), GuidedBackpropagation()], clone=True)
    coarse, pairs = gradcam(subject), zip(subject.images, subject.target.tolist(), strict=True)
    fine = [explain(CategoricalScore(target), image[None], keepdims=True)[0] for image, target in pairs]
    return [one * other[..., None] for one, other in zip(fine, coarse, strict=True)]


def lime(subject: Subject) -> list[object]:
    from lime.lime_image import LimeImageExplainer
    from skimage.segmentation import slic

    def predict(images: np.ndarray) -> np.ndarray:
        grey = images[..., :1] if subject.images.shape[-1] == 1 else images
        return subject.keras.predict(grey, verbose=0)

    def explain(image: np.ndarray) -> object:
        rgb = np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
        explainer = LimeImageExplainer(random_state=1)
        return explainer.explain_instance(
            rgb.astype(np.double),
            predict,
            num_samples=1000,
            segmentation_fn=lambda picture: slic(picture, n_segments=100, compactness=10, start_label=0),
        )

    return [explain(image) for image in subject.images]


def filters(subject: Subject) -> list[np.ndarray]:
    import keras
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.utils.scores import CategoricalScore

    truncated = keras.Model(subject.keras.inputs, [subject.keras.get_layer(subject.convolution).output])
    climb = ActivationMaximization(truncated, clone=False)
    return [climb(CategoricalScore(k), input_range=(0.0, 1.0), steps=STEPS)[0] for k in range(FILTERS)]


def main(model: str, npz: str, output: str) -> None:
    """The whole of a student's script: explain seven faces, climb the filters, save the figures."""
    from matplotlib import pyplot

    warnings.simplefilter("ignore")
    given = subject(Path(model), Path(npz), 7)
    for name, call in rows(given).items():
        pictures = call()
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
