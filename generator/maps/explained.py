"""What is explained of a model: a number (its value, its derivative, the facts that name it), or a layer.

A loss counts downwards here, as the logarithm of the probability, so that above zero always speaks for the class.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Floats
from generator.classifier import Classifier, Layer, Rectifier, Request, Score, ScoreKind, layer_called
from generator.errors import ParameterError
from generator.maps.variants import Doubles

Signed = Annotated[bool, Field(description="keep the sign: what raises the score against what lowers it")]
ScoreOption = Annotated[
    ScoreKind, Field(description="the number that is explained: logit, probability, loss, or the sum of all logits")
]
AnswerScore = Annotated[
    Literal["logit", "probability", "loss"],
    Field(description="the number that is explained: logit, probability or loss"),
]
BranchOption = Annotated[
    str | None,
    Field(
        description="name of a layer; left out: what carries the score into the final pooling or flatten. Of several "
        "that are branches, side by side, the maps are added up; else each is a part"
    ),
]
LayersOption = BranchOption | tuple[str, ...]  # a run has one, or the branches of a model
LayerOption = Annotated[str | None, Field(description="name of a layer; left out: the standard one of the method")]

TINY = 1e-12  # a probability below this has no finite logarithm worth showing


def score_of(request: Request, kind: ScoreKind) -> Score:
    """What is explained of each image: its target, minus `against` where the figure names one; or the sum of all.

    Raises ParameterError where a sum says nothing.
    """
    if kind == "sum" and request.classifier.one_output:
        told = "the model has one output, and the scores of its two classes, opposite to each other, add up to 0"
        raise ParameterError("score", f"{told}; explain one with `score: logit`")
    if kind == "sum" and request.batch.against is not None:
        raise ParameterError("score", "a sum of all scores is not compared with one of them; leave out `against`")
    return Score(request.batch.target, request.batch.against, kind)


def slopes(classifier: Classifier, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
    """`(N, H, W, C)` derivative of the explained number by the input."""
    return upwards(classifier.gradients(inputs, score, rectifier), score)


def upwards(gradient: Floats, score: Score) -> Floats:
    """A derivative of the score turned so that positive speaks for the class."""
    return -gradient if score.kind == "loss" else gradient


def values(classifier: Classifier, inputs: Floats, score: Score) -> Doubles:
    """`(N,)` the explained number itself."""
    numbers = (classifier.logits if score.kind in ("logit", "sum") else classifier.probabilities)(inputs)
    rows = np.arange(len(inputs))
    wide: Doubles = numbers.astype(np.float64)
    if score.kind == "sum":
        return np.asarray(wide.sum(axis=1))
    wide = np.log(np.maximum(wide, TINY)) if score.kind == "loss" else wide
    chosen: Doubles = wide[rows, score.target]
    return chosen if score.against is None else chosen - wide[rows, score.against]


def gradient_facts(classifier: Classifier, kind: ScoreKind, signed: bool) -> Mapping[str, Fact]:
    """`one_output`: two classes share one sigmoid, and without the sign both have the same map."""
    same = classifier.one_output and not signed
    return {"score": kind, "one_output": True} if same else {"score": kind}


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
