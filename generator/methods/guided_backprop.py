"""The gradient through positive paths only: sharp, and much of it is the picture's edges rather than the model."""

import numpy as np

from generator.artefacts import FLAT, Heatmaps
from generator.classifier import ScoreKind
from generator.maps.explained import ScoreOption, Signed, reduce_channels, score_of, slopes
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Guided backpropagation", "導向反向傳播"),
    summary=bilingual(
        "The gradient, with everything negative cut off at every ReLU on the way back. The lines are sharp, but "
        "Adebayo et al. (2018) found that they hardly change with the weights: read them as detail, not as evidence.",
        "反向傳播時，在每個 ReLU 都把負值切掉的梯度。線條很清楚，但 Adebayo 等人"
        "（2018）發現它們幾乎不隨權重改變：請把它當作細節，不要當作證據。",
    ),
    paper="Springenberg et al. 2015, Striving for Simplicity: The All Convolutional Net, arXiv:1412.6806",
    passes=lambda params, images: images,
    factors=("guided gradient",),
    both_signs=True,
)
def guided_backprop(request: Request, *, signed: Signed = False, score: ScoreOption = "logit") -> Heatmaps:
    """Gradient through positive paths only, at every rectifier of the model."""
    return guided_map(request, signed, score)


def guided_map(request: Request, signed: bool, score: ScoreKind) -> Heatmaps:
    """The guided gradient, with a remark where nothing can be cut off: then it is the plain one under another name."""
    guided = slopes(request.classifier, request.batch.inputs, score_of(request, score), "guided")
    strongest = np.abs(guided).max(axis=(1, 2, 3))
    cuts = any(layer.rectifies for layer in request.classifier.layers)
    remarks = tuple("" if cuts or most < FLAT else "not_applicable" for most in strongest)
    facts = {"score": score, "insensitive": True}
    return Heatmaps(reduce_channels(guided, signed), signed, "guided_gradient", facts, remarks=remarks, pixelwise=True)
