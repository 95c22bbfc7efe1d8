"""What changed in JSON's types, as scripts read it."""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from generator import __version__
from generator.compare.changes import ChangedFigure, ChangedImage, ChangedLight, ChangedPicture, ChangedText, Changes
from generator.compare.differences import Judged, Moved
from generator.evidence.estimates import Estimate


@singledispatch
def plain(value: object) -> Any:  # noqa: ANN401  a tree of JSON's types
    """A tree of mappings, lists and plain values."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, tuple | list) else value


@plain.register
def _(value: Estimate) -> dict[str, Any]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}


@plain.register
def _(value: Moved) -> dict[str, Any]:
    known = {"number": ".".join(value.path), "before": plain(value.before), "now": plain(value.now)}
    step = {"difference": plain(value.difference), "paired": value.paired, "course": value.course}
    return known | (step if value.difference else {})


@plain.register
def _(value: Judged) -> dict[str, Any]:
    images = {"images": value.n, "gained": value.gained, "lost": value.lost} if value.matched else {"images": None}
    surer = {"probability": plain(value.probability)} if value.probability else {}
    recalls = [plain(one) for one in value.recall.values()]
    return {"model": value.model, **images, "accuracy": plain(value.accuracy), "recall": recalls, **surer}


@plain.register
def _(value: ChangedLight) -> dict[str, Any]:
    parts = {name: getattr(value, name) for name in ("figure", "check", "model", "before", "now")}
    return parts | {"reason_before": value.reasons[0], "reason_now": value.reasons[1]}


@plain.register
def _(value: ChangedImage) -> dict[str, Any]:
    return {"index": value.index, "before": plain(value.before), "now": plain(value.now)}


@plain.register
def _(value: ChangedPicture) -> dict[str, Any]:
    return {"file": value.name, "before": value.before, "now": value.now}


@plain.register
def _(value: ChangedText) -> dict[str, Any]:
    place = "figure" if value.caption else "question"
    return {place: value.place, "language": value.language, "before": value.before, "now": value.now}


@plain.register
def _(value: ChangedFigure) -> dict[str, Any]:
    known: dict[str, Any] = {"id": value.id, "status": value.status, "method": value.method}
    if value.failures[0] != value.failures[1]:
        known["failure"] = {"before": value.failures[0], "now": value.failures[1]}
    parts = ("params", "images", "numbers", "lights", "pictures")
    return known | {name: plain(getattr(value, name)) for name in parts if getattr(value, name)}


@plain.register
def _(value: Changes) -> dict[str, Any]:
    """All of it; the lights and the answers of every figure and question stand together once more."""
    return {
        "generator": __version__,
        "same": value.same,
        "origin": plain(value.origin),
        "models": plain(value.models),
        "figures": plain(value.figures),
        "lights": plain(value.lights),
        "overall": plain(value.overall),
        "answers": plain(tuple(text for text in value.texts if not text.caption)),
        "captions": plain(tuple(text for text in value.texts if text.caption)),
        "not_compared": list(value.lacking),
    }
