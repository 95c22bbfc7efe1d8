"""A figure's method as the measures use it."""

import pytest

from generator.evidence.dependence import related
from generator.evidence.explainer import Explainer
from generator.methods import METHODS, load_all

load_all()


@pytest.mark.parametrize(("size", "passes", "affordable"), [((48, 48), 171, True), ((224, 224), 3251, False)])
def test_a_map_costs_what_its_image_is_large(size, passes, affordable):
    """The same small patch goes over a large picture 3,249 times, which is too dear for further images."""
    explainer = Explainer("covered", METHODS["occlusion"], {"patch": 8, "stride": 4}, size=size)
    assert (explainer.cost, explainer.affordable) == (passes, affordable)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("gradcam", "scorecam", True),
        ("guided_gradcam", "layercam", True),
        ("guided_gradcam", "guided_backprop", True),
        ("guided_backprop", "gradcam", False),
        ("saliency", "integrated_gradients", True),
        ("saliency", "gradcam", False),
        ("lime", "lime", True),
        ("lime", "occlusion", False),
    ],
)
def test_methods_with_a_common_factor_are_related(one, other, expected):
    """They agree by construction, whatever the model."""
    assert related(METHODS[one], METHODS[other]) == related(METHODS[other], METHODS[one]) == expected
