"""The confusion matrix against scikit-learn's and against the evaluation it comes from."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as oracle

from generator.errors import DataError
from generator.methods.confusion_matrix import confusion_matrix
from generator.samples import Evaluation
from tests.conftest import request_of

IMAGES = np.zeros((1, 48, 48, 1), np.float32)


def evaluation(label, prediction) -> Evaluation:
    return Evaluation(np.array(label, np.int64), np.array(prediction, np.int64), None, "faces.evaluation.csv", "")


def test_the_counts_are_scikit_learns(linear):
    """Rows are labels, columns predictions, and the accuracy is that of the evaluation."""
    random = np.random.default_rng(0)
    given = evaluation(random.integers(0, 2, 200), random.integers(0, 2, 200))
    found = confusion_matrix(request_of(linear, IMAGES, evaluation=given))
    np.testing.assert_array_equal(found.counts, oracle(given.label, given.prediction))
    assert found.facts["accuracy"] == given.accuracy
    assert found.facts["n"] == 200


@pytest.mark.parametrize(("normalize", "sklearn"), [("none", "all"), ("label", "true"), ("predicted", "pred")])
def test_the_shares_are_scikit_learns(linear, normalize, sklearn):
    """Shares of all, of the row or of the column."""
    given = evaluation([0, 0, 1, 1, 1], [0, 1, 1, 1, 0])
    found = confusion_matrix(request_of(linear, IMAGES, evaluation=given), normalize=normalize)
    expected = oracle(given.label, given.prediction, normalize=sklearn)
    np.testing.assert_allclose(found.shares, expected, atol=1e-6)


def test_a_class_without_images_has_no_share(linear):
    """A row of zeros stays zero instead of dividing by it."""
    found = confusion_matrix(request_of(linear, IMAGES, evaluation=evaluation([0, 0], [0, 1])), normalize="label")
    assert found.shares[1].tolist() == [0, 0]


def test_without_an_evaluation_the_cure_is_named(linear):
    """The message says which key of the spec is missing."""
    with pytest.raises(DataError, match=r"name `evaluation: FILE\.csv` with the columns y_true,y_pred"):
        confusion_matrix(request_of(linear, IMAGES))


@pytest.mark.parametrize("wrong", [evaluation([0, 2], [0, 1]), evaluation([0, 1], [0, 2])])
def test_numbers_beyond_the_classes_are_refused(linear, wrong):
    """A label or prediction that the model cannot have is an error of the data, not a row lost."""
    with pytest.raises(DataError, match="holds 2; the classes are 0 to 1"):
        confusion_matrix(request_of(linear, IMAGES, evaluation=wrong))
