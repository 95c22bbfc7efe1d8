"""LIME: the only door to the library, whose regression is kept, and whose draw where a number of samples is asked for.

Else the draw is balanced, and goes on image by image until the leading superpixels would come again.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain, islice
from operator import itemgetter
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Floats, Fraction, Heatmaps, Ints, Label
from generator.classifier import Classifier, Score, finite
from generator.maps.explained import values
from generator.maps.lime_quality import Neighbourhood, Quality, quality, settled
from generator.maps.pixels import filled
from generator.maps.superpixels import Segmentation, Slic, segmentation_of, superpixels
from generator.maps.variants import Doubles, Variant, chunks
from generator.methods import Request, method
from generator.samples import Batch
from generator.text import bilingual

Hide = Literal["blur", "mean", "superpixel", "black", "grey", "white"]
Sign = Literal["both", "for", "against"]
Reading = Literal["probability", "logit"]

KERNEL_WIDTH = 0.25  # LIME's own for images, under the cosine distance
AT_ONCE = 8  # images whose pictures share the model's batches
FEWEST, MOST = 256, 512  # samples of an image where none are asked for (docs/defaults.md)
PER_SUPERPIXEL = 10  # fewer samples than this leave the regression guessing
ORDER = 64  # the least of a balanced portion, which has twice as many pictures
ALL = 100_000  # LIME's own default: every superpixel enters the regression
NOTHING: Mapping[Sign, str] = {"both": "flat", "for": "nothing_speaks_for", "against": "nothing_speaks_against"}


@dataclass(frozen=True)
class Local:
    """The local model of one image: a weight for each superpixel, what it says of the whole image, and what the model.

    `samples` is how many pictures it was fitted to, `found` how well.
    """

    weights: Doubles
    intercept: float
    prediction: float
    score: float
    samples: int
    found: Quality


@method(
    kind="attribution",
    access="predictions",
    title=bilingual("LIME", "LIME 局部解釋"),
    summary=bilingual(
        "Hides random superpixels of the picture, watches the score, and fits a linear model: its weights say which "
        "superpixels speak for the class and which against it.",
        "隨機遮住圖片的一些超像素，觀察分數如何改變，再擬合一個線性模型：權重說明哪些超像素支持這個類別、哪些反對。",
    ),
    paper="Ribeiro et al. 2016, “Why Should I Trust You?”, arXiv:1602.04938",
    passes=lambda params, images: images * (asked(params.get("num_samples")) or most(wanted(params))),
    seeded=True,
    covers=True,
    thrifty={"num_samples": 150},  # ranks of cells .77 those of 1,000 (two runs of 1,000: .91), the gap .40 of .43
)
def lime(
    request: Request,
    *,
    num_samples: Annotated[
        Annotated[int, Field(ge=20)] | Literal["auto"] | None,
        Field(
            description="perturbed pictures; auto: from 256 on, until another draw would name the same leading "
            "superpixels, at most 512 or ten a superpixel"
        ),
    ] = "auto",
    num_features: Annotated[
        int | None, Field(ge=1, description="show only so many superpixels, those of the largest weight")
    ] = None,
    min_weight: Annotated[float, Field(ge=0, description="show no superpixel whose weight is smaller")] = 0.0,
    hide: Annotated[Hide, Field(description="what stands in for a hidden superpixel")] = "blur",
    sign: Annotated[Sign, Field(description="superpixels that speak for the class, against it, or both")] = "both",
    score: Annotated[Reading, Field(description="the number that the local model imitates")] = "probability",
    segmentation: Segmentation = Slic(),  # noqa: B008, frozen
) -> Heatmaps:
    """Weights of a local linear model over superpixels that are shown or hidden."""
    batch, cut, fixed = request.batch, segmentation_of(segmentation), asked(num_samples)
    drawn = (Task.of(batch, row, superpixels(image, cut), hide, fixed) for row, image in enumerate(batch.images))
    tasks, locals_ = zip(*explained(request.classifier, batch, drawn, score), strict=True)
    counts, samples = [task.superpixels for task in tasks], [local.samples for local in locals_]
    shown = [select(local.weights, num_features, min_weight, sign) for local in locals_]
    facts: dict[str, Fact] = {"algorithm": cut.algorithm, "superpixels": _range(counts), "samples": _range(samples)}
    facts |= {"hide": hide, "sign": sign, "score": score}
    narrowed: dict[str, Fact | None] = {"num_features": num_features, "min_weight": min_weight or None}
    facts |= {key: value for key, value in narrowed.items() if value is not None}
    if fixed is not None and fixed < PER_SUPERPIXEL * max(counts):
        facts["samples_advised"] = PER_SUPERPIXEL * max(counts)
    return Heatmaps(
        np.stack([weights[task.labels] for task, weights in zip(tasks, shown, strict=True)]).astype(np.float32),
        True,
        "weight",
        facts,
        segments=np.stack([task.labels for task in tasks]),
        image_facts=tuple(image_facts(local, int(seed)) for local, seed in zip(locals_, batch.seed, strict=True)),
        remarks=tuple(_remark(local, weights, sign) for local, weights in zip(locals_, shown, strict=True)),
    )


def asked(num_samples: int | str | None) -> int | None:
    """The number of samples that is asked for; None where it is left to what they show."""
    return num_samples if isinstance(num_samples, int) else None


def most(superpixels: int) -> int:
    """Samples of an image where none are asked for."""
    return max(MOST, PER_SUPERPIXEL * superpixels)


def wanted(params: Mapping[str, Any]) -> int:
    """About how many superpixels are asked for; 1 where nothing is said."""
    cut = segmentation_of(params.get("segmentation", {})).model_dump()
    return cut.get("n_segments") or cut.get("rows", 1) * cut.get("columns", 1)


def _range(counts: list[int]) -> Fact:
    """A number where it is the same for every image, else from which to which."""
    return counts[0] if len(set(counts)) == 1 else f"{min(counts)}–{max(counts)}"


def _remark(local: Local, shown: Doubles, sign: Sign) -> str:
    if len(local.weights) == 1:
        return "one_superpixel"
    return "" if np.abs(shown).max() > 0 else NOTHING[sign]


@dataclass(frozen=True)
class Task:
    """One image `(H, W, C)` to explain, its superpixels `(H, W)`, what hides one, and LIME's random numbers for it.

    `fixed` is how many samples are asked for. `on` and `scores` are the portions of masks that were drawn so far, and
    what the model said of them.
    """

    image: Floats
    labels: Ints
    fill: Floats
    fixed: int | None
    seed: int
    random: np.random.RandomState
    on: list[Ints] = field(default_factory=list)
    scores: list[Floats] = field(default_factory=list)

    @property
    def superpixels(self) -> int:
        return int(self.labels.max()) + 1

    @classmethod
    def of(cls, batch: Batch, row: int, labels: Ints, hide: Hide, fixed: int | None) -> "Task":
        """What is asked about one row of a batch."""
        image, seed = batch.images[row], int(batch.seed[row])
        random = np.random.RandomState(seed)
        random.randint(0, high=1000)  # LIME draws a seed for its segmentation first; ours is given
        return cls(image, labels, hidden(image, labels, hide), fixed, seed, random)

    def draw(self) -> Ints:
        """The next masks; the very first hides nothing."""
        if self.fixed is not None:
            self.on.append(draw(self.random, self.fixed, self.superpixels))
        else:
            left = most(self.superpixels) - sum(map(len, self.on))
            self.on.append(balanced(self.random, self.superpixels)[:left])
            self.on[0][0] = 1
        return self.on[-1]

    def pictures(self, row: int, on: Ints) -> Iterator[Variant]:
        """The image under each mask."""
        return ((row, np.where(one[self.labels][:, :, None], self.image, self.fill)) for one in on.astype(bool))

    @property
    def near(self) -> Neighbourhood:
        """All of its samples so far; balanced ones come in pairs."""
        on, score = np.concatenate(self.on), finite(np.concatenate(self.scores), "the scores of covered pictures")
        weight = kernel(distances(on))
        return Neighbourhood(on.astype(np.float64), score.astype(np.float64), weight, 1 if self.fixed else 2)

    def fitted(self) -> Local:
        """LIME's own regression over all of its samples, which are let go."""
        from lime.lime_base import LimeBase

        near, base = self.near, LimeBase(kernel, random_state=self.random)
        data = near.on.astype(np.int64), near.score[:, None], distances(near.on)
        intercept, pairs, _, prediction = base.explain_instance_with_data(*data, 0, ALL)
        weights = np.zeros(self.superpixels)
        for segment, weight in pairs:
            weights[segment] = weight
        self.on.clear()
        self.scores.clear()
        told = float(intercept), float(prediction[0]), float(near.score[0]), len(near.score)
        return Local(weights, *told, quality(near, self.seed))

    @property
    def done(self) -> bool:
        """Whether no more is to be drawn."""
        drawn = sum(map(len, self.on))
        if self.fixed is not None or drawn >= most(self.superpixels):
            return True
        return drawn >= FEWEST and settled(self.near, self.seed)


