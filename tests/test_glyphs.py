"""Characters that no font of the PDF has."""

import pytest

from generator.build.cache import Cache
from generator.build.opening import open_study
from generator.build_options import BuildOptions
from generator.drawing.glyphs import check_glyphs
from generator.errors import SpecError
from tests.fixtures.spec_fixture import HEAD, loaded

QUESTION = """\
  - id: q
    title: {en: Smile 😀, zh-Hant: 微笑}
    answer:
      en: |
        one
        two ☃\ue123
      zh-Hant: 一
"""


def test_each_is_named_at_its_line(tmp_path):
    """The character and its number, for every line that has one; signs that a font has pass."""
    report = loaded(tmp_path, HEAD + QUESTION)
    with pytest.raises(SpecError) as error:
        check_glyphs(report)
    first, second = error.value.problems
    start = HEAD.count("\n")
    assert (first.line, first.path) == (start + 2, "questions[0].title.en")
    assert "'😀' (U+1F600)" in first.message
    assert (second.line, second.path) == (start + 6, "questions[0].answer.en")
    assert "U+E123" in second.message
    assert "☃" not in second.message


def test_a_spec_in_both_languages_passes(tmp_path):
    """Chinese and Latin punctuation, accents, arrows and mathematical signs are printed."""
    words = "生氣、「驚訝」——……（！？）é ü ß → ✗ ✔ ∑ ≤ × “quoted” – —"
    check_glyphs(loaded(tmp_path, HEAD + f"  - {{id: q, title: '{words}'}}\n"))


def test_only_the_pdf_asks_for_glyphs(tmp_path):
    """A page may show any emoji: without the PDF nothing is refused."""
    report = loaded(tmp_path, HEAD + QUESTION)
    open_study(report, BuildOptions(formats=("html", "md")), Cache(None))
    with pytest.raises(SpecError):
        open_study(report, BuildOptions(), Cache(None))
