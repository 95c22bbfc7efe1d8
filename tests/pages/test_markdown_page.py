"""Markdown as GitHub reads it."""

import re

import pytest

from generator.pages import markdown_page
from generator.pages.markdown_page import escaped, one_line, prose, slug
from generator.text import Text, bilingual, isolated, literal
from tests.fixtures.report_fixture import Told, questions, told, whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*b_c`d", r"a\*b\_c\`d"),
        ("<script>", "&lt;script&gt;"),
        ("a | b", r"a \| b"),
        ("two\nlines", "two lines"),
        ("[x](y)", r"\[x\](y)"),
        ("$x$ & #1", r"\$x\$ &amp; \#1"),
    ],
)
def test_plain_text_shows_its_own_signs(text, expected):
    """A class name with a star is a class name with a star."""
    assert escaped(text) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a <b>x</b>", "a &lt;b>x&lt;/b>"),
        ("`<b>` stays", "`<b>` stays"),
        ("```\n<b>\n```", "```\n<b>\n```"),
        ("<https://example.org>", "<https://example.org>"),
        ("see [Figure 1](#fig-a)", "see [Figure 1](#figure-1)"),
        ("# One\n\n## Two", "### One\n\n#### Two"),
        ("**「嘴」**是", "<strong>「嘴」</strong>是"),
        ("**bold** words", "**bold** words"),
        ("$a < b$", "$a &lt; b$"),
    ],
)
def test_prose_keeps_its_marks_and_no_html(source, expected):
    """Only what GitHub strips or misreads is changed."""
    assert prose(source, {"#fig-a": "#figure-1"}) == expected


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("*a*", r"\*a\*"),
        ("a_b_c", "a_b_c"),
        ("_a_", r"\_a\_"),
        ("<b> & |", r"&lt;b&gt; &amp; \|"),
        ("$x$", r"\$x\$"),
        ("1. x", r"1\. x"),
        ("- x", r"\- x"),
        ("مرحبا", "\u2068مرحبا\u2069"),
    ],
)
def test_a_name_in_prose_is_shown_as_it_is(name, written):
    """GitHub shows it, and not what it would make of it; in code nothing has to be changed."""
    value = literal(isolated(name))
    assert prose(f"{value} x", {}) == one_line(f"{value} x", {}) == f"{written} x"
    assert prose(f"`{value}`\n\n```\n{value}\n```", {}) == f"`{isolated(name)}`\n\n```\n{isolated(name)}\n```"
    assert prose(f"是**{value}**是", {}) == (
        f"是<strong>{written}</strong>是" if written[0] in "\\&" else f"是**{written}**是"
    )


@pytest.mark.parametrize(
    "source",
    [
        "![x](http://evil.example/x.png)",
        "![x][r]\n\n[r]: //evil.example/x.png",
        "![x](/\\evil.example/x.png)",
        "![x](\\\\\\\\evil.example/x.png)",
        "![x](<//evil.example/x.png>)",
        "![x](\n//evil.example/x.png)",
        "![x](&#47;/evil.example/x.png)",
        "```\n~~~\n  ```\n![x](http://evil.example/x.png)\n```",
        "| `a | ![x](http://evil.example/x.png) ` |\n| - | - |\n| 1 | 2 |",
        "~~~\n![x](http://evil.example/x.png)\n~~~",
        "[x](javascript:alert)",
        "[x](<javascript:alert>)",
        "[x](java&#115;cript:alert)",
        "[x](javascript&colon;alert)",
        "[x][r]\n\n[r]: javascript:alert",
        "[x][r]\n\n[r]:\n javascript:alert",
        "- [r]: javascript:alert\n\n[x][r]",
        "[x](/\\evil.example)",
        r"$\href{javascript:alert}{x}$",
    ],
)
@pytest.mark.parametrize("write", [prose, one_line])
def test_no_reader_of_it_asks_another_host_or_runs_anything(source, write):
    """Whoever reads the file, another kind of Markdown, and another passage that stands before or behind it."""
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    text = f"[r]\n\n{write(source, {})}\n\n![b][r] [r]\n"
    shown = [token for block in reader.parse(text) for token in block.children or ()]
    assert not [token for token in shown if token.type == "image"]
    assert all("script" not in str(token.attrs.get("href")) for token in shown if token.type == "link_open")
    assert "href{" not in text


