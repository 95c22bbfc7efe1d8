"""What the model is made of: its layers in a table."""

import numpy as np

from generator.artefacts import LayerTable
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="model",
    access="weights",
    title=bilingual("Architecture", "模型架構"),
    summary=bilingual(
        "The layers in their order, with the shape of what they put out, their weights, and what one picture costs.",
        "依序列出每一層：輸出的形狀、權重的數目，以及處理一張圖片需要的計算量。",
    ),
    paper="LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, Proceedings of the IEEE 86",
    passes=lambda params, images: 0,
)
def architecture(request: Request) -> LayerTable:
    """The layers of the model with shapes, parameters and multiply-adds."""
    layers = request.classifier.layers
    parameters = np.array([layer.parameters for layer in layers], np.int64)
    products = np.array([layer.multiply_adds for layer in layers], np.int64)
    return LayerTable(
        tuple(layer.name for layer in layers),
        tuple(layer.kind for layer in layers),
        tuple(layer.shape for layer in layers),
        parameters,
        products,
        {"layers": len(layers), "parameters": int(parameters.sum()), "multiply_adds": int(products.sum())},
    )
