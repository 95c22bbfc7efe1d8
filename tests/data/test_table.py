"""Tables of pixels in every form: what is read of all of it, and what is said of what is wrong."""

import csv
import hashlib
import io

import numpy as np
import pytest

from generator.data.data_source import DataSource
from generator.data.sources import read_samples
from generator.errors import DataError
from generator.limits import Limits

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))
RNG = np.random.default_rng(3)
FACES = RNG.integers(0, 256, (9, 4, 4), dtype=np.uint8)
LABELS = np.arange(9) % 3


def read(path, usage=None, **asked):
    return read_samples(DataSource("csv", path, usage, **asked), CLASSES)


def pictures(samples):
    return np.array(samples.decode(np.arange(len(samples))))


def text_of(face) -> str:
    return " ".join(map(str, face.ravel()))


def course_csv(path, faces=FACES, labels=LABELS, end="\n"):
    lines = ["label,feature", *(f"{label},{text_of(face)}" for label, face in zip(labels, faces, strict=True))]
    path.write_bytes((end.join(lines) + end).encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_course_csv_is_read_as_it_was_written(tmp_path, end):
    """Pixels, labels, rows and the digest of the file's bytes; with either end of line."""
    path = course_csv(tmp_path / "train.csv", end=end)
    samples = read(path)
    np.testing.assert_array_equal(pictures(samples), FACES)
    np.testing.assert_array_equal(samples.label, LABELS)
    np.testing.assert_array_equal(samples.index, np.arange(9))
    assert samples.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_blocks_and_a_file_without_a_final_newline_change_nothing(tmp_path, monkeypatch):
    """A file is read in blocks; their size and a missing last newline leave no trace."""
    monkeypatch.setattr("generator.data.table_lines.BLOCK", 64)
    path = course_csv(tmp_path / "train.csv")
    path.write_bytes(path.read_bytes().rstrip())
    np.testing.assert_array_equal(pictures(read(path)), FACES)


@pytest.mark.parametrize("header", ["emotion,pixels,Usage", '"emotion","pixels","Usage"', "emotion, Usage, pixels"])
def test_kaggles_csv_keeps_the_row_of_the_file_under_a_usage(tmp_path, header):
    """The index counts the file's rows, whatever is filtered, in each of the forms that Kaggle offers."""
    usages = ["Training", "PublicTest", "PrivateTest"] * 3
    rows = list(zip(LABELS, map(text_of, FACES), usages, strict=True))
    between = header.endswith("pixels")
    lines = [f"{a},{u},{p}" if between else f"{a},{p},{u}" for a, p, u in rows]
    path = tmp_path / "fer2013.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    samples = read(path, "PrivateTest")
    np.testing.assert_array_equal(samples.index, [2, 5, 8])
    np.testing.assert_array_equal(pictures(samples), FACES[[2, 5, 8]])
    assert len(read(path)) == 9


def test_the_unlabelled_test_csv_has_no_labels(tmp_path):
    """The course's test.csv numbers its rows instead: `id,feature`; numbers above the classes are no labels."""
    path = tmp_path / "test.csv"
    path.write_text("id,feature\n" + "".join(f"{n},{text_of(face)}\n" for n, face in enumerate(FACES)))
    samples = read(path)
    assert not samples.labelled
    np.testing.assert_array_equal(pictures(samples), FACES)


def test_irregular_rows_are_understood_one_by_one(tmp_path):
    """Class ids for labels, quotes and doubled blanks are read too, only slower."""
    rows = [
        f'{CLASSES[label][0]},"{text_of(face).replace(" ", "  ")}"' for label, face in zip(LABELS, FACES, strict=True)
    ]
    path = tmp_path / "words.csv"
    path.write_text("\n".join(["label,feature", *rows]))
    samples = read(path)
    np.testing.assert_array_equal(pictures(samples), FACES)
    np.testing.assert_array_equal(samples.label, LABELS)


@pytest.mark.parametrize(
    ("row", "text", "message"),
    [
        (5, "1," + " ".join(["7"] * 15), r"row 5 \(line 7\): 15 pixels instead of 16"),
        (4, "9," + " ".join(["7"] * 16), r"row 4 \(line 6\): label 9 with 3 classes; allowed: 0 to 2, or angry"),
        (3, "1," + " ".join(["7"] * 15 + ["256"]), r"row 3 \(line 5\): '256' is no pixel"),
        (3, "1," + " ".join(["7"] * 15 + ["1234"]), r"row 3 \(line 5\): '1234' is no pixel"),
        (3, "1," + " ".join(["7"] * 15 + ["-5"]), r"row 3 \(line 5\): '-5' is no pixel"),
        (3, "1," + " ".join(["7"] * 15 + ["x"]), r"row 3 \(line 5\): 'x' is no pixel"),
        (2, "1", r"row 2 \(line 4\): 1 columns instead of 2"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, row, text, message):
    """Every mistake in a row says which row, which line, and what is allowed."""
    path = course_csv(tmp_path / "train.csv")
    lines = path.read_text().splitlines()
    lines[row + 1] = text
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "usage", "message"),
    [
        ("a,b\n1,2\n", None, "line 1: the header is 'a,b'; wanted are"),
        ("label,feature\n", None, "no row below the header"),
        ("label,feature\n1,1 2 3\n", None, "row 0 .*3 pixels make no square"),
        ("label,feature\n1,1 2 3 4\n", "Training", "no column Usage"),
        ("label,feature,Usage\n1,1 2 3 4,Training\n", "Trainig", "did you mean 'Training'"),
    ],
)
def test_a_wrong_file_says_what_is_wanted(tmp_path, content, usage, message):
    """A header, a first row or a filter that cannot be used is refused with the cure."""
    path = tmp_path / "train.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        read(path, usage)


@pytest.mark.parametrize(("name", "parts"), [("Usage", ("Training", "PrivateTest")), ("split", ("train", "test"))])
def test_of_training_data_with_parts_the_training_part_counts(tmp_path, name, parts):
    """FER2013's one file holds all three parts, and its test rows were not trained on; without parts all were."""
    path = tmp_path / "fer.csv"
    path.write_text(f"emotion,pixels,{name}\n" + "".join(f"{k},9 9 9 9,{part}\n" for k, part in enumerate(parts)))
    assert read_samples(DataSource("csv", path, training=True), CLASSES).index.tolist() == [0]
    path.write_text("emotion,pixels\n0,9 9 9 9\n1,9 9 9 9\n")
    assert len(read_samples(DataSource("csv", path, training=True), CLASSES)) == 2


def numbers(face, between=" ") -> str:
    return between.join(map(str, face.ravel().tolist()))


def table(header, row, count=9) -> str:
    """A header and a row for each of the first faces, of its label and itself."""
    return header + "".join(row(label, face) + "\n" for label, face in zip(LABELS[:count], FACES, strict=False))


COUNTED = [f"pixel{k}" for k in range(16)]
GRID = [f"{row}x{column}" for row in range(1, 5) for column in range(1, 5)]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (table(f"label,{','.join(COUNTED)}\n", lambda k, x: f"{k},{numbers(x, ',')}"), {}),
        (table(f"{','.join(COUNTED)},label\n", lambda k, x: f"{numbers(x, ',')},{k}"), {}),
        (table(f"label,{','.join(GRID)}\n", lambda k, x: f"{k},{numbers(x, ',')}"), {}),
        (table(f"label,{','.join(map(str, range(16)))}\n", lambda k, x: f"{k},{numbers(x, ',')}"), {}),
        (table(f"label;{';'.join(COUNTED)}\n", lambda k, x: f"{k};{numbers(x, ';')}"), {}),
        (table(f"label;{';'.join(COUNTED)}\n", lambda k, x: f"{k};{numbers(x * 1.0, ';').replace('.', ',')}"), {}),
        (table("label\tpixels\n", lambda k, x: f"{k}\t{numbers(x)}"), {}),
        (table("label;pixels\n", lambda k, x: f"{k};{numbers(x, ',')}"), {}),
        (table("label,pixels\n", lambda k, x: f'{k},"{numbers(x, ", ")}"'), {}),
        (table("label,pixels\n", lambda k, x: f'{k},"[{numbers(x, ", ")}]"'), {}),
        (table("label,pixels\n", lambda k, x: f"{k},{numbers(x, ',')}"), {}),
        (table("label,pixels,\n", lambda k, x: f"{k},{numbers(x)},"), {}),
        (table("label,pixels\n", lambda k, x: f"{k}.0,{numbers(x * 1.0)}"), {}),
        (table("label,pixels\n", lambda k, x: f"{k},{numbers(np.round(x / 255, 5))}"), {}),
        (table("label,pixels\n", lambda k, x: f"{k},{numbers(x / 127.5 - 1)}"), {"range": (-1, 1)}),
        (table("note,label,pixels\n", lambda k, x: f'"one, two",{k},{numbers(x)}'), {}),
        (table("cls,img\n", lambda k, x: f"{CLASSES[k][0]},{numbers(x)}"), {}),
        (table("cls,img\n", lambda k, x: f"{k},{numbers(x)}"), {"columns": {"label": "CLS", "pixels": "img"}}),
        (table(f"c,{','.join(COUNTED)}\n", lambda k, x: f"{k},{numbers(x, ',')}"), {"columns": {"label": "c"}}),
        (table("angry,happy,sad,pixels\n", lambda k, x: f"{k == 0:d},{k == 1:d},{k == 2:d},{numbers(x)}"), {}),
        (table("", lambda k, x: f"{k},{numbers(x)}"), {"columns": ("label", "pixels")}),
        (table("", lambda k, x: f"{k},{numbers(x, ',')}"), {"columns": ("label", "pixels")}),
        (table("", lambda k, x: f"{numbers(x, ',')},{k}"), {"columns": ("pixels", "label")}),
        (table("emotion,pixels\n", lambda k, x: f"{k},{numbers(x)}"), {"columns": ("label", "pixels")}),
        (table("label,pixels\n\n", lambda k, x: f"{k},{numbers(x)}\n"), {}),
        (table("label,pixels\n", lambda k, x: f"{k},{numbers(x)}").replace("\n", "\r"), {}),
        (table("sep=;\nlabel;pixels\n", lambda k, x: f"{k};{numbers(x, ',')}"), {}),
        (table("label;pixels\n", lambda k, x: f"{k};{numbers(x / 255).replace('.', ',')}"), {}),
        (table("label,pixels\n", lambda k, x: f'{k},"{numbers(x / 255).replace(".", ",")}"'), {}),
        (table(f"label,{','.join(COUNTED)}\n", lambda k, x: f'{k},"{numbers(x, chr(34) + "," + chr(34))}"'), {}),
        (table("label,pixels\n", lambda k, x: f'{k},"{x}"'), {}),
        (table("note,label,pixels\n", lambda k, x: f'"one\n\n""two""",{k},{numbers(x)}'), {}),
        (table("label,pixels,note\n", lambda k, x: f'{k},{numbers(x)},"one\ntwo, 12"" wide"'), {}),
        (table("label,pixels,note\n", lambda k, x: f'{k},{numbers(x)},12" wide'), {}),
        (table("", lambda k, x: f"{k} {numbers(x)}"), {"columns": ("label", "pixels")}),
        (table("label,pixels\n", lambda k, x: f"{k},{numbers(x, ',')},,"), {}),
    ],
)
def test_every_form_of_a_table_holds_the_same_pictures(tmp_path, text, asked):
    """Whatever separates the columns and the numbers, whatever the columns are called, with a header or without."""
    path = tmp_path / "faces.csv"
    path.write_bytes(text.encode())
    samples = read(path, **asked)
    stored = pictures(samples)
    np.testing.assert_allclose(stored if stored.dtype == np.uint8 else stored * 255, FACES, atol=0.01)
    assert samples.label.tolist() == LABELS.tolist()
    assert samples.questions == ()


