"""What of the evidence fits into a time."""

from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from generator.evidence.explainer import Explainer, Sizes
from generator.evidence.localisation import ELSEWHERE
from generator.evidence.measurement import Setting, measure
from generator.evidence.plan import COVERS, REGIONS, Costs, bill, ladder, planned, price
from generator.methods import load_all
from tests.evidence.planted import CLASSES, CORNER, LIME, corner_classifier, corner_images, faces_of, registered, spoken

load_all()
COSTS = Costs(1.0, 1.0, 1 / 64, 1 / 16)
FACES = 140


def explainers() -> list[Explainer]:
    return [registered(name) for name in ("saliency", "gradcam", "smoothgrad", "lime")]


def test_a_price_is_what_a_method_asks():
    """Worked out by hand: maps, their repetitions, another class and untrained networks, and what is covered."""
    sizes = Sizes(140, 56, 100)
    covered = COVERS * (56 + 2 * 28) / 64
    assert price(registered("saliency"), sizes, COSTS) == pytest.approx((140 + 56 + 100) / 16 + covered)
    assert price(registered("saliency"), sizes, COSTS, leads=False) == pytest.approx(covered)
    few = Sizes(14, 14, 0)
    lime = registered("lime", num_samples=80)
    assert price(lime, few, COSTS) == pytest.approx(80 * (14 + 14) / 64 + COVERS * (14 + 28) / 64)
    smooth = registered("smoothgrad", samples=20)
    assert price(smooth, Sizes(28, 28, 28), COSTS) == pytest.approx(20 * 4 * 28 / 16 + COVERS * 84 / 64)


def test_slopes_that_are_shared_are_paid_once():
    """Saliency's pass gives those of Grad-CAM too; the guided half of Guided Grad-CAM is its own."""
    sizes = Sizes(28, 28, 28)
    covered = COVERS * 84 / 64
    assert price(registered("guided_gradcam"), sizes, COSTS, leads=False) == pytest.approx(3 * 28 / 16 + covered)
    alone, both = (
        planned([registered(name) for name in names], FACES, 0, COSTS)
        for names in (["saliency"], ["saliency", "gradcam"])
    )
    assert both.seconds - alone.seconds == pytest.approx(COVERS * (56 + 56) / 64)


def test_without_a_limit_nothing_is_left_out():
    """And what it takes is the sum of the prices, of the regions, and of what all are held to."""
    plan = planned(explainers(), FACES, 3, COSTS)
    assert plan.sizes == plan.wanted
    assert plan.faces == FACES
    regions = FACES * 3 * (1 + ELSEWHERE) / 64
    own = [price(one, plan.sizes[one.key], COSTS, leads=one.figure != "gradcam") for one in explainers()]
    assert plan.seconds == pytest.approx(regions + sum(own) + 56 * (2 + 2 * COVERS) / 64 + 10 * 4 * 40 / 64)


@pytest.mark.parametrize("seconds", [5, 20, 40, 80, 160, 320])
def test_a_plan_holds_its_time_and_grows_with_it(seconds):
    """The cheapest first: a method that is dearer than another never gets its first images before that."""
    plan, richer = (planned(explainers(), FACES, 3, COSTS, limit) for limit in (seconds, 2 * seconds))
    assert plan.seconds <= seconds
    assert all(plan.sizes[key].rest <= richer.sizes[key].rest for key in plan.sizes)
    assert plan.faces <= richer.faces
    assert plan.sizes[registered("gradcam").key].rest >= plan.sizes[registered("smoothgrad").key].rest


def test_a_machine_that_is_somewhat_slower_plans_the_same():
    """What a pass costs is rounded to quarters of a power of two."""
    for factor in (0.93, 1.07):
        other = Costs(1.0, 1.0, COSTS.forward * factor, COSTS.gradient * factor)
        assert planned(explainers(), FACES, 3, other, 60) == planned(explainers(), FACES, 3, COSTS, 60)


