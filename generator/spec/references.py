"""What the parts of a spec call themselves and each other, read from data that may still be wrong elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from generator.errors import Problem, suggestion
from generator.methods import METHODS
from generator.yaml_source import Source, child

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A part of the spec: its path, its id (given or by default) and its data as written."""

    path: str
    id: str
    data: Data


@dataclass(frozen=True)
class Declared:
    """Everything in a spec that has a name, in its order."""

    classes: tuple[Entry, ...]
    models: tuple[Entry, ...]
    regions: tuple[str, ...]
    questions: tuple[Entry, ...]
    figures: tuple[Entry, ...]


def declared(data: Data) -> Declared:
    """The names in a spec, whatever else is wrong with it."""
    questions = tuple(_entries(data, "questions"))
    figures = [entry for question in questions for entry in _entries(question.data, "figures", question.path)]
    regions = data.get("regions")
    return Declared(
        tuple(_entries(data, "classes")),
        tuple(_models(data.get("models"))),
        tuple(regions) if isinstance(regions, Mapping) else (),
        questions,
        tuple(_with_ids(figures)),
    )


def ids(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(entry.id for entry in entries if entry.id)


def _entries(data: Data, key: str, path: str = "") -> Iterator[Entry]:
    items = data.get(key)
    for position, item in enumerate(items if isinstance(items, list) else ()):
        item = {"id": item} if key == "classes" and isinstance(item, str | int) else item
        if isinstance(item, Mapping):
            yield Entry(child(child(path, key), position), str(item.get("id", "")), item)


def _models(models: object) -> Iterator[Entry]:
    """Models by name, or in a list with an `id`, for which a plain `name` may stand."""
    if isinstance(models, Mapping):
        for name, model in models.items():
            yield Entry(child("models", name), name, model if isinstance(model, Mapping) else {})
    for entry in _entries({"models": models}, "models"):
        name = entry.data.get("name")
        yield Entry(entry.path, entry.id or (name if isinstance(name, str) else ""), entry.data)


def _with_ids(figures: list[Entry]) -> Iterator[Entry]:
    """Figures with their default ids: the method's name, numbered when it repeats."""
    taken = {figure.id for figure in figures}
    for figure in figures:
        name = figure.id or _free(str(figure.data.get("method", "figure")), taken)
        taken.add(name)
        yield Entry(figure.path, name, figure.data)


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}-{n}" for n in count(2) if f"{name}-{n}" not in taken)


def misreferences(names: Declared, source: Source) -> Iterator[Problem]:
    """Ids that are there twice, and figures that refer to what is not before them or has no meaning for them."""
    for entries in (names.classes, names.models, names.questions, names.figures):
        yield from _repeated(entries, source)
    for position, figure in enumerate(names.figures):
        yield from _same_as(figure, ids(names.figures), position, source)
        yield from _unexplained(figure, source)
        yield from _unsummed(figure, source)
        yield from _unmasked(figure, ids(names.classes), source)
    yield from _overwritten(names.figures, source)


def _repeated(entries: tuple[Entry, ...], source: Source) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for entry in entries:
        if entry.id and entry.id in first:
            line = source.problem(child(first[entry.id], "id"), "").line
            yield source.problem(child(entry.path, "id"), f"the id '{entry.id}' is there twice, first on line {line}")
        first.setdefault(entry.id, entry.path)


def _same_as(figure: Entry, names: tuple[str, ...], position: int, source: Source) -> Iterator[Problem]:
    images = figure.data.get("images")
    wanted = images.get("same_as") if isinstance(images, Mapping) else None
    if not isinstance(wanted, str) or wanted in names[:position]:
        return
    later = f"'{wanted}' is not before this figure; same_as names an earlier one"
    message = later if wanted in names else f"unknown figure '{wanted}'{suggestion(wanted, names[:position])}"
    yield source.problem(child(figure.path, "images.same_as"), message)


def _unexplained(figure: Entry, source: Source) -> Iterator[Problem]:
    """`target` and `against` choose what an attribution explains; the other methods explain nothing."""
    method = METHODS.get(str(figure.data.get("method")))
    if method is None or method.kind == "attribution":
        return
    for key in ("target", "against"):
        if key in figure.data:
            message = f"'{key}' has no meaning for {method.name}: it explains no score"
            yield source.problem(child(figure.path, key), message, at_key=True)


def _unsummed(figure: Entry, source: Source) -> Iterator[Problem]:
    """The sum of all scores is the same whichever class is named."""
    params = figure.data.get("params")
    if not (isinstance(params, Mapping) and params.get("score") == "sum"):
        return
    for key in ("target", "against"):
        if key in figure.data:
            message = f"'{key}' has no meaning with `score: sum`: the scores of all classes are added up"
            yield source.problem(child(figure.path, key), message, at_key=True)


def _unmasked(figure: Entry, classes: tuple[str, ...], source: Source) -> Iterator[Problem]:
    """A threshold of a class that is not there."""
    path = "show.mask.below"
    below: object = figure.data
    for key in path.split("."):
        below = below.get(key) if isinstance(below, Mapping) else None
    for name in below if isinstance(below, Mapping) else ():
        if str(name) not in classes:
            message = f"unknown class '{name}'{suggestion(str(name), classes)}"
            yield source.problem(child(child(figure.path, path), str(name)), message, at_key=True)


def _overwritten(figures: tuple[Entry, ...], source: Source) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for figure in figures:
        export = figure.data.get("export")
        file = export.get("file") if isinstance(export, Mapping) else export
        if isinstance(file, str) and file in first:
            message = f"'{file}' is already the export of figure '{first[file]}'"
            yield source.problem(child(figure.path, "export"), message)
        elif isinstance(file, str):
            first[file] = figure.id
