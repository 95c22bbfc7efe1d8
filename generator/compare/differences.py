"""How far a number has moved from one site to another, with its interval: paired where both rest on the same images."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from generator.artefacts import Ints
from generator.compare.built_site import BuiltSite, SiteFigure
from generator.compare.per_image import PerImage, shared
from generator.evidence.estimates import FEWEST, Doubles, Estimate, Sums, apart, claim_level, shifted, wilson

Number = float | str | bool | tuple[Any, ...] | Estimate | None
Path = tuple[str, ...]  # of a number, by its keys
Course = Literal["up", "down", "open", "still"]
SINGLE: Mapping[Path, str] = {  # the numbers whose single images are kept, and under what name
    ("faithfulness", "gap"): "gap",
    ("class_swap", "retained"): "class",
    ("repeat", "pixel"): "repeat",
}
ELSEWHERE = frozenset({"verdict", "each", "said", "looks", "evidence_images"})  # what is told otherwise, or not at all
DEEPEST = 12  # keys of a path
MOST = 20_000  # numbers of a figure
LARGEST = 1e150


@dataclass(frozen=True)
class Moved:
    """A number `before` and `now`; of what was estimated also the `difference`.

    It is `paired` where that is of the same images, and `holds` where it is not zero however many numbers are looked
    at.
    """

    path: Path
    before: Number
    now: Number
    difference: Estimate | None = None
    paired: bool = False
    holds: bool = False
    unmoved: bool = False  # on the same images, each as before

    @property
    def course(self) -> Course:
        """Whether it clearly went up or down, or did not move on any image."""
        known = self.difference
        if self.unmoved or (known is not None and known.low == known.high == 0):
            return "still"
        return "open" if not self.holds or known is None else "up" if known.mean > 0 else "down"


def numbers_in(tree: object, path: Path = ()) -> Iterator[tuple[Path, Number]]:
    """Every number of a tree by its path, an estimate as one."""
    if (estimate := _estimate(tree)) is not None:
        yield path, estimate
    elif isinstance(tree, Mapping):
        told = [key for key in tree if key not in ELSEWHERE] if len(path) < DEEPEST else []
        for key in told:
            yield from numbers_in(tree[key], (*path, str(key)))
    elif isinstance(tree, list):
        yield path, _frozen(tree)
    elif isinstance(tree, str | int | float | bool | None):
        yield path, _valued(tree)


def _frozen(tree: object) -> Any:  # noqa: ANN401  a tree of JSON's types
    return tuple(map(_frozen, tree)) if isinstance(tree, list) else _valued(tree) if _plain(tree) else str(tree)


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | None)


def _valued(value: Any) -> Any:  # noqa: ANN401  one of JSON's values
    """A number as a float, where it can be one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return float(value) if abs(value) < LARGEST else None  # of which differences are numbers too
    except OverflowError:
        return None


def _estimate(tree: object) -> Estimate | None:
    """An estimate as a manifest writes it."""
    if not isinstance(tree, Mapping) or set(tree) != {"mean", "low", "high", "n"}:
        return None
    mean, low, high, n = (_valued(tree[name]) for name in ("mean", "low", "high", "n"))
    if not all(isinstance(one, float) for one in (mean, low, high, n)) or not low <= mean <= high or not n >= 0:
        return None
    return Estimate(mean, low, high, int(n))


def same(one: object, other: object) -> bool:
    """Whether two numbers read the same; the last digits of another machine do not count."""
    if isinstance(one, Estimate) and isinstance(other, Estimate):
        return same((one.mean, one.low, one.high, one.n), (other.mean, other.low, other.high, other.n))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-7)
    return one == other


def moved(old: object, new: object, single: Mapping[Path, Estimate] | None = None) -> tuple[Moved, ...]:
    """The numbers of two trees that differ; `single` are differences of the same images by their path."""
    before, now = (dict(_first(numbers_in(tree))) for tree in (old, new))
    found = []
    for path in dict.fromkeys([*before, *now]):
        one, other = before.get(path), now.get(path)
        if same(one, other):
            continue
        paired = (single or {}).get(path)
        both = isinstance(one, Estimate) and isinstance(other, Estimate)
        step = paired or (apart(other, one) if both else None)  # type: ignore[arg-type]
        found.append(Moved(path, one, other, step, paired is not None))
    return tuple(found)


def _first(numbers: Iterator[tuple[Path, Number]]) -> Iterator[tuple[Path, Number]]:
    for _, number in zip(range(MOST), numbers, strict=False):
        yield number


def held(numbers: Sequence[Moved], claims: int) -> tuple[Moved, ...]:
    """Which of them hold though so many are claimed."""
    return tuple(replace(one, holds=_holds(one.difference, claims)) for one in numbers)


def _holds(difference: Estimate | None, claims: int) -> bool:
    known = None if difference is None else difference.at(claim_level(claims))
    return known is not None and not known.low <= 0 <= known.high


