"""The one door to YAML: a file as plain data, with the line and column of every key and value.

Narrower than YAML 1.1 where that surprises: keys are texts, only true and false are booleans, a number is decimal
and nothing is a date, so that a student id, a language or a grid such as `no`, `0123` or `12:30` stays what it is.
"""

import hashlib
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, cast

import yaml

from generator.errors import InputError, Problem, SpecError
from generator.foreign import opened
from generator.limits import size_in_words
from generator.yaml_mistakes import BRACES, ESCAPES, FULL_WIDTH, Refusal, cut, full_width_keys, refused

LARGEST = 5_000_000  # bytes of a file
DEEPEST = 40  # levels; a report has a dozen
LONGEST_KEY = 200
MOST_NODES = 20_000  # a spec has some hundreds; aliases of aliases would have billions
TAG = "tag:yaml.org,2002:"
PLAIN = {
    "null": re.compile(r"(?:~|null|Null|NULL|)$"),
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"),
    "int": re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})$"),
    "float": re.compile(
        r"[-+]?(?:(?:\.[0-9]+|(?:0|[1-9][0-9]*)\.[0-9]*)(?:[eE][-+]?[0-9]{1,3})?|(?:0|[1-9][0-9]*)[eE][-+]?[0-9]{1,3})$"
    ),  # a whole number of more digits than a computer counts with is a text
    "merge": re.compile(r"<<$"),
}
TOO_DEEP = f"nested too deeply: more than {DEEPEST} lists or mappings within each other"
FORMULA = re.compile(r"(?<!\\)\$(?!\s)[^$]*?(?<!\\)(?:\\\\)*\\[a-zA-Z]{2}[^$]*(?<!\s)\$")  # with an escape in it


HALF = re.compile("[\ud800-\udfff]")


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's own


for _kind, _pattern in PLAIN.items():
    _Loader.add_implicit_resolver(TAG + _kind, _pattern, None)


