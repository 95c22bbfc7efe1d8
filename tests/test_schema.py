"""The JSON Schema that editors use says the same as the loader."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator.methods import load_all
from generator.spec.schema import schema, schema_text
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
