"""What the numbers of a table or an array are as pictures: which are black and white, and where each one stands.

Both are decided once, from the numbers of all pictures. What fits two readings is taken as the likelier one, with a
question that `data: {range: …}` or `data: {size: …}` answers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isqrt

import numpy as np

from generator.artefacts import Floats, Ints
from generator.data.levels import BYTES, range_up_to
from generator.errors import DataError
from generator.samples import Picture, Range

SIGNED = (-1.0, 1.0)
CHANNELS = (1, 3, 4)
SOME = 64  # pictures whose numbers tell the order of the channels
SMOOTHER = 0.9  # times the steps between rows that the other order of the channels leaves
ENDLESS = 1e30  # what no value of a picture reaches
NEAR = 3  # sizes that a message proposes


@dataclass(frozen=True)
class Extent:
    """The least and the largest value of every picture `(N,)`, NaN where one is, and whether all values are whole."""

    low: Floats
    high: Floats
    whole: bool

    @classmethod
    def of(cls, values: Picture) -> "Extent":
        """Of some pictures `(n, …)`."""
        flat = values.reshape(len(values), -1)
        low, high = (end(axis=1).astype(np.float64) for end in (flat.min, flat.max))
        finite = bool(np.isfinite(low).all() and np.isfinite(high).all())
        return cls(low, high, values.dtype.kind in "bui" or (finite and bool((values % 1 == 0).all())))


def joined(extents: Iterable[Extent]) -> Extent:
    every = list(extents)
    low, high = (np.concatenate([getattr(one, end) for one in every]) for end in ("low", "high"))
    return Extent(low, high, all(one.whole for one in every))


def range_of(place: Callable[[int], str], extent: Extent, said: Range | None = None) -> tuple[Range, tuple[str, ...]]:
    """What black and white are, and what is doubtful of it; raises DataError where the values are no picture's.

    `place` names a picture; a few that leave 0..255 are wrong, and all that do have another range.
    """
    endless = np.flatnonzero(~((np.abs(extent.low) < ENDLESS) & (np.abs(extent.high) < ENDLESS)))
    if len(endless):
        row = int(endless[0])
        value = extent.high[row] if np.abs(extent.low[row]) < ENDLESS else extent.low[row]
        raise DataError(f"{place(row)}: '{value:g}' is no pixel in any range; correct it, or leave the picture out")
    if said is not None:
        return said, ()
    strange = np.flatnonzero(~((extent.low >= 0) & (extent.high <= BYTES[1])))
    if 0 < len(strange) < len(extent.low) / 2:
        row = int(strange[0])
        value = extent.high[row] if extent.low[row] >= 0 else extent.low[row]
        raise DataError(
            f"{place(row)}: '{value:g}' is no pixel, where most pictures keep within 0 to 255; correct it, or "
            "say which values are black and white, `data: {range: [low, high]}`"
        )
    low, high = float(extent.low.min()), float(extent.high.max())
    if low < 0:
        likely = SIGNED if low >= SIGNED[0] and high <= SIGNED[1] else (low, high)
        raise DataError(
            f"{place(int(strange[0]))}: the values run from {low:g} to {high:g}; store the pictures before any "
            f"preprocessing, which `preprocess` says, or say which values are black and white, "
            f"`data: {{range: [{likely[0]:g}, {likely[1]:g}]}}`"
        )
    return range_up_to(high)


def in_range(values: Picture, bounds: Range) -> Picture:
    """Bytes where they are, else 0..1 as floats."""
    low, high = bounds
    if bounds == BYTES and values.dtype.kind in "ui":
        return values.clip(0, 255).astype(np.uint8)
    unit = (values.astype(np.float32) - np.float32(low)) / np.float32(high - low)
    return np.clip(unit, 0, 1, dtype=np.float32)


@dataclass(frozen=True)
class Layout:
    """Where each number of a picture stands; `planar`: a whole channel after the other, once they are in `order`."""

    height: int
    width: int
    channels: int = 1
    planar: bool = False
    order: Ints | None = field(default=None, compare=False)

    @property
    def count(self) -> int:
        return self.height * self.width * self.channels

    def pictures(self, values: Picture) -> Picture:
        """`(N, count)` as `(N, h, w)`, or with the channels last."""
        values = values if self.order is None else values[:, self.order]
        if self.channels == 1:
            return values.reshape(-1, self.height, self.width)
        if self.planar:
            return np.moveaxis(values.reshape(-1, self.channels, self.height, self.width), 1, 3)
        return values.reshape(-1, self.height, self.width, self.channels)


def layout_of(place: str, count: int, size: tuple[int, ...] | None, some: Picture) -> Layout:
    """The layout of pictures of `count` numbers, `some (n, count)` among them; raises DataError where none fits.

    `size` is (h, w), (h, w, c) or (c, h, w). Without it pictures are square, grey or in three colours.
    """
    layout = square(count) if size is None else _of_size(count, size)
    if layout is None and size is not None:
        raise DataError(f"{place}: {count} pixels do not make `size: [{', '.join(map(str, size))}]`")
    if layout is None:
        near = " or ".join(f"`size: [{height}, {width}]`" for height, width in _sizes(count))
        raise DataError(
            f"{place}: {count} pixels make no square, neither grey nor in colours; say in `data` its height "
            f"and width{', such as ' + near if near else ': `size: [height, width]`'}"
        )
    if layout.channels == 1 or (size is not None and len(size) == 3):
        return layout
    planar = Layout(layout.height, layout.width, layout.channels, planar=True)
    return planar if _steps(planar, some) < SMOOTHER * _steps(layout, some) else layout


def square(count: int) -> Layout | None:
    """The layout of a square of so many numbers, grey or in three colours; None where there is none."""
    for channels in (1, 3):
        side = isqrt(count // channels)
        if side * side * channels == count and side >= channels:  # no colours of a single pixel
            return Layout(side, side, channels)
    return None


def _of_size(count: int, size: tuple[int, ...]) -> Layout | None:
    if len(size) == 2:
        channels = count // (size[0] * size[1])
        layout = Layout(size[0], size[1], channels)
    elif size[2] in CHANNELS:
        layout = Layout(size[0], size[1], size[2])
    else:
        layout = Layout(size[1], size[2], size[0], planar=True)
    return layout if layout.count == count and layout.channels in CHANNELS else None


def _sizes(count: int) -> list[tuple[int, int]]:
    """The sizes nearest to a square that a grey picture of so many pixels may have."""
    heights = [height for height in range(2, isqrt(count) + 1) if count % height == 0 and count // height <= 4 * height]
    return [(height, count // height) for height in reversed(heights)][:NEAR]


def _steps(layout: Layout, values: Picture) -> float:
    """How much neighbouring rows of pictures differ."""
    return float(np.abs(np.diff(layout.pictures(values).astype(np.float32), axis=1)).mean())
