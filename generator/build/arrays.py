"""What was drawn, before any colour: the arrays of `--arrays`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import (
    Artefact,
    Confusion,
    Curves,
    Heatmaps,
    Kernels,
    LayerOutputs,
    LayerTable,
    Patterns,
    Points,
    Predictions,
)
from generator.results import FigureResult, Part

Arrays = dict[str, NDArray[Any]]


def arrays_of(result: FigureResult) -> Arrays:
    """The arrays of a figure by name; with several parts the names of the later ones end in their number."""
    named: dict[str, NDArray[Any]] = {}
    for number, part in enumerate(result.parts, 1):
        suffix = "" if number == 1 else f"_{number}"
        named |= {name + suffix: array for name, array in _of_part(part).items()}
    return named


def _of_part(part: Part) -> Arrays:
    batch = part.batch
    images: Arrays = {"image": batch.images, "index": batch.index, "target": batch.target} if len(batch) else {}
    return {**_of_artefact(part.artefact), **images}


def _of_artefact(artefact: Artefact) -> Arrays:
    if isinstance(artefact, Heatmaps):
        attribution: dict[str, NDArray[Any]] = {"attribution": artefact.values.astype(np.float32)}
        return attribution if artefact.segments is None else attribution | {"segments": artefact.segments}
    if isinstance(artefact, Patterns):
        kept = {"pattern": artefact.pattern, "activation": artefact.activation, "on_images": artefact.on_images}
        beside = {} if artefact.output is None else {"output": artefact.output}
        return {**kept, **beside, artefact.of: artefact.unit, "dead": artefact.dead}
    if isinstance(artefact, LayerOutputs):
        return {"output": artefact.output[0] if len(artefact.output) == 1 else artefact.output, "filter": artefact.unit}
    return _of_the_rest(artefact)


def _of_the_rest(artefact: Artefact) -> Arrays:
    match artefact:
        case Confusion():
            return {"counts": artefact.counts}
        case Predictions():
            return {"probability": artefact.probability}
        case Points():
            return {"place": artefact.place}
        case Kernels():
            return {"weight": artefact.weight, "filter": artefact.unit}
        case Curves():
            return {"epoch": artefact.epoch, "values": artefact.values, "names": np.array(artefact.names)}
        case LayerTable():
            return {"parameters": artefact.parameters, "multiply_adds": artefact.multiply_adds}
    return {}
