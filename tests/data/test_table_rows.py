"""Rows as fields: quotes hold them together, over lines too, and one that is wrong is told."""

import pytest

from generator.data.table_rows import ends_of_rows, rows_in, split, uneven
from generator.errors import DataError


def test_fields_are_split_and_quotes_taken_away():
    """A blank behind a quote belongs to nothing; a quote within a field is one."""
    assert split('a, "b, ""c""" ,12" wide', ",", strict=True) == ["a", 'b, "c"', '12" wide']
    assert split("a  b", " ") == ["a", "b"]
    assert split("x" * 200_000 + ",1", ",", strict=True)[1] == "1"


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        (["a", "b,c", ""], [1, 2, 3]),
        (['a,"b', "c", 'd",e', "f"], [3, 4]),
        (['12" wide', 'a,"b', 'c"'], [1, 3]),
        (["a", 'b,"c', "d"], [1]),
        (["a", 'b,"c" d', '"e', 'f"'], [1, 2, 3, 4]),
        (['"', "a"], []),
        ([], []),
    ],
)
def test_a_row_ends_where_its_quotes_do(lines, ends):
    """One that goes on has no end; one that is wrong ends at once."""
    assert ends_of_rows([line.encode() for line in lines], ",") == ends


def test_rows_have_the_line_on_which_they_begin():
    """After those that come before the text; blank ones are none."""
    rows = rows_in("a.csv", 'a,b\n\n1,"x\ny"\n,\n2,z,\n', ",", before=2)
    assert [line for line, _ in rows] == [3, 5, 8]
    assert uneven(rows, 2) is None
    assert rows[-1][1] == ["2", "z"]
    assert uneven(rows, 3) == 0
    with pytest.raises(DataError, match=r"a\.csv: line 2: a quote in it is not closed"):
        rows_in("a.csv", 'a,b\n1,"x\ny', ",")
