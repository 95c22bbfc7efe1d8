"""The labels and parts of a table, by the words of its columns."""

from pathlib import Path

import pytest

from generator.data.data_source import DataSource
from generator.data.table_form import TableForm
from generator.data.table_labels import labels_of, rows_of_part
from generator.errors import DataError

CLASSES = (("cat", "貓"), ("dog", "狗"))
HERE = Path(__file__)


def labels(names, *columns, label=-1, reading=None):
    form = TableForm(",", names, True, label=label)
    source = DataSource("csv", HERE, labels=reading)
    found, questions = labels_of(source, "row {}".format, form, dict(enumerate(columns)), 3, CLASSES)
    return found.tolist(), questions


def test_a_label_column_is_read_as_a_whole():
    """Names, numbers, numbers from 1 if that is said; without any column nothing is labelled."""
    assert labels(("y",), ["cat", "狗", "Cat"], label=0) == ([0, 1, 0], ())
    assert labels(("y",), ["1", "2", "1"], label=0, reading="from 1") == ([0, 1, 0], ())
    assert labels(()) == ([-1, -1, -1], ())
    with pytest.raises(DataError, match="row 1: label cow"):
        labels(("y",), ["cat", "cow", "cat"], label=0)


def test_a_column_of_classes_is_the_label():
    """Names at once, numbers with a question; one that counts the rows is none, and two are asked for."""
    assert labels(("id", "kind"), ["0", "1", "0"], ["cat", "dog", "cat"]) == ([0, 1, 0], ())
    found, questions = labels(("id", "k"), ["0", "1", "0"], ["0", "1", "1"])
    assert (found, len(questions)) == ([0, 1, 1], 1)
    with pytest.raises(DataError, match=r"several columns hold classes; .*label: a}` or `columns: {label: b}`"):
        labels(("a", "b"), ["cat", "dog", "cat"], ["dog", "dog", "cat"])


def test_a_column_a_class_holds_a_single_one():
    """Votes are no labels."""
    assert labels(("dog", "貓"), ["0", "1.0", "0"], ["1", "0", "1.0"]) == ([0, 1, 0], ())
    assert labels(("dog", "cat"), ["3", "5", "0"], ["7", "5", "10"])[0] == [-1, -1, -1]
    assert labels(("dog", "cat"), ["-1", "1", "-1"], ["1", "-1", "1"]) == ([0, 1, 0], ())


@pytest.mark.parametrize(
    ("dog", "cat", "message"),
    [
        (["0", "1", "1"], ["1", "1", "0"], "row 1: 2 of the columns of the classes are 1; several labels a picture"),
        (["-1", "1", "1"], ["1", "-1", "1"], "row 2: 2 of the columns"),
        (["0", "0", "1"], ["1", "0", "0"], "row 1: 0 of the columns"),
    ],
)
def test_several_labels_a_picture_are_not_read(dog, cat, message):
    """And said so, whether what is not there is 0 or -1."""
    with pytest.raises(DataError, match=message):
        labels(("dog", "cat"), dog, cat)


@pytest.mark.parametrize(
    ("usage", "training", "rows"), [(None, False, [0, 1, 2]), ("TEST", False, [1]), (None, True, [0, 2])]
)
def test_parts_are_told_by_their_word(usage, training, rows):
    """Whatever its case; of training data the part for training."""
    form = TableForm(",", ("split",), True, usage=0)
    source = DataSource("csv", HERE, usage, training=training)
    assert rows_of_part(source, form, {0: ["train", "test", "train"]}, 3).tolist() == rows


def test_labels_that_are_missing_are_counted():
    """Whatever a table writes for them; -1 and 1 of two classes are both labels."""
    found, questions = labels(("y",), ["cat", "", "NaN"], label=0)
    assert (found, len(questions)) == ([0, -1, -1], 1)
    assert "2 of 3 pictures are read as unlabelled" in questions[0]
    found, questions = labels(("y",), ["-1", "1", "-1"], label=0)
    assert (found, len(questions)) == ([0, 1, 0], 1)
