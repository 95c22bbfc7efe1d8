"""Where the code says that an input is wrong: every `raise` of an error of ours, and every problem of a spec."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator import errors
from tests import ROOT

ERRORS = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
)
MAKE_ERRORS = frozenset({"wrong", "refusal", "unknown"})  # functions that give one, or hold its kind
MAKE_PROBLEMS = frozenset({"problem", "figure_problem", "problem_in_text"})


@dataclass(frozen=True, order=True)
class Place:
    """A line that says what is wrong; `function` and `words` tell it from others when lines move."""

    file: str
    function: str
    words: str

    @property
    def name(self) -> str:
        return f"{self.file} {self.function}"


def _found() -> Iterator[tuple[tuple[str, int], Place]]:
    for path in sorted((ROOT / "generator").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                yield from _in(path, function)


def _in(path: Path, function: ast.FunctionDef) -> Iterator[tuple[tuple[str, int], Place]]:
    for node in ast.walk(function):
        said = _said(node)
        if said is not None:
            place = Place(path.relative_to(ROOT / "generator").as_posix(), function.name, ast.unparse(said)[:80])
            yield (str(path), node.lineno), place


def _said(node: ast.AST) -> ast.expr | None:
    """The expression of an error or a problem, where a node makes one."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _named(node.exc) in ERRORS | MAKE_ERRORS:
        return node.exc
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKE_PROBLEMS:
        return node
    return None


def _named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


PLACES: Mapping[tuple[str, int], Place] = dict(_found())
