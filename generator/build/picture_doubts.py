"""What is wrong or doubtful with the pictures themselves, found before a figure is computed."""

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from generator.artefacts import Ints
from generator.build.cache import key_of, source_of
from generator.build.study import Study
from generator.build.subject import DATA, fitting
from generator.data.folder import left_out
from generator.data.picture_check import PictureCheck, picture_check
from generator.data.resize import images_of
from generator.data.selection import row_hash
from generator.errors import DataError, Problem, SpecError
from generator.samples import Frame
from generator.spec.report import Report
from generator.yaml_source import child

MOST = 256  # pictures looked at by a build, which decodes them anyway
FEW, SMALL = 12, Frame((32, 32, 3))  # and by a check without the model, which has to be quick


def picture_doubts(report: Report, study: Study, with_model: bool) -> Iterator[Problem]:
    """Files of a folder that are not read, and pictures that are (nearly) black; raises SpecError at `data`."""
    source = study.subject.data.source
    if source.kind == "folder" and source.path is not None and (unread := left_out(source.path, source.limits)):
        yield report.problem("data.path", unread)
    try:
        yield from _uncut(report, study)
        found = _looked_at(study, with_model)
    except DataError as error:
        raise SpecError((report.problem("data", str(error)),)) from error
    if found.message:
        yield report.problem("data.range" if source.range else "data", found.message)


def _uncut(report: Report, study: Study) -> Iterator[Problem]:
    """A crop that is larger than pictures are."""
    cropped = [(name, crop) for name, one in study.subjects.items() if (crop := one.settings.crop)]
    for name, (height, width) in cropped:
        small = [size for size in stored_sizes(study) if size[0] < height or size[1] < width]
        if small:
            told = f"{height}×{width} is larger than pictures of {small[0][0]}×{small[0][1]}, of which less is cut; "
            cure = "say a smaller one, or leave it out"
            yield report.problem(child(report.model_paths[name], "preprocess.crop"), told + cure)


def _looked_at(study: Study, with_model: bool) -> PictureCheck:
    """The check of some pictures drawn by chance, as the model sees them or small."""
    data = study.subject.data
    frame = study.subject.frame if with_model else SMALL

    def check() -> PictureCheck:
        positions = _drawn(study, fitting(MOST, frame) if with_model else FEW)
        return picture_check(data.samples, positions, images_of(data.samples, positions, frame))

    key = key_of(looked_at=data.digest, frame=repr(frame), seed=study.seed, source=source_of(*DATA))
    return PictureCheck(**study.cache.remember(key, lambda: asdict(check())))


def stored_sizes(study: Study) -> tuple[tuple[int, int], ...]:
    """The sizes (h, w) that some pictures drawn by chance have, each once, the smallest first."""
    data = study.subject.data

    def sizes() -> list[list[int]]:
        return [list(size) for size in sorted(set(data.samples.sizes(_drawn(study, MOST))))]

    found = study.cache.remember(key_of(sizes=data.digest, seed=study.seed, source=source_of(*DATA)), sizes)
    return tuple((height, width) for height, width in found)


def resized(study: Study) -> bool:
    """Whether any of them has another size than the model's input."""
    return any(size != study.subject.frame.shape[:2] for size in stored_sizes(study))


def _drawn(study: Study, most: int) -> Ints:
    """Positions drawn by chance, in their order."""
    rows = study.subject.data.samples.index
    return np.sort(np.argsort(row_hash(rows, study.seed), kind="stable")[:most]).astype(np.int64)
