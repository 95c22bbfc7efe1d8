"""How long the steps of a climb are, by the optimizer that takes them; pixels are counted from 0 to 1."""

from typing import Annotated

from pydantic import Field

from generator.classifier import Objective, Optimizer
from generator.errors import ParameterError

OptimizerOption = Annotated[
    Optimizer,
    Field(
        description="how a gradient becomes a step: normalized (all of the same length), plain (the gradient itself), "
        "adam or adagrad (each pixel by its own past)"
    ),
]
ObjectiveOption = Annotated[
    Objective,
    Field(
        description="what grows: the mean of the filter's whole map (channel), or its value in the middle of the map "
        "(neuron), which leaves all but what that place sees as it was"
    ),
]
Rate = Annotated[
    float | None,
    Field(
        gt=0,
        le=1e6,
        description="length of a step as a share of the range of a pixel, at most 1: on average (normalized), of each "
        "pixel (adam), of each pixel at first (adagrad); for plain the factor of the gradient; left out: for filters "
        "0.02, for classes 0.01, adagrad five times that, plain 1",
    ),
]
BOLDER = 5  # times: adagrad's steps shrink with the root of their number
FACTOR = 1.0  # of a plain gradient


def rate_of(optimizer: Optimizer, rate: float | None, usual: float) -> float:
    """The rate asked for, or the one that leads about as far as `usual` under a normalised gradient.

    Raises ParameterError for a step that is longer than the range of a pixel.
    """
    if rate is None:
        return {"plain": FACTOR, "adagrad": BOLDER * usual}.get(optimizer, usual)
    if rate > 1 and optimizer != "plain":
        told = f"a step of {rate:g} is longer than the range of a pixel; at most 1, or `optimizer: plain`"
        raise ParameterError("rate", told)
    return rate
