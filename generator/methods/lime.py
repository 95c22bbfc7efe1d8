"""LIME: the only door to the library, whose draw and regression are kept; the perturbed pictures are built in bulk."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artefacts import Fact, Floats, Fraction, Heatmaps, Ints, Label
from generator.classifier import Classifier, finite
from generator.maps.lime_quality import Neighbourhood, quality
from generator.maps.pixels import filled
from generator.maps.superpixels import Segmentation, Slic, segmentation_of, superpixels
from generator.maps.variants import Doubles, ahead
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

    weights: Doubles
    intercept: float
    prediction: float
    near: Neighbourhood


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
    passes=lambda params, images: images * (params.get("num_samples") or FEWEST),
    seeded=True,
    covers=True,
    thrifty={"num_samples": 150},  # ranks of cells .77 those of 1,000 (two runs of 1,000: .91), the gap .40 of .43
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
    asked = (Task.of(batch, row, superpixels(image, cut), num_samples) for row, image in enumerate(batch.images))
    tasks, locals_ = zip(*explained(request.classifier, asked, hide, score), strict=True)
    counts, samples = [task.superpixels for task in tasks], [task.samples for task in tasks]
    shown = [select(local.weights, num_features, min_weight, sign) for local in locals_]
    facts: dict[str, Fact] = {"algorithm": cut.algorithm, "superpixels": _range(counts), "samples": _range(samples)}
    facts |= {"hide": hide, "sign": sign, "score": score}
    narrowed: dict[str, Fact | None] = {"num_features": num_features, "min_weight": min_weight or None}
    facts |= {key: value for key, value in narrowed.items() if value is not None}
    if num_samples is not None and num_samples < PER_SUPERPIXEL * max(counts):
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


def _range(counts: list[int]) -> Fact:
    """A number where it is the same for every image, else from which to which."""
    return counts[0] if len(set(counts)) == 1 else f"{min(counts)}–{max(counts)}"


def _remark(local: Local, shown: Doubles, sign: Sign) -> str:
    if len(local.weights) == 1:
        return "one_superpixel"
    return "" if np.abs(shown).max() > 0 else NOTHING[sign]


@dataclass(frozen=True)
class Task:
    """One image `(H, W, C)` to explain, its superpixels `(H, W)`, and LIME's random numbers for it.

    The score that is explained is that of class `target`, minus that of `against` where there is one.
    """

    image: Floats
    labels: Ints
    samples: int
    target: int
    against: int | None
    random: np.random.RandomState

    @property
    def superpixels(self) -> int:
        return int(self.labels.max()) + 1

    @classmethod
    def of(cls, batch: Batch, row: int, labels: Ints, samples: int | None) -> "Task":
        """What is asked about one row of a batch; left out, the samples are ten a superpixel."""
        against = None if batch.against is None else int(batch.against[row])
        random = np.random.RandomState(int(batch.seed[row]))
        random.randint(0, high=1000)  # LIME draws a seed for its segmentation first; ours is given
        samples = samples or max(FEWEST, PER_SUPERPIXEL * (int(labels.max()) + 1))
        return cls(batch.images[row], labels, samples, int(batch.target[row]), against, random)

    def scores(self, classifier: Classifier, images: Floats, reading: Reading) -> Floats:
        """`(N,)` the explained score of images as shown."""
        ask = classifier.probabilities if reading == "probability" else classifier.logits
        answers = ask(classifier.prepare(images))
        return answers[:, self.target] - (0 if self.against is None else answers[:, self.against])


def explained(classifier: Classifier, tasks: Iterable[Task], hide: Hide, score: Reading) -> list[tuple[Task, Local]]:
    """Each task with its local model; pictures are made and lines fitted in threads while the model computes."""
    with ThreadPoolExecutor(1) as side:
        fits, scores = [], []
        for task, images, on in ahead(perturbed(tasks, hide)):
            scores.append(task.scores(classifier, images, score))
            if on is not None:
                known = finite(np.concatenate(scores), "the scores of covered pictures")
                fits.append((task, side.submit(regress, on, known, task.random)))
                scores = []
        return [(task, fit.result()) for task, fit in fits]


def perturbed(tasks: Iterable[Task], hide: Hide) -> Iterator[tuple[Task, Floats, Ints | None]]:
    """All pictures `(n, H, W, C)` of all tasks, a few at a time; with the last of a task all its perturbations."""
    for task in tasks:
        on = draw(task.random, task.samples, task.superpixels)
        shown, fill = on.astype(bool), hidden(task.image, task.labels, hide)
        rows = max(1, min(MOST, CHUNK // task.image.size))
        for start in range(0, len(on), rows):
            seen = shown[start : start + rows][:, task.labels, None]
            images = np.where(seen, task.image, fill).astype(np.float32, copy=False)
            yield task, images, on if start + rows >= len(on) else None


def draw(random: np.random.RandomState, samples: int, segments: int) -> Ints:
    """`(samples, segments)` of 0 (hidden) and 1 (shown), as LIME draws them; the first hides nothing."""
    on = random.randint(0, 2, samples * segments).reshape(samples, segments)
    on[0] = 1
    return on


def hidden(image: Floats, labels: Ints, hide: Hide) -> Floats:
    """The picture that shines through where a superpixel is hidden, of the image's shape."""
    if hide == "mean":
        return np.broadcast_to(image.mean(axis=(0, 1)), image.shape).astype(np.float32)
    if hide != "superpixel":
        return filled(image[None], hide)[0]
    size, flat = np.bincount(labels.ravel()), image.reshape(-1, image.shape[-1])
    means = [np.bincount(labels.ravel(), flat[:, channel]) / size for channel in range(image.shape[-1])]
    return np.stack(means, axis=-1)[labels].astype(np.float32)


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
    found = quality(local.near, seed)
    return {
        "superpixels": len(local.weights),
        **vars(found),
        "stability": Fraction(found.stability),
        "chance": Fraction(found.chance),
        "intercept": local.intercept,
        "local_prediction": local.prediction,
        "prediction": float(local.near.score[0]),
        "seed": Label(seed),
    }
