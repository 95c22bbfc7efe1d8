"""The listing tells everything of a method that a spec may ask of it."""

import json
from typing import Literal

import pytest

from generator.methods import load_all
from generator.spec.listing import as_json, as_text, type_name


def test_every_method_is_listed_with_its_options():
    """Name, line, parameters, cost and paper of each registered method."""
    text = as_text()
    for name, method in load_all().items():
        paragraph = next(p for p in text.split("\n\n") if p.startswith(f"{name}  ("))
        assert all(f"      {option}: " in paragraph for option in method.options.model_fields)
        assert "cost: " in paragraph
    assert "samples: whole number = 20" in text
    assert "cost: 20 model passes an image" in text


def test_programs_get_the_same():
    """As JSON: defaults as a spec would write them."""
    entries = {entry["name"]: entry for entry in json.loads(as_json())}
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
