"""LIME: the only door to the library, whose draw and regression are kept; the perturbed pictures are built in bulk."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artefacts import Fact, Floats, Heatmaps, Ints
from generator.classifier import Classifier, finite
from generator.maps.lime_quality import Neighbourhood, quality
from generator.maps.pixels import blurred
from generator.maps.superpixels import Segmentation, Slic, segmentation_of, superpixels
from generator.maps.variants import ahead
from generator.methods import Request, method
from generator.samples import Batch
from generator.text import bilingual

Hide = Literal["blur", "mean", "superpixel", "black", "grey", "white"]
Sign = Literal["both", "for", "against"]
Reading = Literal["probability", "logit"]

KERNEL_WIDTH = 0.25  # LIME's own for images, under the cosine distance
CHUNK = 4_000_000  # numbers in a portion of perturbed pictures, whatever is asked; three exist at a time
MOST = 1024  # pictures of a portion
FEWEST = 1000
PER_SUPERPIXEL = 10  # fewer samples than this leave the regression guessing
ALL = 100_000  # LIME's own default: every superpixel enters the regression
NOTHING: Mapping[Sign, str] = {"both": "flat", "for": "nothing_speaks_for", "against": "nothing_speaks_against"}


@dataclass(frozen=True)
class Local:
    """The local model of one image: a weight for each superpixel, and what it says of the whole image."""

    weights: NDArray[np.float64]
    intercept: float
    prediction: float
    near: Neighbourhood


@dataclass(frozen=True)
class Question:
    """What is asked of the model about one image: which class (minus which other), as probability or logit."""

    target: int
    against: int | None
    reading: Reading

    def scores(self, classifier: Classifier, images: Floats) -> NDArray[np.float32]:
        """`(N,)` the explained score of images as shown."""
        inputs = classifier.prepare(images)
        ask = classifier.probabilities if self.reading == "probability" else classifier.logits
        answers = ask(inputs)
        return answers[:, self.target] - (0 if self.against is None else answers[:, self.against])


def passes(params: Mapping[str, Any], images: int) -> int:
    """One forward pass a perturbed picture."""
    return images * (params.get("num_samples") or FEWEST)


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
    passes=passes,
    seeded=True,
    covers=True,
)
def lime(
    request: Request,
    *,
    num_samples: Annotated[
        int | None, Field(ge=20, description="perturbed pictures; left out: ten a superpixel, at least 1000")
    ] = None,
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
    batch, cut = request.batch, segmentation_of(segmentation)
    labelled = ((row, superpixels(image, cut)) for row, image in enumerate(batch.images))
    asked = (Task.of(batch, row, labels, num_samples, hide=hide, score=score) for row, labels in labelled)
    tasks, locals_ = zip(*explained(request.classifier, asked), strict=True)
    segments = np.stack([task.labels for task in tasks])
    counts, samples = [task.superpixels for task in tasks], [task.samples for task in tasks]
    shown = [select(local.weights, num_features, min_weight, sign) for local in locals_]
    values = np.stack([weights[labels] for weights, labels in zip(shown, segments, strict=True)])
    facts: dict[str, Fact] = {
        "algorithm": cut.algorithm,
        "superpixels": _range(counts),
        "samples": _range(samples),
        "hide": hide,
        "sign": sign,
        "score": score,
    }
    narrowed: dict[str, Fact | None] = {"num_features": num_features, "min_weight": min_weight or None}
    facts |= {key: value for key, value in narrowed.items() if value is not None}
    if num_samples is not None and num_samples < PER_SUPERPIXEL * max(counts):
        facts["samples_advised"] = PER_SUPERPIXEL * max(counts)
    return Heatmaps(
        values.astype(np.float32),
        True,
        "weight",
        facts,
        segments=segments,
        image_facts=tuple(image_facts(local, int(seed)) for local, seed in zip(locals_, batch.seed, strict=True)),
        remarks=tuple(_remark(local, weights, sign) for local, weights in zip(locals_, shown, strict=True)),
    )


@dataclass(frozen=True)
class Task:
    """One image `(H, W, C)` to explain, its superpixels `(H, W)`, what hides one, and LIME's random numbers for it."""

    image: Floats
    labels: Ints
    hide: Hide
    asked: int | None
    question: Question
    random: np.random.RandomState

    @property
    def superpixels(self) -> int:
        return int(self.labels.max()) + 1

    @property
    def samples(self) -> int:
        """Ten a superpixel where their number is left out."""
        return self.asked or max(FEWEST, PER_SUPERPIXEL * self.superpixels)

    @classmethod
    def of(cls, batch: Batch, row: int, labels: Ints, samples: int | None, *, hide: Hide, score: Reading) -> "Task":
        """What is asked about one row of a batch."""
        against = None if batch.against is None else int(batch.against[row])
        random = np.random.RandomState(int(batch.seed[row]))
        random.randint(0, high=1000)  # LIME draws a seed for its segmentation first; ours is given
        return cls(batch.images[row], labels, hide, samples, Question(int(batch.target[row]), against, score), random)