def test_a_picture_beside_the_spec_is_at_its_place_in_the_site():
    """In prose and in a cell; its title, or else its words, are a caption where it stands alone."""
    assert prose("![seen](x.png)", {}) == "![seen](pictures/x.png)<br>*seen*"
    for source in ("a ![a*b](img/x%20y.png)", "a ![a*b](<img/x y.png>)", "a ![a*b](img\\x%20y.png)"):
        assert prose(source, {}) == one_line(source, {}) == r"a ![a\*b](pictures/img/x%20y.png)"
    assert one_line("a ![b](<img/x y.png> 'Title')", {}) == "a ![b](pictures/img/x%20y.png)"


def test_a_cell_of_a_table_is_one_line():
    """Bars would end it."""
    assert one_line("a\n\nb | c", {}) == r"a b \| c"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("1. Saliency maps (2 points)", "1-saliency-maps-2-points"),
        ("圖 3", "圖-3"),
        ("1. 顯著圖（2 分）", "1-顯著圖2-分"),
    ],
)
def test_anchors_are_githubs(heading, anchor):
    """Letters of any script stay, marks go, spaces become hyphens."""
    assert slug(heading) == anchor


@pytest.fixture(scope="module", params=["en", "zh-Hant"])
def report(request) -> str:
    return markdown_page.markdown(whole(), request.param)


class TestReport:
    """The whole report as Markdown."""

    def test_every_figure_and_picture_is_there(self, report):
        """Pictures by relative path, each with its words."""
        assert len(re.findall(r"^#### ", report, re.MULTILINE)) == 7
        pictures = re.findall(r"!\[([^\]]*)\]\((\S+)\)", report.replace(r"\_", "_"))
        assert len(pictures) > 40
        assert all(alt and path.startswith("figures/") for alt, path in pictures)

    def test_no_html_that_github_strips(self, report):
        """Only the title block, which Markdown cannot set to the right."""
        tags = set(re.findall(r"<(\w+)", re.sub(r"`[^`]*`", "", report)))
        assert tags <= {"p", "b", "strong"}
        assert "style=" not in report
        assert "class=" not in report

    def test_every_reference_has_its_heading(self, report):
        """Links within the report lead to headings that are there."""
        headings = {slug(text.replace("\\", "")) for text in re.findall(r"^#+ (.*)$", report, re.MULTILINE)}
        links = set(re.findall(r"\]\(#([^)]+)\)", report))
        assert links
        assert links <= headings

    def test_tables_have_as_many_cells_as_heads(self, report):
        """Or GitHub would drop some."""
        for block in re.findall(r"(?:^\|.*\n)+", report, re.MULTILINE):
            counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().split("\n")}
            assert len(counts) == 1, block[:200]

    def test_prose_tables_and_formulas_stay(self, report):
        """GitHub reads them itself."""
        assert r"$p = \frac{1}{2}$" in report
        assert "| --- | ---: |" in report


def test_a_hostile_report_stays_text():
    """Nothing of a title or an answer becomes HTML."""
    answers = {"saliency": Text.of("<script>alert(1)</script> **a**"), "filters": Text(), "lime": Text()}
    hostile = Told(bilingual("<script>|*", "<script>|*"), told().author, questions(answers))
    text = markdown_page.markdown(whole(hostile), "en")
    assert "<script" not in text
    assert text.startswith("# &lt;script&gt;\\|\\*")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('![seen](x.png "Said"){width=60%}', '<img src="pictures/x.png" alt="seen" width="60%"><br>*Said*'),
        ("![seen](x.png){width=2cm} b", '<img src="pictures/x.png" alt="seen" width="76"> b'),
        ("![seen](x.png){a}", "![seen](pictures/x.png){a}"),
        ("Term\n:   means\n\n    more\n:   too", "**Term**\n-   means\n\n    more\n-   too"),
        ("| a |\n|---|\n| 1 |\n\n: said", "| a |\n|---|\n| 1 |\n\n- said"),
        ("- [x] done ~~not~~[^a]\n\n[^a]: note", "- [x] done ~~not~~[^a]\n\n[^a]: note"),
        ("$$\na\n= b\n$$", "$$a = b$$"),
        ("1. a\n\n   ```py\n   x < [1]\n   ```\n   < b", "1. a\n\n   ```py\n   x < [1]\n   ```\n   &lt; b"),
    ],
)
def test_prose_is_written_as_github_reads_it(source, expected):
    """It has no lists of definitions and no width behind a picture."""
    assert prose(source, {}) == expected
