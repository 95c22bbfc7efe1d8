"""What a page of changes is made of, and how its numbers and texts are written there."""

import re
from base64 import b64encode
from dataclasses import dataclass

from generator.compare.differences import Path
from generator.compare.wording import Piece
from generator.prose.quantities import Unit, printed

SHARES = frozenset({"region_share", "class_swap", "random_weights", "accuracy", "recall", "probability", "keeps_class"})
LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,500})\]\([^()\n]{1,2000}\)")


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is of, before, now, and how far it moved, with what may be said of that."""

    name: str
    before: str
    now: str
    step: str = ""
    said: str = ""
    lights: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Pair:
    """A picture of both sites as addresses that hold it, '' where there is none; `face` is the image it belongs to."""

    name: str
    face: str
    before: str
    now: str
    width: int
    alt: tuple[str, str]


@dataclass(frozen=True)
class FigureView:
    """What is shown of a changed figure."""

    id: str
    name: str
    status: str
    failures: tuple[str, str] = ("", "")
    settings: tuple[Line, ...] = ()
    images: tuple[Line, ...] = ()
    numbers: tuple[Line, ...] = ()
    further: int = 0
    pictures: tuple[Pair, ...] = ()
    unseen: int = 0


@dataclass(frozen=True)
class TextView:
    """What reads otherwise: each paragraph in pieces."""

    name: str
    paragraphs: tuple[tuple[Piece, ...], ...]


def without_addresses(text: str) -> str:
    """A text of a report without the addresses of its links."""
    return LINK.sub(lambda link: link[1], text)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def evenly(value: float, unit: Unit) -> str:
    """A number beside others that are nearly the same: each with as many places."""
    if unit in ("share", "points"):
        return _signed(f"{100 * value:.1f}") + "%" * (unit == "share")
    return _signed(f"{value:.3f}") if abs(value) < 10 else printed(value, unit)


def _signed(text: str) -> str:
    return text.replace("-", "−") if text.strip("-0.") else text.lstrip("-")


def unit_of(path: Path) -> Unit:
    return "share" if SHARES & {path[0], *path[2:3]} else "plain"


def data_address(data: bytes) -> str:
    return f"data:image/png;base64,{b64encode(data).decode()}" if data else ""
