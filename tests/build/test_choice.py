"""Images and scores are chosen from the spec, labels and probabilities alone."""

import numpy as np
import pytest

from generator.build.choice import explained, images_of, rule_of, shows_images
from generator.data.selection import Selection
from generator.methods import METHODS, load_all
from generator.spec.grammar import Figure, Images

load_all()
CLASSES = ("angry", "happy", "sad")
PROBABILITY = np.array([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3]], np.float32)
CHOSEN = Selection(np.array([2, 0]), np.array([1, 2]))  # the first is predicted right, the second is not


def explained_by(**asked):
    return explained(Figure(method="saliency", **asked), CHOSEN, CLASSES, lambda at: PROBABILITY[at])


@pytest.mark.parametrize(
    ("target", "positions", "classes"),
    [
        ("label", [2, 0], [1, 2]),
        ("predicted", [2, 0], [1, 0]),
        ("sad", [2, 0], [2, 2]),
        ("both", [2, 2, 0, 0], [1, 1, 2, 0]),
        ("each", [2, 2, 2, 0, 0, 0], [0, 1, 2, 0, 1, 2]),
    ],
)
def test_a_target_is_one_score_of_each_image_or_several(target, positions, classes):
    """An image stands there once for each score of it that is explained."""
    found = explained_by(target=target)
    assert (found.positions.tolist(), found.target.tolist(), found.against) == (positions, classes, None)


@pytest.mark.parametrize(("against", "subtracted"), [("angry", [0, 0]), ("second", [2, 0])])
def test_a_score_may_be_compared_with_another(against, subtracted):
    """With that of a class, or of the most probable one beside the target."""
    found = explained_by(against=against)
    assert found.against is not None
    assert found.against.tolist() == subtracted


def test_images_of_another_figure_are_found_through_it():
    """However many figures lie between."""
    first = Images(select="random", per_class=2)
    figures = {
        "a": Figure(method="saliency", images=first),
        "b": Figure(method="gradcam", images=Images(same_as="a")),
        "c": Figure(method="lime", images=Images(same_as="b")),
    }
    assert images_of(figures["c"], figures) == first


def test_classes_become_numbers():
    """Rows named under a class stay with it."""
    assert rule_of(Images(classes=("sad", "angry")), CLASSES).classes == (2, 0)
    rule = rule_of(Images(index={"happy": (8, 3), "angry": 0}), CLASSES)
    assert (rule.by_class, rule.index) == ({1: (8, 3), 0: (0,)}, ())


@pytest.mark.parametrize(
    ("method", "images", "shown"),
    [
        ("saliency", Images(), True),
        ("feature_maps", Images(), True),
        ("filters", Images(), False),
        ("filters", Images(select="first"), True),
        ("confusion_matrix", Images(), False),
        ("architecture", Images(select="first"), False),
    ],
)
def test_some_figures_need_no_images(method, images, shown):
    """Those that look at the model or the evaluation alone, and patterns unless images are asked for."""
    assert shows_images(Figure(method=method, images=images), METHODS[method]) is shown