def explained(
    classifier: Classifier, batch: Batch, tasks: Iterable[Task], reading: Reading
) -> list[tuple[Task, Local]]:
    """Each task of a batch with its local model; some images at a time are asked about together, portion by portion.

    Lines are fitted, and what fits them is loaded, in a thread while the model computes.
    """
    waiting, open_ = enumerate(tasks), dict[int, Task]()
    begun: list[tuple[int, Task, Future[Local]]] = []
    with ThreadPoolExecutor(1) as side:
        side.submit(import_module, "lime.lime_base")
        while True:
            open_ |= islice(waiting, AT_ONCE - len(open_))
            if not open_:
                return [(task, fit.result()) for _, task, fit in sorted(begun, key=itemgetter(0))]
            _answer(classifier, batch, open_, reading)
            for row in [row for row, task in open_.items() if task.done]:
                task = open_.pop(row)
                begun.append((row, task, side.submit(task.fitted)))


def _answer(classifier: Classifier, batch: Batch, tasks: Mapping[int, Task], reading: Reading) -> None:
    """Another portion of each task, by its row of the batch."""
    score = Score(batch.target, batch.against, reading)
    pictures = chain.from_iterable(task.pictures(row, task.draw()) for row, task in tasks.items())
    parts = [(rows, values(classifier, classifier.prepare(seen), score[rows])) for rows, seen in chunks(pictures)]
    rows, found = (np.concatenate(column) for column in zip(*parts, strict=True))
    for row, task in tasks.items():
        task.scores.append(found[rows == row].astype(np.float32))


