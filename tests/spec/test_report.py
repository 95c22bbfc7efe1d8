"""The spec: every mistake is named at its place with what was probably meant, and all of them at once."""

import random
from dataclasses import replace

import pytest

from generator.build_options import BuildOptions
from generator.errors import GeneratorError, InputError
from generator.limits import Limits
from generator.methods import METHODS
from generator.shipped import TEMPLATES
from generator.spec.report import load
from generator.text import Text
from generator.yaml_source import ESCAPES
from tests.fixtures.spec_fixture import ANSWER, FIGURE, HEAD, figure, loaded, said_about, written


def test_every_problem_is_said_at_once(tmp_path):
    """One run names what is wrong in the head, in two figures and in the prose, in the order of the lines."""
    spec = (
        HEAD.replace("box:", "bax:")
        + FIGURE
        + "method: grad_cam\n      - {method: lime, target: x}\n    answer: '{{ y }}'"
    )
    lines = [int(line.split(":")[1]) for line in said_about(tmp_path, spec)]
    assert lines == [6, 10, 11, 12]


def test_a_missing_translation_is_a_warning(tmp_path):
    """It names the text, the language and the line; under --strict it is an error."""
    spec = HEAD + "  - id: q\n    title: {en: Question}\n"
    warning = "report.yaml:9:12: questions[0].title: no text in 'zh-Hant'; 'en' stands in"
    report = loaded(tmp_path, spec)
    assert [str(w).replace(f"{tmp_path}/", "") for w in report.warnings] == [warning]
    assert said_about(tmp_path, spec, strict=True) == [warning]
    assert loaded(tmp_path, spec, languages=("en",), strict=True).languages == ("en",)


def test_defaults_are_filled_in(tmp_path):
    """A short spec says everything: ids numbered by method, options with their defaults, names from ids."""
    report = loaded(
        tmp_path, HEAD + "  - id: q\n    figures: [{method: lime}, {method: lime}, {id: lime-3, method: lime}]\n"
    )
    assert list(report.figures) == ["lime", "lime-2", "lime-3"]
    lime = report.figures["lime-2"]
    assert lime.params["sign"] == "both"
    assert lime.params["segmentation"].algorithm == "slic"
    assert (lime.target, lime.against, lime.model, lime.runs) == ("label", None, ("model",), (lime.params,))
    assert report.questions[0].title == Text.of("q")
    assert [c.name for c in report.classes] == [Text.of("angry"), Text.of("happy")]
    assert report.evidence is not None
    assert report.evidence.images == 64
    assert report.data.source == "lfw"
    assert report.output == tmp_path / "site"


def test_an_empty_key_is_as_good_as_left_out(tmp_path):
    """A key whose lines are all commented out does not break the spec; null stays a value within params."""
    spec = HEAD + "  - id: q\n    answer:\n    figures: [{method: scorecam, caption: , params: {max_channels: null}}]\n"
    assert loaded(tmp_path, spec).figures["scorecam"].params["max_channels"] is None


def test_data_from_the_command_line(tmp_path):
    """--data replaces the path, and the source where the file is of another kind."""
    (tmp_path / "train.csv").touch()
    (tmp_path / "faces").mkdir()
    spec = (
        HEAD.replace("regions:", "data: {source: csv, path: not-here.csv, usage: PublicTest}\nregions:")
        + "  - {id: q}\n"
    )
    report = loaded(tmp_path, spec, data=tmp_path / "train.csv")
    assert (report.data.source, report.data.path, report.data.usage) == ("csv", tmp_path / "train.csv", "PublicTest")
    report = loaded(tmp_path, spec, data=tmp_path / "faces")
    assert (report.data.source, report.data.usage) == ("folder", None)
    assert said_about(tmp_path, spec, data=tmp_path / "x.csv") == ["--data x.csv: no such file or folder"]
    unnamed = tmp_path / "faces\udcff"
    unnamed.mkdir()
    said = said_about(tmp_path, spec, data=unnamed)
    assert said == ["--data faces\udcff: a name on this path is not UTF-8; rename it"]


