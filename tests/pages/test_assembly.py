"""From results to the page: numbers, orders and words are decided here."""

import pytest

from generator.pages.assembly import assemble
from generator.text import Passage, Text, bilingual
from tests.fixtures.picked import picked
from tests.fixtures.report_fixture import (
    Told,
    built,
    imprint,
    page,
    questions,
    reader,
    told,
)


@pytest.fixture(scope="module")
def english():
    return page("en")


class TestOrder:
    """What stands where."""

    def test_figures_are_numbered_through_the_report(self, english):
        """From 1, in the order of the spec, whichever question they belong to."""
        assert [figure.number for figure in english.figures] == list(range(1, 8))
        assert [figure.label for figure in english.figures][:2] == ["Figure 1", "Figure 2"]

    def test_an_answer_is_cut_at_its_figures(self, english):
        """Text before, the figure, text after."""
        kinds = [type(block).__name__ for block in english.questions[0].answer]
        assert kinds == ["Passage", "ShownFigure", "Passage"]

    def test_figures_that_are_not_placed_follow_the_answer(self, english):
        """In the order of the spec."""
        blocks = english.questions[1].answer
        assert isinstance(blocks[0], Passage)
        assert [block.id for block in blocks[1:]] == ["filters", "feature_maps"]

    @pytest.mark.parametrize("marks", ["[[figure:lime]]\n\n[[figure:lime]]", "[[figure:lime]]\n[[figure:saliency]]"])
    def test_a_figure_stands_once(self, marks):
        """Placed twice, or in another question's answer, it is not repeated."""
        report = told()
        answers = {"saliency": Text.of(marks), "filters": Text.of("x"), "lime": Text.of("y")}
        whole = page("en", Told(report.title, report.author, questions(answers)))
        names = [figure.id for figure in whole.figures]
        assert sorted(names) == sorted(set(names))
        assert names[0] == "lime"
        assert set(names) == set(built())

    def test_contents_lead_to_questions_and_figures(self, english):
        """Every link of the contents has its place on the page."""
        anchors = {f"#{q.anchor}" for q in english.questions} | {f"#{f.anchor}" for f in english.figures}
        links = [link for entry in english.contents for link in (entry, *entry.children)]
        assert {link.href for link in links} <= anchors | {"#methods", "#foot"}
        assert anchors <= {link.href for link in links}


class TestTitle:
    """The title block and what belongs to a question."""

    def test_the_bold_line_has_the_pieces_that_are_given(self, english):
        """學號, 系級, 姓名 in this order; what is left out is not shown empty."""
        assert [piece.label for piece in page("zh-Hant").author] == ["學號", "系級", "姓名"]
        author = told().author.model_copy(update={"department": Text()})
        short = page("en", Told(told().title, author, questions()))
        assert [piece.label for piece in short.author] == ["Student ID", "Name"]

    def test_points_and_collaborators(self, english):
        """An empty list says that nobody helped; none asks for no line."""
        assert [q.points for q in english.questions] == ["2 points", "3 points", "1 point"]
        lines = [q.collaborators for q in english.questions]
        assert lines == ["(Collaborators: none)", "", "(Collaborators: A. Friend)"]

    def test_a_stand_in_is_marked_with_its_own_language(self):
        """A text that only Chinese has is Chinese on the English page, and says so."""
        answers = {"saliency": Text({"zh-Hant": "只有中文"}), "filters": Text(), "lime": Text()}
        whole = page("en", Told(told().title, told().author, questions(answers)))
        assert whole.questions[0].answer[0] == Passage("只有中文", "zh-Hant")

    def test_languages_by_their_own_names(self, english):
        """Two languages have a page side by side."""
        assert [(link.title, link.href) for link in english.switch] == [
            ("繁體中文", "zh-Hant/index.html"),
            ("English", "en/index.html"),
            ("Side by side", "both/index.html"),
        ]


class TestAround:
    """Cards, and what is missing."""

    def test_a_card_for_each_method(self, english):
        """In the order of their figures, with links to them."""
        assert [card.method for card in english.methods] == list(built())
        assert english.methods[0].uses[0].href == "#fig-saliency"

    def test_a_missing_figure_leaves_its_place(self):
        """With `--only` the others are not there, and nothing breaks."""
        some = {name: figure for name, figure in built().items() if name != "saliency"}
        whole = picked(assemble(told(), some, reader(), imprint()), "en")
        assert "saliency" not in [figure.id for figure in whole.figures]

    def test_titles_are_plain_text(self):
        """No template takes a decision: what the page says is what is read."""
        whole = page("en", told(bilingual("<b>A</b>", "甲")))
        assert whole.title == "<b>A</b>"
