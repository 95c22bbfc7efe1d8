"""CSV files of pictures: what is read, in bulk or row by row, and what is said of a row that is wrong."""

import hashlib

import numpy as np
import pytest

from generator.data.csv_source import read_csv
from generator.errors import DataError

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))
RNG = np.random.default_rng(3)
FACES = RNG.integers(0, 256, (9, 4, 4), dtype=np.uint8)
LABELS = np.arange(9) % 3


def read(path, usage=None):
    return read_csv(path, CLASSES, usage).samples


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
    monkeypatch.setattr("generator.data.csv_source.BLOCK", 64)
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
        (2, " ," + " ".join(["7"] * 16), r"row 2 \(line 4\): label missing"),
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
