"""What the functions of the prose give: numbers that are true only where what they stand for holds, and lights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from generator.prose.quantities import Name, Quantity


class Claim(Quantity):
    """A quantity that is true where what it stands for holds, whatever its value; `more` are its companions."""

    holds: bool
    more: Mapping[str, Quantity]

    @classmethod
    def made(cls, quantity: Quantity, holds: bool, **more: Quantity) -> Self:
        claim = cls(float(quantity), quantity.unit, quantity.low, quantity.high, quantity.n)
        claim.holds, claim.more = holds and claim.known, more
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
    """The light of a check: compares as 'green', 'amber', 'red' or 'silent', prints as its sentence."""

    reason: str
    n: int

    @property
    def known(self) -> bool:
        return str.__ne__(self, "silent")


@dataclass(frozen=True)
class Line:
    """One check of a figure in words; `numbers` is '' where there are none."""

    check: str
    light: str
    name: str
    sentence: str
    numbers: str


def part_of_one(value: Quantity) -> Quantity:
    """What survives, as a part: less than nothing, as chance and reversed maps give it, reads as nothing."""
    mean, low, high = (min(1.0, max(0.0, bound)) if value.known else bound for bound in (value, value.low, value.high))
    return Quantity(mean, value.unit, low, high, value.n)
