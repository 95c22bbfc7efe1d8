"""What leaves a build beside the pages: pictures, their exported copies, arrays, and the manifest for machines."""

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import BaseModel

from generator import __version__
from generator.artefacts import Confusion, Heatmaps
from generator.build.cache import key_of, source_of
from generator.build.runs import runs_of, with_images
from generator.build.study import Study
from generator.build.subject import versions
from generator.drawing.png import jpeg
from generator.errors import ComputationError, SpecError
from generator.evidence import result
from generator.evidence.model_difference import model_difference
from generator.evidence.result import ReportEvidence
from generator.pages.assembly import figure_numbers
from generator.pages.figure_page import Built
from generator.prose.lookup import row_class
from generator.results import Drawing, FigureResult, Names, Part, Picture, Role
from generator.show import WEAK
from generator.spec.grammar import Export, Figure
from generator.spec.report import Report
from generator.steps import step
from generator.tally import Spent
from generator.words import interface

DRAWING = (
    "drawing",
    "artefacts.py",
    "evidence/estimates.py",
    "languages.py",
    "lattice.py",
    "maps/pixels.py",
    "results.py",
    "show.py",
    "text.py",
)
"""The source that pictures are drawn by."""
DRAWN_WITH = ("matplotlib", "pillow")

ROW_OF_NUMBERS = re.compile(
    r"\[\n(?: *(?:-?[\d.e+-]+|null),?\n)+ *\]"
)  # as JSON is written; on one line it is half as long
EXPORTS = "exports"  # the folder of the site
ALONE: tuple[Role, ...] = ("map", "sheet", "chart")  # what stands for a figure where no panel is named


def built_figures(report: Report, study: Study, results: dict[str, FigureResult]) -> dict[str, Built]:
    """Every computed figure with its number, method and pictures."""
    numbers, figures = figure_numbers(report), report.figures
    words = interface(report.languages, report.templates.folders).under("chart")
    names = Names(tuple(c.name for c in report.classes), report.languages, words, report.class_ids)
    return {
        name: Built(figures[name], numbers[name], study.methods[one.method], *drawn(study, figures[name], one, names))
        for name, one in results.items()
    }


def drawn(study: Study, figure: Figure, result: FigureResult, names: Names) -> tuple[FigureResult, Drawing]:
    """The figure with its pictures; one that cannot be drawn has failed."""
    if result.failure:
        return result, Drawing(())

    def draw_anew() -> Drawing:
        from generator.drawing.pictures import draw  # here: matplotlib is not needed where nothing is drawn

        also = (figure.export.panel,) if figure.export and figure.export.panel else ()
        return draw(with_images(figure, result, study), figure.show, names, also)

    parts = [run.key for run in runs_of(figure, study)]
    look = {"show": repr(figure.show), "export": repr(figure.export), "names": repr(names)}
    key = key_of(
        drawing=source_of(*DRAWING, "build/outputs.py", libraries=DRAWN_WITH), figure=figure.id, parts=parts, **look
    )
    try:
        with step("drawing", figure.id):
            return result, study.cache.remember(key, draw_anew)
    except ComputationError as error:
        return result.failed(error), Drawing(())


def exported(report: Report, built: Mapping[str, Built]) -> dict[str, bytes]:
    """The exported pictures by their path in the site; raises SpecError where two would get the same name."""
    files: dict[str, bytes] = {}
    owner: dict[str, str] = {}
    for figure_id, figure in built.items():
        for name, picture in _named(figure, report.class_ids):
            first = owner.get(name.casefold())  # not every disk tells A.png from a.png
            if first:
                several = f"names several pictures '{name}'; add {{index}} or {{number}} to it"
                again = several if first == figure_id else f"names '{name}', as figure '{first}' does"
                message = f"'{figure.spec.export.file if figure.spec.export else name}' {again}"
                raise SpecError((report.figure_problem(figure_id, "export", message),))
            owner[name.casefold()] = figure_id
            png = PurePosixPath(name).suffix.lower() == ".png"
            files[f"{EXPORTS}/{name}"] = picture.data if png else jpeg(picture.data)
    return files


def _named(figure: Built, classes: Sequence[str]) -> Iterator[tuple[str, Picture]]:
    """What a figure exports, under the names that its spec makes of them."""
    export, parts = figure.spec.export, figure.result.parts
    if export is None or figure.result.failure:
        return
    for number, picture in enumerate(_wanted(export, figure.drawing), 1):
        yield export.file.format(number=number, **_fields(picture, parts[picture.part], classes)), picture


def _wanted(export: Export, drawing: Drawing) -> Iterator[Picture]:
    """The pictures of the panel; of charts those of the first language."""
    roles = [picture.role for picture in drawing.pictures]
    role: Role | None = export.panel or next((role for role in ALONE if role in roles), None)
    pictures = [picture for picture in drawing.pictures if picture.role == role]
    return (picture for picture in pictures if picture.language in (None, pictures[0].language))


def _fields(picture: Picture, part: Part, classes: Sequence[str]) -> dict[str, str | int]:
    """What a name may hold; what a picture does not have is empty."""
    row, batch = picture.row, part.batch
    fields: dict[str, str | int] = {key: str(part.facts.get(key, "")) for key in ("layer", "model")}
    if row is None or row >= len(batch):
        return fields | dict.fromkeys(("class_index", "class_id", "index", "target"), "")
    label, target = int(row_class(part)[row]), int(batch.target[row])
    return fields | {"class_index": label, "class_id": classes[label], "index": int(batch.index[row]), "target": target}