def test_options_that_do_not_fit(tmp_path):
    """An unknown question or language of the command line is named."""
    spec = HEAD + "  - {id: lime}\n  - {id: filters}\n"
    assert said_about(tmp_path, spec, only=("filter",)) == [
        "--only: unknown question 'filter'; did you mean 'filters'?"
    ]
    assert said_about(tmp_path, spec, languages=("english",))[0].startswith("--languages: 'english' is not")
    assert [q.id for q in loaded(tmp_path, spec, only=("filters",)).built] == ["filters"]


def test_junk_never_ends_in_a_traceback(tmp_path):
    """Whatever is cut out of, doubled in or thrown into a spec, it loads or is refused by our own error."""
    whole = (HEAD + ANSWER % "{{ fig('lime') }}") + FIGURE.replace("id: q", "id: r") + "method: gradcam\n"
    chance = random.Random(0)
    pieces = [
        "[",
        "]",
        "{",
        "}",
        ":",
        "- ",
        "\n",
        "&a ",
        "*a",
        "null",
        "-1",
        "1e999",
        "'",
        '"',
        "|",
        "{{",
        "%}",
        "é",
        "\t",
        "!!set",
    ]
    refused = 0
    for _ in range(150):
        text = whole
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(pieces) * chance.randint(0, 2) + text[at + chance.choice((0, 1, 9)) :]
        try:
            load(written(tmp_path, text), BuildOptions())
        except GeneratorError as error:
            refused += 1
            assert str(error)
    assert refused > 50


def test_a_language_needs_its_words(tmp_path):
    """One without a file of words is refused before anything is computed; what a file lacks is a warning."""
    spec = HEAD.replace("[zh-Hant, en]", "[en, de]") + "  - id: q\n"
    assert said_about(tmp_path, spec) == [
        "report.yaml:2:12: languages: no words for the language 'de': add templates/words/de.yaml beside the spec"
        "; `python -m generator words de` writes one to fill in"
    ]
    (tmp_path / "templates" / "words").mkdir(parents=True)
    (tmp_path / "templates" / "words" / "de.yaml").write_text("page: {contents: Inhalt}\n")
    warnings = [str(warning) for warning in loaded(tmp_path, spec).warnings]
    assert any("templates/words/de.yaml lacks" in warning and "English stands in" in warning for warning in warnings)


def test_templates_beside_a_spec_are_read_with_it(tmp_path):
    """Words of a language that the project speaks too, and layouts: a mistake is told before anything is computed."""
    spec = HEAD + "  - id: q\n"
    (tmp_path / "templates" / "words").mkdir(parents=True)
    (tmp_path / "templates" / "words" / "en.yaml").write_text("figure: {label: '{m}'}")
    assert said_about(tmp_path, spec)[0].endswith("words/en.yaml:1:17: figure.label: unknown place '{m}'; it has {n}")
    (tmp_path / "templates" / "words" / "en.yaml").write_text("figure: {label: '{n}'}")
    (tmp_path / "templates" / "page.html").write_text("\n{% if %}")
    with pytest.raises(InputError, match=r"page\.html:2: "):
        loaded(tmp_path, spec)


