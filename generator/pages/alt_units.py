"""What units show: the stripes of a pattern, where an output is active, where the weights of a kernel lie."""

from collections.abc import Sequence

import numpy as np

from generator.artefacts import Floats, Kernels, LayerOutputs, Patterns
from generator.pages.alt_maps import place_words
from generator.pages.reader import Reader
from generator.pages.seen import Seen

STRIPED = 0.35  # share of the spectrum's power near one direction and period that makes stripes


def patterns(artefact: Patterns, seen: Seen) -> str:
    names = _names(artefact, seen.reader)
    if seen.role == "sheet":
        return _pattern_sheet(artefact, seen, names)
    position = seen.unit if seen.unit is not None else seen.row or 0
    if seen.role == "output" and artefact.output is not None:
        return _output(artefact.output[position, seen.row or 0], names[position], seen)
    what = seen.say("empty") if artefact.dead[position] else texture(artefact.pattern[position], seen)
    key = "pattern" if artefact.of == "filter" else "pattern_class"
    return seen.sentence(key, n=names[position], name=names[position], seen=what)


def _pattern_sheet(artefact: Patterns, seen: Seen, names: Sequence[str]) -> str:
    dead = [name for name, is_dead in zip(names, artefact.dead, strict=True) if is_dead]
    return seen.sentence(
        "patterns" if artefact.of == "filter" else "patterns_class",
        units=seen.reader.words.count("unit.filters", len(names)),
        layer=str(artefact.facts.get("layer", "")),
        list=listed(seen.reader, names),
        strongest=_strongest(seen.reader, artefact.activation, names),
        dead=seen.say("dead", units=listed(seen.reader, dead)) if dead else "",
    )


def _names(artefact: Patterns, reader: Reader) -> list[str]:
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
    if angle < 22.5 or angle >= 157.5:
        return "vertical"
    if angle < 67.5:
        return "rising"
    return "horizontal" if angle < 112.5 else "falling"


def outputs(artefact: LayerOutputs, seen: Seen) -> str:
    reader, row = seen.reader, seen.row or 0
    if seen.unit is not None:
        return _output(artefact.output[row, seen.unit], str(artefact.unit[seen.unit]), seen)
    names = [str(unit) for unit in artefact.unit]
    return seen.sentence(
        "outputs",
        units=reader.words.count("unit.filters", len(names)),
        layer=str(artefact.facts.get("layer", "")),
        index=seen.index,
        list=listed(reader, names),
        strongest=_strongest(reader, artefact.output[row].max(axis=(1, 2)), names),
    )


def _output(output: Floats, name: str, seen: Seen) -> str:
    return seen.sentence("output", n=name, index=seen.index, seen=output_seen(output, seen.reader))


def output_seen(output: Floats, reader: Reader) -> str:
    """How much of an output is active (above a quarter of its maximum), and where it is strongest."""
    largest = float(np.abs(output).max(initial=0))
    if largest == 0:
        return reader.words("alt.silent")
    active = float((np.abs(output) > largest / 4).mean())
    return reader.words("alt.active", share=f"{active:.0%}", place=place_words(output, reader))


def kernels(artefact: Kernels, seen: Seen) -> str:
    if seen.unit is not None:
        positive = seen.reader.percent(float((artefact.weight[seen.unit] > 0).mean()))
        return seen.sentence("kernel", n=artefact.unit[seen.unit], share=positive)
    names = [str(unit) for unit in artefact.unit]
    units = seen.reader.words.count("unit.filters", len(names))
    return seen.sentence(
        "kernels", units=units, layer=str(artefact.facts.get("layer", "")), list=listed(seen.reader, names)
    )
