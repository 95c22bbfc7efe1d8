"""Class activation without gradients: each channel is shown to the model as a mask, and weighs what it brings.

As in the paper's algorithm by a softmax over the channels, in which the score of a black picture cancels; of the logit,
since probabilities, all within 0 to 1, would weigh nearly alike (docs/defaults.md).
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import FLAT, Fact, Floats, Heatmaps
from generator.classifier import Layer, ScoreKind
from generator.lattice import Lattice
from generator.maps.cam import activation_map, places_of, spatial_layers
from generator.maps.explained import AnswerScore, LayersOption, Signed, score_of, values
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
    layer: LayersOption = None,
    max_channels: MaxChannels = 64,
    signed: Signed = False,
    score: AnswerScore = "logit",
) -> Heatmaps:
    """Channels of a layer weighted by the score of the image seen through them alone, by a softmax over channels."""
    chosen, inputs = spatial_layers(request.classifier.layers, layer), request.batch.inputs
    channels = [strongest(_outputs(request, chosen, row), max_channels) for row in range(len(inputs))]
    rises = increases(request, channels, places_of(chosen), score)
    moved = np.array([np.abs(rise).max(initial=0.0) >= FLAT for rise in rises])
    small = [np.zeros((len(inputs), *one.maps[:2]), np.float32) for one in chosen]
    for row in np.flatnonzero(moved):
        ends = np.cumsum([output.shape[2] for output in channels[row]])
        for maps, output, share in zip(small, channels[row], np.split(softmax(rises[row]), ends[:-1]), strict=True):
            maps[row] = output @ share
    there = sum(one.maps[2] for one in chosen)
    counted: dict[str, Fact] = {"channels": min(max_channels or there, there), "of_channels": there}
    return activation_map(request, chosen, small, moved, signed, {"score": score, **counted})


def _outputs(request: Request, chosen: Sequence[Layer], row: int) -> list[Floats]:
    return [request.classifier.outputs(request.batch.inputs[row : row + 1], layer.name)[0] for layer in chosen]


def strongest(outputs: Sequence[Floats], count: int | None) -> list[Floats]:
    """`(h, w, c)` of each layer to the channels that vary most of all; a constant one hides nothing and is left out."""
    spread = np.concatenate([output.std(axis=(0, 1)) for output in outputs])
    order = np.argsort(-spread, kind="stable")[:count]
    kept = np.zeros(len(spread), np.bool_)
    kept[order[spread[order] >= FLAT]] = True
    ends = np.cumsum([output.shape[2] for output in outputs])
    return [output[:, :, own] for output, own in zip(outputs, np.split(kept, ends[:-1]), strict=True)]


def increases(
    request: Request, channels: list[list[Floats]], places: Sequence[Lattice], kind: ScoreKind
) -> list[Floats]:
    """For each image `(c,)`: the score of the masked input minus the score of an input of zeros (the paper's CIC)."""
    explained = score_of(request, kind)
    seen = chunks(_masked(request.batch.inputs, channels, places))
    numbers = np.concatenate([values(request.classifier, inputs, explained[rows]) for rows, inputs in seen])
    ends = np.cumsum([1 + sum(output.shape[2] for output in outputs) for outputs in channels])
    return [own[1:] - own[0] for own in np.split(numbers, ends[:-1])]


def softmax(scores: Floats) -> Doubles:
    """`(c,)` weights of sum 1 that keep the order of the scores."""
    raised = np.exp(scores.astype(np.float64) - scores.max())
    return np.asarray(raised / raised.sum())


def _masked(inputs: Floats, channels: list[list[Floats]], places: Sequence[Lattice]) -> Iterator[Variant]:
    """An input of zeros, then the image through each of its channels as a mask from 0 to 1."""
    for row, outputs in enumerate(channels):
        yield row, np.zeros_like(inputs[row])
        for output, place in zip(outputs, places, strict=True):
            for mask in masks(output, place, inputs.shape[1:3]):
                yield row, inputs[row] * mask[:, :, None]


def masks(output: Floats, place: Lattice, size: tuple[int, int]) -> Iterator[Floats]:
    """Each channel laid on the input and brought to 0..1; what the layer does not see is hidden."""
    seen = place.covers(size)
    for channel in np.moveaxis(output, 2, 0):
        large = place.spread(channel[None], size)[0]
        low, high = large[seen].min(initial=np.inf), large[seen].max(initial=-np.inf)
        yield np.where(seen, (large - low) / (high - low), 0) if high > low else np.zeros_like(large)
