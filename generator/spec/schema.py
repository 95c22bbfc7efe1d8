"""The JSON Schema of report.yaml, by which an editor completes keys and explains them."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from generator.methods import Method, load_all
from generator.spec.fields import TEXT_SCHEMA
from generator.spec.grammar import Document
from generator.text import Text

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


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
    figure["properties"]["model"] = _one_or_many(figure["properties"]["model"])
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


def _one_or_many(property: Schema) -> Schema:
    return {**property, "type": ["string", "array"]}


def _options(method: Method, definitions: Schema) -> Schema:
    """If a figure's method is this one, its `params` are these."""
    options = method.options.model_json_schema(schema_generator=_Plain)
    definitions.update(options.pop("$defs", {}))
    if method.layered:
        layer = options["properties"]["layer"]
        several = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        layer["anyOf"] = [*layer.pop("anyOf", [{"type": "string"}]), several]
    condition = {"properties": {"method": {"const": method.name}}, "required": ["method"]}
    return {"if": condition, "then": {"properties": {"params": {**options, "description": method.line}}}}
