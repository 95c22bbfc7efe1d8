"""Does an interval that promises 95 % hold the truth 95 times of a hundred? Samples of a population that was measured.

`python -m benchmarks.coverage --npz validation.npz` takes some minutes the first time: the maps of a model and of
untrained networks are computed once and kept beside it; drawing samples of them takes a minute. The population is
what was measured, so that its truth is known: images and networks are drawn from it with replacement.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from generator.data.preprocess import Preprocessor
from generator.evidence.cells import blob, cell_means
from generator.evidence.classes import calibration
from generator.evidence.dependence import Retained, agreeing, exchanged, swapped
from generator.evidence.estimates import Estimate, Sums, balanced, wilson, within
from generator.evidence.explainer import NETWORKS, NORMS, Bench, Explainer, Sizes, Untrained, maps_of
from generator.evidence.faces import Faces, covering, other_class
from generator.evidence.faithfulness import areas, average_of_others, change
from generator.evidence.localisation import Partition, effects, shares
from generator.maps.pixels import blurred
from generator.methods import METHODS, load_all
from generator.model.keras_model import open_model
from generator.model.random_weights import reinitialised
from generator.regions import Region
from generator.samples import Evaluation
from generator.text import Text

ROOT = Path(__file__).resolve().parent.parent
MIX = (6, 2, 8, 33, 20, 3, 28)  # images a class, about as among the hundred faces of scikit-image
COVERED, IMAGES, POOL, CLASSES = 28, 1400, 28, 7  # covered images a class; images of the shares; networks
METHODS_TRIED = ("saliency", "gradcam")
BOXES = {"eyes": (0.10, 0.20, 0.90, 0.48), "nose": (0.34, 0.40, 0.66, 0.68), "mouth": (0.22, 0.66, 0.78, 0.95)}
Arrays = Mapping[str, np.ndarray]
Answer = Estimate | Retained | None


def population(model: Path, npz: Path) -> dict[str, np.ndarray]:
    """Everything measured once: `target (N,)`; by method shares `(N, R)`, gaps and cells of the first M images.

    `_u_` are those of untrained networks, `(networks, M, …)`; `effect (N, R, 2)`; `probability`, `label` of all.
    """
    classifier = open_model(model, Preprocessor())
    stored = np.load(npz)
    everything, labels = (stored["x"][..., None] / 255).astype(np.float32), stored["y"].astype(np.int64)
    predicted = classifier.probabilities(everything)
    order = _in_turn(np.flatnonzero(predicted.argmax(axis=1) == labels), labels)[:IMAGES]
    images, target = everything[order], labels[order]
    faces = Faces(np.arange(len(order)), target, target, predicted[order], lambda rows: images[rows], 0)
    regions = [Region(name, Text.of(name), (box,)) for name, box in BOXES.items()]
    parts = Partition.of(regions, images.shape[1:3], tuple("abcdefg"))
    first = np.arange(COVERED * CLASSES)
    cover = covering(classifier, images[first], target[first], faces.seeds[first], faces.own[first])
    if cover is None:
        raise SystemExit("no blur hides the classes of this model")
    bench = Bench(classifier, faces, parts, cover, np.zeros((0, 2)))

    def gap(cells: np.ndarray) -> np.ndarray:
        both = areas(classifier, cover, np.nan_to_num(cells))
        return np.where(np.isfinite(cells).all(axis=1), both[:, 1] - both[:, 0], np.nan)

    found = {"target": target, "probability": predicted, "label": labels}
    found |= {"blob": gap(cell_means(np.repeat(blob(images.shape[1:3])[None], len(first), axis=0)))}
    found |= {"change": gap(cell_means(change(cover)))}
    covered = (images, blurred(images, cover.sigma))
    found["effect"] = effects(classifier, covered, faces.own, (target, faces.seeds), parts.masks)
    load_all()
    explainers = [Explainer(m, METHODS[m], METHODS[m].options().model_dump()) for m in METHODS_TRIED]
    for one in explainers:
        own = maps_of(one, bench, np.arange(len(order)), target)
        found[f"{one.figure}_share"] = np.where(own.empty[:, None], np.nan, shares(own.values, parts.masks))
        cells = own.first(len(first)).cells
        found |= {f"{one.figure}_cells": cells, f"{one.figure}_gap": gap(cells)}
        found[f"{one.figure}_average"] = gap(average_of_others(cells))
        found[f"{one.figure}_swap"] = maps_of(one, bench, first, other_class(faces, CLASSES)[first]).cells
    for number in range(POOL):
        with reinitialised(classifier, number, images[:NORMS]) as network:
            untrained = Bench(network, faces, parts, cover, bench.gaps)
            maps = {one.figure: maps_of(one, untrained, first, target[first]) for one in explainers}
        for name, of in maps.items():
            share = np.where(of.empty[:, None], np.nan, shares(of.values, parts.masks))
            for what, values in (("share", share), ("cells", of.cells), ("gap", gap(of.cells))):
                found.setdefault(f"{name}_u_{what}", np.zeros((POOL, *values.shape)))[number] = values
    return found


def _in_turn(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The first of each class, then the second, as far as the first of them lasts; then the others by chance."""
    mixed = np.random.default_rng(0).permutation(rows)
    first = np.concatenate([mixed[labels[mixed] == k][:COVERED] for k in range(CLASSES)])
    return np.concatenate([first, mixed[~np.isin(mixed, first)]])


