"""Damaged and hostile files in every role that a file has for a report: read, or refused in words that name it."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.damage import damaged
from benchmarks.faults.running import Ended, run
from benchmarks.faults.sound import Role, roles
from benchmarks.faults.strangers import Make, made, strangers
from benchmarks.faults.tally import Fault, Tally
from benchmarks.faults.workers import Workers, within

COUNT, SHORT, FEW = 2_000, 60, 500
HEAVY = 0.1  # of the damaged files that are models, which take a second each
BUILT = 0.02  # of the accepted ones
PATIENCE = 90.0


@dataclass(frozen=True)
class Case:
    """A file with something wrong in a role."""

    number: int
    name: str
    role: Role
    make: Make
    refused: bool

    @property
    def again(self) -> str:
        return f"python -m benchmarks.faults files --first {self.number} --count 1  # {self.name}"


def cases(first: int, count: int) -> list[Case]:
    """Hostile files first, each of them once, then damaged ones, by their number; a few are some of both."""
    every = roles()
    listed = strangers(every)
    found, apart = [], 1 if first or count == 1 else max(1, FEW // count)
    for number in range(first, first + count * apart, apart):
        if number < len(listed):
            one = listed[number]
            found.append(Case(number, f"{one.name} as {one.role.name}", one.role, one.make, one.refused))
        else:
            found.append(_damaged_case(number, every))
    return found


def _damaged_case(number: int, every: tuple[Role, ...]) -> Case:
    chance = random.Random(number)
    light, heavy = ([role for role in every if role.opened is opened] for opened in (False, True))
    role = chance.choice(heavy if chance.random() < HEAVY else light)
    content = damaged(role.content, chance, [other.content for other in every])
    return Case(number, f"damaged {role.name}", role, made(content), False)


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """So many files checked in workers, a share of the accepted ones built."""
    tally, every = Tally("files"), {case.number: case for case in cases(first, count)}
    if first == 0:
        _assert_sound(folder, canaries, jobs)
    for opened in (False, True):
        numbers = [number for number, case in every.items() if case.role.opened is opened]
        work = partial(_checked, folder, canaries, every)
        for number, answer in Workers(work, numbers, jobs, memory=0 if opened else 8 << 30).answers():
            case, place = every[number], folder / f"{number}"
            done = answer if isinstance(answer, Ended) else _by_itself(case, place, canaries)
            tally.add(done.name, (*_faults(case, done), *_sung(case, done, canaries)))
            if done.code == 0 and random.Random(number).random() < BUILT:
                tally.add(*_build(case, place, canaries))
            _removed(place)
    return tally


def _assert_sound(folder: Path, canaries: Canaries, jobs: int) -> None:
    """What is not damaged is accepted, else nothing is learnt."""
    sound = {number: Case(-1, "sound", role, made(role.content), False) for number, role in enumerate(roles())}
    work = partial(_checked, folder / "sound", canaries, sound)
    for number, answer in Workers(work, list(sound), jobs, memory=0).answers():
        assert isinstance(answer, Ended) and answer.code == 0, f"{sound[number].role.name}: {answer}"
    _removed(folder / "sound")


def _laid(case: Case, place: Path, canaries: Canaries) -> None:
    place.mkdir(parents=True, exist_ok=True)
    case.role.lay(place)
    path = place / case.role.file
    path.unlink(missing_ok=True)
    case.make(path, canaries)


def _checked(folder: Path, canaries: Canaries, every: dict[int, Case], number: int) -> Ended:
    case, place = every[number], folder / f"{number}"
    _laid(case, place, canaries)
    return within(case.role.words(place))


def _by_itself(case: Case, place: Path, canaries: Canaries) -> Ended:
    """As a user would; what killed a worker, or took too long there."""
    _removed(place)
    _laid(case, place, canaries)
    return run(case.role.words(place), place, PATIENCE)


def _faults(case: Case, done: Ended) -> tuple[Fault, ...]:
    allowed = (2,) if case.refused else (0, 2)
    return done.faults(case.name, case.again, allowed, about=Path(case.role.file).name)


def _sung(case: Case, done: Ended, canaries: Canaries) -> tuple[Fault, ...]:
    return tuple(Fault(kind, case.name, done.said, case.again) for kind in canaries.sung())


def _build(case: Case, place: Path, canaries: Canaries) -> tuple[str, tuple[Fault, ...]]:
    """What `check` accepts, a build accepts."""
    done = run(["report.yaml", "-q"], place, 300)
    faults = done.faults(f"{case.name}, built", case.again, (0, 1))
    if done.code == 2:
        faults = (Fault("refused late", case.name, done.said[-500:], case.again),)
    return f"built: {done.name}", (*faults, *_sung(case, done, canaries))


def _removed(place: Path) -> None:
    """However deep it is, which Python's own cannot."""
    subprocess.run(["rm", "-rf", str(place)], check=False)
