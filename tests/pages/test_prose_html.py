"""Prose of a spec as HTML and as a tree: one Markdown, nothing dangerous."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from generator.pages.markdown_reader import tidy
from generator.pages.prose_html import html, inline, parsed, tree
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
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"),
        *("//evil.example/x", "/\\evil.example/x", "\\\\\\\\evil.example/x", "\\/evil.example", "file:///x"),
        *("&#47;/evil.example", "C:\\x"),
    ],
)
def test_a_dangerous_link_is_only_words(target):
    """Links lead to http(s), mailto or relative places."""
    assert "href" not in html(f"[word]({target})")
    assert "word" in html(f"[word]({target})")


def test_a_picture_from_outside_is_its_words():
    """No prose makes the page request anything; what is beside the spec is in the site."""
    elsewhere = ("https://example.org/x.png", "//e.example/x.png", "/\\e.example/x.png", "\\\\\\\\e.example/x.png")
    for address in (*elsewhere, "data:image/png;base64,AA", "file:///x.png", "/x.png", "../x.png", "a/../../x.png"):
        assert html(f"![seen]({address})") == "<p><span>seen</span></p>"
    assert 'src="../pictures/img/x%20y.png"' in html("![seen](img/x%20y.png)", root="../")


def test_a_formula_is_mathml():
    """Between dollars TeX becomes MathML; prices and code stay."""
    assert "<mfrac>" in html(r"$\frac{1}{2}$")
    assert 'display="block"' in html(r"$$\sum_i x_i$$")
    assert html("costs $5 and $6") == "<p>costs $5 and $6</p>"
    assert "<math" not in html("`$x$`")
    assert "&amp;#" not in html("$a = b$")


def test_what_is_no_formula_is_its_source():
    """As it is written, beside the rest; the reason goes with it."""
    assert html(r"a $\frac{$ b $x$").startswith(r"<p>a <code>$\frac{$</code> b <math")
    ((tex, reason),) = parsed(r"$\frac{$").unset
    assert tex == r"\frac{"
    assert reason.startswith(r"not a formula: $\frac{$")


@pytest.mark.parametrize(
    "source",
    [
        r"$\style{background:url(http://evil.example/x.png)}{x}$",
        r"$\href{javascript:alert(1)}{x}$",
        r"$\class{zoom}{x}$",
        r"$\textcolor{url(//evil.example)}{x}$",
        r"$\rule{javascript:1}{x}$",
        r"$$\href{//evil.example}{\style{a:b}{x}}$$",
    ],
)
def test_a_formula_brings_no_address_and_no_style(source):
    """What it stands round stays; the list is of what may be there, not of what may not."""
    for element in tree(source).iter():
        assert not {"href", "style", "class", "src"} & set(element.attrib)
        values = [value for name, value in element.attrib.items() if name != "alttext"]  # words for a screen reader
        assert not any(bad in value for value in values for bad in ("url", "//", "javascript"))


@pytest.mark.parametrize("number", ["0", "1", "12", "55296", "xFFFE", "99999999999", "9" * 5000, "x" + "f" * 5000])
def test_a_reference_to_no_character_is_none(number):
    """The text around it stays."""
    assert re.fullmatch("<p>a \ufffd? ?b</p>", html(f"a &#{number}; b"))


def test_a_reference_to_a_sign_is_that_sign():
    """And begins neither an element nor an address."""
    assert html("&#60;script&#62; &#x41;") == "<p>&lt;script&gt; A</p>"
    assert "href" not in html("[x](java&#115;cript:alert)")


@pytest.mark.parametrize("source", [">" * 60 + " a", "- " * 60 + "a", "\n".join("    " * k + "- a" for k in range(60))])
def test_what_stands_very_deep_is_set_in_no_further(source):
    """Nothing is lost, and no form has to follow for ever."""
    root = tree(source)
    assert "".join(root.itertext()).count("a") == source.count("a")
    assert sum(element.tag in ("blockquote", "ul") for element in root.iter()) == 8


def test_a_heading_without_words_is_none():
    """It would be a stop on the way of a screen reader, and no PDF can have it."""
    assert html("#\n\n## ![](http://evil.example/x.png)\n\n# Words").count("<h") == 1


def test_a_list_begins_by_a_number_of_nine_digits():
    """A longer one is words, as elsewhere."""
    assert 'start="123456789"' in html("123456789. a")
    assert html("12345678901234567890. a") == "<p>12345678901234567890. a</p>"
    assert "start" not in html("- 12345678901234567890. a")


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


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("~~gone~~ and a~b", "<p><del>gone</del> and a~b</p>"),
        ("Term\n:   means", "<dl>\n<dt>Term</dt>\n<dd>means</dd>\n</dl>"),
        (
            "- [ ] open\n- [x] done",
            '<ul>\n<li><input type="checkbox" disabled=""> open</li>\n'
            '<li><input type="checkbox" disabled="" checked=""> done</li>\n</ul>',
        ),
        (
            '![seen](x.png "Said"){width=58%}',
            '<figure><img alt="seen" src="pictures/x.png" loading="lazy" class="w60">'
            "<figcaption>Said</figcaption></figure>",
        ),
        (
            "![seen](x.png)",
            '<figure><img alt="seen" src="pictures/x.png" loading="lazy"><figcaption>seen</figcaption></figure>',
        ),
        ("a ![seen](x.png){width=2cm} b", '<p>a <img alt="seen" src="pictures/x.png" width="76" loading="lazy"> b</p>'),
        ("![seen](x.png){style=x}", '<p><img alt="seen" src="pictures/x.png" loading="lazy">{style=x}</p>'),
        ("```python\nx\n```", '<pre><code class="language-python">x\n</code></pre>'),
        ('```"><script>\nx\n```', '<p><code>"&gt;&lt;script&gt;\nx</code></p>'),
    ],
)
def test_what_people_know_from_elsewhere(source, expected):
    """Struck words, lists of definitions and tasks, pictures with caption and width, code of a language."""
    assert html(source) == expected


def test_footnotes_lead_there_and_back():
    """Their places are the page's own, the second mention repeats the number, and there is one way back."""
    text = html("a[^x] b[^x] c[^y]\n\n[^x]: X *em*\n[^y]: Y", prefix="q-1")
    assert text.count('href="#q-1-fn-1"') == 2
    assert text.count('id="q-1-fnref-1"') == text.count('href="#q-1-fnref-1"') == 1
    assert '<li id="q-1-fn-2" value="2">' in text
    assert html("a[^n]\n\n[^n]: one") != html("b[^n]\n\n[^n]: two")
    assert "[^z]" in html("no such[^z]")


@pytest.mark.parametrize(
    "source",
    [
        "$$\na\n= b\n$$",
        "$$ a = b $$",
        "> $$\n> a\n> = b\n> $$",
        "- x\n\n    $$\n    a % said\n    = b\n    $$",
        "t\n$$a\n= b$$",
    ],
)
def test_a_formula_may_have_lines(source):
    """None of them begins a heading, a list or a quotation."""
    (formula,) = tree(source).iter("math")
    assert formula.get("alttext").split() == ["a", "=", "b"]


def test_lines_of_a_formula_stand_below_each_other():
    for tex in (
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"a &= b \\ c &= d",
        r"\begin{gathered} a \\ b \end{gathered}",
    ):
        (formula,) = tree(f"$${tex}$$").iter("math")
        assert len(list(formula.iter("mtr"))) == 2
        assert "&" not in "".join(formula.itertext())
