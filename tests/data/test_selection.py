"""Which images a figure shows, rule by rule."""

import numpy as np
import pytest

from generator.artefacts import READABLE
from generator.data.selection import Rule, row_hash, row_seeds, select
from generator.errors import DataError
from generator.samples import Samples

UNKNOWN = np.full(6, -1)
PROBABILITY = np.array(
    [
        [0.9, 0.1, 0.0],  # 0
        [0.6, 0.3, 0.1],  # 1
        [0.2, 0.8, 0.0],  # 2
        [0.1, 0.7, 0.2],  # 3
        [0.5, 0.1, 0.4],  # 4
        [0.7, 0.0, 0.3],  # 5
    ],
    np.float32,
)


class Predictions:
    """Hands out the table above and counts what was asked."""

    def __init__(self, table=PROBABILITY):
        self.table = table
        self.asked: list[int] = []

    def __call__(self, positions):
        self.asked += positions.tolist()
        return self.table[positions]


def samples_of(label, index=None) -> Samples:
    label = np.asarray(label, np.int64)
    index = np.arange(len(label)) if index is None else np.asarray(index)
    return Samples(index, label, lambda positions: [], "faces", "")


def chosen(label, predict=None, seed=0, **rule):
    found = select(samples_of(label), Rule(**rule), predict or Predictions(), 3, seed)
    return found.positions.tolist(), found.row_class.tolist()


def test_confident_takes_the_surest_right_image_of_each_class():
    """Labelled: by class, right before wrong, then by the probability of the label."""
    assert chosen([0, 0, 1, 1, 0, 2]) == ([0, 2, 5], [0, 1, 2])


def test_a_surer_but_wrong_image_does_not_displace_a_right_one():
    """Of class 1, image 1 (p .30, wrong) stands behind image 0 (p .26, right)."""
    table = np.array([[0.25, 0.26, 0.25, 0.24], [0.6, 0.3, 0.05, 0.05]], np.float32)
    found = select(samples_of([1, 1]), Rule(classes=(1,)), Predictions(table), 4)
    assert found.positions.tolist() == [0]


def test_without_labels_the_predictions_are_the_classes():
    """Surest first; a class that nothing is predicted as has the nearest of the images that stand for no other."""
    assert chosen(UNKNOWN) == ([0, 2, 4], [0, 1, 2])
    assert chosen(UNKNOWN, per_class=2) == ([0, 5, 2, 3, 4], [0, 0, 1, 1, 2])
    assert chosen(UNKNOWN, per_class=9) == ([0, 5, 1, 4, 2, 3], [0, 0, 0, 0, 1, 1])


@pytest.mark.parametrize(("count", "expected"), [(1, [0]), (2, [0, 0]), (3, [0, 0, 1])])
def test_a_few_pictures_without_labels_are_all_shown_once_as_what_they_are_predicted_as(count, expected):
    """No more of them than classes: one a class would leave some out, or show one for every class."""
    positions, classes = chosen(UNKNOWN[:count])
    assert sorted(positions) == list(range(count)) and classes == expected


@pytest.mark.parametrize("n_classes", [READABLE, READABLE + 1, 1000])
@pytest.mark.parametrize("rule", ["confident", "first", "last", "random", "mistakes"])
def test_of_many_classes_a_figure_shows_as_many_as_one_reads(rule, n_classes):
    """One image of each of those whose images come first; who names classes or a number has what he named."""
    count = 2 * n_classes
    label = np.arange(count) % n_classes
    table = np.full((count, n_classes), 0.1, np.float32)
    wrong = rule == "mistakes"
    table[np.arange(count), (label + wrong) % n_classes] = np.linspace(0.2, 0.9, count)  # the last are the surest
    samples = samples_of(label)

    def classes(**more):
        return select(samples, Rule(rule, **more), Predictions(table), n_classes).row_class.tolist()

    shown = classes()
    assert len(shown) == len(set(shown)) == READABLE and shown == sorted(shown)
    if rule != "random":
        assert shown == list(range(READABLE)) if rule == "first" else list(range(n_classes - READABLE, n_classes))
    assert classes(per_class=1) == list(range(n_classes))
    assert len(classes(classes=tuple(range(n_classes)))) == n_classes
    assert classes(classes=(3, 1)) == [3, 1]


def test_images_of_a_value_go_from_the_lowest_to_the_highest():
    """Evenly by rank; so many as are asked for, seven where nobody says."""
    values = np.array([[5.0], [1.0], [9.0], [3.0], [7.0], [2.0], [8.0], [4.0], [6.0]], np.float32)

    def shown(**rule):
        found = select(samples_of([-1] * 9), Rule(**rule), Predictions(values), 1)
        assert (found.row_class == 0).all()
        return values[found.positions, 0].tolist()

    assert shown(per_class=3) == [1, 5, 9]
    assert len(shown()) == 7 and shown() == sorted(shown()) and (shown()[0], shown()[-1]) == (1, 9)
    assert shown(per_class=99) == list(range(1, 10))
    assert shown(select="first", per_class=2) == [5, 1]
    assert shown(select="all") == values[:, 0].tolist()
    assert len(shown(select="random")) == 7


def test_all_images_of_many_classes_are_asked_for():
    """Nothing is left out of `select: all`."""
    assert len(select(samples_of(np.arange(99)), Rule("all"), Predictions(), 99)) == 99


