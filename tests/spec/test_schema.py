"""The JSON Schema that editors use says the same as the loader; the list of methods tells all a spec may ask of one."""

import json
from typing import Literal

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator.methods import load_all
from generator.spec.schema import methods_json, methods_text, schema, schema_text, type_name
from tests import ROOT
from tests.fixtures.spec_fixture import HEAD, figure


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def test_the_committed_schema_is_current():
    """`python -m generator schema > generator/report.schema.json` brings it up to date."""
    assert (ROOT / "generator/report.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_default_report_follows_it(validator):
    """No line of the default report is underlined in an editor."""
    report = yaml.safe_load((ROOT / "report.yaml").read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(report)] == []


def test_every_method_completes_its_own_options(validator):
    """A figure's params are those of its method, and no others."""
    for name, method in load_all().items():
        errors = validator.iter_errors(yaml.safe_load(figure(f"method: {name}\nparams: {{no_such_option: 1}}")))
        assert "no_such_option" in next(errors).message
        assert _params(name) == set(method.options.model_fields)


def _params(name: str) -> set[str]:
    cases = schema()["$defs"]["Figure"]["allOf"]
    case = next(case for case in cases if case["if"]["properties"]["method"]["const"] == name)
    return set(case["then"]["properties"]["params"].get("properties", {}))


@pytest.mark.parametrize(
    "text",
    [
        "method: gradcam\nparams: {layer: [conv1, conv2]}\nmodel: [a, b]",
        "method: lime\nimages: {index: {happy: [1, 2]}}\nexport: {file: a.jpg, panel: masked}\nagainst: second",
        "method: saliency\nexport: a.jpg\nmodel: a\ncaption: {en: x}\nnotes: {happy: x}",
    ],
)
def test_what_loads_is_valid(validator, text):
    """Short and long forms alike."""
    assert [error.message for error in validator.iter_errors(yaml.safe_load(figure(text)))] == []


@pytest.mark.parametrize(
    "text",
    [
        figure("method: grad_cam"),
        figure("method: lime\nparms: {}"),
        HEAD.replace("version", "x") + "  - {title: no id}\n",
    ],
)
def test_what_does_not_load_is_not(validator, text):
    """An unknown method or key, and a missing one, are underlined."""
    assert list(validator.iter_errors(yaml.safe_load(text)))


def test_every_method_is_listed_with_its_options():
    """Name, line, parameters, cost and paper of each registered method."""
    text = methods_text()
    for name, method in load_all().items():
        paragraph = next(p for p in text.split("\n\n") if p.startswith(f"{name}  ("))
        assert all(f"      {option}: " in paragraph for option in method.options.model_fields)
        assert "cost: " in paragraph
    assert "samples: whole number = 50" in text
    assert "cost: 50 model passes an image" in text


def test_programs_get_the_same():
    """As JSON: defaults as a spec would write them."""
    entries = {entry["name"]: entry for entry in json.loads(methods_json())}
    assert list(entries) == list(load_all())
    params = {p["name"]: p for p in entries["lime"]["params"]}
    assert params["segmentation"]["default"]["algorithm"] == "slic"
    assert (params["sign"]["type"], params["sign"]["default"]) == ("both|for|against", "both")
    assert entries["integrated_gradients"]["passes_per_image"] == 52


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (int | None, "whole number"),
        (Literal["a", "b"] | int, "a|b or whole number"),
        (tuple[int, ...], "list of whole numbers"),
        (bool, "true|false"),
    ],
)
def test_types_are_said_plainly(annotation, name):
    """A type reads like a word, not like Python."""
    assert type_name(annotation) == name
