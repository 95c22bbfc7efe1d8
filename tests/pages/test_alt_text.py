"""What a picture shows, in computed words."""

import numpy as np
import pytest

from generator.artefacts import Confusion, Heatmaps, LayerOutputs, Patterns, Predictions
from generator.pages.alt_text import direction, output_seen, place, texture
from generator.pages.blocks import Image
from generator.pages.figure_page import words_of
from generator.pages.reader import Seen
from generator.results import Part
from generator.text import Text
from tests.fixtures.report_fixture import artefacts, batch, maps, page, reader, whole


def seen(artefact, role="map", row=0, unit=None, language="en", labelled=True) -> str:
    rows = 0 if isinstance(artefact, Patterns | Confusion) else len(getattr(artefact, "values", maps(7)))
    part = Part(artefact, batch(rows, labelled))
    return words_of(Seen(reader(), part, Text.of("Saliency map"), role, row, unit))[language]


def test_a_map_names_its_class_and_its_leading_region():
    """The region that holds more than its area leads, with both shares."""
    text = seen(artefacts()["saliency"])
    assert text.startswith("Saliency map for Angry of image 100: ")
    assert "mouth (95% of it on 16% of the area)" in text
    assert "eyes" not in text


def test_a_signed_map_says_both_sides():
    """What speaks for and what speaks against are told apart."""
    text = seen(Heatmaps(maps(7, signed=True), True, "weight"), "overlay")
    assert "speaks for: mouth" in text
    assert "speaks against: eyes" in text


def test_without_a_region_it_says_the_place():
    """A spot outside every named box is placed in its ninth of the picture."""
    values = np.zeros((1, 48, 48), np.float32)
    values[0, 2:6, 42:46] = 1
    assert "at the top right" in seen(Heatmaps(values, False, "gradient"))


def test_an_empty_map_is_called_empty():
    """A flat map is never described as if it showed something."""
    assert seen(artefacts()["saliency"], row=1) == "Saliency map for Disgust of image 101: empty, no result."


def test_an_image_names_its_label_or_its_prediction():
    """Without labels the words say that it is a prediction."""
    assert seen(artefacts()["saliency"], "image") == "Image 100, labelled Angry."
    assert seen(artefacts()["saliency"], "image", labelled=False) == "Image 100, predicted as Angry."


def test_chinese_has_its_own_sentence():
    """The same numbers in the other language, with its punctuation."""
    assert seen(artefacts()["saliency"], language="zh-Hant").endswith("（占其 95%，面積 16%）。")


@pytest.mark.parametrize(
    ("angle", "words"),
    [(0, "vertical stripes"), (90, "horizontal stripes"), (45, "rising stripes"), (135, "falling stripes")],
)
def test_stripes_have_a_direction_and_a_period(angle, words):
    """A wave of six pixels is found at any angle."""
    y, x = np.mgrid[0:48, 0:48]
    radians = np.deg2rad(angle)
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * (x * np.cos(radians) + y * np.sin(radians)) / 6)
    given = Seen(reader(), Part(None, batch(0)), Text(), "pattern", None)
    text = texture(wave[..., None].astype(np.float32), given)["en"]
    assert words in text
    assert "6 pixels" in text


def test_noise_has_no_direction():
    """White noise is a texture, an even area nothing."""
    noise = np.random.default_rng(0).random((48, 48, 1)).astype(np.float32)
    given = Seen(reader(), Part(None, batch(0)), Text(), "pattern", None)
    assert texture(noise, given)["en"] == "a texture without one direction"
    assert texture(np.full((48, 48, 1), 0.5, np.float32), given)["en"] == "an even area"


def test_direction_of_stripes_is_across_the_wave():
    """A wave that runs to the right makes vertical stripes."""
    assert [direction(0, 0.1), direction(0.1, 0), direction(0.1, 0.1), direction(0.1, -0.1)] == [
        "vertical",
        "horizontal",
        "rising",
        "falling",
    ]


def test_a_sheet_of_patterns_names_the_strongest_and_the_dead():
    """What a grid says at a glance."""
    text = seen(artefacts()["filters"], "sheet", None)
    assert "32 filters of layer conv2d_1" in text
    assert "Strongest: 31, 30 and 29" in text
    assert "dead: 5" in text


def test_a_dead_filter_shows_nothing():
    """Its picture is no result, and the words say so."""
    assert seen(artefacts()["filters"], "pattern", 5, 5) == "Pattern of filter 5: empty, no result."


def test_an_output_says_where_it_is_active():
    """Share of the area above a quarter of the maximum, and the strongest ninth."""
    output = np.zeros((24, 24), np.float32)
    assert output_seen(output, reader())["en"] == "nothing, zero everywhere"
    output[:6, :6] = 1
    assert output_seen(output, reader())["en"] == "active on 6% of the area, strongest at the top left"
    units = LayerOutputs(np.stack([output, output])[None], np.array([3, 8]), {"layer": "conv"})
    assert seen(units, "output", 0, 1).startswith("Output of filter 8 for image 100")


def test_a_matrix_in_a_sentence():
    """The best class and the most frequent confusion."""
    counts = np.diag([5, 5, 5, 9, 5, 5, 5]).astype(np.int64)
    counts[2, 6] = 4
    text = seen(Confusion(counts, "none"), "chart", None)
    assert "Confusion matrix of 43 images: 90.7% right" in text
    assert "Fear as Neutral (4)" in text


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (np.diag([0, 5, 5, 5, 5, 5, 5]), "the highest recall is that of Disgust (100.0%)."),
        (
            np.eye(7, k=6),
            "the highest recall is that of Angry (0.0%), the most frequent confusion is Angry as Neutral (1).",
        ),
        (
            np.eye(7, k=-6),
            "the highest recall is that of Neutral (0.0%), the most frequent confusion is Neutral as Angry (1).",
        ),
    ],
)
def test_a_matrix_names_no_class_without_pictures(counts, said):
    """As the best, and no confusion where nothing is wrong."""
    assert seen(Confusion(counts.astype(np.int64), "none"), "chart", None).endswith(said)


def test_probabilities_in_a_sentence():
    """The three most probable classes, first things first."""
    text = seen(Predictions(batch().probability), "chart", 2)
    assert "Neutral 60.0%, Fear 30.0%" in text


def test_place_is_a_ninth_of_the_picture():
    """The middle is the middle."""
    values = np.zeros((9, 9), np.float32)
    values[4, 4] = 1
    assert place(values) == "centre"


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_no_alt_text_is_a_caption_or_empty(language):
    """Every picture of a page has words of its own."""
    from generator.build.publish import parts_of

    shown = page(language)
    captions = {figure.caption.source for figure in shown.figures if figure.caption} | {f.title for f in shown.figures}
    alts = [image.alt[language] for image in parts_of(whole(), language, Image)]
    assert alts
    assert all(alt.strip() and alt not in captions for alt in alts)
