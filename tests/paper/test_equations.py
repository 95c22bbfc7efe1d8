"""Formulas as nodes of the PDF."""

import pytest

from generator.pages.formulas import mathml
from generator.paper.equations import formula, spoken


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"p=\frac{1}{2}", "p = 1/2"),
        (r"\sqrt{x+y}", "√(x + y)"),
        (r"a_i^2", "a_i^2"),
        (r"\hat y", "y^"),
        (r"\sum_{i=1}^n x", "∑_(i = 1)^n x"),
    ],
)
def test_a_formula_is_read_on_one_line(tex, said):
    """The alternative text is the formula itself, not its source."""
    assert spoken(mathml(tex)) == said


def test_scripts_keep_their_places():
    """What stands below is below, what stands above is above."""
    (node,) = formula(mathml("x_i^2"))["c"][0]["c"]
    assert node["m"] == "attach"
    assert node["b"]["text"] == "i"
    assert node["t"]["text"] == "2"


def test_a_display_formula_says_so():
    """A formula between double dollars stands on a line of its own."""
    assert formula(mathml("x", block=True))["block"]
    assert not formula(mathml("x"))["block"]


@pytest.mark.parametrize(
    ("tex", "kind"),
    [
        (r"\frac{a}{b}", "frac"),
        (r"\sqrt{a}", "sqrt"),
        (r"\sqrt[3]{a}", "root"),
        (r"\exp", "op"),
        (r"\hat{a}", "accent"),
        (r"\text{if}", "text"),
        (r"\overline{a}", "overline"),
    ],
)
def test_every_form_has_its_node(tex, kind):
    """Fractions, roots, names, accents, words and lines each have their own form."""
    (node,) = formula(mathml(tex))["c"][0]["c"]
    assert node["m"] == kind


def test_a_matrix_keeps_rows_and_columns():
    """Two rows of two."""
    nodes = formula(mathml(r"\begin{matrix}a&b\\c&d\end{matrix}"))["c"][0]["c"]
    table = next(node for node in nodes if node["m"] == "table")
    assert [len(row) for row in table["rows"]] == [2, 2]


def test_lines_are_set_by_their_marks():
    lines = formula(mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", block=True))["lines"]
    assert [len(line) for line in lines] == [2, 2]


@pytest.mark.parametrize(
    "tex", [r"\left( \frac{a}{b} \right)", r"\begin{pmatrix} a \\ b \end{pmatrix}", r"\begin{cases} a \\ b \end{cases}"]
)
def test_brackets_grow_with_what_they_hold(tex):
    def kinds(node):
        within = node.get("c", [])
        return [node.get("m")] + [
            kind for one in (within if isinstance(within, list) else [within]) for kind in kinds(one)
        ]

    assert "lr" in kinds(formula(mathml(tex)))
