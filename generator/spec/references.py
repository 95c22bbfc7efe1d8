"""What the parts of a spec call themselves and each other, in figures and in prose, found without computing.

It reads data that may still be wrong elsewhere, so that one run tells everything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from generator.artefacts import READABLE
from generator.errors import InputError, Problem, ProseError, suggestion
from generator.evidence.result import CHECKS
from generator.methods import METHODS
from generator.prose.asking import UNKNOWN, asked, signature_of
from generator.prose.rehearsal import rehearsed
from generator.prose.sayings import COMPARED, EXCHANGES, FUNCTIONS
from generator.templating import calls_in, names_in
from generator.yaml_source import Source, child

VALUE = "value"  # the only class of a spec that names none
OF_CLASSES = ("select", "classes", "correct", "min_probability")
OF_A_VALUE = {
    "target": ("label", "predicted"),
    "params.score": ("logit",),
    "images.select": ("confident", "random", "first", "last", "all"),
}
Arguments = Mapping[str, tuple[str, tuple[str, ...]]]  # by parameter: what it names, and the names there are

FILES = frozenset({"path", "training", "evaluation", "plugins", "mean", "std"})  # keys whose values are files


@dataclass(frozen=True)
class Entry:
    """A part of the spec: its path, its id (given or by default) and its data as written."""

    path: str
    id: str
    data: Mapping[str, Any]

    @property
    def params(self) -> Mapping[str, Any]:
        """The options of a figure; none where they are no mapping, as the grammar says."""
        params = self.data.get("params")
        return params if isinstance(params, Mapping) else {}


@dataclass(frozen=True)
class Declared:
    """Everything in a spec that has a name, in its order."""

    classes: tuple[Entry, ...]
    models: tuple[Entry, ...]
    regions: tuple[str, ...]
    questions: tuple[Entry, ...]
    figures: tuple[Entry, ...]


def declared(data: Mapping[str, Any]) -> Declared:
    """The names in a spec, whatever else is wrong with it."""
    questions = tuple(_entries(data, "questions"))
    figures = [entry for question in questions for entry in _entries(question.data, "figures", question.path)]
    regions = data.get("regions")
    return Declared(
        tuple(_entries(data, "classes")) or (Entry("classes", VALUE, {}),),
        tuple(_models(data.get("models"))),
        tuple(regions) if isinstance(regions, Mapping) else (),
        questions,
        tuple(_with_ids(figures)),
    )


def files(data: object, key: str = "") -> Iterator[str]:
    """What the spec calls by keys that name files, whether or not they are there."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from files(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from files(value, key)
    elif isinstance(data, str) and key in FILES:
        yield data


