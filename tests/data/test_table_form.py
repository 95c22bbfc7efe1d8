"""Which column of a table is what, by its first two lines."""

import pytest

from generator.data.table_form import form_of
from generator.errors import DataError

PIXELS = "10 20 30 40"
MANY = ",".join(f"px_{row}_{column}" for row in range(2) for column in range(3))


def places(form):
    return form.separator, form.header, form.pixels, form.label, form.usage, form.file


@pytest.mark.parametrize(
    ("lines", "columns", "expected"),
    [
        (["emotion,pixels,Usage", f"0,{PIXELS},Training"], None, (",", True, (1, 2), 0, 2, -1)),
        (['"Emotion"; "Usage"; "Pixels"', f"0;Training;{PIXELS}"], None, (";", True, (2, 3), 0, 1, -1)),
        (["pixels", PIXELS], None, (",", True, (0, 1), -1, -1, -1)),
        (["id,feature", "7,x 2 3"], None, (",", True, (1, 2), -1, -1, -1)),
        ([f"label,{MANY}", "0,1,2,3,4,5,6"], None, (",", True, (1, 7), 0, -1, -1)),
        ([f"{MANY},split,y", "1,2,3,4,5,6,test,0"], None, (",", True, (0, 6), 7, 6, -1)),
        (["label,pixels", "0,1,2,3,4,5"], None, (",", True, (1, 6), 0, -1, -1)),
        (["pixels,label", "1,2,3,4,5,0"], None, (",", True, (0, 5), 5, -1, -1)),
        (["0,1,2,3,4", "9,8,7,6,5"], None, (",", True, (0, 5), -1, -1, -1)),
        (["0,1,2,3,4", "9,8,7,6,5"], {"label": "0"}, (",", True, (1, 5), 0, -1, -1)),
        ([f"x0,{MANY}", "1,2,3,4,5,6,7"], {"pixels": "px"}, (",", True, (1, 7), -1, -1, -1)),
        (["file,label", "a.png,cat"], None, (",", True, None, 1, -1, 0)),
        (["label,image,mask", "cat,a.jpg,b.png"], None, (",", True, None, 0, -1, 1)),
        (["id,breed", "0a1b,pug"], None, (",", True, None, -1, -1, 0)),
        (["name,x1,y1,x2,y2", "a.bmp,1,2,3,4"], None, (",", True, None, -1, -1, 0)),
        (["pic,kind", "1,cat"], {"file": "pic", "label": "kind"}, (",", True, None, 1, -1, 0)),
        ([f"0;{PIXELS}", f"1;{PIXELS}"], ("label", "pixels"), (";", False, (1, 2), 0, -1, -1)),
        (["5,0,0,7,9", "4,0,0,7,9"], ("label", "pixels"), (",", False, (1, 5), 0, -1, -1)),
        ([f"0,{PIXELS},x", f"1,{PIXELS},x"], ("label",), (",", False, (1, 2), 0, -1, -1)),
        (["a.png|cat", "b.png|dog"], ("file", "label"), ("|", False, None, 1, -1, 0)),
    ],
)
def test_columns_are_told_by_names_and_by_what_the_first_row_holds(lines, columns, expected):
    """And by what the spec says, before both."""
    assert places(form_of("a.csv", lines, columns)) == expected


@pytest.mark.parametrize(
    ("lines", "columns", "message"),
    [
        (["a,b", "1,2"], None, "the header is 'a,b'; wanted are a `label` and `pixels`"),
        ([f"0,{PIXELS}", f"1,{PIXELS}"], None, r"a row already.*`columns: \[label, pixels\]`"),
        ([f"{PIXELS};0", f"{PIXELS};1"], None, r"`columns: \[pixels, label\]`"),
        (["cat,a.png", "dog,b.png"], None, r"`columns: \[label, file\]`"),
        (["label,pixels", f"0,{PIXELS}"], {"label": "lable"}, "no column is called 'lable'; did you mean 'label'"),
    ],
)
def test_what_is_not_told_is_asked(lines, columns, message):
    """With what `data` has to say."""
    with pytest.raises(DataError, match=f"a.csv: line 1: .*{message}"):
        form_of("a.csv", lines, columns)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['"label","pixels"x', f'1,"{PIXELS}"'], "line 1: a quote in it is not closed"),
        (["lab", f'1,"{PIXELS}"'], "line 2: 2 columns, where the header names 1"),
        (["label,p0,p1,p2,p3,pixel,p5,p6,p7,p8", "0,1,2,3,4,5,6,7,8,9"], "'p0' to 'p3' and 'p5' to 'p8' may all be"),
    ],
)
def test_a_damaged_header_is_not_taken_for_another(lines, message):
    """Nor a column called `pixel` among the numbered ones for the picture."""
    with pytest.raises(DataError, match=message):
        form_of("a.csv", lines)


def test_a_quoted_field_over_lines_is_one_field():
    """In whatever column it stands."""
    form = form_of("a.csv", ["note,label,pixels", '"one', f'two, 12"" wide",1,{PIXELS}', f"x,2,{PIXELS}"])
    assert places(form) == (",", True, (2, 3), 1, -1, -1)
