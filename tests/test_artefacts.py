"""Points, kernels, curves, tables of layers and pictures from elsewhere, from artefact to page."""

from dataclasses import replace

import numpy as np
import pytest

from generator.artefacts import (
    READABLE,
    Confusion,
    Curves,
    Foreign,
    Heatmaps,
    Kernels,
    LayerTable,
    Patterns,
    Points,
    Predictions,
    span,
)
from generator.drawing.pictures import draw
from generator.drawing.png import pixels_of
from generator.pages.blocks import PictureGrid, Sheet, Table
from generator.pages.bodies import Material
from generator.pages.figure_page import body_of, words_of
from generator.pages.reader import Reader
from generator.results import FigureResult, Part
from generator.show import Show
from generator.text import Text
from generator.words import interface
from tests.fixtures.picked import picked
from tests.fixtures.report_fixture import CLASSES, LANGUAGES, NAMES, batch

SEVEN = batch()
NONE = replace(SEVEN, **{key: value[:0] for key, value in vars(SEVEN).items() if value is not None})


def drawn(artefact, of=SEVEN):
    """The result, its pictures, and its body on the English page."""
    part = Part(artefact, of)
    result = FigureResult("fig", "q", "m", {}, (part,))
    drawing = draw(result, Show(), NAMES)
    reader = Reader(interface(LANGUAGES), tuple(CLASSES.values()), tuple(CLASSES))
    material = Material("fig", 0, part, drawing.pictures, Show(), {}, Text.of("Method"), reader, {}, words_of)
    return drawing, picked(body_of(material), "en"), result.arrays


def test_points_are_a_chart_in_each_language():
    """One chart a language, with the names of the classes; the page says how many share a neighbour's class."""
    place = np.random.default_rng(0).normal(size=(7, 2)).astype(np.float32)
    drawing, bodies, arrays = drawn(Points(place, {"layer": "flat", "neighbours": 0.5}))
    assert [picture.name for picture in drawing.pictures] == ["fig-zh-Hant.png", "fig-en.png"]
    assert isinstance(bodies[0], Sheet) and len(bodies) == 1
    assert bodies[0].images.alt.startswith("7 images as points by the outputs of layer flat; 50.0% have")
    np.testing.assert_array_equal(arrays["place"], place)


def test_points_of_unknown_label_go_by_the_prediction():
    """Without labels the chart is that of the predicted classes."""
    place = np.eye(2, dtype=np.float32)[np.arange(7) % 2] + np.arange(7, dtype=np.float32)[:, None]
    told = drawn(Points(place), replace(SEVEN, label=SEVEN.prediction))[0].pictures[0].data
    assert drawn(Points(place), batch(labelled=False))[0].pictures[0].data == told


def test_patterns_stand_beside_what_their_filters_put_out():
    """The images first; then each filter with its pattern, a picture an image below it, on one scale of colours."""
    output = np.linspace(0, 3, 2 * 7 * 4 * 5, dtype=np.float32).reshape(2, 7, 4, 5)
    ones, alive = np.ones(2, np.float32), np.zeros(2, bool)
    pattern = np.random.default_rng(0).random((2, 6, 6, 1)).astype(np.float32)
    artefact = Patterns(pattern, np.array([4, 9]), ones, 2 * ones, alive, "filter", {"layer": "conv"}, output)
    drawing, bodies, arrays = drawn(artefact)
    assert {"fig-4.png", "fig-9.png", "fig-sheet.png", "fig-100-image.png", "fig-9-106.png", "fig-bar.png"} <= {
        picture.name for picture in drawing.pictures
    }
    assert drawing.legend.quantity == "activation"
    assert drawing.legend.high == pytest.approx(np.percentile(output[1, 6], 99))
    faces, first, second = bodies
    assert [cell.short for cell in faces.cells] == [f"Image {index}" for index in range(100, 107)]
    assert (first.heading, second.face.name) == ("Filter 4, reached 1, images 2", "fig-9.png")
    assert [cell.images[0].name for cell in second.cells] == [f"fig-9-{index}.png" for index in range(100, 107)]
    assert second.cells[6].images[0].alt.startswith("Output of filter 9 for image 106: active on")
    assert second.face.alt.startswith("Pattern of filter 9")
    np.testing.assert_array_equal(arrays["output"], output)


