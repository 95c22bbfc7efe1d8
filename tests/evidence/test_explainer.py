"""A figure's method as the measures use it."""

import numpy as np
import pytest

from generator.evidence.dependence import related
from generator.evidence.explainer import BUDGET, NETWORKS, Explainer, Sizes, sizes_of
from generator.methods import METHODS, load_all

load_all()


@pytest.mark.parametrize(("size", "passes", "affordable"), [((48, 48), 171, True), ((224, 224), 3251, False)])
def test_a_map_costs_what_its_image_is_large(size, passes, affordable):
    """The same small patch goes over a large picture 3,249 times, which is too dear for further images."""
    explainer = Explainer("covered", METHODS["occlusion"], {"patch": 8, "stride": 4}, size=size)
    assert (explainer.cost, explainer.affordable) == (passes, affordable)


def lime(**params) -> Explainer:
    return Explainer("lime", METHODS["lime"], METHODS["lime"].options(**params).model_dump())


@pytest.mark.parametrize(("samples", "measured"), [(None, 250), (1000, 250), (200, 200)])
def test_lime_is_measured_with_fewer_samples(samples, measured):
    """On fourteen images at 250 samples and more, within the budget; what is cheaper stays as it is."""
    explainer = lime(num_samples=samples)
    assert explainer.further.options["num_samples"] == measured
    assert explainer.affordable
    assert sizes_of(explainer, 400).rest * measured * 2 <= BUDGET
    assert sizes_of(explainer, 400).pool == 0


@pytest.mark.parametrize(
    ("name", "faces", "shares", "rest", "pool"),
    [("saliency", 400, 400, 56, 140), ("gradcam", 100, 100, 56, 100), ("occlusion", 400, 28, 28, 0)],
)
def test_how_many_images_a_method_is_measured_on(name, faces, shares, rest, pool):
    """By the cost of its maps; ten untrained networks share out the pool, none for a black box."""
    explainer = Explainer(name, METHODS[name], METHODS[name].options().model_dump())
    assert sizes_of(explainer, faces) == Sizes(shares, rest, pool)


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


def test_an_untrained_network_sees_several_classes_and_images_of_its_own():
    """Classes take turns, so images that follow each other are of different ones, also where there are ten."""
    sizes = Sizes(160, 56, 53)
    seen = [sizes.seen(number) for number in range(NETWORKS)]
    assert sorted(np.concatenate(seen)) == list(range(53))
    assert all((rows < 20).any() for rows in seen)  # all networks are among the first rows, which are covered
    assert all(len(set((rows % 10).tolist())) == len(rows) > 4 for rows in seen)
