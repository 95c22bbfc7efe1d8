"""The numbers of a report beside its figures, against counts worked out by hand."""

import pytest

from tests.prose.test_numbers import numbers


def test_recall_precision_and_confusions_are_the_counts_of_the_evaluation():
    """4 cats of which 2 are right, 1 a dog, 1 an owl; 3 predicted dogs of which 2 are right."""
    n = numbers()
    assert n.recall("cat") == 0.5 and str(n.recall("cat")) == "50%"
    assert n.precision("dog") == pytest.approx(2 / 3)
    assert (n.support("cat"), n.accuracy()) == (4, pytest.approx(4 / 7))
    assert n.confusion("owl", "cat") == 1.0


def test_classes_come_in_the_order_of_their_recall_and_read_in_the_language():
    """Ids compare, names print."""
    assert n_ids(numbers().best_classes(2)) == ["dog", "cat"]
    assert str(numbers().best_classes(2)) == "Dog and Cat"
    assert str(numbers("zh-Hant").worst_classes(3)) == "貓頭鷹、貓和狗"


def n_ids(names):
    return [name + "" for name in names]


def test_without_an_evaluation_its_numbers_are_unknown():
    """An unknown quantity prints a dash and is known to be unknown."""
    n = numbers(evaluation=False)
    assert str(n.accuracy()) == "–" and not n.accuracy().known
    assert n.best_classes(3) == ()