def test_kernels_are_signed_tiles_with_one_scale():
    """A picture a filter and a sheet; zero is in the middle of the scale, whose ends are the largest weight."""
    weight = np.array([[[0, 2], [-1, 0]], [[0.5, 0], [0, -0.5]]], np.float32)
    drawing, bodies, arrays = drawn(Kernels(weight, np.array([4, 9]), {"layer": "conv"}), NONE)
    names = [picture.name for picture in drawing.pictures]
    assert names == ["fig-4.png", "fig-9.png", "fig-sheet.png", "fig-bar.png"]
    assert (drawing.legend.quantity, drawing.legend.low, drawing.legend.high) == ("kernel", -2, 2)
    first, second = (pixels_of(picture.data) for picture in drawing.pictures[:2])
    assert first[0, 0].tolist() == second[0, -1].tolist()  # both zero
    assert isinstance(bodies[0], PictureGrid)
    assert [cell.short for cell in bodies[0].cells] == ["4", "9"]
    assert bodies[0].cells[0].images[0].alt == "Weights of filter 4: 25.0% of them are positive."
    np.testing.assert_array_equal(arrays["weight"], weight)


def test_curves_have_a_panel_a_quantity():
    """Training and validation share a panel: two panels are twice as wide as one."""
    epoch = np.arange(1, 5, dtype=np.float32)
    values = np.linspace(2, 1, 16, dtype=np.float32).reshape(4, 4)
    two = Curves(epoch, ("loss", "val_loss", "accuracy", "val_accuracy"), values)
    one = Curves(epoch, ("loss", "val_loss"), values[:2])
    wide, narrow = (drawn(artefact, NONE)[0].pictures[0].width for artefact in (two, one))
    assert wide == pytest.approx(2 * narrow, abs=2)
    _, bodies, arrays = drawn(one, NONE)
    assert (
        bodies[0].images.alt
        == "Curves over 4 epochs: Loss (training) from 2 to 1.8; Loss (validation) from 1.73 to 1.53."
    )
    assert arrays["names"].tolist() == ["loss", "val_loss"]


def test_an_unknown_quantity_goes_by_its_own_name():
    """A log may measure anything; a missing value is a gap in its line."""
    values = np.array([[1.0, np.nan, 3.0]], np.float32)
    drawing, _, _ = drawn(Curves(np.arange(1, 4, dtype=np.float32), ("top_5 $ error",), values), NONE)
    assert len(drawing.pictures) == 2


def test_layers_are_a_table_with_a_total():
    """A row a layer with a bar behind its numbers, none where there is nothing; the last row adds them up."""
    table = LayerTable(
        ("conv", "flat"), ("Conv2D", "Flatten"), ((6, 6, 4), (144,)), np.array([40, 0]), np.array([1440, 0])
    )
    drawing, bodies, arrays = drawn(table, NONE)
    assert drawing.pictures == ()
    assert isinstance(bodies[0], Table)
    assert bodies[0].rows[0] == ("conv", "Conv2D", "6×6×4", "40", "1,440")
    assert bodies[0].rows[1] == ("flat", "Flatten", "144", "–", "–")
    assert bodies[0].rows[2][3:] == ("40", "1,440")
    assert bodies[0].shares[0] == (None, None, None, 100.0, 100.0)
    assert len(bodies[0].shares) == 3
    np.testing.assert_array_equal(arrays["parameters"], [40, 0])


