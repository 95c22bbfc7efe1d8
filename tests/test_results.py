"""What a build hands to its pages."""

import numpy as np

from generator.artefacts import Confusion, Heatmaps
from generator.results import FigureResult, Names, Part
from generator.text import Text, bilingual
from tests.conftest import batch_of


def test_arrays_of_several_parts_are_numbered(linear):
    """The first part's have their plain names; images stand beside them, where there are any."""
    images = np.zeros((2, 48, 48, 1), np.float32)
    parts = tuple(
        Part(Heatmaps(np.full((2, 48, 48), k, np.float32), False, "cam"), batch_of(linear, images)) for k in (1, 2)
    )
    arrays = FigureResult("f", "q", "m", {}, parts).arrays
    names = ("attribution", "image", "index", "target")
    assert list(arrays) == [*names, *(f"{name}_2" for name in names)]
    assert (arrays["attribution"].max(), arrays["attribution_2"].max()) == (1, 2)
    alone = Part(Confusion(np.eye(2, dtype=np.int64), "none"), batch_of(linear, images[:0]))
    assert list(alone.arrays) == ["counts"]


def test_names_are_spoken_in_every_language():
    """A class without a name in a language takes the report's next, a word without one is English."""
    names = Names(
        (bilingual("Happy", "高興"), Text({"en": "Sad"})), ("zh-Hant", "en"), {"epoch": Text({"en": "Epoch"})}
    )
    assert list(names.spoken) == [
        ("zh-Hant", ["高興", "Sad"], {"epoch": "Epoch"}),
        ("en", ["Happy", "Sad"], {"epoch": "Epoch"}),
    ]
