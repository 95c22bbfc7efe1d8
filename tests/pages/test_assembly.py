"""From results to the page of one language: numbers, orders and words are decided here."""

import zlib
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from generator.artefacts import Heatmaps
from generator.drawing.pictures import draw
from generator.pages.assembly import assemble
from generator.pages.attribution_rows import packed
from generator.pages.figure_page import examples_of, figure_of, part_heading
from generator.pages.page import Matrix, PictureGrid, PictureRows, ShownFigure, Table
from generator.results import FigureResult, Part
from generator.show import Show
from generator.text import Passage, Text, bilingual
from tests.fixtures.picked import picked
from tests.fixtures.report_fixture import (
    CLASSES,
    NAMES,
    Told,
    batch,
    built,
    imprint,
    maps,
    page,
    questions,
    reader,
    told,
)


@pytest.fixture(scope="module")
def english():
    return page("en")


def figure(whole, name) -> ShownFigure:
    return next(figure for figure in whole.figures if figure.id == name)


def remade(artefact, of, name="saliency", show=None, language="en") -> ShownFigure:
    """The fixture's figure with another artefact and other images."""
    old = built()[name]
    spec = old.spec if show is None else old.spec.model_copy(update={"show": show})
    result = FigureResult(name, "", name, {}, (Part(artefact, of),))
    drawing = draw(result, spec.show, NAMES)
    new = replace(old, spec=spec, result=result, drawing=drawing)
    return picked(figure_of(new, reader(), examples_of({name: result})), language)


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
        assert [(link.title, link.href) for link in english.languages] == [
            ("繁體中文", "zh-Hant/index.html"),
            ("English", "en/index.html"),
            ("Side by side", "both/index.html"),
        ]


