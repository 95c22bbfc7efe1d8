"""Rows of numbers: in bulk and by NumPy they are what Python reads, and nothing is read that says something else."""

import numpy as np
import pytest

from generator.data.pixel_rows import count_of, rows_of
from generator.data.table_form import TableForm

RNG = np.random.default_rng(1)
FIELD = TableForm(",", ("label", "pixels"), True, (1, 2), 0)
SEMICOLON = TableForm(";", ("label", "pixels"), True, (1, 2), 0)
NAMES = ("label", *(f"p{k}" for k in range(5)))


def wide(separator, *after):
    return TableForm(separator, (*NAMES, *after), True, (1, 6), 0)


def read(text, form, count=5):
    rows = rows_of(text.encode().removesuffix(b"\n").split(b"\n"), form, count)
    return rows.values if rows.wrong is None else rows.wrong


@pytest.mark.parametrize("most", [9, 99, 255, 999])
@pytest.mark.parametrize(
    ("form", "between"),
    [
        *[(FIELD, " "), (FIELD, "  "), (SEMICOLON, ","), (SEMICOLON, ", "), (SEMICOLON, " , "), (SEMICOLON, "|")],
        *[(wide(one), one) for one in ",;|\t "],
        *[(wide(","), ", "), (wide(","), '","'), (wide(","), '" , "'), (wide(";"), " ; ")],
    ],
)
def test_whole_numbers_are_read(most, form, between):
    """Of one to three digits, whatever stands between them and around the line."""
    values = RNG.integers(0, most + 1, (7, 5))
    quote = '"' if '"' in between else ""
    lines = [f"1{form.separator}{quote}{between.join(map(str, line))}{quote}\r\n" for line in values]
    found = read("".join(lines), form)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("0,1.5 -2 3e1 .5 +4", FIELD),
        ("0,1.5,-2,3e1,.5,+4", wide(",")),
        ("0;1,5;-2;3e1;,5;4,0", wide(";")),
        ("0;1,5;-2;3e1;,5;4,0;;", wide(";", "", "")),
        ('0,"1,5","-2","3e1",",5","4,0"', wide(",")),
        ("0;1,5 -2 3e1 0,5 4", SEMICOLON),
        ("0;1,5|-2|3e1|0,5|4", SEMICOLON),
        ('0,"1,5 -2,0 3e1 0,5 4"', FIELD),
        ('0,"[1.5, -2, 3e1, 0.5, 4]"', FIELD),
        ('0,"[[1.5 -2 3e1 0.5 4.]]"', FIELD),
        ('0,"[[1.5,-2],[3e1,0.5],[4]]"', FIELD),
        ('"0" , "1.5;-2;3e1;0.5;4;"', FIELD),
    ],
)
def test_other_numbers_are_read_by_numpy(text, form):
    """Fractions, signs, exponents, brackets, decimal commas wherever one can only be that."""
    np.testing.assert_allclose(read(text + "\n" + text, form), [[1.5, -2, 30, 0.5, 4]] * 2)
    assert count_of(text.encode(), form) == 5


def test_a_field_over_several_lines_is_one(monkeypatch):
    """As NumPy prints an array; the newlines within are blanks."""
    line = b'7,"[[1 2]\n [3 4]\r\n [5 6]]"'
    assert rows_of([line], FIELD, 6).values.tolist() == [[1, 2, 3, 4, 5, 6]]


WRONG = {
    "0,1 2 3 4": "4 pixels instead of 5; the row may be cut short",
    "0,1 2 3 4 5 6": "6 pixels instead of 5; is the first row cut short?",
    "0,1 2 x 4 5": "'x' is no pixel; numbers are",
    "0,1 2 3 4 nan": "'nan' is no pixel",
    "0,1 2 3 4 1e999": "'1e999' is no pixel",
    "0,1 2 3 4 " + "9" * 5000: "'99999999999999999999' is no pixel",
    "0,1 2 3 4/5": "'4/5' is no pixel",
    "0,1 2 3 4'5": "'4'5' is no pixel",
    "0,1 2 3 4;5": "its numbers are not separated alike, as in '4;5'",
    "0,1 2 3 4|5": "its numbers are not separated alike, as in '4|5'",
    "0,1 2 3 4\t5": "its numbers are not separated alike, as in '4\t5'",
    "0,1 2 3 4[5": "its numbers are not separated alike, as in '4[5'",
    "0,1 2 3 4]5": "its numbers are not separated alike, as in '4]5'",
    '0,"1 2 3 4,5"': "4 pixels instead of 5",
    '0,"1, 2, 3 4, 5"': "is no pixel",
    "0,1 2 3 4 5,6": "3 columns instead of 2",
    "0,": "there are no pixels in it",
    "0": "1 columns instead of 2",
    '0,"1 2 3 4 5': "a quote in it is not closed",
    '0,"1 2 3 4" 5': "a quote in it is not closed, or stands where the field goes on",
    "0,1 2 3 4 5\0": "'5\0' is no pixel",
    "0,1 2 3 4\r5": "its numbers are not separated alike|no pixel",
    "0,1 ... 5": "cut short by `...`",
}
WRONG_WIDE = {
    "0,1,2,3,4": "4 pixels instead of 5",
    "0,1,2,3,4,5,6": "6 pixels instead of 5",
    "0,1,,3,4,5": "the column 'p1' is empty",
    "0,1 2,,3,4,5": "'1 2' are several numbers in one column",
    "0,1 2,3,4,5": "'1 2' are several numbers in one column",
    "0,1,2,3,4 5": "'4 5' are several numbers in one column",
    "0,1,2,3,abc,5": "'abc' is no pixel",
    "0,1,2,3,4;5": "'4;5' is no pixel",
    '0,"1,2","3","4","5"': "4 pixels instead of 5",
    "0;1;2;3;4;5": "1 columns instead of 6",
}


@pytest.mark.parametrize(("text", "form"), [*((text, FIELD) for text in WRONG), *((t, wide(",")) for t in WRONG_WIDE)])
def test_a_row_that_says_something_else_is_refused(text, form):
    """Among right ones, with what is wrong."""
    right = "0,5 4 3 2 1" if form is FIELD else "0,5,4,3,2,1"
    lines = [right.encode(), text.encode(), right.encode()]
    rows = rows_of(lines, form, 5)
    assert rows.wrong is not None, rows.values
    assert rows.wrong[0] == 1
    message = {**WRONG, **WRONG_WIDE}[text]
    assert any(
        one in rows.wrong[1]
        for one in message.split("|" if "columns" not in message and "as in" not in message else "\n")
    )
    assert rows_of([right.encode()] * 3, form, 5).wrong is None


def test_a_row_has_as_many_pixels_as_there_are_names():
    """However many the first one has; without names the first one decides."""
    assert count_of(b"0,1,2,3", wide(",")) == 5
    assert count_of(b"0,1,2,3", TableForm(",", ("label", "pixels", "", ""), True, (1, 4), 0)) == 3
    assert count_of(b"0", FIELD) == 1
