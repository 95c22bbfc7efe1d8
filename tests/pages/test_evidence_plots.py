"""What was measured, as rows and columns of estimates."""

from dataclasses import replace

import numpy as np

from generator.build.cache import Cache
from generator.drawing.png import pixels_of
from generator.evidence.classes import ClassScores
from generator.evidence.result import ReportEvidence
from generator.pages.evidence_plots import Told, classes, effect, looks
from generator.text import Text
from tests.fixtures.evidence_fixture import estimate, evidence, gallery, pictures
from tests.fixtures.evidence_fixture import told as told_evidence
from tests.fixtures.report_fixture import reader


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
    assert [told.number(-0.001), told.number(-0.25), told.number(-0.0001, "share")] == ["0.00", "−0.25", "0%"]


def test_the_mean_maps_of_a_figure_have_one_scale():
    """What is three times as strong is brighter."""
    drawn = (pixels_of(gallery()[f"evidence-mean-saliency-{k}.png"].data) for k in (0, 3))
    even, strong = (pixels.astype(int).sum(axis=-1) for pixels in drawn)
    assert np.unique(even).size == 1
    assert strong.max() > even.max() > strong.min()


def test_a_chart_in_each_language_and_a_map_once():
    """What carries no words is not drawn twice."""
    names = list(gallery())
    assert sum(name.endswith("-en.png") for name in names) == sum(name.endswith("-zh-Hant.png") for name in names) == 6
    assert sum("-mean-" in name for name in names) == 4


def test_pictures_come_from_the_cache(tmp_path):
    """The second time nothing is drawn; other numbers are."""
    cache, effects = Cache(tmp_path), evidence().region_effect
    first = pictures(ReportEvidence(region_effect=effects), cache)
    assert pictures(ReportEvidence(region_effect=effects), cache) == first
    assert (cache.hits, cache.misses) == (1, 1)
    pictures(ReportEvidence(region_effect={"eyes": effects["eyes"]}), cache)
    assert cache.misses == 2


def test_of_many_classes_those_with_the_most_images_have_a_line():
    """Thirty of a thousand, in their order, whatever has a table by class."""
    ids = tuple(f"k{k}" for k in range(1000))
    known = replace(reader("en"), class_ids=ids, classes=tuple(map(Text.of, ids)))
    scores = {f"k{k}": ClassScores(estimate(0.5), None, 3 + k, None, None) for k in range(100, 200)}
    told = Told(replace(evidence(), classes=scores), known, {})
    assert tuple(told.tabled) == ids[170:200]
    assert [line.id for line in classes(told).lines] == list(ids[170:200])
