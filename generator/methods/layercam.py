"""Grad-CAM with a weight for each place instead of one a channel, so that finer layers can be used too."""

import numpy as np

from generator.artefacts import Floats, Heatmaps
from generator.maps.cam import spatial_layers, weighted
from generator.maps.explained import LayersOption, ScoreOption, Signed
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("LayerCAM", "LayerCAM 逐層類別活化圖"),
    summary=bilingual(
        "Like Grad-CAM, but every place of every channel has a weight of its own: only places that raise the score "
        "themselves are marked, which stays sharp on early layers.",
        "和 Grad-CAM 相似，但每個通道的每個位置各有權重：只標出本身會提高分數的位置，用在較淺的層也依然清楚。",
    ),
    paper="Jiang et al. 2021, LayerCAM, doi:10.1109/TIP.2021.3089943; signed: HiResCAM, arXiv:2011.08891",
    passes=lambda params, images: images,
    factors=("channels of a layer",),
    slope_by="layer",
)
def layercam(
    request: Request, *, layer: LayersOption = None, signed: Signed = False, score: ScoreOption = "logit"
) -> Heatmaps:
    """Output of a layer times its positive gradient, place by place; signed keeps the negative ones."""

    def combine(output: Floats, gradient: Floats) -> Floats:
        return np.einsum("nhwc,nhwc->nhw", output, gradient if signed else np.maximum(gradient, 0))

    return weighted(request, spatial_layers(request.classifier.layers, layer), score, signed, combine, "Grad-CAM++")
