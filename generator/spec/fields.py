"""The kinds of values that report.yaml has: texts, names, files, references to what is declared elsewhere in it.

A reference looks its name up in the `Scope` that comes as validation context, so that one validation of the spec
finds every problem; without a scope it lets everything pass.
"""

import codecs
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from generator.errors import InputError, clipped, lookalike, suggestion
from generator.foreign import contents, kind_of, unreachable
from generator.languages import TAG, canonical
from generator.methods import METHODS
from generator.regions import Box
from generator.text import Text
from generator.yaml_mistakes import ESCAPES

EXPORT_FIELDS = ("class_index", "class_id", "index", "number", "layer", "model", "target")
NO_TEXT = (
    "idna",
    "punycode",
    "unicode_escape",
    "unicode-escape",
    "raw_unicode_escape",
    "raw-unicode-escape",
)  # but code
ASSETS, LONGEST_LIST = "assets.txt", 1_000_000  # what the workflow fetches: a line "SHA256 ADDRESS PATH" a file
PICTURES = (".jpg", ".jpeg", ".png")
ESCAPED = dict(zip("\0\a\b\t\n\v\f\r\x1b\x85\xa0\u2028\u2029", map("\\{}".format, "0abtnvfreN_LP"), strict=True))
"""What a path of Windows turns into in double quotes, and how it was written."""
CITATION_STYLES = ("apa", "chicago", "ieee", "mla", "nature")
CUT = "cut"  # the kind of a refusal: a key that is the rest of a text
IN_QUOTES = "a text with a comma in it, within braces, stands in quotes"
TARGETS = ("label", "predicted", "each", "both")  # beside the classes


@dataclass(frozen=True)
class Scope:
    """What the parts of a spec refer to; `folder` is where relative paths start."""

    folder: Path
    classes: tuple[str, ...]
    models: tuple[str, ...]
    figures: tuple[str, ...]


def wrong(message: str) -> PydanticCustomError:
    """A refusal whose text is shown as it is."""
    return PydanticCustomError("wrong", "{message}", {"message": message})


def known(word: str, kind: str, names: tuple[str, ...]) -> str:
    """The word, if it is one of the names; else the refusal with the nearest."""
    if word not in names:
        raise wrong(f"unknown {kind} '{word}'{suggestion(word, names)}")
    return word


def language_tag(value: str) -> str:
    """A BCP 47 tag in its usual spelling: `zh-hant` is zh-Hant."""
    try:
        return canonical(value)
    except ValueError as error:
        raise wrong(str(error)) from error


def _text(value: object) -> Text:
    if not isinstance(value, dict) or not value:
        return Text.of(_string(value, "a text has to be a string, or a mapping from language to string"))
    texts: dict[str, str] = {}
    for key, text in value.items():
        spoken, language = said(key, text), language_tag(key)
        if spoken and language in texts:
            raise wrong(f"there are two texts in '{language}'; '{key}' is one of its names")
        if spoken:
            texts[language] = _string(text, f"the text in '{key}' has to be a string")
    return Text(texts)


def said(key: str, value: object) -> bool:
    """Whether a key has a value; one without, that is no language, is the rest of a text."""
    if value is None and not TAG.fullmatch(key):
        raise PydanticCustomError(CUT, "{message}", {"message": f"'{key}' is a key of its own; {IN_QUOTES}"})
    return value is not None


