"""Values as prose prints them: numbers that know their unit, claims that are true where they hold, names that read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from generator.evidence.estimates import Colour, Estimate, Statement, decided
from generator.words import Words

Unit = Literal["share", "points", "count", "plain", "times"]


class Quantity(float):
    """A number with what is known of it: `low` and `high` bound it at 95 %, `n` images stand behind it.

    Prints rounded for its unit; an unknown one is NaN, prints as '–', and is smaller and larger than nothing.
    `patterns` are what it is called, for one and for more.
    """

    patterns: tuple[str, str] = ("{n}", "{n}")
    low: float
    high: float
    n: int
    unit: Unit

    def __new__(
        cls, value: float, unit: Unit = "plain", low: float = math.nan, high: float = math.nan, n: int = 0
    ) -> Self:
        made = super().__new__(cls, value)
        made.low, made.high, made.n, made.unit = low, high, n, unit
        return made

    @classmethod
    def unknown(cls, unit: Unit = "plain") -> Self:
        return cls(math.nan, unit)

    @classmethod
    def of(cls, estimate: Estimate | None, unit: Unit = "plain") -> Self:
        """An estimate, unknown where it is silent."""
        return cls(estimate.mean, unit, estimate.low, estimate.high, estimate.n) if estimate else cls.unknown(unit)

    def __bool__(self) -> bool:
        """Whether it is known, and not nothing."""
        return self.known and float(self) != 0

    @property
    def mean(self) -> float:
        return float(self)

    @property
    def known(self) -> bool:
        return not math.isnan(self)

    @property
    def times(self) -> "Quantity":
        """The same as a multiple."""
        return Quantity(float(self), "times", self.low, self.high, self.n)

    @property
    def interval(self) -> str:
        """'84–90%', or '' where there is none."""
        if math.isnan(self.low) or math.isnan(self.high):
            return ""
        low, high = printed(self.low, self.unit), printed(self.high, self.unit)
        return f"{low} … {high}" if self.low < 0 else f"{low.rstrip('%')}–{high}"  # a dash would read as a minus

    @property
    def size(self) -> "Quantity":
        """The same without its sign, for a sentence that says the direction in words."""
        low, high = sorted((abs(self.low), abs(self.high)))
        made = Quantity(abs(float(self)), self.unit, 0.0 if self.low < 0 < self.high else low, high, self.n)
        return made.called(self.patterns)

    def called(self, patterns: tuple[str, str]) -> Self:
        """The same, printed with a word: '26 percentage points'."""
        self.patterns = patterns
        return self

    def __str__(self) -> str:
        text = printed(float(self), self.unit)
        return self.patterns[text.lstrip("−") != "1"].format(n=text) if self.known else text

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)


def printed(value: float, unit: Unit) -> str:
    """A number as it is read: shares in whole per cent, small ones with one decimal, others to three figures."""
    if math.isnan(value):
        return "–"
    if unit in ("share", "points"):
        percent, sign = 100 * value, "%" if unit == "share" else ""
        text = f"{percent:.1f}" if 0 < abs(percent) < 10 and round(percent, 1) % 1 else f"{percent:.0f}"
        return text.replace("-0", "0").replace("-", "−") + sign if not float(text) else text.replace("-", "−") + sign
    if unit == "count":
        return f"{round(value):,}"
    if unit == "times":
        return f"{value:.2f}"
    return f"{value:.3g}".replace("-", "−")


class Name(str):
    """The id of a class or region that prints as its name in the reader's language, and compares as the id."""

    reads: str

    def __new__(cls, identifier: str, reads: str) -> Self:
        made = super().__new__(cls, identifier)
        made.reads = reads
        return made

    def __str__(self) -> str:
        return self.reads

    __hash__ = str.__hash__


class Listed(tuple[Any, ...]):
    """Several names or numbers that print as a list in the reader's language, none as '–'.

    `apart`: clearly so, of a ranking. `by_part`, of a figure with several, are their names, each with how many items
    are its own.
    """

    words: Words
    apart: bool = False
    by_part: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, items: tuple[Any, ...], words: Words) -> Self:
        made = cls(items)
        made.words = words
        return made

    def __str__(self) -> str:
        begin, told = 0, []
        for name, count in self.by_part:
            own = self.words.listed([str(item) for item in self[begin : begin + count]])
            told += [f"{own}{self.words('punctuation.open')}{name}{self.words('punctuation.close')}"] if count else []
            begin += count
        return self.words("evidence.between").join(told) or self.words.listed([str(item) for item in self]) or "–"


class UnitOf(int):
    """The number of a filter or class, and which part of its figure it is of; it prints as the class is called."""

    part: int
    reads: str

    def __new__(cls, number: int, part: int, reads: str = "") -> Self:
        made = super().__new__(cls, number)
        made.part, made.reads = part, reads or int.__repr__(made)
        return made

    def __str__(self) -> str:
        return self.reads


class Claim(Quantity):
    """A quantity that is true where what it stands for holds, whatever its value; `more` are its companions.

    `said` is what its interval allows, 'undecided' where that is half of it at most, '' of what is unknown.
    """

    holds: bool
    said: str
    more: Mapping[str, Quantity]

    @classmethod
    def made(cls, quantity: Quantity, holds: bool, said: Statement | Literal[""] = "", **more: Quantity) -> Self:
        claim = cls(float(quantity), quantity.unit, quantity.low, quantity.high, quantity.n).called(quantity.patterns)
        claim.holds, claim.said, claim.more = holds and claim.known, decided(said) if said and claim.known else "", more
        return claim

    def __bool__(self) -> bool:
        return self.holds

    def __getattr__(self, name: str) -> Quantity:
        more = self.__dict__.get("more", {})
        if name not in more:
            raise AttributeError(name)
        return more[name]


class Share(Claim):
    """The share of a region in a map; `times` is the same as a multiple of its area."""

    @property
    def times(self) -> Quantity:
        area = float(self.more["area"])
        return Quantity(float(self) / area, "times", self.low / area, self.high / area, self.n)


class Light(Name):
    """The light of a check: compares as 'green', 'amber', 'red', 'undecided' or 'silent', prints as its sentence."""

    reason: str
    n: int

    @property
    def known(self) -> bool:
        return str.__ne__(self, "silent")


@dataclass(frozen=True)
class CheckLine:
    """One check of a figure in words; `word` is what its light is called, `numbers` is '' where there are none."""

    check: str
    light: Colour
    word: str
    name: str
    sentence: str
    numbers: str
