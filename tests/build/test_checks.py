"""What a build says of its spec, model and data before anything is computed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from generator.build.cache import Cache
from generator.build.checks import check, preflight
from generator.build.study import Study
from generator.build_options import BuildOptions
from generator.classifier import Layer, ModelFacts
from generator.cli import main
from generator.errors import SpecError
from generator.methods import METHODS
from generator.model.keras_door import keras
from generator.samples import Frame, Samples
from tests.fixtures.spec_fixture import HEAD, loaded


def subject(*layers: str) -> SimpleNamespace:
    """A model of two classes that is known by its layers alone."""
    known = tuple(Layer(name, "Conv2D", (4, 4, 1)) for name in layers)
    facts = ModelFacts((4, 4, 1), 2, False, known, 0, 0, "3")
    samples = Samples(np.zeros(1, np.int64), np.zeros(1, np.int64), lambda at: [], "here", "")
    return SimpleNamespace(
        facts=facts,
        frame=Frame(facts.input_shape),
        key="",
        folder=None,
        data=SimpleNamespace(digest="", samples=samples),
    )


def test_an_unknown_layer_is_said_of_its_model(tmp_path):
    """Where there are several, whether a figure names both or one; of the only model the name is of no use."""
    both = HEAD.replace("model: {path: model.keras}", "models: {old: {path: model.keras}, new: {path: model.keras}}")
    layers = {"old": ("first", "second"), "new": ("first",), "model": ("first",)}
    asked = "  - id: q\n    figures: [{method: filters, model: %s, params: {layer: second}}]\n"

    def said(spec: str) -> list[str]:
        report = loaded(tmp_path, spec)
        subjects = {model.id: subject(*layers[model.id]) for model in report.models}
        study = Study(("a", "b"), subjects, METHODS, Cache(None), 0, {}, report.figures)
        with pytest.raises(SpecError) as error:
            preflight(report, study)
        return [problem.message for problem in error.value.problems]

    alone = "unknown layer 'second'; known: first"
    assert said(both + asked % "[old, new]") == said(both + asked % "new") == [f"model 'new': {alone}"]
    assert said(HEAD + asked.replace("model: %s, ", "")) == [alone]


def test_a_layer_that_is_no_map_is_said_of_class_activation(tmp_path):
    """Before anything is computed: the named one, or that there is none at all."""
    figures = "{method: gradcam}, {method: layercam, params: {layer: first}}"
    report = loaded(tmp_path, HEAD + f"  - {{id: q, figures: [{figures}]}}\n")
    one = subject("first")
    one.predict = lambda positions: np.full((len(positions), 2), 0.5, np.float32)
    study = Study(report.class_ids, {"model": one}, METHODS, Cache(None), 0, {}, report.figures)
    with pytest.raises(SpecError) as error:
        preflight(report, study)
    said = [problem.message for problem in error.value.problems]
    assert any(message.startswith("this model has no convolution whose output is a map") for message in said)
    assert any(message.startswith("the output of 'first' (4×4×1) is not a map one can point at") for message in said)


@pytest.mark.parametrize("outputs", [2, 4, 7])
def test_another_number_of_outputs_than_classes_is_said_before_any_picture_is_chosen(outputs, tmp_path):
    """Whether more or fewer are named: what the model predicts could not be read by them."""
    spec = HEAD.replace("classes: [", "classes: [more, ") + "  - {id: q, figures: [{method: saliency}]}\n"
    report = loaded(tmp_path, spec)
    assert len(report.classes) == 3
    one = subject("first")
    one.facts = replace(one.facts, n_classes=outputs)
    study = Study(report.class_ids, {"model": one}, METHODS, Cache(None), 0, {}, report.figures)
    with pytest.raises(SpecError) as error:
        preflight(report, study)
    said = f"3 classes are named and the model has {outputs} outputs; name each in their order"
    assert [problem.message for problem in error.value.problems] == [said]
    one.facts = replace(one.facts, n_classes=2, one_output=True)
    with pytest.raises(SpecError) as error:
        preflight(report, study)
    said = "one output; a sigmoid tells two classes apart: name both; a value has none: leave `classes` out"
    assert [problem.message for problem in error.value.problems] == [f"3 classes are named and the model has {said}"]


def test_what_the_data_leave_open_is_asked_at_their_line(tmp_path, capsys):
    """`check` asks without opening the model, `--strict` refuses, and an answer in the spec ends it."""
    np.savez(tmp_path / "faces.npz", x=np.arange(224, 256, dtype=np.uint8).reshape(2, 4, 4), y=[1, 1])
    spec = HEAD.replace("classes: [angry, happy]", "data: {source: npz, path: faces.npz}\nclasses: ['1', '2']")
    spec += "  - {id: q, figures: [{method: saliency}]}\n"
    quick = BuildOptions(formats=("html",))
    report = loaded(tmp_path, spec)
    assert check(report, quick, with_model=False) == "ok"
    line = spec[: spec.index("data:")].count("\n") + 1
    assert f"report.yaml:{line}:7: data: label 1 is read as '1'" in capsys.readouterr().err
    with pytest.raises(SpecError, match="say in `data` which"):
        check(report, replace(quick, strict=True), with_model=False)
    check(loaded(tmp_path, spec.replace("faces.npz}", "faces.npz, labels: names}")), quick, with_model=False)
    assert capsys.readouterr().err == ""


def test_data_that_cannot_be_read_are_said_without_the_model(tmp_path):
    """At the line of `data`, by `check` alone."""
    np.savez(tmp_path / "faces.npz", x=np.zeros((2, 4, 4), np.uint8), y=[1, 7])
    spec = HEAD.replace("classes:", "data: {source: npz, path: faces.npz}\nclasses:")
    report = loaded(tmp_path, spec + "  - {id: q, figures: [{method: saliency}]}\n")
    with pytest.raises(SpecError, match=r"data: .*y\[1\]: label 7 with 2 classes"):
        check(report, BuildOptions(formats=("html",)), with_model=False)


def test_training_data_that_cannot_be_read_are_said_at_their_line(tmp_path):
    """By `check` already, not when the evidence is measured."""
    (tmp_path / "train.csv").write_text("label,pixels\n9,1 2 3 4\n")
    spec = HEAD.replace("classes:", "data: {source: lfw, training: train.csv}\nclasses:")
    report = loaded(tmp_path, spec + "  - {id: q, figures: [{method: saliency}]}\n")
    with pytest.raises(SpecError, match=r"data.training: .*row 0 \(line 2\): label 9 with 2 classes"):
        check(report, BuildOptions(formats=("html",)), with_model=False)


MISFITS = {
    "{method: gradcam}": "params.layer: this model has no convolution whose output is a map",
    "{method: occlusion, params: {patch: 99}}": "params.patch: a patch of 99 pixels hides the whole picture of 8×8",
    "{method: embedding, images: {index: 1}}": "images: an embedding needs at least 5 images, this figure has 1",
    "{method: filters}": "params.layer: this model has no convolution; name a layer",
    "{method: feature_maps, params: {layer: hidden}}": "params.layer: the output of 'hidden' (6) has no height",
    "{method: class_maximization, params: {classes: [7]}}": "params.classes: the model has 2 classes, 0 to 1; there",
    "{method: saliency, images: {index: 77}}": "images: faces.npz: there is no image with the index 77",
    "{method: lime}": "",
    "{method: saliency, target: each}": "",
    "{method: saliency, images: {index: [0, 1]}, export: a.png}": "export: 'a.png' names several pictures 'a.png'; add",
    "{method: saliency, images: {index: [0, 1]}, export: 'map_{index}.png'}": "",
    "{method: saliency, images: {index: 2}, export: one.png}": "",
}


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_what_a_figure_asks_for_and_is_not_there_is_found_before_anything_is_computed(tmp_path, capsys):
    """All at once, each at its key; a check with the model says what the build would say."""
    stack = [keras.layers.Flatten(), keras.layers.Dense(6, "relu", name="hidden"), keras.layers.Dense(2, "softmax")]
    keras.Sequential([keras.Input((8, 8, 1)), *stack]).save(tmp_path / "model.keras")
    np.savez(tmp_path / "faces.npz", x=np.random.default_rng(0).integers(0, 256, (6, 8, 8), np.uint8))
    figures = "".join(f"      - {figure}\n" for figure in MISFITS)
    spec = HEAD.replace("keras}", "keras}\ndata: {source: npz, path: faces.npz}")
    (tmp_path / "report.yaml").write_text(spec + "  - id: q\n    figures:\n" + figures, encoding="utf-8")
    words = []
    for command in (["check", "--model"], []):
        assert main([*command, str(tmp_path / "report.yaml")]) == 2
        words.append(capsys.readouterr().err.splitlines())
    assert words[0] == words[1]
    expected = {n: message for n, message in enumerate(MISFITS.values()) if message}
    assert len(words[0]) == len(expected)
    for line, (number, message) in zip(words[0], expected.items(), strict=True):
        assert f": questions[0].figures[{number}].{message}" in line.replace(f"{tmp_path}/", "")


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
@pytest.mark.parametrize(
    ("head", "said"),
    [
        ((2, "tanh"), "the model ends with tanh (layer `head`), whose outputs are no probabilities; what the report "
         "calls probability is a softmax of them: let the model end with softmax, or with linear scores"),
        ((1, "tanh"), "the model ends with tanh (layer `head`), whose outputs are no probabilities; what the report "
         "calls probability is a sigmoid of them: let the model end with sigmoid, or with linear scores"),
        ((2, "linear"), ""),
        ((2, "softmax"), ""),
        ((1, "sigmoid"), ""),
    ],
)  # fmt: skip
def test_outputs_that_are_no_probabilities_are_said_at_the_model(head, said, tmp_path, capsys):
    """By a check with the model, which `--strict` refuses; linear scores and probabilities pass."""
    stack = [keras.layers.Flatten(), keras.layers.Dense(head[0], head[1], name="head")]
    keras.Sequential([keras.Input((8, 8, 1)), *stack]).save(tmp_path / "model.keras")
    np.savez(tmp_path / "faces.npz", x=np.random.default_rng(0).integers(0, 256, (6, 8, 8), np.uint8))
    spec = HEAD.replace("keras}", "keras}\ndata: {source: npz, path: faces.npz}")
    (tmp_path / "report.yaml").write_text(spec + "  - {id: q, figures: [{method: saliency}]}\n", encoding="utf-8")
    command = ["check", "--model", str(tmp_path / "report.yaml")]
    assert main(command) == 0
    assert said in (words := capsys.readouterr().err) and ("no probabilities" in words) == bool(said)
    if said:
        assert ":3:15: model.path: the model ends with" in words
        assert main([*command, "--strict"]) == 2


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_the_value_of_a_regression_may_be_of_any_size(tmp_path, capsys):
    """It is no probability, and nobody calls it one."""
    stack = [keras.layers.Flatten(), keras.layers.Dense(1, "relu", name="head")]
    keras.Sequential([keras.Input((8, 8, 1)), *stack]).save(tmp_path / "model.keras")
    np.savez(tmp_path / "faces.npz", x=np.random.default_rng(0).integers(0, 256, (6, 8, 8), np.uint8))
    spec = HEAD.replace("classes: [angry, happy]", "data: {source: npz, path: faces.npz}")
    (tmp_path / "report.yaml").write_text(spec + "  - {id: q, figures: [{method: saliency}]}\n", encoding="utf-8")
    assert main(["check", "--model", str(tmp_path / "report.yaml")]) == 0
    assert "no probabilities" not in capsys.readouterr().err


@pytest.mark.parametrize(("content", "said"), [(b"", "an empty file"), (b"PK\3\4 cut", "cut off after 8 bytes")])
def test_a_model_file_that_cannot_be_opened_is_said_without_opening_it(content, said, tmp_path):
    """At its line, together with what is wrong with the data; where no figure asks for it, it is not looked at."""
    np.savez(tmp_path / "faces.npz", x=np.zeros((2, 4, 4), np.uint8), y=[1, 7])
    spec = HEAD.replace("classes:", "data: {source: npz, path: faces.npz}\nclasses:")
    report = loaded(tmp_path, spec + "  - {id: q, figures: [{method: saliency}]}\n")
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(SpecError) as error:
        check(report, BuildOptions(formats=("html",)), with_model=False)
    assert [problem.path for problem in error.value.problems] == ["model.path", "data"]
    assert f"{tmp_path / 'model.keras'}: {said}" in error.value.problems[0].message
    bare = loaded(tmp_path, HEAD + "  - {id: q}\n")
    (tmp_path / "model.keras").write_bytes(content)
    assert check(bare, BuildOptions(formats=("html",)), with_model=False) == "ok"


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
@pytest.mark.parametrize("form", ["check", "check --model", ""])
def test_files_that_cannot_be_read_are_said_where_they_are_named(form, tmp_path, capsys):
    """Statistics, logs and pictures, by a check without the model too."""
    np.save(tmp_path / "mean.npy", np.full((8, 8), np.nan))
    (tmp_path / "log.csv").write_text("epoch,loss\n1,2\n2\n")
    (tmp_path / "drawing.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0")
    keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")]).save(
        tmp_path / "model.keras"
    )
    files = "{method: training_curves, params: {path: log.csv}}, {method: picture, params: {path: drawing.png}}"
    head = HEAD.replace("keras}", "keras, preprocess: {mean: mean.npy}}")
    (tmp_path / "report.yaml").write_text(head + f"  - id: q\n    figures: [{files}, {{method: saliency}}]\n")
    assert main([*form.split(), str(tmp_path / "report.yaml")]) == 2
    err = capsys.readouterr().err
    assert "questions[0].figures[0].params.path: " in err and "log.csv:3: 1 values under 2 names" in err
    assert "questions[0].figures[1].params.path: " in err and "drawing.png: not a picture" in err
    assert "preprocess" in err and "mean.npy: preprocess.mean: some of its values are no numbers" in err
    assert "Traceback" not in err