def ids(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(entry.id for entry in entries if entry.id)


def _entries(data: Mapping[str, Any], key: str, path: str = "") -> Iterator[Entry]:
    items = data.get(key)
    for position, item in enumerate(items if isinstance(items, list) else ()):
        item = {"id": item} if key == "classes" and isinstance(item, str | int) else item
        if isinstance(item, Mapping):
            yield Entry(child(child(path, key), position), str(item.get("id", "")), item)


def _models(models: object) -> Iterator[Entry]:
    """Models by name, or in a list with an `id`, for which a `name` may stand."""
    if isinstance(models, Mapping):
        for name, model in models.items():
            yield Entry(child("models", name), name, model if isinstance(model, Mapping) else {})
    for entry in _entries({"models": models}, "models"):
        name = entry.data.get("name")
        said = next(iter(name.values()), "") if isinstance(name, Mapping) else name
        yield Entry(entry.path, entry.id or str(said or ""), entry.data)


def _with_ids(figures: list[Entry]) -> Iterator[Entry]:
    """Figures with their default ids: the method's name, numbered when it repeats."""
    taken = {figure.id for figure in figures}
    for figure in figures:
        name = figure.id or str(figure.data.get("method", "figure"))
        if not figure.id and name in taken:
            name = next(f"{name}-{n}" for n in count(2) if f"{name}-{n}" not in taken)
        taken.add(name)
        yield Entry(figure.path, name, figure.data)


def misreferences(names: Declared, source: Source) -> Iterator[Problem]:
    """Ids that are there twice, and figures that refer to what is not before them or has no meaning for them."""
    for entries in (names.classes, names.models, names.questions, names.figures):
        yield from _repeated(entries, source)
    for position, figure in enumerate(names.figures):
        yield from _same_as(figure, ids(names.figures), position, source)
        yield from _meaningless(figure, source)
        yield from _each_of_many(figure, len(names.classes), source)
        if len(names.classes) == 1:
            yield from _of_classes(figure, names.classes[0].id, source)
        yield from _unmasked(figure, ids(names.classes), source)
    yield from _overwritten(names.figures, source)
    yield from _evaluations(names, source)


def _evaluations(names: Declared, source: Source) -> Iterator[Problem]:
    """Evaluations of what has no classes, and one that is named twice."""
    only = source.data.get("model")
    models = names.models or ((Entry("model", "", only),) if isinstance(only, Mapping) else ())
    own = [child(model.path, "evaluation") for model in models if "evaluation" in model.data]
    places = [*(["evaluation"] if "evaluation" in source.data else []), *own]
    for place in places if len(names.classes) == 1 else ():
        yield source.problem(place, "an evaluation is of classes, and none are named; leave it out", at_key=True)
    if len(names.classes) > 1 and "evaluation" in source.data and models and "evaluation" in models[0].data:
        message = "the first model has an evaluation of its own; leave one of the two out"
        yield source.problem("evaluation", message, at_key=True)


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


def _meaningless(figure: Entry, source: Source) -> Iterator[Problem]:
    """`target` and `against` choose the score that is explained: other methods explain none, a sum has them all."""
    method = METHODS.get(str(figure.data.get("method")))
    if method is not None and method.kind != "attribution":
        reason = f"for {method.name}: it explains no score"
    elif figure.params.get("score") == "sum":
        reason = "with `score: sum`: the scores of all classes are added up"
    else:
        return
    for key in ("target", "against"):
        if key in figure.data:
            yield source.problem(child(figure.path, key), f"'{key}' has no meaning {reason}", at_key=True)


def _of_classes(figure: Entry, name: str, source: Source) -> Iterator[Problem]:
    """What asks for classes where there is a value alone, which goes by that name."""
    images = figure.data.get("images")
    asked = {"target": figure.data.get("target"), "against": figure.data.get("against")}
    asked |= {f"params.{key}": figure.params.get(key) for key in ("score", "classes")}
    asked |= {f"images.{key}": images.get(key) for key in OF_CLASSES} if isinstance(images, Mapping) else {}
    if figure.data.get("method") == "confusion_matrix":
        asked["method"] = "confusion_matrix"
    for key, value in asked.items():
        if value not in (None, name, *OF_A_VALUE.get(key, ())):
            message = f"'{value}' is of classes, and this model has none: without `classes` its one output is a value"
            yield source.problem(child(figure.path, key), message)


def _each_of_many(figure: Entry, classes: int, source: Source) -> Iterator[Problem]:
    """A map for every class beside every image is more than a page holds."""
    if figure.data.get("target") == "each" and classes > READABLE:
        message = (
            f"`each` makes {classes:,} maps of every image; take `predicted`, or a figure for each class in question"
        )
        yield source.problem(child(figure.path, "target"), message)


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
    """Two figures of one file name; of names with fields the pictures that fill them decide, when they are exported."""
    first: dict[str, str] = {}
    for figure in figures:
        export = figure.data.get("export")
        file = export.get("file") if isinstance(export, Mapping) else export
        if not isinstance(file, str) or "{" in file:
            continue
        if file in first:
            message = f"'{file}' is already the export of figure '{first[file]}'"
            yield source.problem(child(figure.path, "export"), message)
        first.setdefault(file, figure.id)


def wrong_prose(names: Declared, source: Source) -> Iterator[Problem]:
    """What is wrong in prompts, answers, captions and notes: syntax, names, calls, and what no value would mend."""
    known = _arguments(names)
    methods = {figure.id: str(figure.data.get("method")) for figure in names.figures}
    for path, text in _texts(names):
        try:
            problems = [*_undefined(path, text, source), *_miscalled(path, text, known, source)]
            yield from problems
            if not problems and all(method in METHODS for method in methods.values()):
                rehearsed(text, ids(names.classes), names.regions, methods)
        except ProseError as error:
            yield source.problem_in_text(path, error.line, str(error))


def _arguments(names: Declared) -> Arguments:
    """What an argument of a function of the prose may be, by the name of its parameter."""
    classes = ("class", ids(names.classes))
    by_class = dict.fromkeys(("class_id", "label", "prediction", "row"), classes)
    nameless = any("id" not in f.data and str(f.data.get("method")) not in METHODS for f in names.figures)
    figures = ("figure", ids(names.figures))
    by_figure = {} if nameless else dict.fromkeys(("figure", "one", "other"), figures)  # else one mistake is told often
    words = {"reference": COMPARED, "exchange": EXCHANGES, "check": tuple(CHECKS)}
    return {"region": ("region", names.regions), **by_class, **by_figure, **{key: (key, words[key]) for key in words}}


def _texts(names: Declared) -> Iterator[tuple[str, str]]:
    """Path and source of every text with expressions, language by language."""
    parts: list[tuple[Entry, tuple[str, ...]]] = [(question, ("prompt", "answer")) for question in names.questions]
    for figure in names.figures:
        notes = figure.data.get("notes")
        parts.append((figure, ("caption",)))
        parts += [(Entry(child(figure.path, "notes"), "", notes), tuple(notes))] if isinstance(notes, Mapping) else []
    for path, text in ((child(entry.path, key), entry.data.get(key)) for entry, keys in parts for key in keys):
        said = {child(path, tag): words for tag, words in text.items()} if isinstance(text, Mapping) else {path: text}
        yield from ((place, words) for place, words in said.items() if isinstance(words, str))


def _undefined(path: str, text: str, source: Source) -> Iterator[Problem]:
    for name, line in names_in(text).items():
        if name not in FUNCTIONS:
            near = suggestion(name, tuple(FUNCTIONS), or_all=False) or "; docs/spec.md lists the names"
            yield source.problem_in_text(path, line, f"'{name}' is undefined{near}", name)


def _miscalled(path: str, text: str, known: Arguments, source: Source) -> Iterator[Problem]:
    """Functions that are called with what they do not take, or with figures, classes, regions that are not there."""
    for call in calls_in(text, UNKNOWN):
        if call.name not in FUNCTIONS:
            continue
        try:
            given = asked(FUNCTIONS[call.name], call.arguments, call.named)
        except InputError as error:
            yield source.problem_in_text(path, call.line, str(error), call.name)
            continue
        for parameter, (kind, names) in ((name, known[name]) for name in given if name in known):
            argument, default = given[parameter], signature_of(FUNCTIONS[call.name]).parameters[parameter].default
            if isinstance(argument, str) and argument not in (*names, default):
                message = f"{call.name}(): unknown {kind} '{argument}'{suggestion(argument, names)}"
                yield source.problem_in_text(path, call.line, message, argument)
