"""What a reader of one language is told: names, numbers with their units, predictions in words."""

import pytest

from generator.compare.changes import compared
from generator.compare.changes_view import ChangesView
from generator.words import load
from tests.compare.sites import figure, site


@pytest.fixture
def view(tmp_path):
    """Of two sites whose attribution, and what it explains, is another."""
    seen = {"index": 3, "label": 0, "prediction": 1, "target": 0, "probability": 0.1}
    numbers = {**figure(step=0.05)["numbers"], "unnamed": 3, "layer": "conv1"}
    new = site(tmp_path / "b", figure(images=[seen], numbers=numbers, params={"layer": "conv1"}), shade=9)
    return ChangesView(compared(site(tmp_path / "a"), new), load("en"))


def test_numbers_have_the_names_of_the_report(view):
    """Those without one are counted."""
    (shown,) = view.figures
    told = {line.name: (line.before, line.now) for line in shown.numbers}
    assert told == {
        "Layer": ("conv2", "conv1"),
        "Faithful to the model": ("0.255", "0.305"),
        "eyes: share of the map": ("30.0%", "35.0%"),
    }
    assert shown.further == 1
    assert [(line.name, line.now) for line in shown.settings] == [("Layer", "conv1")]


def test_a_prediction_is_said_with_the_class_that_is_explained(view):
    """Where that is not what is predicted."""
    (shown,) = view.figures
    (line,) = shown.images
    assert (line.name, line.before, line.now) == ("Image 3", "Angry 90%", "Happy (Angry 10%)")


def test_a_map_stands_beside_its_image(view):
    """With the words for those who do not see it; the same map over the image is not shown once more."""
    (shown,) = view.figures
    (pair,) = shown.pictures
    assert pair.name == "Image 3, Map" and pair.face and pair.before != pair.now
    assert pair.alt == ("What figures/saliency-3-map.png shows.",) * 2


def test_pictures_end_where_a_page_would_be_too_large(view):
    """The others are counted."""
    view.room = 10
    (shown,) = view.figures
    assert (shown.pictures, shown.unseen) == ((), 1)
