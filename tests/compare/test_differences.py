"""Numbers of two sites: which they are, whether they differ, and by how much."""

import numpy as np
import pytest

from generator.compare.differences import Moved, held, judged, moved, numbers_in, same
from generator.compare.per_image import PerImage, of_counts
from generator.evidence.estimates import Estimate, Sums

ROUGH = {"mean": 0.5, "low": 0.4, "high": 0.6, "n": 20}


def test_numbers_go_by_their_path():
    """An estimate is one number; what is told elsewhere is none."""
    tree = {"a": {"b": ROUGH, "verdict": {"x": 1}}, "n": 3, "name": "conv", "list": [1, [2.5]], "nothing": None}
    assert dict(numbers_in(tree)) == {
        ("a", "b"): Estimate(0.5, 0.4, 0.6, 20),
        ("n",): 3.0,
        ("name",): "conv",
        ("list",): (1.0, (2.5,)),
        ("nothing",): None,
    }


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (0.3, 0.3 + 1e-9, True),
        (0.3, 0.301, False),
        (Estimate(0.5, 0.4, 0.6, 8), Estimate(0.5 + 1e-9, 0.4, 0.6, 8), True),
        (Estimate(0.5, 0.4, 0.6, 8), Estimate(0.5, 0.4, 0.6, 9), False),
        ((1.0, (2.0,)), (1.0, (2.0 + 1e-9,)), True),
        ((1.0,), (1.0, 2.0), False),
        ("a", "a", True),
        (None, 0.0, False),
        (1.0, "1.0", False),
    ],
)
def test_the_last_digits_of_another_machine_are_no_change(one, other, alike):
    """Anything else is."""
    assert same(one, other) is alike


def test_a_difference_is_now_less_before():
    """Of estimates alone; a number that came or went has none."""
    found = {one.path: one for one in moved({"a": ROUGH, "b": 1}, {"a": {**ROUGH, "mean": 0.58}, "c": "x"})}
    assert found["a",].difference.mean == pytest.approx(0.08)
    assert (found["b",].before, found["b",].now, found["b",].difference) == (1.0, None, None)
    assert (found["c",].before, found["c",].now) == (None, "x")


def test_more_claims_ask_for_more():
    """A difference that holds alone does not hold among a thousand."""
    one = Moved(("a",), 0.0, 0.0, Sums.of(np.random.default_rng(0).normal(0.5, 1, 40)).estimate())
    assert [held([one], claims)[0].holds for claims in (1, 1000)] == [True, False]
    assert held([one], 1)[0].course == "up"


def predicted(right: int, n: int = 100, of: int = 2) -> PerImage:
    label = np.arange(n) % of
    return PerImage(label, np.where(np.arange(n) < right, label, (label + 1) % of))


def test_a_share_of_which_no_image_moved_is_still():
    """The interval of such a difference has a width, and says nothing of these images."""
    same_again, other = (judged("m", predicted(60), predicted(now), ("a", "b")) for now in (60, 61))
    assert {one.course for one in (same_again.accuracy, *same_again.recall.values())} == {"still"}
    assert {one.course for one in (other.accuracy, *other.recall.values())} == {"still", "open"}


def test_a_model_is_judged_on_the_images_of_both():
    """Ten more are right and none fewer: paired that is clear, of two separate hundreds it is not."""
    paired, apart = (judged("m", predicted(60), predicted(70), ("a", "b"), known) for known in (True, False))
    assert (paired.n, paired.gained, paired.lost, apart.n) == (100, 10, 0, 0)
    assert paired.accuracy.difference.low > 0 > apart.accuracy.difference.low
    assert {name: round(one.now.mean, 2) for name, one in paired.recall.items()} == {"a": 0.7, "b": 0.7}
    assert paired.probability is None and not apart.accuracy.paired


def test_a_matrix_counts_for_images():
    """In whatever order; what is no matrix counts nothing."""
    each = of_counts([[3, 1], [0, 2]])
    assert (len(each), each.right.mean()) == (6, 5 / 6)
    for odd in (None, "x", [], [[1]] * 2, [[-1, 2], [1, 1]], [[10**18]], [[0]], [[1, 2], 3], {}):
        assert of_counts(odd) is None
