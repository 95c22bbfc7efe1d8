"""A page as HTML: safe, whole, without a request, the same bytes each time."""

import re
import shutil
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

import pytest

from generator.errors import InputError
from generator.pages import html_page
from generator.pages.blocks import Image, PictureRows, Row
from generator.pages.page import ShownFigure
from generator.shipped import TEMPLATES, Templates
from generator.text import Prose, Text, bilingual
from tests.fixtures.report_fixture import Told, built, measured, questions, told, whole

VOID = {"meta", "link", "img", "input", "br", "hr"}
HOSTILE = "<script>alert(1)</script> ]]> #import {{ ''.__class__ }} \u202e " + "長" * 4000 + " 😀"


class Document(HTMLParser):
    """What a page consists of, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def texts() -> dict[str, str]:
    """Every kind of page."""
    page = measured()
    return {
        "zh-Hant": html_page.html(page, "zh-Hant"),
        "en": html_page.html(page, "en"),
        "root": html_page.html(page, "zh-Hant", ""),
        "both": html_page.side_by_side(page),
    }


def test_a_single_page_holds_every_picture_once_it_is_shown():
    """Also one of the author's own, whatever its name and kind; what only looks like one in a text stays as it is."""
    shown = 'Mine: ![me](<my own/é.jpg>) and `<img src="figures/lime-bar.png">`.'
    report = Told(
        told().title, told().author, questions(dict.fromkeys(("saliency", "filters", "lime"), Text.of(shown)))
    )
    pictures = {f"figures/{p.name}": p.data for figure in built().values() for p in figure.drawing.pictures}
    text = html_page.single(whole(report), ("en",), {**pictures, "pictures/my own/é.jpg": b"own"})
    sources = {picture["src"].split(",")[0] for picture in Document(text).all("img")}
    assert sources == {"data:image/png;base64", "data:image/jpeg;base64"}
    assert text.count(f'src="data:image/jpeg;base64,{b64encode(b"own").decode()}"') == 3
    assert '&lt;img src="figures/lime-bar.png"&gt;' in text
    assert {link["href"][0] for link in Document(text).all("a")} == {"#"}
    assert "img-src data:;" in text
    assert "hreflang" not in text.split("<style>")[0]


def test_a_page_has_the_styles_and_the_script_that_it_needs(rendered):
    """Of numbered classes those that it uses; a script without its comments and what sets its lines in."""
    styles = rendered["en"].split("<style>")[1].split("</style>")[0]
    assert ".p3{" in styles
    assert ".p9{" not in styles
    assert html_page.spare("// why\n  if (a) {\n    b(); // c\n  }\n") == "if (a) {\nb(); // c\n}\n"


def test_styles_are_sent_without_their_spaces():
    """Comments go, and spaces where they separate nothing; a string and a descendant keep theirs."""
    source = """a :hover { content: "x: y, {z} /* \\" " ; }
      /* it's, one: word */  b > c , d\n\ne { margin : 1px  2px; }"""
    assert html_page.slim(source) == r"""a :hover{content:"x: y, {z} /* \" ";} b > c ,d e{margin :1px 2px;}"""


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return texts()


@pytest.fixture(params=["zh-Hant", "en", "root", "both"])
def text(request, rendered) -> str:
    return rendered[request.param]


@pytest.fixture
def document(text) -> Document:
    return Document(text)


