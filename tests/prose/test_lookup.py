"""What prose looks up by name, and what is said where it is not there."""

import numpy as np
import pytest

from generator.errors import InputError
from generator.prose.lookup import NotBuiltError, one_of, row_class
from tests.conftest import batch_of
from tests.fixtures.closed_form import LinearClassifier
from tests.prose.test_numbers import figures, numbers


def test_a_name_that_is_not_there_is_told_with_the_nearest():
    """A mistake of the author's."""
    assert one_of("cat", ("cat", "dog"), "class") == "cat"
    with pytest.raises(InputError, match="unknown class 'dgo'; did you mean 'dog'"):
        one_of("dgo", ("cat", "dog"), "class")


def test_a_figure_that_was_not_built_is_no_mistake():
    """It failed, or is left out of this build."""
    n = numbers()
    with pytest.raises(NotBuiltError):
        type(n)(n.facts, n.words, {}, n.figure_numbers)._part("maps")


def test_a_row_stands_for_its_label_or_for_what_is_explained():
    """Where it has none."""
    part = figures()["maps"].parts[0]
    assert row_class(part).tolist() == np.where(part.batch.label >= 0, part.batch.label, part.batch.target).tolist()
    unlabelled = batch_of(LinearClassifier(np.zeros((4, 4, 1, 3), np.float32)), np.ones((1, 4, 4, 1)), target=[2])
    assert row_class(type(part)(part.artefact, unlabelled)).tolist() in ([2], [int(unlabelled.label[0])])
