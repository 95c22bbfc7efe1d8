"""What a layer puts out for a picture: one small map a filter."""

import numpy as np

from generator.artefacts import LayerOutputs
from generator.maps.explained import LayerOption
from generator.maps.units import FiltersOption, candidates, chosen, outputs_of, strongest, unit_facts, unit_layer
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="outputs",
    access="predictions",
    title=bilingual("Outputs of a layer", "某一層的輸出"),
    summary=bilingual(
        "What the filters of a layer put out for this picture: each value says how strongly a filter answers there.",
        "這一層的濾波器看了這張圖片之後的輸出：每個值是濾波器在那個位置的反應有多強。",
    ),
    paper="Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, arXiv:1311.2901",
    passes=lambda params, images: images,
)
def feature_maps(request: Request, *, layer: LayerOption = None, filters: FiltersOption = None) -> LayerOutputs:
    """Outputs of the filters of a layer for the images of the figure."""
    at, wanted = unit_layer(request.classifier, layer), chosen(filters)
    units = candidates(wanted, at)
    output = outputs_of(request.classifier, request.batch.inputs, at, units)
    shown = strongest(wanted, output.mean(axis=(0, 2, 3)) if len(output) else np.zeros(len(units), np.float32))
    facts = unit_facts(at, request.batch.images.shape[1:3])
    return LayerOutputs(output[:, shown], units[shown], facts, at.place)
