"""The rows as Xplique computes them, where it is installed: batches of its own size, its equivalents of the methods."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.subject import Subject

KerasModel = Any
Tensor = Any
BATCH = 64
WIDTH = 0.25  # of the kernel of LIME


def installed() -> bool:
    return find_spec("xplique") is not None


def rows(subject: Subject) -> dict[str, Callable[[], object]]:
    """A call for each row of the tables; explainers are made once, as its documentation does."""
    from xplique import attributions

    scores, effort, (patch, stride) = _before_the_softmax(subject.keras), subject.effort, subject.patch
    explainers = {
        "saliency": attributions.Saliency(scores, batch_size=BATCH),
        "smoothgrad": attributions.SmoothGrad(scores, nb_samples=effort.smoothgrad, noise=0.2, batch_size=BATCH),
        "integrated_gradients": attributions.IntegratedGradients(
            scores, steps=effort.integrated_gradients, batch_size=BATCH
        ),
        "guided_backprop": attributions.GuidedBackprop(scores, batch_size=BATCH),
        "gradcam": attributions.GradCAM(scores, batch_size=BATCH),
        "occlusion": attributions.Occlusion(
            subject.keras, patch_size=patch, patch_stride=stride, occlusion_value=0.5, batch_size=BATCH
        ),
        "lime": _lime(subject),
    }
    given, steps = _given(subject), effort.steps
    calls = {name: lambda explainer=explainer: explainer(*given) for name, explainer in explainers.items()}
    return calls | {
        "class_maximization": lambda: [_climb(scores, -1, k, steps) for k in range(effort.classes)],
        "filters": lambda: [_climb(scores, subject.convolution, k, steps) for k in range(effort.filters)],
    }


def lime(subject: Subject, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Superpixels and weights `(N, H, W)` of a run with random numbers of its own."""
    import tensorflow as tf

    tf.random.set_seed(seed)
    weights = np.asarray(_lime(subject)(*_given(subject)))
    return np.stack([_segments(image) for image in subject.images]), weights.reshape(weights.shape[:3])


def _given(subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    return subject.images, np.eye(subject.classifier.n_classes, dtype=np.float32)[subject.target]


def _lime(subject: Subject) -> Callable[..., Tensor]:
    """With LIME's own kernel and penalty."""
    from sklearn.linear_model import Ridge
    from xplique.attributions import Lime

    return Lime(
        subject.keras,
        batch_size=BATCH,
        interpretable_model=Ridge(alpha=1),
        similarity_kernel=_kernel,
        map_to_interpret_space=_segments,
        ref_value=np.full(subject.images.shape[-1], 0.5, np.float32),
        nb_samples=subject.effort.lime or 1000,
    )


def _kernel(image: Tensor, on: Tensor, perturbed: Tensor) -> Tensor:
    import tensorflow as tf

    distance = 1 - tf.sqrt(tf.reduce_mean(tf.cast(on, tf.float32), axis=1))
    return tf.sqrt(tf.exp(-((distance / WIDTH) ** 2)))


def _climb(model: KerasModel, layer: str | int, unit: int, steps: int) -> Tensor:
    from xplique.features_visualizations import Objective, optimize

    objective = (Objective.neuron if layer == -1 else Objective.channel)(model, layer, unit)
    return optimize(objective, nb_steps=steps, use_fft=False, transformations=None, custom_shape=None)


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

    rgb = np.asarray(image) if image.shape[-1] == 3 else np.repeat(np.asarray(image), 3, axis=-1)
    return slic(rgb, n_segments=100, compactness=10, start_label=0).astype(np.int32)
