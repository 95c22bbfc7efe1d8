"""What the page on pictures says is read, is what the code reads."""

import re
import tomllib

import numpy as np
import pytest
import yaml
from PIL import Image

from generator.data.array_file import LABELS, PIXELS
from generator.data.data_source import DataSource
from generator.data.decoding import HEIF, READ
from generator.data.preprocess import Preprocessing
from generator.data.resizing_check import ways
from generator.data.sources import read_samples
from generator.errors import DataError
from generator.samples import Frame
from tests import ROOT

CLASSES = (("angry", "生氣"), ("happy", "高興"))
PAGE = (ROOT / "docs" / "your-own-pictures.md").read_text(encoding="utf-8")
SIZES = PAGE.split("## Sizes")[1]
TABLES = re.findall(r"^\| `([^`]*)` ⏎ `([^`]*)` \| .*? \| (.*?) \|$", PAGE, re.MULTILINE)


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


def whole(line):
    """A line of the page with all of the 16 pixels that its … stands for."""
    line = line.replace("pixel1,…", ",".join(f"pixel{k}" for k in range(1, 16)))
    line = line.replace("2,…,784", ",".join(map(str, range(2, 17))))
    line = line.replace("0,27 0,31 …", " ".join(f"0,{k}" for k in range(27, 43)))
    return re.sub(r"70(,? ?)80,? ?82,? ?…", lambda match: match[1].join(map(str, range(70, 86))), line)


@pytest.mark.parametrize(("first", "second", "said"), TABLES)
def test_a_table_that_begins_as_the_page_says_is_read(first, second, said, tmp_path):
    """With what it says that `data` has to say; without that it is asked for."""
    for name in ("train/a.png",) if "train" in second else ("a.png", "b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (4, 4), 128).save(tmp_path / name)
    path, classes = (
        tmp_path / "table.csv",
        CLASSES if "5" not in (first[0], second[0]) else tuple((str(k),) for k in range(10)),
    )
    path.write_text(f"{whole(first)}\n{whole(second)}\n", encoding="utf-8")
    asked = {} if said.startswith("nothing") else yaml.safe_load(f"{{{said.strip('`')}}}")
    asked = {key: tuple(value) if isinstance(value, list) else value for key, value in asked.items()}
    samples = read_samples(DataSource("csv", path, **asked), classes)
    assert samples.decode(np.arange(len(samples)))[0].shape == (4, 4)
    assert samples.labelled == (first != "pixels")
    assert samples.questions == ()
    if asked:
        with pytest.raises(DataError, match="say"):
            raise DataError(*read_samples(DataSource("csv", path), classes).questions)


def test_the_names_of_arrays_are_those_that_are_known():
    """Of pictures and of labels."""
    pixels, labels = (
        re.search(rf"^\| names of the {what} \|(.*?) and the like", PAGE, re.MULTILINE)
        for what in ("pictures", "labels")
    )
    assert set(re.findall(r"`(.*?)`", pixels[1])) <= set(PIXELS)
    assert set(re.findall(r"`(.*?)`", labels[1])) <= set(LABELS)
