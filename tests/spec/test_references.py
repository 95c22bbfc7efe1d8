"""What parts of a spec and its prose call each other is checked before anything is computed."""

import pytest

from tests.fixtures.spec_fixture import ANSWER, HEAD, figure, loaded, said_about


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("and {{ acuracy() }}", "14:16: questions[0].answer.en: 'acuracy' is undefined; did you mean 'accuracy'?"),
        ("{{ fig('lme') }}", "14:17: questions[0].answer.en: fig(): unknown figure 'lme'; did you mean 'lime'?"),
        ("{{ recall('sad') }}", "14:20: questions[0].answer.en: recall(): unknown class 'sad'; known: angry, happy"),
        ("{{ area('eye') }}", "14:18: questions[0].answer.en: area(): unknown region 'eye'; did you mean 'eyes'?"),
        ("{{ gap('lim') }}", "14:17: questions[0].answer.en: gap(): unknown figure 'lim'; did you mean 'lime'?"),
        ("{{ agree('lime', 'x') }}", "14:27: questions[0].answer.en: agree(): unknown figure 'x'; known: lime"),
        (
            "{{ verdict('lime', 'faithfull') }}",
            "14:29: questions[0].answer.en: verdict(): unknown check 'faithfull'; did you mean 'faithful'?",
        ),
        ("{{ 1 | percent }}", "14:9: questions[0].answer.en: No filter named 'percent'."),
        ("{{ accuracy( }}", "14:9: questions[0].answer.en: unexpected '}', expected ')'"),
        (
            "{{ nothing_alike }}",
            "14:12: questions[0].answer.en: 'nothing_alike' is undefined; docs/spec.md lists the names",
        ),
    ],
)
def test_prose_is_checked_at_its_own_line(tmp_path, line, message):
    """A mistake within a block of prose is found at the line of the block and the word in it."""
    assert said_about(tmp_path, HEAD + ANSWER % line) == [f"report.yaml:{message}"]


def test_one_mistake_is_told_once(tmp_path):
    """A figure whose method is misspelt has no name yet, so that what refers to it is left alone."""
    said = said_about(tmp_path, HEAD + (ANSWER % "{{ fig('lime') }}").replace("method: lime", "method: lyme"))
    assert said == ["report.yaml:9:24: questions[0].figures[0].method: unknown method 'lyme'; did you mean 'lime'?"]


def test_what_a_function_takes_by_default_may_be_said(tmp_path):
    """`all` is no class, and yet a region's share may be asked for all of them."""
    assert said_about(tmp_path, HEAD + ANSWER % "{{ region_share('lime', 'eyes', 'all') }}") == []


def test_a_default_id_leaves_given_ones_alone(tmp_path):
    """A figure that is named after the method later on keeps its id."""
    report = loaded(tmp_path, HEAD + "  - id: q\n    figures: [{method: lime}, {id: lime, method: lime}]\n")
    assert list(report.figures) == ["lime-2", "lime"]


def test_a_score_that_is_no_class_has_no_target(tmp_path):
    """The sum of all scores is the same whichever class is named."""
    said = said_about(tmp_path, figure("method: saliency\nparams: {score: sum}\ntarget: happy"))
    assert said == [
        "report.yaml:12:9: questions[0].figures[0].target: 'target' has no meaning with `score: sum`: "
        "the scores of all classes are added up"
    ]


@pytest.mark.parametrize("classes", ["", "classes: [age]\n"])
def test_without_classes_nothing_may_ask_for_them(classes, tmp_path):
    """A value has no second class, no mistakes and no probability; a target that names it is itself."""
    asked = {
        "target: each": "target: 'each'",
        "against: second": "against: 'second'",
        "params: {score: loss}": "params.score: 'loss'",
        "params: {score: probability}": "params.score: 'probability'",
        "images: {select: mistakes}": "images.select: 'mistakes'",
        "images: {correct: true}": "images.correct: 'True'",
        "target: label": "",
        "images: {select: last, per_class: 2}": "",
    }
    for words, message in asked.items():
        spec = figure(f"method: occlusion\n{words}").replace("classes: [angry, happy]\n", classes)
        said = said_about(tmp_path, spec)
        assert len(said) == bool(message), said
        assert not message or f"figures[0].{message} is of classes, and this model has none" in said[0]
    report = loaded(tmp_path, figure("method: lime").replace("classes: [angry, happy]\n", classes))
    assert report.regression and report.class_words == () and report.evidence is None
    assert report.class_ids == (("age",) if classes else ("value",))
    assert report.figures["lime"].params["score"] == "logit"


