"""Grad-CAM with a weighted instead of a plain mean of the gradient, so that several objects of a class all count.

As in the authors' code, only places with a positive gradient share in the weights. Where negative ones do too, as in
tf-keras-vis, a logit's denominator crosses zero and single channels take over the map.
"""

import numpy as np

from generator.artefacts import Floats, Heatmaps
from generator.maps.cam import spatial_layers, weighted
from generator.maps.explained import LayersOption, ScoreOption, Signed
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Grad-CAM++", "Grad-CAM++ 改良梯度加權類別活化圖"),
    summary=bilingual(
        "Grad-CAM whose channel weights are taken from the places that raise the score only, so that several or small "
        "objects of the class are not averaged away.",
        "Grad-CAM 的改良：通道權重只取自會提高分數的位置，畫面中有多個或較小的目標時，不會被平均掉。",
    ),
    paper="Chattopadhay et al. 2018, Grad-CAM++, arXiv:1710.11063",
    passes=lambda params, images: images,
    factors=("channels of a layer",),
    slope_by="layer",
)
def gradcam_plus_plus(
    request: Request, *, layer: LayersOption = None, signed: Signed = False, score: ScoreOption = "logit"
) -> Heatmaps:
    """Channels of a layer weighted by its positive gradients, strong places of weak channels counting more."""
    combine = by_weighted_gradient if signed else by_weighted_positive_gradient
    return weighted(request, spatial_layers(request.classifier.layers, layer), score, signed, combine, "LayerCAM")


def by_weighted_gradient(output: Floats, gradient: Floats) -> Floats:
    """The paper's weights for both signs alike: g² / (2g² + |g|³ Σ output), of sum 1 in each channel.

    Its factor exp(score) cancels in the weights; left out of the gradient, maps of different images share one unit.
    """
    strength = np.abs(gradient)
    total = np.maximum(output, 0).sum(axis=(1, 2), keepdims=True)  # the derivation is for rectified outputs
    share = np.where(strength > 0, 1 / (2 + strength * total), 0)
    share /= np.maximum(share.sum(axis=(1, 2), keepdims=True), np.finfo(np.float32).tiny)
    weights = (share * gradient).sum(axis=(1, 2))
    return np.einsum("nhwc,nc->nhw", output, weights)


def by_weighted_positive_gradient(output: Floats, gradient: Floats) -> Floats:
    return by_weighted_gradient(output, np.maximum(gradient, 0))
