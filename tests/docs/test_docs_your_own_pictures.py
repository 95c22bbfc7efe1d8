"""What the page on pictures says is read, is what the code reads."""

import re
import tomllib

import pytest
import yaml

from generator.data.decoding import HEIF, READ
from generator.data.preprocess import Preprocessing
from generator.data.resizing_check import ways
from generator.samples import Frame
from tests import ROOT

PAGE = (ROOT / "docs" / "your-own-pictures.md").read_text(encoding="utf-8")
SIZES = PAGE.split("## Sizes")[1]


def test_the_table_of_formats_is_the_list_of_the_decoder():
    """Format by format, with their suffixes."""
    rows = re.findall(r"^\| ([A-Z0-9]+) \| ([a-z0-9. ]+) \|$", PAGE, re.MULTILINE)
    assert {name: tuple(suffixes.split()) for name, suffixes in rows} == READ | HEIF


def test_the_extra_that_it_names_is_there():
    """With the package that registers the reader."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert 'explainability-report[heic]"' in PAGE
    assert any(package.startswith("pillow-heif") for package in extras["heic"])


@pytest.mark.parametrize("said", re.findall(r"`(\{(?:resize|crop).*?\})`", SIZES))
def test_what_it_says_to_write_is_understood(said):
    """Each entry of the table is a preprocessing."""
    Preprocessing.model_validate(yaml.safe_load(said))


def test_the_ways_that_a_low_accuracy_tries_are_in_the_table():
    """By filter, antialiasing and aspect; the default needs no row."""
    written = re.findall(r"\{resize: (\{.*?\})\}", SIZES)
    for name in set(ways(Frame((224, 224, 3)))) - {"resize: {antialias: true}"}:
        asked = yaml.safe_load(name)["resize"]
        assert any(asked.items() <= yaml.safe_load(way).items() for way in written), name
