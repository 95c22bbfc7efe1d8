"""How often each class was taken for which: the model's mistakes in one table."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from generator.artefacts import Confusion, Fact, Fraction
from generator.errors import DataError
from generator.methods import Request, method
from generator.samples import Evaluation
from generator.text import bilingual

Normalize = Annotated[
    Literal["none", "label", "predicted"],
    Field(description="counts, shares of the true class (recall), or shares of the predicted class (precision)"),
]


@method(
    kind="evaluation",
    access="none",
    title=bilingual("Confusion matrix", "混淆矩陣"),
    summary=bilingual(
        "Each row is a true class, each column a prediction: the diagonal is right, everything beside it is a mistake.",
        "每一列是真正的類別，每一行是模型的預測：對角線上是答對的，其他都是答錯的。",
    ),
    paper="Stehman 1997, Selecting and interpreting measures of thematic classification accuracy",
    passes=lambda params, images: 0,
)
def confusion_matrix(request: Request, *, normalize: Normalize = "none") -> Confusion:
    """Counts of true against predicted classes over the evaluation."""
    evaluation = _usable(request)
    counts = evaluation.counts(request.classifier.n_classes)
    accuracy = float(np.trace(counts) / counts.sum())
    assert accuracy == evaluation.accuracy, "the matrix contradicts the evaluation"
    facts: dict[str, Fact] = {"n": len(evaluation.label), "accuracy": Fraction(accuracy), "origin": evaluation.origin}
    facts |= {"in_training": evaluation.in_training} if evaluation.in_training else {}
    return Confusion(counts, normalize, facts, evaluation.label, evaluation.prediction, evaluation.digest)


def _usable(request: Request) -> Evaluation:
    """The evaluation, if there is one and it fits the model's classes."""
    evaluation = request.evaluation
    if evaluation is None or not len(evaluation.label):
        told = "a confusion matrix needs labels and predictions: name `evaluation: FILE.csv` with the columns "
        raise DataError(told + "y_true,y_pred, or give `data` with labels")
    n_classes = request.classifier.n_classes
    for name, values in (("y_true", evaluation.label), ("y_pred", evaluation.prediction)):
        if values.min() < 0 or values.max() >= n_classes:
            wrong = values[(values < 0) | (values >= n_classes)][0]
            raise DataError(f"{evaluation.origin}: {name} holds {wrong}; the classes are 0 to {n_classes - 1}")
    return evaluation