def _string(value: object, otherwise: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong(otherwise)
    return str(value)


def _saying(most: int, something: bool = True) -> AfterValidator:
    """What is no prose: of so many characters; of a title or a name something can be read."""

    def check(text: Text) -> Text:
        for words in text.by_language.values():
            if something and not any(sign.isprintable() and not sign.isspace() for sign in words):
                raise wrong("is empty; write something, or leave it out")
            if len(words) > most:
                raise wrong(f"has {len(words):,} characters; {most} are the most")
        return text

    return AfterValidator(check)


def _reference(kind: str, names: str, *more: str) -> AfterValidator:
    def check(value: str, info: ValidationInfo) -> str:
        return known(value, kind, (*more, *getattr(info.context, names))) if info.context else value

    return AfterValidator(check)


def _class_or_index(value: str, info: ValidationInfo) -> str:
    return value if value.isdecimal() or not info.context else known(value, "class", info.context.classes)


def _existing(path: Path, info: ValidationInfo) -> Path:
    return existing(path, info.context.folder) if info.context else path


def existing(path: Path, folder: Path) -> Path:
    """The absolute path of a file or folder that is there, from a folder on; what is wrong with another."""
    try:
        whole = folder / path.expanduser()
        mode = whole.stat().st_mode
        readable = os.access(whole, os.R_OK | (os.X_OK if stat.S_ISDIR(mode) else 0))
    except PermissionError:
        readable = False
    except (OSError, RuntimeError, ValueError) as error:  # a path too long, a user that is not, a null
        reason = unreachable(folder / path, error)
        raise wrong(f"'{path}' {reason}" if "link" in reason else _absent(path, folder)) from error
    if not readable:
        raise wrong(f"'{path}' may not be read: permission denied")
    if not stat.S_ISDIR(mode) and kind_of(mode):
        raise wrong(f"'{path}' is {kind_of(mode)}, where a file or a folder is needed")
    return whole


def _absent(path: Path, folder: Path) -> str:
    """That a path leads nowhere, and what was probably meant."""
    if any(character in ESCAPED for character in str(path)):
        written = "".join(ESCAPED.get(character, character) for character in str(path))
        return f"'{written}': {ESCAPES}"
    beside: list[str] = []
    with suppress(OSError):  # what may not be looked at has no neighbours
        if (folder / (slashed := str(path).replace("\\", "/"))).exists():
            return f"no such file or folder: '{path}'; did you mean '{slashed}'?"
        if address := _address(path, folder):
            return f"no such file: '{path}'; {ASSETS} says where to fetch it: {address}"
        beside = sorted(other.name for other in (folder / path).parent.iterdir())
    near = suggestion(path.name, beside, or_all=False) if len(path.name) > 1 else ""
    quotes = lookalike(path.name[-1:]) if path.name[-1:] in "“”‘’" else ""
    return f"no such file or folder: '{path}'{quotes or near}"


def _address(path: Path, folder: Path) -> str:
    """Where a file is that was too large for its repository, as the list says that the workflow reads."""
    try:
        lines = contents(folder / ASSETS, InputError, most=LONGEST_LIST).decode("utf-8", "replace").splitlines()
    except InputError:
        return ""
    listed = (line.split(maxsplit=2) for line in lines)
    return next((words[1] for words in listed if len(words) == 3 and Path(words[2]) == path), "")


def statistic(value: object, info: ValidationInfo) -> object:
    """A mean or deviation; where it is a file, the absolute path of an .npy that is there."""
    if not isinstance(value, Path):
        return value
    if value.suffix != ".npy":
        raise wrong(f"'{value}' has to be a number, a list of them, data, or an .npy file")
    return _existing(value, info)


def _citation_style(name: str, info: ValidationInfo) -> str:
    """One of those that ship by its name, or the path of a style sheet."""
    if not name.lower().endswith(".csl"):
        return known(name, "style", CITATION_STYLES)
    return str(existing(Path(name), info.context.folder)) if info.context else name


def _export_file(name: str) -> str:
    """A file name below exports/, with fields in braces, of which a number may have a width: {index:03}."""
    path = Path(name)
    unfit = path.is_absolute() or ".." in path.parts or "\\" in name or path.suffix.lower() not in PICTURES
    if unfit or len(name) > 150 or not name.isprintable():
        raise wrong(f"'{clipped(name, 200)}' has to be the name of a .jpg or .png below exports/")
    try:
        parts = [(field, width, sign) for _, field, width, sign in Formatter().parse(name) if field is not None]
    except ValueError as error:
        raise wrong(f"'{name}': {error}") from error
    for field, width, sign in parts:
        known(field, "field", EXPORT_FIELDS)
        if sign or not re.fullmatch(r"|0?[1-9]d?", width or ""):
            raise wrong(f"'{{{field}:{width}}}' is no width; {{{field}:03}} is")
    return re.sub(r"(:0?[1-9])d\}", r"\1}", name)  # where a picture has no number there is nothing to be counted


def _word(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _encoding(name: str) -> str:
    try:
        text = "1,\n".encode(name).decode(name, "ignore") == "1,\n" and codecs.lookup(name).name not in NO_TEXT
    except (LookupError, UnicodeError, ValueError):
        text = False
    if not text:
        raise wrong(f"'{name}' is no encoding; utf-8, utf-16, big5, gb18030 and cp1252 are")
    return name


def _id(allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(rf"[{allowed}]{{1,80}}", value) or value[0] == "-":
            raise wrong(f"'{value}' has to consist of letters, digits, - and _{lookalike(value)}")
        return value

    return AfterValidator(check)


def _box(box: Box) -> Box:
    left, top, right, bottom = box
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        sides = ", ".join(f"{side:g}" for side in box)
        raise wrong(f"[{sides}] has to be left, top, right, bottom in fractions of the image, 0 to 1")
    return box


def describe(text: str) -> Any:  # noqa: ANN401  pydantic's own type
    return Field(description=text)


STRING_SCHEMA = {"type": ["string", "number"]}
TEXT_SCHEMA = {"anyOf": [STRING_SCHEMA, {"type": "object", "additionalProperties": STRING_SCHEMA}]}

Wording = Annotated[Text, PlainValidator(_text), WithJsonSchema(TEXT_SCHEMA)]
Title = Annotated[Wording, _saying(500)]
Line = Annotated[Wording, _saying(500, something=False)]
ShortName = Annotated[Wording, _saying(200)]
Language = Annotated[str, AfterValidator(language_tag)]
Word = Annotated[str, BeforeValidator(_word)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Name = Annotated[str, BeforeValidator(_word), _id("A-Za-z0-9_-")]
ClassName = Annotated[str, BeforeValidator(_word), _id(r"\w-")]
ClassRef = Annotated[str, BeforeValidator(_word), _reference("class", "classes")]
ModelRef = Annotated[str, _reference("model", "models")]
ModelRefs = Annotated[
    tuple[ModelRef, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else (value,))
]
TargetRef = Annotated[str, BeforeValidator(_word), _reference("target", "classes", *TARGETS)]
AgainstRef = Annotated[str, BeforeValidator(_word), _reference("class", "classes", "second")]
NoteKey = Annotated[str, AfterValidator(_class_or_index)]
MethodName = Annotated[str, AfterValidator(lambda name: known(name, "method", tuple(sorted(METHODS))))]
File = Annotated[Path, AfterValidator(_existing)]
CitationStyle = Annotated[str, AfterValidator(_citation_style)]
ExportFile = Annotated[str, AfterValidator(_export_file)]
Corners = Annotated[Box, AfterValidator(_box)]
Count = Annotated[int, Field(ge=1)]
Row = Annotated[int, Field(ge=0)]
Rows = Row | tuple[Row, ...]
