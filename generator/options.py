"""The options that several methods share, with one wording each."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from generator.artefacts import Floats
from generator.classifier import Classifier, Layer, ScoreKind, layer_called
from generator.errors import ParameterError

Signed = Annotated[bool, Field(description="keep the sign: what raises the score against what lowers it")]
ScoreOption = Annotated[
    ScoreKind, Field(description="the number that is explained: logit, probability, loss, or the sum of all logits")
]
AnswerScore = Annotated[
    Literal["logit", "probability", "loss"],
    Field(description="the number that is explained: logit, probability or loss"),
]
LayerOption = Annotated[str | None, Field(description="name of a layer; left out: the standard one of the method")]


def reduce_channels(gradient: Floats, signed: bool) -> Floats:
    """`(N, H, W, C)` to `(N, H, W)`: the sum over channels, or the largest magnitude (Simonyan et al. 2014)."""
    return gradient.sum(axis=-1) if signed else np.abs(gradient).max(axis=-1)


def named_layer(classifier: Classifier, name: str | None, standard: Layer | None, lack: str) -> Layer:
    """The layer a method works on; raises ParameterError with what there is, or `lack` where there is none."""
    if name is None:
        if standard is None:
            raise ParameterError("layer", lack)
        return standard
    return layer_called(name, classifier.layers)
