"""Many altered copies of each image through the model, a bounded number at a time, whatever the number of images."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints

ROWS = 256
VALUES = 5 * 2**20  # numbers in a chunk: 20 MB of float32
EVEN = 16  # rows that batches of any size make without a rest

Variant = tuple[int, Floats]  # row of the batch, (H, W, C)
Doubles = NDArray[np.float64]
Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in order; the next is made in a thread while one is used."""
    source = iter(items)
    with ThreadPoolExecutor(1) as side:
        coming = side.submit(lambda: [next(source)])
        while True:
            try:
                (item,) = coming.result()
            except StopIteration:
                return
            coming = side.submit(lambda: [next(source)])
            yield item


def chunks(variants: Iterable[Variant]) -> Iterator[tuple[Ints, Floats]]:
    """The variants in order, `(rows, (n, H, W, C))` at a time, one made ahead."""
    return ahead(_chunks(variants))


def _chunks(variants: Iterable[Variant]) -> Iterator[tuple[Ints, Floats]]:
    rows: list[int] = []
    held: list[Floats] = []
    for row, variant in variants:
        rows.append(row)
        held.append(variant)
        if len(held) >= chunk_rows(variant.shape):
            yield np.array(rows, np.int64), np.stack(held)
            rows, held = [], []
    if held:
        yield np.array(rows, np.int64), np.stack(held)


def chunk_rows(shape: tuple[int, ...]) -> int:
    """How many inputs of that shape go through the model at once."""
    most = max(1, min(ROWS, VALUES // int(np.prod(shape))))
    return most - most % EVEN if most > EVEN else most


def slices(rows: int, shape: tuple[int, ...]) -> Iterator[slice]:
    """`range(rows)` cut into pieces of as many inputs as go through at once."""
    step = chunk_rows(shape)
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def summed(parts: Iterable[tuple[Ints, Floats]], shape: tuple[int, ...]) -> Doubles:
    """Values added up by row into `shape`; rows come in order, so equal ones lie beside each other."""
    total = np.zeros(shape)
    for rows, values in parts:
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        total[rows[first]] += np.add.reduceat(values, first, axis=0, dtype=np.float64)
    return total
