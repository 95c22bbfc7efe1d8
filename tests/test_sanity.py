"""With labels, a build says how often the model is right and whether its pictures are scaled as it was trained on."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from generator.artefacts import Floats
from generator.build.cache import Cache
from generator.build.sanity import checked
from generator.data.preprocess import Preprocess
from generator.samples import Samples
from tests.fixtures.closed_form import LinearClassifier


class Faint:
    """A study whose model was trained on pixels of -1..1: bright pictures are the first class."""

    seed = 0
    data_facts = (200, True)

    def __init__(self, preprocess: Preprocess) -> None:
        weights = np.zeros((4, 4, 1, 2), np.float32)
        weights[..., 0] = 1
        self.model = LinearClassifier(weights)
        self.images: Floats = np.repeat(np.linspace(0, 1, 200, dtype=np.float32), 16).reshape(200, 4, 4, 1)
        rows = np.arange(200)
        samples = Samples(rows, (rows < 100).astype(np.int64), lambda at: list(self.images[at]), "here", "")
        self.cache = Cache(None)
        self.preprocess = preprocess
        classifier = SimpleNamespace(preprocessing=preprocess, logits=self.model.logits)
        data = SimpleNamespace(samples=samples, digest="")
        self.subject = SimpleNamespace(
            key="", data=data, classifier=classifier, images=self.shown, predict=self.predict
        )

    def shown(self, at):
        return self.images[at]

    def predict(self, at):
        return self.model.probabilities(self.preprocess.prepare(self.images[at]))


def test_the_right_scaling_is_only_told_its_accuracy():
    """Under -1..1 the linear model is always right, and there is nothing to hint at."""
    found = checked(Faint(Preprocess(-1.0, 1.0)))
    assert (found.accuracy, found.images, found.hint) == (1.0, 200, None)


def test_a_wrong_scaling_is_told_the_right_one():
    """Under 0..1 every picture looks bright: half are right, and -1..1 is named."""
    found = checked(Faint(Preprocess(0.0, 1.0)))
    assert 0.45 < found.accuracy < 0.55
    assert found.hint.better == "scale: [-1, 1]"


def test_without_labels_there_is_nothing_to_say():
    """No labels, no accuracy."""
    study = Faint(Preprocess())
    study.data_facts = (200, False)
    assert checked(study) is None


def test_the_check_comes_back_from_the_cache(tmp_path):
    """A rebuild needs no model for it."""
    study = Faint(Preprocess(0.0, 1.0))
    study.cache = Cache(tmp_path)
    first = checked(study)
    study.subject.classifier = None
    assert checked(study) == first == replace(first)