def test_correct_and_min_probability_are_conditions():
    """Wrong ones only, or sure ones only; a class without any is named."""
    assert chosen([1, 0, 1, 1, 0, 0], correct=False)[0] == [0]
    assert chosen([1, 1, 1, 1, 2, 2], correct=False, per_class=2)[0] == [1, 0, 4, 5]
    found = select(samples_of([0, 0, 1, 1, 0, 2]), Rule(min_probability=0.75), Predictions(), 3)
    assert found.positions.tolist() == [0, 2]
    assert chosen([0, 0, 1, 1, 0, 2], classes=(1,), per_class=9)[0] == [2, 3]


def test_mistakes_are_the_surest_wrong_predictions_by_true_class():
    """By label, the highest wrong probability first; right ones never."""
    assert chosen([1, 1, 0, 1, 2, 2], select="mistakes", per_class=2) == ([2, 0, 1, 5, 4], [0, 1, 1, 2, 2])


@pytest.mark.parametrize(
    ("more", "message"), [({}, "the model makes no mistake there"), ({"classes": (1,)}, "loosen them")]
)
def test_a_model_without_mistakes_is_told_as_one(more, message):
    """There is no condition to loosen."""
    with pytest.raises(DataError, match=message):
        chosen([0, 0, 1, 1, 0, 0], select="mistakes", **more)


@pytest.mark.parametrize("rule", [{"select": "mistakes"}, {"correct": True}])
def test_what_needs_labels_says_so(rule):
    """Nobody knows what a mistake is where nobody knows the truth."""
    with pytest.raises(DataError, match="needs labels"):
        chosen(UNKNOWN, **rule)


def test_first_and_all_follow_the_file():
    """`first` by class, `all` in the order of the rows."""
    assert chosen([2, 0, 1, 1, 0, 2], select="first", per_class=2)[0] == [1, 4, 2, 3, 0, 5]
    assert chosen([2, 0, 1, 1, 0, 2], select="all") == ([0, 1, 2, 3, 4, 5], [2, 0, 1, 1, 0, 2])
    assert chosen([2, 0, 1, 1, 0, 2], select="all", per_class=1)[0] == [0, 1, 2]


@pytest.mark.parametrize("rule", [{"select": "random"}, {"select": "first"}, {"select": "all"}, {"index": (3, 1)}])
def test_labels_alone_need_no_prediction(rule):
    """Where labels are known and nothing is judged, the model is not asked."""
    predict = Predictions()
    chosen([2, 0, 1, 1, 0, 2], predict, **rule)
    assert predict.asked == []


def test_random_asks_no_further_than_it_must():
    """A thousand unlabelled images, two classes: the first part of the shuffled rows is enough."""
    table = np.eye(3, dtype=np.float32)[np.arange(1000) % 2]
    predict = Predictions(table)
    found = select(samples_of([-1] * 1000), Rule("random", per_class=4, classes=(0, 1)), predict, 3)
    assert np.bincount(found.row_class).tolist() == [4, 4]
    assert len(predict.asked) == 256


def test_random_depends_on_row_and_seed_alone():
    """The same rows whatever stands around them; another seed, other rows."""
    label = np.zeros(500, np.int64)
    every = chosen(label, select="random", per_class=5)[0]
    half = select(samples_of(label[::2], np.arange(0, 500, 2)), Rule("random", per_class=5), Predictions(), 3)
    shared = set(every) & set(range(0, 500, 2))
    assert shared <= set((half.positions * 2).tolist())
    assert chosen(label, select="random", per_class=5)[0] == every
    assert chosen(label, select="random", per_class=5, seed=1)[0] != every


def test_an_index_is_the_row_of_the_file():
    """Also where a filter left rows out; in the order given, several times if asked."""
    found = select(samples_of([0, 1, 2], [10, 20, 30]), Rule(index=(30, 10, 30)), Predictions(), 3)
    assert found.positions.tolist() == [2, 0, 2]
    assert found.row_class.tolist() == [2, 0, 2]


def test_an_index_without_a_label_is_predicted_alone():
    """Only the named rows are asked for."""
    predict = Predictions()
    found = select(samples_of(UNKNOWN), Rule(index=(3,)), predict, 3)
    assert found.row_class.tolist() == [1]
    assert predict.asked == [3]


def test_an_index_by_class_stands_for_that_class():
    """`{happy: 4, angry: 0}`: the row's class is the one it was named for."""
    found = select(samples_of([0, 1, 2, 0, 1, 2]), Rule(by_class={1: (4,), 0: (0, 3)}), Predictions(), 3)
    assert found.positions.tolist() == [4, 0, 3]
    assert found.row_class.tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("index", "row", "message"),
    [
        ([0, 1, 2], 28000, "index 28000; there are rows 0 to 2"),
        ([4, 7, 9], 5, "index 5; there are 3 of the rows 0 to 9"),
    ],
)
def test_an_index_that_is_not_there_is_refused(index, row, message):
    """The message says which rows there are."""
    with pytest.raises(DataError, match=message):
        select(samples_of([0, 1, 2], index), Rule(index=(row,)), Predictions(), 3)


def test_a_rule_that_nothing_fits_is_refused():
    """An empty figure is a mistake of the spec."""
    with pytest.raises(DataError, match="no image fits"):
        chosen([0, 0, 1, 1, 0, 2], min_probability=0.99)


def test_row_hashes_spread_and_repeat():
    """All different, half of the bits set, the same for the same row and seed; seeds are small positive numbers."""
    rows = np.arange(4096)
    bits = np.unpackbits(row_hash(rows, 5).view(np.uint8)).mean()
    assert len(set(row_hash(rows, 5).tolist())) == 4096
    assert abs(bits - 0.5) < 0.01
    assert (row_hash(rows, 5) == row_hash(rows[::-1], 5)[::-1]).all()
    assert 0 <= row_seeds(rows, 5).min() <= row_seeds(rows, 5).max() < 2**31
