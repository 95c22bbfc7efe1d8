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
def test_every_line_is_found_at_its_place(codec, end, size, monkeypatch):
    """Whatever the blocks are; letters whose halves look like an end of a line do not break it."""
    monkeypatch.setattr(table_lines, "BLOCK", size)
    text = (TEXT if codec != "big5" else TEXT.replace("\u0a0a\u0a41\u0100", "")).replace("\n", end)
    raw = text.encode(codec)
    file = io.BytesIO(raw)
    encoding = encoding_of(file, codec)
    places, lines = [], []
    for place, block in encoding.blocks(file, encoding.mark):
        starts, lengths, found = encoding.lines(block)
        places += zip((place + starts).tolist(), lengths.tolist(), strict=True)
        lines += found
    assert [line.decode().strip() for line in lines] == [line for line in text.splitlines() if line]
    assert [raw[a : a + n].decode(encoding.codec).strip() for a, n in places] == [
        line.decode().strip() for line in lines
    ]
    assert encoding.first_lines(file) == [(place, line) for (place, _), line in zip(places[:2], lines, strict=False)]


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
