"""The weights of a convolution themselves: for the first one, small pictures of what it multiplies with."""

from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Floats, Kernels
from generator.classifier import first_convolution
from generator.errors import ParameterError
from generator.maps.explained import LayerOption, named_layer
from generator.maps.units import FiltersOption, candidates, chosen, strongest
from generator.methods import Request, method
from generator.text import bilingual

Channel = Annotated[int | None, Field(ge=0, description="input channel that is shown; left out: the sum over all")]


@method(
    kind="model",
    access="weights",
    title=bilingual("Weights of a convolution", "卷積層的權重"),
    summary=bilingual(
        "The numbers that each filter multiplies the picture with: bright counts for it where they are positive, "
        "against it where they are negative.",
        "每個濾波器拿來和圖片相乘的數字：正的地方越亮反應越強，負的地方越亮反應越弱。",
    ),
    paper="Krizhevsky et al. 2012, ImageNet Classification with Deep Convolutional Neural Networks, NeurIPS 25",
    passes=lambda params, images: 0,
)
def kernels(
    request: Request, *, layer: LayerOption = None, filters: FiltersOption = None, channel: Channel = None
) -> Kernels:
    """Weights of the filters of a convolution, one small signed map each."""
    standard = first_convolution(request.classifier)
    at, wanted = named_layer(request.classifier, layer, standard, "this model has no convolution"), chosen(filters)
    kernel = _of_channel(request.classifier.kernel(at.name), channel)
    units = candidates(wanted, at)
    weight = np.moveaxis(kernel[..., units], -1, 0)
    shown = strongest(wanted, np.abs(weight).sum(axis=(1, 2)))
    facts: dict[str, Fact] = {"layer": at.name, "size": kernel.shape[:2], "filters_of_layer": at.shape[-1]}
    channels = request.classifier.kernel(at.name).shape[2]
    facts |= {} if channels == 1 else {"channel": "summed" if channel is None else channel, "channels": channels}
    return Kernels(weight[shown], units[shown], facts)


def _of_channel(kernel: Floats, channel: int | None) -> Floats:
    """`(h, w, F)` weights for one input channel, or for a picture that is the same in all."""
    if channel is None:
        return kernel.sum(axis=2)
    if channel >= kernel.shape[2]:
        raise ParameterError("channel", f"the layer takes {kernel.shape[2]} channels, from 0; there is no {channel}")
    return kernel[:, :, channel]
