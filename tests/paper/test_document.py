"""Pages as the document of the PDF."""

from dataclasses import replace

from generator.pages.blocks import Image, Sheet, Table
from generator.pages.page import PageSection, ShownFigure
from generator.paper.document import _language, document
from generator.results import LightLine
from generator.text import Passage, Prose, Text
from tests.fixtures.picked import with_answer
from tests.fixtures.report_fixture import everywhere, rows, whole

PAGE, BOTH = whole(), ("zh-Hant", "en")


def of_kind(made, kind):
    return [block for block in made["blocks"] if block["kind"] == kind]


def said(texts):
    return [text for _, text in texts]


def test_one_language_says_everything_once():
    """Every text has one entry, in the language of the page."""
    made = document(PAGE, ["en"])
    headings = [said(block["text"]) for block in of_kind(made, "heading")]
    assert headings[:3] == [["Saliency maps"], ["Filters"], ["LIME"]]
    assert made["languages"] == {"en": {"lang": "en", "region": None, "wide": False}}


def test_chinese_gets_the_region_of_its_script():
    """Without tw Typst prints Simplified words; the page's own code says only the script."""
    assert document(PAGE, ["zh-Hant"])["languages"]["zh-Hant"] == {"lang": "zh", "region": "tw", "wide": True}


def test_marks_have_the_form_of_the_language():
    """The font is Taiwan's: of marks without a character beside them the script is told, in every other language."""
    scripts = {code: _language(code).get("script") for code in ("ja", "ko", "zh-Hans", "zh-Hant", "zh-HK", "de")}
    assert scripts == {"ja": "hani", "ko": "hani", "zh-Hans": "hani", "zh-Hant": None, "zh-HK": None, "de": None}


def test_both_languages_stand_beside_each_other():
    """Headings and labels say both; what is the same is said once."""
    made = document(PAGE, BOTH)
    assert said(of_kind(made, "heading")[0]["text"]) == ["顯著圖", "Saliency maps"]
    assert said(of_kind(made, "heading")[2]["text"]) == ["LIME 解釋", "LIME"]
    row = of_kind(made, "figure")[0]["bodies"][0]["rows"][0]
    assert row["label"] == [["zh-Hant", "生氣"], ["en", "Angry"]]
    assert row["images"][0]["alt"].count(" / ") == 1


def test_a_figure_stands_once_with_its_captions():
    """Both captions, one picture."""
    figures = of_kind(document(PAGE, BOTH), "figure")
    assert [block["anchor"] for block in figures] == [f"fig-{figure.id}" for figure in PAGE.figures("zh-Hant")]
    assert [caption["label"].strip() for caption in figures[0]["captions"]] == ["圖 1", "Figure 1"]


def test_answers_run_beside_each_other_around_their_figures():
    """The words before a figure in both languages, the figure, the words after it."""
    made = document(PAGE, BOTH)["blocks"]
    place = next(k for k, block in enumerate(made) if block["kind"] == "figure")
    before, after = made[place - 1], made[place + 1]
    assert [prose["lang"] for prose in before["prose"]] == ["zh-Hant", "en"]
    assert said(before["lead"]) == ["答：", "Answer:"]
    assert [prose["blocks"][0]["b"] for prose in after["prose"]] == ["table", "table"]
    assert after["lead"] == []


def test_answers_that_place_figures_differently_keep_the_order_of_the_first():
    """The second language's words follow after the last figure, and no figure is lost or doubled."""
    question = PAGE.questions[1]
    figures = [block for block in question.answers["en"] if isinstance(block, ShownFigure)]
    turned = {**question.answers, "en": (*reversed(figures), Passage("Last words.", "en"))}
    asked = (PAGE.questions[0], replace(question, answers=turned), PAGE.questions[2])
    made = document(replace(PAGE, questions=asked), BOTH)
    assert [block["anchor"] for block in of_kind(made, "figure")] == [
        figure.anchor for figure in PAGE.figures("zh-Hant")
    ]
    start = next(k for k, block in enumerate(made["blocks"]) if block.get("anchor") == "fig-feature_maps")
    assert "Last words." in str(made["blocks"][start + 1])


def test_a_stand_in_is_said_once():
    """A text that both languages share, because one lacks a translation, is not repeated."""
    only = PAGE.questions[0].prompt["zh-Hant"]
    same = replace(PAGE, questions=(replace(PAGE.questions[0], prompt=Prose(dict.fromkeys(BOTH, only))),))
    prompts = [block for block in of_kind(document(same, BOTH), "prose") if block["style"] == "prompt"]
    assert [prose["lang"] for prose in prompts[0]["prose"]] == ["zh-Hant"]


def test_every_anchor_is_known():
    """Links lead only to places that are there."""
    made = document(PAGE, ["en"])
    assert {"q-saliency", "fig-lime", "method-lime", "methods", "foot"} <= set(made["anchors"])


def test_a_long_title_is_shortened_in_the_running_head():
    """The head is one line."""
    assert len(document(replace(PAGE, title=Text.of("word " * 100)), ["en"])["head"]["title"]) <= 56


def with_body(body):
    """The page with one question whose only figure has this body."""
    line = LightLine("red", *map(Text.of, ("no", "Name", "Why.", "n 5")))
    figure = replace(PAGE.figures("en")[0], bodies=(body,), evidence=(line,))
    return replace(PAGE, questions=(with_answer(PAGE.questions[0], figure),))


def test_a_chart_with_words_stands_in_each_language():
    """A chart is a picture a language; one without words is printed once."""
    drawn = {language: Image(f"c-{language}.png", 9, 9, 9, Text.of("A chart."), "chart") for language in BOTH}
    for images, names in ((drawn, ["c-zh-Hant.png", "c-en.png"]), (dict.fromkeys(BOTH, drawn["en"]), ["c-en.png"])):
        made = document(with_body(Sheet(images)), BOTH)
        (body,) = of_kind(made, "figure")[0]["bodies"]
        assert [image["name"] for image in body["images"]] == names
        assert all(image["smooth"] for image in body["images"])


def test_evidence_keeps_its_light_and_says_all():
    """Light, word, sentence and numbers; a light is never the only sign."""
    (one,) = of_kind(document(with_body(PAGE.figures("en")[0].bodies[0]), ["en"]), "figure")[0]["evidence"]
    assert (one["light"], said(one["light_word"]), said(one["numbers"])) == ("red", ["no"], ["n 5"])


def test_sections_follow_the_questions():
    """A section's words and tables stand under its heading."""
    table = Table(*rows(("a", "b")), rows(("1", "2")))
    section = PageSection("evidence", Text.of("Evidence"), (everywhere("Words."), table))
    made = document(replace(PAGE, sections=(section,)), ["en"])["blocks"]
    place = next(k for k, block in enumerate(made) if block.get("anchor") == "s-evidence")
    assert [block["kind"] for block in made[place : place + 3]] == ["heading", "prose", "body"]
    assert said(made[place + 2]["body"]["rows"][0][1]) == ["2"]
