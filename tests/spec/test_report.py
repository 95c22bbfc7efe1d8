"""A loaded report: what later stages ask of it."""

from pathlib import Path

from tests.fixtures.spec_fixture import HEAD, figure, loaded


def test_later_stages_report_at_the_line(tmp_path):
    """What only the model or the data can tell is said at the key that asked for it, or what holds it."""
    report = loaded(tmp_path, figure("method: gradcam\nparams: {layer: conv9}"))
    problem = report.figure_problem("gradcam", "params.layer", "unknown layer 'conv9'")
    assert str(problem).endswith("report.yaml:11:25: questions[0].figures[0].params.layer: unknown layer 'conv9'")
    assert report.problem("questions[0].figures[0].images.index", "x").line == 10


def test_every_text_has_its_path(tmp_path):
    """Also within questions, their figures, classes and regions."""
    report = loaded(tmp_path, figure("method: lime\ncaption: {en: Words, zh-Hant: 字}"))
    texts = {path: text.in_language("en") for path, text in report.texts() if text}
    assert texts == {
        "title": "Report",
        "classes[0].name": "angry",
        "classes[1].name": "happy",
        "regions[0].name": "eyes",
        "questions[0].title": "q",
        "questions[0].figures[0].caption": "Words",
    }


def test_its_files_are_those_it_names(tmp_path):
    """The spec, the model, its statistics, the data and the evaluation; the faces that come along are no file."""
    for name in ("mean.npy", "train.npz", "evaluation.csv"):
        (tmp_path / name).touch()
    head = HEAD.replace("model.keras}", "model.keras, preprocess: {mean: mean.npy}}")
    head = head.replace("regions:", "data: {source: npz, path: train.npz}\nevaluation: evaluation.csv\nregions:")
    named = {path.name for path in loaded(tmp_path, head + "  - {id: q}\n").inputs}
    assert named >= {"report.yaml", "model.keras", "mean.npy", "train.npz", "evaluation.csv"}
    assert all(isinstance(path, Path) for path in loaded(tmp_path, HEAD + "  - {id: q}\n").inputs)


def test_questions_may_be_left_out(tmp_path):
    """`--only` builds some; the others stay, so that figures may refer to them."""
    report = loaded(tmp_path, HEAD + "  - {id: one}\n  - {id: two}\n", only=("two",))
    assert [question.id for question in report.built] == ["two"]
    assert [question.id for question in report.questions] == ["one", "two"]
