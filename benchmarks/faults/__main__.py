"""One command for every campaign: `python -m benchmarks.faults specs --count 10000`; exit 1 where a fault was found."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.faults.canaries import watched
from benchmarks.faults.tally import Tally

CAMPAIGNS = ("specs", "files", "kills", "pairs", "disks", "methods", "requests")


def main() -> int:
    asked = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    names = CAMPAIGNS if asked.name == "all" else (asked.name,)
    faults = 0
    for name in names:
        begin = time.perf_counter()
        with suppress(KeyboardInterrupt):  # what was counted so far is told
            held(name, asked.count, asked.jobs, asked.first, asked.short)
        tally = Tally.latest
        faults += len(tally.faults)
        print(f"{tally.table}\n\n{name}: {time.perf_counter() - begin:.0f} s\n", flush=True)
    return 1 if faults else 0


def held(name: str, count: int | None = None, jobs: int = 1, first: int = 0, short: bool = False) -> Tally:
    """A campaign in a temporary folder that is nobody's."""
    module = importlib.import_module(f"benchmarks.faults.{name}")
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as place:
        folder = Path(place).resolve()
        with watched(folder / "outside") as canaries:
            usual = module.SHORT if short else module.COUNT
            return module.campaign(usual if count is None else count, folder / "inside", canaries, jobs, first)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=(*CAMPAIGNS, "all"))
    parser.add_argument("--count", type=int, help="cases (default: of the long form)")
    parser.add_argument("--short", action="store_true", help="as few cases as the tests run")
    parser.add_argument("--first", type=int, default=0, help="number of the first case, to see one again")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
