"""Builds that are killed, terminated or interrupted at moments spread over all of it, the swap most densely."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.running import Ended, ended, session_of, started
from benchmarks.faults.small import Reader, Sites
from benchmarks.faults.tally import Fault, Tally

COUNT, SHORT = 200, 3
SIGNALS = {signal.SIGKILL: (-9,), signal.SIGTERM: (-15, 143, 130), signal.SIGINT: (130, -2)}
ANEW = 0.25  # of the builds compute all anew
GONE = 10.0  # seconds in which all of a killed build is gone
SWAPPING = 0.4  # seconds after a draft appears that are tried most


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """So many builds, each of them killed, and a whole one after each."""
    sites, tally = Sites(folder), Tally("kills")
    for number in range(first, first + count):
        chance = random.Random(number)
        name = ("one.yaml", "other.yaml")[number % 2]
        which = list(SIGNALS)[number // 2 % 3]
        anew = chance.random() < ANEW
        if anew:
            shutil.rmtree(sites.folder / ".report-cache", ignore_errors=True)
        with Reader(sites.site / "index.html") as reader:
            done, where = _killed(sites, name, which, chance, anew)
        case = f"{which.name} {where}, {done.name}"
        kinds = _wrong(sites, done, which) + ["site lost"] * bool(reader.missed)
        later, left = _afterwards(sites, "one.yaml" if chance.random() < 0.5 else "other.yaml")
        again = f"python -m benchmarks.faults kills --count 1 --first {number}"
        said = f"{case}: {done.said[-300:]} {left}"
        faults = tuple(Fault(kind, case, said, again) for kind in dict.fromkeys((*kinds, *later)))
        tally.add(f"{which.name} {done.name}", faults)
    return tally


def _killed(sites: Sites, name: str, which: signal.Signals, chance: random.Random, anew: bool) -> tuple[Ended, str]:
    """A build that gets a signal: at a moment of the whole, or soon after its draft appears."""
    process = started(sites.words(name), sites.folder, TMPDIR=str(sites.temporary))
    try:
        if chance.random() < 0.5:
            moment = chance.random() * sites.seconds["anew" if anew else "again"]
            time.sleep(moment)
            where = f"after {moment:.2f} s"
        else:
            _await_draft(sites, process)
            moment = chance.random() ** 2 * SWAPPING
            time.sleep(moment)
            where = f"{moment:.3f} s after the draft"
        with suppress(ProcessLookupError):
            _send(process, which, everywhere=which == signal.SIGINT and chance.random() < 0.7)
        return ended(process, GONE), where
    finally:
        _wait_for_all(process.pid)


def _send(process: subprocess.Popen[bytes], which: signal.Signals, everywhere: bool) -> None:
    """Ctrl-C of a terminal reaches every process of the group, what `kill` sends only the one."""
    if everywhere:
        os.killpg(process.pid, which)
    else:
        process.send_signal(which)


def _await_draft(sites: Sites, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not any(path.name not in sites.around for path in sites.folder.iterdir()):
        time.sleep(0.002)


def _wait_for_all(session: int) -> None:
    until = time.monotonic() + GONE
    while session_of(session) and time.monotonic() < until:
        time.sleep(0.05)


def _wrong(sites: Sites, done: Ended, which: signal.Signals) -> list[str]:
    kinds = sites.wrong("one.yaml", "other.yaml")
    kinds += ["traceback"] * ("Traceback (most" in done.said)
    kinds += ["hang"] * (done.name == "hung")
    kinds += ["wrong exit"] * (done.name != "hung" and done.code not in (0, *SIGNALS[which]))
    return kinds


def _afterwards(sites: Sites, name: str) -> tuple[list[str], str]:
    """The next build is as if nothing had been, and nothing of the killed one is left; what is, is taken away."""
    done = sites.build(name)
    kinds = ["wrong exit"] * (done.code != 0) + sites.wrong(name)
    found = sites.rubbish()
    for left in found:
        shutil.rmtree(sites.folder.parent / left, ignore_errors=True)
        (sites.folder.parent / left).unlink(missing_ok=True)
    return kinds + ["rubbish"] * bool(found), f"left: {', '.join(found) or 'nothing'}; {done.said[-300:]}"
