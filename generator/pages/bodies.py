"""The body of a figure: what stands between its number and its caption, by the kind of its artefact."""

from collections.abc import Callable
from typing import Any

from generator.artefacts import Confusion, Heatmaps, Kernels, LayerOutputs, LayerTable, Patterns, Predictions
from generator.pages.attribution_rows import rows
from generator.pages.content import Body, Sheet
from generator.pages.material import Material
from generator.pages.number_tables import layers, matrix, predictions
from generator.pages.unit_grids import kernels, outputs, patterns

Form = Callable[[Any, Material], tuple[Body, ...]]
FORMS: tuple[tuple[type, Form], ...] = (
    (Heatmaps, rows),
    (Patterns, patterns),
    (LayerOutputs, outputs),
    (Confusion, matrix),
    (Predictions, predictions),
    (Kernels, kernels),
    (LayerTable, layers),
)


def body_of(material: Material) -> tuple[Body, ...]:
    """The form of an artefact; the charts of one that has none of its own."""
    artefact = material.part.artefact
    for kind, form in FORMS:
        if isinstance(artefact, kind):
            return form(artefact, material)
    return charts(material)


def charts(material: Material) -> tuple[Body, ...]:
    """The charts in the language of the page."""
    wanted = (None, material.reader.language)
    drawn = (picture for picture in material.pictures if picture.role == "chart" and picture.language in wanted)
    return tuple(Sheet(material.image(chart), material.heading) for chart in drawn)
