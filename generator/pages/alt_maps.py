"""What an attribution shows: the named regions that lead it, or the place where it is strong."""

import numpy as np

from generator.artefacts import Floats, Heatmaps
from generator.pages.reader import Reader
from generator.pages.seen import Seen
from generator.regions import share
from generator.results import Part

LEADS = 1.15  # a region is named when its part of the map is so many times its part of the area
THIRDS = (("top_left", "top", "top_right"), ("left", "centre", "right"), ("bottom_left", "bottom", "bottom_right"))


def heatmap(artefact: Heatmaps, seen: Seen) -> str:
    row = seen.row or 0
    return seen.sentence(
        seen.role if seen.role in ("overlay", "masked") else "map",
        method=seen.method,
        target=explained_name(seen.part, row, seen.reader),
        of=seen.say("of", index=seen.index),
        seen=map_seen(artefact, row, seen.reader),
    )


def explained_name(part: Part, row: int, reader: Reader) -> str:
    """What a map explains: a class, a class rather than another, or the sum of all."""
    if part.artefact.facts.get("score") == "sum":
        return reader.words("figure.all_classes")
    target = reader.class_name(int(part.batch.target[row]))
    if part.batch.against is None:
        return target
    return reader.words("figure.rather", target=target, other=reader.class_name(int(part.batch.against[row])))


def map_seen(artefact: Heatmaps, row: int, reader: Reader) -> str:
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
    return reader.words("alt.between").join(pieces)


def strong(values: Floats, reader: Reader) -> str:
    """Where a map without signs is strong."""
    regions = _regions(values, reader)
    return reader.words("alt.strongest", regions=regions or place_words(values, reader))


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


def place_words(values: Floats, reader: Reader) -> str:
    return reader.words(f"place.{place(values)}")


def place(values: Floats) -> str:
    """The ninth of the picture with the largest mean magnitude: a key of the words."""
    blocks = [[block.mean() for block in np.array_split(band, 3, 1)] for band in np.array_split(np.abs(values), 3, 0)]
    y, x = np.unravel_index(int(np.argmax(blocks)), (3, 3))
    return THIRDS[int(y)][int(x)]
