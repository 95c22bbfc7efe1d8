"""The number a map explains: its value, its derivative, and the facts that name it.

A loss counts downwards here, as the logarithm of the probability, so that above zero always speaks for the class.
"""

from collections.abc import Mapping

import numpy as np

from generator.artefacts import Fact, Floats
from generator.classifier import Classifier, Rectifier, Score, ScoreKind
from generator.maps.variants import Doubles
from generator.samples import Batch

TINY = 1e-12  # a probability below this has no finite logarithm worth showing


def score_of(batch: Batch, kind: ScoreKind) -> Score:
    """What is explained of each image: its target, minus `against` where the figure names one."""
    return Score(batch.target, batch.against, kind)


def slopes(classifier: Classifier, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
    """`(N, H, W, C)` derivative of the explained number by the input."""
    return upwards(classifier.gradients(inputs, score, rectifier), score)


def upwards(gradient: Floats, score: Score) -> Floats:
    """A derivative of the score turned so that positive speaks for the class."""
    return -gradient if score.kind == "loss" else gradient


def values(classifier: Classifier, inputs: Floats, score: Score) -> Doubles:
    """`(N,)` the explained number itself."""
    numbers = classifier.logits(inputs) if score.kind == "logit" else classifier.probabilities(inputs)
    rows = np.arange(len(inputs))
    wide: Doubles = numbers.astype(np.float64)
    wide = np.log(np.maximum(wide, TINY)) if score.kind == "loss" else wide
    chosen: Doubles = wide[rows, score.target]
    return chosen if score.against is None else chosen - wide[rows, score.against]


def gradient_facts(classifier: Classifier, kind: ScoreKind, signed: bool) -> Mapping[str, Fact]:
    """`one_output`: two classes share one sigmoid, and without the sign both have the same map."""
    same = classifier.one_output and not signed
    return {"score": kind, "one_output": True} if same else {"score": kind}
