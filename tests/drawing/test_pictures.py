"""Figures as pictures: which there are, their names, and the scale they share."""

from dataclasses import replace

import numpy as np
import pytest

from generator.artefacts import Confusion, Heatmaps, LayerOutputs, Patterns, Predictions
from generator.drawing import colours, png
from generator.drawing.charts import AGAINST_FOR, colour_table
from generator.drawing.inks import OPPOSES, SUPPORTS
from generator.drawing.pictures import draw
from generator.lattice import Axis, Lattice, Move
from generator.results import FigureResult, Names, Part
from generator.samples import Batch
from generator.show import Mask, Show
from generator.text import bilingual
from generator.words import interface

CLASSES = (bilingual("Angry", "生氣"), bilingual("Happy", "高興"))
LANGUAGES = ("zh-Hant", "en")
NAMES = Names(CLASSES, LANGUAGES, interface(LANGUAGES).under("chart"))
ALL = Show(panels=("image", "map", "overlay", "masked"))
SHARED = ALL.model_copy(update={"scale": "figure"})


def batch(index=(4, 9), target=None):
    n = len(index)
    images = np.linspace(0, 1, n * 48 * 48, dtype=np.float32).reshape(n, 48, 48, 1)
    rows, target = np.arange(n), np.zeros(n, np.int64) if target is None else np.array(target)
    return Batch(images, images, np.array(index), rows % 2, np.full((n, 2), 0.5, np.float32), target, rows)


def drawn(artefact, show=ALL, parts=1, of=None, class_ids=(), also=()):
    part = Part(artefact, batch() if of is None else of)
    return draw(FigureResult("fig", "q", "m", {}, (part,) * parts), show, replace(NAMES, class_ids=class_ids), also)


def heatmaps(signed=False, values=None, **kwargs):
    if values is None:
        values = np.zeros((2, 48, 48), np.float32)
        values[0, 0, 0], values[1, 0, 0] = 1.0, -4.0 if signed else 4.0
        values[:, 1, 1] = 0.5
    return Heatmaps(values, signed, "gradient", **kwargs)


def pixels(drawing, name):
    return png.pixels_of({p.name: p.data for p in drawing.pictures}[name])


def rgb_at(drawing, name, y, x):
    picture = pixels(drawing, name)
    return tuple((picture[y, x] if picture.ndim == 3 else (picture[y, x],) * 3)[:3])


def test_heatmaps_have_their_panels_in_order_and_stable_names():
    """A picture for each panel and image, the veil for the slider, and the bar of the legend."""
    names = [picture.name for picture in drawn(heatmaps()).pictures]
    roles = ("image", "map", "overlay", "masked", "veil")
    assert names == [f"fig-{index}-{role}.png" for index in (4, 9) for role in roles] + ["fig-bar.png"]


def test_pictures_are_whole_multiples_and_say_their_size():
    """48 pixels become 144, each a square of nine; width and height are the file's."""
    for picture in drawn(heatmaps()).pictures[:-1]:
        shown = png.pixels_of(picture.data)
        assert shown.shape[:2] == (picture.height, picture.width) == (144, 144)
        assert np.array_equal(shown, colours.enlarge(shown[::3, ::3], 3))


def test_one_scale_for_all_images_of_a_figure():
    """The largest value of all images has the last colour, a quarter of it a quarter's, zero the first."""
    drawing, scale = drawn(heatmaps(), SHARED), colours.Scale(4.0, False, "magma")
    expected = scale.paint(np.array([[1.0, 4.0, 0.0]], np.float32))[0].tolist()
    assert [rgb_at(drawing, "fig-4-map.png", 0, 0), rgb_at(drawing, "fig-9-map.png", 0, 0)] == [
        tuple(colour) for colour in expected[:2]
    ]
    assert rgb_at(drawing, "fig-4-map.png", 100, 100) == tuple(expected[2])
    assert drawing.legend.low == 0
    assert drawing.legend.high == 4
    assert drawing.legend.shared


def noise(n=2):
    """Maps of magnitudes like a gradient's, the second a twentieth of the first."""
    values = np.abs(np.random.default_rng(0).standard_t(3, size=(n, 48, 48))).astype(np.float32)
    return values / 20 ** np.arange(n, dtype=np.float32)[:, None, None]


def strengths(drawing):
    return [picture.strength for picture in drawing.pictures if picture.role == "image"]


