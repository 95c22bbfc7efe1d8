"""What is said of networks whose cause was planted: found where it is, and never said of another place."""

import pytest

from generator.evidence.localisation import ALL
from generator.evidence.result import ReportEvidence
from tests.evidence.planted_networks import PLANTED, measured
from tests.fixtures.tiny_models import KERAS_COPIES

pytestmark = KERAS_COPIES

SAME = ("silent", "same_for_every_picture")
FLATTEN = "patterns in one corner, Flatten"  # a head that looks at one place: every gradient is there


@pytest.fixture(name="found", scope="module")
def every_network(tmp_path_factory) -> dict[str, ReportEvidence]:
    folder = tmp_path_factory.mktemp("planted")
    return {name: measured(planted, folder / f"{k}.keras") for k, (name, planted) in enumerate(PLANTED.items())}


def causes(name: str) -> set[tuple[str, str]]:
    """The regions that decide a class, and of all classes those that decide any."""
    decided = set(PLANTED[name].cause.items())
    return decided | {(ALL, region) for _, region in decided}


def claims(evidence: ReportEvidence, figure: str, what: str) -> set[tuple[str, str]]:
    """The classes and regions of which a figure's maps say something: 'marks', or 'looked_at'."""
    shares = evidence.of(figure).region_share
    said = {(group, region): one for region, share in shares.items() for group, one in getattr(share, what).items()}
    return {cell for cell, one in said.items() if one in ("above", True)}


def light(evidence: ReportEvidence, figure: str, check: str) -> tuple[str, str]:
    verdict = evidence.of(figure).verdict[check]
    return verdict.light, verdict.reason


def test_what_a_region_does_finds_every_cause_and_says_nothing_false(found):
    """175 cells of seven networks: a blur of the cause costs, a blur of any other place costs no more than elsewhere.

    In 'Clever Hans' that is the mark of one class and not what its pictures show; of labels at random it is nothing.
    """
    cells = 0
    for name, evidence in found.items():
        effects = {
            (group, region): one
            for region, by_class in evidence.region_effect.items()
            for group, one in by_class.items()
        }
        assert {cell for cell, effect in effects.items() if effect.holds} == causes(name), name
        for cell, effect in effects.items():
            assert (effect.difference.mean > 0.08) == (effect.inside.mean > 0.08) == (cell in causes(name))
            assert effect.difference.mean > -0.25
        cells += len(effects)
    assert cells == 175
    hans = found["Clever Hans"].region_effect
    assert hans["corner3"]["a"].difference.mean > 0.9
    assert hans["middle"]["a"].said == "below"


def test_an_edge_detector_is_red_for_class_and_weights_and_never_faithful(found):
    """Its map is the same whoever is asked: all of it remains, and it beats no untrained network."""
    for name, evidence in found.items():
        edges = evidence.of("edges")
        assert light(evidence, "edges", "class") == light(evidence, "edges", "weights") == ("red", "stays"), name
        for survival in (edges.class_swap, edges.random_weights):
            assert survival.retained.mean == pytest.approx(1)
        assert edges.light("faithful") != "green"
        assert edges.faithfulness.over["untrained"].mean == pytest.approx(0, abs=1e-9)
        assert not claims(evidence, "edges", "looked_at")


def test_integrated_gradients_depend_on_class_and_weights(found):
    """Less than a third remains of every network's map, and covering what it marks hurts."""
    green = {"class": set(), "weights": set(), "faithful": set()}
    for name, evidence in found.items():
        figure = evidence.of("integrated_gradients")
        for check, names in green.items():
            names |= {name} if figure.light(check) == "green" else set()
        if name == FLATTEN:
            assert light(evidence, "integrated_gradients", "class") == SAME
            continue
        assert light(evidence, "integrated_gradients", "class") == ("green", "changes")
        assert figure.class_swap.retained.high < 1 / 3
        assert figure.random_weights.retained.mean < 1 / 3
        assert light(evidence, "integrated_gradients", "weights") in {("green", "changes"), ("undecided", "not_above")}
        assert figure.faithfulness.gap.low > 0.1
    assert len(green["class"]) == 6 and len(green["weights"]) >= 4 and len(green["faithful"]) >= 4


def test_saliency_depends_on_weights(found):
    """Almost nothing of its map is there in an untrained network."""
    for name, evidence in found.items():
        assert light(evidence, "saliency", "weights") == (SAME if name == FLATTEN else ("green", "changes")), name


def test_no_map_is_said_to_look_where_the_model_does_not(found):
    """Grad-CAM under a Flatten head and saliency of a linear network mark what says nothing; that alone is no claim."""
    false, right = set(), set()
    for name, evidence in found.items():
        for figure in evidence.figures:
            marked, looked = (claims(evidence, figure, what) for what in ("marks", "looked_at"))
            assert looked <= causes(name), (name, figure)
            assert looked <= marked
            false |= {(name, figure, *cell) for cell in marked - causes(name)}
            right |= {(name, figure, *cell) for cell in looked}
    assert {
        ("linear", "saliency", ALL, "middle"),
        ("a mark that says nothing", "gradcam", ALL, "middle"),
        (FLATTEN, "gradcam", ALL, "corner3"),
    } <= false
    for name in ("marks", "a mark that says nothing", FLATTEN, "linear"):
        assert {(name, "saliency", *cell) for cell in PLANTED[name].cause.items()} <= right
    assert {("Clever Hans", figure, "a", "corner3") for figure in ("saliency", "gradcam")} <= right
    assert ("Clever Hans", "integrated_gradients", ALL, "corner3") in right
    assert len(right) > 50


def test_class_activation_of_filters_that_all_classes_share_is_the_same_for_every_class(found):
    """Under a Flatten head that reads four equal filters, whichever class is asked."""
    for name in ("marks", "a mark that says nothing"):
        assert light(found[name], "gradcam", "class") == ("red", "stays")
        assert found[name].of("gradcam").class_swap.retained.mean == pytest.approx(1)
    for name in ("patterns in one corner", FLATTEN, "Clever Hans"):
        assert light(found[name], "gradcam", "class") == ("green", "changes")