class TestEveryPage:
    """One language, the root, and both."""

    def test_every_element_is_closed(self, document):
        """No template leaves a tag open."""
        assert document.open == []

    def test_ids_are_unique(self, document):
        """A link has one place to lead to."""
        ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_every_link_within_has_its_place(self, document):
        """Contents, references and examples of confusions."""
        ids = {attributes["id"] for _, attributes in document.elements if "id" in attributes}
        links = {a["href"][1:] for a in document.all("a") if a.get("href", "").startswith("#")}
        assert links
        assert links <= ids

    def test_every_picture_has_words_and_a_size(self, document):
        """So that nothing jumps and nobody is left out; a face below a map is named by the map."""
        pictures = document.all("img")
        assert pictures
        assert all({"alt", "width", "height", "src"} <= attributes.keys() for attributes in pictures)
        below = [position for position, attributes in enumerate(pictures) if not attributes["alt"]]
        assert all(pictures[position + 1]["alt"] for position in below)

    def test_every_picture_is_a_file_of_the_report(self, document):
        """No name is made up."""
        names = {picture.name for figure in built().values() for picture in figure.drawing.pictures}
        assert {attributes["src"].rsplit("/", 1)[-1] for attributes in document.all("img")} <= names

    def test_nothing_is_requested_from_outside(self, document):
        """Only relative addresses, and links that a reader follows himself."""
        loaded = [a.get("src", "") for tag, a in document.elements if tag in ("img", "script", "iframe")]
        linked = [a.get("href", "") for a in document.all("link")]
        assert not [url for url in (*loaded, *linked) if "//" in url]

    def test_the_policy_names_what_stands_in_the_page(self, text):
        """The hashes are those of this page's style and scripts; nothing else may run."""
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1).replace("&#39;", "'")
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        for inline in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.DOTALL):
            assert b64encode(sha256(inline.encode()).digest()).decode() in policy

    def test_no_inline_style_or_handler(self, document):
        """The policy would refuse them."""
        for tag, attributes in document.elements:
            assert "style" not in attributes, tag
            assert not [name for name in attributes if name.startswith("on")], tag

    def test_one_main_title(self, document):
        """A single h1."""
        assert len(document.all("h1")) == 1


def test_the_same_page_the_same_bytes(rendered):
    """Nothing of the clock or of chance."""
    assert texts() == rendered


def test_pages_are_small(rendered):
    """The text of a first view stays far below 300 kB."""
    assert max(len(text.encode()) for text in rendered.values()) < 150_000


def test_the_homeworks_layout(rendered):
    """Title block, question with its points, collaborators, 答：, table of label and picture."""
    text = re.sub(r"\s+", " ", rendered["zh-Hant"])
    assert '<p class="author"><span>學號：B00000000</span> <span>系級：某某系</span> <span>姓名：某某</span>' in text
    assert '<span class="points">2 分</span>' in text
    assert "（合作者：無）" in text
    assert '<p><b class="run-in">答：</b>模型看的是<strong>嘴巴</strong>' in text
    assert '<span class="name">生氣</span>' in text


def test_languages_lead_to_the_same_report(rendered):
    """By their own names, marked with their language."""
    links = [a for a in Document(rendered["en"]).all("a") if "data-switch" in a]
    assert [(a["href"], a.get("hreflang", "")) for a in links] == [
        ("../zh-Hant/index.html", "zh-Hant"),
        ("../en/index.html", "en"),
        ("../both/index.html", ""),
    ]
    assert [a.get("aria-current") for a in links] == [None, "page", None]


def head_of(text: str) -> dict[str, str]:
    """What the head of a page says of it, by name."""
    page = Document(text.split("<style>")[0])
    said = {
        meta.get("property") or meta.get("name", ""): meta["content"] for meta in page.all("meta") if "content" in meta
    }
    return said | {link["rel"] + link.get("hreflang", ""): link["href"] for link in page.all("link")}


def test_a_shared_link_has_a_card(rendered):
    """Title, description and a picture; without an address of the site all of it stays relative."""
    said = head_of(rendered["en"])
    assert said["og:title"] == "Machine Learning HW4: Explainable AI"
    assert said["og:description"] == said["description"]
    assert said["og:image"] == "../report.en.png"
    assert said["og:image:alt"]
    assert said["twitter:card"] == "summary_large_image"
    assert not {"canonical", "og:url"} & set(said)
    assert head_of(rendered["root"])["og:image"] == "report.zh-Hant.png"
    assert said["alternateen"] == "../en/index.html"


def test_addresses_are_whole_where_the_sites_is_known():
    """Of each page, its picture and its other languages; the root is the page in the first language."""
    page = replace(whole(), address="https://a.org/x/")
    said = head_of(html_page.html(page, "zh-Hant", ""))
    assert said["canonical"] == said["og:url"] == said["alternatezh-Hant"] == "https://a.org/x/zh-Hant/"
    assert said["alternateen"] == "https://a.org/x/en/"
    assert said["alternatex-default"] == "https://a.org/x/zh-Hant/"
    assert said["og:image"] == "https://a.org/x/report.zh-Hant.png"
    assert head_of(html_page.side_by_side(page))["canonical"] == "https://a.org/x/both/"
    assert not [link for link in Document(html_page.html(page, "en")).all("a") if "a.org" in link["href"]]


