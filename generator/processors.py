"""How many processors may be used, as the system says, and the container that the program runs in."""

import math
import os
from contextlib import suppress
from pathlib import Path

SILENT = (OSError, ValueError)  # what is raised where the system does not say
QUOTAS = (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))  # in cgroups of the second and first kind


def cores(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """At least one; of a container that may use a part of them, that part."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for files in QUOTAS:
        with suppress(*SILENT):  # the second kind says `max` where there is no bound, the first -1
            quota, period = (int(n) for file in files for n in (groups / file).read_text().split())
            there = min(there, math.ceil(quota / period)) if quota > 0 else there
    return max(there, 1)
