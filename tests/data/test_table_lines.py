"""The lines of a file in blocks: in any encoding, with any end, each with its place."""

import io

import pytest

from generator.data import table_lines
from generator.data.table_lines import decoded, encoding_of
from generator.errors import DataError

TEXT = "名,x\n生氣,1 2 3\n\n高興\u0a0a\u0a41\u0100,4 5 6\n最後,7"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5"])
@pytest.mark.parametrize("size", [8, 20, 1 << 20])
def test_every_row_is_found_at_its_place(codec, end, size, monkeypatch):
    """Whatever the blocks are; letters whose halves look like an end of a line do not break it."""
    monkeypatch.setattr(table_lines, "BLOCK", size)
    text = (TEXT if codec != "big5" else TEXT.replace("\u0a0a\u0a41\u0100", "")).replace("\n", end)
    raw = text.encode(codec)
    file = io.BytesIO(raw)
    encoding = encoding_of(file, codec)
    places, rows = rows_of(file, encoding)
    assert [row.decode().strip() for row in rows] == [line for line in text.splitlines() if line]
    assert [raw[a : a + n].decode(encoding.codec).strip() for a, n in places] == [row.decode().strip() for row in rows]
    assert encoding.first_lines(file) == [(place, row) for (place, _), row in zip(places, rows, strict=True)]
    assert [encoding.line_at(file, place) for place, _ in places] == [1, 2, 4, 5]


def rows_of(file, encoding):
    """The places and lengths of all rows, and what they say."""
    places, rows = [], []
    for place, block in encoding.blocks(file, encoding.mark, ","):
        starts, lengths, found = encoding.rows(block, ",")
        places += zip((place + starts).tolist(), lengths.tolist(), strict=True)
        rows += found
    return places, rows


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("size", [16, 40, 1 << 20])
def test_a_quote_may_go_over_several_lines(codec, end, size, monkeypatch):
    """Also over several blocks; one within a field is none, and one that is not closed goes to the end."""
    monkeypatch.setattr(table_lines, "BLOCK", size)
    rows = ["a,b", '1,"x\n\ny ""z""\n"', '2,12" wide', '"3\n",ok', "4,last"]
    file = io.BytesIO(end.join(row.replace("\n", end) for row in rows).encode(codec))
    encoding = encoding_of(file)
    places, found = rows_of(file, encoding)
    assert [row.decode().replace("\r", "").strip() for row in found] == [row.strip() for row in rows]
    assert [encoding.line_at(file, place) for place, _ in places] == [1, 2, 6, 7, 9]
    file = io.BytesIO(file.getvalue() + f'{end}5,"open{end}6,{end}7,{end}'.encode(codec).removeprefix(b"\xff\xfe"))
    assert len(rows_of(file, encoding)[1]) == 6


def test_a_row_that_does_not_end_is_told(monkeypatch):
    """Before it fills memory, with the line where it begins."""
    monkeypatch.setattr(table_lines, "BLOCK", 32)
    monkeypatch.setattr(table_lines, "LONGEST", 500)
    file = io.BytesIO(b"a,b\n1,2\n" + b'3,"open\n' + b"4,5\n" * 500)
    with pytest.raises(OverflowError, match="line 3: a row of more than"):
        rows_of(file, encoding_of(file))
    monkeypatch.setattr(table_lines, "LONGEST", 1 << 20)
    monkeypatch.setattr(table_lines, "LINES", 100)
    with pytest.raises(OverflowError, match="line 3: a row of more than"):
        rows_of(file, encoding_of(file))


def test_a_mark_comes_before_what_is_said():
    """And UTF-16 without one is told by its zeros."""
    assert encoding_of(io.BytesIO("a,b".encode("utf-16")), "big5").codec == "utf-16-le"
    assert encoding_of(io.BytesIO("label,pixels\n1,2".encode("utf-16-be"))).codec == "utf-16-be"
    assert encoding_of(io.BytesIO(b"label,pixels")).codec == "utf-8"


def test_words_that_are_not_in_utf_8_name_the_encoding_in_which_they_are_classes():
    """Or those that they may be in."""
    word = "生氣".encode("big5")
    assert decoded("a.csv", [b"x", b"y", b"x"]) == ["x", "y", "x"]
    with pytest.raises(DataError, match=r"encoding: big5`$"):
        decoded("a.csv", [word], (("angry", "生氣"),))
    with pytest.raises(DataError, match=r"encoding: big5` or `encoding: gb18030` or"):
        decoded("a.csv", [word], (("angry",),))