@dataclass(frozen=True)
class Trial:
    """One sample of the population: images of given classes, and networks."""

    known: Arrays
    random: np.random.Generator

    def images(self, classes: np.ndarray, most: int | None = None) -> np.ndarray:
        """An image for each of the classes, with replacement, from the first `most`."""
        target = self.known["target"][:most]
        return np.array([self.random.choice(np.flatnonzero(target == k)) for k in classes])

    def turns(self, n: int) -> np.ndarray:
        """So many of the covered images, one class after the other."""
        return self.images(np.arange(n) % CLASSES, COVERED * CLASSES)

    def networks(self, images: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows that ten networks see of so many images, and which network of the sample and of the pool it is."""
        seen = [Sizes(0, 0, images).seen(number) for number in range(NETWORKS)]
        order = np.repeat(np.arange(NETWORKS), [len(rows) for rows in seen])
        return np.concatenate(seen), order, self.random.integers(0, POOL, NETWORKS)[order]

    def untrained(self, method: str, rows: np.ndarray) -> Untrained:
        """The maps of networks of these images."""
        seen, order, network = self.networks(len(rows))
        place = network, rows[seen]
        cells, share = self.known[f"{method}_u_cells"][place], self.known[f"{method}_u_share"][place]
        return Untrained(seen, order, cells, share, False)

    def gaps(self, method: str, rows: np.ndarray) -> Sums:
        """How far the gap exceeds those of these networks, image by image."""
        seen, order, network = self.networks(len(rows))
        own, random = self.known[f"{method}_gap"][rows[seen]], self.known[f"{method}_u_gap"][network, rows[seen]]
        return Sums.by_network(own - random, order)

    def case(self, method: str, rows: np.ndarray, untrained: Untrained | None = None) -> SimpleNamespace:
        """What the dependence is computed from."""
        cells, swap = self.known[f"{method}_cells"][rows], self.known[f"{method}_swap"][rows]
        own = SimpleNamespace(cells=cells, repeated=cells, swapped=Swapped(swap))
        bench = SimpleNamespace(faces=SimpleNamespace(target=self.known["target"][rows]))
        bench.classifier = SimpleNamespace(n_classes=CLASSES)
        return SimpleNamespace(own=own, untrained=untrained, bench=bench)


@dataclass(frozen=True)
class Swapped:
    """Maps of another class, of which only the cells are asked."""

    cells: np.ndarray

    def __len__(self) -> int:
        return len(self.cells)


def by_class(values: np.ndarray, target: np.ndarray) -> list[Sums]:
    return [Sums.of(values[target == k]) for k in range(CLASSES)]


def mean_of_classes(values: np.ndarray, target: np.ndarray, counts: np.ndarray) -> float:
    """The truth of 'over all classes': the mean of the means of the classes that count."""
    return float(np.mean([np.nanmean(values[target == k]) for k in range(CLASSES) if counts[k] >= 4]))


def questions(known: Arrays) -> dict[str, tuple[Callable[[Trial], Answer], float]]:
    """Every estimator: what it says of a sample, and the truth; NaN where that is what all samples say together.

    Such are what is retained and the agreement, for which each image has its partner among those of its sample.
    """
    target = known["target"]
    excess = known["effect"][..., 0] - known["effect"][..., 1]
    asked: dict[str, tuple[Callable[[Trial], Answer], float]] = {}
    mixes = {"28 balanced": np.full(7, 4), "56 balanced": np.full(7, 8), "100 mixed": np.array(MIX)}
    numbers = {"effect": excess, **{f"share {name}": known[f"{name}_share"] for name in METHODS_TRIED}}

    def mean(values: np.ndarray, rows: np.ndarray) -> Estimate | None:
        return Sums.of(values[rows]).estimate()

    def in_turn(values: np.ndarray, rows: np.ndarray) -> Estimate | None:
        return within(by_class(values[rows], target[rows]))

    for name, values in numbers.items():
        for k, region in ((0, "eyes"), (2, "mouth")):
            own = values[:, k]
            for n in (28, 56):
                asked[f"{name} {region}, a class, n={n}"] = (
                    lambda t, own=own, n=n: mean(own, t.images(np.full(n, 3))),
                    float(np.nanmean(own[target == 3])),
                )
            for mix, counts in mixes.items():
                classes = np.repeat(np.arange(CLASSES), counts)
                asked[f"{name} {region}, all classes, {mix}"] = (
                    lambda t, own=own, classes=classes: balanced(by_class(own[t.images(classes)], classes)),
                    mean_of_classes(own, target, counts),
                )
    for name in METHODS_TRIED:
        gap, random = known[f"{name}_gap"], known[f"{name}_u_gap"]
        share, other = known[f"{name}_share"], known[f"{name}_u_share"]
        for n in (28, 56, 100, 140):
            size = f"ten networks, n={n}"
            asked[f"gap {name} − untrained, {size}"] = (
                lambda t, name=name, n=n: t.gaps(name, t.turns(n)).estimate(fewest=2),
                float(np.nanmean(gap) - np.nanmean(random)),
            )
            asked[f"retained weights {name}, {size}"] = (
                lambda t, name=name, n=n: exchanged(t.case(name, rows := t.turns(n), t.untrained(name, rows))),
                np.nan,
            )
            for k, region in ((0, "eyes"), (2, "mouth")):
                truth = mean_of_classes(share[:, k], target, np.full(7, 9)) - float(np.nanmean(other[..., k]))
                asked[f"share {name} {region} − untrained, {size}"] = (
                    lambda t, name=name, n=n, k=k, share=share: _excess(t, share, name, n, k),
                    truth,
                )
        mixed = np.repeat(np.arange(CLASSES), np.minimum(MIX, 12))  # what is covered of such a mix
        asked[f"gap {name}, {len(mixed)} mixed"] = (
            lambda t, gap=gap, mixed=mixed: in_turn(gap, t.images(mixed, COVERED * CLASSES)),
            float(np.mean([np.nanmean(gap[target[: len(gap)] == k]) for k in mixed])),
        )
        for n in (28, 56):
            asked[f"gap {name}, n={n}"] = (lambda t, gap=gap, n=n: in_turn(gap, t.turns(n)), float(np.nanmean(gap)))
            for reference in ("blob", "change", f"{name}_average"):
                over = gap - known[reference]
                asked[f"gap {name} − {reference.split('_')[-1]}, n={n}"] = (
                    lambda t, over=over, n=n: in_turn(over, t.turns(n)),
                    float(np.nanmean(over)),
                )
            asked[f"retained class {name}, n={n}"] = (
                lambda t, name=name, n=n: swapped(t.case(name, t.turns(n))),
                np.nan,
            )
    for n in (28, 56):
        asked[f"agreement of {' and '.join(METHODS_TRIED)}, n={n}"] = (lambda t, n=n: _agreement(t, n), np.nan)
    right = known["probability"].argmax(axis=1) == known["label"]
    for n in (28, 200):
        asked[f"accuracy (Wilson), n={n}"] = (
            lambda t, n=n: wilson(int(t.random.choice(right, n).sum()), n),
            right.mean(),
        )
    sure = known["probability"].max(axis=1)
    asked["confidence − accuracy, n=400"] = (lambda t: _confidence(t, 400), float(sure.mean() - right.mean()))
    return asked


def _excess(trial: Trial, share: np.ndarray, method: str, n: int, region: int) -> Estimate | None:
    """The share of sixteen images a class, minus that of untrained networks on the first of the covered ones."""
    classes = np.repeat(np.arange(CLASSES), 16)
    target, rows = trial.known["target"], trial.turns(n)
    random = trial.untrained(method, rows).shares_by_class(target[rows], CLASSES)[-1]
    return balanced(by_class(share[trial.images(classes), region], classes), less=random.column(region))


def _agreement(trial: Trial, n: int) -> Estimate | None:
    """How much more two methods agree on one image than on two."""
    rows = trial.turns(n)
    one, other = (trial.known[f"{method}_cells"][rows] for method in METHODS_TRIED)
    return Sums.of(agreeing(one, other, trial.known["target"][rows])).estimate(2)


def _confidence(trial: Trial, n: int) -> Estimate | None:
    probability, label = trial.known["probability"], trial.known["label"]
    rows = trial.random.integers(0, len(label), n)
    found = calibration(Evaluation(label[rows], probability[rows].argmax(axis=1), probability[rows], "", ""))
    return found.gap if found else None


def coverage(ask: Callable[[Trial], Answer], truth: float, known: Arrays, times: int) -> tuple[float, float]:
    """The share of samples whose interval holds the truth, and the mean half width."""
    answers = [ask(Trial(known, np.random.default_rng(seed))) for seed in range(times)]
    if kept := [one for one in answers if isinstance(one, Retained)]:
        truth = float(sum(one.sums.means[0] for one in kept) / sum(one.sums.means[1] for one in kept))
        answers = [one.estimate() for one in kept]
    told = [one for one in answers if isinstance(one, Estimate)]
    truth = float(np.mean([one.mean for one in told])) if np.isnan(truth) else truth
    held = [one.low <= truth <= one.high for one in told]
    half = [(one.high - one.low) / 2 for one in told]
    return float(np.mean(held)), float(np.mean(half))


def main() -> None:
    """A line for each estimator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--npz", type=Path, required=True, help="labelled faces: x (N, 48, 48), y")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "fer_cnn.keras")
    parser.add_argument("--kept", type=Path, default=Path("coverage-population.npz"), help="what was measured")
    parser.add_argument("--times", type=int, default=1000, help="samples of each")
    parser.add_argument("--only", default="", help="estimators whose name holds this")
    options = parser.parse_args()
    if not options.kept.exists():
        np.savez(options.kept, **population(options.model, options.npz))
    known = dict(np.load(options.kept))
    print("| estimator | holds the truth | half width |\n| --- | --- | --- |")
    for name, (ask, truth) in questions(known).items():
        if options.only not in name:
            continue
        held, half = coverage(ask, truth, known, options.times)
        print(f"| {name} | {100 * held:.1f} % | {half:.3f} |", flush=True)


if __name__ == "__main__":
    main()
