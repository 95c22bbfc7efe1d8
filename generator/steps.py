"""The step that a command is at: what fails in it is its failure alone, and a watching process is told of it.

A step may raise anything, end the program, crash, hang or fill the memory. What Python can catch is caught here. For
the rest `generator.supervisor` reads from a journal where a command died, and starts it anew; the step then fails with
what became of it, and the others are made.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, Self

from generator.errors import ComputationError, GeneratorError, told

Kind = Literal["opening", "asking", "reading", "figure", "evidence", "drawing", "form"]
WATCHED = "EXPLAINABILITY_REPORT_WATCHED"  # the variable by which a supervisor tells its child what it has to know


class DiedError(ComputationError):
    """A step took its process with it; `how` is one of the words `died`, with the `facts` that they name."""

    def __init__(self, how: str, facts: Mapping[str, Any]) -> None:
        self.how, self.facts = f"died.{how}", facts
        from generator.words import COMPLETE, load  # here: a build that changes nothing reads no YAML

        super().__init__(load(COMPLETE)(self.how, **facts))


@dataclass
class Watch:
    """What a command knows of being watched: where it writes its steps, and which of them died before."""

    journal: IO[bytes] | None = None
    deaths: dict[tuple[str, str], DiedError] = field(default_factory=dict)
    interrupted: bool = False
    verbose: bool = False  # a traceback beside what a step is told to have failed of
    said: list[tuple[bool, str]] = field(default_factory=list)  # since it was last asked for; whether it is a doubt

    @classmethod
    def of(cls, environment: MutableMapping[str, str]) -> Self:
        """As the supervisor says, if there is one; its word is for this process alone."""
        if WATCHED not in environment:
            return cls()
        said = json.loads(environment.pop(WATCHED))
        deaths = {(kind, name): DiedError(how, facts) for kind, name, how, facts in said["deaths"]}
        return cls(os.fdopen(_taken_over(said["journal"]), "wb", buffering=0), deaths)

    def tell(self, **said: object) -> None:
        """One line of the journal."""
        if self.journal is not None:
            self.journal.write(json.dumps(said).encode() + b"\n")

    def say(self, text: str, *, doubt: bool, printed: bool = True) -> None:
        """Say on stderr what whoever reads the report should know, and keep it for a preview of the report."""
        self.said.append((doubt, text))
        if printed:
            print(text, file=sys.stderr)

    def heard(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was said since the last time: what is doubtful or failed, and the rest."""
        said, self.said = self.said, []
        return tuple(text for doubt, text in said if doubt), tuple(text for doubt, text in said if not doubt)

    def interrupt(self, *_: object) -> None:
        """What a signal of the supervisor's does."""
        self.interrupted = True
        self.tell(interrupted=True)
        raise KeyboardInterrupt

    def caught(self, error: BaseException) -> bool:
        """Whether an error ends only its step: of an interruption, where nobody interrupted and a method raised it."""
        if isinstance(error, KeyboardInterrupt):
            return self.journal is not None and not self.interrupted
        return not isinstance(error, GeneratorError)

    @property
    def again(self) -> bool:
        """Whether the command was started before, and has said what it says at its beginning."""
        return bool(self.deaths)


def _taken_over(number: int) -> int:
    """The end of a pipe that the supervisor handed on; what this process starts does not get it."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.open_osfhandle(number, 0)
    os.set_inheritable(number, False)
    return number


WATCH = Watch.of(os.environ)


@contextmanager
def step(
    kind: Kind, name: str = "", *, error: type[GeneratorError] = ComputationError, seconds: float | None = None
) -> Iterator[None]:
    """Whatever goes wrong inside is an `error`, but for ours; it may take `seconds`, else as long as any step.

    Raises the same where the step has died before.
    """
    if death := died(kind, name):
        raise death if issubclass(error, ComputationError) else error(str(death))
    folder, process, streams = _working_folder(), os.getpid(), (sys.stdout, sys.stderr)
    WATCH.tell(enter=[kind, name], seconds=seconds)
    try:
        yield
    except BaseException as caught:
        if not WATCH.caught(caught):
            raise
        if WATCH.verbose:
            traceback.print_exc()
        raise error(told(caught)) from caught
    finally:
        if os.getpid() != process:  # a child that was forked inside, which must not go on as if it were its parent
            os._exit(0)
        WATCH.tell(leave=kind)
        sys.stdout, sys.stderr = streams
        if folder is not None and _working_folder() != folder:
            os.chdir(folder)
        _keep_open()


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return None


def _keep_open() -> None:
    """A standard stream that was closed leads nowhere: the next file would get its number, and its messages."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free: this one


def died(kind: Kind, name: str) -> DiedError | None:
    """What became of a step in an earlier try."""
    return WATCH.deaths.get((kind, name))


def limit(seconds: float, memory: float | None) -> None:
    """How long a step of a figure may take, and how many bytes the process may hold."""
    WATCH.tell(limits=[seconds, memory])


def forget() -> None:
    """What died may be tried again: something was changed."""
    WATCH.deaths.clear()