@pytest.mark.parametrize(
    ("codec", "asked"),
    [
        *[("utf-8-sig", None), ("utf-16", None), ("utf-16-le", None), ("utf-16-be", None), ("utf-32", None)],
        *[("big5", "big5"), ("gb18030", "gb18030"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8")],
    ],
)
def test_an_encoding_is_told_or_said(tmp_path, codec, asked):
    """By its mark, by the look of it, by the spec; in small blocks too."""
    path = tmp_path / "faces.csv"
    path.write_bytes(table("標籤,pixels\r\n", lambda k, x: f"{CLASSES[k][1]},{numbers(x)}\r").encode(codec))
    samples = read(path, encoding=asked)
    np.testing.assert_array_equal(pictures(samples), FACES)
    assert samples.label.tolist() == LABELS.tolist()


def test_a_table_too_large_to_be_kept_is_parsed_again(tmp_path, monkeypatch):
    """Where there is no room the pictures are the same, in whatever order they are asked for."""
    monkeypatch.setattr("generator.data.pixel_table.KEPT", 20)
    monkeypatch.setattr("generator.data.table_lines.BLOCK", 150)
    monkeypatch.setattr("generator.data.pixel_table.BLOCK", 100)
    samples = read(course_csv(tmp_path / "train.csv"))
    np.testing.assert_array_equal(pictures(samples), FACES)
    some = np.array([8, 0, 3])
    np.testing.assert_array_equal(samples.decode(some), FACES[some])
    (tmp_path / "train.csv").write_text("label,feature\n0,1 2 3 4\n")
    with pytest.raises(DataError, match="was changed while it was read"):
        samples.decode(some)


def test_a_field_may_be_of_any_length(tmp_path):
    """224×224 pixels in one field, and in colours."""
    path = tmp_path / "large.csv"
    large = RNG.integers(100, 256, (2, 224, 224, 3), dtype=np.uint8)
    path.write_text("label,pixels\n" + "".join(f"{k},{numbers(x)}\n" for k, x in enumerate(large)))
    np.testing.assert_array_equal(pictures(read(path)), large)


@pytest.mark.parametrize("reading", [None, "names", "from 0"])
def test_labels_are_decided_over_all_blocks(tmp_path, monkeypatch, reading):
    """Of classes 1, 2, 3 a table of all three holds names; of 1 and 2 alone it asks, whatever its blocks are."""
    monkeypatch.setattr("generator.data.table_lines.BLOCK", 64)
    numbered = (("1",), ("2",), ("3",))
    path = course_csv(tmp_path / "all.csv", labels=LABELS + 1)
    if reading is None:
        assert read_samples(DataSource("csv", path), numbered).label.tolist() == LABELS.tolist()
    path = course_csv(tmp_path / "two.csv", labels=LABELS % 2 + 1)
    samples = read_samples(DataSource("csv", path, labels=reading), numbered)
    assert samples.label.tolist() == (LABELS % 2 + (reading == "from 0")).tolist()
    assert len(samples.questions) == (reading is None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table("", lambda k, x: f"{k},{numbers(x)}"), r"line 1: a row already, .*`columns: \[label, pixels\]`"),
        (table("", lambda k, x: f"{k},{numbers(x, ',')}"), r"line 1: a row already, .*`columns: \[label, pixels\]`"),
        (
            table("標籤,pixels\n", lambda k, x: f"{CLASSES[k][1]},{numbers(x)}").encode("big5"),
            "line 1: not in UTF-8; .*`encoding: big5` or `encoding: gb18030`",
        ),
        (
            table("label,pixels\n", lambda k, x: f"{CLASSES[k][1]},{numbers(x)}").encode("big5"),
            "the column 'label': not in UTF-8; say in `data` which encoding it has, `encoding: big5`$",
        ),
        (table("label,pixels\n", lambda k, x: f"{k},{numbers(x[:3])}"), r"12 pixels make no square.*`size: \[3, 4\]`"),
        (table("label,pixels\n", lambda k, x: f"{k},[0 1 ... 2 3]"), "row 0 .*cut short by `...`, as NumPy prints"),
        (
            table(f"{','.join(map(str, range(17)))}\n", lambda k, x: f"{k},{numbers(x, ',')}"),
            "line 1: the columns 0 to 16 are one more than .*`columns: {label: '0'}` or `columns: {label: '16'}`",
        ),
        (
            table(
                f"{','.join([*COUNTED[:4], 'label', *COUNTED[4:8]])}\n",
                lambda k, x: f"{numbers(x[0], ',')},{k},{numbers(x[1], ',')}",
            ),
            "line 1: the columns 'pixel0' to 'pixel3' and 'pixel4' to 'pixel7' may all be pixels; put what is between",
        ),
        (
            table("label,a0,a1,a2,a3,b0,b1,b2,b3\n", lambda k, x: f"{k},{numbers(x[:2], ',')}"),
            "line 1: the columns 'a0' to 'a3' and 'b0' to 'b3' may all be pixels; .*`columns: {pixels: a}`",
        ),
        (
            table(f"label,{','.join(COUNTED)}\n", lambda k, x: f"7,{k},{numbers(x, ',')}"),
            "line 2: 18 columns, where the header names 17; give each a name",
        ),
        (table("label,pixels\n", lambda k, x: f"{k}"), r"row 0 \(line 2\): 1 columns instead of 2"),
        (table("label,pixels\n\n", lambda k, x: f"{k},{'a ' * 16}"), r"row 0 \(line 3\): 'a' is no pixel"),
        (
            table(f"label,{','.join(COUNTED)}\n", lambda k, x: f"{k},{numbers(x, ',')}").replace(",", ",,", 17),
            r"line 2: 2 columns, where|row 0 \(line 2\)|wanted are|18 columns",
        ),
        (f"label,{','.join('p' + '9' * 5000 + str(k) for k in range(16))}\n0{',1' * 16}\n", "line 1|row 0"),
        (",".join(["9" * 5000] * 5) + "\n1,2,3,4,5\n", "a row already"),
        ("label,pixels\n" + "7" * 5000 + ",1 2 3 4\n", r"label 7{54}… with 3 classes"),
        (table("one,two,pixels\n", lambda k, x: f"{k},{k},{numbers(x)}"), "several columns hold classes; .*label: one"),
        ("", "faces.csv: is empty"),
    ],
)
def test_what_a_table_leaves_open_is_asked(tmp_path, text, message):
    """With the key of `data` that answers."""
    path = tmp_path / "faces.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError, match=message):
        read(path)


