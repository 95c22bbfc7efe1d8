"""A layer's channels weighted by how much each raises the score: coarse, and true to the class."""

import numpy as np

from generator.artefacts import Floats, Heatmaps
from generator.maps.cam import spatial_layers, weighted
from generator.maps.explained import LayersOption, ScoreOption, Signed
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Grad-CAM", "Grad-CAM 梯度加權類別活化圖"),
    summary=bilingual(
        "The channels of a late layer, each weighted by how much it raises the score, added up: a coarse map of where "
        "the model finds what speaks for the class.",
        "把較深一層的各個通道，依它對分數的貢獻加權後相加：一張粗略的圖，指出模型在哪裡找到支持該類別的線索。",
    ),
    paper="Selvaraju et al. 2017, Grad-CAM, arXiv:1610.02391",
    passes=lambda params, images: images,
    factors=("channels of a layer",),
    slope_by="layer",
)
def gradcam(
    request: Request, *, layer: LayersOption = None, signed: Signed = False, score: ScoreOption = "logit"
) -> Heatmaps:
    """Channels of a layer weighted by the mean gradient of the score, negative sums cut off unless signed."""
    return weighted(request, spatial_layers(request.classifier.layers, layer), score, signed, by_mean_gradient)


def by_mean_gradient(output: Floats, gradient: Floats) -> Floats:
    return np.einsum("nhwc,nc->nhw", output, gradient.mean(axis=(1, 2)))
