"""The plain gradient: the cheapest attribution, and the noisiest."""

from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Floats, Heatmaps
from generator.classifier import Score, ScoreKind
from generator.methods import Request, method
from generator.text import bilingual

Signed = Annotated[bool, Field(description="keep the sign: what raises the score against what lowers it")]
ScoreOption = Annotated[ScoreKind, Field(description="the number that is explained: logit, probability or loss")]


def reduce_channels(gradient: Floats, signed: bool) -> Floats:
    """`(N, H, W, C)` to `(N, H, W)`: the sum over channels, or the largest magnitude as in the paper."""
    return gradient.sum(axis=-1) if signed else np.abs(gradient).max(axis=-1)


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
)
def saliency(request: Request, *, signed: Signed = False, score: ScoreOption = "logit") -> Heatmaps:
    """Gradient of the class score by the input."""
    batch = request.batch
    gradient = request.classifier.gradients(batch.inputs, Score(batch.target, batch.against, score))
    return Heatmaps(reduce_channels(gradient, signed), signed, "gradient", {"score": score})
