"""Which images a figure shows: the rules of `images:`, the same choice whatever the batches or the order.

The class of a row is its label, or what the model predicts where there is none. Predictions are asked for only where
a rule needs them, and `random`, `first` and `last` ask no further than they must. Chance is a hash of the row: the
same in whatever figure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import READABLE, Floats, Ints
from generator.errors import DataError
from generator.samples import UNLABELLED, Samples

Select = Literal["confident", "random", "first", "last", "mistakes", "all"]
Predict = Callable[[Ints], Floats]
"""Positions into probabilities `(N, K)`."""

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # SplitMix64, Steele et al. 2014
VALUES = 7  # images of a regression where nobody says how many
CHUNK = 256  # images predicted at first, doubled until every class has its own


@dataclass(frozen=True)
class Rule:
    """The `images:` of a figure; `index` or `by_class` (rows of the file) stand instead of `select`.

    `per_class` left out: one of each class, of READABLE classes at most where none are named; all for `all`.
    `min_probability` is that of the row's class.
    """

    select: Select = "confident"
    per_class: int | None = None
    classes: tuple[int, ...] | None = None
    correct: bool | None = None
    min_probability: float = 0.0
    index: tuple[int, ...] = ()
    by_class: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def limit(self) -> int | None:
        """How many of a class."""
        return self.per_class or (None if self.select == "all" else 1)

    @property
    def most(self) -> int | None:
        """How many classes."""
        return READABLE if self.classes is None and self.limit is not None and self.per_class is None else None

    @property
    def judges(self) -> bool:
        """Whether it depends on predictions even where every label is known."""
        return self.select in ("confident", "mistakes") or self.correct is not None or self.min_probability > 0


@dataclass(frozen=True)
class Selection:
    """`positions (N,)` in the samples, and the class `(N,)` that each stands for."""

    positions: Ints
    row_class: Ints

    def __len__(self) -> int:
        return len(self.positions)


@dataclass(frozen=True)
class _Candidates:
    """Images with their class; `probability (N, K)` has no column where the rule needs none."""

    position: Ints
    row_class: Ints
    label: Ints
    probability: Floats

    def __getitem__(self, rows: NDArray[np.bool_] | Ints | slice) -> "_Candidates":
        return _Candidates(self.position[rows], self.row_class[rows], self.label[rows], self.probability[rows])

    def __len__(self) -> int:
        return len(self.position)

    @property
    def own(self) -> Floats:
        """The probability of each row's class."""
        return self.probability[np.arange(len(self)), self.row_class]

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.asarray(self.probability.argmax(axis=1) == self.label)


def select(samples: Samples, rule: Rule, predict: Predict, n_classes: int, seed: int = 0) -> Selection:
    """The images of a rule, class by class and within a class by rank; `all` and `index` in the order of the file."""
    if rule.index or rule.by_class:
        return _by_index(samples, rule, predict)
    if (rule.select == "mistakes" or rule.correct is not None) and not samples.labelled:
        what = "select: mistakes" if rule.select == "mistakes" else f"correct: {str(rule.correct).lower()}"
        raise DataError(f"{samples.origin}: `{what}` needs labels, and these images have none; leave it out")
    classes = tuple(range(n_classes)) if rule.classes is None else rule.classes
    if n_classes == 1:
        rule = replace(rule, per_class=rule.per_class or (None if rule.select == "all" else VALUES))
        if rule.select == "confident":
            return _spread(samples, rule, predict)
    pick = _ranked if rule.select in ("confident", "mistakes") else _streamed
    found = pick(samples, rule, predict, classes, seed)
    if not len(found):
        if rule == Rule("mistakes", rule.per_class):
            raise DataError(f"{samples.origin}: the model makes no mistake there, for `select: mistakes` to show")
        raise DataError(f"{samples.origin}: no image fits `select: {rule.select}` with its conditions; loosen them")
    return found


def _spread(samples: Samples, rule: Rule, predict: Predict) -> Selection:
    """Images of a regression from the lowest to the highest value, evenly by rank."""
    everything = _judged(samples, np.arange(len(samples), dtype=np.int64), predict, True)
    ranked = everything[np.argsort(everything.own, kind="stable")]
    ranks = np.unique(
        np.linspace(0, len(ranked) - 1, min(rule.per_class or VALUES, len(ranked))).round().astype(np.int64)
    )
    return _joined([ranked[ranks]])


def _by_index(samples: Samples, rule: Rule, predict: Predict) -> Selection:
    """Rows named one by one."""
    if not rule.by_class:
        positions = positions_of(samples, rule.index)
        return Selection(positions, _judged(samples, positions, predict, False).row_class)
    pairs = [(row, label) for label, rows in rule.by_class.items() for row in rows]
    positions = positions_of(samples, tuple(row for row, _ in pairs))
    return Selection(positions, np.array([label for _, label in pairs], np.int64))


def positions_of(samples: Samples, rows: tuple[int, ...]) -> Ints:
    """Where rows of the file are within the samples; raises DataError for one that is not."""
    wanted = np.array(rows, np.int64)
    place = np.minimum(np.searchsorted(samples.index, wanted), len(samples) - 1)
    absent = np.flatnonzero(samples.index[place] != wanted)
    if len(absent):
        last = int(samples.index[-1])
        held = f"rows 0 to {last}" if last == len(samples) - 1 else f"{len(samples)} of the rows 0 to {last}"
        raise DataError(f"{samples.origin}: there is no image with the index {rows[absent[0]]}; there are {held}")
    return place.astype(np.int64)


