"""A model on labelled images before anything is computed, and evaluations from files that are not its own."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from generator.artefacts import Floats
from generator.build.cache import Cache
from generator.build.checks import check
from generator.build.sanity import checked, contradicts
from generator.build_options import BuildOptions
from generator.data.preprocess import Preprocessor
from generator.data.resize import resize
from generator.limits import USUAL
from generator.samples import Evaluation, Frame, Samples
from generator.shipped import STARTER
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.spec_fixture import HEAD, loaded


class Faint:
    """A study whose model was trained on pixels of -1..1: bright pictures are the first class."""

    seed = 0
    data_facts = (200, True)
    labelled = True
    given: Mapping[str, Evaluation] = {}

    def __init__(self, preprocess: Preprocessor) -> None:
        weights = np.zeros((4, 4, 1, 2), np.float32)
        weights[..., 0] = 1
        self.model = LinearClassifier(weights)
        self.images: Floats = np.repeat(np.linspace(0, 1, 200, dtype=np.float32), 16).reshape(200, 4, 4, 1)
        rows = np.arange(200)
        samples = Samples(rows, (rows < 100).astype(np.int64), lambda at: list(self.images[at]), "here", "")
        self.cache = Cache(None)
        self.preprocess = preprocess
        classifier = SimpleNamespace(preprocessing=preprocess, logits=self.model.logits)
        self.checked: dict[str, object] = {}
        source = SimpleNamespace(usage=None)
        data = SimpleNamespace(samples=samples, digest="", source=source)
        self.subject = SimpleNamespace(
            frame=Frame((4, 4, 1)), key="", data=data, classifier=classifier, images=self.shown, predict=self.predict
        )
        self.subjects = {"": self.subject}

    def shown(self, at):
        return self.images[at]

    def predict(self, at):
        return self.model.probabilities(self.preprocess.prepare(self.images[at]))


def test_the_right_scaling_is_only_told_its_accuracy():
    """Under -1..1 the linear model is always right, and there is nothing to hint at."""
    found = checked(Faint(Preprocessor(-1.0, 1.0)), "")
    assert (found.accuracy, found.images, found.hint) == (1.0, 200, None)


def test_a_wrong_scaling_is_told_the_right_one():
    """Under 0..1 every picture looks bright: half are right, and -1..1 is named."""
    found = checked(Faint(Preprocessor(0.0, 1.0)), "")
    assert 0.45 < found.accuracy < 0.55
    assert found.hint.better == "scale: [-1, 1]"


def test_pictures_of_another_size_are_tried_by_other_ways_of_resizing():
    """Lines of one pixel, which an average makes grey and the model was trained on every fourth of: it is named."""
    study, rows = Faint(Preprocessor(-1.0, 1.0)), np.arange(200)
    lines = np.zeros((200, 16, 16), np.uint8)
    lines[:100, :, 1::2] = lines[100:, :, 0::2] = 255
    samples = Samples(rows, (rows < 100).astype(np.int64), lambda at: list(lines[at]), "here", "")
    study.images = resize(list(lines), study.subject.frame)
    study.subject.data.samples = samples
    found = checked(study, "")
    assert found.accuracy == 0.5
    assert found.hint.better == "resize: {filter: nearest}"


def test_without_labels_there_is_nothing_to_say():
    """No labels, no accuracy."""
    study = Faint(Preprocessor())
    study.data_facts = (200, False)
    assert checked(study, "") is None


def test_the_check_comes_back_from_the_cache(tmp_path):
    """A rebuild needs no model for it."""
    study = Faint(Preprocessor(0.0, 1.0))
    study.cache = Cache(tmp_path)
    first = checked(study, "")
    study.subject.classifier = None
    study.checked.clear()
    assert checked(study, "") == first == replace(first)


def test_an_evaluation_of_another_model_is_told_by_what_the_model_answers():
    """The model is right on all pictures; a file that says it is right on some of them is doubted."""
    study = Faint(Preprocessor(-1.0, 1.0))
    label = study.subject.data.samples.label
    study.given = {"": Evaluation(label, np.where(np.arange(200) % 3 == 0, 1 - label, label), None, "e.csv", "")}
    assert checked(study, "").against.reason == "images"
    study.checked.clear()
    study.given = {"": Evaluation(label, label, None, "e.csv", "")}
    assert checked(study, "").against is None


OTHER = "y_true,y_pred\nangry,angry\n"


def test_an_evaluation_that_is_called_after_another_model_is_doubted_without_labels(tmp_path, capsys):
    """As where the path of the model is changed and the evaluation stays."""
    for name in ("mine.evaluation.csv", "theirs.evaluation.csv"):
        (tmp_path / name).write_text(OTHER)
    (tmp_path / "theirs.keras").write_text("another model")

    def said(evaluation: str, model: str = "model.keras") -> str:
        spec = HEAD.replace("classes:", f"evaluation: {evaluation}\nclasses:").replace("model.keras", model)
        check(loaded(tmp_path, spec), BuildOptions(formats=("html",)), with_model=False)
        return capsys.readouterr().err

    assert "it belongs to theirs.keras, and the model here is model.keras" in said("theirs.evaluation.csv")
    assert said("theirs.evaluation.csv", "theirs.keras") == ""
    assert said("mine.evaluation.csv") == ""


def test_a_model_that_does_better_on_its_training_images_is_not_doubted(tmp_path):
    """Where the file is called after it; of any other file it is."""
    study = Faint(Preprocessor(-1.0, 1.0))
    study.subject.path = tmp_path / "model.keras"
    label = np.arange(300) % 2
    study.given = {"": Evaluation(label, np.where(np.arange(300) % 3 == 0, 1 - label, label), None, "e.csv", "")}
    for name, doubted in (("model.evaluation.csv", False), ("e.csv", True)):
        report = SimpleNamespace(evaluations={"": ("evaluation", tmp_path / name)}, limits=USUAL)
        assert bool(contradicts(report, study, "")) is doubted


def test_the_evaluation_that_ships_is_of_the_model_that_ships(tmp_path, capsys):
    """Whatever the file is called where it is copied to."""
    (tmp_path / "e.csv").write_bytes(STARTER["models/fer_cnn.evaluation.csv"].read_bytes())
    classes = "classes: [angry, disgust, fear, happy, sad, surprise, neutral]"
    spec = HEAD.replace("classes: [angry, happy]", f"{classes}\nevaluation: e.csv")
    check(loaded(tmp_path, spec), BuildOptions(formats=("html",)), with_model=False)
    assert "it belongs to fer_cnn.keras" in capsys.readouterr().err
