"""Guided backpropagation inside Grad-CAM: its detail, but only where the layer speaks for the class."""

from dataclasses import replace

import numpy as np

from generator.artefacts import Heatmaps
from generator.maps.cam import spatial_layers, weighted
from generator.maps.explained import LayersOption, ScoreOption, Signed
from generator.methods import Request, method
from generator.methods.gradcam import by_mean_gradient
from generator.methods.guided_backprop import guided_map
from generator.text import bilingual


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Guided Grad-CAM", "導向 Grad-CAM"),
    summary=bilingual(
        "Grad-CAM times guided backpropagation: the first says where, the second draws the lines. Adebayo et "
        "al. (2018) found that such lines are mostly the picture's own edges.",
        "Grad-CAM 乘上導向反向傳播：前者指出位置，後者畫出線條。"
        "Adebayo 等人（2018）發現，這些線條多半是影像本身的邊緣。",
    ),
    paper="Selvaraju et al. 2017, Grad-CAM, arXiv:1610.02391",
    passes=lambda params, images: 2 * images,
    factors=("channels of a layer", "guided gradient"),
    both_signs=True,
    slope_by="layer",
)
def guided_gradcam(
    request: Request, *, layer: LayersOption = None, signed: Signed = False, score: ScoreOption = "logit"
) -> Heatmaps:
    """Grad-CAM times guided backpropagation; the sign is that of the guided gradient."""
    where = weighted(request, spatial_layers(request.classifier.layers, layer), score, False, by_mean_gradient)
    lines = guided_map(request, signed, score)
    remarks = tuple(where.remark(row) or lines.remarks[row] for row in range(len(request.batch)))
    values = np.asarray(where.values * lines.values, np.float32)
    facts = {**lines.facts, **where.facts}
    product = replace(where, values=values, signed=signed, quantity="guided_gradcam", facts=facts)
    return replace(product, remarks=remarks, pixelwise=True)
