"""Code in pieces by what they are."""

import pytest

from generator.pages.highlighting import LONGEST, pieces

CODE = "def f(x):  # note\n    return 'a' + 1\n"
LONG = "x = 1\n" * LONGEST


def test_each_piece_has_its_kind():
    kinds = {text: kind for kind, text in pieces(CODE, "python")}
    assert [kinds[part] for part in ("def", "f", "# note", "'a'", "1")] == ["kw", "fn", "co", "st", "nu"]


@pytest.mark.parametrize(("code", "language"), [(CODE, "python"), (CODE, "nobody"), (LONG, "python"), ("", "c")])
def test_together_they_are_the_code(code, language):
    assert "".join(text for _, text in pieces(code, language)) == code
