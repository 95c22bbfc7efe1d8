"""Markdown whose reader comes to an end."""

import time

import pytest

from generator.errors import InputError
from generator.pages.markdown_reader import elements, fences


@pytest.mark.parametrize("unit", ["[", "![", "#\n", "=\n", "***\n", "[a](<b", "a\n-\n"])
def test_what_never_closes_is_not_looked_for_without_end(unit):
    """And the next text is read as if nothing had been."""
    begin = time.process_time()
    with pytest.raises(InputError, match="without an end"):
        elements(unit * (60_000 // len(unit)))
    assert time.process_time() - begin < 10
    assert elements("a")[0].text == "a"


def test_a_long_text_of_links_and_lists_is_read():
    """The bounds are far above what people write."""
    text = "\n".join(f"- [Link {k}](https://example.org/{k}) and [{k}] `code` **bold**\n" for k in range(500))
    assert len(list(elements(text).iter("a"))) == 500


@pytest.mark.parametrize("source", ["- " * 1000 + "a", "x" * 100_001])
def test_what_is_too_deep_or_too_long_is_said(source):
    """It leaves nothing behind in the reader."""
    with pytest.raises(InputError, match=r"too deep|100,001 characters"):
        elements(source)
    assert elements("a")[0].text == "a"


@pytest.mark.parametrize(
    ("source", "inside"),
    [
        ("```|a|```|b", "1110"),
        ("```|~~~|a|```|b", "11110"),
        ("```|a|  ```|b|```|c", "111000"),
        ("````|```|a|````|b", "11110"),
        ("``` a`b|c", "00"),
        ("~~~ a`b|c|~~~~|d", "1110"),
        ("```|``` a|b", "000"),
        ("a| ```|b|```", "0000"),
        ("- a|  ```|  b||  ```|  c", "011110"),
        ("1. a|   - b||     ~~~|     c|     ~~~|2. d", "0001110"),
        ("- a|  ```|  b|- ```|  c", "00000"),
        ("- a|```|b|```", "0111"),
        ("in|1990. a|      ```|      b|      ```", "00000"),
        ("``` a|``` b|```|c", "1110"),
    ],
)
def test_a_fence_closes_by_its_own_kind(source, inside):
    """Of at least its length, with nothing behind it; one that is never closed, or set in but in an item, is none."""
    assert "".join(str(int(fenced)) for _, fenced in fences(source.split("|"))) == inside


@pytest.mark.parametrize("unit", ["- a\n  - b\n  ```x\n", "- a\n  ```x\n", "- a\nb\n  ```x\n", "  - a\n"])
def test_a_fence_in_an_item_is_not_looked_for_again(unit):
    """The bounds are far above what people write."""
    lines = (unit * (60_000 // len(unit))).split("\n")
    begun = time.process_time()
    assert not any(fenced for _, fenced in fences(lines))
    assert time.process_time() - begun < 5
