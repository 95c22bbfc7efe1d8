"""How much memory there is, and how much of it a process holds, as far as the system says."""

import math
import os
from contextlib import suppress
from pathlib import Path

SHARE = 0.9  # of the machine's memory that may be used
SILENT = (OSError, IndexError, ValueError, AttributeError)  # what is raised where the system does not say


def usable() -> float:
    """Bytes that may be used of what this machine, or the container that it is, has; without end where it is silent."""
    bounds = [math.inf]
    with suppress(*SILENT):
        bounds.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    with suppress(*SILENT):
        bounds.append(float(Path("/sys/fs/cgroup/memory.max").read_text()))
    return SHARE * min(bounds)


def resident(process: int) -> float:
    """Bytes that a process holds; 0 where the system does not say."""
    with suppress(*SILENT):
        return float(int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    return 0.0