@pytest.mark.parametrize("scale", ["max", "image"])
def test_a_scale_of_its_own_maximum(scale):
    """With `scale: max` (once `image`) every map reaches the last colour at its maximum, and the legend says so."""
    drawing = drawn(heatmaps(), ALL.model_copy(update={"scale": scale}))
    assert rgb_at(drawing, "fig-4-map.png", 0, 0) == rgb_at(drawing, "fig-9-map.png", 0, 0)
    assert (drawing.legend.shared, drawing.legend.clipped) == (False, False)
    assert strengths(drawing) == [0.25, 1.0]


def test_a_map_runs_to_its_own_99th_percentile():
    """Brighter pixels have the last colour; below, colours are shares of that percentile, in a weak map as well."""
    values = noise()
    drawing = drawn(heatmaps(values=values))
    for row, name in enumerate(("fig-4-map.png", "fig-9-map.png")):
        top = float(np.percentile(values[row], 99))
        expected = colours.Scale(top, False, "magma").paint(values[row])
        assert np.array_equal(pixels(drawing, name)[::3, ::3], expected)
        assert (values[row] > top).sum() == 24
    assert drawing.legend.clipped


def test_the_strength_is_the_top_as_a_share_of_the_strongest():
    """Each picture of a map tells it, what is laid over the face too, and so does the face itself."""
    values = noise()
    tops = np.percentile(values, 99, axis=(1, 2))
    drawing = drawn(heatmaps(values=values))
    np.testing.assert_allclose(strengths(drawing), tops / tops.max(), rtol=1e-6)
    told = {picture.name: picture.top for picture in drawing.pictures}
    assert told["fig-9-map.png"] == told["fig-9-overlay.png"] == pytest.approx(tops[1])
    assert told["fig-9-image.png"] is told["fig-9-masked.png"] is None
    assert strengths(drawn(heatmaps(values=values), SHARED)) == strengths(drawing)


def test_what_has_no_single_bright_pixels_runs_to_its_maximum():
    """A coarse map that was enlarged, and superpixels; a fine map with a coarse one among its factors does not."""
    values = noise()
    coarse = Heatmaps(values, False, "cam", native=values[:, ::8, ::8])
    superpixels = Heatmaps(values, False, "weight", segments=np.zeros((2, 48, 48), np.int64))
    fine = Heatmaps(values, False, "guided_gradcam", native=values[:, ::8, ::8], pixelwise=True)
    clipped = [drawn(artefact).legend.clipped for artefact in (coarse, superpixels, fine)]
    assert clipped == [False, False, True]
    assert drawn(coarse).pictures[1].top == pytest.approx(float(values[0].max()))


def test_only_overlays_of_single_pixels_are_smoothed():
    """The map keeps its pixels; what is laid over the face is smoothed by one at 48×48, by as many as are asked for."""
    values = noise()
    raw, smooth = (drawn(heatmaps(values=values, pixelwise=pixelwise)) for pixelwise in (False, True))
    assert np.array_equal(pixels(raw, "fig-4-map.png"), pixels(smooth, "fig-4-map.png"))
    assert (raw.legend.smoothed, smooth.legend.smoothed) == (0, 1)
    off = drawn(heatmaps(values=values, pixelwise=True), ALL.model_copy(update={"smooth": 0.0}))
    assert np.array_equal(pixels(off, "fig-4-veil.png"), pixels(raw, "fig-4-veil.png"))
    rough, even = (np.abs(np.diff(pixels(one, "fig-4-veil.png")[..., 3].astype(int))).mean() for one in (raw, smooth))
    assert even < rough / 2


def test_a_smoothed_overlay_reaches_its_last_colour():
    """It is weaker than the map everywhere, so it runs to its own 99th percentile."""
    drawing = drawn(heatmaps(values=noise(), pixelwise=True))
    for name in ("fig-4-veil.png", "fig-9-veil.png"):
        assert 24 <= (pixels(drawing, name)[::3, ::3, 3] == 255).sum() < 50  # those nearly as opaque round up


def test_a_map_that_is_no_result_has_no_strength():
    """It sets no scale, and no bar is drawn below it."""
    values = noise()
    values[1] = np.nan
    drawing = drawn(heatmaps(values=values, pixelwise=True))
    assert strengths(drawing) == [1, 0]
    assert {picture.top for picture in drawing.pictures if picture.row == 1} == {None}


