"""Rows of numbers: in bulk and by NumPy they are what Python reads."""

import numpy as np
import pytest

from generator.data.pixel_table import _numbers

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("most", [9, 99, 255, 999])
@pytest.mark.parametrize("between", [" ", "  ", ",", ";", "\t", ", ", '","'])
def test_digits_are_summed_where_they_stand(most, between):
    """Numbers of one to three digits, whatever stands between them and around the line."""
    values = RNG.integers(0, most + 1, (7, 5))
    lines = [f"{' ' * (row % 2)}{between.join(map(str, line))}{' ' * (row % 3)}\r\n" for row, line in enumerate(values)]
    found = _numbers("".join(lines).encode(), 5)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("text", ["1.5 -2 3e1\n", "[1.5, -2, 30]\n", "+1.5;-2.;30\n", "1.5 -2 30000\n"])
def test_other_numbers_are_read_by_numpy(text):
    """Fractions, signs, exponents, brackets."""
    np.testing.assert_allclose(_numbers(text.encode(), 3)[0, :2], [1.5, -2])


@pytest.mark.parametrize(
    "text", ["1 2\n", "1 2 3 4\n", "1 2 x\n", "1 2 nan\n", "\n", "1 2 3\n1 2\n", "1 2 3\n\n", "0.5 0.5\n"]
)
def test_what_is_not_so_many_numbers_is_nothing(text):
    """Too few, too many, letters, NaN, nothing."""
    assert _numbers(text.encode(), 3) is None