def test_an_evaluation_needs_classes(tmp_path):
    """Of a value nobody counts what is right."""
    (tmp_path / "predicted.csv").write_text("y_true,y_pred\n", encoding="utf-8")
    spec = figure("method: lime").replace("classes: [angry, happy]\n", "evaluation: predicted.csv\n")
    (said,) = said_about(tmp_path, spec)
    assert said.endswith("evaluation: an evaluation is of classes, and none are named; leave it out")


def test_a_map_for_each_of_many_classes_is_refused(tmp_path):
    """A hundred beside every image are no page; thirty are."""
    for count, expected in ((30, 0), (31, 1), (1000, 1)):
        classes = ", ".join(f"k{k}" for k in range(count))
        spec = figure("method: saliency\ntarget: each").replace("[angry, happy]", f"[{classes}]")
        said = said_about(tmp_path, spec)
        assert len(said) == expected
        assert not said or f"`each` makes {count:,} maps of every image; take `predicted`, or a figure for" in said[0]


def test_two_figures_cannot_have_one_export(tmp_path):
    """The second would replace the first."""
    second = "      - {method: saliency, export: {file: a.jpg}}\n"
    assert said_about(tmp_path, figure("method: lime\nexport: a.jpg") + second) == [
        "report.yaml:12:36: questions[0].figures[1].export: 'a.jpg' is already the export of figure 'lime'"
    ]


def test_names_with_fields_may_be_the_same(tmp_path):
    """One figure may show the happy ones and the other the angry ones: the pictures decide."""
    second = "      - {method: saliency, export: '{class_id}.jpg', images: {classes: [angry]}}\n"
    first = figure("method: lime\nexport: '{class_id}.jpg'\nimages: {classes: [happy]}")
    assert said_about(tmp_path, first + second) == []


def test_evidence_that_is_asked_for_of_a_value_is_answered(tmp_path):
    """At its line; nobody is told who did not ask, or said `false`."""
    value = figure("method: lime").replace("classes: [angry, happy]\n", "%s")
    said = {
        asked: [
            f"{one.path}: {one.message}" for one in loaded(tmp_path, value % asked).warnings if "evidence" in one.path
        ]
        for asked in ("", "evidence: false\n", "evidence: true\n", "evidence: {images: 20}\n")
    }
    message = "evidence: a value is explained, of which no evidence is measured; leave it out"
    assert [*said.values()] == [[], [], [message], [message]]
    assert not any("evidence" in one.path for one in loaded(tmp_path, figure("method: lime")).warnings)


@pytest.mark.parametrize("method", ["[lime]", "{lime: 1}", "[[lime]]"])
def test_a_method_that_is_no_word_is_one_mistake(tmp_path, method):
    """A list or mapping where a name belongs: the grammar says so, whatever else asks for the name."""
    said = said_about(tmp_path, figure(f"method: {method}"))
    assert len(said) == 1
    assert "has to be a text" in said[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{ recall() }}", "14:12: questions[0].answer.en: recall(class_id): missing a required argument: 'class_id'"),
        ("{% if false %}{{ recall(3) }}{% endif %}", "class_id has to be a text, not 3"),
        ("{{ recall(class_id='sad') }}", "unknown class 'sad'; known: angry, happy"),
        ("{{ gap('lime').hight }}", "a claim has no 'hight'; docs/spec.md lists what it has"),
        ("{{ strongest('lime') }}", "figure 'lime' has no patterns of filters or classes"),
        ("{{ accuracy()|round('x') }}", "cannot be interpreted as an integer"),
        ("{{ area }}", "'area' is a function, and no value: it is called, as area(…)"),
        ("{{ [area] }}", "'area' is a function, and no value"),
        ("{{ range }}", "'this' is a function, and no value"),
        ("{{ accuracy().known }} {{ accuracy.known }}", "has no attribute 'known'"),
        ("{% include 'x' %}", "a text cannot include, import or extend another"),
    ],
)
def test_calls_are_checked_against_their_functions(tmp_path, line, message):
    """In branches that are never taken too; what no value would mend is found by rendering with values made up."""
    said = said_about(tmp_path, HEAD + ANSWER % line)
    assert len(said) == 1
    assert message in said[0]
