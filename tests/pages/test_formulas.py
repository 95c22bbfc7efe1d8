"""Formulas in TeX as MathML."""

import pytest

from generator.errors import InputError
from generator.pages.formulas import harmless, mathml


@pytest.mark.parametrize(
    ("tex", "left"),
    [
        (r"\href{javascript:x}{y}", "{y}"),
        (r"a + \style{color:{red}}{y}", "a + {y}"),
        (r"\href {a} \class{b}c", " c"),
        (r"\href", ""),
        (r"\href{never closed", "{never closed"),
        (r"\html{x} \hrefs", r"\html{x} \hrefs"),
        (r"\hr\href{a}ef{b}", ""),
    ],
)
def test_what_reaches_out_of_a_formula_is_taken_out(tex, left):
    """The command and its first argument; what is left holds none."""
    assert harmless(tex) == left


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\frac{", "missing at its end"),
        (r"\rule{a}", "missing at its end"),
        ("{" * 200 + "x" + "}" * 200, "60 groups"),
        ("x" * 2001, "2,000 characters"),
        (r"\def\a{xx}\a", r"\\def"),
        (r"\newcommand{\a}{\b\b}\a", r"\\newcommand"),
    ],
)
def test_what_is_none_says_why(tex, reason):
    """At once, however much it would grow to."""
    with pytest.raises(InputError, match=reason):
        mathml(tex)


@pytest.mark.parametrize(
    "tex", [r"\mathop{}^{}", r"\xleftarrow[a]{b}", r"\sideset{}{}\sum", r"\TeX", r"\overbrace{a}^b"]
)
def test_what_has_too_few_parts_is_a_row(tex):
    """A fraction has two, or it is none: every reader of it counts on that."""
    formula = mathml(tex)
    assert all(len(part) == 2 for part in formula.iter() if part.tag in ("mfrac", "msup", "msub", "mover", "munder"))
