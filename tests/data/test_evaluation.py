"""The evaluation, read from a file or computed, and the mistakes in such a file."""

import numpy as np
import pytest

from generator.data.evaluation import evaluation_of, read_evaluation
from generator.errors import DataError
from generator.samples import Samples

CLASSES = (("angry", "生氣"), ("happy", "高興"))
GOOD = "y_true,y_pred,p_angry,p_happy\n0,0,0.7,0.3\n1,0,0.6,0.4\n1,1,0.1,0.9\n"


def read(tmp_path, text):
    path = tmp_path / "model.evaluation.csv"
    path.write_text(text)
    return read_evaluation(path, CLASSES)


def test_labels_predictions_and_probabilities_are_read(tmp_path):
    """Numbers as written, and the accuracy that follows: two of three."""
    found = read(tmp_path, GOOD)
    assert found.label.tolist() == [0, 1, 1]
    assert found.prediction.tolist() == [0, 0, 1]
    np.testing.assert_allclose(found.probability, [[0.7, 0.3], [0.6, 0.4], [0.1, 0.9]])
    assert found.accuracy == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "text",
    [
        "y_true,y_pred,p_happy,p_angry\n0,0,0.3,0.7\n1,0,0.4,0.6\n1,1,0.9,0.1\n",
        "p_0,p_1,y_pred,y_true\n0.7,0.3,0,0\n0.6,0.4,0,1\n0.1,0.9,1,1\n",
        "y_true,y_pred,p_生氣,p_高興\nangry,生氣,0.7,0.3\nhappy,angry,0.6,0.4\n1,高興,0.1,0.9\n\n",
    ],
)
def test_columns_may_come_in_any_order_and_classes_in_words(tmp_path, text):
    """By number, id or name: the same evaluation."""
    ours, theirs = read(tmp_path, text), read(tmp_path, GOOD)
    np.testing.assert_array_equal(ours.label, theirs.label)
    np.testing.assert_array_equal(ours.prediction, theirs.prediction)
    np.testing.assert_allclose(ours.probability, theirs.probability)


def test_probabilities_may_be_left_out(tmp_path):
    """A confusion matrix needs none."""
    assert read(tmp_path, "y_true,y_pred\n0,1\n").probability is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no row below the header"),
        ("y_true,y_pred\n", "no row below the header"),
        ("true,y_pred\n0,1\n", "line 1: no column y_true"),
        ('"true\n",y_pred\n0,1\n', "line 1: no column y_true; the header is 'true ?,y_pred'"),
        ("y_true,y_pred\n0,1\n5,1\n", "line 3: y_true is '5' with 2 classes; allowed: 0 to 1, or angry, happy"),
        ("y_true,y_pred\n0\n", "line 2: 1 columns instead of 2"),
        ("y_true,y_pred\n0,\n", "line 2: y_pred is ''"),
        ("y_true,y_pred\n0,1\n\n0,1,1\n", "line 4: 3 columns instead of 2"),
        ('y_true,y_pred\n0,"1\n1,1\n', "line 2: a quote in it is not closed"),
        (GOOD.replace("0.6,0.4", "1e300,0.4"), r"line 3: the probabilities sum to 1e\+300"),
        ("PK\x03\x04", "is no table but an archive or a spreadsheet"),
        ("y_true,y_pred,p_angry\n0,0,1\n", "no column p_happy"),
        ("y_true,y_pred,p_angry,p_hapy\n0,0,1,0\n", "column p_hapy; did you mean 'p_happy'"),
        (GOOD.replace("0.6,0.4", "0.6,0.6"), "line 3: the probabilities sum to 1.2 instead of 1"),
        (GOOD.replace("0.6,0.4", "1.4,-0.4"), "line 3: the probabilities sum"),
        (
            GOOD.replace("0.6,0.4", "0.4,0.6"),
            "line 3: y_pred is class 0, but the highest probability is that of class 1",
        ),
        (GOOD.replace("0.6,0.4", "0.6,no"), "line 3: a probability is missing or not a number"),
        (GOOD.replace("0.6,0.4", "nan,nan"), "line 3: the probabilities sum to nan"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(tmp_path, text, message):
    """Each mistake in the file says where it stands and what is allowed."""
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    """No file, no traceback."""
    with pytest.raises(DataError, match=r"no\.csv: no such file"):
        read_evaluation(tmp_path / "no.csv", CLASSES)


def test_an_evaluation_is_computed_from_labelled_samples_alone():
    """Rows without a label do not count."""
    samples = Samples(np.arange(3), np.array([0, -1, 1]), lambda positions: [], "faces", "abc")
    found = evaluation_of(samples, np.array([[0.9, 0.1], [0.5, 0.5], [0.8, 0.2]], np.float32))
    assert found.label.tolist() == [0, 1]
    assert found.prediction.tolist() == [0, 0]
    assert found.accuracy == 0.5
    assert found.digest == "abc"


def test_classes_called_by_numbers_are_names_here_too(tmp_path):
    """Of classes 1, 2, 3 a label 1 is the first, in both columns and in those of the probabilities."""
    numbered = (("1",), ("2",), ("3",))
    path = tmp_path / "evaluation.csv"
    path.write_text("y_true,y_pred,p_1,p_2,p_3\n1,1,.8,.1,.1\n2,1,.6,.3,.1\n")
    found = read_evaluation(path, numbered)
    assert (found.label.tolist(), found.prediction.tolist()) == ([0, 1], [0, 0])
    assert "label 1 is read as '1'" in found.questions[0]
    assert read_evaluation(path, numbered, "names").questions == ()


@pytest.mark.parametrize(("codec", "separator"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16-le", ",")])
def test_an_evaluation_is_a_table_like_others(tmp_path, codec, separator):
    """Whatever separates its columns, in any Unicode; another encoding is named."""
    path = tmp_path / "evaluation.csv"
    text = "y_true,y_pred\r\n生氣,高興\r\n\r\n高興,高興\r\n".replace(",", separator)
    path.write_bytes(text.encode(codec))
    found = read_evaluation(path, (("angry", "生氣"), ("happy", "高興")))
    assert (found.label.tolist(), found.prediction.tolist()) == ([0, 1], [1, 1])
    path.write_bytes(text.encode("big5"))
    with pytest.raises(DataError, match=r"cannot be read as CSV: .*; save it in UTF-8"):
        read_evaluation(path, CLASSES)


def test_a_damaged_evaluation_is_read_as_it_stands_or_refused(tmp_path):
    """In a line of words; nothing that was put in or taken out changes a row that is read."""
    rng, pieces = (
        np.random.default_rng(24),
        ['"', ",", ";", "\n", "\r", "\t", " ", "0", "9", ".", "-", "nan", "1e999", "\0", "x"],
    )
    for _ in range(300):
        place, cut = int(rng.integers(len(GOOD))), int(rng.choice([0, 1, 9]))
        text = GOOD[:place] + pieces[int(rng.integers(len(pieces)))] + GOOD[place + cut :]
        try:
            found = read(tmp_path, text)
        except DataError as error:
            assert "\n" not in str(error)
            assert len(str(error)) < 500
            continue
        rows = [
            [word.strip() for word in line.split(",")] for line in text.replace('"', "").splitlines() if line.strip()
        ]
        true, predicted = (rows[0].index(name) for name in ("y_true", "y_pred"))
        assert found.label.tolist() == [float(row[true]) for row in rows[1:]]
        assert found.prediction.tolist() == [float(row[predicted]) for row in rows[1:]]
