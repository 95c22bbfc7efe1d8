"""What a class looks like to the model: the picture that gradient ascent finds for each logit."""

from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Ints, Patterns
from generator.classifier import Classifier
from generator.errors import ParameterError
from generator.maps import ascent
from generator.methods import Request, method
from generator.text import bilingual

ClassesOption = Annotated[
    tuple[Annotated[int, Field(ge=0)], ...] | None,
    Field(min_length=1, description="numbers of the classes from 0; left out: all, at most 20"),
]
MOST = 20  # classes that are climbed where none is named
MOST_STEPS = 200
USUAL_RATE = 0.01
USUAL = 7  # classes, where the cost is told before the model is known


@method(
    kind="patterns",
    access="gradients",
    title=bilingual("Class maximization", "類別最大化"),
    summary=bilingual(
        "Starting from noise, the picture is changed step by step so that the score of a class grows: what remains is "
        "the model's own idea of the class, which need not look like one to us.",
        "從雜訊出發，一步一步修改圖片，讓某個類別的分數越來越高；最後留下的，是模型心目中的這個類別，人眼未必認得出來。",
    ),
    paper="Simonyan et al. 2014, Deep Inside Convolutional Networks, arXiv:1312.6034",
    passes=lambda params, images: (
        2 * len(params.get("classes") or range(USUAL)) * (params.get("steps") or MOST_STEPS) * params.get("starts", 1)
    ),
    seeded=True,
    climbs=True,
)
def class_maximization(
    request: Request,
    *,
    classes: ClassesOption = None,
    steps: ascent.Steps = None,
    optimizer: ascent.OptimizerOption = "normalized",
    rate: ascent.Rate = None,
    start: ascent.Start = "noise",
    starts: ascent.Restarts = 1,
    total_variation: ascent.Smoothness = 20.0,
    norm: ascent.Restraint = 0.0,
    jitter: ascent.Jitter = 2,
) -> Patterns:
    """Gradient ascent on the score of each class before the softmax."""
    length = ascent.rate_of(optimizer, rate, USUAL_RATE)
    way = (start, steps or MOST_STEPS, length, starts, total_variation, norm, jitter)
    route = ascent.Route(*way, optimizer=optimizer, settles=steps is None)
    units = _known(request.classifier, classes)
    found = ascent.peaks(request, None, units, route)
    reached = request.classifier.probabilities(found.inputs)[np.arange(len(units)), units]
    facts: dict[str, Fact] = {"score": "logit", **route.facts(found)}
    if request.classifier.n_classes > 1:
        facts["probability"] = tuple(float(value) for value in reached)
    pattern = ascent.drawn(request.classifier, found.inputs)
    return Patterns(pattern, units, found.activation, found.on_images, found.dead, "class", facts)


def _known(classifier: Classifier, classes: tuple[int, ...] | None) -> Ints:
    """The classes asked for, or the first of all; raises ParameterError for one that the model has not."""
    if classes is None:
        return np.arange(min(classifier.n_classes, MOST))
    beyond = [str(number) for number in classes if number >= classifier.n_classes]
    if beyond:
        told = f"the model has {classifier.n_classes} classes, 0 to {classifier.n_classes - 1}; there is no "
        raise ParameterError("classes", told + ", ".join(beyond))
    return np.array(classes, np.int64)
