"""What is said of a case: the command is run within this process, and which lines of the code it went through."""

import io
import re
import shlex
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import yaml

from generator.cli import main
from tests.mistakes.making import make
from tests.mistakes.places import PLACES, Place

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Told:
    """The end of a command: what it said, its exit code, and the places of the code that said it."""

    message: str
    code: int
    places: frozenset[Place]


@cache
def chapters() -> Mapping[str, list[dict[str, Any]]]:
    """The cases by chapter."""
    read = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml")))
    return {chapter["chapter"]: chapter["cases"] for chapter in read}


@cache
def told() -> Mapping[tuple[str, str], Told]:
    """What is said of every case, by its chapter and name; once, for all tests."""
    return {(name, case["mistake"]): run(case) for name, cases in chapters().items() for case in cases}


def run(case: Mapping[str, Any]) -> Told:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        make(folder, case)
        said, code, places = io.StringIO(), 0, set[Place]()
        words = shlex.split(case.get("run", "check report.yaml"))
        quiet = redirect_stderr(said), redirect_stdout(io.StringIO()), warnings.catch_warnings()
        with chdir(folder), quiet[0], quiet[1], quiet[2], watched(places):
            warnings.simplefilter("ignore")  # of libraries, which a test would make errors
            try:
                code = main(words)
            except SystemExit as end:  # the options' own
                code = int(end.code or 0)
    text = said.getvalue().replace(f"{folder}/", "").replace(str(folder), ".")
    text = re.sub(r"lacks \d+ words", "lacks … words", text)  # with every word that is new, one more
    message = text.encode(errors="backslashreplace").decode().strip().rpartition(": error: ")[2]  # of the options
    return Told(message, code, frozenset(places))


@contextmanager
def watched(places: set[Place]) -> Iterator[None]:
    """Keeps the places of the code that are gone through inside, in every thread."""

    def enter(frame: FrameType, event: str, _: object) -> Any:
        wanted = _wanted(frame.f_code)

        def step(frame: FrameType, event: str, _: object) -> Any:
            place = wanted.get(frame.f_lineno)
            if place:
                places.add(place)
            return step

        return step if wanted else None

    before = sys.gettrace()
    sys.settrace(enter)
    threading.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(before)  # type: ignore[arg-type]


@cache
def _wanted(code: CodeType) -> Mapping[int, Place]:
    """The places in a piece of code, by line."""
    lines = {line for _, _, line in code.co_lines() if line}
    return {line: place for line in lines if (place := PLACES.get((code.co_filename, line)))}
