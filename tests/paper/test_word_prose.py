"""Prose as Pandoc gets it."""

import pytest

from generator.paper.word_prose import prose, without_source


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("plain *em* ~~no~~", "<p>plain <em>em</em> <del>no</del></p>"),
        ("# Head", '<h2 id="p-1">Head</h2>'),
        ("- [x] a", "<span>☑</span> a"),
        ("- [ ] a", "<span>☐</span> a"),
        ("![a](<b c.png>)", 'src="pictures/b%20c.png"'),
    ],
)
def test_text_stays_what_it_is(source, shown):
    """But for boxes, which are signs, and addresses, which are the site's."""
    made = prose(source, 2, "p")
    assert shown in made
    assert "<input" not in made


def test_a_formula_has_its_source_which_can_be_left_out():
    """Both are one formula, said in two ways."""
    made = prose("$x<1$", 2, "p")
    assert '<annotation encoding="application/x-tex">x&lt;1</annotation>' in made
    assert "annotation" not in without_source(made)
    assert "<mi>x</mi>" in without_source(made)


def test_a_figure_is_two_paragraphs():
    """A table around it would be one to a screen reader."""
    made = prose('![a](b.png "Said *below*")', 2, "p")
    assert '<div custom-style="Captioned Figure"><p><img' in made
    assert '<div custom-style="Image Caption"><p>Said' in made
    assert "<figure" not in made


def test_a_column_is_aligned():
    """By the style that Pandoc reads."""
    assert '<td style="text-align: right">1</td>' in prose("| a |\n|--:|\n| 1 |", 2, "p")
