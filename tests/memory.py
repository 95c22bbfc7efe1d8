"""How much memory a piece of work holds at most."""

import tracemalloc
from collections.abc import Callable

import numpy as np

from generator.maps.variants import chunk_rows


def peak(work: Callable[[], object]) -> int:
    """The most bytes of NumPy and Python that are held at once while `work` is done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def made_ahead(shape: tuple[int, ...]) -> int:
    """Bytes by which two peaks of the same streaming may differ: a chunk that a thread makes ahead, or has not yet.

    While it is made it is there twice, as single inputs and joined.
    """
    return 2 * chunk_rows(shape) * int(np.prod(shape)) * np.float32().nbytes
