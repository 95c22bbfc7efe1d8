"""What the names of pixel columns say of a picture: `pixel12`, `28x28`, `p_3_4`, `r0`, `pixel_0_green`.

Columns stand in any order in a table; which pixel each holds, its number says. A table that lacks some is asked about.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, product
from math import isqrt, prod
from typing import NamedTuple

import numpy as np

from generator.artefacts import Ints
from generator.data.pixel_form import CHANNELS
from generator.errors import DataError

COLOURS = ("r", "g", "b", "a")  # and the words that begin so
COLOUR = "red|green|blue|alpha|[rgba]"
NUMBERED = re.compile(rf"(.*?)(\d+(?:[x_.,-]\d+)*)(?:[_. -]?({COLOUR}))?", re.IGNORECASE)
COLOURED = re.compile(rf"(.*?)({COLOUR})[_. -]*", re.IGNORECASE)
LARGEST = 1 << 20  # number that counts pixels
LONGEST = 100  # letters of a name that is looked at
SHOWN = 3  # columns that a message names


class Numbered(NamedTuple):
    """A name in parts: what is before the numbers, the colour's place in `COLOURS`, -1 where it has none."""

    stem: str
    numbers: tuple[int, ...]
    colour: int


@lru_cache(maxsize=4)
def numbered(names: tuple[str, ...]) -> tuple[Numbered | None, ...]:
    """The names in parts, None where one has no number; colours are such only where red, green and blue are there."""
    matches = [NUMBERED.fullmatch(name) if len(name) <= LONGEST else None for name in names]
    tails = [(match[1], match[3]) if match and match[3] else _tail(match[1]) if match else None for match in matches]
    seen = defaultdict[str, set[str]](set)
    for known in filter(None, tails):
        seen[known[0]].add(known[1][0].lower())
    found: list[Numbered | None] = []
    for match, tail in zip(matches, tails, strict=True):
        coloured = tail and seen[tail[0]].issuperset(COLOURS[:3])
        numbers = tuple(int(number) for number in re.findall(r"\d+", match[2])) if match else ()
        if tail and coloured:
            found.append(Numbered(tail[0], numbers, COLOURS.index(tail[1][0].lower())))
        else:
            found.append(Numbered(match[1], numbers, -1) if match and not match[3] else None)
    return tuple(found)


def _tail(stem: str) -> tuple[str, str] | None:
    match = COLOURED.fullmatch(stem)
    return (match[1], match[2]) if match else None


class Order(NamedTuple):
    """Which column comes when in a picture, None as they stand; the size that the names say; what is doubtful."""

    columns: Ints | None = None
    size: tuple[int, ...] | None = None
    questions: tuple[str, ...] = ()


def order_of(place: str, names: Sequence[str], size: tuple[int, ...] | None) -> Order:
    """The order of pixel columns by their numbers, the colours of a pixel together.

    Raises DataError where some are missing and no `size` says that the picture is without them.
    """
    parts = [part for part in numbered(tuple(names)) if part is not None]
    alike = [part for part in parts if len(part.numbers) == len(parts[0].numbers) and max(part.numbers) < LARGEST]
    keys = np.array([(*part.numbers, part.colour) for part in alike])
    if not len(keys) or len(keys) < len(names):
        return Order(None, size)
    if len(np.unique(keys, axis=0)) < len(keys):
        twice = f"{place}: of the columns '{names[0]}' to '{names[-1]}' some have one number"
        return Order(
            None, size, (f"{twice}, so the pixels are read as they stand there; rename them if that is wrong",)
        )
    ends = keys.min(axis=0), keys.max(axis=0) + 1
    lengths = ends[1] - ends[0]
    if size is None and prod(lengths.tolist()) != len(keys):
        raise _missing(place, names, keys)
    columns = np.lexsort(keys.T[::-1]).astype(np.int64)
    channels = int(lengths[-1])
    if channels in CHANNELS[1:]:
        return Order(columns, _in_colours(place, len(names) // channels, channels, lengths[:-1], size))
    if size is None and len(lengths) == 3 and lengths[:2].min() > CHANNELS[-1]:
        size = int(lengths[0]), int(lengths[1])
    across = len(lengths) == 3 and np.array_equal(np.lexsort(keys.T), np.arange(len(keys))) and lengths[:2].min() > 1
    doubt = (
        f"{place}: the columns '{names[0]}', '{names[1]}' and so on are read as row and column of a pixel, so the "
        "pictures stand there column by column; rename them if the first number is the column"
    )
    return Order(columns, size, (doubt,) if across else ())


def _in_colours(place: str, count: int, channels: int, lengths: Ints, size: tuple[int, ...] | None) -> tuple[int, ...]:
    """The size (h, w, c) of pictures whose columns are named by colours."""
    if size is not None:
        return (*(size[1:] if len(size) == 3 and size[2] not in CHANNELS else size[:2]), channels)
    if len(lengths) == 2:
        return int(lengths[0]), int(lengths[1]), channels
    side = isqrt(count)
    if side * side != count:
        raise DataError(
            f"{place}: {count} pixels in {channels} colours make no square; say in `data` their height and width, "
            "`size: [height, width]`"
        )
    return side, side, channels


def _missing(place: str, names: Sequence[str], keys: Ints) -> DataError:
    low, there = keys.min(axis=0), set(map(tuple, keys.tolist()))
    every = product(
        *(range(start, end + 1) for start, end in zip(low.tolist(), keys.max(axis=0).tolist(), strict=True))
    )
    lacking = islice((key for key in every if key not in there), SHOWN)
    shown = ", ".join("x".join(map(str, key[:-1])) for key in lacking)
    first, end = names[0], names[-1]
    return DataError(
        f"{place}: of the columns '{first}' to '{end}' there are {len(names)}, and some numbers are left out, such as "
        f"{shown}; put the missing columns back, with the value that the pixel has, or say in `data` that the picture "
        "is whole without them, `size: [height, width]`"
    )
