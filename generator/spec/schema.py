"""What a spec may say: for an editor the JSON Schema, which completes and explains keys, for a reader every method."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticUndefined

from generator.methods import USUAL_SIZE, Method, load_all
from generator.spec.fields import TEXT_SCHEMA
from generator.spec.grammar import SEVERAL_LAYERS, Document
from generator.text import Text

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

WIDTH = 100
SIMPLE = {int: "whole number", float: "number", bool: "true|false", str: "text", Path: "file"}
ACCESS = {"gradients": "white box", "predictions": "black box", "weights": "weights only", "none": "no model"}


def schema_text() -> str:
    """The schema as it is committed in generator/report.schema.json."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


class _Plain(GenerateJsonSchema):
    """Without titles that only repeat the key; texts and sections have themselves as default."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401  pydantic's own type
        return False

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401
        if isinstance(dft, Text):
            return ""
        return dft.model_dump(mode="json", exclude_defaults=True) if isinstance(dft, BaseModel) else dft


def schema() -> Schema:
    """The grammar, with the options of each method where a figure names it."""
    whole = Document.model_json_schema(schema_generator=_Plain)
    definitions = whole["$defs"]
    methods = load_all()
    figure = definitions["Figure"]
    figure["properties"]["method"] |= {"enum": list(methods)}
    figure["properties"]["model"] |= {"type": ["string", "array"]}
    figure["allOf"] = [_options(method, definitions) for method in methods.values()]
    for name in ("Class", "Export"):
        definitions[name] = {"anyOf": [{"type": ["string", "integer"]}, definitions[name]]}
    whole["oneOf"] = [{"required": ["model"]}, {"required": ["models"]}]
    definitions["Text"] = {"description": "one text for every language, or a text by language", **TEXT_SCHEMA}
    return {"$schema": DRAFT, **{key: _shared(value, key) for key, value in whole.items()}}


def _shared(node: Any, name: str) -> Any:  # noqa: ANN401  any JSON value
    """The same with one definition of a text, which every key that holds one refers to."""
    if isinstance(node, list):
        return [_shared(entry, "") for entry in node]
    if not isinstance(node, dict):
        return node
    if name != "Text" and node.get("anyOf") == TEXT_SCHEMA["anyOf"]:
        return {"$ref": "#/$defs/Text", **{key: value for key, value in node.items() if key != "anyOf"}}
    return {key: _shared(value, key) for key, value in node.items()}


def _options(method: Method, definitions: Schema) -> Schema:
    """If a figure's method is this one, its `params` are these."""
    options = method.options.model_json_schema(schema_generator=_Plain)
    definitions.update(options.pop("$defs", {}))
    if method.layered:
        layer = options["properties"]["layer"]
        layer["anyOf"] = [*layer.pop("anyOf", [{"type": "string"}]), SEVERAL_LAYERS]
    condition = {"properties": {"method": {"const": method.name}}, "required": ["method"]}
    return {"if": condition, "then": {"properties": {"params": {**options, "description": method.line}}}}


def methods_text() -> str:
    """One paragraph a method: what it is, its parameters, its cost, its paper."""
    return "\n\n".join("\n".join(_paragraph(method)) for method in load_all().values())


def methods_json() -> str:
    """The same for programs."""
    return json.dumps([_entry(method) for method in load_all().values()], ensure_ascii=False, indent=2)


def _paragraph(method: Method) -> Iterator[str]:
    yield f"{method.name}  ({method.kind}, {ACCESS[method.access]})"
    yield _wrapped(method.line, "    ")
    for name, field in method.options.model_fields.items():
        head = f"{name}: {type_name(field.annotation)}{_default(field)}"
        yield _wrapped(f"{head}  {field.description or ''}".rstrip(), "      ", "          ")
    yield f"    cost: {_cost(method)}"
    if method.paper:
        yield _wrapped(method.paper, "    ")


def _wrapped(text: str, indent: str, rest: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=rest or indent, break_long_words=False)


def _entry(method: Method) -> Mapping[str, Any]:
    fields = method.options.model_fields.items()
    return {
        "name": method.name,
        "kind": method.kind,
        "access": method.access,
        "line": method.line,
        "title": dict(method.title.by_language),
        "params": [
            {"name": name, "type": type_name(f.annotation), "default": _plain(f), "description": f.description or ""}
            for name, f in fields
        ],
        "passes_per_image": _passes(method),
        "seeded": method.seeded,
        "paper": method.paper,
    }


def _plain(field: FieldInfo) -> Any:  # noqa: ANN401  any JSON value
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return None
    return default.model_dump(mode="json") if isinstance(default, BaseModel) else default


def _default(field: FieldInfo) -> str:
    """' = 20'; nothing for an option that has no value of its own."""
    default = field.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        return " = " + json.dumps(default.model_dump(mode="json", exclude_none=True))
    return "" if default is None else f" = {json.dumps(_plain(field), ensure_ascii=False)}"


def type_name(annotation: Any) -> str:  # noqa: ANN401  any annotation
    """A type as one says it: 'whole number', 'noise|zeros|grey', 'list of numbers'."""
    if get_origin(annotation) is Literal:
        return "|".join(map(str, get_args(annotation)))
    if get_origin(annotation) is Annotated:
        return type_name(get_args(annotation)[0])
    if get_origin(annotation) is tuple:
        return f"list of {type_name(get_args(annotation)[0])}s"
    if isinstance(annotation, type) and annotation in SIMPLE:
        return SIMPLE[annotation]
    members = [member for member in get_args(annotation) if member is not type(None)]
    return " or ".join(dict.fromkeys(map(type_name, members))) or "mapping"


def _passes(method: Method) -> int:
    """Model passes that one more image takes, with the default parameters."""
    options = dict(method.options())
    return method.passes(options, 2, USUAL_SIZE) - method.passes(options, 1, USUAL_SIZE)


def _cost(method: Method) -> str:
    more = _passes(method)
    alone = method.passes(dict(method.options()), 1, USUAL_SIZE) - more
    fixed = [f"{alone} model passes"] if alone else []
    growing = [f"{more} model pass{'es' if more > 1 else ''} an image"] if more else []
    return " and ".join(fixed + growing) or "no model passes"