def test_a_ladder_goes_from_nothing_to_all():
    """In steps that double, each part as far as it is wanted."""
    assert ladder(Sizes(140, 56, 100)) == [
        Sizes(0, 0, 0),
        Sizes(8, 8, 0),
        Sizes(14, 14, 14),
        Sizes(28, 28, 28),
        Sizes(56, 56, 56),
        Sizes(140, 56, 100),
    ]
    assert ladder(Sizes(14, 14, 0)) == [Sizes(0, 0, 0), Sizes(8, 8, 0), Sizes(14, 14, 0)]
    assert all(one.shares < other.shares for one, other in pairwise(ladder(Sizes(400, 56, 140))))


def test_what_was_left_out_is_said():
    """A method for which there is no time is silent and says why; one with fewer images has its number."""
    classifier = corner_classifier()
    faces = faces_of(*corner_images(120), classifier)
    asked = [registered("saliency"), registered("smoothgrad")]
    costs = Costs(0, 0, 1e-6, 1.0)
    found = measure(asked, classifier, faces, Setting(CLASSES, (CORNER,)), costs=costs, seconds=100)
    assert found.cut == {"saliency": (28, 120), "smoothgrad": (0, 28)}
    assert found.of("saliency").images.n == 28
    assert {one.reason for one in found.of("smoothgrad").verdict.values()} == {"no_time"}
    assert spoken(found).say("smoothgrad").startswith("Not measured: the time")
    assert np.isfinite(found.region_effect["corner"]["all"].inside.mean)
    assert measure(asked, classifier, faces, Setting(CLASSES), costs=costs).cut == {}


def test_without_time_for_untrained_networks_the_rest_is_measured():
    """The first rung of a ladder asks none; one method gets there, and the other further."""
    classifier = corner_classifier()
    faces = faces_of(*corner_images(120), classifier)
    asked = [registered("saliency"), registered("smoothgrad")]
    found = measure(
        asked,
        classifier,
        faces,
        Setting(CLASSES),
        lambda seed, inputs: nullcontext(classifier),
        costs=Costs(0, 0, 1e-6, 1.0),
        seconds=1600,  # 276 for saliency; of SmoothGrad 480 for maps in three ways, 800 for repetitions of the figure
    )
    assert (found.of("smoothgrad").images.n, found.of("smoothgrad").verdict["weights"].reason) == (8, "no_time")
    assert found.of("smoothgrad").faithfulness
    assert found.of("saliency").verdict["weights"].reason != "no_time"
    assert not found.failures


def test_regions_are_cut_too():
    """They are hidden on fewer faces."""
    assert planned([], 140, 3, COSTS, 10).faces == 28
    assert planned([], 140, 3, COSTS, 10).wanted[REGIONS].shares == 140


def test_a_bill_is_a_plan_by_costs_as_they_are():
    """A plan made from coarse costs is paid in full where they are no rounder; twice as dear, twice as long."""
    plan = planned(explainers(), FACES, 3, COSTS)
    assert bill(plan, explainers(), 3, COSTS) == pytest.approx(plan.seconds)
    dearer = Costs(1.0, 1.0, 2 * COSTS.forward, 2 * COSTS.gradient)
    assert bill(plan, explainers(), 3, dearer) == pytest.approx(2 * plan.seconds)
    nothing = planned(explainers(), FACES, 0, COSTS, 0.0)
    assert bill(nothing, explainers(), 0, COSTS) == 0


def test_a_method_without_time_is_not_asked_of_others_either():
    """LIME's fit stays that of the images shown, here of two, which are too few to say."""
    faces = faces_of(*corner_images(40), corner_classifier())
    shown = replace(registered("lime", num_samples=300), image_facts=LIME[:2])
    costs = Costs(0, 0, 1.0, 1.0)
    found = measure([shown], corner_classifier(), faces, Setting(CLASSES), costs=costs, seconds=10)
    assert found.cut == {"lime": (0, 14)}
    assert found.of("lime").lime.r2.n == 2
