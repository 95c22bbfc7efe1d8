"""What a picture shows, in words computed from its numbers, never its caption, in every language at once."""

from collections.abc import Sequence

import numpy as np

from generator import artefacts
from generator.artefacts import Floats, Heatmaps
from generator.pages.page import ColourKey
from generator.pages.reader import Reader, Seen
from generator.regions import share
from generator.results import Part
from generator.text import Text

VALIDATION = "val_"  # how the name of a curve begins that is no training's
LEADS = 1.15  # a region is named when its part of the map is so many times its part of the area
STRIPED = 0.35  # share of the spectrum's power near one direction and period that makes stripes
THIRDS = (("top_left", "top", "top_right"), ("left", "centre", "right"), ("bottom_left", "bottom", "bottom_right"))


def heatmap(artefact: Heatmaps, seen: Seen) -> Text:
    row = seen.row or 0
    return seen.sentence(
        seen.role if seen.role in ("overlay", "masked") else "map",
        method=seen.method,
        target=explained_name(seen.part, row, seen.reader),
        of=seen.say("of", index=seen.index),
        seen=map_seen(artefact, row, seen.reader),
    )


def explained_name(part: Part, row: int, reader: Reader) -> Text:
    """What a map explains: a class, a class rather than another, or the sum of all."""
    if part.artefact.facts.get("score") == "sum":
        return reader.words("figure.all_classes")
    target = reader.class_name(int(part.batch.target[row]))
    if part.batch.against is None:
        return target
    return reader.words("figure.rather", target=target, other=reader.class_name(int(part.batch.against[row])))


def map_seen(artefact: Heatmaps, row: int, reader: Reader) -> Text:
    """Where a map is strong: the regions that lead it, by sign where it has one; a place where none is named."""
    values = artefact.values[row]
    if artefact.remark(row):
        return reader.words("alt.empty")
    if not (artefact.signed and (values < 0).any()):
        return strong(values, reader)
    sides = {"for": np.maximum(values, 0), "against": np.maximum(-values, 0)}
    pieces = (
        reader.words(f"alt.{side}", regions=_regions(part, reader) or place_words(part, reader))
        for side, part in sides.items()
        if part.max() > 0
    )
    return reader.words.joined(pieces, "alt.between")


def strong(values: Floats, reader: Reader) -> Text:
    """Where a map without signs is strong."""
    regions = _regions(values, reader)
    return reader.words("alt.strongest", regions=regions or place_words(values, reader))


def _regions(values: Floats, reader: Reader) -> Text:
    """The one or two regions that hold more of a map than their area would: 'mouth (41% of the map on 12% …)'."""
    found = []
    for region in reader.regions.values():
        mask = region.mask(*values.shape)
        part, area = share(values, mask), region.area(*values.shape)
        if area > 0 and part / area >= LEADS:
            found.append((part / area, region, part, area))
    leading = sorted(found, key=lambda one: one[0], reverse=True)[:2]
    return reader.words.listed(
        reader.words("alt.region", name=reader.text(region.name), share=f"{part:.0%}", area=f"{area:.0%}")
        for _, region, part, area in leading
    )


def place_words(values: Floats, reader: Reader) -> Text:
    return reader.words(f"place.{place(values)}")


def place(values: Floats) -> str:
    """The ninth of the picture with the largest mean magnitude: a key of the words."""
    blocks = [[block.mean() for block in np.array_split(band, 3, 1)] for band in np.array_split(np.abs(values), 3, 0)]
    y, x = np.unravel_index(int(np.argmax(blocks)), (3, 3))
    return THIRDS[int(y)][int(x)]


def patterns(artefact: artefacts.Patterns, seen: Seen) -> Text:
    name = seen.reader.class_name if artefact.of == "class" else str
    names = [name(int(unit)) for unit in artefact.unit]
    if seen.role == "sheet":
        return _pattern_sheet(artefact, seen, names)
    position = seen.unit if seen.unit is not None else seen.row or 0
    if seen.role == "output" and artefact.output is not None:
        return _output(artefact.output[position, seen.row or 0], names[position], seen)
    what = seen.say("empty") if artefact.dead[position] else texture(artefact.pattern[position], seen)
    key = "pattern" if artefact.of == "filter" else "pattern_class"
    return seen.sentence(key, n=names[position], name=names[position], seen=what)


def _pattern_sheet(artefact: artefacts.Patterns, seen: Seen, names: Sequence[Text | str]) -> Text:
    dead = [name for name, is_dead in zip(names, artefact.dead, strict=True) if is_dead]
    key = "patterns" if artefact.of == "filter" else "patterns_class"
    told = seen.say("dead", units=listed(seen.reader, dead)) if dead else ""
    return _sheet(key, seen, names, strongest=_strongest(seen.reader, artefact.activation, names), dead=told)


def _sheet(key: str, seen: Seen, names: Sequence[Text | str], **more: object) -> Text:
    """Units of a layer: how many, and which."""
    units, layer = seen.reader.words.count("unit.filters", len(names)), seen.part.artefact.facts.get("layer", "")
    return seen.sentence(key, units=units, layer=str(layer), list=listed(seen.reader, names), **more)


