"""Training curves are the numbers of the log, in the forms that people have it."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.errors import DataError, ParameterError
from generator.methods.training_curves import read_log, training_curves
from tests.conftest import request_of

LOG = """epoch,accuracy,learning_rate,loss,val_accuracy,val_loss
0,0.3,0.1,1.9,0.2,1.8
1,0.5,0.1,1.5,0.4,1.2
2,0.6,0,1.2,0.4,1.3
"""


@pytest.fixture
def request_(linear, tmp_path):
    (tmp_path / "history.csv").write_text(LOG, encoding="utf-8")
    return replace(request_of(linear, np.zeros((1, 48, 48, 1))), folder=tmp_path)


def test_the_usual_quantities_are_shown(request_):
    """Loss and accuracy with their validation; the epoch of the lowest validation loss is a fact."""
    found = training_curves(request_, path=Path("history.csv"))
    assert found.names == ("loss", "val_loss", "accuracy", "val_accuracy")
    np.testing.assert_allclose(found.values[1], [1.8, 1.2, 1.3], atol=1e-6)
    assert found.epoch.tolist() == [1, 2, 3]
    assert found.facts["best_epoch"] == 2
    assert found.facts["best_val_loss"] == pytest.approx(1.2)


def test_quantities_can_be_chosen(request_):
    """Any column of the log, in the order asked for; an unknown one is refused with the nearest known."""
    rates = training_curves(request_, path=Path("history.csv"), quantities=("learning_rate",))
    np.testing.assert_allclose(rates.values, [[0.1, 0.1, 0]], atol=1e-6)
    with pytest.raises(ParameterError, match="the log has no 'val_los'; did you mean 'val_loss'"):
        training_curves(request_, path=Path("history.csv"), quantities=("val_los",))


def test_without_a_file_the_parameter_is_named(request_):
    """The message shows how to say it."""
    with pytest.raises(ParameterError, match=r"params: {path: history\.csv}"):
        training_curves(request_)


def log(tmp_path, text: str, name: str = "log.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return read_log(file)


def test_the_csv_of_keras_is_read(tmp_path):
    """Epochs count from 1 for a reader, where Keras counts from 0; words are no quantity."""
    found = log(tmp_path, "epoch,loss,note,val_loss\n0,2.0,start,2.5\n1,1.5,,NA\n")
    assert found.epoch.tolist() == [1, 2]
    assert found.names == ("loss", "val_loss")
    np.testing.assert_array_equal(found.values, np.array([[2.0, 1.5], [2.5, np.nan]], np.float32))


def test_epochs_that_count_from_one_stay(tmp_path):
    """Not every log is Keras'; a semicolon separates too."""
    assert log(tmp_path, "epoch;loss\n1;2.0\n2;1.5\n3;1\n").epoch.tolist() == [1, 2, 3]


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: {"history": x, "params": {"epochs": 2}}])
def test_the_history_is_read_from_json(tmp_path, wrap):
    """As `History.history` or inside an object that has it."""
    found = log(tmp_path, json.dumps(wrap({"loss": [2.0, 1.0], "accuracy": [0.1, 0.6]})), "history.json")
    assert found.epoch.tolist() == [1, 2]
    assert found.names == ("loss", "accuracy")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no epoch"),
        ("epoch,loss\n", "holds no epoch"),
        ("epoch,loss\n1,2\n2\n", ":3: 1 values under 2 names"),
        ("epoch,note\n1,good\n", "no quantity in numbers"),
        ("epoch,loss\n1,2\nlast,2\n", "an epoch is no number"),
        ('{"loss": [1, 2], "accuracy": [0.5]}', r"different numbers of epochs: \[1, 2\]"),
        ('{"loss": [1, 2}', ":1:15: not JSON"),
        ('{"loss": [' + "9" * 5_000 + "]}", "not a log of a training, in JSON or CSV"),
        ('{"loss": ' + "[" * 100_000 + "}", "not a log of a training, in JSON or CSV"),
        ('{"loss": [1e999, Infinity, 1e300]}', "holds no quantity in numbers"),
        ("epoch,loss\n" + "9" * 5_000 + ",1\n", "an epoch is no number"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, message):
    """Every message begins with the file."""
    with pytest.raises(DataError, match=message):
        log(tmp_path, text)


def test_a_file_that_is_not_there_is_said(tmp_path):
    """The path is in the message."""
    with pytest.raises(DataError, match=r"nothing\.csv: no such file"):
        read_log(tmp_path / "nothing.csv")


def test_what_is_no_log_is_said_at_once(tmp_path):
    """A pipe, what is no text, a file that is far too large."""
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0")
    with (tmp_path / "hole.csv").open("wb") as file:
        file.truncate(10**9)
    words = {"pipe": "a named pipe, where", "photo": "not a log of a training", "hole": "1 GB, where a file of 64 MB"}
    for name, message in words.items():
        with pytest.raises(DataError, match=rf"{name}\.csv: {message}"):
            read_log(tmp_path / f"{name}.csv")
