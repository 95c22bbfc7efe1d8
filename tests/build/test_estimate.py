"""The time of a build is told from its passes and from what a pass costs on this machine."""

from types import SimpleNamespace

import numpy as np
import pytest

from generator.build import estimate
from generator.build.checks import check
from generator.build.estimate import (
    ASKED,
    BACK,
    CLIMB,
    FIRST,
    GUIDED,
    LEAST,
    LOOK,
    SETTLED,
    STEP,
    Costs,
    Needed,
    Work,
    allowance,
    measured,
    needed,
    pages_of,
)
from generator.build_options import BuildOptions
from generator.errors import InputError
from generator.methods import METHODS
from generator.methods.class_maximization import MOST_STEPS
from generator.methods.embedding import TSNE_SECONDS
from generator.tally import Tally
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.spec_fixture import HEAD, loaded

COSTS = Costs(opening=1.0, trace=0.1, forward=0.01, gradient=0.02)
FACES = 100


def study_of(report, waiting=None) -> SimpleNamespace:
    """What an estimate asks of a study: a linear model, a hundred images, and nothing in the cache."""
    classifier = LinearClassifier(np.zeros((4, 4, 1, 2), np.float32))
    data = SimpleNamespace(samples=range(FACES))
    subject = SimpleNamespace(classifier=classifier, facts=classifier, data=data, tally=Tally(opening=1.5))
    figures = report.figures
    todo = [(figures[name], 1) for name in (figures if waiting is None else waiting)]
    return SimpleNamespace(waiting=todo, figures=figures, methods=METHODS, classes=report.class_ids, subject=subject)


@pytest.fixture
def seconds(tmp_path, monkeypatch):
    """The estimate of a list of figures."""
    monkeypatch.setattr(estimate, "measured", lambda subject: COSTS)
    monkeypatch.setattr(estimate, "waiting", lambda study: study.waiting)

    def estimated(figures: str, head: str = "evidence: false\n" + HEAD, waiting=None) -> float:
        report = loaded(tmp_path, f"{head}  - id: q\n    figures: [{figures}]\n")
        found = needed(report, study_of(report, waiting))
        return found.total - found.pages

    return estimated


BASE = COSTS.opening + LOOK + FIRST * COSTS.trace + ASKED * FACES * COSTS.forward  # every image is predicted


@pytest.mark.parametrize(
    ("figure", "work"),
    [
        ("{method: saliency}", Work(gradients=2, traces=1)),
        ("{method: saliency, target: both, images: {per_class: 3}}", Work(gradients=12, traces=1)),
        ("{method: saliency, target: each, images: {index: [1, 2, 3]}}", Work(gradients=6, traces=1)),
        ("{method: saliency, images: {select: all}}", Work(gradients=100, traces=1)),
        ("{method: gradcam, params: {layer: [identity, logits]}}", Work(forward=4, traces=2)),
        ("{method: guided_backprop}", Work(gradients=2 * BACK, traces=GUIDED)),
        ("{method: guided_gradcam}", Work(forward=2, gradients=2 * BACK, traces=GUIDED + 1)),
        ("{method: lime, params: {num_samples: 500}, images: {classes: [happy]}}", Work(forward=500)),
        (
            "{method: filters, params: {layer: logits, filters: 4, steps: 10}}",
            Work(gradients=40 * STEP, traces=CLIMB),
        ),
        (
            "{method: filters, params: {layer: identity, filters: 4, steps: 10}}",
            Work(gradients=40 * STEP * 0.55, traces=CLIMB * 0.55),
        ),
        (
            "{method: filters, params: {layer: [identity, logits], filters: 4, steps: 10, size: 8}}",
            Work(
                gradients=40 * STEP * 1.55 * (1 + 1.5625 + 2.25 + 4) / 4, traces=4 * 1.55 * CLIMB
            ),  # of 4, 5, 6 and 8 pixels
        ),
        ("{method: class_maximization, params: {steps: 10}}", Work(gradients=2 * 10 * STEP, traces=CLIMB)),
        ("{method: class_maximization}", Work(gradients=2 * MOST_STEPS * SETTLED * STEP, traces=CLIMB)),
        ("{method: embedding, images: {select: all}}", Work(forward=100, traces=FIRST, aside=TSNE_SECONDS)),
        ("{method: occlusion, params: {patch: 2, stride: 2}}", Work(forward=2 * (4 + 2))),
    ],
)
def test_each_figure_costs_its_passes(seconds, figure, work):
    """Images or scores by model passes, forward or forward and back, and a trace for each part."""
    assert seconds(figure) == pytest.approx(BASE + work.seconds(COSTS))


