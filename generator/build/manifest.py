"""What was built, for machines: figures with their files, numbers and cost, and everything they were made from."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

from generator import __version__
from generator.artefacts import Confusion, Heatmaps, Patterns
from generator.prose.figures import matrix_numbers
from generator.results import Drawing, FigureResult, Part


@dataclass(frozen=True)
class Provenance:
    """What a report was made from; digests are sha256."""

    versions: Mapping[str, str]
    model: str
    data: str
    spec: str
    seed: int


def manifest(
    provenance: Provenance,
    figures: Sequence[tuple[FigureResult, Drawing]],
    alt: Mapping[str, Mapping[str, str]],
    measured: Mapping[str, Any],
    seconds: float,
) -> str:
    """The text of manifest.json; `alt` by file name and language, `measured` the evidence by figure and over all."""
    entries = [_figure(result, drawing, alt, measured.get(result.id, {})) for result, drawing in figures]
    content = {
        "generator": __version__,
        "versions": dict(provenance.versions),
        "sha256": {"model": provenance.model, "data": provenance.data, "spec": provenance.spec},
        "seed": provenance.seed,
        "seconds": round(seconds, 3),
        "figures": entries,
        **measured.get("", {}),
    }
    return json.dumps(plain(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _figure(
    result: FigureResult, drawing: Drawing, alt: Mapping[str, Mapping[str, str]], measured: Mapping[str, Any]
) -> dict[str, Any]:
    files = [f"figures/{picture.name}" for picture in drawing.pictures]
    entry = {
        "id": result.id,
        "question": result.question,
        "method": result.method,
        "params": dict(result.params),
        "files": files,
        "alt": {f"figures/{name}": dict(alt[name]) for name in _names(drawing) if name in alt},
        "images": [image for part in result.parts for image in _images(part)],
        "numbers": {**_numbers(result.parts), **measured},
        "seconds": round(result.seconds, 3),
        "model_passes": result.model_passes,
        "cached": result.cached,
    }
    return entry | ({"failure": result.failure} if result.failure else {})


def _names(drawing: Drawing) -> list[str]:
    return [picture.name for picture in drawing.pictures]


def _images(part: Part) -> Iterator[dict[str, Any]]:
    """Row by row: the image, its label (None: unknown), the prediction and the probability of the explained class.

    With several parts also what tells this one apart: its model, its layer.
    """
    batch = part.batch
    for k in range(len(batch)):
        image: dict[str, Any] = {"index": batch.index[k], "label": batch.label[k] if batch.label[k] >= 0 else None}
        image |= {"prediction": batch.prediction[k], "target": batch.target[k], "seed": batch.seed[k], **part.facts}
        image["probability"] = batch.probability[k, batch.target[k]]
        image |= {} if batch.against is None else {"against": batch.against[k]}
        artefact = part.artefact
        if isinstance(artefact, Heatmaps):
            image |= {"remark": artefact.remark(k)} if artefact.remark(k) else {}
            image |= dict(artefact.image_facts[k]) if artefact.image_facts else {}
        yield image


def _numbers(parts: Sequence[Part]) -> dict[str, Any]:
    """The facts beside the figure, and what its artefact says in numbers; of several parts under `parts` each."""
    each = [_of_part(part) for part in parts]
    numbers: dict[str, Any] = {key: value for one in each for key, value in one.items()}
    return numbers | ({"parts": each} if len(each) > 1 else {})


def _of_part(part: Part) -> dict[str, Any]:
    numbers: dict[str, Any] = {**part.artefact.facts, **part.facts}
    if isinstance(part.artefact, Patterns):
        numbers |= {key: getattr(part.artefact, key) for key in ("unit", "activation", "on_images", "dead")}
    if isinstance(part.artefact, Confusion):
        numbers |= matrix_numbers(part.artefact) | {"counts": part.artefact.counts}
    return numbers


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
