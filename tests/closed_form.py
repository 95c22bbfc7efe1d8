"""A classifier whose every answer can be worked out by hand: logits are a matrix times the pixels."""

from dataclasses import dataclass, field

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Ascent, Climb, Layer, Rectifier, Score


def softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)


@dataclass(frozen=True)
class LinearClassifier:
    """`logits = x · weights + bias` with `weights (H, W, C, K)`; layer `identity` is a 1×1 identity convolution."""

    weights: Floats
    bias: Floats = field(default_factory=lambda: np.zeros(1, np.float32))
    one_output: bool = False

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return self.weights.shape[:3]

    @property
    def n_classes(self) -> int:
        return self.weights.shape[3]

    @property
    def layers(self) -> tuple[Layer, ...]:
        return (Layer("identity", "Conv2D", self.input_shape), Layer("logits", "Dense", (self.n_classes,)))

    def prepare(self, images: Floats) -> Floats:
        return images

    def restore(self, inputs: Floats) -> Floats:
        return np.clip(inputs, 0, 1)

    def logits(self, inputs: Floats) -> Floats:
        return (np.tensordot(inputs, self.weights, axes=3) + self.bias).astype(np.float32)

    def probabilities(self, inputs: Floats) -> Floats:
        return softmax(self.logits(inputs))

    def gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
        by_class = np.moveaxis(self.weights, 3, 0)
        if score.kind == "sum":
            return np.repeat(by_class.sum(axis=0)[None], len(inputs), axis=0).astype(np.float32)
        plain = by_class[score.target] - (0 if score.against is None else by_class[score.against])
        if score.kind == "logit":
            return plain.astype(np.float32)
        p = self.probabilities(inputs)
        chosen = np.eye(self.n_classes)[score.target] - p  # derivative of log p; the loss is its negative
        factor = -1.0 if score.kind == "loss" else p[np.arange(len(p)), score.target][:, None]
        return np.tensordot(factor * chosen, by_class, axes=1).astype(np.float32)

    def layer_gradients(self, inputs: Floats, score: Score, layer: str) -> tuple[Floats, Floats]:
        return inputs, self.gradients(inputs, score)

    def outputs(self, inputs: Floats, layer: str) -> Floats:
        return inputs if layer == "identity" else self.logits(inputs)

    def kernel(self, layer: str) -> Floats:
        return np.eye(self.input_shape[2], dtype=np.float32)[None, None]

    def ascend(self, ascent: Ascent) -> Climb:
        raise NotImplementedError("a linear score has no summit")
