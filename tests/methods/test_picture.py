"""A picture made elsewhere is shown as it is, with its fingerprint."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.drawing.png import png
from generator.errors import DataError, ParameterError
from generator.methods.picture import picture
from tests.conftest import request_of


@pytest.fixture
def request_(linear, tmp_path):
    return replace(request_of(linear, np.zeros((1, 48, 48, 1))), folder=tmp_path)


def written(request, pixels) -> Path:
    (request.folder / "drawing.png").write_bytes(png(np.asarray(pixels, np.uint8)))
    return Path("drawing.png")


def test_it_is_shown_and_told_apart(request_):
    """The pixels, the sha256 of the file, and the fact that nothing here was computed."""
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3))
    path = written(request_, pixels)
    found = picture(request_, path=path)
    np.testing.assert_allclose(found.image * 255, pixels, atol=1e-3)
    assert found.facts["sha256"] == hashlib.sha256((request_.folder / path).read_bytes()).hexdigest()
    assert found.facts["made_elsewhere"] is True


def test_grey_becomes_colour_and_nothing_becomes_white(request_):
    """Grey fills three channels; what is transparent lies on white."""
    grey = picture(request_, path=written(request_, np.full((4, 4), 51)))
    np.testing.assert_allclose(grey.image, 0.2, atol=1e-6)
    clear = np.zeros((4, 4, 4), np.uint8)
    clear[0, 0] = (255, 0, 0, 255)
    shown = picture(request_, path=written(request_, clear)).image
    np.testing.assert_allclose(shown[0, 0], [1, 0, 0])
    np.testing.assert_allclose(shown[1:], 1)


def test_a_missing_or_broken_file_is_said(request_):
    """Without a path, with a path to nothing, with a file that is no picture."""
    with pytest.raises(ParameterError, match=r"params: {path: drawing\.png}"):
        picture(request_)
    with pytest.raises(DataError, match="no such file"):
        picture(request_, path=Path("nothing.png"))
    (request_.folder / "words.png").write_text("no picture")
    with pytest.raises(DataError, match="not a picture that can be read"):
        picture(request_, path=Path("words.png"))
