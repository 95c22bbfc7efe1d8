"""What a foreign file, a picture, a folder, a method or a whole build may take at most, in bytes and in time.

The `limits:` of report.yaml are by default far above what honest data need, and below what stops a machine.
"""

import math
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from generator.memory import usable

MOST = 1 << 62  # that a limit may be
MEMORY = 16_000_000_000  # where the system does not say what there is
POWERS = ("", "k", "m", "g", "t")  # of 1000 or, with an i behind, of 1024
NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,15})?)"
SPAN = rf"(?:{NUMBER} *h)? *(?:{NUMBER} *m(?:in)?)? *(?:{NUMBER} *s?)?"  # hours, minutes, seconds
SIZE = rf"{NUMBER} *([kKmMgGtT]?)(i?)[bB]?"


def seconds_of(said: str | float) -> float:
    """A duration: `90`, `90s`, `5min`, `1h 30min`; raises ValueError."""
    found = re.fullmatch(SPAN, str(said).strip())
    seconds = (
        sum(float(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True)) if found else 0
    )
    if not 0 < seconds <= MOST or isinstance(said, bool):
        raise ValueError(f"'{said!s:.40}' is no duration; 90s, 5min and 1h 30min are")
    return seconds


def duration_in_words(seconds: float) -> str:
    """Seconds as one says them: `45 s`, `5 min`, `1 h 12 min`."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _duration(value: object) -> object:
    """Its seconds, of a number or a text with units."""
    if not isinstance(value, str | int | float):
        return value
    try:
        return seconds_of(value)
    except ValueError as error:
        raise PydanticCustomError("wrong", "{message}", {"message": str(error)}) from error


def _bytes(value: object) -> object:
    """A number of bytes from a text with a unit."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(SIZE, value.strip())
    if not found:
        raise PydanticCustomError("wrong", "{message}", {"message": f"'{value:.40}' is no size; 4 GB and 500 MB are"})
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** POWERS.index(unit.lower()))


Bytes = Annotated[
    int,
    BeforeValidator(_bytes),
    Field(ge=1, le=MOST),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": f"^{SIZE}$"}]}),
]

Duration = Annotated[
    float,
    BeforeValidator(_duration),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": f"^{SPAN}$", "minLength": 1},
            ]
        }
    ),
]


class Limits(BaseModel):
    """What is refused, or stopped, where it takes more."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    pixels: Annotated[int, Field(ge=1, le=MOST, description="of one picture")] = 120_000_000
    file: Annotated[Bytes, Field(description="of one file: bytes, or a text such as 4 GB")] = 8_000_000_000
    files: Annotated[int, Field(ge=1, le=MOST, description="in a folder of pictures, with all below it")] = 2_000_000
    seconds: Annotated[float, Field(gt=0, le=MOST, description="that one figure may take")] = 3600
    memory: Annotated[
        Bytes | None, Field(description="of the whole build: bytes, or a text such as 4 GB; left out: what there is")
    ] = None

    @property
    def room(self) -> int:
        """Bytes of memory: those allowed, else nine tenths of the machine's."""
        there = usable() if self.memory is None else self.memory
        return MEMORY if math.isinf(there) else int(there)

    def over(self, size: int) -> str:
        """What is said of a file of so many bytes where that is too large, else ''."""
        if size <= self.file:
            return ""
        said = size_in_words(size)
        return (
            f"{said}, more than the {size_in_words(self.file)} that a file may have; "
            f"`limits: {{file: {said}}}` in the spec allows more"
        )


USUAL = Limits()


def size_in_words(count: int) -> str:
    """Bytes as a reader says them: `8 GB`."""
    unit = min((len(str(max(count, 1))) - 1) // 3, 4)
    return f"{count / 1000**unit:.3g} {('bytes', 'kB', 'MB', 'GB', 'TB')[unit]}"