def test_a_picture_from_elsewhere_is_shown_as_it_is():
    """Pixel by pixel, in every language the same file."""
    image = np.random.default_rng(1).integers(0, 256, (5, 9, 3)).astype(np.float32) / 255
    drawing, bodies, _ = drawn(Foreign(image, {"origin": "a.png"}), NONE)
    assert [picture.name for picture in drawing.pictures] == ["fig.png"]
    np.testing.assert_array_equal(pixels_of(drawing.pictures[0].data), np.rint(image * 255))
    assert bodies[0].images.alt == "A picture made elsewhere, from the file a.png."


def of_many(artefact, of):
    """The same on a page of a hundred classes."""
    classes = {f"k{k}": Text.of(f"Class {k}") for k in range(100)}
    names = replace(NAMES, classes=tuple(classes.values()))
    part = Part(artefact, of)
    drawing = draw(FigureResult("fig", "q", "m", {}, (part,)), Show(), names)
    reader = Reader(interface(("en",)), tuple(classes.values()), tuple(classes))
    return picked(body_of(Material("fig", 0, part, drawing.pictures, Show(), {}, Text(), reader, {}, words_of)), "en")


def test_a_matrix_of_many_classes_has_those_with_the_most_mistakes():
    """Thirty of a hundred, in their order, with the sums of the whole; the manifest has these counts too."""
    counts = np.diag(np.full(100, 50))
    counts[40, 60], counts[60, 41], counts[99, 40] = 9, 8, 7
    matrix = Confusion(counts, "none")
    assert len(matrix.shown) == READABLE and {40, 41, 60, 99} <= set(matrix.shown.tolist())
    (body,) = of_many(matrix, NONE)
    assert body.classes == tuple(f"Class {k}" for k in sorted(matrix.shown))
    row = body.rows[body.classes.index("Class 40")]
    assert (row.total, row.recall, [cell.count for cell in row.cells if cell.count]) == (59, "84.7%", [50, 9])
    assert body.summary == "99.5% of 5,024 are right"
    assert matrix.numbers["counts"].shape == (READABLE, READABLE) and matrix.numbers["n"] == 5024


def test_predictions_of_many_classes_name_the_likeliest():
    """By rank, and the label where it is none of them; with the label alone the bar is full."""
    probability = np.full((7, 100), 0.001, np.float32)
    probability[:, [9, 3, 77, 50, 20]] = 0.4, 0.2, 0.1, 0.08, 0.07
    (table,) = of_many(Predictions(probability), replace(SEVEN, label=np.array([3, 88, -1, 0, 0, 0, 0])))
    assert table.head == ("Image", "Label", "1.", "2.", "3.", "4.", "5.", "Of the label")
    likeliest = ("Class 9 40.0%", "Class 3 20.0%", "Class 77 10.0%", "Class 50 8.0%", "Class 20 7.0%")
    assert table.rows[0][1:] == ("Class 3", *likeliest, "20.0%")
    assert table.rows[1][1:] == ("Class 88", *likeliest, "0.1%")
    assert table.rows[2][1:] == ("unknown", *likeliest, "–")


def test_what_an_artefact_tells_the_manifest():
    """A map its remark and facts image by image, a matrix its size and accuracy; of none the accuracy is not known."""
    maps = Heatmaps(np.zeros((2, 3, 3), np.float32), False, "cam", image_facts=({"r2": 1.0}, {"r2": 0.5}))
    assert maps.row_numbers(1) == {"remark": "flat", "r2": 0.5}
    assert maps.numbers == {}
    matrix = Confusion(np.array([[3, 1], [0, 4]]), "none").numbers
    assert (matrix["n"], matrix["accuracy"]) == (8, 0.875)
    assert np.isnan(Confusion(np.zeros((2, 2), np.int64), "none").numbers["accuracy"])


def test_a_span_of_counts_is_one_number_where_they_are_the_same():
    """The least and the greatest in any order of the others."""
    assert span(np.array([60, 60])) == 60 and type(span(np.array([60]))) is int
    assert span(np.array([130, 40, 200])) == "40–200"
