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


def explainer_of(name, **params) -> Explainer:
    return Explainer(name, METHODS[name], METHODS[name].options(**params).model_dump())


@pytest.mark.parametrize(
    ("name", "option", "asked", "measured", "images"),
    [
        ("lime", "num_samples", None, 150, 14),
        ("lime", "num_samples", 1000, 150, 14),
        ("lime", "num_samples", 80, 80, 26),
        ("smoothgrad", "samples", 50, 12, 28),
        ("smoothgrad", "samples", 20, 20, 28),
        ("integrated_gradients", "steps", 128, 16, 28),
        ("integrated_gradients", "steps", None, 16, 28),
        ("integrated_gradients", "steps", 32, 32, 28),
    ],
)
def test_a_dear_method_is_measured_with_less(name, option, asked, measured, images):
    """On as many images as all its runs have passes for; what is cheap enough stays as it is."""
    run = explainer_of(name, **{option: asked}).further
    assert run.options[option] == measured
    assert run.further == run
    assert sizes_of(run, 400).rest == images
    assert images * run.runs * run.cost <= BUDGET


def test_runs_of_a_method_on_an_image():
    """A black box answers for all classes at once and is not tried on untrained networks."""
    runs = {name: explainer_of(name).runs for name in ("lime", "occlusion", "smoothgrad", "saliency")}
    assert runs == {"lime": 2, "occlusion": 1, "smoothgrad": 4, "saliency": 3}


@pytest.mark.parametrize(
    ("name", "faces", "shares", "rest", "pool"),
    [
        ("saliency", 400, 400, 56, 140),
        ("gradcam", 100, 100, 56, 100),
        ("occlusion", 400, 24, 24, 0),
    ],
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