class _Quick(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # absent without libyaml
    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


@dataclass(frozen=True)
class Place:
    """Where a value stands: its key (the value itself in a list) and itself, as (line, column) from 1.

    `text` is the line on which the value's own first line stands, one below the `|` of a block.
    """

    key: tuple[int, int]
    value: tuple[int, int]
    text: int
    end: int


@dataclass(frozen=True)
class Source:
    """A parsed file; `places` has every path as it is written in messages: `questions[1].figures[0].method`.

    `doubts` are what may be meant otherwise than YAML reads it.
    """

    file: Path
    text: str
    data: Mapping[str, Any]
    places: Mapping[str, Place]
    doubts: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        """The sha256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def problem(self, path: str, message: str, at_key: bool = False) -> Problem:
        """Something wrong with a value, or with what holds it where the path is not in the file."""
        place = self._place(path)
        line, column = place.key if at_key else place.value
        return Problem(self.file, line, column, path, message)

    def problem_in_text(self, path: str, line: int, message: str, word: str = "") -> Problem:
        """Something wrong on a line of a text, counted from 1 within it; at `word` where it stands there."""
        place = self._place(path)
        numbered = list(enumerate(self.text.splitlines(), 1))[place.text + line - 2 : place.end]
        for number, content in numbered if word else ():
            found = re.search(rf"\b{re.escape(word)}\b", content)
            if found:
                return Problem(self.file, number, found.start() + 1, path, message)
        number, content = numbered[0] if numbered else (place.value[0], "")
        column = place.value[1] if number == place.value[0] else len(content) - len(content.lstrip()) + 1
        return Problem(self.file, number, column, path, message)

    def _place(self, path: str) -> Place:
        while path and path not in self.places:
            path = re.sub(r"(^|\.)[^.\[]*$|\[\d+\]$", "", path)
        return self.places[path]


def child(path: str, key: str | int) -> str:
    """The path of an entry: `a.b` for a key, `a[0]` for the position in a list."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def read(file: Path) -> Source:
    """The file as data; raises SpecError with the line of what is no YAML, of a repeated key or a foreign tag."""
    text = _decoded(file)
    node = _composed(text, file)
    if not isinstance(node, yaml.MappingNode):
        found = full_width_keys(text, file)
        raise SpecError(
            found or (Problem(file, 1, 1, "", "is not a report: it has to be a mapping such as `title: …`"),)
        )
    reading = _Reading(file, text)
    data = reading.value(node, "", node)
    if reading.problems:
        raise SpecError(tuple(reading.problems))
    return Source(file, text, data, reading.places, tuple(reading.doubts))


def comments(text: str) -> dict[int, str]:
    """What stands behind the '#' of a file that could be read, by line."""
    ends: dict[int, int] = {}
    for token in yaml.scan(text, _Loader):
        first, last = token.start_mark, token.end_mark
        ends |= dict.fromkeys(range(first.line, last.line), len(text))
        ends[last.line] = max(ends.get(last.line, 0), last.column)
    rests = (line[ends.get(number, 0) :].strip() for number, line in enumerate(text.split("\n")))
    return {number: rest for number, rest in enumerate(rests, 1) if rest.startswith("#")}


def scalar(text: str) -> str:
    """A text as it is written in a file, on one line, within quotes where it needs them."""
    style = '"' if "\n" in text else None
    return yaml.safe_dump([text], allow_unicode=True, width=sys.maxsize, default_flow_style=True, default_style=style)[
        1:-2
    ]


def _decoded(file: Path) -> str:
    with opened(file, InputError) as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InputError(f"{file}: is no text of a report: more than {size_in_words(LARGEST)}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError((Problem(file, line, 1, "", "is not UTF-8; save the file in that encoding"),)) from error


def _composed(text: str, file: Path) -> yaml.Node | None:
    """By libyaml, ten times as fast; what it refuses is read again by the loader whose messages say more."""
    try:
        return cast(yaml.Node | None, _Quick(text).get_single_node())
    except RecursionError:
        raise SpecError((_too_deep(text, file),)) from None
    except yaml.YAMLError as error:
        if "depth" in str(error):  # which libyaml bounds by itself
            raise SpecError((_too_deep(text, file),)) from None
    try:
        return _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        at, begun = error.problem_mark or error.context_mark, error.context_mark
        said = Refusal(error.problem or "", _spot(at) or (0, 0), error.context or "", _spot(begun))
        raise SpecError(refused(said, text, file)) from error
    except yaml.reader.ReaderError as error:
        line, column = text.count("\n", 0, error.position) + 1, 1
        message = f"the character #x{ord(text[error.position]):04x} is not allowed"
    except (OverflowError, ValueError):  # an escape for a character that there is not
        line, column, message = text[: text.find("\\U")].count("\n") + 1, 1, ESCAPES
    except RecursionError:
        raise SpecError((_too_deep(text, file),)) from None
    raise SpecError((Problem(file, line, column, "", f"not valid YAML: {message}"),))


def _spot(mark: yaml.Mark | None) -> tuple[int, int] | None:
    return (mark.line, mark.column) if mark else None


def _too_deep(text: str, file: Path) -> Problem:
    """Where a file has more levels than a report."""
    depth, line, column = 0, 1, 1
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, _Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST and event.start_mark:
                line, column = event.start_mark.line + 1, event.start_mark.column + 1
                break
    return Problem(file, line, column, "", TOO_DEEP)


class _Reading:
    """Nodes into plain data, noting places and problems on the way."""

    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self.text = text
        self.places: dict[str, Place] = {}
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []
        self.open: list[int] = []
        self.nodes = 0

    def value(self, node: yaml.Node, path: str, key: yaml.Node) -> Any:  # noqa: ANN401  any YAML value
        """The data of a node that `key` leads to; containers that hold themselves, or too much, are refused."""
        self.nodes += 1
        endless = "an alias repeats this without end" if id(node) in self.open or self.nodes > MOST_NODES else ""
        if endless or len(self.open) > DEEPEST:
            raise SpecError((*self.problems, Problem(self.file, *_start(node), path, endless or TOO_DEEP)))
        self.places[path] = _place(node, key)
        self.open.append(id(node))
        value = self.contents(node, path)
        self.open.pop()
        return value

    def contents(self, node: yaml.Node, path: str) -> Any:  # noqa: ANN401
        if node.tag.removeprefix(TAG) not in ("map", "seq", "str", *PLAIN):
            self.refuse(node, path, f"the tag '{node.tag}' is not allowed: a spec is data, never code")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, child(path, i), item) for i, item in enumerate(node.value)]
        written = self.text[node.start_mark.index : node.end_mark.index]
        if written.startswith('"') and FORMULA.search(written):
            self.refuse(node, path, ESCAPES)
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        message, sure = cut(node.value, self.text, node.end_mark.index) if plain else ("", False)
        if message and sure:
            self.refuse(node, path, message)
        elif message:
            self.doubts.append(Problem(self.file, *_start(node), path, message))
        if half := HALF.search(node.value):
            self.refuse(node, path, f"U+{ord(half[0]):04X} is half a character; write the whole one")
        return _scalar(node)

    def mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        found: dict[str, yaml.Node] = {}
        values: dict[str, Any] = {}
        for key, item in node.value:
            if key.tag == TAG + "merge":
                continue
            if wrong := _wrong(key):
                self.refuse(key, path, wrong)
            elif key.value in found:
                line = found[key.value].start_mark.line + 1
                self.refuse(key, child(path, key.value), f"the key '{key.value}' is there twice, first on line {line}")
            else:
                found[key.value] = key
                values[key.value] = self.value(item, child(path, key.value), key)
        return self.merged(node, path) | values

    def merged(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        """What `<<: *anchor` brings in; the mapping's own keys go before."""
        merges = [item for key, item in node.value if key.tag == TAG + "merge"]
        brought: dict[str, Any] = {}
        for item in merges:
            sources = item.value if isinstance(item, yaml.SequenceNode) else [item]
            for source in sources:
                content = self.value(source, path, source) if isinstance(source, yaml.MappingNode) else {}
                brought = content | brought
        if merges:
            self.places[path] = _place(node, node)
        return brought

    def refuse(self, node: yaml.Node, path: str, message: str) -> None:
        self.problems.append(Problem(self.file, *_start(node), path, message))


def _wrong(key: yaml.Node) -> str:
    """Why this is no key, or what is wrong with its signs; '' where nothing is."""
    if not isinstance(key, yaml.ScalarNode):
        return BRACES if isinstance(key, yaml.MappingNode) else "a key has to be a word"
    if len(key.value) > LONGEST_KEY or HALF.search(key.value):
        return f"a key of more than {LONGEST_KEY} characters, or with half a character, is none of a report"
    if "：" in key.value:
        return FULL_WIDTH
    spaces = [end for end in (key.value[:1], key.value[-1:]) if end.isspace()]
    return f"the space U+{ord(spaces[0]):04X} beside this key is none to YAML; type it anew" if spaces else ""


def _start(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _place(node: yaml.Node, key: yaml.Node) -> Place:
    block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    line, column = _start(node)
    return Place(_start(key), (line, column), line + block, node.end_mark.line + 1)


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    kind = node.tag.removeprefix(TAG)
    if kind not in PLAIN or not PLAIN[kind].match(node.value):
        return str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return bool(node.value.lower() == "true")
    if kind == "float":
        return float(node.value) if isfinite(float(node.value)) else str(node.value)
    return int(node.value) if kind == "int" else str(node.value)
