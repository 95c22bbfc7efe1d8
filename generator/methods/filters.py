"""What a filter looks for: the picture that gradient ascent finds for each filter of a layer."""

from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Patterns
from generator.errors import ParameterError
from generator.maps import ascent
from generator.maps.explained import LayerOption
from generator.maps.units import (
    FiltersOption,
    candidates,
    chosen,
    how_many,
    outputs_of,
    strongest,
    unit_facts,
    unit_layer,
)
from generator.methods import Request, method
from generator.text import bilingual

Outputs = Annotated[bool, Field(description="beside each pattern what its filter puts out for the figure's images")]
MOST_STEPS = 60
USUAL_RATE = 0.02


@method(
    kind="patterns",
    access="gradients",
    title=bilingual("Patterns of filters", "濾波器的圖樣"),
    summary=bilingual(
        "Starting from noise, the picture is changed step by step so that a filter of the layer fires more and more: "
        "what remains is a picture that raises its output.",
        "從雜訊出發，一步一步修改圖片，讓這一層的某個濾波器反應越來越強；最後留下的，是讓它的輸出升高的圖樣。",
    ),
    paper="Erhan et al. 2009, Visualizing Higher-Layer Features of a Deep Network, Université de Montréal, TR 1341",
    passes=lambda params, images: (
        2 * how_many(params) * (params.get("steps") or MOST_STEPS) * params.get("starts", 1)
        + images * bool(params.get("outputs"))
    ),
    seeded=True,
    climbs=True,
)
def filters(
    request: Request,
    *,
    layer: LayerOption = None,
    filters: FiltersOption = None,
    steps: ascent.Steps = None,
    optimizer: ascent.OptimizerOption = "normalized",
    rate: ascent.Rate = None,
    start: ascent.Start = "noise",
    starts: ascent.Restarts = 1,
    total_variation: ascent.Smoothness = 0.0,
    norm: ascent.Restraint = 0.0,
    jitter: ascent.Jitter = 1,
    size: ascent.Size = None,
    objective: ascent.ObjectiveOption = "channel",
    outputs: Outputs = False,
) -> Patterns:
    """Gradient ascent on the activation of each filter of a layer."""
    at, wanted = unit_layer(request.classifier, layer), chosen(filters)
    if outputs and not len(request.batch):
        raise ParameterError("outputs", "the figure names no images; say which, such as `images: {select: first}`")
    ascent.growable(request.classifier, at, size)
    length = ascent.rate_of(optimizer, rate, USUAL_RATE)
    way = (start, steps or MOST_STEPS, length, starts, total_variation, norm, jitter, size, optimizer, objective)
    route = ascent.Route(*way, settles=steps is None)
    units = candidates(wanted, at)
    every = ascent.peaks(request, at.name, units, route)
    shown = strongest(wanted, every.activation, every.dead)
    found, unit = every[shown], units[shown]
    pattern = ascent.drawn(request.classifier, found.inputs)
    facts = unit_facts(at, request.classifier.input_shape[:2])
    facts |= route.facts(found) | ({} if size is None else {"size": found.inputs.shape[1:3]})
    remarks: dict[str, tuple[Fact, ...]] = {
        "duplicates": ascent.duplicates(pattern, unit, found.dead),
        "from_images": tuple(unit[found.helped].tolist()),
        "skipped": tuple(sorted(set(units[every.dead].tolist()) - set(unit.tolist()))),
    }
    facts |= {key: units for key, units in remarks.items() if units}
    beside = np.moveaxis(outputs_of(request.classifier, request.batch.inputs, at, unit), 1, 0) if outputs else None
    return Patterns(pattern, unit, found.activation, found.on_images, found.dead, "filter", facts, beside, at.place)
