"""What a check and a build say of a folder of pictures, at the line of the spec that names it."""

import numpy as np
import pytest
from PIL import Image

from generator import cli
from tests.fixtures.spec_fixture import model_file

SPEC = """version: 1
title: Pictures
languages: [en]
model: {path: model.keras}
data: {source: folder, path: data}
classes: [cat, dog]
questions: [{id: q, figures: [{method: saliency}]}]
"""
RAMP = np.linspace(0, 1, 64).reshape(8, 8)


@pytest.fixture
def spec(tmp_path):
    """A report with a picture of each class, whose model nobody opens."""
    (tmp_path / "report.yaml").write_text(SPEC)
    (tmp_path / "model.keras").write_bytes(model_file())
    for name in ("cat", "dog"):
        (tmp_path / "data" / name).mkdir(parents=True)
        Image.fromarray((RAMP * 255).astype(np.uint8)).save(tmp_path / "data" / name / "1.png")
    return tmp_path / "report.yaml"


def said(spec, capsys, *options):
    code = cli.main(["check", str(spec), *options])
    return code, capsys.readouterr().err


def test_pictures_as_they_should_be_are_no_word_worth(spec, capsys):
    """Nothing but ok."""
    assert said(spec, capsys) == (0, "")


def test_files_that_are_not_read_are_a_warning_at_the_path(spec, capsys):
    """It names them, and is an error where warnings are."""
    (spec.parent / "data" / "cat" / "2.svg").write_text("<svg/>")
    code, err = said(spec, capsys)
    assert code == 0
    assert "report.yaml:5:" in err and "data.path: 1 file is left out (1 .svg)" in err and "(warning)" in err
    assert said(spec, capsys, "--strict")[0] == 2


def test_fewer_bits_than_the_files_have_are_a_question_at_the_data(spec, capsys):
    """12 bits in a file of 16: the range is asked for, and once it is said nothing is left to say."""
    Image.fromarray((RAMP * 4095).astype(np.uint16)).save(spec.parent / "data" / "cat" / "2.png")
    code, err = said(spec, capsys)
    assert code == 0
    assert "report.yaml:5:7: data: in files of 16 bits the values reach 4095" in err and "range: [0, 4095]" in err
    for name in ("cat", "dog"):
        (spec.parent / "data" / name / "1.png").unlink()
    spec.write_text(spec.read_text().replace("path: data}", "path: data, range: [0, 4095]}"))
    assert said(spec, capsys) == (0, "")


@pytest.mark.parametrize(("name", "content"), [("cat/2.png", b"%!PS"), ("cat/2.png", b"\x89PNG\r\n\x1a\n")])
def test_a_picture_that_cannot_be_read_is_an_error_at_the_data(spec, capsys, name, content):
    """With its name and the cure."""
    (spec.parent / "data" / name).write_bytes(content)
    code, err = said(spec, capsys)
    assert code == 2
    assert "report.yaml:5:" in err and "2.png: not a picture" in err and "Traceback" not in err


def test_folders_that_are_no_classes_are_an_error_at_the_data(spec, capsys):
    """With where the classes are."""
    (spec.parent / "data").rename(spec.parent / "inner")
    (spec.parent / "data").mkdir()
    (spec.parent / "inner").rename(spec.parent / "data" / "test")
    code, err = said(spec, capsys)
    assert code == 2
    assert "say `path: …/data/test`" in err


def test_a_range_of_nothing_is_refused(spec, capsys):
    """Black and white have to differ."""
    spec.write_text(SPEC.replace("path: data}", "path: data, range: [3, 3]}"))
    code, err = said(spec, capsys)
    assert code == 2
    assert "black and white are both 3" in err


def test_a_crop_larger_than_the_pictures_is_told_at_the_crop(spec, capsys):
    """Of which nothing is cut; one that fits is no word worth."""
    for crop, code in (("[8, 8]", 0), ("[9, 4]", 2)):
        spec.write_text(SPEC.replace("model.keras", f"model.keras, preprocess: {{crop: {crop}}}"))
        assert said(spec, capsys, "--strict")[0] == code
    code, err = said(spec, capsys)
    assert code == 0
    assert "report.yaml:4:47: model.preprocess.crop: 9×4 is larger than pictures of 8×8, of which less is cut" in err
