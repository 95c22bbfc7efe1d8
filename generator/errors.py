"""The mistakes a user can make; everything else that is raised is a defect of ours.

GeneratorError
├── InputError            the input is wrong: exit 2
│   ├── SpecError         report.yaml, every problem of it at once
│   ├── ModelError        the model file, or what it cannot be asked
│   ├── DataError         the images, labels or the evaluation
│   └── ParameterError    a method's parameter that this model or these images do not allow
└── ComputationError      a figure could not be computed; the rest is built: exit 1
"""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


class GeneratorError(Exception):
    """Anything a user can cause; its text is the whole message, without a traceback."""


class InputError(GeneratorError):
    """The input is wrong; nothing was built and nothing was lost."""


class ModelError(InputError):
    """The model cannot be opened or explained; the text names the cure."""


class DataError(InputError):
    """The data cannot be read; the text names the file and the place."""


class ParameterError(InputError):
    """A method's parameter does not fit the model or the images."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class ComputationError(GeneratorError):
    """One figure failed; the others are built."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a spec, at its place; lines and columns count from 1."""

    file: Path
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        return where + (f"{self.path}: " if self.path else "") + self.message


class SpecError(InputError):
    """Every problem of a spec, in the order of its lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def suggestion(word: str, known: list[str] | tuple[str, ...]) -> str:
    """'; did you mean …?' with the nearest known name, or what is known where none is near."""
    near = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; known: {', '.join(known)}" if known else ""
