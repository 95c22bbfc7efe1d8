"""The texts of a spec with expressions, checked without computing: syntax, names, and what they are called with."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache

from generator.errors import Problem, suggestion
from generator.evidence.wording import CHECKS
from generator.methods import METHODS
from generator.prose.evidence import EXCHANGES, REFERENCES
from generator.prose.functions import FUNCTIONS
from generator.spec.references import Declared, Entry, ids
from generator.templating import Call, ProseError, calls_in, names_in
from generator.yaml_source import Source, child

Known = Mapping[str, tuple[str, tuple[str, ...]]]


def wrong_prose(names: Declared, source: Source) -> Iterator[Problem]:
    """Everything wrong in the prompts, answers, captions and notes of a spec."""
    known = _known(names)
    for path, text in _texts(names):
        try:
            yield from _undefined(path, text, source)
            yield from (problem for call in calls_in(text) for problem in _misnamed(path, call, known, source))
        except ProseError as error:
            yield source.problem_in_text(path, error.line, str(error))


def _known(names: Declared) -> Known:
    """What an argument of a function of the prose may be, by the name of its parameter."""
    classes = ("class", ids(names.classes))
    by_class = dict.fromkeys(("class_id", "label", "prediction", "row"), classes)
    nameless = any("id" not in f.data and f.data.get("method") not in METHODS for f in names.figures)
    figures = ("figure", ids(names.figures))
    by_figure = {} if nameless else dict.fromkeys(("figure", "one", "other"), figures)  # else one mistake is told often
    words = {"reference": REFERENCES, "exchange": tuple(EXCHANGES), "check": tuple(CHECKS)}
    return {"region": ("region", names.regions), **by_class, **by_figure, **{key: (key, words[key]) for key in words}}


def _texts(names: Declared) -> Iterator[tuple[str, str]]:
    """Path and source of every text with expressions, language by language."""
    for question in names.questions:
        yield from _of(question, "prompt", "answer")
    for figure in names.figures:
        yield from _of(figure, "caption")
        notes = figure.data.get("notes")
        if isinstance(notes, Mapping):
            yield from _of(Entry(child(figure.path, "notes"), "", notes), *notes)


def _of(entry: Entry, *keys: str) -> Iterator[tuple[str, str]]:
    for key in keys:
        text, path = entry.data.get(key), child(entry.path, key)
        languages = text if isinstance(text, Mapping) else {"": text}
        for language, content in languages.items():
            if isinstance(content, str):
                yield child(path, language) if language else path, content


def _undefined(path: str, text: str, source: Source) -> Iterator[Problem]:
    for name, line in names_in(text).items():
        if name not in FUNCTIONS:
            hint = suggestion(name, tuple(FUNCTIONS))
            near = hint if "did you mean" in hint else "; docs/spec.md lists the names"
            yield source.problem_in_text(path, line, f"'{name}' is undefined{near}", name)


def _misnamed(path: str, call: Call, known: Known, source: Source) -> Iterator[Problem]:
    """Figures, classes, regions and checks that a call names and that are not there."""
    for (parameter, default), argument in zip(_parameters(call.name).items(), call.arguments, strict=False):
        if argument is None or parameter not in known:
            continue
        kind, names = known[parameter]
        if argument not in (*names, default):
            message = f"{call.name}(): unknown {kind} '{argument}'{suggestion(argument, names)}"
            yield source.problem_in_text(path, call.line, message, argument)


@cache
def _parameters(name: str) -> Mapping[str, object]:
    """The parameters of a function of the prose with their defaults; none for a name of the text's own."""
    if name not in FUNCTIONS:
        return {}
    parameters = list(inspect.signature(FUNCTIONS[name]).parameters.values())[1:]
    return {parameter.name: parameter.default for parameter in parameters}
