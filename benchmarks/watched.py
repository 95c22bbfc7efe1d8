"""A build, watched: what each of its parts took, how many passes it asked for, and the most memory it held.

`python -m benchmarks.watched CLOCK NUMBERS.json SPEC …` builds as `python -m generator` does and writes what it heard.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generator import supervisor
from generator.tally import Spent, Tally

ROOT = Path(__file__).resolve().parent.parent
OPENING, DRAWING = "opening", "drawing"  # what is no step: until the evidence is there, and from then on


@dataclass
class Part:
    """Seconds and passes between two words of a build."""

    seconds: float = 0.0
    passes: Spent = field(default_factory=Spent)


@dataclass
class Build:
    """What became of one; `parts` are called as the build calls them: `figure lime`, `evidence regions`."""

    seconds: float
    peak: float
    code: int
    parts: dict[str, Part]

    @property
    def passes(self) -> Spent:
        return sum((part.passes for part in self.parts.values()), Spent())

    def of(self, kind: str) -> float:
        """Seconds of all parts of a kind."""
        return sum(part.seconds for name, part in self.parts.items() if name.split()[0] == kind)


def built(words: list[str], folder: Path, clock: str) -> Build:
    """A build with these words of the command line, in processes of its own; what it says goes to a log beside."""
    numbers = folder / "numbers.json"
    with (folder / "build.log").open("ab") as log:
        command = [sys.executable, "-m", "benchmarks.watched", clock, str(numbers), *words]
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
    told = json.loads(numbers.read_text(encoding="utf-8"))
    parts = {name: Part(part["seconds"], Spent(**part["passes"])) for name, part in told.pop("parts").items()}
    return Build(**told, parts=parts)


class Heard(supervisor.Attempt):
    """The supervisor's ear; between two words the time belongs to the step that the build is in."""

    def _hear(self, said: Mapping[str, Any]) -> None:
        super()._hear(said)
        match said:
            case {"passes": passes}:
                PARTS.setdefault(NOW["part"], Part()).passes += Spent(**passes)
                return
            case {"note": name}:
                NOW["note"] = name
            case {"leave": "evidence"}:
                NOW["beside"] = DRAWING
        part = next((name for name in map(_called, reversed(self.steps)) if name), NOW["beside"])
        _turn(part, _processor(self.process.pid) if NOW["clock"] == "cpu" else time.perf_counter())


PARTS: dict[str, Part] = {}
NOW: dict[str, Any] = {"part": OPENING, "note": "", "beside": OPENING}


def _called(step: supervisor.Open) -> str:
    """What a step is called here; '' where it belongs to the one around it."""
    kind, name, _ = step
    called = {"figure": f"figure {name}", "form": f"form {name}", "evidence": f"evidence {NOW['note']}"}
    return called.get(kind, OPENING if kind == OPENING else "")


def _processor(process: int) -> float:
    """Seconds of all cores that a process and those that it waited for have used."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return float(NOW["since"])
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _turn(name: str, now: float) -> None:
    """From now on it is at another part."""
    PARTS.setdefault(NOW["part"], Part()).seconds += now - NOW["since"]
    NOW.update(part=name, since=now)


def main() -> int:
    """Run the command and write what was heard."""
    clock, numbers, *words = sys.argv[1:]
    sys.argv[1:] = words
    supervisor.Attempt = Heard  # type: ignore[misc]
    supervisor.CODE = supervisor.CODE.replace(
        "generator.worker import main", "benchmarks.watched import worker as main"
    )
    begin = time.perf_counter()
    NOW.update(clock=clock, since=0.0 if clock == "cpu" else begin)
    code = supervisor.main()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime if clock == "cpu" else time.perf_counter() - begin
    told = Build(seconds, used.ru_maxrss * 1024, code, PARTS)
    Path(numbers).write_text(json.dumps(asdict(told)), encoding="utf-8")
    return code


def worker() -> None:
    """The process that builds, with a word to the supervisor for each question and each step of the evidence."""
    from generator.build.program import Progress
    from generator.steps import WATCH
    from generator.worker import main as command

    begin, count = Progress.begin, Tally.count

    def noted(progress: Progress, name: str) -> None:
        WATCH.tell(note=name)
        begin(progress, name)

    def counted(tally: Tally, **passes: int) -> None:
        WATCH.tell(passes=passes)  # one write of a short line, whatever thread it is in
        count(tally, **passes)

    Progress.begin, Tally.count = noted, counted  # type: ignore[method-assign]
    command()


def said(passes: Spent) -> str:
    """`1,000 + 20 ∇`: with the gradient those before the sign."""
    counts = ((passes.forward, ""), (passes.gradient, " ∇"))
    return " + ".join(f"{count:,}{sign}" for count, sign in counts if count)


if __name__ == "__main__":
    sys.exit(main())