def test_the_foot_opens_the_spec():
    """A copy in the site, or where it is on the web; one file leads only there."""
    copied, elsewhere = replace(whole(), source="report.yaml"), replace(whole(), source="https://a.org/report.yaml")
    assert '<dt>Spec</dt><dd><a href="../report.yaml">Open report.yaml</a></dd>' in html_page.html(copied, "en")
    assert '<a href="https://a.org/report.yaml">' in html_page.html(elsewhere, "en")
    assert "Open report.yaml" not in html_page.html(whole(), "en") + html_page.single(copied, ("en",), {})
    assert '<a href="https://a.org/report.yaml">' in html_page.single(elsewhere, ("en",), {})


def test_evidence_says_its_light_in_words(rendered):
    """A sign and a word, never a colour alone; what is folded can be opened."""
    assert '<span class="light amber">with reservations</span> <b>amber</b> Claim amber.' in rendered["en"]
    assert '<summary><span><b>green</b> <span class="light green">holds</span></span>' in rendered["en"]
    assert '<details class="fold" id="s-fixture-numbers"><summary>The numbers</summary>' in rendered["en"]
    assert '<h3 id="s-fixture-part">A part</h3>' in rendered["en"]


@pytest.mark.parametrize(
    ("count", "pictures", "side", "across"),
    [(7, 3, 144, 2), (7, 2, 144, 3), (7, 1, 144, 4), (8, 1, 144, 4), (3, 1, 144, 3), (1, 1, 144, 1), (7, 3, 224, 1)],
)
def test_rows_stand_beside_each_other_where_their_pictures_allow(count, pictures, side, across):
    """As many as fit the widest page, shared evenly over the lines."""
    image = Image("x.png", side, side, side, Text(), "map")
    row = Row(Text(), 0, (image,) * pictures)
    assert html_page.across(PictureRows(Text(), (Text(),) * pictures, (row,) * count)) == across


def test_the_root_needs_no_step_up(rendered):
    """index.html has its pictures beside it."""
    assert {a["src"].split("/")[0] for a in Document(rendered["root"]).all("img")} == {"figures"}


def test_both_languages_have_each_figure_once(rendered):
    """With both labels and two captions."""
    document = Document(rendered["both"])
    assert len([a for a in document.all("figure") if "data-figure" in a]) == 7
    assert "Angry" in rendered["both"]
    assert "生氣" in rendered["both"]
    assert "Where the <strong>score</strong> moves." in rendered["both"]
    assert "分數<strong>變動</strong>之處。" in rendered["both"]


def test_what_stands_twice_has_an_anchor_of_its_own_in_each_language(rendered):
    """The card of a method in the second language is not that of the first, and can be led to."""
    ids = {attributes["id"] for attributes in Document(rendered["both"]).all("details") if "id" in attributes}
    assert {"method-lime", "en-method-lime"} <= ids
    assert "&#34;" not in re.sub(r"<script>.*?</script>", "", rendered["both"], flags=re.DOTALL)


def test_pairs_hold_when_the_figures_stand_elsewhere():
    """If one language places a figure and the other does not, all prose is there and every figure once."""
    moved = {"saliency": bilingual("A\n\n[[figure:lime]]\n\nB", "甲"), "filters": Text(), "lime": Text()}
    report = Told(told().title, told().author, questions(moved))
    shown = [block for question in whole(report).questions for block in question.answer("en", "zh-Hant")]
    sources = [passage.source for block in shown if isinstance(block, Prose) for passage in block.by_language.values()]
    assert {"A", "B", "甲"} <= set(sources)
    assert sorted(block.id for block in shown if isinstance(block, ShownFigure)) == sorted(built())


def test_a_hostile_report_stays_text():
    """Script, CDATA, Jinja, marks of direction, 4,000 characters and emoji are shown as they are."""
    answers = {name: Text.of(HOSTILE) for name in ("saliency", "filters", "lime")}
    hostile = Told(Text.of(HOSTILE), told().author, questions(answers))
    text = html_page.html(whole(hostile), "en")
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert "{{ &#39;&#39;.__class__ }}" in text
    assert Document(text).open == []


def test_a_stand_in_is_announced():
    """Chinese on the English page carries its language, so that it is set and read as Chinese."""
    answers = {"saliency": Text({"zh-Hant": "只有中文"}), "filters": Text(), "lime": Text()}
    text = html_page.html(whole(Told(told().title, told().author, questions(answers))), "en")
    assert '<div class="prose" lang="zh-Hant"><p><b class="run-in">Answer:</b> 只有中文</p>' in text


