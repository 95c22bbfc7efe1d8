"""What can go wrong without a defect of ours; everything else that is raised is one, and shows its traceback.

GeneratorError
├── InputError            the input is wrong, options included; nothing is built: exit 2
│   ├── SpecError         report.yaml: every problem of it at once, each at its line
│   ├── ProseError        a text of it, at a line within: told as a SpecError
│   ├── FigureError       what a figure asks of this model or these images: told as a SpecError
│   ├── ParameterError    an option of a method that they do not allow: told as a FigureError
│   ├── ModelError        the model's file: told as a SpecError; what the model cannot be asked: the figure fails
│   └── DataError         the images, labels or the evaluation: told as a SpecError
│       └── PictureError  one picture: told once, whichever figure met it
└── ComputationError      a computation failed: a figure is marked, a PDF left out, and the rest is built: exit 1
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

MOST = 30  # problems that are shown at once
KEPT = "\n\t\xa0\u3000"  # signs without ink that a page can hold
CONTROLS = {sign: f"\\x{sign:02x}" for sign in (*range(9), *range(11, 32), *range(127, 160))}  # all but tab and feed
STDERR = 2  # of the process, to which native code writes


class GeneratorError(Exception):
    """Anything a user can cause; its text is the whole message, without a traceback."""

    def __str__(self) -> str:
        return "\n".join(clipped(line, 1400) for line in super().__str__().split("\n"))


def clipped(text: str, most: int) -> str:
    """A text that somebody else may have made endless, with its middle left out and nothing that steers a terminal."""
    text = text.translate(CONTROLS)
    return text if len(text) <= most else f"{text[: most * 2 // 3]} … {text[-most // 4 :]}"


def told(error: BaseException) -> str:
    """What a report says of an error; a message of ours is whole, others' words go with their type, where any are."""
    if isinstance(error, GeneratorError):
        return str(error)
    try:
        said = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001  it cannot even say what it is
        said = type(error).__name__
    said = clipped(said.removesuffix(": "), 1400)
    return "".join(sign if sign.isprintable() or sign in KEPT else ascii(sign)[1:-1] for sign in said)


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """What native code prints inside is dropped; exceptions still come through."""
    sys.stderr.flush()
    kept, nowhere = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nowhere)


class InputError(GeneratorError):
    """The input is wrong; nothing was built and nothing was lost."""


class ProseError(InputError):
    """A text of the spec cannot be rendered; `line` counts from 1 within the text.

    `by_value`: with other values it might.
    """

    def __init__(self, line: int, message: str, by_value: bool = False) -> None:
        super().__init__(message)
        self.line, self.by_value = line, by_value


class FigureError(InputError):
    """A figure asks for what is not there; `key` of the figure says where: `params.layer`."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class ParameterError(InputError):
    """A method's parameter does not fit the model or the images."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class ModelError(InputError):
    """The model cannot be opened or explained; the text names the cure."""


class DataError(InputError):
    """The data cannot be read; the text names the file and the place."""


class PictureError(DataError):
    """A picture cannot be decoded; the text names its file."""


class ComputationError(GeneratorError):
    """The input is right, and yet a figure or a PDF could not be made of it."""


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
        return where + (f"{clipped(self.path, 100)}: " if self.path else "") + clipped(self.message, 1000)


class SpecError(InputError):
    """Every problem of a spec, in the order of its lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        shown = list(map(str, self.problems[:MOST]))
        more = len(self.problems) - MOST
        super().__init__("\n".join((*shown, f"… and {more:,} more") if more > 0 else shown))


LOOKALIKES = {
    **dict(zip("：，；［］｛｝＂＃－＆＊｜＞", ':,;[]{}"#-&*|>', strict=True)),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("‘’", "'"),
}  # signs of other keyboards, and what YAML means by them


def lookalike(text: str) -> str:
    """'; “ is not " to YAML' for the first sign that only looks like one of YAML's, else ''."""
    found = next((sign for sign in text if sign in LOOKALIKES), "")
    return f"; {found} is not {LOOKALIKES[found]} to YAML" if found else ""


def suggestion(word: str, known: list[str] | tuple[str, ...], or_all: bool = True) -> str:
    """'; did you mean …?' with the nearest known name, or all that is known where none is near."""
    near = get_close_matches(word[:100].lower(), known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; known: {', '.join(known)}" if known and or_all else ""
