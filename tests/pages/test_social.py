"""How a report looks from outside."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

from generator.pages import social
from generator.pages.blocks import PictureGrid, Sheet
from tests.fixtures.report_fixture import built, whole

PICTURES = {f"figures/{p.name}": p.data for figure in built().values() for p in figure.drawing.pictures}


def with_bodies(*kinds: type):
    """The page with those bodies alone, all in one figure."""
    page = whole()
    kept = tuple(body for figure in page.figures("en") for body in figure.bodies if isinstance(body, kinds))
    figure = replace(page.figures("en")[0], bodies=kept)
    question = replace(page.questions[0], answers={"en": (figure,)})
    return replace(page, questions=(question,))


def test_the_card_is_of_the_report_in_its_language():
    """The title, the author's line, the description, and what lies over the faces of the first figure."""
    title, author, below, pictures = social.card(whole(), "zh-Hant", PICTURES, lambda *parts: parts)
    assert title == "機器學習作業四：可解釋的人工智慧"
    assert author == "學號：B00000000 · 系級：某某系 · 姓名：某某"
    assert below.startswith("影像分類")
    assert pictures == [PICTURES[f"figures/saliency-{100 + k}-overlay.png"] for k in range(5)]


def test_without_rows_it_shows_what_there_is():
    """Units of a grid, else a chart, else the title alone."""
    for kinds, count in (((PictureGrid, Sheet), 5), ((), 0)):
        assert len(social.card(with_bodies(*kinds), "en", PICTURES, lambda *parts: parts[-1])) == count


def test_the_map_has_every_page():
    """At its address, each with what it is in other languages, and the one with both."""
    root = fromstring(social.sitemap(replace(whole(), address="https://a.org/x/")))
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    entries = {one.findtext("s:loc", "", spaces): one.findall("x:link", spaces) for one in root}
    assert list(entries) == ["https://a.org/x/zh-Hant/", "https://a.org/x/en/", "https://a.org/x/both/"]
    for place in ("zh-Hant", "en"):
        links = {link.get("hreflang"): link.get("href") for link in entries[f"https://a.org/x/{place}/"]}
        assert links == {one: f"https://a.org/x/{one}/" for one in ("zh-Hant", "en")}
