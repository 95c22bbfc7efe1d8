"""Black and white of what files store, decided once over all of them."""

from pathlib import Path

import pytest

from generator.data.levels import BYTES, DEEP, FLOATS, UNIT, WHOLE, WORDS, Levels, levels_of, range_up_to
from generator.errors import DataError


def levels(*found):
    return levels_of((Path(f"{number}.tif"), extremes) for number, extremes in enumerate(found))


def test_the_largest_value_of_all_files_decides_for_each_way_to_store():
    """A dark file among bright ones is read as these are."""
    found = levels((FLOATS, 0, 0.2), (FLOATS, 0, 200), (WHOLE, 0, 60000), (DEEP, 0, 300), (DEEP, 0, 4000))
    assert [found.bounds(stored) for stored in (FLOATS, WHOLE, DEEP)] == [BYTES, WORDS, (0, 4095)]
    assert len(found.questions) == 1 and "in files of 16 bits the values reach 4000" in found.questions[0]


def test_a_format_has_its_own_range_and_the_spec_the_last_word():
    """Bytes, 16 bits that no file was looked at for, and what is said."""
    assert (Levels().bounds("bytes"), Levels().bounds(DEEP)) == (BYTES, WORDS)
    assert Levels(range=(5, 7)).bounds("bytes") == (5, 7)
    assert range_up_to(1.2) == (UNIT, ())


def test_values_below_zero_name_their_file():
    """Nothing is guessed of them."""
    with pytest.raises(DataError, match=r"1\.tif: its values run from -0.5 to 1; say `data"):
        levels((FLOATS, 0, 1), (FLOATS, -0.5, 1))
