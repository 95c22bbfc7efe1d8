"""Training curves are the numbers of the log."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.methods.training_curves import training_curves
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
