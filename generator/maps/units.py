"""Which filters of a layer are meant: the first so many, a list, or the strongest."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from generator.artefacts import Fact, Floats, Ints
from generator.classifier import Classifier, Layer, first_convolution
from generator.errors import ParameterError
from generator.lattice import seen_by
from generator.maps.explained import named_layer
from generator.maps.variants import slices

USUAL = 32  # filters shown where nothing is said, or all where there are fewer

Count = Annotated[int, Field(ge=1)]
Numbers = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]


class Best(BaseModel):
    """So many units, those with the largest activation."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    best: Annotated[int, Field(ge=1, description="so many units, those with the largest activation")]


Chosen = Count | Numbers | Best
FiltersOption = Annotated[
    Chosen | None,
    Field(description="a number (the first so many), a list of numbers from 0, or {best: so many}; left out: 32"),
]


def chosen(value: object) -> Chosen | None:
    """The option as its type, whether it comes as a model or as plain data."""
    adapter: TypeAdapter[Chosen | None] = TypeAdapter(FiltersOption)
    return adapter.validate_python(value)


def candidates(filters: Chosen | None, layer: Layer) -> Ints:
    """The units to look at, before the strongest are taken; raises ParameterError for one that is not there."""
    count = layer.shape[-1]
    if isinstance(filters, tuple):
        beyond = [str(unit) for unit in filters if unit >= count]
        if beyond:
            told = f"layer '{layer.name}' has {count} filters, 0 to {count - 1}; there is no {', '.join(beyond)}"
            raise ParameterError("filters", told)
        return np.array(filters, np.int64)
    if isinstance(filters, Best):
        return np.arange(count)
    return np.arange(min(filters or USUAL, count))


def strongest(filters: Chosen | None, activation: Floats, dead: NDArray[np.bool_] | None = None) -> Ints:
    """Positions of the units to show, the strongest first where the best were asked for; of these none is dead."""
    if not isinstance(filters, Best):
        return np.arange(len(activation))
    order = np.argsort(-activation, kind="stable").astype(np.int64)
    alive = order if dead is None or dead.all() else order[~dead[order]]
    return alive[: filters.best]


def outputs_of(classifier: Classifier, inputs: Floats, layer: Layer, units: Ints) -> Floats:
    """`(N, F, h, w)`, a batch at a time: a wide layer of many images would not fit; raises ParameterError."""
    if len(layer.maps) != 3:
        shape = "×".join(map(str, layer.shape))
        raise ParameterError("layer", f"the output of '{layer.name}' ({shape}) has no height and width")
    rows = slices(len(inputs), inputs.shape[1:])
    return np.moveaxis(np.concatenate([classifier.outputs(inputs[r], layer.name)[..., units] for r in rows]), -1, 1)


def unit_facts(layer: Layer, size: tuple[int, int]) -> dict[str, Fact]:
    """What a reader must know of the layer beside its units, and what of a picture of that size it sees."""
    facts: dict[str, Fact] = {"layer": layer.name, "grid": layer.maps[:2], "filters_of_layer": layer.shape[-1]}
    seen = seen_by((layer.place,), size) if layer.place else ""
    return facts | ({"sees": seen} if seen else {})


def how_many(params: Mapping[str, Any]) -> int:
    """About how many units an option means, before the model is known."""
    filters = params.get("filters")
    if isinstance(filters, Best | Mapping):
        return 2 * USUAL
    return filters if isinstance(filters, int) else len(filters or range(USUAL))


def unit_layer(classifier: Classifier, name: str | None) -> Layer:
    """The named layer, or where the first convolution's filters fire: its own output if rectified, else its ReLU's."""
    lack = "this model has no convolution; name a layer, or take class_maximization"
    return named_layer(classifier, name, _firing(classifier, first_convolution(classifier)), lack)


def _firing(classifier: Classifier, convolution: Layer | None) -> Layer | None:
    """A linear filter's mean is largest on an even area; what it looks for shows after the rectifier."""
    if convolution is None or convolution.rectifies:
        return convolution
    after = classifier.layers[classifier.layers.index(convolution) + 1 :]
    nearest = next((layer for layer in after if layer.rectifies or "Conv" in layer.kind), None)
    same = nearest is not None and nearest.rectifies and nearest.shape == convolution.shape
    return nearest if same else convolution
