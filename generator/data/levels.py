"""Which stored values are black and white: as the spec says, as the format says, or by the largest value of all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import PictureError
from generator.samples import Range

UNIT, BYTES, WORDS = (0.0, 1.0), (0.0, 255.0), (0.0, 65535.0)
OVERSHOT = 1.5  # that pictures in 0..1 may reach where they were resized
CERTAIN = 16383  # of whole numbers above it, white can only be 65535
CEILINGS = (1, 255, 1023, 4095, 16383, 65535)  # that values of a bit depth do not exceed
DEEP, WHOLE, FLOATS = "16 bits", "32 bits", "floats"  # how files store values that are no bytes

Extremes = tuple[str, float, float]  # how they are stored, the least and the largest


def ceiling(value: float) -> float:
    """The white that values up to this one suggest."""
    return next((float(white) for white in CEILINGS if value <= white), value)


def range_up_to(high: float) -> tuple[Range, tuple[str, ...]]:
    """Black and white of values that reach so high, and the question that is left."""
    if high <= OVERSHOT:
        return UNIT, ()
    if high <= BYTES[1]:
        return BYTES, ()
    white = ceiling(high)
    doubt = f"the values reach {high:g}; white is taken to be {white:g}: say in `data` what it is, "
    return (0.0, white), (f"{doubt}`range: [0, {white:g}]` or another",) if not CERTAIN < high <= WORDS[1] else ()


@dataclass(frozen=True)
class Levels:
    """Black and white of each way to store values in a data set; `range` is that of all, where the spec has one."""

    taken: Mapping[str, Range] = field(default_factory=dict)
    range: Range | None = None
    questions: tuple[str, ...] = ()

    def bounds(self, stored: str) -> Range:
        """The values that become black and white; bytes have their own."""
        return self.range or self.taken.get(stored, WORDS if stored == DEEP else BYTES)


def levels_of(files: Iterable[tuple[Path, Extremes]]) -> Levels:
    """One decision for all these files, by the largest value that any of them holds."""
    highest: dict[str, float] = {}
    for file, (stored, low, high) in files:
        if stored not in (DEEP, WHOLE, FLOATS):
            continue
        if low < 0:
            raise PictureError(f"{file}: its values run from {low:g} to {high:g}; say `data: {{range: [low, high]}}`")
        highest[stored] = max(highest.get(stored, 0.0), high)
    found = {stored: range_up_to(high) for stored, high in highest.items()}
    questions = tuple(f"in files of {stored} {doubt}" for stored, (_, doubts) in found.items() for doubt in doubts)
    return Levels({stored: bounds for stored, (bounds, _) in found.items()}, None, questions)