def test_one_scale_for_all_parts_of_a_figure():
    """Two layers or models of one figure can be compared: the larger one sets the scale."""
    weak = Part(heatmaps(values=np.full((2, 48, 48), 1.0, np.float32)), batch())
    strong = Part(heatmaps(values=np.full((2, 48, 48), 2.0, np.float32)), batch())
    drawing = draw(FigureResult("fig", "q", "m", {}, (weak, strong)), SHARED, NAMES)
    assert drawing.legend.high == 2
    assert rgb_at(drawing, "fig-1-4-map.png", 0, 0) != rgb_at(drawing, "fig-2-4-map.png", 0, 0)
    assert {picture.part for picture in drawing.pictures} == {0, 1}


def test_signed_maps_are_centred_at_zero():
    """Zero is the neutral middle, the legend runs from minus the limit to the limit."""
    drawing = drawn(heatmaps(signed=True))
    assert (drawing.legend.low, drawing.legend.high, drawing.legend.colormap) == (-4, 4, "PuOr")
    middle = colours.Scale(4.0, True, "PuOr").paint(np.zeros((1, 1), np.float32))[0, 0]
    assert rgb_at(drawing, "fig-4-map.png", 100, 100) == tuple(middle)


@pytest.mark.parametrize("how", ["flat", "not_finite", "remark"])
def test_a_map_that_is_no_result_is_striped(how):
    """Flat, non-finite and remarked maps show stripes in every panel but the face, and set no scale."""
    artefact = heatmaps()
    values = artefact.values.copy()
    values[1] = {"flat": 0, "not_finite": np.inf, "remark": 9}[how]
    drawing = drawn(heatmaps(values=values, remarks=("", "nothing_speaks_for") if how == "remark" else ()))
    assert drawing.legend.high == 1
    for role in ("map", "overlay", "masked"):
        assert np.array_equal(pixels(drawing, f"fig-9-{role}.png"), colours.no_result(144, 144))
    assert not np.array_equal(pixels(drawing, "fig-9-image.png"), colours.no_result(144, 144))


def test_a_figure_without_any_result_has_no_legend():
    """Where every map is flat there is nothing a colour could stand for."""
    drawing = drawn(heatmaps(values=np.zeros((2, 48, 48), np.float32)))
    assert drawing.legend is None
    assert "fig-bar.png" not in {picture.name for picture in drawing.pictures}


def test_the_mask_is_a_share_of_the_figures_maximum():
    """Below half of the figure's 4 everything goes, also the first image's own maximum of 1."""
    show = Show(panels=("masked",), mask=Mask(below=0.5, fill="white"))
    drawing = drawn(heatmaps(), show)
    assert (pixels(drawing, "fig-4-masked.png") == 255).all()
    assert (pixels(drawing, "fig-9-masked.png")[:3, :3] != 255).all()


def test_a_mask_may_differ_by_the_class_that_is_explained():
    """A share, a mean or a deviation by class; a class that is not named keeps a tenth of the maximum."""
    values = np.linspace(0, 1, 2 * 48 * 48, dtype=np.float32).reshape(2, 48, 48)
    of, names = batch(target=(1, 0)), ("sad", "glad")

    def kept(below) -> list[int]:
        show = Show(panels=("masked",), mask=Mask(below=below, fill="white"))
        drawing = drawn(heatmaps(values=values), show, of=of, class_ids=names)
        return [int((pixels(drawing, f"fig-{index}-masked.png")[::3, ::3] != 255).sum()) for index in (4, 9)]

    plain, half, mean = kept(0.1), kept(0.5), kept("mean")
    assert kept({"glad": 0.5}) == [half[0], plain[1]]
    assert kept({"glad": "mean", "sad": 0.9}) == [mean[0], kept(0.9)[1]]
    assert len({plain[0], half[0], mean[0]}) == 3


def test_targets_tell_maps_of_the_same_image_apart():
    """An image explained for two classes has two maps with the class in their names, and one face."""
    drawing = drawn(heatmaps(), of=batch((7, 7), (0, 1)))
    names = {picture.name for picture in drawing.pictures}
    assert {"fig-7-image.png", "fig-7-0-map.png", "fig-7-1-map.png"} <= names
    assert [p.row for p in drawing.pictures if p.role == "map"] == [0, 1]


def test_a_panel_only_an_export_needs_is_drawn_too():
    """`also` adds what `show` lacks."""
    drawing = drawn(heatmaps(), Show(panels=("image",)), also=("map",))
    assert [picture.role for picture in drawing.pictures] == ["image", "map", "image", "map", "bar"]