def of_same_images(old: BuiltSite, new: BuiltSite, figure: str) -> dict[Path, Estimate]:
    """How far numbers of a figure moved on the images that both measured; none of fewer than eight."""
    before, now = (_single(site.figures[figure], site) for site in (old, new))
    both = [key for key in before if key in now]
    names: dict[Path, str] = {**SINGLE, **{("region_share", name, "all"): f"looks.{name}" for name in new.kept.regions}}
    found = {}
    for path, name in names.items():
        pairs = [(now[key].get(name), before[key].get(name)) for key in both]
        steps = np.array([one - other for one, other in pairs if one is not None and other is not None])
        if estimate := Sums.of(steps.reshape(-1, 1)).estimate() if len(steps) >= FEWEST else None:
            found[path] = estimate
    return found


def _single(figure: SiteFigure, site: BuiltSite) -> dict[str, dict[str, float]]:
    """The numbers of single images by what these show."""
    each = figure.numbers.get("each")
    index = each.get("index") if isinstance(each, Mapping) else None
    if not isinstance(each, Mapping) or not isinstance(index, list):
        return {}
    columns = {name: list(map(_valued, values)) for name, values in each.items() if isinstance(values, list)}
    found = {}
    for place, row in enumerate(index):
        known = {name: values[place] for name, values in columns.items() if place < len(values)}
        if key := site.kept.pictures.get(str(row)):
            found[key] = {name: value for name, value in known.items() if isinstance(value, float)}
    return found


@dataclass(frozen=True)
class Judged:
    """How a model does, `before` and `now`: the share that it predicts right, of each class too, and how sure it is.

    On the `n` images of both, so many were `gained` and `lost`; `matched` says that these are known.
    """

    model: str
    accuracy: Moved
    recall: Mapping[str, Moved]
    probability: Moved | None = None
    n: int = 0
    gained: int = 0
    lost: int = 0

    @property
    def matched(self) -> bool:
        return self.n > 0

    @property
    def same(self) -> bool:
        """Whether the model predicts the very same of the same images."""
        return self.matched and not (self.gained or self.lost) and self.accuracy.before == self.accuracy.now

    @property
    def numbers(self) -> tuple[Moved, ...]:
        return (self.accuracy, *self.recall.values(), *((self.probability,) if self.probability else ()))


def judged(model: str, old: PerImage, new: PerImage, classes: Sequence[str], known: bool = True) -> Judged:
    """What became of a model, image by image where it is `known` which are the same."""
    places = shared(old, new) if known else None
    if places is None or not len(places[0]):
        return Judged(model, _share(("accuracy",), old.right, new.right), _recalls(old, new, classes))
    before, now = (_only(one, rows) for one, rows in zip((old, new), places, strict=True))
    gained, lost = int((now.right & ~before.right).sum()), int((before.right & ~now.right).sum())
    return Judged(
        model,
        _paired(("accuracy",), before.right, now.right),
        {name: _paired(("recall", name), before.right[at], now.right[at]) for name, at in _by_class(before, classes)},
        _surer(before, now),
        len(before),
        gained,
        lost,
    )


def _only(each: PerImage, rows: Ints) -> PerImage:
    known = [None if column is None else column[rows] for column in (each.probability, each.image)]
    return PerImage(each.label[rows], each.prediction[rows], *known)  # type: ignore[arg-type]


def _by_class(each: PerImage, classes: Sequence[str]) -> Iterator[tuple[str, Any]]:
    found = ((name, each.label == k) for k, name in enumerate(classes))
    return ((name, at) for name, at in found if at.any())


def _recalls(old: PerImage, new: PerImage, classes: Sequence[str]) -> dict[str, Moved]:
    before, now = dict(_by_class(old, classes)), dict(_by_class(new, classes))
    return {
        name: _share(("recall", name), old.right[before[name]], new.right[now[name]]) for name in before if name in now
    }


def _share(path: Path, before: Any, now: Any) -> Moved:  # noqa: ANN401  arrays of truth values
    """A share of other images than before."""
    one, other = (wilson(int(values.sum()), len(values)) for values in (before, now))
    return Moved(path, one, other, apart(other, one) if one and other else None)


def _paired(path: Path, before: Any, now: Any) -> Moved:  # noqa: ANN401  arrays of truth values
    """The same of the same images."""
    known = _share(path, before, now)
    step = shifted(int((now & ~before).sum()), int((before & ~now).sum()), len(before))
    return replace(known, difference=step, paired=True, unmoved=bool((now == before).all()))


def _surer(before: PerImage, now: PerImage) -> Moved | None:
    """The probability of the label on the same images, where both know it."""
    if before.probability is None or now.probability is None:
        return None
    columns: tuple[Doubles, ...] = (before.probability, now.probability, now.probability - before.probability)
    one, other, step = (Sums.of(column).estimate() for column in columns)
    return Moved(("probability",), one, other, step, True) if step else None