def test_a_further_language_needs_words_for_the_methods_of_the_report(tmp_path, monkeypatch):
    """Those that it uses, by title and summary, once each; a plugin brings its own, and ours have both languages."""
    own = replace(METHODS["lime"], name="mine", title=Text({"de": "Meine"}), summary=Text.of("Mine."))
    monkeypatch.setitem(METHODS, "mine", own)
    spec = figure("method: saliency") + "      - {method: saliency}\n      - {method: mine}\n"
    words = tmp_path / "templates" / "words"
    words.mkdir(parents=True)
    complete = (TEMPLATES / "words" / "en.yaml").read_text(encoding="utf-8")
    said = {}
    for known in ("", "  saliency: {title: Salienz}\n", "  saliency: {title: Salienz, summary: Was zählt.}\n"):
        text = complete.replace("\nmethod:\n", f"\nmethod:\n{known}")
        (words / "de.yaml").write_text(text, encoding="utf-8")
        warnings = loaded(tmp_path, spec.replace("[zh-Hant, en]", "[en, de]")).warnings
        said[known] = [w.message for w in warnings if w.path == "languages"]
    cure = "English stands in; `python -m generator words de` writes them all"
    assert list(said.values()) == [
        [f"templates/words/de.yaml lacks 2 words, such as 'method.saliency.title'; {cure}"],
        [f"templates/words/de.yaml lacks 1 words, such as 'method.saliency.summary'; {cure}"],
        [],
    ]
    assert loaded(tmp_path, spec).warnings == ()


def test_later_stages_report_at_the_line(tmp_path):
    """What only the model or the data can tell is said at the key that asked for it, or what holds it."""
    report = loaded(tmp_path, figure("method: gradcam\nparams: {layer: conv9}"))
    problem = report.figure_problem("gradcam", "params.layer", "unknown layer 'conv9'")
    assert str(problem).endswith("report.yaml:11:25: questions[0].figures[0].params.layer: unknown layer 'conv9'")
    assert report.problem("questions[0].figures[0].images.index", "x").line == 10


def test_every_text_has_its_path(tmp_path):
    """Also within questions, their figures, classes, regions and models; what the pictures show is one, too."""
    spec = figure("method: lime\ncaption: {en: Words, zh-Hant: 字}").replace("keras}", "keras, name: Small}")
    report = loaded(tmp_path, spec + "things: digits\n")
    texts = {path: text.in_language("en") for path, text in report.texts() if text}
    assert texts == {
        "title": "Report",
        "things": "digits",
        "model.name": "Small",
        "classes[0].name": "angry",
        "classes[1].name": "happy",
        "regions.eyes.name": "eyes",
        "questions[0].title": "q",
        "questions[0].figures[0].caption": "Words",
    }


@pytest.mark.parametrize(
    ("models", "paths"),
    [
        ("{a: {path: model.keras, name: A}, b: {path: model.keras}}", ["models.a", "models.b"]),
        ("[{id: a, path: model.keras, name: A}, {path: model.keras, name: b}]", ["models[0]", "models[1]"]),
    ],
)
def test_several_models_have_the_paths_of_the_spec(tmp_path, models, paths):
    """By name or in a list."""
    report = loaded(tmp_path, HEAD.replace("model: {path: model.keras}", f"models: {models}") + "  - {id: q}\n")
    assert dict(report.model_paths) == dict(zip("ab", paths, strict=True))
    assert f"{paths[0]}.name" in dict(report.texts())


def test_its_files_are_those_it_names(tmp_path):
    """The spec, the model, its statistics, the data and the evaluation; the faces that come along are no file."""
    for name in ("mean.npy", "train.npz", "evaluation.csv"):
        (tmp_path / name).touch()
    head = HEAD.replace("model.keras}", "model.keras, preprocess: {mean: mean.npy}}")
    head = head.replace("regions:", "data: {source: npz, path: train.npz}\nevaluation: evaluation.csv\nregions:")
    named = {path.name for path in loaded(tmp_path, head + "  - {id: q}\n").inputs}
    assert named >= {"report.yaml", "model.keras", "mean.npy", "train.npz", "evaluation.csv"}
    assert {path.name for path in loaded(tmp_path, HEAD + "  - {id: q}\n").inputs} == {
        "report.yaml", "model.keras", "templates",
    }  # fmt: skip


