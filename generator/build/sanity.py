"""What a labelled data set says of the preprocessing: the accuracy under it, and whether another would do better."""

from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np

from generator.build.cache import key_of
from generator.build.study import Study
from generator.data.preprocess import Preprocess
from generator.data.row_hash import row_hash
from generator.data.scaling_check import ScalingHint, suspicious_scaling
from generator.samples import UNLABELLED

MOST = 512  # images that other scalings are tried on
VERSION = 1


@dataclass(frozen=True)
class Checked:
    """`accuracy` over `images` labelled images drawn from the data; `hint` where another scaling would do better."""

    accuracy: float
    images: int
    hint: ScalingHint | None


def checked(study: Study) -> Checked | None:
    """The check of a labelled data set; None where there are no labels."""
    if not study.data_facts[1]:
        return None
    key = key_of(sanity=(VERSION, study.subject.key), data=study.subject.data.digest, seed=study.seed)
    found = cast(dict[str, Any], study.cache.remember(key, lambda: asdict(_check(study))))
    return Checked(found["accuracy"], found["images"], ScalingHint(**found["hint"]) if found["hint"] else None)


def _check(study: Study) -> Checked:
    subject, samples = study.subject, study.subject.data.samples
    labelled = np.flatnonzero(samples.label != UNLABELLED)
    chosen = np.sort(labelled[np.argsort(row_hash(samples.index[labelled], study.seed), kind="stable")[:MOST]])
    images, label = subject.images(chosen), samples.label[chosen]
    right = subject.predict(chosen).argmax(axis=1) == label
    current = cast(Preprocess, subject.classifier.preprocessing)
    hint = suspicious_scaling(subject.classifier.logits, images, label, current)
    return Checked(float(right.mean()), len(chosen), hint)