def test_superpixels_are_tinted_over_the_face():
    """LIME's overlay shows blue where the weight is positive."""
    segments = np.zeros((2, 48, 48), np.int64)
    segments[:, :, 24:] = 1
    values = np.where(segments == 0, 1.0, -1.0).astype(np.float32)
    drawing = drawn(Heatmaps(values, True, "weight", segments=segments))
    left, right = (np.array(rgb_at(drawing, "fig-4-overlay.png", 72, x), int) for x in (30, 120))
    assert left[2] > left[0] + 30
    assert right[0] > right[2] + 30


def test_patterns_are_tiles_and_a_sheet():
    """One picture a unit, numbered by the unit, then the sheet; a dead one is crossed."""
    pattern = np.random.default_rng(0).random((3, 48, 48, 1)).astype(np.float32)
    units, dead = np.array([3, 8, 31]), np.array([False, True, False])
    drawing = drawn(Patterns(pattern, units, np.ones(3), np.ones(3), dead, "filter"))
    assert [p.name for p in drawing.pictures] == ["fig-3.png", "fig-8.png", "fig-31.png", "fig-sheet.png"]
    assert [p.unit for p in drawing.pictures] == [0, 1, 2, None]
    assert np.array_equal(pixels(drawing, "fig-8.png"), colours.crossed(colours.no_result(96, 96)))
    assert drawing.legend is None


def test_coloured_patterns_keep_their_colours():
    """Three channels are shown as RGB."""
    pattern = np.full((1, 8, 8, 3), (1.0, 0.0, 0.5), np.float32)
    one = np.ones(1)
    drawing = drawn(Patterns(pattern, np.array([0]), one, one, one < 0, "class"))
    assert rgb_at(drawing, "fig-0.png", 0, 0) == (255, 0, 128)


def outputs(n=2):
    output = np.zeros((n, 2, 6, 6), np.float32)
    output[:, 1, 0, 0] = np.arange(1, n + 1)
    return LayerOutputs(output, np.array([5, 6]))


def test_outputs_run_to_their_own_top_and_a_silent_one_is_zero():
    """A unit that puts out nothing has the colour of zero and no strength; the others tell theirs."""
    drawing = drawn(outputs())
    told = {picture.name: picture.strength for picture in drawing.pictures if picture.role == "output"}
    assert told == {"fig-4-5.png": 0, "fig-4-6.png": 0.5, "fig-9-5.png": 0, "fig-9-6.png": 1}
    assert rgb_at(drawing, "fig-4-5.png", 0, 0) == tuple(colours.Scale(0, False, "magma").paint(np.zeros((1, 1)))[0, 0])
    assert rgb_at(drawing, "fig-4-6.png", 0, 0) == rgb_at(drawing, "fig-9-6.png", 0, 0)


def test_outputs_may_share_one_scale_with_zero_fixed():
    """A unit that puts out nothing has the colour of zero, the largest output the last one."""
    drawing = drawn(outputs(), SHARED)
    assert rgb_at(drawing, "fig-9-5.png", 0, 0) == rgb_at(drawing, "fig-9-6.png", 90, 90)
    last = colours.Scale(1.0, False, "magma").paint(np.ones((1, 1), np.float32))[0, 0]
    assert rgb_at(drawing, "fig-9-6.png", 0, 0) == tuple(last)
    assert rgb_at(drawing, "fig-4-6.png", 0, 0) != tuple(last)
    assert drawing.legend.quantity == "activation"


def test_outputs_of_several_images_have_a_sheet_each():
    """The index is in the names where there are several images; row and unit say what is what."""
    drawing = drawn(outputs())
    sheets = [p for p in drawing.pictures if p.role == "sheet"]
    assert [(p.name, p.row) for p in sheets] == [("fig-4-sheet.png", 0), ("fig-9-sheet.png", 1)]
    assert [(p.row, p.unit) for p in drawing.pictures if p.role == "output"] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_outputs_of_one_image_are_named_by_unit():
    """`<figure>-<unit>.png`, beside the face they belong to."""
    drawing = drawn(outputs(1), of=batch((4,)))
    names = [picture.name for picture in drawing.pictures]
    assert names == ["fig-4-image.png", "fig-5.png", "fig-6.png", "fig-sheet.png", "fig-bar.png"]


