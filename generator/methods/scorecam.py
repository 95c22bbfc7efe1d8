"""Class activation without gradients: each channel is shown to the model as a mask, and weighs what it brings.

As in the paper's algorithm by a softmax over the channels, in which the score of a black picture cancels; of the logit,
since probabilities, all within 0 to 1, would weigh nearly alike (docs/defaults.md).
"""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import FLAT, Fact, Floats, Heatmaps
from generator.classifier import ScoreKind
from generator.maps.cam import activation_map, layer_facts, spatial_layer
from generator.maps.explained import AnswerScore, LayerOption, Signed, score_of, values
from generator.maps.pixels import enlarge
from generator.maps.variants import Doubles, Variant, chunks
from generator.methods import Request, method
from generator.text import bilingual

MaxChannels = Annotated[
    int | None, Field(ge=1, description="channels tried, those that vary most over the image; empty: all")
]


@method(
    kind="attribution",
    access="predictions",
    title=bilingual("Score-CAM", "Score-CAM 分數加權類別活化圖"),
    summary=bilingual(
        "Each channel of a late layer is laid over the image as a mask, and only the masked image is shown: "
        "the higher the score, the more the channel weighs (a softmax over the channels). No gradient is needed.",
        "把較深一層的每個通道當作遮罩疊在影像上，只給模型看遮罩後的影像：分數越高，該通道的權重越大"
        "（各通道的分數取 softmax），不需要梯度。",
    ),
    paper="Wang et al. 2020, Score-CAM, arXiv:1910.01279",
    passes=lambda params, images: images * ((params.get("max_channels", 64) or 512) + 2),
    factors=("channels of a layer",),
)
def scorecam(
    request: Request,
    *,
    layer: LayerOption = None,
    max_channels: MaxChannels = 64,
    signed: Signed = False,
    score: AnswerScore = "logit",
) -> Heatmaps:
    """Channels of a layer weighted by the score of the image seen through them alone, by a softmax over channels."""
    chosen = spatial_layer(request.classifier, layer)
    inputs = request.batch.inputs
    outputs = (request.classifier.outputs(inputs[row : row + 1], chosen.name)[0] for row in range(len(inputs)))
    channels = [strongest(output, max_channels) for output in outputs]  # only those that are kept stay in memory
    rises = increases(request, channels, score)
    moved = np.array([np.abs(rise).max(initial=0.0) >= FLAT for rise in rises])
    small = np.zeros((len(inputs), *chosen.shape[:2]), np.float32)
    for row in np.flatnonzero(moved):
        small[row] = channels[row] @ softmax(rises[row])
    tried = min(max_channels or chosen.shape[2], chosen.shape[2])
    counted: dict[str, Fact] = {"channels": tried, "of_channels": chosen.shape[2]}
    return activation_map(request, small, moved, signed, {"score": score, **layer_facts(chosen), **counted})


def strongest(output: Floats, count: int | None) -> Floats:
    """`(h, w, c)` to the channels that vary most, in their order; a constant one hides nothing and is left out."""
    spread = output.std(axis=(0, 1))
    order = np.argsort(-spread, kind="stable")[:count]
    return output[:, :, np.sort(order[spread[order] >= FLAT])]


def increases(request: Request, channels: list[Floats], kind: ScoreKind) -> list[Floats]:
    """For each image `(c,)`: the score of the masked input minus the score of an input of zeros (the paper's CIC)."""
    explained = score_of(request, kind)
    seen = chunks(_masked(request.batch.inputs, channels))
    numbers = np.concatenate([values(request.classifier, inputs, explained[rows]) for rows, inputs in seen])
    ends = np.cumsum([1 + output.shape[2] for output in channels])
    return [own[1:] - own[0] for own in np.split(numbers, ends[:-1])]


def softmax(scores: Floats) -> Doubles:
    """`(c,)` weights of sum 1 that keep the order of the scores."""
    raised = np.exp(scores.astype(np.float64) - scores.max())
    return np.asarray(raised / raised.sum())


def _masked(inputs: Floats, channels: list[Floats]) -> Iterator[Variant]:
    """An input of zeros, then the image through each of its channels as a mask from 0 to 1."""
    for row, output in enumerate(channels):
        yield row, np.zeros_like(inputs[row])
        for mask in masks(output, inputs.shape[1:3]):
            yield row, inputs[row] * mask[:, :, None]


def masks(output: Floats, size: tuple[int, int]) -> Iterator[Floats]:
    """Each channel enlarged to the input and brought to 0..1."""
    for channel in np.moveaxis(output, 2, 0):
        large = enlarge(channel[None], size)[0]
        yield (large - large.min()) / np.ptp(large)
