"""What pydantic finds wrong, in the words of the spec: one message a place, with what is allowed and what is near."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.errors import Problem, lookalike, suggestion
from generator.spec.fields import CUT, IN_QUOTES
from generator.yaml_source import Source, child

Keys = tuple[str | int, ...]  # of a place in the data, from the outside in

EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "a text",
    "path": "a file name",
    "tuple": "a list",
    "list": "a list",
    "dict": "a mapping (key: value)",
    "model": "a mapping (key: value)",
}
LIMITS = {
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}


def complaints(error: ValidationError, model: type[BaseModel], source: Source, prefix: str = "") -> list[Problem]:
    """A problem for each place that a model refused; `prefix` is the path in the source of what was validated."""
    data = _value_at(source.data, prefix)
    groups: dict[Keys, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        groups.setdefault(_located(data, details["loc"], details["type"]), []).append(details)
    return [
        source.problem(
            reduce(child, keys, prefix),
            _message(group, keys, model),
            at_key=group[0]["type"] == "extra_forbidden" or group[0]["loc"][-1:] == ("[key]",),
        )
        for keys, group in groups.items()
        if not _explained_deeper(keys, group, groups)
    ]


def without_value(error: ValidationError, model: type[BaseModel], source: Source) -> list[Problem]:
    """The problems of keys that have nothing behind them and that nobody knows: often the rest of a text."""
    unknown = [e for e in error.errors(include_url=False) if e["type"] == CUT or _unknown_and_empty(e)]
    return [
        source.problem(
            reduce(child, _located(source.data, e["loc"], e["type"]), ""),
            _message([e], _located(source.data, e["loc"], e["type"]), model),
            at_key=True,
        )
        for e in unknown
    ]


def _unknown_and_empty(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" and error["input"] is None


def _value_at(data: Any, path: str) -> Any:  # noqa: ANN401  any YAML value
    """The value at a path as messages write it, of parsed data."""
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        data = data[int(index)] if index else data[key]
    return data


def _located(data: Any, loc: Sequence[str | int], kind: str) -> Keys:  # noqa: ANN401
    """The place in the data: pydantic's own without the names of union branches."""
    keys: list[str | int] = []
    for position, key in enumerate(loc):
        if key in data if isinstance(data, Mapping) else isinstance(data, list) and key in range(len(data)):
            data = data[key]
        elif kind != "missing" or position < len(loc) - 1 or isinstance(key, int):
            continue
        keys.append(key)
    return tuple(keys)


def _explained_deeper(keys: Keys, group: list[ErrorDetails], groups: Iterable[Keys]) -> bool:
    """Whether these only say that a container is no number or word, while something within it is what is wrong."""
    shallow = all(e["type"].endswith("_type") or e["type"] in ("literal_error", "too_short") for e in group)
    return shallow and any(len(other) > len(keys) and other[: len(keys)] == keys for other in groups)


def _message(group: list[ErrorDetails], keys: Keys, model: type[BaseModel]) -> str:
    first = group[0]
    custom = [e["msg"] for e in group if e["type"] in ("wrong", CUT)]
    if custom:
        return custom[0]
    if first["type"] == "extra_forbidden":
        near = suggestion(str(keys[-1]), _known_at(model, keys[:-1]))
        rest = first["input"] is None and not str(keys[-1]).isidentifier()
        return f"unknown key '{keys[-1]}'{near}{'; ' + IN_QUOTES if rest else ''}"
    if first["type"] == "missing":
        lengths = [int(e["loc"][-1]) + 1 for e in group if isinstance(e["loc"][-1], int)]
        return f"needs {max(lengths)} entries" if lengths else "is missing"
    if first["type"] == "union_tag_invalid":
        words = _quoted(first["ctx"]["expected_tags"])
        return f"unknown algorithm '{first['ctx']['tag']}'{suggestion(first['ctx']['tag'], words)}"
    return _mismatch(group, keys, first["input"])


def _mismatch(group: list[ErrorDetails], keys: Keys, value: object) -> str:
    """A value of the wrong kind, or outside of what is allowed."""
    words = tuple(word for e in group if e["type"] == "literal_error" for word in _quoted(e["ctx"]["expected"]))
    if isinstance(value, str) and words and all(e["type"] == "literal_error" for e in group):
        name = next((key for key in reversed(keys) if isinstance(key, str)), "value")
        noun = name.removesuffix("s") if keys and isinstance(keys[-1], int) else name  # a 'panel' within `panels`
        return f"unknown {noun} '{value}'{suggestion(value, words)}"
    allowed = list(dict.fromkeys(_expected(e) for e in group if e["type"] != "literal_error"))
    allowed += [", ".join(words)] if words else []
    return f"has to be {' or '.join(allowed)}, not {_shown(value)}{lookalike(value) if isinstance(value, str) else ''}"


def _expected(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in LIMITS:
        return LIMITS[kind].format(**error["ctx"])
    return EXPECTED.get(kind.split("_")[0], error["msg"].removeprefix("Input should be "))


def _quoted(words: str) -> tuple[str, ...]:
    """The words of pydantic's own listing: "'a', 'b' or 'c'"; a number among them as it is."""
    return tuple(re.findall(r"'([^']*)'", words)) or (words,)


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}…'"
    if isinstance(value, Mapping):
        return "a mapping"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else "a list" if isinstance(value, list) else text[:57] + "…"


def _known_at(model: type[BaseModel], keys: Keys) -> tuple[str, ...]:
    """What the part of a model at those keys knows."""
    parts = [model]
    for key in keys:
        fields = [part.model_fields[key].annotation for part in parts if key in part.model_fields]
        parts = [inner for field in fields for inner in _models(field)] if fields else parts
    return tuple(dict.fromkeys(name for part in parts for name in part.model_fields))


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401  any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
