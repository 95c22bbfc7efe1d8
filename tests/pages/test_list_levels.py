"""Lists as people write them."""

import time

import pytest

from generator.pages.list_levels import levelled
from generator.pages.prose_html import html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- a\n  - b\n- c", "- a\n    - b\n- c"),
        ("1. a\n   - b\n     - c\n2. d", "1. a\n    - b\n        - c\n2. d"),
        ("text\n- a", "text\n\n- a"),
        ("2018\n3. so many", "2018\n3. so many"),
        ("- a\n\n  second\n- b", "- a\n\n    second\n\n- b"),
        ("- a\n---\nb", "- a\n\n---\nb"),
        ("> - a\n>   - b", "> - a\n>     - b"),
        ("    - code", "    - code"),
        ("```\n- a\n  - b\n```", "```\n- a\n  - b\n```"),
        ("* * *\na", "* * *\na"),
        ("- a\n    - b\n        - c", "- a\n    - b\n        - c"),
        ("Term\n:   means\n\n    more", "Term\n:   means\n\n    more"),
    ],
)
def test_what_belongs_to_an_item_is_set_in_by_four(source, expected):
    assert levelled(source) == expected


def test_code_between_fences_in_an_item_keeps_its_language():
    text = html("- a\n\n  ```python\n  if x:\n      pass\n  ```\n- b")
    assert text.count("<li>") == 2
    assert '<pre><code class="language-python"><span class="kw">if</span> x:\n    <span class="kw">pass</span>' in text


def test_what_no_reader_of_lists_ends_is_read_as_it_stands():
    assert "```" in html("- a\n  ```\n  never closed")


@pytest.mark.parametrize("unit", ["- a\n", "  - a\n", "> - a\n", "- ```\n", "- a\n  ```\n", ">" * 90 + "\n"])
def test_it_comes_to_an_end(unit):
    begin = time.process_time()
    levelled(unit * (100_000 // len(unit)))
    assert time.process_time() - begin < 5
