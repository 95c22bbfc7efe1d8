"""The PDF in fewer bytes."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from pypdf import PdfReader

from generator.drawing.png import png
from generator.pages.page import Image, Sheet
from generator.paper import pdf as paper
from generator.paper.compact import compact
from generator.text import Text
from tests import ROOT
from tests.fixtures import report_fixture
from tests.fixtures.picked import with_answer

TEMPLATES = (ROOT / "templates",)
SIDE = 400
MANY = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
CHARTS = {"few colours": MANY // 100 * 100, "many colours": MANY}


def set_by_typst(chart):
    """The fixture's first figure with a large picture for its body, as Typst writes it."""
    whole = report_fixture.whole()
    sheet = Sheet({"en": Image("chart.png", SIDE, SIDE, SIDE, Text.of("A chart."), "chart")})
    figure = replace(whole.figures("en")[0], bodies=(sheet,), legend=None)
    page = replace(whole, questions=(with_answer(whole.questions[0], figure),), methods=(), sections=())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "compact", lambda data: data)
        return paper.pdf(page, ["en"], {"chart.png": png(chart)}, TEMPLATES)


@pytest.fixture(scope="module", params=list(CHARTS))
def made(request):
    """The file before, the file after, and the pixels of its chart."""
    plain = set_by_typst(CHARTS[request.param])
    return plain, compact(plain), CHARTS[request.param]


def chart_of(data):
    """The image as the file holds it, and as it is shown."""
    (image,) = (image for page in PdfReader(BytesIO(data)).pages for image in page.images)
    return image.indirect_reference.get_object(), np.asarray(image.image.convert("RGB"))


def test_every_pixel_stays_as_it_was(made):
    """A table of colours where there are few, the same picture with the same settings."""
    plain, small, pixels = made
    (before, _), (after, shown) = chart_of(plain), chart_of(small)
    assert np.array_equal(shown, pixels)
    for key in ("/Width", "/Height", "/BitsPerComponent", "/Interpolate"):
        assert before.get(key) == after.get(key)
    assert (after["/ColorSpace"][0] == "/Indexed") == (len(np.unique(pixels)) < 10)


def test_words_tags_and_metadata_stay(made):
    """The same text, tree of tags, title and identifier of the standard."""
    old, new = (PdfReader(BytesIO(data)) for data in made[:2])
    assert [page.extract_text() for page in old.pages] == [page.extract_text() for page in new.pages]
    assert old.metadata == new.metadata
    assert old.xmp_metadata.stream.get_data() == new.xmp_metadata.stream.get_data()
    trees = [tree(reader.trailer["/Root"]["/StructTreeRoot"]) for reader in (old, new)]
    assert trees[0] == trees[1]
    assert "/Figure" in str(trees[0])


def tree(element):
    """The kind and the alternative text of an element, with what is below it."""
    below = element.get("/K", [])
    kids = [kid.get_object() for kid in (below if isinstance(below, list) else [below])]
    return element.get("/S"), element.get("/Alt"), [tree(kid) for kid in kids if isinstance(kid, dict)]


def test_it_is_smaller_and_the_same_twice(made):
    """Nothing of the time or the path comes in."""
    plain, small, _ = made
    assert small == compact(plain)
    assert len(small) < len(plain)
