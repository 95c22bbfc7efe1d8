"""The one scale that all pictures of a figure share, and what is needed to read it: colour bar and legend."""

from dataclasses import replace

import numpy as np

from generator.artefacts import Artefact, Floats, Heatmaps, Kernels, LayerOutputs, Patterns
from generator.drawing import charts, colours, png
from generator.drawing.colours import Scale
from generator.results import Legend, Picture
from generator.show import Show


def shared(artefacts: tuple[Artefact, ...], show: Show) -> Scale | None:
    """The one scale of a figure: from zero to the largest magnitude of all that is a result; None without any."""
    values = [piece for artefact in artefacts for piece in _results(artefact)]
    largest = max((float(np.abs(piece).max(initial=0)) for piece in values), default=0.0)
    if largest == 0:
        return None
    signed = any(_signed(artefact) for artefact in artefacts)
    return Scale(largest, signed, show.colormap or _usual(artefacts, signed))


def _usual(artefacts: tuple[Artefact, ...], signed: bool) -> str:
    """The colour map where none is asked for: superpixels have the two tints that lie over the face."""
    if signed and any(isinstance(artefact, Heatmaps) and artefact.segments is not None for artefact in artefacts):
        return charts.AGAINST_FOR
    return colours.SIGNED if signed else colours.UNSIGNED


def _results(artefact: Artefact) -> list[Floats]:
    """The values that colours stand for, row by row, without those that are no result."""
    if isinstance(artefact, Heatmaps):
        return [values for row, values in enumerate(artefact.values) if not artefact.remark(row)]
    if isinstance(artefact, Kernels):
        return [artefact.weight]
    output = artefact.output if isinstance(artefact, LayerOutputs | Patterns) else None
    return [] if output is None else [output]


def _signed(artefact: Artefact) -> bool:
    if isinstance(artefact, Heatmaps):
        return artefact.signed
    return isinstance(artefact, Kernels) or any(bool((values < 0).any()) for values in _results(artefact))


def legend(artefact: Artefact, scale: Scale, show: Show) -> Legend:
    """What the colours stand for."""
    otherwise = "kernel" if isinstance(artefact, Kernels) else "activation"
    quantity = artefact.quantity if isinstance(artefact, Heatmaps) else otherwise
    return Legend(quantity, scale.low, scale.limit, scale.colormap, scale.signed, show.scale == "figure")


def bar(figure: str, scale: Scale) -> Picture:
    """All colours beside each other, from low to high."""
    pixels = colours.bar(scale.colormap)
    return Picture(f"{figure}-bar.png", png.png(pixels), pixels.shape[1], pixels.shape[0], "bar")


def own(scale: Scale | None, values: Floats, show: Show) -> Scale | None:
    """The figure's scale, or with `scale: image` the same from zero to the largest of these values."""
    if scale is None or show.scale == "figure":
        return scale
    return replace(scale, limit=float(np.abs(values).max(initial=0)))