def manifest(
    report: Report,
    study: Study,
    figures: Collection[Built],
    alt: Mapping[str, Mapping[str, str]],
    measured: ReportEvidence,
    shown: Sequence[Picture],
    *,
    files: Mapping[str, bytes],
    seconds: float,
    kept: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """What manifest.json says; `alt` by file name and language, `shown` the pictures of what was `measured`.

    `kept` is for the comparison with a later site. By the digests of its `files` a later build knows what it may
    replace.
    """
    digests = (study.subject.digest, study.subject.data.digest, report.source.digest)
    content = {
        "generator": __version__,
        "versions": dict(versions()),
        "sha256": {**dict(zip(("model", "data", "spec"), digests, strict=True)), **_models(study)},
        "seed": report.seed,
        "seconds": round(seconds, 3),
        "passes": {
            "figures": asdict(sum((one.result.passes for one in figures), Spent())),
            "evidence": asdict(measured.passes),
        },
        "figures": [{**_figure(one.result, one.drawing, alt, measured), **_model_of(study, one)} for one in figures],
        **result.plain(measured),
        "evidence": _pictures([picture.name for picture in shown], alt),
        **({"kept": kept} if kept else {}),
        "files": {name: sha256(data).hexdigest() for name, data in files.items()},
    }
    text = json.dumps(plain(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    text = ROW_OF_NUMBERS.sub(lambda found: " ".join(found[0].split()), text)
    return text.encode(errors="backslashreplace")


def _models(study: Study) -> dict[str, Any]:
    """The digests of several models by their names."""
    several = len(study.subjects) > 1
    return {"models": {name: one.digest for name, one in study.subjects.items()}} if several else {}


def _model_of(study: Study, figure: Built) -> dict[str, Any]:
    """The names of a figure's models, where the report has several."""
    return {"model": list(figure.spec.model)} if len(study.subjects) > 1 else {}


def _pictures(names: Sequence[str], alt: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The files of pictures, and what is seen on those that a page shows."""
    seen = {f"figures/{name}": dict(alt[name]) for name in names if name in alt}
    return {"files": [f"figures/{name}" for name in names], "alt": seen}


def _figure(
    figure: FigureResult, drawing: Drawing, alt: Mapping[str, Mapping[str, str]], measured: ReportEvidence
) -> dict[str, Any]:
    """What the manifest says of a figure; the numbers of several parts stand under `parts` too."""
    each = [{**part.artefact.facts, **part.facts, **part.artefact.numbers} for part in figure.parts]
    own, *others = measured.parts_of(figure.id) or ("",)
    evidence = result.plain(measured.figures[own]) if own else {}
    if others:
        evidence["models"] = {one.partition(result.PART)[2]: result.plain(measured.figures[one]) for one in others}
    numbers: dict[str, Any] = {key: value for one in each for key, value in one.items()}
    numbers |= _difference(figure.parts)
    entry = {
        "id": figure.id,
        "question": figure.question,
        "method": figure.method,
        "params": dict(figure.params),
        **_pictures([picture.name for picture in drawing.pictures], alt),
        "images": [image for number, part in enumerate(figure.parts) for image in _images(part, drawing, number)],
        "numbers": {**numbers, **({"parts": each} if len(each) > 1 else {}), **evidence},
        "seconds": round(figure.seconds, 3),
        "model_passes": figure.model_passes,
        "cached": figure.cached,
    }
    return entry | ({"failure": figure.failure} if figure.failure else {})


def _difference(parts: Sequence[Part]) -> dict[str, Any]:
    """How the matrices of further models differ from that of the first, by the names of the models."""
    matrices = [(str(part.facts.get("model")), one) for part in parts if isinstance(one := part.artefact, Confusion)]
    told = {name: result.plain(model_difference(matrices[0][1], other)) for name, other in matrices[1:]}
    kept = ("accuracy", "recall", "exchange")
    return {"difference": {name: {key: one[key] for key in kept} for name, one in told.items()}} if told else {}


def _images(part: Part, drawing: Drawing, number: int) -> Iterator[dict[str, Any]]:
    """Row by row: the image, its label (None: unknown), the prediction and the probability of the explained class.

    Of a heatmap also how strong it is beside the figure's strongest, and whether that is weak.
    With several parts also what tells this one apart: its model, its layer.
    """
    batch, mapped = part.batch, isinstance(part.artefact, Heatmaps)
    strength = {one.row: one.strength for one in drawing.pictures if (one.part, one.role) == (number, "image")}
    for k in range(len(batch)):
        image: dict[str, Any] = {"index": batch.index[k], "label": batch.label[k] if batch.label[k] >= 0 else None}
        image |= {"prediction": batch.prediction[k], "target": batch.target[k], "seed": batch.seed[k], **part.facts}
        image["probability" if batch.probability.shape[1] > 1 else "value"] = batch.probability[k, batch.target[k]]
        image |= {} if batch.against is None else {"against": batch.against[k]}
        image |= part.artefact.row_numbers(k)
        yield image | ({"strength": strength[k], "weak": strength[k] < WEAK} if mapped else {})


def plain(value: Any) -> Any:  # noqa: ANN401  any value of a report
    """The same in JSON's types: what is not finite becomes null."""
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, BaseModel):
        return plain(value.model_dump(exclude_none=True))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool | None) else str(value)