def test_a_template_beside_the_spec_takes_the_place_of_ours(tmp_path):
    """File by file; the others stay."""
    (tmp_path / "page.html").write_text(
        '{% extends "frame.html" %}{% block main %}mine {{ page.title[lang] }}{% endblock %}'
    )
    text = html_page.html(whole(), "en", templates=Templates((tmp_path, TEMPLATES)))
    assert "mine Machine Learning HW4" in text
    assert "Content-Security-Policy" in text


def test_a_broken_template_is_the_users_mistake(tmp_path):
    """One message with file and line, no traceback."""
    (tmp_path / "page.html").write_text('{% extends "frame.html" %}\n{% block main %}{% endblok %}')
    with pytest.raises(InputError, match=r"page.html:2: "):
        html_page.html(whole(), "en", templates=Templates((tmp_path, TEMPLATES)))


def beside(folder, **files):
    """The project's layout beside a spec, with some files of its own."""
    for path in TEMPLATES.glob("*.html"):
        shutil.copyfile(path, folder / path.name)
    for name, text in files.items():
        (folder / f"{name}.html").write_text(text)
    return Templates((folder, TEMPLATES))


def test_a_layout_beside_the_spec_is_rendered_as_ours_in_the_sandbox(tmp_path):
    """All that the project's own templates do is allowed; the policy of the page stands before everything."""
    ours, own = html_page.html(whole(), "en"), html_page.html(whole(), "en", templates=beside(tmp_path))
    policy, _, rest = own.partition("\n")
    assert rest == ours
    assert re.fullmatch(r'<!doctype html><meta http-equiv="Content-Security-Policy" content="[^"]*">', policy)
    assert re.search(r'content="([^"]*)"', policy)[1] in unescape(ours)
    assert html_page.html(whole(), "en", templates=replace(beside(tmp_path), trusted=True)) == ours


@pytest.mark.parametrize(
    "element",
    [
        '<meta http-equiv="refresh" content="0;url=https://other.example/">',
        "<META HTTP-EQUIV=' Refresh' CONTENT='0;url=//other.example'>",
        '<link rel="preconnect" href="https://other.example">',
        '<link rel="icon dns-prefetch" href="//other.example">',
        '<link rel="stylesheet" href="//other.example/x.css">',
    ],
)
def test_a_layout_beside_the_spec_calls_nobody(tmp_path, element):
    """What no policy stops is refused; with --trust-templates it is the author's own affair."""
    templates = beside(tmp_path, page=f'{{% extends "frame.html" %}}{{% block main %}}{element}{{% endblock %}}')
    with pytest.raises(InputError, match="is more than data; --trust-templates lets it be"):
        html_page.html(whole(), "en", templates=templates)
    assert element in html_page.html(whole(), "en", templates=replace(templates, trusted=True))


def test_styles_beside_the_spec_end_where_they_began(tmp_path):
    """What stands behind them is looked at like a layout."""
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "theme.css").write_text("</style><meta http-equiv=refresh content='0;url=//other.example'>")
    with pytest.raises(InputError, match="is more than data"):
        html_page.html(whole(), "en", templates=Templates((tmp_path, TEMPLATES)))
    (tmp_path / "css" / "theme.css").write_text(":root { --ink: #123456; }")
    assert "--ink:#123456" in html_page.html(whole(), "en", templates=Templates((tmp_path, TEMPLATES)))


def test_colours_of_text_are_read_everywhere():
    """Ink, captions, evidence, links and warnings reach 4.5 on every ground they stand on, light and dark."""
    theme = (TEMPLATES / "css" / "theme.css").read_text()
    blocks = re.findall(r":root(?:\[data-theme=\"dark\"\])? \{\n(.*?)\n\}", theme, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for ink in ("ink", "ink-2", "ink-3", "accent", "warn"):
            for ground in ("paper", "surface"):
                assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)
        assert contrast(tokens["ink"], tokens["heat"]) >= 4.5
        assert contrast(tokens["warn"], tokens["warn-soft"]) >= 4.5
        assert contrast(tokens["edge"], tokens["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two '#rrggbb'."""

    def luminance(colour: str) -> float:
        shares = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
