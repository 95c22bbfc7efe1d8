"""What a picture shows, in words computed from its numbers: never its caption, in the language of the page."""

from collections.abc import Callable
from typing import Any

from generator.artefacts import (
    Confusion,
    Curves,
    Foreign,
    Heatmaps,
    Kernels,
    LayerOutputs,
    Patterns,
    Points,
    Predictions,
)
from generator.pages import alt_tables, alt_units
from generator.pages.alt_maps import heatmap
from generator.pages.page import Legend
from generator.pages.reader import Reader
from generator.pages.seen import Seen

FORMS: tuple[tuple[type, Callable[[Any, Seen], str]], ...] = (
    (Heatmaps, heatmap),
    (Patterns, alt_units.patterns),
    (LayerOutputs, alt_units.outputs),
    (Kernels, alt_units.kernels),
    (Confusion, alt_tables.confusion),
    (Predictions, alt_tables.predictions),
    (Points, alt_tables.points),
    (Curves, alt_tables.curves),
    (Foreign, alt_tables.foreign),
)


def alt_text(seen: Seen) -> str:
    """One sentence on what the picture shows."""
    if seen.role == "image" and seen.row is not None:
        return seen.say("image", index=seen.index, label=seen.label)
    artefact = seen.part.artefact
    return next(form(artefact, seen) for kind, form in FORMS if isinstance(artefact, kind))


def bar(reader: Reader, legend: Legend) -> str:
    """The colour bar of a legend."""
    return reader.words("alt.bar", low=legend.low, high=legend.high, quantity=legend.quantity)
