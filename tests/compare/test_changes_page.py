"""The page of what changed: whole in itself, in every language, harmless whatever the sites hold."""

import re

import pytest

from generator.compare.changes import compared
from generator.compare.changes_page import pages
from generator.words import interface
from tests.compare.sites import evaluated, figure, site

EVIL = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def told(tmp_path):
    """The pages of two sites that differ in everything."""
    old = site(tmp_path / "a", figure(), figure("lime"))
    new = site(
        tmp_path / "b",
        figure(light="red", step=0.05, images=[{"index": 3, "prediction": 1, "target": 1, "probability": 0.7}]),
        figure("gradcam"),
        shade=200,
        answer=f"It looks at the mouth. {EVIL}",
        kept={"evaluation": {"model": evaluated(50)}},
    )
    return dict(pages(compared(old, new), interface(("en", "zh-Hant"))))


def test_there_is_a_page_a_language(told):
    """The first one at the root; each leads to the others."""
    assert list(told) == ["index.html", "zh-Hant/index.html"]
    assert 'href="zh-Hant/index.html"' in told["index.html"] and 'href="../index.html"' in told["zh-Hant/index.html"]
    assert '<html lang="zh-Hant">' in told["zh-Hant/index.html"]


def test_it_says_what_changed(told):
    """Accuracy with its interval, lights in words, numbers, predictions, the words of an answer."""
    page = re.sub(r"\s+", " ", told["index.html"])
    assert "On the same 60 pictures: 10 are right now that were wrong before, 0 the other way round." in page
    assert re.search(r"Accuracy</th><td>66\.7%</td><td>83\.3%</td><td>\+16\.7 \(\S+ to \S+\) percentage points", page)
    assert "clearly more · paired on 60" in page
    assert '<span class="light red">does not hold</span>' in page
    assert (
        "eyes: share of the map" in page
        and "New: Figure 2 Gradcam" in page
        and "No longer there: Figure 2 Lime" in page
    )
    assert "<td>Angry 90%</td><td>Happy 70%</td>" in page
    assert "<del>eyes.</del><ins>mouth." in page
    assert "眼睛：占圖的比例" in told["zh-Hant/index.html"] and "生氣 90%" in told["zh-Hant/index.html"]


def test_nothing_of_a_site_is_markup(told):
    """Texts are shown as they are written."""
    assert "<script" not in told["index.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in told["index.html"]


def test_it_holds_its_pictures_and_asks_for_nothing(told):
    """Every picture stands in the page, and its policy allows nothing else."""
    page = told["index.html"]
    assert set(re.findall(r'<img src="([^,"]*)', page)) == {"data:image/png;base64"}
    assert "default-src &#39;none&#39;; img-src data:" in page or "default-src 'none'; img-src data:" in page
    assert not re.search(r"""(?:src|href)=["'](?!data:|#|\.\./index\.html|(?:[\w-]+/)?index\.html)""", page)
    assert page.count("<img") == 3  # the image, its map before and now; the overlay shows the same once more


def test_every_word_is_said_in_every_language(tmp_path):
    """Also of sites that lack things."""
    old = site(tmp_path / "a", kept={"evaluation": {}})
    for language in ("en", "zh-Hant", "ja"):
        page = dict(pages(compared(old, site(tmp_path / "b", step_of := figure(step=0.1))), interface((language,))))
        assert list(page) == ["index.html"] and step_of["id"] in page["index.html"]