class TestRows:
    """The table of an attribution."""

    def test_a_row_has_its_label_probability_and_panels(self, english):
        """The panels of `show`, in its order, shown at a whole multiple of the face's pixels."""
        body = figure(english, "saliency").bodies[0]
        assert isinstance(body, PictureRows)
        assert body.panels == ("Image", "Map", "Overlay")
        assert [row.label for row in body.rows] == [text.in_language("en") for text in CLASSES.values()]
        assert body.rows[0].probability == "88.0%"
        assert [image.role for image in body.rows[0].images] == ["image", "map", "overlay"]
        assert {image.shown % 48 for row in body.rows for image in row.images} == {0}

    def test_only_the_asked_panels(self, english):
        """`show: {panels: [image, overlay]}` has two columns."""
        assert figure(english, "lime").bodies[0].panels == ("Image", "Overlay")

    def test_a_wrong_prediction_stands_beside_the_label(self, english):
        """With its own probability; a right one is not repeated."""
        rows = figure(english, "saliency").bodies[0].rows
        assert (rows[2].prediction, rows[2].prediction_probability, rows[2].right) == ("Neutral", "60.0%", False)
        assert (rows[0].prediction, rows[0].right) == ("", True)

    def test_a_map_that_is_no_result_says_why(self, english):
        """And has no values to point at."""
        row = figure(english, "saliency").bodies[0].rows[1]
        assert row.remark.startswith("The map is flat")
        assert row.values is None

    def test_a_note_stands_under_the_row_of_its_class(self, english):
        """`notes: {happy: …}` belongs to the row labelled Happy alone."""
        notes = [row.note.source if row.note else "" for row in figure(english, "saliency").bodies[0].rows]
        assert notes == ["", "", "", "The smile.", "", "", ""]

    def test_without_labels_a_row_stands_for_what_it_explains(self):
        """The figure says that the data has no labels."""
        shown = remade(Heatmaps(maps(7), False, "gradient"), batch(7, labelled=False))
        assert shown.bodies[0].rows[2].label == "Fear"
        assert shown.bodies[0].rows[2].prediction == "Neutral"
        assert shown.bodies[0].rows[2].right is None
        assert shown.details[0].value.startswith("none in the data")

    def test_several_targets_of_one_image_stand_beside_each_other(self):
        """`target: each`: the face once, then a map a class."""
        rows = np.repeat(np.arange(2), 3)
        whole = batch(7)
        columns = {key: getattr(whole, key)[rows] for key in ("images", "inputs", "index", "label", "probability")}
        of = replace(whole, **columns, target=np.tile(np.arange(3), 2), seed=rows)
        body = remade(Heatmaps(maps(6), False, "gradient"), of).bodies[0]
        assert body.panels == ("Image", "Angry", "Disgust", "Fear")
        assert [len(row.images) for row in body.rows] == [4, 4]
        assert len({image.name for image in body.rows[0].images}) == 4
        assert body.rows[1].probability == "88.0%"  # of its label, whichever class comes first

    def test_what_a_class_is_compared_with_is_told(self):
        """`against`: in the row, in a grid, and above the columns or beside them where there are several targets."""
        sad = replace(batch(7), against=np.full(7, 4))
        artefact = Heatmaps(maps(7, signed=True), True, "gradient")
        row = remade(artefact, sad).bodies[0].rows[0]
        assert row.target == "Angry rather than Sad"
        assert row.images[1].alt.startswith("Saliency map for Angry rather than Sad of image 100: ")
        assert remade(artefact, sad, language="zh-Hant").bodies[0].rows[0].target == "生氣」而非「難過"
        grid = remade(artefact, sad, show=Show(layout="grid", panels=("overlay",))).bodies[0]
        assert grid.cells[0].short == "Angry, for Angry rather than Sad"
        twice = {key: getattr(sad, key)[[0, 0]] for key in ("images", "inputs", "index", "label", "probability")}
        both = replace(sad, **twice, target=np.array([0, 6]), against=np.array([4, 4]), seed=np.arange(2))
        two = Heatmaps(maps(2, signed=True), True, "gradient")
        assert remade(two, both).bodies[0].panels[1:] == ("Angry rather than Sad", "Neutral rather than Sad")

    def test_runners_up_that_differ_are_told_in_each_row(self):
        """`target: each, against: second`: the columns have the classes, the rows what each is compared with."""
        whole, rows = batch(7), np.repeat(np.arange(2), 2)
        columns = {key: getattr(whole, key)[rows] for key in ("images", "inputs", "index", "label", "probability")}
        of = replace(whole, **columns, target=np.array([0, 1, 0, 1]), against=np.array([3, 4, 5, 4]), seed=rows)
        body = remade(Heatmaps(maps(4, signed=True), True, "gradient"), of).bodies[0]
        assert body.panels == ("Image", "Angry", "Disgust")
        assert [row.target for row in body.rows] == [
            "Angry rather than Happy, Disgust rather than Sad",
            "Angry rather than Surprise, Disgust rather than Sad",
        ]

    def test_the_probability_is_that_of_the_label(self):
        """Also where another class is explained, which is named beside it."""
        other = replace(batch(7), target=np.full(7, 6))
        rows = remade(Heatmaps(maps(7), False, "gradient"), other).bodies[0].rows
        assert [row.probability for row in rows[:3]] == ["88.0%", "88.0%", "30.0%"]
        assert [row.target for row in rows[5:]] == ["Neutral", ""]

    def test_a_grid_instead_of_rows(self):
        """`show: {layout: grid}`."""
        shown = remade(Heatmaps(maps(7), False, "gradient"), batch(7), show=Show(layout="grid", panels=("overlay",)))
        assert isinstance(shown.bodies[0], PictureGrid)
        assert [cell.short for cell in shown.bodies[0].cells][:2] == ["Angry", "Disgust"]

    def test_values_unpack_to_the_map(self):
        """Fiftieths of the largest magnitude, with their sign, a byte a cell."""
        values = np.array([[0.0, 0.5], [-2.0, 1.0]], np.float32)
        found = packed(values)
        cells = np.frombuffer(zlib.decompress(b64decode(found.data)), np.int8).reshape(found.rows, found.columns)
        np.testing.assert_array_equal(cells, [[0, 12], [-50, 25]])
        assert found.peak == 2.0

    def test_values_of_a_large_map_stay_small(self):
        """At most 64 cells a side."""
        found = packed(np.ones((224, 200), np.float32))
        assert max(found.rows, found.columns) <= 64
        assert packed(np.zeros((4, 4), np.float32)).peak == 0


def test_a_model_goes_by_the_name_the_report_gives_it():
    """In the language of the page; without one, by the name in the spec."""
    known = replace(reader(), models={"a": bilingual("trained", "訓練後"), "b": Text()})
    parts = [Part(Heatmaps(maps(7), False, "gradient"), batch(7), {"model": name}) for name in "ab"]
    assert [part_heading(part, known)["zh-Hant"] for part in parts] == ["模型 訓練後", "模型 b"]
    assert part_heading(parts[0], known)["en"] == "Model trained"


def test_a_remark_on_one_of_several_parts_names_it():
    """What holds for all of them is said once, of none in particular."""
    facts = {"insensitive": True}, {"insensitive": True, "skipped": (3, 5)}
    parts = tuple(
        Part(Heatmaps(maps(7), False, "gradient", one), batch(7), {"layer": name})
        for one, name in zip(facts, ("conv1", "conv2"), strict=True)
    )
    drawing = draw(FigureResult("saliency", "", "saliency", {}, parts), Show(), NAMES)
    old = built()["saliency"]
    new = replace(old, result=FigureResult("saliency", "", "saliency", {}, parts), drawing=drawing)
    remarks = picked(figure_of(new, reader(), {}), "en").remarks
    assert [remark[:30] for remark in remarks] == ["Guided maps hardly depend on t", "Layer conv2: Nothing activates"]


