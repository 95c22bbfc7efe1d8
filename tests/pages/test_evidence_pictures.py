"""The pictures of the evidence section."""

import numpy as np

from generator.build.cache import Cache
from generator.drawing.png import pixels_of
from generator.evidence.result import ReportEvidence
from tests.fixtures.evidence_fixture import evidence, gallery, pictures

NOTHING = ReportEvidence()


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
