"""What was measured, as rows and columns of estimates."""

from dataclasses import replace

from generator.evidence.result import ReportEvidence
from generator.pages.evidence_plots import effect, looks
from tests.fixtures.evidence_fixture import evidence
from tests.fixtures.evidence_fixture import told as told_evidence

NOTHING = ReportEvidence()


def test_without_regions_nothing_is_said_of_them():
    """No table, no chart, and nothing that was left out."""
    found = evidence()
    bare = {name: replace(one, region_share={}) for name, one in found.figures.items()}
    one = told_evidence(replace(found, figures=bare, region_effect={}))
    one = replace(one, reader=replace(one.reader, regions={}))
    assert [(plot.lines, plot.silent) for plot in (looks(one), effect(one))] == [((), False)] * 2


def test_only_what_is_known_has_a_row_and_a_column():
    """A quantity in multiples of the area, with what it is compared with, in the words of every language."""
    shown = looks(told_evidence(evidence()))
    assert [column["zh-Hant"] for column in shown.columns] == ["眼睛", "嘴巴"]
    assert [(line.name["en"], line.quiet) for line in shown.lines] == [
        ("Saliency map", False),
        ("… untrained networks", True),
        ("Grad-CAM", False),
        ("… untrained networks", True),
        ("a blob in the middle", True),
    ]
    own = shown.lines[0].values[0].estimate
    assert (round(own.mean, 9), own.n) == (1.5, 20)


def test_what_rounds_to_nothing_has_no_sign():
    """Neither a number nor a per cent."""
    told = told_evidence(evidence())
    assert [told.number(-0.001), told.number(-0.25), told.number(-0.0001, True)] == ["0.00", "−0.25", "0%"]
