"""Markdown as nodes of the PDF."""

from generator.pages.prose_html import tree
from generator.paper.text_nodes import BREAK, blocks, breakable


def kinds(source, **keys):
    return [block["b"] for block in blocks(tree(source), **keys)]


def test_every_block_of_markdown_has_its_node():
    """Paragraphs, lists, code, tables, quotations, rules and headings in the order of the text."""
    source = "one\n\n- a\n\n1. b\n\n```\ncode\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n> said\n\n---\n\n# end"
    assert kinds(source) == ["p", "ul", "ol", "pre", "table", "quote", "hr", "heading"]


def test_inlines_nest():
    """Emphasis within strength within a link, with the text between them."""
    (block,) = blocks(tree("a **b *c*** [`d`](https://e.f)"))
    assert block["c"] == [
        "a ",
        {"i": "strong", "c": ["b ", {"i": "em", "c": ["c"]}]},
        " ",
        {"i": "a", "href": "https://e.f", "c": [{"i": "code", "text": "d"}]},
    ]


def test_headings_start_at_the_level_below_and_skip_none():
    """PDF/UA refuses a level 4 after a level 2, whatever the Markdown has."""
    levels = [block["level"] for block in blocks(tree("#### a\n\n# b\n\n#### c\n\n###### d"), level=2)]
    assert levels == [2, 2, 3, 4]


def test_a_display_formula_leaves_its_paragraph():
    """What stands before and after stays text."""
    assert kinds("before $$x$$ after") == ["p", "formula", "p"]


def test_list_items_hold_blocks():
    """A nested list is a block of its item."""
    (outer,) = blocks(tree("- a\n    - b\n- c"))
    assert [[block["b"] for block in item] for item in outer["items"]] == [["p", "ul"], ["p"]]


def test_a_table_knows_its_head_and_alignment():
    """The head is apart from the rows; the alignment is the column's."""
    (table,) = blocks(tree("| a | b |\n| :-- | --: |\n| 1 | 2 |\n| 3 | 4 |"))
    assert [cell["c"] for cell in table["head"]] == [["a"], ["b"]]
    assert [cell["align"] for cell in table["head"]] == ["left", "right"]
    assert len(table["rows"]) == 2


def test_space_is_one_space():
    """Line breaks and runs of spaces of the source are single spaces."""
    assert blocks(tree("one\ntwo   three")) == [{"b": "p", "c": ["one two three"]}]


def test_long_words_may_be_broken_and_short_ones_not():
    """A path breaks at its slashes, a digest every few characters, an ordinary word never."""
    assert breakable("internationalization") == "internationalization"
    path = "/backbone/conv5_block3_out/activation_49"
    assert breakable(path).replace(BREAK, "") == path
    assert f"/{BREAK}conv5" in breakable(path)
    assert max(map(len, breakable("a" * 4000).split(BREAK))) == 10


def test_changes_of_direction_end_with_their_text():
    """An override or isolate that is left open is closed; all of them stand apart from what is beside their text."""
    assert breakable("\u202eabc") == "\u2068\u202eabc\u202c\u2069"
    assert breakable("\u2067abc") == "\u2068\u2067abc\u2069\u2069"
    assert breakable("\u202eabc\u202c") == "\u2068\u202eabc\u202c\u2069"
    assert breakable("abc") == "abc"


def test_what_no_font_has_becomes_a_box():
    """An emoji and a private character are boxes, a control character is nothing."""
    assert breakable("a😀b\ue000\x07c") == "a□b□c"


def test_markup_of_other_languages_is_text():
    """Nothing that Typst or HTML would take for a command is one."""
    (block,) = blocks(tree("a #import x ]]> <b> @fig $"))
    assert "".join(block["c"]) == "a #import x ]]> <b> @fig $"


def test_a_footnote_stands_where_it_is_referred_to():
    """The second mention repeats its mark."""
    (block,) = blocks(tree("a[^x] b[^x]\n\n[^x]: one\n\n    two"))
    first, second = (node for node in block["c"] if isinstance(node, dict))
    assert [first["c"], second["c"]] == [[["one"], ["two\xa0"]], []]
    assert first["place"] == second["place"]


def test_definitions_tasks_figures_and_code_have_nodes():
    source = 'T\n: d\n\n- [x] y\n\n![a](x.png "C"){width=4cm}\n\n```python\nx\n```\n\n~~s~~'
    terms, tasks, figure, code, struck = blocks(tree(source))
    assert [item["term"] for item in terms["items"]] == [True, False]
    assert tasks["items"][0][0]["c"] == ["☑", " y"]
    assert (figure["caption"], figure["c"]["width"]) == (["C"], "151")
    assert code == {"b": "pre", "text": "x", "of": "python"}
    assert struck["c"] == [{"i": "del", "c": ["s"]}]