def test_outputs_of_a_part_of_the_picture_are_laid_into_it():
    """Six by six cells over the right half: as large as the picture, and its left half the colour of zero."""
    half = Lattice(Axis.even(6, 48), Axis.even(48, 48).moved(Move(25.5, 1.5, 4), 6))
    whole, part = (drawn(replace(outputs(), place=place)) for place in (Lattice.even((6, 6), (48, 48)), half))
    assert whole == drawn(outputs())
    size = {(picture.width, picture.height) for picture in part.pictures if picture.role == "output"}
    assert size == {(96, 96)}
    zero = tuple(colours.Scale(0, False, "magma").paint(np.zeros((1, 1)))[0, 0])
    assert rgb_at(part, "fig-9-6.png", 0, 40) == zero != rgb_at(part, "fig-9-6.png", 0, 50)


def test_negative_outputs_make_the_scale_diverge():
    """Before a ReLU zero lies in the middle."""
    drawing = drawn(LayerOutputs(-outputs().output, np.array([5, 6])), SHARED)
    assert drawing.legend.signed
    assert drawing.legend.low == -2


def test_a_matrix_is_one_chart_a_language():
    """The names of the classes differ, so do the pictures."""
    drawing = drawn(Confusion(np.array([[5, 1], [2, 7]]), "label"))
    assert [(p.name, p.language) for p in drawing.pictures] == [("fig-zh-Hant.png", "zh-Hant"), ("fig-en.png", "en")]
    assert drawing.pictures[0].data != drawing.pictures[1].data


def test_predictions_are_a_face_and_a_chart_a_language():
    """Beside each face its bars."""
    drawing = drawn(Predictions(np.array([[0.2, 0.8], [0.6, 0.4]], np.float32)))
    first = ["fig-4-image.png", "fig-4-zh-Hant.png", "fig-4-en.png"]
    assert [picture.name for picture in drawing.pictures][:3] == first
    assert [picture.row for picture in drawing.pictures] == [0, 0, 0, 1, 1, 1]


def test_a_failed_figure_has_no_pictures():
    """Nothing is drawn of what could not be computed."""
    drawing = draw(FigureResult("fig", "q", "m", {}, (), failure="too large"), ALL, NAMES)
    assert drawing.pictures == ()
    assert drawing.legend is None


def test_drawing_twice_gives_the_same_bytes():
    """Every kind of picture, byte by byte."""
    for artefact in (heatmaps(), outputs(), Confusion(np.array([[5, 1], [2, 7]]), "none")):
        first, second = drawn(artefact), drawn(artefact)
        assert first == second


def test_pictures_are_small():
    """The five pictures of a noisy 48×48 map stay under 40 kB."""
    noise = np.abs(np.random.default_rng(0).normal(size=(2, 48, 48))).astype(np.float32)
    drawing = drawn(heatmaps(values=noise))
    assert sum(len(picture.data) for picture in drawing.pictures if picture.row == 0) < 40_000


def test_an_export_is_a_jpeg():
    """The bytes begin as JPEG files do."""
    assert png.jpeg(drawn(heatmaps()).pictures[1].data)[:3] == b"\xff\xd8\xff"


def test_superpixels_have_one_pair_of_colours():
    """The legend of superpixels is in the two tints that lie over the face: it says what one sees."""
    segments = np.zeros((2, 48, 48), np.int64)
    segments[:, :, 24:] = 1
    values = np.where(segments == 0, 1.0, -1.0).astype(np.float32)
    drawing = drawn(Heatmaps(values, True, "weight", segments=segments))
    assert drawing.legend.colormap == AGAINST_FOR
    assert colour_table(AGAINST_FOR)[[0, -1]].tolist() == [list(OPPOSES), list(SUPPORTS)]


def test_each_layer_has_a_scale_and_a_strongest_of_its_own():
    """Ten times stronger in one layer says nothing of the other; models share theirs."""
    weak, strong = heatmaps(), heatmaps()
    strong = replace(strong, values=strong.values * 10)
    for key, tops in (("layer", [1.0, 1.0]), ("model", [0.1, 1.0])):
        named = ((weak, "first"), (strong, "second"))
        parts = tuple(Part(maps, batch(), {key: name}) for maps, name in named)
        for show in (ALL, SHARED):
            made = draw(FigureResult("fig", "q", "m", {}, parts), show, NAMES)
            strongest = [max(one.strength for one in made.pictures if one.part == number) for number in (0, 1)]
            assert strongest == pytest.approx(tops)
            assert made.legend.by_layer == (key == "layer")
        first, second = ([p.data for p in made.pictures if p.part == n and p.role == "map"] for n in (0, 1))
        assert (first == second) == (key == "layer")
