"""The gradient through positive paths only: sharp, and much of it is the picture's edges rather than the model."""

import numpy as np

from generator.artefacts import FLAT, Floats, Heatmaps
from generator.classifier import ScoreKind
from generator.maps.explained import score_of, slopes
from generator.methods import Request, method
from generator.options import ScoreOption, Signed, reduce_channels
from generator.text import bilingual

PROBE = 8  # images on which the plain gradient is looked at too, before it is worth a pass of every image
EQUAL = 1e-5  # relative difference below which two gradients are one, up to rounding


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Guided backpropagation", "導向反向傳播"),
    summary=bilingual(
        "The gradient, with everything negative cut off at every ReLU on the way back. The lines are sharp, but they "
        "hardly depend on the class or on the weights (Adebayo et al. 2018): read them as detail, not as evidence.",
        "反向傳播時，在每個 ReLU 都把負值切掉的梯度。線條很清楚，但幾乎不隨類別或權重改變（Adebayo 等人，2018）："
        "請把它當作細節，不要當作證據。",
    ),
    paper="Springenberg et al. 2015, Striving for Simplicity: The All Convolutional Net, arXiv:1412.6806",
    passes=lambda params, images: images + min(images, PROBE),
)
def guided_backprop(request: Request, *, signed: Signed = False, score: ScoreOption = "logit") -> Heatmaps:
    """Gradient through positive paths only, at every rectifier of the model."""
    return guided_map(request, signed, score)


def guided_map(request: Request, signed: bool, score: ScoreKind) -> Heatmaps:
    """The guided gradient, with a remark where it is the plain one."""
    guided = slopes(request.classifier, request.batch.inputs, score_of(request, score), "guided")
    values = reduce_channels(guided, signed)
    facts = {"score": score, "insensitive": True}
    return Heatmaps(values, signed, "guided_gradient", facts, remarks=_remarks(request, guided, score))


def _remarks(request: Request, guided: Floats, score: ScoreKind) -> tuple[str, ...]:
    """Whether anything was cut off; where it was in one of the first images, the rest is not compared."""
    batch, explained = request.batch, score_of(request, score)

    def compared(rows: slice) -> tuple[str, ...]:
        return unguided(guided[rows], slopes(request.classifier, batch.inputs[rows], explained[rows]))

    first = compared(slice(0, PROBE))
    left = len(batch) - len(first)
    return (*first, *(compared(slice(PROBE, None)) if left and all(first) else ("",) * left))


def unguided(guided: Floats, plain: Floats) -> tuple[str, ...]:
    """'not_applicable' where nothing was cut off, so that the picture is the plain gradient under another name."""
    largest = np.abs(plain).max(axis=(1, 2, 3))
    apart = np.abs(guided - plain).max(axis=(1, 2, 3))
    same = (apart <= EQUAL * largest) & (largest >= FLAT)
    return tuple("not_applicable" if equal else "" for equal in same)
