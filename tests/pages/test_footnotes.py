"""Footnotes of a text in pieces."""

import pytest

from generator.pages.footnotes import inlined, spread


def test_they_are_counted_through_all_pieces():
    """Each piece says what it refers to, wherever that was said."""
    first, second = spread(["one[^b] two[^a]", "again[^b], new[^c]\n\n[^a]: A\n[^b]: B\n    more\n[^c]: C\n\nend"], "x")
    assert first == "one[^q-x.1] two[^q-x.2]\n\n[^q-x.1]: B\n    more\n\n[^q-x.2]: A"
    assert second == "again[^q-x.1], new[^q-x.3]\n\nend\n\n[^q-x.1]: B\n    more\n\n[^q-x.3]: C"


@pytest.mark.parametrize("text", ["a[^b]", "```\n[^a]: x\n```\n[^a]", "no note", ""])
def test_what_is_no_footnote_stays(text):
    assert spread([text], "x") == [text]


def test_a_paragraph_behind_the_notes_is_text():
    """A note ends where a line after a blank one is not set in."""
    (text,) = spread(["a[^1]\n\n[^1]: note\nstill\n\n    second\n\nafter"], "x")
    assert text == "a[^q-x.1]\n\nafter\n\n[^q-x.1]: note\nstill\n\n    second"


def test_a_line_has_them_in_brackets():
    assert inlined("A caption[^n] here[^m].\n\n[^n]: of *it*\n") == "A caption (of *it*) here[^m].\n"
