"""The table of an attribution: a row an image."""

import zlib
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from generator.artefacts import Fraction, Heatmaps
from generator.pages.attribution_rows import packed
from generator.pages.blocks import PictureGrid, PictureRows
from generator.show import Show
from tests.fixtures.report_fixture import (
    CLASSES,
    batch,
    figure,
    maps,
    page,
    remade,
)


@pytest.fixture(scope="module")
def english():
    return page("en")


class TestRows:
    """The table of an attribution."""

    def test_a_row_has_its_label_probability_and_panels(self, english):
        """The panels of `show`, in its order, shown at a whole multiple of the face's pixels."""
        body = figure(english, "saliency").bodies[0]
        assert isinstance(body, PictureRows)
        assert body.panels == ("Image", "Map", "Overlay")
        assert [row.label for row in body.rows] == [text.in_language("en") for text in CLASSES.values()]
        assert body.rows[0].probability == "88.0%"
        assert [image.role for image in body.rows[0].images] == ["image", "map", "overlay"]
        assert {image.shown % 48 for row in body.rows for image in row.images} == {0}

    def test_only_the_asked_panels(self, english):
        """`show: {panels: [image, overlay]}` has two columns."""
        assert figure(english, "lime").bodies[0].panels == ("Image", "Overlay")

    def test_a_wrong_prediction_stands_beside_the_label(self, english):
        """With its own probability; a right one is not repeated."""
        rows = figure(english, "saliency").bodies[0].rows
        assert (rows[2].prediction, rows[2].prediction_probability, rows[2].right) == ("Neutral", "60.0%", False)
        assert (rows[0].prediction, rows[0].right) == ("", True)

    def test_a_map_that_is_no_result_says_why(self, english):
        """And has no values to point at."""
        row = figure(english, "saliency").bodies[0].rows[1]
        assert row.remark.startswith("The map is flat")
        assert row.values is None

    def test_the_strength_stands_below_the_map_alone(self, english):
        """Below the overlay where there is no map, below nothing where the map is no result."""
        rows = figure(english, "saliency").bodies[0].rows
        told = [image.strength and image.strength.short for image in rows[0].images]
        assert told == [None, rows[0].images[1].strength.short, None]
        assert told[1].endswith(" (100%)")
        assert {image.strength for image in rows[1].images} == {None}
        assert figure(english, "lime").bodies[0].rows[0].images[1].strength.share == 1

    def test_a_weak_map_is_called_weak(self):
        """Below a tenth of the figure's strongest, in the language of the reader."""
        values = maps(7)
        values[3] /= 20
        for language, word in (("en", "weak"), ("zh-Hant", "弱")):
            rows = remade(Heatmaps(values, False, "gradient"), batch(7), language=language).bodies[0].rows
            weak = [row.images[1].strength.short.endswith(word) for row in rows]
            assert weak == [row.images[1].strength.weak for row in rows] == [k == 3 for k in range(7)]

    def test_numbers_of_single_images_stand_apart(self, english):
        """Beside the picture are its class and probability; what the words name of its facts is a table."""
        (table,) = figure(english, "lime").numbers
        assert table.head == ("Image", "fit R²")
        assert table.rows[3] == ("Image 103, Happy", "0.63")
        facts = tuple({"seed": 2107665609} for _ in range(7))
        assert remade(Heatmaps(maps(7), False, "gradient", image_facts=facts), batch(7)).numbers == ()

    def test_a_note_stands_under_the_row_of_its_class(self, english):
        """`notes: {happy: …}` belongs to the row labelled Happy alone."""
        notes = [row.note.source if row.note else "" for row in figure(english, "saliency").bodies[0].rows]
        assert notes == ["", "", "", "The smile.", "", "", ""]

    def test_without_labels_a_row_stands_for_what_it_explains(self):
        """The figure says that the data has no labels."""
        shown = remade(Heatmaps(maps(7), False, "gradient"), batch(7, labelled=False))
        assert shown.bodies[0].rows[2].label == "Fear"
        assert shown.bodies[0].rows[2].prediction == "Neutral"
        assert shown.bodies[0].rows[2].right is None
        assert shown.details[0].value.startswith("none in the data")

    def test_several_targets_of_one_image_stand_beside_each_other(self):
        """`target: each`: the face once, then a map a class."""
        rows = np.repeat(np.arange(2), 3)
        whole = batch(7)
        columns = {key: getattr(whole, key)[rows] for key in ("images", "inputs", "index", "label", "probability")}
        of = replace(whole, **columns, target=np.tile(np.arange(3), 2), seed=rows)
        body = remade(Heatmaps(maps(6), False, "gradient"), of).bodies[0]
        assert body.panels == ("Image", "Angry", "Disgust", "Fear")
        assert [len(row.images) for row in body.rows] == [4, 4]
        assert len({image.name for image in body.rows[0].images}) == 4
        assert body.rows[1].probability == "88.0%"  # of its label, whichever class comes first

    def test_what_a_class_is_compared_with_is_told(self):
        """`against`: in the row, in a grid, and above the columns or beside them where there are several targets."""
        sad = replace(batch(7), against=np.full(7, 4))
        artefact = Heatmaps(maps(7, signed=True), True, "gradient")
        row = remade(artefact, sad).bodies[0].rows[0]
        assert row.target == "Angry rather than Sad"
        assert row.images[1].alt.startswith("Saliency map for Angry rather than Sad of image 100: ")
        assert remade(artefact, sad, language="zh-Hant").bodies[0].rows[0].target == "生氣」而非「難過"
        grid = remade(artefact, sad, show=Show(layout="grid", panels=("overlay",))).bodies[0]
        assert grid.cells[0].short == "Angry, for Angry rather than Sad"
        twice = {key: getattr(sad, key)[[0, 0]] for key in ("images", "inputs", "index", "label", "probability")}
        both = replace(sad, **twice, target=np.array([0, 6]), against=np.array([4, 4]), seed=np.arange(2))
        two = Heatmaps(maps(2, signed=True), True, "gradient")
        assert remade(two, both).bodies[0].panels[1:] == ("Angry rather than Sad", "Neutral rather than Sad")

    def test_runners_up_that_differ_are_told_in_each_row(self):
        """`target: each, against: second`: the columns have the classes, the rows what each is compared with."""
        whole, rows = batch(7), np.repeat(np.arange(2), 2)
        columns = {key: getattr(whole, key)[rows] for key in ("images", "inputs", "index", "label", "probability")}
        of = replace(whole, **columns, target=np.array([0, 1, 0, 1]), against=np.array([3, 4, 5, 4]), seed=rows)
        body = remade(Heatmaps(maps(4, signed=True), True, "gradient"), of).bodies[0]
        assert body.panels == ("Image", "Angry", "Disgust")
        assert [row.target for row in body.rows] == [
            "Angry rather than Happy, Disgust rather than Sad",
            "Angry rather than Surprise, Disgust rather than Sad",
        ]

    def test_the_probability_is_that_of_the_label(self):
        """Also where another class is explained, which is named beside it."""
        other = replace(batch(7), target=np.full(7, 6))
        rows = remade(Heatmaps(maps(7), False, "gradient"), other).bodies[0].rows
        assert [row.probability for row in rows[:3]] == ["88.0%", "88.0%", "30.0%"]
        assert [row.target for row in rows[5:]] == ["Neutral", ""]

    def test_a_grid_instead_of_rows(self):
        """`show: {layout: grid}`."""
        shown = remade(Heatmaps(maps(7), False, "gradient"), batch(7), show=Show(layout="grid", panels=("overlay",)))
        assert isinstance(shown.bodies[0], PictureGrid)
        assert [cell.short for cell in shown.bodies[0].cells][:2] == ["Angry", "Disgust"]

    @pytest.mark.parametrize(("language", "words"), [("en", "4.0% of its noisy"), ("zh-Hant", "只有 4.0% 的")])
    def test_what_is_special_about_one_map_stands_beside_it(self, language, words):
        """And beside no other; the map stays a result, in a grid too."""
        facts = ({"keeps_class": Fraction(0.04), "loses_class": Fraction(0.04)}, *[{"keeps_class": Fraction(0.9)}] * 6)
        told = Heatmaps(maps(7), False, "gradient", image_facts=facts)
        rows = remade(told, batch(7), language=language).bodies[0].rows
        assert words in rows[0].remark and rows[0].values
        assert [row.remark for row in rows[1:]] == [""] * 6
        grid = remade(told, batch(7), show=Show(layout="grid", panels=("overlay",)))
        assert not grid.bodies[0].cells[0].remark

    def test_values_unpack_to_the_map(self):
        """Fiftieths of the largest magnitude, with their sign, a byte a cell."""
        values = np.array([[0.0, 0.5], [-2.0, 1.0]], np.float32)
        found = packed(values)
        cells = np.frombuffer(zlib.decompress(b64decode(found.data)), np.int8).reshape(found.rows, found.columns)
        np.testing.assert_array_equal(cells, [[0, 12], [-50, 25]])
        assert found.peak == 2.0

    def test_values_of_a_large_map_stay_small(self):
        """At most 64 cells a side."""
        found = packed(np.ones((224, 200), np.float32))
        assert max(found.rows, found.columns) <= 64
        assert packed(np.zeros((4, 4), np.float32)).peak == 0