class TestOtherBodies:
    """Grids, matrices and tables."""

    def test_filters_in_a_grid_with_their_numbers(self, english):
        """Eight columns leave no ragged row; a dead filter is named so."""
        grid = figure(english, "filters").bodies[0]
        assert grid.columns == 8
        assert [cell.short for cell in grid.cells] == [str(n) for n in range(32)]
        assert [cell.short for cell in grid.cells if cell.remark] == ["5"]
        assert grid.cells[0].lines[0] == "reached 1"
        assert grid.sheet is not None

    def test_outputs_stand_beside_their_image(self, english):
        """The face, then the filters."""
        grid = figure(english, "feature_maps").bodies[0]
        assert grid.face.role == "image"
        assert len(grid.cells) == 8

    def test_the_matrix_has_counts_and_row_percent(self, english):
        """Row by row, with recall, precision and accuracy."""
        matrix = figure(english, "confusion_matrix").bodies[0]
        assert isinstance(matrix, Matrix)
        assert matrix.rows[0].cells[0].count == 312
        assert matrix.rows[0].cells[0].share == "81%"
        assert matrix.rows[0].recall == "81.2%"
        assert sum(cell.count for row in matrix.rows for cell in row.cells) == 3138
        assert matrix.summary == "83.9% of 3,138 are right"

    def test_a_cell_leads_to_an_example_of_its_confusion(self, english):
        """Fear taken for Neutral is shown in the first figure; what no figure shows leads nowhere."""
        matrix = figure(english, "confusion_matrix").bodies[0]
        assert matrix.rows[2].cells[6].href == "#" + figure(english, "saliency").bodies[0].rows[2].anchor
        assert matrix.rows[6].cells[2].href == ""

    def test_predictions_are_a_table_of_probabilities(self, english):
        """A face, its label and every class."""
        table = figure(english, "predictions").bodies[0]
        assert isinstance(table, Table)
        assert table.rows[2][1:] == ("Fear", "2.0%", "2.0%", "30.0%", "2.0%", "2.0%", "2.0%", "60.0%")
        assert len(table.images) == 7


class TestAround:
    """Legends, facts, cards and failures."""

    def test_a_legend_says_what_the_colours_mean(self, english):
        """Quantity, both ends, and what the sides of a signed one do."""
        plain, signed = figure(english, "saliency").legend, figure(english, "lime").legend
        assert (plain.low, plain.signed, plain.below) == ("0", False, "")
        assert plain.quantity == "size of the gradient"
        assert (signed.below, signed.above) == ("lowers the score", "raises the score")
        assert signed.low == "−" + signed.high

    def test_facts_are_in_the_readers_language(self):
        """Names and values, not keys."""
        details = figure(page("zh-Hant"), "filters").details
        assert [(detail.label, detail.value) for detail in details] == [("層", "conv2d_1"), ("步數", "100")]

    def test_a_failed_figure_keeps_its_number_and_says_why(self, english):
        """The rest of the page is there."""
        failed = figure(english, "occlusion")
        assert failed.number == 7
        assert "the patch is larger than the image" in failed.failure
        assert failed.bodies == ()

    def test_a_card_for_each_method(self, english):
        """In the order of their figures, with links to them."""
        assert [card.method for card in english.methods] == list(built())
        assert english.methods[0].uses[0].href == "#fig-saliency"

    def test_no_machine_path_reaches_a_page(self):
        """A file is known by its name."""
        assert reader().fact("origin", "/some/where/x.csv") == Text.of("x.csv")

    @pytest.mark.parametrize(
        ("share", "words"), [(0.99999, "> 99.9%"), (0.0001, "< 0.1%"), (1.0, "100.0%"), (0, "0.0%")]
    )
    def test_what_is_not_certain_never_reads_as_certain(self, share, words):
        """Rounding does not reach 0 or 100 %."""
        assert reader().percent(share) == words

    def test_a_missing_figure_leaves_its_place(self):
        """With `--only` the others are not there, and nothing breaks."""
        some = {name: figure for name, figure in built().items() if name != "saliency"}
        whole = picked(assemble(told(), some, reader(), imprint()), "en")
        assert "saliency" not in [figure.id for figure in whole.figures]

    def test_titles_are_plain_text(self):
        """No template takes a decision: what the page says is what is read."""
        whole = page("en", told(bilingual("<b>A</b>", "甲")))
        assert whole.title == "<b>A</b>"


class TestFacts:
    """Facts of one image as they are read."""

    def test_a_class_reads_by_its_name_and_a_seed_without_commas(self):
        """Numbers that count nothing are not set like counts."""
        assert reader().fact("new_prediction", 0) == reader().class_name(0)
        assert reader().fact("seed", 2107665609) == Text.of("2107665609")
        assert reader().fact("superpixels", 1053) == Text.of("1,053")
        assert reader().fact("most_damaging", (24, 12, 32, 20))["en"] == "24, 12, 32, 20"
