"""What pydantic finds wrong, in the words of the spec: one message a place, with what is allowed and what is near."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.errors import Problem, suggestion
from generator.yaml_source import Source, child

Path = tuple[str | int, ...]
_ABSENT = object()

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
    data = at(source.data, prefix)
    groups: dict[Path, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        groups.setdefault(_located(data, details["loc"], details["type"]), []).append(details)
    return [
        source.problem(_joined(prefix, path), _message(group, path, model), at_key=_is_of_key(group[0]))
        for path, group in groups.items()
        if not _explained_deeper(path, group, groups)
    ]


def at(data: Any, path: str) -> Any:  # noqa: ANN401  any YAML value
    """The value at a path as messages write it, of parsed data."""
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        data = data[int(index)] if index else data[key]
    return data


def _is_of_key(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",)


def _joined(prefix: str, path: Path) -> str:
    for key in path:
        prefix = child(prefix, key)
    return prefix


def _located(data: Any, loc: Sequence[str | int], kind: str) -> Path:  # noqa: ANN401
    """The place in the data: pydantic's own without the names of union branches."""
    path: list[str | int] = []
    for position, key in enumerate(loc):
        entry = data.get(key, _ABSENT) if isinstance(data, Mapping) else _entry(data, key)
        if entry is not _ABSENT:
            data = entry
        elif kind != "missing" or position < len(loc) - 1 or isinstance(key, int):
            continue
        path.append(key)
    return tuple(path)


def _entry(data: Any, position: str | int) -> Any:  # noqa: ANN401
    inside = isinstance(data, list) and isinstance(position, int) and position < len(data)
    return data[position] if inside else _ABSENT


def _explained_deeper(path: Path, group: list[ErrorDetails], groups: Iterable[Path]) -> bool:
    """Whether these only say that a container is no number or word, while something within it is what is wrong."""
    shallow = all(e["type"].endswith("_type") or e["type"] in ("literal_error", "too_short") for e in group)
    return shallow and any(len(other) > len(path) and other[: len(path)] == path for other in groups)


def _message(group: list[ErrorDetails], path: Path, model: type[BaseModel]) -> str:
    first = group[0]
    custom = [e["msg"] for e in group if e["type"] == "wrong"]
    if custom:
        return custom[0]
    if first["type"] == "extra_forbidden":
        return f"unknown key '{path[-1]}'{suggestion(str(path[-1]), keys_at(model, path[:-1]))}"
    if first["type"] == "missing":
        lengths = [int(e["loc"][-1]) + 1 for e in group if isinstance(e["loc"][-1], int)]
        return f"needs {max(lengths)} entries" if lengths else "is missing"
    if first["type"] == "union_tag_invalid":
        words = _quoted(first["ctx"]["expected_tags"])
        return f"unknown algorithm '{first['ctx']['tag']}'{suggestion(first['ctx']['tag'], words)}"
    return _mismatch(group, path, first["input"])


def _mismatch(group: list[ErrorDetails], path: Path, value: object) -> str:
    """A value of the wrong kind, or outside of what is allowed."""
    words = tuple(word for e in group if e["type"] == "literal_error" for word in _quoted(e["ctx"]["expected"]))
    if isinstance(value, str) and words and all(e["type"] == "literal_error" for e in group):
        return f"unknown {_noun(path)} '{value}'{suggestion(value, words)}"
    allowed = list(dict.fromkeys(_expected(e) for e in group if e["type"] != "literal_error"))
    allowed += [", ".join(words)] if words else []
    return f"has to be {' or '.join(allowed)}, not {_shown(value)}"


def _noun(path: Path) -> str:
    """What an unknown word is called: 'select', or 'panel' within `panels`."""
    name = next((str(key) for key in reversed(path) if isinstance(key, str)), "value")
    return name.removesuffix("s") if path and isinstance(path[-1], int) else name


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


def keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that the part of a model at a path knows."""
    parts = [model]
    for key in path:
        fields = [part.model_fields[key].annotation for part in parts if key in part.model_fields]
        parts = [inner for field in fields for inner in _models(field)] if fields else parts
    return tuple(dict.fromkeys(name for part in parts for name in part.model_fields))


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401  any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
