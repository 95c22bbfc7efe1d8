"""`docs/mistakes.md`: a table a chapter, of what one did, what is said, and the cure."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests import ROOT
from tests.mistakes.running import chapters, told

DOCUMENT = ROOT / "docs" / "mistakes.md"
HEAD = """\
# Mistakes, what is said of them, and the cure

Every message names the place: line, column and key of the spec, the row of a table, the file in a folder. All mistakes
of a spec are told at once, the exit code is 2, and nothing is built or lost. What can be known before anything is
computed `python -m generator check report.yaml` says; what only the opened model knows, `check --model`. A line that
ends in `(warning)` stops nothing unless `--strict` is given. A figure that cannot be computed is marked in the report,
the rest is built, and the exit code is 1.

The tables are printed by `python -m tests.mistakes` from the cases in `tests/mistakes/cases/`, of which each is run.
"""


def document() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for name, cases in chapters().items() for line in _chapter(name, cases))])


def _chapter(name: str, cases: list[dict[str, Any]]) -> Iterator[str]:
    yield f"## {name}\n"
    yield "| mistake | what is said | cure |\n| --- | --- | --- |"
    for case in cases:
        said = told()[name, case["mistake"]].message
        yield f"| {_cell(case['mistake'])} | {_code(said)} | {_cell(cure(case, said))} |"
    yield ""


def cure(case: Mapping[str, Any], said: str) -> str:
    """What to do: said by the case, or by the message itself after what is wrong."""
    if "cure" in case:
        return str(case["cure"])
    first = said.splitlines()[0].removesuffix(" (warning)")
    return first.partition("; ")[2]


def _code(text: str) -> str:
    """A message as it is, within a table."""
    ticks = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return "<br>".join(f"{ticks}{space}{line}{space}{ticks}" for line in text.replace("|", "\\|").splitlines())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
