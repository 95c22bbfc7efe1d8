"""What a text of somebody else may cost: its steps are counted, and each value is measured before it is made.

A text is data, but its expressions compute: one of them could fill the memory or never end. Counting makes that the
same mistake on every machine; the clock is the last resort.
"""

import re
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, Sized, ValuesView
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from time import perf_counter

from generator.errors import InputError

LONGEST = 10_000  # items of one range, bits of one whole number
CALL = 10  # steps that a call of a function counts
HOLDING = (list, tuple, set, frozenset, Mapping, KeysView, ValuesView, ItemsView)  # of which items are looked at
COUNTED = (*HOLDING, bytes, range)
CONVERSION = re.compile(r"%(?:\([^()%]*\))?[-+ #0]*\d{0,2}(?:\.\d{0,2})?[hlL]?[a-zA-Z%]")


@dataclass
class Meter:
    """What is left to a text, steps and characters together, within so many seconds; how large a value may be."""

    left: int
    largest: int
    seconds: float
    begun: float = field(default_factory=perf_counter)

    def spend(self, steps: int) -> bool:
        """Counts steps; raises InputError where there are none left."""
        self.left -= steps
        if self.left < 0 or perf_counter() - self.begun > self.seconds:
            raise InputError("the text computes too much: too many steps, or too many characters")
        return True


PROSE = Meter(1_000_000, 100_000, 20)  # a text of a report has some thousand characters
PAGE = Meter(50_000_000, 5_000_000, 120)  # of templates beside a spec
BEFORE = Meter(1 << 62, PROSE.largest, float("inf"))  # of constants, which are worked out when a text is compiled
_METER: ContextVar[Meter] = ContextVar("meter")


def begin(usual: Meter) -> None:
    """Begins to count anew."""
    _METER.set(replace(usual, begun=perf_counter()))


def most() -> int:
    """How many characters and items a value may have."""
    return _METER.get(BEFORE).largest


def spend(steps: int) -> bool:
    """Counts steps of the text that is being rendered."""
    return _METER.get(BEFORE).spend(steps)


def weighed(value: object, part: int = 10) -> object:
    """The value, if it is not too large; one step for each `part` characters and items in it."""
    spend(1 + check_size(size(value)) // part)
    return value


def check_size(amount: int) -> int:
    """Raises InputError where a value would have more characters, items or digits than a text may handle."""
    largest = _METER.get(BEFORE).largest
    if amount > largest:
        raise InputError(f"a value of more than {largest:,} characters or items")
    return amount


def within(value: object) -> Iterator[object]:
    """A value and everything in it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, HOLDING):
            waiting.extend(one)
            waiting.extend(one.values() if isinstance(one, Mapping) else ())


def size(value: object) -> int:
    """How many characters and items a value has, with all that is in it; counted no further than is allowed."""
    largest, found = most(), 0
    for one in within(value):
        found += len(one) if isinstance(one, COUNTED) else len(str(one)) if isinstance(one, str) else 1
        if found > largest:
            break
    return found


def check_operation(operator: str, left: object, right: object) -> None:
    """Raises InputError where `left operator right` would give something too large."""
    if isinstance(left, int) and isinstance(right, int | float):
        if _bits(operator, left, right) > LONGEST:
            raise InputError(f"'{operator}' would give something too large")
    elif operator == "%" and isinstance(left, str):
        check_format(left)
        check_size(len(left) + left.count("%") * (100 + size(right)))
    elif operator == "*":
        times = max(side for side in (left, right, 1) if isinstance(side, int))
        check_size(times * max(size(left), size(right)) if isinstance(left, Sized) or isinstance(right, Sized) else 0)
    elif isinstance(left, Sized):
        check_size(size(left) + size(right))


def _bits(operator: str, left: int, right: float) -> float:
    """Roughly how long a whole number gets."""
    if operator == "**":
        return left.bit_length() * abs(right)
    return left.bit_length() + right.bit_length() if isinstance(right, int) else 0


def check_call(first: object, others: Iterable[object]) -> None:
    """Raises InputError where a filter or a method of a text, list or number could make something too large.

    Each gives at most its first value with another in each place of it, or as many places as a number says.
    """
    several = tuple(others)
    count = max((abs(one) for one in several if isinstance(one, int)), default=0)
    largest = max((size(one) for one in several if not isinstance(one, int)), default=1)
    spend(CALL + check_size(size(first) * max(largest, 1) + count) // 10)


def check_format(template: str) -> None:
    """Raises InputError for widths and precisions above 99, or that come from elsewhere."""
    if "%" in CONVERSION.sub("", template):
        raise InputError("a width or precision above 99 in a format, or no such format; '%d' and '%.1f' are")


def formatted(template: str, *values: object, **named: object) -> str:
    """The filter `format`, for widths and precisions of at most two digits."""
    check_operation("%", template, named or values)
    return template % (named or values)


def numbers(*limits: int) -> range:
    """`range`, for at most LONGEST items."""
    counted = range(*limits)
    if len(counted) > LONGEST:
        raise InputError(f"a range of more than {LONGEST} items")
    return counted