def _judged(samples: Samples, positions: Ints, predict: Predict, judges: bool) -> _Candidates:
    """Images with their class, predicted only where the rule judges or a label is missing."""
    label = samples.label[positions]
    if not judges and (label != UNLABELLED).all():
        return _Candidates(positions, label, label, np.zeros((len(label), 0), np.float32))
    probability = predict(positions)
    guess = probability.argmax(axis=1)
    return _Candidates(positions, np.where(label == UNLABELLED, guess, label), label, probability)


def _of_classes(samples: Samples, classes: tuple[int, ...]) -> Ints:
    """The positions that may be of these classes: labelled so, or without a label."""
    return np.flatnonzero(np.isin(samples.label, (*classes, UNLABELLED))).astype(np.int64)


def _fitting(found: _Candidates, rule: Rule, classes: tuple[int, ...]) -> _Candidates:
    """Those that meet the conditions of the rule."""
    fits = np.isin(found.row_class, classes)
    if rule.correct is not None or rule.select == "mistakes":
        wanted = bool(rule.correct) and rule.select != "mistakes"
        fits &= (found.right == wanted) & (found.label != UNLABELLED)
    if rule.min_probability > 0:
        fits &= found.own >= rule.min_probability
    return found[fits]


def _ranked(samples: Samples, rule: Rule, predict: Predict, classes: tuple[int, ...], seed: int) -> Selection:
    """The surest images of each class, or its surest mistakes.

    Pictures without labels that are no more than the classes are all shown, as what they are predicted as. Of more,
    a class that none is predicted as has the nearest of those that stand for no other.
    """
    everything = _judged(samples, _of_classes(samples, classes), predict, True)
    found = _fitting(everything, rule, classes)
    sure = found.probability.max(axis=1) if rule.select == "mistakes" else found.own + found.right
    surest = found[np.argsort(-sure, kind="stable")]  # right before wrong, then by probability, then as in the file
    few = not samples.labelled and len(samples) <= len(classes)
    limit = rule.per_class if few else rule.limit
    ranks = {label: surest[surest.row_class == label][:limit] for label in _shown(surest, rule, classes)}
    if rule.select == "confident" and not samples.labelled and not few:
        spare = everything[~np.isin(everything.position, _joined(list(ranks.values())).positions)]
        for label in [label for label, rank in ranks.items() if not len(rank)]:
            ranks[label] = _nearest(spare, label, rule)
            spare = spare[~np.isin(spare.position, ranks[label].position)]
    return _joined(list(ranks.values()))


def _shown(surest: _Candidates, rule: Rule, classes: tuple[int, ...]) -> tuple[int, ...]:
    """The classes of a figure: where they are too many, those of the first images."""
    if rule.most is None or len(classes) <= rule.most:
        return classes
    return tuple(sorted(list(dict.fromkeys(surest.row_class.tolist()))[: rule.most]))


def _nearest(spare: _Candidates, label: int, rule: Rule) -> _Candidates:
    """The image with the highest probability of a class that no image is predicted as."""
    named = replace(spare, row_class=np.full_like(spare.row_class, label))
    best = named[np.argsort(-named.own, kind="stable")[:1]]
    return best[best.own >= rule.min_probability]


def _streamed(samples: Samples, rule: Rule, predict: Predict, classes: tuple[int, ...], seed: int) -> Selection:
    """The first images of each class in the file's order, backwards or by chance, predicting no more than it takes."""
    order = _of_classes(samples, classes)
    if rule.select == "random":
        order = order[np.argsort(row_hash(samples.index[order], seed), kind="stable")]
    if rule.select == "last":
        order = order[::-1]
    most = min(rule.most or len(classes), len(classes))
    taken: dict[int, list[_Candidates]] = {}
    for chunk in _chunks(samples, order, rule, taken, most):
        found = _fitting(_judged(samples, chunk, predict, rule.judges), rule, classes)
        for label in dict.fromkeys(found.row_class.tolist()):  # as they come
            if label in taken or len(taken) < most:
                room = None if rule.limit is None else rule.limit - sum(map(len, taken.get(label, ())))
                taken.setdefault(label, []).append(found[found.row_class == label][:room])
    chosen = _joined([part for label in classes for part in taken.get(label, ())])
    if rule.select != "all":
        return chosen
    place = np.argsort(chosen.positions, kind="stable")
    return Selection(chosen.positions[place], chosen.row_class[place])


def _chunks(
    samples: Samples, order: Ints, rule: Rule, taken: dict[int, list[_Candidates]], most: int
) -> Iterator[Ints]:
    """Growing parts of the order, without labels that have enough, until so many classes have."""
    size = len(order) if rule.limit is None else CHUNK
    while len(order):
        full = [label for label, parts in taken.items() if rule.limit and sum(map(len, parts)) >= rule.limit]
        if len(full) == most:
            return
        order = order[~np.isin(samples.label[order], full)]
        yield order[:size]
        order, size = order[size:], 2 * size


def _joined(parts: list[_Candidates]) -> Selection:
    none = np.zeros(0, np.int64)
    positions = np.concatenate([none, *(part.position for part in parts)])
    return Selection(positions, np.concatenate([none, *(part.row_class for part in parts)]))


def row_hash(rows: Ints, seed: int) -> NDArray[np.uint64]:
    """`(N,)` 64 mixed bits of each row under a seed."""
    start = _mixed(np.array([seed % 2**64], np.uint64) + np.uint64(GOLDEN))
    return _mixed(start ^ (rows.astype(np.uint64) * np.uint64(GOLDEN)))


def row_seeds(rows: Ints, seed: int) -> Ints:
    """`(N,)` seeds from 0 to 2³¹−1, one a row."""
    return (row_hash(rows, seed) >> np.uint64(33)).astype(np.int64)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(FIRST)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(SECOND)
    return x ^ (x >> np.uint64(31))
