"""A figure with what stands around it."""

from dataclasses import replace

import pytest

from generator.artefacts import Heatmaps
from generator.drawing.pictures import draw
from generator.pages.figure_page import figure_of, part_heading
from generator.results import FigureResult, Part
from generator.show import Show
from generator.spec.grammar import Images
from generator.text import Text, bilingual
from tests.fixtures.picked import picked
from tests.fixtures.report_fixture import (
    NAMES,
    batch,
    built,
    figure,
    maps,
    page,
    reader,
    remade,
)


@pytest.fixture(scope="module")
def english():
    return page("en")


def test_a_model_goes_by_the_name_the_report_gives_it():
    """In the language of the page; without one, by the name in the spec."""
    known = replace(reader(), models={"a": bilingual("trained", "訓練後"), "b": Text()})
    parts = [Part(Heatmaps(maps(7), False, "gradient"), batch(7), {"model": name}) for name in "ab"]
    assert [part_heading(part, known)["zh-Hant"] for part in parts] == ["模型 訓練後", "模型 b"]
    assert part_heading(parts[0], known)["en"] == "Model trained"


def test_a_remark_on_one_of_several_parts_names_it():
    """What holds for all of them is said once, of none in particular."""
    facts = {"insensitive": True}, {"insensitive": True, "skipped": (3, 5)}
    parts = tuple(
        Part(Heatmaps(maps(7), False, "gradient", one), batch(7), {"layer": name})
        for one, name in zip(facts, ("conv1", "conv2"), strict=True)
    )
    drawing = draw(FigureResult("saliency", "", "saliency", {}, parts), Show(), NAMES)
    old = built()["saliency"]
    new = replace(old, result=FigureResult("saliency", "", "saliency", {}, parts), drawing=drawing)
    remarks = picked(figure_of(new, reader(), {}), "en").remarks
    assert [remark[:30] for remark in remarks] == ["Adebayo et al. (2018) found th", "Layer conv2: Nothing activates"]


@pytest.mark.parametrize(("classes", "asked"), [(7, {}), (40, {}), (40, {"classes": ("k1",)}), (40, {"index": 3})])
def test_how_many_of_many_classes_are_shown_is_said_where_nobody_chose_them(classes, asked):
    """With the place in the spec that asks for others."""
    known = replace(reader("en"), class_ids=tuple(map(str, range(classes))))
    old = built()["saliency"]
    spec = old.spec.model_copy(update={"images": Images(**asked)})
    details = picked(figure_of(replace(old, spec=spec), known, {}), "en").details
    said = [detail.value for detail in details if detail.label == "Classes"]
    assert said == (["7 of 40; images.classes of the spec asks for others"] if classes == 40 and not asked else [])


class TestAround:
    """Legends, facts and failures."""

    def test_a_legend_says_what_the_colours_mean(self, english):
        """Quantity, both ends, what the sides of a signed one do, and where each map's own scale ends."""
        plain, signed = figure(english, "saliency").legend, figure(english, "lime").legend
        assert (plain.low, plain.high, plain.signed, plain.below) == ("0", "99th percentile", False, "")
        assert plain.note == "each to its own 99th percentile, stronger pixels are clipped"
        assert plain.more.startswith("Bar below a picture: ")
        assert signed.note == "each to its own maximum"
        assert plain.quantity == "size of the gradient"
        assert (signed.below, signed.above) == ("lowers the score", "raises the score")
        assert (signed.low, signed.high) == ("−", "+")

    def test_a_shared_scale_has_its_numbers(self):
        """`show: {scale: figure}`: from minus the largest magnitude to it."""
        artefact, show = Heatmaps(2 * maps(7, signed=True), True, "gradient"), Show(scale="figure")
        legend = remade(artefact, batch(7), show=show).legend
        assert (legend.low, legend.high, legend.note) == ("−1.99", "1.99", "one scale for the figure")

    def test_a_smoothed_overlay_is_told(self):
        """With the number of pixels; where no overlay is shown there is nothing to tell."""
        noisy = Heatmaps(maps(7), False, "gradient", pixelwise=True)
        assert "smoothed by 1 px" in remade(noisy, batch(7)).legend.more
        assert "smoothed" not in remade(noisy, batch(7), show=Show(panels=("image", "map"))).legend.more

    def test_facts_are_in_the_readers_language(self):
        """Names and values, not keys."""
        details = figure(page("zh-Hant"), "filters").details
        assert [(detail.label, detail.value) for detail in details] == [("層", "conv2d_1"), ("步數", "100")]

    def test_a_failed_figure_keeps_its_number_and_says_why(self, english):
        """The rest of the page is there."""
        failed = figure(english, "occlusion")
        assert failed.number == 7
        assert "the patch is larger than the image" in failed.failure
        assert failed.bodies == ()