def test_questions_may_be_left_out(tmp_path):
    """`--only` builds some; the others stay, so that figures may refer to them."""
    report = loaded(tmp_path, HEAD + "  - {id: one}\n  - {id: two}\n", only=("two",))
    assert [question.id for question in report.built] == ["two"]
    assert [question.id for question in report.questions] == ["one", "two"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("figure1.pgn", "no such file or folder: 'figure1.pgn'; did you mean 'figure1.png'?"),
        ("'figs\\table.png'", "no such file or folder: 'figs\\table.png'; did you mean 'figs/table.png'?"),
        ('"figs\\table.png"', f"'figs\\table.png': {ESCAPES}"),
    ],
)
def test_a_file_that_a_figure_names_is_looked_for(tmp_path, path, said):
    """As a model or data are, before anything is computed."""
    (tmp_path / "figs").mkdir()
    for name in ("figure1.png", "figs/table.png"):
        (tmp_path / name).touch()
    assert said_about(tmp_path, figure(f"method: picture\nparams: {{path: {path}}}")) == [
        f"report.yaml:11:24: questions[0].figures[0].params.path: {said}"
    ]


COSTLY = """\
from generator.methods import method
from generator.text import Text

@method(kind="attribution", access="predictions", title=Text.of("x"), summary=Text.of("x"), paper="", {cost})
def costly(request, *, steps: int = 3):
    \"\"\"A method of one's own.\"\"\"
"""


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (
            "passes=lambda params, images: params['samples']",
            "`passes` of the method 'costly' fails: KeyError: 'samples'",
        ),
        ("passes=lambda params, images: 'many'", "`passes` of the method 'costly' has to give a number, not 'many'"),
        ("passes=lambda params, images, size: -1", "`passes` of the method 'costly' has to give a number, not -1"),
        (
            "passes=lambda params, images: 1, aside=lambda params: 1 / 0",
            "`aside` of the method 'costly' fails: ZeroDivisionError: division by zero",
        ),
    ],
)
def test_what_a_plugin_says_of_its_cost_is_tried(tmp_path, cost, said):
    """At the line of the figure that asks for it, with its own parameters, and before anything is computed."""
    (tmp_path / "mine.py").write_text(COSTLY.format(cost=cost))
    spec = HEAD.replace("regions:", "plugins: [mine.py]\nregions:") + "  - id: q\n    figures: [{method: costly}]\n"
    try:
        assert said_about(tmp_path, spec, trust_plugins=True) == [
            f"report.yaml:10:24: questions[0].figures[0].method: {said}"
        ]
    finally:
        METHODS.pop("costly", None)


def test_limits_are_those_of_the_spec(tmp_path):
    """In numbers or as a text with its unit; what is not said keeps its default."""
    spec = HEAD.replace("regions:", "limits: {file: 2 GB, pixels: 5}\nregions:") + "  - {id: q}\n"
    assert loaded(tmp_path, spec).limits == Limits(file=2 * 10**9, pixels=5)
    wrong = spec.replace("2 GB", "much").replace("pixels: 5", "pixels: 0")
    assert said_about(tmp_path, wrong) == [
        "report.yaml:5:16: limits.file: 'much' is no size; 4 GB and 500 MB are",
        "report.yaml:5:30: limits.pixels: has to be at least 1, not 0",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "title: {en: Saliency, maps and more}",
            "1:1: title: 'maps and more' is a key of its own; a text with a comma in it, within braces, stands in",
        ),
        ("title: {en: T, zh-Hant: }", ""),
        ("title: T\nmodle:", "2:1: modle: unknown key 'modle'; did you mean 'model'?"),
        ("title: T\nauthor: {name: Ann, and others}", "within braces, stands in quotes"),
        (
            "title: Task #1 of two",
            "1:8: title: 'Task' is all of this text: behind ' #' stands a comment; put it in quotes",
        ),
        ("title: Task # a comment", ""),
        ("title: T\nseed:", ""),
    ],
)
def test_no_text_is_lost(tmp_path, line, message):
    """A key that nobody knows is refused without a value too: it is often the rest of a text."""
    said = said_about(tmp_path, HEAD.replace("title: {zh-Hant: 報告, en: Report}", line, 1) + "  - {id: q}\n")
    assert [one.partition(message)[1] for one in said] == ([message] if message else [])