@dataclass(frozen=True)
class Portion:
    """Perturbed pictures of one task: `images (n, H, W, C)`; `on` are all its perturbations, where this is the last."""

    task: Task
    images: Floats
    on: Ints | None


def explained(classifier: Classifier, tasks: Iterable[Task]) -> list[tuple[Task, Local]]:
    """Each task with its local model; pictures are made and lines fitted in threads while the model computes."""
    with ThreadPoolExecutor(1) as side:
        fits, scores = [], []
        for portion in ahead(perturbed(tasks)):
            scores.append(portion.task.question.scores(classifier, portion.images))
            if portion.on is not None:
                known = finite(np.concatenate(scores), "the scores of covered pictures")
                fit = side.submit(regress, portion.on, known, portion.task.random)
                fits.append((portion.task, fit))
                scores = []
        return [(task, fit.result()) for task, fit in fits]


def perturbed(tasks: Iterable[Task]) -> Iterator[Portion]:
    """All pictures of all tasks in order, of which only a few exist at a time."""
    for task in tasks:
        on = draw(task.random, task.samples, task.superpixels)
        shown, fill = on.astype(bool), hidden(task.image, task.labels, task.hide)
        rows = max(1, min(MOST, CHUNK // task.image.size))
        for start in range(0, len(on), rows):
            seen = shown[start : start + rows][:, task.labels, None]
            images = np.where(seen, task.image, fill).astype(np.float32, copy=False)
            yield Portion(task, images, on if start + rows >= len(on) else None)


def draw(random: np.random.RandomState, samples: int, segments: int) -> Ints:
    """`(samples, segments)` of 0 (hidden) and 1 (shown), as LIME draws them; the first hides nothing."""
    on = random.randint(0, 2, samples * segments).reshape(samples, segments)
    on[0] = 1
    return on


def hidden(image: Floats, labels: Ints, hide: Hide) -> Floats:
    """The picture that shines through where a superpixel is hidden, of the image's shape."""
    constant = {"black": 0.0, "grey": 0.5, "white": 1.0}
    if hide in constant:
        return np.full_like(image, constant[hide])
    if hide == "mean":
        return np.broadcast_to(image.mean(axis=(0, 1)), image.shape).astype(np.float32)
    if hide == "superpixel":
        return _superpixel_means(image, labels)
    return blurred(image, min(image.shape[:2]) / 8)  # the layout stays, what is shown goes


def regress(on: Ints, score: NDArray[np.float32], random: np.random.RandomState) -> Local:
    """LIME's own regression over the perturbations of one image."""
    from lime.lime_base import LimeBase

    distances = 1 - np.sqrt(on.mean(axis=1))  # cosine distance to the row of ones
    base = LimeBase(kernel, random_state=random)
    intercept, pairs, _, prediction = base.explain_instance_with_data(on, score[:, None], distances, 0, ALL)
    weights = np.zeros(on.shape[1])
    for segment, weight in pairs:
        weights[segment] = weight
    near = Neighbourhood(on.astype(np.float64), score.astype(np.float64), kernel(distances))
    return Local(weights, float(intercept), float(prediction[0]), near)


def kernel(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """LIME's weight of a perturbed picture by its distance to the whole one."""
    return np.sqrt(np.exp(-(distance**2) / KERNEL_WIDTH**2))


def select(weights: NDArray[np.float64], most: int | None, least: float, sign: Sign) -> NDArray[np.float64]:
    """Weights of the superpixels that are shown; 0 for the others."""
    wanted = {"both": weights != 0, "for": weights > 0, "against": weights < 0}[sign]
    strength = np.where(wanted & (np.abs(weights) >= least), np.abs(weights), -1.0)
    leading = np.argsort(-strength, kind="stable")[:most]
    shown = np.zeros_like(weights)
    shown[leading] = np.where(strength[leading] >= 0, weights[leading], 0.0)
    return shown


def image_facts(local: Local, seed: int) -> Mapping[str, Fact]:
    """What a reader must know of one image's local model."""
    found = quality(local.near, seed)
    return {
        "superpixels": len(local.weights),
        "r2": found.r2,
        "stability": found.stability,
        "chance": found.chance,
        "leading": found.leading,
        "intercept": local.intercept,
        "local_prediction": local.prediction,
        "prediction": float(local.near.score[0]),
        "seed": seed,
    }


def _remark(local: Local, shown: NDArray[np.float64], sign: Sign) -> str:
    if len(local.weights) == 1:
        return "one_superpixel"
    return "" if np.abs(shown).max() > 0 else NOTHING[sign]


def _range(counts: list[int]) -> Fact:
    """A number where it is the same for every image, else from which to which."""
    return counts[0] if len(set(counts)) == 1 else f"{min(counts)}–{max(counts)}"


def _superpixel_means(image: Floats, labels: Ints) -> Floats:
    size = np.bincount(labels.ravel())
    flat = image.reshape(-1, image.shape[-1])
    means = [np.bincount(labels.ravel(), flat[:, channel]) / size for channel in range(image.shape[-1])]
    return np.stack(means, axis=-1)[labels].astype(np.float32)
