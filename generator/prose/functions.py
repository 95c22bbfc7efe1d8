"""All functions that the prose of a report may call, by name: numbers of the report, and the evidence beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.prose import evidence as evidence_prose
from generator.prose import figures as numbers
from generator.prose.evidence import Spoken
from generator.prose.figures import Numbers

FUNCTIONS: Mapping[str, Callable[..., object]] = {
    **{name: getattr(Numbers, name) for name in numbers.NAMES},
    **{name: getattr(Spoken, name) for name in evidence_prose.NAMES},
}


@dataclass(frozen=True)
class Sayings:
    """What prose may say in one language."""

    numbers: Numbers
    evidence: Spoken

    def context(self) -> dict[str, Callable[..., object]]:
        """Name → function, for the sandbox."""
        return {**self.numbers.context(), **self.evidence.context()}
