"""Pairs of builds into one site at once: it has to be the one's or the other's, never of both, and never missing."""

from __future__ import annotations

import random
import time
from pathlib import Path

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.running import ended, started
from benchmarks.faults.small import Reader, Sites
from benchmarks.faults.tally import Fault, Tally

COUNT, SHORT = 50, 1
SPREAD = 0.5  # seconds that one may begin after the other


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """So many pairs, after each of them one of the two alone."""
    sites, tally = Sites(folder), Tally("pairs")
    for number in range(first, first + count):
        chance = random.Random(number)
        names = chance.sample(("one.yaml", "other.yaml"), 2)
        (sites.folder / names[0]).touch()  # so that neither finds that nothing has changed
        (sites.folder / names[1]).touch()
        with Reader(sites.site / "index.html") as reader:
            processes = []
            for name in names:
                processes.append(started(sites.words(name), sites.folder, TMPDIR=str(sites.temporary)))
                time.sleep(chance.random() * SPREAD)
            done = [ended(process) for process in processes]
        kinds = sites.wrong(*names) + ["site lost"] * bool(reader.missed)
        again = f"python -m benchmarks.faults pairs --count 1 --first {number}"
        faults = [fault for one in done for fault in one.faults(f"pair {number}", again, (0,))]
        name = names[number // 2 % 2]
        faults += sites.build(name).faults(f"{name} after pair {number}", again, (0,))
        kinds += sites.wrong(name)
        kinds += ["rubbish"] * bool(sites.rubbish())
        said = "; ".join((*(f"{one.name} {one.said[-200:]}" for one in done), *sites.rubbish()))
        faults += [Fault(kind, f"pair {number}", said, again) for kind in dict.fromkeys(kinds)]
        tally.add(" and ".join(one.name for one in done), tuple(faults))
    return tally