def test_a_column_that_may_be_the_label_is_taken_with_a_question(tmp_path):
    """The only one that holds nothing but numbers of classes; one that counts the rows is none."""
    path = tmp_path / "faces.csv"
    path.write_text(table("digit,pixels\n", lambda k, x: f"{k},{numbers(x)}"))
    samples = read(path)
    assert samples.label.tolist() == LABELS.tolist()
    assert "`columns: {label: digit}`" in samples.questions[0]
    path.write_text(table(",pixels\n", lambda k, x: f"{k},{numbers(x)}"))
    assert not read(path).labelled


def test_more_bits_are_read_with_a_question(tmp_path):
    """12 bits by what they reach; a single value beyond the others is wrong instead."""
    path = tmp_path / "faces.csv"
    path.write_text(table("label,pixels\n", lambda k, x: f"{k},{numbers(x.astype(int) * 16)}"))
    samples = read(path)
    np.testing.assert_allclose(pictures(samples), FACES.astype(int) * 16 / 4095, atol=1e-6)
    assert "`range: [0, 4095]`" in samples.questions[0]


def test_one_cure_for_a_table_whose_columns_are_counted(tmp_path):
    """As it is said."""
    path = tmp_path / "faces.csv"
    path.write_text(table(f"{','.join(map(str, range(17)))}\n", lambda k, x: f"{k},{numbers(x, ',')}"))
    samples = read(path, columns={"label": "0"})
    np.testing.assert_array_equal(pictures(samples), FACES)
    assert samples.label.tolist() == LABELS.tolist()


