"""The third matrix of two models: signed cells, intervals behind its rows, a sentence with the test."""

from dataclasses import replace

import numpy as np

from generator.artefacts import Confusion
from generator.pages.blocks import Columns, Matrix
from generator.pages.difference_matrix import Signed, points
from tests.pages.test_beside import BY_MODEL, shown

LABEL = np.arange(700) % 7


def judged(wrong, pictures="the data"):
    """The first so many pictures are taken for the first class."""
    prediction = np.where(np.arange(700) < wrong, 0, LABEL)
    counts = np.bincount(LABEL * 7 + prediction, minlength=49).reshape(7, 7)
    return Confusion(counts, "none", {}, LABEL, prediction, pictures)


def bodies(monkeypatch, first, second, language="en"):
    from tests.pages import test_beside

    old = test_beside.built()["confusion_matrix"]
    result = replace(old.result, parts=(replace(old.result.parts[0], artefact=first),))
    monkeypatch.setattr(test_beside, "built", lambda: {"confusion_matrix": replace(old, result=result)})
    return shown("confusion_matrix", BY_MODEL, change=lambda artefact: second, language=language).bodies


def test_the_difference_follows_the_two_matrices(monkeypatch):
    """What is more in the second is positive, in counts and in points of the row."""
    columns, third = bodies(monkeypatch, judged(0), judged(140))
    assert isinstance(columns, Columns)
    assert isinstance(third, Matrix)
    assert third.signed
    assert third.heading == "Difference: new minus the old one"
    cell = third.rows[3].cells
    assert [(str(cell[k].count), cell[k].share, round(cell[k].percent)) for k in (0, 1, 3)] == [
        ("+20", "+20", 100),
        ("0", "0", 0),
        ("−20", "−20", -100),
    ]
    assert third.rows[3].recall.startswith("−20 [−2")
    assert "On the same 700 pictures the accuracy differs by −17 percentage points" in third.summary
    assert "only new is right on 0, only the old one on 120, McNemar's exact test: p < 0.001." in third.summary
    assert third.summary.endswith("the old one is right more often.")


def test_what_chance_may_give_is_not_decided(monkeypatch):
    """In the words of the other language too."""
    (_, third) = bodies(monkeypatch, judged(0), judged(1), language="zh-Hant")
    assert third.summary.endswith("哪一個答對得比較多，無法斷定。")


def test_matrices_of_other_pictures_differ_in_points_alone(monkeypatch):
    """There are no counts to take from each other."""
    other = replace(judged(140), label=LABEL[:-1], prediction=LABEL[:-1])
    (_, third) = bodies(monkeypatch, judged(0), other)
    assert third.rows[3].cells[0].share == ""
    assert "On different pictures" in third.summary


def test_a_number_is_written_with_its_sign():
    """With a minus that is no hyphen, and nothing before zero."""
    assert [f"{Signed(n):,}" for n in (3, 0, -1200)] == ["+3", "0", "−1,200"]
    assert [points(x) for x in (0.031, -0.2, 0.0)] == ["+3.1", "−20", "0"]
