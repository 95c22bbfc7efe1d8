"""How a model does on labelled images before anything is computed, and whether an evaluation from a file is its own."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from generator.artefacts import Floats, Ints
from generator.build.cache import key_of, source_of
from generator.build.picture_doubts import resized
from generator.build.study import Study
from generator.build.subject import Subject, file_digest, fitting
from generator.data.data_source import TRAINING
from generator.data.resize import images_of
from generator.data.resizing_check import MOST as RESIZED
from generator.data.resizing_check import better_resizing
from generator.data.scaling_check import ScalingHint, suspicious_scaling
from generator.data.selection import row_hash
from generator.errors import DataError, ModelError, Problem
from generator.evidence.contradiction import Contradiction, contradiction, renumbered
from generator.samples import UNLABELLED, Evaluation, Frame
from generator.shipped import STARTER
from generator.spec.report import Report
from generator.steps import step
from generator.text import Text
from generator.words import COMPLETE, Interface, interface

MOST = 512  # images that a model is asked about
NAMED = ".evaluation.csv"  # behind the name of a model
MODELS = (".keras", ".h5", ".hdf5")


@dataclass(frozen=True)
class Checked:
    """`accuracy` over `images` labelled images drawn from the data; `hint` where another scaling would do better.

    `against` is what speaks against an evaluation from a file.
    """

    accuracy: float
    images: int
    hint: ScalingHint | None
    against: Contradiction | None = None


def checked(study: Study, name: str) -> Checked | None:
    """The check of a model on a labelled data set; None where there are no labels."""
    if not study.data_facts[1]:
        return None
    if name not in study.checked:
        subject, given = study.subjects[name], study.given.get(name)
        asked = {"sanity": subject.key, "data": subject.data.digest, "seed": study.seed}
        source = source_of("build/sanity.py", "evidence/contradiction.py")
        key = key_of(source=source, given=given.digest if given else "", **asked)
        with step("asking", "the data", error=ModelError):
            study.checked[name] = study.cache.remember(key, lambda: asdict(_check(study, subject, given)))
    found = study.checked[name]
    hint, against = found["hint"], found["against"]
    return Checked(
        found["accuracy"],
        found["images"],
        ScalingHint(**hint) if hint else None,
        Contradiction(**against) if against else None,
    )


def _check(study: Study, subject: Subject, given: Evaluation | None) -> Checked:
    samples = subject.data.samples
    labelled = np.flatnonzero(samples.label != UNLABELLED)
    most = fitting(MOST, subject.frame)
    rows = np.sort(np.argsort(row_hash(samples.index[labelled], study.seed), kind="stable")[:most])
    chosen, known = labelled[rows], samples.label[labelled]
    images, label = subject.images(chosen), known[rows]
    probability = subject.predict(chosen)
    current, logits = subject.classifier.preprocessing, subject.classifier.logits
    right = np.asarray(probability.argmax(axis=1) == label, np.float64)
    hint = suspicious_scaling(logits, images, label, current, right)
    if (hint is None or not hint.better) and resized(study):
        some = slice(0, RESIZED)

        def shown(frame: Frame, rows: Ints) -> Floats:
            return images_of(samples, chosen[rows], frame)

        hint = better_resizing(logits, shown, label[some], current, subject.frame, right[some]) or hint
    asked = given and not _of_training(subject, given, known)
    against = contradiction(given, known, rows, probability) if given and asked else None
    return Checked(float(right.mean()), len(chosen), hint, against)


def _of_training(subject: Subject, given: Evaluation, label: Ints) -> bool:
    """Whether the data are what the model was trained on, by their name, and the evaluation is of others."""
    usage = (subject.data.source.usage or "").casefold()
    return usage in (word.casefold() for word in TRAINING) and not np.array_equal(given.label, label)


def contradicts(report: Report, study: Study, name: str) -> Contradiction | None:
    """What speaks against the evaluation of a model: what the model answers, or else whose the file is."""
    if name not in study.given:
        return None
    found = checked(study, name) if study.labelled else None
    against = found.against if found else None
    if against and _better(against) and _stem(report.evaluations[name][1]) == _bare(study.subjects[name].path):
        against = None  # the file is the model's by its name, and these may be the images that it was trained on
    return against or _whose(report, study, name)


def _better(against: Contradiction) -> bool:
    """Whether the model does better on the data than the file says of others."""
    return against.reason == "accuracy" and against.facts["own"] > against.facts["given"]  # type: ignore[operator]


def _whose(report: Report, study: Study, name: str) -> Contradiction | None:
    """An evaluation that is another model's by its name, or by its content one that ships with the program."""
    subject, file = study.subjects[name], report.evaluations[name][1]
    others = [file.with_name(_stem(file) + suffix) for suffix in MODELS] if _stem(file) else []
    if study.given[name].digest == file_digest(STARTER["models/fer_cnn.evaluation.csv"]):
        others.append(STARTER["models/fer_cnn.keras"])
    for other in (one for one in others if one.is_file() and _stem(file) != _bare(subject.path)):
        with suppress(DataError):
            if file_digest(other, limits=report.limits) != subject.digest:
                return Contradiction("name", {"other": other.name})
    return None


def _stem(file: Path) -> str:
    """The name of the model that a file of an evaluation is called after."""
    return file.name[: -len(NAMED)] if file.name.casefold().endswith(NAMED) else ""


def _bare(model: Path) -> str:
    return next((model.name[: -len(one)] for one in MODELS if model.name.casefold().endswith(one)), model.name)


def contradictions(report: Report, study: Study, asking: bool) -> Iterator[Problem]:
    """Every evaluation that is doubtful, at its place in the spec; without `asking` the models as far as names tell."""
    words = interface((COMPLETE,), things=report.things)
    for name in study.given:
        found = contradicts(report, study, name) if asking else _whose(report, study, name)
        if found is not None:
            said = said_against(report, name, found, words)[COMPLETE].rstrip(".")
            message = f"{said}; name what this very model said, or leave it out"
            yield report.problem(report.evaluations[name][0], message)


def said_against(report: Report, name: str, found: Contradiction, words: Interface) -> Text:
    """What speaks against the evaluation of a model, in words."""
    shares = {key: f"{value:.1%}" for key, value in found.facts.items() if isinstance(value, float)}
    counts = {key: f"{value:,}" for key, value in found.facts.items() if isinstance(value, int)}
    model = next(one for one in report.models if (one.id or "") == name)
    told = {**found.facts, **shares, **counts, "file": report.evaluations[name][1].name, "model": model.path.name}
    return words(f"contradiction.{found.reason}", **told)


def miscounted(report: Report, study: Study) -> Iterator[Problem]:
    """Evaluations that count the classes in another order than the data do."""
    for name, given in study.given.items() if study.labelled else ():
        label = study.subjects[name].data.samples.label
        found = renumbered(given.label, label[label != UNLABELLED])
        if found is not None:
            theirs, ours = (report.class_ids[k] for k in found)
            message = (
                f"these are the pictures of `data` in their order, and what it calls '{theirs}' is '{ours}' there: "
                "it counts the classes in another order; write their ids"
            )
            yield report.problem(report.evaluations[name][0], message)