def draw(random: np.random.RandomState, samples: int, segments: int) -> Ints:
    """`(samples, segments)` of 0 (hidden) and 1 (shown), as LIME draws them; the first hides nothing."""
    on = random.randint(0, 2, samples * segments).reshape(samples, segments)
    on[0] = 1
    return on


def balanced(random: np.random.RandomState, segments: int) -> Ints:
    """`(2m, segments)` of 0 and 1, each even row the complement of the one before: a Hadamard design, folded over.

    Every superpixel is shown in half of the pictures and every two of them together in a quarter: what LIME's draw
    has only in the mean. A single row is any of the 2ⁿ with the same probability, as there.
    """
    signs = np.ones((1, 1), np.int64)
    while len(signs) < max(ORDER, segments + 1):
        signs = np.block([[signs, signs], [signs, -signs]])
    columns = 1 + random.permutation(len(signs) - 1)[:segments]
    shown = (1 + signs[random.permutation(len(signs))][:, columns] * random.choice([-1, 1], segments)) // 2
    return np.stack([shown, 1 - shown], axis=1).reshape(-1, segments)


def hidden(image: Floats, labels: Ints, hide: Hide) -> Floats:
    """The picture that shines through where a superpixel is hidden, of the image's shape."""
    if hide == "mean":
        return np.broadcast_to(image.mean(axis=(0, 1)), image.shape).astype(np.float32)
    if hide != "superpixel":
        return filled(image[None], hide)[0]
    size, flat = np.bincount(labels.ravel()), image.reshape(-1, image.shape[-1])
    means = [np.bincount(labels.ravel(), flat[:, channel]) / size for channel in range(image.shape[-1])]
    return np.stack(means, axis=-1)[labels].astype(np.float32)


def distances(on: Ints | Doubles) -> Doubles:
    """`(N,)` cosine distances of masks to the row of ones."""
    return np.asarray(1 - np.sqrt(on.mean(axis=1)))


def kernel(distance: Doubles) -> Doubles:
    """LIME's weight of a perturbed picture by its distance to the whole one."""
    return np.sqrt(np.exp(-(distance**2) / KERNEL_WIDTH**2))


def select(weights: Doubles, most: int | None, least: float, sign: Sign) -> Doubles:
    """Weights of the superpixels that are shown; 0 for the others."""
    wanted = {"both": weights != 0, "for": weights > 0, "against": weights < 0}[sign]
    strength = np.where(wanted & (np.abs(weights) >= least), np.abs(weights), -1.0)
    leading = np.argsort(-strength, kind="stable")[:most]
    shown = np.zeros_like(weights)
    shown[leading] = np.where(strength[leading] >= 0, weights[leading], 0.0)
    return shown


def image_facts(local: Local, seed: int) -> Mapping[str, Fact]:
    """What a reader must know of one image's local model."""
    return {
        "superpixels": len(local.weights),
        "samples": local.samples,
        **vars(local.found),
        "stability": Fraction(local.found.stability),
        "chance": Fraction(local.found.chance),
        "intercept": local.intercept,
        "local_prediction": local.prediction,
        "prediction": local.score,
        "seed": Label(seed),
    }
