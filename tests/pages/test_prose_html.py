"""Prose of a spec as HTML and as a tree: one Markdown, nothing dangerous."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from generator.errors import InputError
from generator.pages.prose_html import html, inline, tidy, tree
from generator.text import isolated, literal


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("`x < y`", "<p><code>x &lt; y</code></p>"),
        ("[a](#fig-lime)", '<p><a href="#fig-lime">a</a></p>'),
        ("[a](https://example.org/?a=1&b=2)", '<p><a href="https://example.org/?a=1&amp;b=2">a</a></p>'),
        ("&copy; &lt; & ]]>", "<p>© &lt; &amp; ]]&gt;</p>"),
    ],
)
def test_markdown_becomes_html(source, expected):
    """The common marks come out as their elements."""
    assert html(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<div>\n\n<img src=x onerror=alert(1)>\n\n</div>",
        "a <b onclick='x'>b</b>",
        "<!-- comment -->",
        "<style>*{}</style>",
        "> <iframe src='//x'></iframe>",
    ],
)
def test_raw_html_is_text(source):
    """Whatever looks like HTML is shown, never built."""
    tags = {element.tag for element in tree(source).iter()}
    assert tags <= {"div", "p", "blockquote"}
    assert "<script" not in html(source)
    assert "&lt;" in html(source)


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example/x", "file:///x"],
)
def test_a_dangerous_link_is_only_words(target):
    """Links lead to http(s), mailto or relative places."""
    assert "href" not in html(f"[word]({target})")
    assert "word" in html(f"[word]({target})")


def test_a_picture_from_outside_is_its_words():
    """No prose makes the page request anything."""
    assert html("![seen](https://example.org/x.png)") == "<p><span>seen</span></p>"
    assert 'src="exports/x.png"' in html("![seen](exports/x.png)")


def test_a_formula_is_mathml():
    """Between dollars TeX becomes MathML; prices and code stay."""
    assert "<mfrac>" in html(r"$\frac{1}{2}$")
    assert 'display="block"' in html(r"$$\sum_i x_i$$")
    assert html("costs $5 and $6") == "<p>costs $5 and $6</p>"
    assert "<math" not in html("`$x$`")
    assert "&amp;#" not in html("$a = b$")


def test_what_is_no_formula_is_refused():
    """The message holds the formula."""
    with pytest.raises(InputError, match=r"not a formula: \$\\frac\{\$"):
        html(r"$\frac{$")


def test_no_space_between_chinese_lines():
    """A line break between two Chinese characters is none; in code and tables it stays."""
    assert html("第一行\n第二行") == "<p>第一行第二行</p>"
    assert html("first\nsecond") == "<p>first\nsecond</p>"
    assert "一\n二" in html("```\n一\n二\n```")
    assert html("甲 | 乙\n--- | ---\n丙 | 丁").count("<tr>") == 2
    assert tidy("# 標題\n內文") == "# 標題\n內文"


def test_control_characters_go():
    """What XML cannot hold is dropped; marks of direction stay."""
    assert html("a\x00b\x0bc\u202e") == "<p>abc\u202e</p>"


def test_headings_stand_below_the_question():
    """An answer's headings start at level 3, skip none and can be linked to."""
    text = html("# One\n\n### Two\n\n# Three", 3, "q-a")
    assert '<h3 id="q-a-1">One</h3>' in text
    assert '<h4 id="q-a-2">Two</h4>' in text
    assert '<h3 id="q-a-3">Three</h3>' in text


def test_a_table_scrolls_in_its_own_box():
    """Head cells have their scope; alignment is a class, for inline styles are not allowed."""
    text = html("| a | b |\n| --- | ---: |\n| 1 | 2 |")
    assert text.startswith('<div class="scroll" tabindex="0"')
    assert '<th scope="col">a</th>' in text
    assert '<td class="right">2</td>' in text
    assert "style=" not in text


def test_a_caption_has_no_paragraph():
    """One paragraph is its words; more stay paragraphs."""
    assert inline("a *b*") == "a <em>b</em>"
    assert inline("a\n\nb") == "<p>a</p>\n<p>b</p>" or inline("a\n\nb").count("<p>") == 2


def test_a_thousand_open_brackets_come_back():
    """Marks that never close are words."""
    assert "".join(tree("[*" * 500).itertext()).count("[") == 500


def test_texts_may_be_read_beside_each_other():
    """PDFs are made in parallel: no text gets a piece of another."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    sources = [f"**a{k}** `b{k}`\n\n- c{k}\n\n```\nd{k} <\n```" for k in range(40)]
    alone = [html(source) for source in sources]
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(html, sources)) == alone
    finally:
        sys.setswitchinterval(before)


MARKUP = ("*a*", "a_b_c", "_a_", "<b>", "|", "$x$", "1. x", "- x", "# x", "`c`", "[x](y)", "&lt;", "\\*")
NAMES = (*MARKUP, "---", "a__b__c", "2024. x", "مرحبا", "a\u202eb")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_prose_is_shown_as_it_is(name):
    """At the head of a paragraph, in bold, in a link, in code and in a table: never Markdown, and never HTML."""
    value = literal(isolated(name))
    places = (value, f"**{value}** x", f"[{value}](#a)", f"x `{value}`", f"| a |\n| - |\n| x {value} |", f"> {value}")
    shown = isolated(name)
    for source in places:
        root = tree(source)
        assert shown in [text.removeprefix("x ") for element in root.iter() for text in element.itertext()]
        assert not {"em", "math", "ul", "ol", "h1"} & {element.tag for element in root.iter()}
