"""The plain gradient: the cheapest attribution, and the noisiest."""

from generator.artefacts import Heatmaps
from generator.maps.explained import ScoreOption, Signed, gradient_facts, reduce_channels, score_of, slopes
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Saliency map", "顯著圖"),
    summary=bilingual(
        "The derivative of the class score by each pixel: where a small change of the input changes the score most.",
        "類別分數對每個像素的偏微分：輸入稍微改變時，哪裡最影響分數。",
    ),
    paper="Simonyan et al. 2014, Deep Inside Convolutional Networks, arXiv:1312.6034",
    passes=lambda params, images: images,
    factors=("gradient",),
    both_signs=True,
    slope_by="picture",
)
def saliency(request: Request, *, signed: Signed = False, score: ScoreOption = "logit") -> Heatmaps:
    """Gradient of the class score by the input."""
    batch = request.batch
    gradient = slopes(request.classifier, batch.inputs, score_of(request, score))
    facts = gradient_facts(request.classifier, score, signed)
    return Heatmaps(reduce_channels(gradient, signed), signed, "gradient", facts, pixelwise=True)
