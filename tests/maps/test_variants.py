"""Streaming: nothing is lost or reordered, sums are right, and the memory held is bounded."""

import threading

import numpy as np
import pytest

from generator.maps.variants import ahead, chunk_rows, chunks, slices, summed
from tests.fixtures.memory import made_ahead, peak


def test_every_variant_passes_once_and_in_order():
    """The chunks joined are the variants."""
    variants = [(k // 7, np.full((48, 48, 1), k, np.float32)) for k in range(1000)]
    parts = list(chunks(iter(variants)))
    assert len(parts) > 1
    assert np.concatenate([rows for rows, _ in parts]).tolist() == [row for row, _ in variants]
    assert np.concatenate([inputs[:, 0, 0, 0] for _, inputs in parts]).tolist() == list(range(1000))


def test_sums_across_the_borders_of_chunks():
    """Rows that are split between chunks, and rows of different sizes, add up."""
    rows = np.array([0, 0, 0, 1, 1, 3, 3, 3, 3])
    values = np.arange(18, dtype=np.float32).reshape(9, 2)
    parts = [(rows[s], values[s]) for s in (slice(0, 2), slice(2, 6), slice(6, 9))]
    wanted = np.stack([values[rows == row].sum(axis=0) for row in range(4)])
    assert (summed(parts, (4, 2)) == wanted).all()


def test_large_inputs_go_through_a_few_at_a_time():
    """The product of rows and values is bounded, and there is always at least one row."""
    assert chunk_rows((48, 48, 1)) == 256
    assert chunk_rows((224, 224, 3)) == 32  # a multiple of what batches have
    assert chunk_rows((5000, 5000, 3)) == 1
    assert [(s.start, s.stop) for s in slices(600, (48, 48, 1))] == [(0, 256), (256, 512), (512, 600)]


def test_the_next_one_is_made_while_one_is_used():
    """Everything arrives in order; whoever holds one item need not ask for the next to have it made."""
    made = [threading.Event() for _ in range(3)]

    def items():
        for number, event in enumerate(made):
            event.set()
            yield number

    found = []
    for number in ahead(items()):
        assert made[min(number + 1, 2)].wait(10)
        found.append(number)
    assert found == [0, 1, 2]


def test_what_goes_wrong_ahead_is_told_and_nothing_runs_on():
    """An error in the making reaches the user of the items; who stops early leaves no thread behind."""

    def items():
        yield 1
        raise ValueError("no picture")

    before = set(threading.enumerate())
    with pytest.raises(ValueError, match="no picture"):
        list(ahead(items()))
    endless = ahead(iter(int, 1))
    assert next(endless) == 0
    endless.close()
    assert set(threading.enumerate()) <= before  # what earlier tests left may end meanwhile


def test_memory_does_not_grow_with_the_number_of_variants():
    """Of 4,500 further variants, 41 MB, the peak holds no more than what is made ahead."""
    shape = (48, 48, 1)

    def held(count):
        sums, variants = [], ((0, np.ones(shape, np.float32)) for _ in range(count))
        most = peak(lambda: sums.extend(inputs.sum() for _, inputs in chunks(variants)))
        assert sum(sums) == count * 48 * 48
        return most

    few, many = held(500), held(5000)
    assert many < few + made_ahead(shape)
