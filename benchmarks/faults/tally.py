"""What a campaign counts: how many cases, how each ended, and every fault with the line that shows it again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

KINDS = (
    "traceback",
    "hang",
    "crash",
    "wrong exit",
    "no words",
    "no place",
    "too long",
    "site lost",
    "site mixed",
    "file lost",
    "code run",
    "read outside",
    "rubbish",
    "left running",
    "refused late",
)
SHOWN = 40  # faults that are printed whole


@dataclass(frozen=True)
class Fault:
    """One thing that should not have been; `again` is what one types to see it."""

    kind: str
    case: str
    said: str
    again: str = ""


@dataclass
class Tally:
    """The counts of a campaign."""

    name: str
    cases: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    latest: ClassVar[Tally]

    def __post_init__(self) -> None:
        Tally.latest = self

    def add(self, ending: str, faults: tuple[Fault, ...] = ()) -> None:
        """A case is over."""
        self.cases += 1
        self.endings[ending] += 1
        self.faults += faults

    @property
    def table(self) -> str:
        """The counts in Markdown, the faults below: each kind's first ones, told apart by what was said."""
        counts = Counter(fault.kind for fault in self.faults)
        ended = ", ".join(f"{number} {ending}" for ending, number in self.endings.most_common())
        rows = [f"### {self.name}: {self.cases} cases", f"ended: {ended}", "", "| fault | number |", "| --- | ---: |"]
        rows += [f"| {kind} | {counts[kind]} |" for kind in dict.fromkeys((*KINDS, *counts))]
        return "\n".join([*rows, *self._told()])

    def _told(self) -> list[str]:
        seen: Counter[tuple[str, str]] = Counter(_gist(fault) for fault in self.faults)
        first = {_gist(fault): fault for fault in reversed(self.faults)}
        told = []
        for key, number in seen.most_common(SHOWN):
            fault = first[key]
            told += ["", f"{number} × {fault.kind}: {fault.case}", f"    {fault.said[:600]}", f"    {fault.again}"]
        return told


def _gist(fault: Fault) -> tuple[str, str]:
    """What two faults of one origin have in common: their kind, and the last line without numbers."""
    last = fault.said.strip().splitlines()[-1] if fault.said.strip() else ""
    silent = fault.case if last.startswith("exit 0") else "" if fault.kind == "too long" else last
    return fault.kind, "".join(sign for sign in silent if not sign.isdigit())[:80]
