"""Disks that are full, read-only or without inodes, at the site, the cache, exports, arrays and temporary files.

They are small tmpfs, which only root may mount; a build on them says in words what is wrong, and the old site is whole.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.running import Ended, contents, run
from benchmarks.faults.small import small_report
from benchmarks.faults.tally import Fault, Tally

COUNT, SHORT = 132, 3
CACHE, DIGEST = ".report-cache", 64  # letters of the name of an entry
WHERE = ("output", "cache", "exports", "arrays", "temporary", "everything")
HOW = (
    *("size=4k", "size=16k", "size=64k", "size=128k", "size=256k", "size=512k"),
    *("nr_inodes=2", "nr_inodes=4", "nr_inodes=8", "nr_inodes=16"),
    "read-only",
)


@dataclass(frozen=True)
class Disk:
    """A disk that cannot take what is written to it, and what is written there."""

    how: str
    where: str
    older: bool  # whether a site stands there already

    @property
    def name(self) -> str:
        return f"{self.where} on {self.how}{' with an old site' if self.older else ''}"


def possible() -> bool:
    """Whether this process may mount."""
    return os.geteuid() == 0 and shutil.which("mount") is not None


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """So many builds; every how by every where, with an old site and without, in an order of chance."""
    tally = Tally("disks")
    if not possible():
        tally.add("skipped: only root may mount a tmpfs")
        return tally
    every = [Disk(how, where, older) for older in (True, False) for how in HOW for where in WHERE]
    random.Random(0).shuffle(every)
    for number, disk in list(enumerate(every))[first : first + count]:
        place = folder / f"{number}"
        tally.add(*_tried(place, disk, f"python -m benchmarks.faults disks --count 1 --first {number}"))
        shutil.rmtree(place, ignore_errors=True)
    return tally


def _tried(place: Path, disk: Disk, again: str) -> tuple[str, tuple[Fault, ...]]:
    spec = small_report(place, evidence="false")
    old = _old_site(place.parent)
    with _mounted(place / "disk") as there:
        if disk.older:
            shutil.copytree(old, (there if disk.where in ("output", "everything") else place) / "site")
        _limit(there, disk.how)
        before = _site(place, disk)
        words, temporary = _words(spec, there, disk)
        done = run(words, place, TMPDIR=str(temporary))
        missing = disk.where == "cache" and _entries(there / "cache") < _entries(place.parent / "older" / CACHE)
        faults = _faults(disk, done, (before, _site(place, disk)), missing, again)
        left = [path.name for path in (*place.glob(".*new*"), *place.glob(".*old*"), *there.glob(".*new*"))]
    if left:
        faults = (*faults, Fault("rubbish", disk.name, str(left), again))
    return done.name, faults


def _faults(disk: Disk, done: Ended, sites: tuple[object, object], missing: bool, again: str) -> tuple[Fault, ...]:
    """A cache that cannot be written is a warning; what else cannot be is an error, and the old site stays."""
    faults = done.faults(disk.name, again, (0,) if disk.where == "cache" else (0, 1, 2), about=": ")
    if done.code != 0 and disk.where in ("output", "everything") and sites[0] != sites[1]:
        faults = (*faults, Fault("site lost", disk.name, done.said, again))
    if done.code == 0 and missing and "cache" not in done.said:
        faults = (*faults, Fault("no words", disk.name, done.said, again))
    return faults


def _words(spec: Path, there: Path, disk: Disk) -> tuple[list[str], Path]:
    places = {name: spec.parent / name for name in ("site", "cache", "exports", "arrays", "tmp")}
    names = {disk.where: disk.where, "output": "site", "temporary": "tmp"}
    for name in places if disk.where == "everything" else (names[disk.where],):
        places[name] = there / name
    if places["tmp"].parent == there:
        places["tmp"] = there
    places["tmp"].mkdir(exist_ok=True)
    options = [f"--{option}={places[name]}" for option, name in (("output", "site"), ("cache", "cache"))]
    options += [f"--{name}={places[name]}" for name in ("exports", "arrays")]
    return [spec.name, *options, "-q"], places["tmp"]


def _site(place: Path, disk: Disk) -> object:
    site = (place / "disk" if disk.where in ("output", "everything") else place) / "site"
    return contents(site) if site.is_dir() else None


def _old_site(folder: Path) -> Path:
    """Built once in all: a report with another title."""
    old = folder / "old"
    if not old.exists():
        spec = small_report(folder / "older", title="An older one", evidence="false")
        run([spec.name, "--output", str(old), "-q"], spec.parent)
    return old


def _entries(cache: Path) -> int:
    """How many values are kept in a cache."""
    return sum(len(path.name) == DIGEST for path in cache.glob("*"))


def _limit(there: Path, how: str) -> None:
    """What is there stays, and little can be added."""
    used = sum(path.stat().st_size + 4096 for path in there.rglob("*"))
    number = sum(1 for _ in there.rglob("*"))
    key, _, value = how.partition("=")
    option = {
        "size": lambda: f"size={used // 1024 + int(value[:-1])}k",
        "nr_inodes": lambda: f"nr_inodes={number + 1 + int(value)}",
        "read-only": lambda: "ro",
    }[key]()
    subprocess.run(["mount", "-o", f"remount,{option}", str(there)], check=True)


@contextmanager
def _mounted(there: Path) -> Iterator[Path]:
    there.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(there)], check=True)
    try:
        yield there
    finally:
        subprocess.run(["umount", "-l", str(there)], check=True)