def test_a_first_row_that_is_cut_short_is_named(tmp_path):
    """And not the second one."""
    path = tmp_path / "faces.csv"
    lines = table(f"label,{','.join(COUNTED)}\n", lambda k, x: f"{k},{numbers(x, ',')}").splitlines()
    path.write_text("\n".join([lines[0], lines[1].rpartition(",")[0], *lines[2:]]))
    with pytest.raises(DataError, match=r"row 0 \(line 2\): 15 pixels instead of 16"):
        read(path)


def test_a_line_is_counted_as_an_editor_does(tmp_path):
    """With blank ones, and fields over several."""
    path = tmp_path / "faces.csv"
    path.write_text('label,note,pixels\n\n0,"a\n\nb",1 2 3 4\n\n1,x,1 2 3\n')
    with pytest.raises(DataError, match=r"row 1 \(line 7\): 3 pixels instead of 4"):
        read(path)
    path.write_text('label,note,pixels\n\n0,"a\n\nb",1 2 3 4\n\n8,x,1 2 3 4\n')
    with pytest.raises(DataError, match=r"row 1 \(line 7\): label 8"):
        read(path)


def test_limits_hold_for_tables(tmp_path):
    """Of the file, and of the numbers in a row."""
    path = course_csv(tmp_path / "train.csv")
    with pytest.raises(DataError, match=r"more than the 50 bytes that a file may have; `limits: {file: "):
        read(path, limits=Limits(file=50))
    with pytest.raises(DataError, match=r"16 pixels, more than the 15 that a picture may have; `limits: {pixels: 16}`"):
        read(path, limits=Limits(pixels=15))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04", "a spreadsheet; unpack it, or save it as CSV"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"PAR1", "Parquet"),
        (b"\x93NUMPY", "did you mean `source: npz`"),
        (b"\x89PNG\r\n", "did you mean `source: folder`"),
        (b"\x89HDF", "HDF5"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(tmp_path, content, what):
    """With the way to one."""
    (tmp_path / "faces.csv").write_bytes(content + bytes(50))
    with pytest.raises(DataError, match=f"is no table but .*{what}"):
        read(tmp_path / "faces.csv")


DAMAGED = {  # forms whose rows are damaged, each with what separates its columns
    "field": (",", table("label,pixels\n", lambda k, x: f"{k},{numbers(x)}")),
    "parts": (",", table("label,pixels,Usage\n", lambda k, x: f'"{k}","{numbers(x)}",train')),
    "wide": (",", table(f"label,{','.join(COUNTED)}\n", lambda k, x: f"{k},{numbers(x, ',')}")),
    "last": (",", table(f"{','.join(COUNTED)},label\n", lambda k, x: f"{numbers(x, ',')},{k}")),
    "decimal": (
        ";",
        table(f"label;{';'.join(COUNTED)}\n", lambda k, x: f"{k};{numbers(x / 255, ';')}".replace(".", ",")),
    ),
    "note": (",", table("note,label,pixels\n", lambda k, x: f'"one\n, ""two""",{k},{numbers(x)}')),
}
PIECES = [
    '"',
    ",",
    ";",
    "\n",
    "\r",
    "\t",
    " ",
    "0",
    "9",
    ".",
    "-",
    "e",
    "[",
    "x",
    "nan",
    "\0",
    "|",
    "/",
    "1e5",
    '""',
    "\xff",
]


def as_python_reads(text, separator):
    """The labels and pixels of a table by the csv module alone."""
    rows = csv.reader(io.StringIO(text.replace("\r", " ")), delimiter=separator, skipinitialspace=True, strict=True)
    header, *rows = [row for row in rows if any(field.strip() for field in row)]
    rows = [[field.strip() for field in row] for row in rows]
    if any(len(row) > len(header) and any(row[len(header) :]) for row in rows):
        raise ValueError("too many columns")
    place = [column for column, name in enumerate(header) if name.startswith("pixel")]
    fields = [" ".join(row[column].replace(",", ".") for column in place) for row in rows]
    words = [row[header.index("label")] for row in rows]
    return [float(word) if word not in ("", "nan") else -1 for word in words], [
        [float(word) for word in f.split()] for f in fields
    ]


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_rows_are_read_as_python_reads_them_or_refused(tmp_path, name):
    """Whatever was put in, taken out or exchanged; in one line of words."""
    separator, text = DAMAGED[name]
    head = text.index("\n") + 1
    rng = np.random.default_rng(24)
    for _ in range(150):
        place, cut = int(rng.integers(head, len(text))), int(rng.choice([0, 0, 1, 1, 9]))
        damaged = text[:place] + PIECES[int(rng.integers(len(PIECES)))] * int(rng.integers(2)) + text[place + cut :]
        (tmp_path / "faces.csv").write_bytes(damaged.encode())
        try:
            samples = read(tmp_path / "faces.csv", range=(0, 255), labels="from 0")
            found = pictures(samples).reshape(len(samples), -1)
        except DataError as error:
            assert "\n" not in str(error)
            assert len(str(error)) < 500
            continue
        labels, values = as_python_reads(damaged, separator)
        np.testing.assert_allclose(found * (1 if found.dtype == np.uint8 else 255), np.clip(values, 0, 255), atol=1e-3)
        assert samples.label.tolist() == labels
