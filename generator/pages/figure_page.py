"""A figure of a page: its number, body, legend, facts and remarks from what was computed and drawn."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from generator import artefacts
from generator.artefacts import READABLE, Confusion, Fact, Heatmaps
from generator.methods import Method
from generator.pages import alt_text, bodies
from generator.pages.attribution_rows import image_numbers, row_anchor, rows
from generator.pages.beside import beside
from generator.pages.blocks import NOTHING, Body, Detail, Image
from generator.pages.bodies import Examples, Material
from generator.pages.page import ColourKey, ShownFigure
from generator.pages.reader import Reader, Seen
from generator.results import Drawing, FigureResult, LightLine, Part
from generator.spec.grammar import Figure, Images
from generator.text import Prose, Text, literal

TOLD_ELSEWHERE = frozenset({"accuracy", "images", "n", "probability"})  # by the body of the figure


@dataclass(frozen=True)
class Display:
    """How a kind of artefact is shown: the bodies it gets on a page, and the words for one of its pictures."""

    bodies: Callable[[Any, Material], tuple[Body, ...]]
    alt: Callable[[Any, Seen], Text] = lambda artefact, seen: NOTHING  # of one without pictures


DISPLAYS: Mapping[type, Display] = {
    Heatmaps: Display(rows, alt_text.heatmap),
    artefacts.Patterns: Display(bodies.patterns, alt_text.patterns),
    artefacts.LayerOutputs: Display(bodies.outputs, alt_text.outputs),
    artefacts.Kernels: Display(bodies.kernels, alt_text.kernels),
    artefacts.Confusion: Display(bodies.matrix, alt_text.confusion),
    artefacts.Predictions: Display(bodies.predictions, alt_text.predictions),
    artefacts.LayerTable: Display(bodies.layers),
    artefacts.Points: Display(bodies.charts, alt_text.points),
    artefacts.Curves: Display(bodies.charts, alt_text.curves),
    artefacts.Foreign: Display(bodies.charts, alt_text.foreign),
}


def display_of(artefact: object) -> Display:
    return next(display for kind, display in DISPLAYS.items() if isinstance(artefact, kind))


def body_of(material: Material) -> tuple[Body, ...]:
    """What stands between the number of a figure and its caption, of one part."""
    artefact = material.part.artefact
    return display_of(artefact).bodies(artefact, material)


def words_of(seen: Seen) -> Text:
    """One sentence on what a picture shows."""
    if seen.role == "image" and seen.row is not None:
        return seen.say("image", index=seen.index, label=seen.label)
    return display_of(seen.part.artefact).alt(seen.part.artefact, seen)


@dataclass(frozen=True)
class Built:
    """A figure of the spec with what became of it; `number` counts through the report from 1."""

    spec: Figure
    number: int
    method: Method
    result: FigureResult
    drawing: Drawing
    evidence: tuple[LightLine, ...] = ()
    doubts: tuple[Text, ...] = ()  # of what it was made from


def figure_of(built: Built, reader: Reader, examples: Examples) -> ShownFigure:
    """The figure as it is read."""
    result, words = built.result, reader.words
    of = _only_model(built, reader)
    figure = ShownFigure(
        id=result.id,
        number=built.number,
        label=words("figure.label", n=built.number),
        title=reader.method_title(built.method) + of,
        caption=_ending(reader.prose(built.spec.caption), of),
        bodies=(),
        method=result.method,
        evidence=built.evidence,
    )
    if result.failure:
        reason = words(result.died[0], **result.died[1]) if result.died else Text.of(result.failure)
        return replace(figure, failure=words("figure.failed") + words("punctuation.sentence") + reason)
    materials = [_material(built, reader, examples, number) for number in range(len(result.parts))]
    return replace(
        figure,
        bodies=beside(materials, body_of),
        legend=_legend(built.drawing, reader),
        details=tuple(_details(built.spec, result.parts, reader)),
        numbers=tuple(table for material in materials if (table := image_numbers(material))),
        remarks=tuple(dict.fromkeys((*built.doubts, *_remarks(result.parts, reader)))),
    )


def _only_model(built: Built, reader: Reader) -> Text:
    """The one model of a figure in brackets, where the report has several; those of several have columns."""
    of_a_file = built.method.kind == "model" and built.method.access == "none"
    if len(reader.models) < 2 or len(built.spec.model) > 1 or of_a_file:
        return NOTHING
    named = reader.model_name(built.spec.model[0] if built.spec.model else next(iter(reader.models)))
    return reader.words.bracketed(reader.words("figure.part.model", value=named))


def _ending(prose: Prose, words: Text) -> Prose:
    """Prose with plain words at its end."""
    ends = {code: " " * words[code].startswith(" ") + literal(words[code]) for code in prose.by_language}
    said = prose.by_language.items()
    return Prose({code: replace(one, source=one.source.rstrip() + ends[code]) for code, one in said})


def _material(built: Built, reader: Reader, examples: Examples, number: int) -> Material:
    part = built.result.parts[number]
    name = part_heading(part, reader)
    return Material(
        figure=built.result.id,
        number=number,
        part=part,
        pictures=tuple(picture for picture in built.drawing.pictures if picture.part == number),
        show=built.spec.show,
        notes=built.spec.notes,
        method=reader.method_title(built.method),
        reader=reader,
        examples=examples,
        alt=words_of,
        heading=name,
        name=name,
    )


def part_heading(part: Part, reader: Reader) -> Text:
    """What tells a part from its neighbours: its layer, model or target."""
    facts = {key: str(value) for key, value in part.facts.items()}
    names = {key: reader.model_name(value) if key == "model" else value for key, value in facts.items()}
    words = reader.words
    return words.joined(words.known(f"figure.part.{key}", name, value=name) for key, name in names.items())


def _details(spec: Figure, parts: tuple[Part, ...], reader: Reader) -> Iterator[Detail]:
    """The facts of a figure; one that differs from part to part names every value."""
    yield from _some_classes(spec, parts, reader)
    facts: dict[str, dict[Fact, None]] = {}
    for part in parts:
        for key, value in part.artefact.facts.items():
            if key not in TOLD_ELSEWHERE and value not in ("", ()) and not reader.words.has(f"remark_fact.{key}"):
                facts.setdefault(key, {})[value] = None
    unlabelled = any(isinstance(part.artefact, Heatmaps) and not (part.batch.label >= 0).any() for part in parts)
    if unlabelled and not reader.regression:
        yield Detail(reader.words("fact.label"), reader.words("figure.no_label"))
    for key, values in facts.items():
        name = reader.words.known(f"fact.{key}", key.replace("_", " "))
        yield Detail(name, reader.words.joined(reader.fact(key, value) for value in values))


def _some_classes(spec: Figure, parts: tuple[Part, ...], reader: Reader) -> Iterator[Detail]:
    """Of how many classes a figure shows some, where nobody chose them, and how to ask for others."""
    classes, words = len(reader.class_ids), reader.words
    if classes <= READABLE:
        return
    if any(isinstance(part.artefact, Confusion) for part in parts):
        yield Detail(words("figure.classes"), words("figure.most_mistaken", n=READABLE, of=f"{classes:,}"))
    elif spec.images == Images() and all(len(part.batch) for part in parts):
        shown = {
            k for part in parts for k in np.where(part.batch.label < 0, part.batch.target, part.batch.label).tolist()
        }
        yield Detail(words("figure.classes"), words("figure.some_classes", n=len(shown), of=f"{classes:,}"))


def _remarks(parts: tuple[Part, ...], reader: Reader) -> Iterator[Text]:
    """What a reader must know before he believes the figure; what does not hold for all its parts names its own."""
    words = reader.words
    told = [
        [
            words.known(f"remark_fact.{key}", value=reader.fact(key, value))
            for key, value in part.artefact.facts.items()
            if value and words.has(f"remark_fact.{key}")
        ]
        for part in parts
    ]
    for part, remarks in zip(parts, told, strict=True):
        for remark in remarks:
            shared = all(remark in others for others in told)
            yield remark if shared else part_heading(part, reader) + words("punctuation.colon") + remark


def _legend(drawing: Drawing, reader: Reader) -> ColourKey | None:
    if drawing.legend is None:
        return None
    drawn, words = drawing.legend, reader.words
    plain = words.known(f"quantity.{drawn.quantity}", drawn.quantity.replace("_", " "))
    quantity = words.known(f"quantity.{drawn.quantity}_signed", plain) if drawn.signed else plain
    end = "clipped" if drawn.clipped else "maximum"
    low, high = Text.of(reader.number(drawn.low)), Text.of(reader.number(drawn.high))
    if not drawn.shared:
        low, high = (Text.of("−"), Text.of("+")) if drawn.signed else (low, words(f"legend.end.{end}"))
    if drawn.shared and drawn.by_layer:
        low, high = Text.of("−" if drawn.signed else "0"), words("legend.end.maximum")
    shared = "layer_scale" if drawn.by_layer else "figure_scale"
    note = words(f"legend.{shared}" if drawn.shared else f"legend.own.{end}")
    legend = ColourKey(words("legend.title", quantity=quantity), quantity, low, high, None, drawn.signed, note=note)
    if drawn.signed and drawn.quantity not in ("activation", "output", "kernel"):
        legend = replace(legend, below=words("legend.against"), above=words("legend.for"))
    smoothed = [words("legend.smoothed", pixels=reader.number(drawn.smoothed))] if drawn.smoothed else []
    bars = words("legend.bar_of_layer" if drawn.by_layer else "legend.bar")
    more = words.joined((bars, *smoothed), "punctuation.sentence")
    bar = next((picture for picture in drawing.pictures if picture.role == "bar"), None)
    return replace(legend, more=more, bar=Image.of(bar, alt_text.bar(reader, legend)) if bar else None)


def examples_of(results: Mapping[str, FigureResult]) -> Examples:
    """For each confusion the first row of the report that shows it, so that the matrix can lead there."""
    found: dict[tuple[int, int], str] = {}
    for result in results.values():
        for number, part in enumerate(result.parts):
            labelled = np.flatnonzero(part.batch.label >= 0).tolist() if isinstance(part.artefact, Heatmaps) else []
            for row in labelled:
                confusion = int(part.batch.label[row]), int(part.batch.prediction[row])
                shown = 0 if np.array_equal(part.batch.index, result.parts[0].batch.index) else number  # beside it
                found.setdefault(confusion, f"#{row_anchor(result.id, shown, row)}")
    return found