def _strongest(reader: Reader, activation: Floats, names: Sequence[Text | str]) -> Text:
    order = np.argsort(-activation, kind="stable")[:3]
    return reader.words.listed(names[k] for k in order)


def listed(reader: Reader, names: Sequence[Text | str]) -> Text:
    """All names where they are few, else the first and the last with dots between."""
    return reader.words.joined(names if len(names) <= 10 else (*names[:3], "…", names[-1]))


def texture(pattern: Floats, seen: Seen) -> Text:
    """What a pattern is made of: stripes with their direction and period, a texture, or nothing."""
    grey = pattern.mean(axis=-1).astype(np.float64)
    power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
    if grey.std() < 0.01:
        return seen.say("even")
    peak = np.unravel_index(int(power.argmax()), power.shape)
    vertical, horizontal = (np.fft.fftfreq(n)[k] for n, k in zip(power.shape, peak, strict=True))
    if _concentration(power, float(vertical), float(horizontal)) < STRIPED:
        return seen.say("texture")
    return seen.say(
        "stripes",
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
    return ("vertical", "rising", "horizontal", "falling")[int((angle + 22.5) // 45) % 4]


def outputs(artefact: artefacts.LayerOutputs, seen: Seen) -> Text:
    reader, row = seen.reader, seen.row or 0
    if seen.unit is not None:
        return _output(artefact.output[row, seen.unit], str(artefact.unit[seen.unit]), seen)
    names = [str(unit) for unit in artefact.unit]
    strongest = _strongest(reader, artefact.output[row].max(axis=(1, 2)), names)
    return _sheet("outputs", seen, names, index=seen.index, strongest=strongest)


def _output(output: Floats, name: Text | str, seen: Seen) -> Text:
    return seen.sentence("output", n=name, index=seen.index, seen=output_seen(output, seen.reader))


def output_seen(output: Floats, reader: Reader) -> Text:
    """How much of an output is active (above a quarter of its maximum), and where it is strongest."""
    largest = float(np.abs(output).max(initial=0))
    if largest == 0:
        return reader.words("alt.silent")
    active = float((np.abs(output) > largest / 4).mean())
    return reader.words("alt.active", share=f"{active:.0%}", place=place_words(output, reader))


def kernels(artefact: artefacts.Kernels, seen: Seen) -> Text:
    if seen.unit is not None:
        positive = seen.reader.percent(float((artefact.weight[seen.unit] > 0).mean()))
        return seen.sentence("kernel", n=artefact.unit[seen.unit], share=positive)
    return _sheet("kernels", seen, [str(unit) for unit in artefact.unit])


def confusion(artefact: artefacts.Confusion, seen: Seen) -> Text:
    reader, counts = seen.reader, artefact.counts
    total = max(int(counts.sum()), 1)
    recall = np.where(counts.any(axis=1), np.diag(counts) / np.maximum(counts.sum(axis=1), 1), -1)
    wrong = counts - np.diag(np.diag(counts))
    label, prediction = np.unravel_index(int(wrong.argmax()), wrong.shape)
    names = {"label": reader.class_name(int(label)), "prediction": reader.class_name(int(prediction))}
    best = int(recall.argmax())
    return reader.words(
        "alt.confusion",
        n=f"{int(counts.sum()):,}",
        accuracy=reader.percent(float(np.trace(counts) / total)),
        best=reader.class_name(best),
        recall=reader.percent(float(recall[best])),
        confused=seen.say("confused", count=f"{int(wrong.max()):,}", **names) if wrong.any() else "",
    )


def predictions(artefact: artefacts.Predictions, seen: Seen) -> Text:
    reader, probability = seen.reader, artefact.probability[seen.row or 0]
    order = np.argsort(-probability, kind="stable")[:3].tolist()
    pairs = (
        seen.say("probability", name=reader.class_name(k), percent=reader.answer(float(probability[k]))) for k in order
    )
    return seen.say("predictions", index=seen.index, label=seen.label, list=reader.words.joined(pairs))


def points(artefact: artefacts.Points, seen: Seen) -> Text:
    facts = artefact.facts
    share = facts.get("neighbours")
    beside = seen.say("neighbours", share=seen.reader.percent(share)) if isinstance(share, float) else ""
    return seen.sentence("points", n=len(artefact.place), layer=str(facts.get("layer", "")), neighbours=beside)


def curves(artefact: artefacts.Curves, seen: Seen) -> Text:
    number, words = seen.reader.number, seen.reader.words

    def name(logged: str) -> Text:
        plain = logged.removeprefix(VALIDATION)
        side = words("chart.training" if plain == logged else "chart.validation")
        return words.known(f"chart.{plain}", plain) + words.bracketed(side)

    pieces = (
        seen.say("curve", name=name(one), first=number(values[0]), last=number(values[-1]))
        for one, values in zip(artefact.names, artefact.values, strict=True)
    )
    return seen.sentence("curves", n=len(artefact.epoch), list=words.joined(pieces, "alt.between"))


def foreign(artefact: artefacts.Foreign, seen: Seen) -> Text:
    return seen.say("foreign", file=str(artefact.facts.get("origin", "")))


def bar(reader: Reader, legend: ColourKey) -> Text:
    """The colour bar of a legend."""
    return reader.words("alt.bar", low=legend.low, high=legend.high, quantity=legend.quantity)