def test_slopes_of_one_score_are_traced_once(seconds):
    """By whatever methods; those of another score once more."""
    shared, apart = (
        "{method: saliency}, {method: gradcam}",
        "{method: saliency}, {method: gradcam, params: {score: loss}}",
    )
    assert seconds(apart) - seconds(shared) == pytest.approx(COSTS.trace)


def test_images_of_another_figure_are_counted_there(seconds):
    """`same_as` takes as many images as the figure it names."""
    figures = "{method: saliency, images: {index: [1, 2, 3]}}, {method: gradcam, images: {same_as: saliency}}"
    assert seconds(figures, waiting=["gradcam"]) == pytest.approx(BASE + Work(forward=3, traces=1).seconds(COSTS))


def test_what_needs_no_model_is_quick(seconds):
    """A report from the cache, or of an evaluation alone, only has its pages made."""
    assert seconds("{method: confusion_matrix}") == 0
    assert seconds("{method: saliency}", waiting=[]) == 0


def test_what_is_handed_in_takes_longer_than_a_page(tmp_path):
    """In each language; a figure that is drawn anew takes more the larger its pictures are."""
    report = loaded(tmp_path, HEAD + "  - {id: q, figures: [{method: saliency}]}\n")
    study, figures = study_of(report), [report.figures["saliency"]]
    times = [pages_of(report, study, [], forms) for forms in ((), ("html",), ("html", "pdf"))]
    assert times == sorted(times) and times[2] - times[1] > 2 * (times[1] - times[0])
    assert pages_of(report, study, figures, ()) > times[0]


def test_evidence_is_counted(seconds):
    """It takes more passes than the figure that it stands beside."""
    assert seconds("{method: saliency}", HEAD) > seconds("{method: saliency}") + 200 * COSTS.gradient


def test_a_model_is_measured():
    """Every cost is a positive time; a linear model's are below a second, and in its largest batches."""
    costs = measured(study_of(SimpleNamespace(figures={}, class_ids=())).subject)
    assert costs.opening == 1.5
    assert 0 < costs.forward < 1
    assert 0 < costs.gradient < 1


def test_a_build_beyond_its_budget_is_refused(tmp_path, monkeypatch):
    """The message has both numbers and the cure; within the budget the estimate is told."""
    monkeypatch.setattr(estimate, "needed", lambda report, study, formats: Needed(10.0, 290.0, 380.0, 20.0))
    report = loaded(tmp_path, HEAD + "  - {id: q}\n")
    told = "the build takes about 700 s, more than the budget of {} s; {}"
    for budget, cure in (
        (600, "`budget: 600s` in the spec gives evidence what the figures leave"),
        (300, "without evidence it takes about 320 s"),
    ):
        with pytest.raises(InputError) as error:
            check(report, BuildOptions(), with_model=False, budget=budget)
        assert str(error.value) == told.format(budget, cure)
    assert check(report, BuildOptions(), with_model=False, budget=1000) == "ok, about 700 s"


@pytest.mark.parametrize(
    ("budget", "took", "explained", "others", "allowed"),
    [
        (None, 400, 12, 500, 40),  # the least, rounded: what is planned is asked for about seven tenths
        (None, 400, 64, 500, 64),
        (None, 400, 79, 500, 64),
        (300, 100, 10, 40, 160),
        (300, 100, 10, 30, 160),
        (300, 250, 10, 60, 0),
        (300, 250, 10, 49.5, 0.5),
    ],
)
def test_evidence_is_allowed_what_the_figures_leave(tmp_path, budget, took, explained, others, allowed):
    """Of a budget; without one as long as those took that it is about. In steps: a second build allows as much."""
    assert LEAST == 30
    report = loaded(tmp_path, ("" if budget is None else f"budget: {budget}\n") + HEAD + "  - {id: q}\n")
    assert allowance(report, took, explained, others) == allowed
