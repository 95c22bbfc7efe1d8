"""What a picture shows, in words computed from its numbers: never its caption, in the language of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from generator.artefacts import Artefact, Confusion, Floats, Heatmaps, LayerOutputs, Patterns, Predictions
from generator.page import Legend
from generator.reader import Reader
from generator.regions import share
from generator.results import Part, Role

LEADS = 1.15  # a region is named when its part of the map is so many times its part of the area
STRIPED = 0.35  # share of the spectrum's power near one direction and period that makes stripes
THIRDS = (("top_left", "top", "top_right"), ("left", "centre", "right"), ("bottom_left", "bottom", "bottom_right"))


@dataclass(frozen=True)
class Seen:
    """One picture on its way to words: of which part, with which role, at which row and unit."""

    reader: Reader
    part: Part
    method: str  # the title of the method
    role: Role
    row: int | None
    unit: int | None = None


def alt_text(seen: Seen) -> str:
    """One sentence on what the picture shows."""
    if seen.role == "image" and seen.row is not None:
        return image(seen.reader, seen.part, seen.row)
    return _artefact(seen.part.artefact, seen)


def image(reader: Reader, part: Part, row: int) -> str:
    """'Image 28, labelled Happy.'"""
    return reader.words("alt.image", index=part.batch.index[row], label=_label(reader, part, row))


def bar(reader: Reader, legend: Legend) -> str:
    """The colour bar of a legend."""
    return reader.words("alt.bar", low=legend.low, high=legend.high, quantity=legend.quantity)


def _label(reader: Reader, part: Part, row: int) -> str:
    label, prediction = int(part.batch.label[row]), int(part.batch.prediction[row])
    if label >= 0:
        return reader.words("alt.label", label=reader.class_name(label))
    return reader.words("alt.predicted", prediction=reader.class_name(prediction))


@singledispatch
def _artefact(artefact: Artefact, seen: Seen) -> str:
    """The sentence by the kind of the artefact."""
    raise NotImplementedError(type(artefact).__name__)


@_artefact.register
def _heatmap(artefact: Heatmaps, seen: Seen) -> str:
    row = seen.row or 0
    role = seen.role if seen.role in ("overlay", "masked") else "map"
    batch, words = seen.part.batch, seen.reader.words
    return words(
        f"alt.{role}",
        method=seen.method,
        target=seen.reader.class_name(int(batch.target[row])),
        of=words("alt.of", index=batch.index[row]),
        seen=map_seen(artefact, row, seen.reader) + words("punctuation.stop"),
    )


def map_seen(artefact: Heatmaps, row: int, reader: Reader) -> str:
    """Where a map is strong: the regions that lead it, by sign where it has one; a place where none is named."""
    values = artefact.values[row]
    if artefact.remark(row):
        return reader.words("alt.empty")
    if not (artefact.signed and (values < 0).any()):
        return _strong(values, reader)
    sides = {"for": np.maximum(values, 0), "against": np.maximum(-values, 0)}
    pieces = (
        reader.words(f"alt.{side}", regions=_regions(part, reader) or _place(part, reader))
        for side, part in sides.items()
        if part.max() > 0
    )
    return reader.words("alt.between").join(pieces)


def _strong(values: Floats, reader: Reader) -> str:
    regions = _regions(values, reader)
    return reader.words("alt.strongest", regions=regions or _place(values, reader))


def _regions(values: Floats, reader: Reader) -> str:
    """The one or two regions that hold more of a map than their area would: 'mouth (41% of the map on 12% …)'."""
    found = []
    for region in reader.regions.values():
        mask = region.mask(*values.shape)
        part, area = share(values, mask), float(mask.mean())
        if area > 0 and part / area >= LEADS:
            found.append((part / area, reader.text(region.name), part, area))
    leading = sorted(found, reverse=True)[:2]
    return reader.words.listed(
        [
            reader.words("alt.region", name=name, share=f"{part:.0%}", area=f"{area:.0%}")
            for _, name, part, area in leading
        ]
    )


def _place(values: Floats, reader: Reader) -> str:
    return reader.words(f"place.{place(values)}")


def place(values: Floats) -> str:
    """The ninth of the picture with the largest mean magnitude: a key of the words."""
    blocks = [[block.mean() for block in np.array_split(band, 3, 1)] for band in np.array_split(np.abs(values), 3, 0)]
    y, x = np.unravel_index(int(np.argmax(blocks)), (3, 3))
    return THIRDS[int(y)][int(x)]


@_artefact.register
def _patterns(artefact: Patterns, seen: Seen) -> str:
    names = _units(artefact, seen.reader)
    if seen.unit is None and seen.role == "sheet":
        dead = [name for name, is_dead in zip(names, artefact.dead, strict=True) if is_dead]
        return seen.reader.words(
            "alt.patterns" if artefact.of == "filter" else "alt.patterns_class",
            units=seen.reader.words.count("unit.filters", len(names)),
            layer=str(artefact.facts.get("layer", "")),
            list=listed(seen.reader, names),
            strongest=_strongest(seen.reader, artefact.activation, names),
            dead=seen.reader.words("alt.dead", units=listed(seen.reader, dead)) if dead else "",
        ) + seen.reader.words("punctuation.stop")
    position = seen.unit if seen.unit is not None else seen.row or 0
    key = "alt.pattern" if artefact.of == "filter" else "alt.pattern_class"
    what = seen.reader.words("alt.empty") if artefact.dead[position] else texture(artefact.pattern[position], seen)
    stop = seen.reader.words("punctuation.stop")
    return seen.reader.words(key, n=names[position], name=names[position], seen=what + stop)


def _units(artefact: Patterns, reader: Reader) -> list[str]:
    if artefact.of == "class":
        return [reader.class_name(int(unit)) for unit in artefact.unit]
    return [str(unit) for unit in artefact.unit]


def _strongest(reader: Reader, activation: Floats, names: Sequence[str]) -> str:
    order = np.argsort(-activation, kind="stable")[:3]
    return reader.words.listed([names[k] for k in order])


def listed(reader: Reader, names: Sequence[str]) -> str:
    """All names where they are few, else the first and the last with dots between."""
    if len(names) <= 10:
        return reader.joined(tuple(names))
    return reader.joined((*names[:3], "…", names[-1]))


def texture(pattern: Floats, seen: Seen) -> str:
    """What a pattern is made of: stripes with their direction and period, a texture, or nothing."""
    grey = pattern.mean(axis=-1).astype(np.float64)
    power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
    if grey.std() < 0.01:
        return seen.reader.words("alt.even")
    peak = np.unravel_index(int(power.argmax()), power.shape)
    vertical, horizontal = (np.fft.fftfreq(n)[k] for n, k in zip(power.shape, peak, strict=True))
    if _concentration(power, float(vertical), float(horizontal)) < STRIPED:
        return seen.reader.words("alt.texture")
    return seen.reader.words(
        "alt.stripes",
        direction=seen.reader.words(f"direction.{direction(float(vertical), float(horizontal))}"),
        period=f"{1 / np.hypot(vertical, horizontal):.0f}",
    )


def _concentration(power: Floats, vertical: float, horizontal: float) -> float:
    """Share of the power within a third of the strongest frequency around it and its mirror image."""
    y, x = (np.fft.fftfreq(n) for n in power.shape)
    reach = np.hypot(vertical, horizontal) / 3
    near = [np.hypot(y[:, None] - s * vertical, x[None, :] - s * horizontal) <= reach for s in (1, -1)]
    return float(power[near[0] | near[1]].sum() / power.sum())


def direction(vertical: float, horizontal: float) -> str:
    """How stripes of such a wave run, with y downwards: across the wave."""
    angle = np.degrees(np.arctan2(vertical, horizontal)) % 180  # of the wave itself
    if angle < 22.5 or angle >= 157.5:
        return "vertical"
    if angle < 67.5:
        return "rising"
    return "horizontal" if angle < 112.5 else "falling"


@_artefact.register
def _outputs(artefact: LayerOutputs, seen: Seen) -> str:
    reader, row = seen.reader, seen.row or 0
    index = seen.part.batch.index[row]
    stop = reader.words("punctuation.stop")
    if seen.unit is not None:
        what = output_seen(artefact.output[row, seen.unit], reader) + stop
        return reader.words("alt.output", n=artefact.unit[seen.unit], index=index, seen=what)
    names = [str(unit) for unit in artefact.unit]
    return (
        reader.words(
            "alt.outputs",
            units=reader.words.count("unit.filters", len(names)),
            layer=str(artefact.facts.get("layer", "")),
            index=index,
            list=listed(reader, names),
            strongest=_strongest(reader, artefact.output[row].max(axis=(1, 2)), names),
        )
        + stop
    )


def output_seen(output: Floats, reader: Reader) -> str:
    """How much of an output is active (above a quarter of its maximum), and where it is strongest."""
    largest = float(np.abs(output).max(initial=0))
    if largest == 0:
        return reader.words("alt.silent")
    active = float((np.abs(output) > largest / 4).mean())
    return reader.words("alt.active", share=f"{active:.0%}", place=_place(output, reader))


@_artefact.register
def _confusion(artefact: Confusion, seen: Seen) -> str:
    reader, counts = seen.reader, artefact.counts
    total = max(int(counts.sum()), 1)
    recall = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    wrong = counts - np.diag(np.diag(counts))
    label, prediction = np.unravel_index(int(wrong.argmax()), wrong.shape)
    best = int(recall.argmax())
    return reader.words(
        "alt.confusion",
        n=f"{int(counts.sum()):,}",
        accuracy=reader.percent(float(np.trace(counts) / total)),
        best=reader.class_name(best),
        recall=reader.percent(float(recall[best])),
        label=reader.class_name(int(label)),
        prediction=reader.class_name(int(prediction)),
        count=f"{int(wrong.max()):,}",
    )


@_artefact.register
def _predictions(artefact: Predictions, seen: Seen) -> str:
    reader, row = seen.reader, seen.row or 0
    probability = artefact.probability[row]
    order = np.argsort(-probability, kind="stable")[:3]
    pairs = [
        reader.words("alt.probability", name=reader.class_name(int(k)), percent=reader.percent(float(probability[k])))
        for k in order
    ]
    index = seen.part.batch.index[row]
    return reader.words(
        "alt.predictions", index=index, label=_label(reader, seen.part, row), list=reader.joined(tuple(pairs))
    )
