"""Cases whose evidence is known before it is measured: closed-form models, toy methods, and faces made for them."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from generator.artefacts import Heatmaps
from generator.evidence.explainer import COVERED, Bench, Case, Explainer, untrained_maps
from generator.evidence.faces import Faces, covering
from generator.evidence.localisation import Partition, shares
from generator.evidence.measurement import Setting, answered, measure
from generator.evidence.result import FigureEvidence, ReportEvidence
from generator.evidence.statement import judged
from generator.methods import METHODS, Method, load_all
from generator.prose.lookup import ReportFacts
from generator.prose.sayings import Spoken
from generator.regions import Region
from generator.samples import Evaluation
from generator.sharing import Sharing
from generator.text import Text, bilingual
from generator.words import load
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier

SIDE = 48
CORNERS = ((0, 0), (0, 36), (36, 0), (36, 36))
CORNER = Region("corner", Text.of("corner"), ((0.0, 0.0, 0.25, 0.25),))
CLASSES = ("a", "b", "c", "d")
MASKS = Partition.of([CORNER], (SIDE, SIDE), CLASSES).masks
LIME = tuple({"r2": r2, "stability": 0.9, "chance": 0.1} for r2 in (0.8, 0.7) * 4)


def corner_classifier(classes: int = 4, gain: float = 6.0) -> LinearClassifier:
    """Each class is `gain` times the mean of its own 12×12 corner; with two classes the second is always 0."""
    weights = np.zeros((SIDE, SIDE, 1, classes), np.float32)
    for k, (top, left) in enumerate(CORNERS[: 1 if classes == 2 else classes]):
        weights[top : top + 12, left : left + 12, 0, k] = gain / 144
    return LinearClassifier(weights)


def corner_images(count: int, classes: int = 4, seed: int = 5):
    """Noise with the corner of each image's class bright; classes take turns."""
    target = np.arange(count) % classes
    images = np.random.default_rng(seed).uniform(0, 0.5, (count, SIDE, SIDE, 1)).astype(np.float32)
    for image, k in zip(images, target, strict=True):
        top, left = CORNERS[k]
        image[top : top + 12, left : left + 12] += 0.5
    return images, target


def faces_of(images, target, classifier, seed: int = 0) -> Faces:
    """Labelled images as the measures take them."""
    index = np.arange(len(images))
    probability = classifier.probabilities(classifier.prepare(images))
    return Faces(index, target, target, probability, lambda rows: images[rows], seed)


def registered(name: str, figure: str | None = None, **params) -> Explainer:
    """A method of the package with some of its parameters."""
    load_all()
    method = METHODS[name]
    return Explainer(figure or name, method, method.options(**params).model_dump())


def toy(values, name: str = "toy", *, seeded: bool = False, access="gradients", passes: int = 1) -> Explainer:
    """A method whose maps are `values(request)`, `(N, H, W)`."""

    def compute(request) -> Heatmaps:
        return Heatmaps(np.asarray(values(request), np.float32), False, "toy")

    words = bilingual(name, name)
    method = Method(name, compute, "attribution", access, words, words, "", lambda p, n, size: passes * n, seeded)
    return Explainer(name, method, {})


def edges(request):
    """The picture's own edges: no model has a say."""
    down, right = np.gradient(request.batch.images[..., 0], axis=(1, 2))
    return np.hypot(down, right)


def fixed_noise(request):
    """Noise that belongs to the picture: the same whatever is asked."""
    images = request.batch.images
    return np.stack([np.random.default_rng(int(1e6 * image.mean())).random(image.shape[:2]) for image in images])


def fresh_noise(request):
    """Noise from the seed of each image: another seed, another map."""
    size = request.batch.images.shape[1:3]
    return np.stack([np.random.default_rng(int(seed)).random(size) for seed in request.batch.seed])


def middle(request):
    """The same blob for every picture."""
    place = np.arange(SIDE) - SIDE / 2
    blob = np.exp(-(place[:, None] ** 2 + place**2) / 200)
    return np.repeat(blob[None], len(request.batch), axis=0)


@dataclass(frozen=True)
class AsProbability(LinearClassifier):
    """Its logits are its probabilities: what a measure does to a score can be worked out without a softmax."""

    def probabilities(self, inputs):
        return self.logits(inputs)


@contextmanager
def shuffled(seed, inputs, *, of):
    """The closed-form model untrained: weights drawn anew."""
    weights = np.random.default_rng(seed).normal(0, 6 / 144, of.weights.shape).astype(np.float32)
    yield LinearClassifier(weights)


def case_of(explainer, classes: int = 4, count: int = 140, reinitialised=True) -> Case:
    """One method on the bench with corner images."""
    classifier = corner_classifier(classes)
    images, target = corner_images(count, classes)
    faces = faces_of(images, target, classifier)
    cover = covering(classifier, images[:56], target[:56], faces.seeds[:56], faces.own[:56])
    bench = Bench(Sharing(classifier), faces, Partition((CORNER.id,), MASKS, CLASSES[:classes]), cover)
    source = partial(shuffled, of=classifier)
    untrained = untrained_maps([explainer], source, bench, {}) if reinitialised else {}
    return Case.begun(explainer, bench, untrained.get(explainer.figure)).extended(COVERED)


def told(case: Case) -> FigureEvidence:
    """What may be said of one method alone."""
    return judged(ReportEvidence({"one": answered(case)})).of("one")


def corner_share(explainer, classifier, image) -> float:
    """The share of the corner in the map of the first class."""
    request = request_of(classifier, image, target=0)
    maps = explainer.method.compute(request, **explainer.options)
    return float(shares(np.maximum(maps.values, 0), MASKS)[0, 0])


def evaluated(n: int = 400) -> Evaluation:
    label = np.arange(n) % 4
    prediction = np.where(np.arange(n) % 10 < 7, label, (label + 1) % 4)
    probability = np.full((n, 4), 0.05, np.float32)
    probability[np.arange(n), prediction] = 0.85
    return Evaluation(label, prediction, probability, "", "")


@cache
def evidence() -> ReportEvidence:
    """Everything measured of five methods, one of them too dear for further images."""
    classifier = corner_classifier()
    images, target = corner_images(120)
    explainers = [
        registered("saliency"),
        registered("saliency", "again"),
        toy(edges, "edges"),
        toy(fresh_noise, "noise", seeded=True),
        toy(edges, "dear", passes=1000),
    ]
    explainers[4] = type(explainers[4])("lime", explainers[4].method, {}, LIME)
    faces = faces_of(images, target, classifier)
    setting = Setting(CLASSES, (CORNER,), evaluated())
    return measure(explainers, classifier, faces, setting, partial(shuffled, of=classifier))


def spoken(evidence, code: str = "en") -> Spoken:
    """The functions of the prose over it."""
    names = {k: Text({"en": k.upper(), "zh-Hant": f"類{k}"}) for k in CLASSES}
    corner = replace(CORNER, name=Text({"en": "the corner", "zh-Hant": "角落"}))
    methods = {name: "lime" if name == "lime" else name for name in evidence.figures}
    facts = ReportFacts(names, {"corner": corner}, None, 0, True, 0, "", (SIDE, SIDE, 1), ("en",))
    return Spoken(facts, load(code), {}, {}, evidence, methods)
