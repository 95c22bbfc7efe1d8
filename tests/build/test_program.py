"""The whole way: a spec, a real Keras model and real faces become a site; a mistake leaves the old one untouched."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from generator.build import program
from generator.cli import main
from generator.methods import METHODS, load_all
from tests.fixtures.stock import keras_library, saved
from tests.fixtures.tiny_models import KERAS_COPIES

load_all()

SPEC = """\
version: 1
title: {zh-Hant: 測試報告, en: Test report}
languages: [zh-Hant, en]
model: {path: model.keras, preprocess: {scale: [0, 1]}}
data: {source: npz, path: faces.npz}
classes:
  - {id: left, name: {zh-Hant: 左, en: Left}}
  - {id: right, name: {zh-Hant: 右, en: Right}}
  - {id: both, name: {zh-Hant: 兩邊, en: Both}}
evidence: false
regions:
  top: {name: {zh-Hant: 上半, en: top}, box: [0, 0, 1, 0.5]}
questions:
  - id: where
    points: 2
    title: {zh-Hant: 看哪裡, en: Where it looks}
    prompt: {zh-Hant: 看哪裡？, en: "Where does it look?"}
    figures:
      - method: saliency
        export: fig1_{class_index}.jpg
      - {method: gradcam, images: {same_as: saliency}}
    answer:
      zh-Hant: "{{ fig('saliency') }}的機率是 {{ probability('saliency', 'left') }}。"
      en: "{{ fig('saliency') }} gives {{ probability('saliency', 'left') }}."
  - id: how
    title: {zh-Hant: 怎麼看, en: How it looks}
    figures:
      - {id: patterns, method: filters, params: {filters: 2, steps: 2}, export: fig2.jpg}
      - method: confusion_matrix
    answer: {zh-Hant: "正確率 {{ accuracy() }}。", en: "Accuracy {{ accuracy() }}."}
"""


def save_model(path: Path, outputs: int = 3) -> None:
    """A small CNN on 12×12 grey pictures."""
    keras = keras_library()
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((12, 12, 1)),
        keras.layers.Conv2D(4, 3, activation="relu", name="conv1"),
        keras.layers.Conv2D(6, 3, activation="relu", name="conv2"),
        keras.layers.GlobalAveragePooling2D(name="pool"),
        keras.layers.Dense(outputs, activation="softmax", name="scores"),
    ]
    saved(keras.Sequential(layers), path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with a model, labelled faces and a spec that builds."""
    from skimage.data import lfw_subset

    folder = tmp_path_factory.mktemp("report")
    save_model(folder / "model.keras")
    faces = (lfw_subset()[:30] * 255).astype(np.uint8)
    np.savez(folder / "faces.npz", x=faces, y=np.arange(30) % 3)
    (folder / "report.yaml").write_text(SPEC, encoding="utf-8")
    assert main([str(folder / "report.yaml"), "--formats", "html,md", "-q"]) == 0
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_site_has_every_form_and_every_file_of_the_manifest(folder):
    """Pages in each language, Markdown, pictures, exports and a manifest that names them."""
    files = contents(folder / "site")
    wanted = {"index.html", "zh-Hant/index.html", "en/index.html", "report.zh-Hant.md", "report.en.md", ".nojekyll"}
    wanted |= {"exports/fig1_0.jpg", "exports/fig1_1.jpg", "exports/fig1_2.jpg", "exports/fig2.jpg"}
    assert wanted <= set(files)
    record = json.loads(files["manifest.json"])
    assert [figure["id"] for figure in record["figures"]] == ["saliency", "gradcam", "patterns", "confusion_matrix"]
    named = {name for figure in record["figures"] for name in figure["files"]}
    assert named == {name for name in files if name.startswith("figures/")}
    assert set(record["sha256"]) == {"model", "data", "spec"} and record["seed"] == 0


def test_the_prose_quotes_what_the_manifest_says(folder):
    """The probability in the answer is the one of the image beside it."""
    record = json.loads((folder / "site" / "manifest.json").read_text())
    image = next(i for i in record["figures"][0]["images"] if i["label"] == 0)
    page = (folder / "site" / "en" / "index.html").read_text(encoding="utf-8")
    assert f"{100 * image['probability']:.0f}%" in page or f"{100 * image['probability']:.1f}%" in page


def test_the_same_input_gives_the_same_bytes(folder, tmp_path):
    """Without the cache and elsewhere, every file but the manifest's times comes out the same."""
    assert (
        main([str(folder / "report.yaml"), "--formats", "html,md", "-q", "--no-cache", "--output", str(tmp_path / "s")])
        == 0
    )
    again, first = contents(tmp_path / "s"), contents(folder / "site")
    assert again.keys() == first.keys()
    assert [name for name in again if again[name] != first[name]] == ["manifest.json"]


def test_formats_none_writes_pictures_exports_and_manifest_only(folder, tmp_path):
    """`--formats none` is for scripts."""
    code = main([str(folder / "report.yaml"), "--formats", "none", "-q", "--output", str(tmp_path / "s"),
                 "--exports", str(tmp_path / "e"), "--arrays", str(tmp_path / "a")])  # fmt: skip
    assert code == 0
    assert {name.split("/")[0] for name in contents(tmp_path / "s")} == {
        "figures",
        "exports",
        "manifest.json",
        ".nojekyll",
    }
    assert set(contents(tmp_path / "e")) == {"fig1_0.jpg", "fig1_1.jpg", "fig1_2.jpg", "fig2.jpg"}
    with np.load(tmp_path / "a" / "saliency.npz") as arrays:
        assert arrays["attribution"].shape == (3, 12, 12) and arrays["image"].shape == (3, 12, 12, 1)
        assert {"index", "target"} <= set(arrays.files)
    with np.load(tmp_path / "a" / "patterns.npz") as arrays:
        assert arrays["pattern"].shape == (2, 12, 12, 1) and set(arrays["filter"]) == {0, 1}


def test_exports_of_one_name_in_two_folders_are_both_kept(folder, tmp_path):
    """`--exports` has the folders of the names, as the site has."""
    spec = SPEC.replace("fig1_{class_index}.jpg", "maps/{number}.jpg").replace("fig2.jpg", "filters/1.jpg")
    (folder / "exporting.yaml").write_text(spec, encoding="utf-8")
    words = ["--formats", "none", "-q", "--output", str(tmp_path / "s"), "--exports", str(tmp_path / "e")]
    assert main([str(folder / "exporting.yaml"), *words]) == 0
    copies = contents(tmp_path / "e")
    assert set(copies) == {"maps/1.jpg", "maps/2.jpg", "maps/3.jpg", "filters/1.jpg"}
    assert copies == contents(tmp_path / "s" / "exports")


def test_a_rebuild_computes_nothing(folder, tmp_path):
    """From the cache every figure is marked so, and the pictures are the same bytes."""
    assert main([str(folder / "report.yaml"), "--formats", "none", "-q", "--output", str(tmp_path / "s")]) == 0
    record = json.loads((tmp_path / "s" / "manifest.json").read_text())
    assert all(figure["cached"] for figure in record["figures"])


def test_what_is_edited_during_a_build_is_built_by_the_next(folder, tmp_path, monkeypatch, capsys):
    """The site is made of the spec as it was read; only the next build knows the new words."""
    path, real = folder / "edited.yaml", program.looked_over

    def edited(*asked) -> bool:
        path.write_text(SPEC + "# a word more\n", encoding="utf-8")
        return real(*asked)

    path.write_text(SPEC, encoding="utf-8")
    monkeypatch.setattr(program, "looked_over", edited)
    said = []
    for _ in range(3):
        assert main([str(path), "--formats", "none", "--output", str(tmp_path / "s")]) == 0
        said.append("nothing has changed" in capsys.readouterr().err)
        monkeypatch.setattr(program, "looked_over", real)
    assert said == [False, False, True]


def test_another_look_computes_nothing(folder, tmp_path):
    """`show` changes the pictures, a mask by class included, and every number comes from the cache."""
    look = "{method: gradcam, show: {panels: [masked], mask: {below: {left: 0.6}}, colormap: jet}, images: "
    assert "{method: gradcam, images: " in SPEC
    path = folder / "look.yaml"
    path.write_text(SPEC.replace("{method: gradcam, images: ", look), encoding="utf-8")
    assert main([str(path), "--formats", "none", "-q", "--output", str(tmp_path / "s")]) == 0
    record = json.loads((tmp_path / "s" / "manifest.json").read_text())
    assert all(figure["cached"] for figure in record["figures"])
    assert any(name.endswith("-masked.png") for name in record["figures"][1]["files"])


def test_only_builds_the_questions_that_are_asked_for(folder, tmp_path):
    """`--only` leaves the other questions out; numbers of figures stay."""
    code = main(
        [str(folder / "report.yaml"), "--only", "how", "-q", "--formats", "md", "--output", str(tmp_path / "s")]
    )
    assert code == 0
    text = (tmp_path / "s" / "report.en.md").read_text(encoding="utf-8")
    assert "How it looks" in text and "Where it looks" not in text


def test_a_failed_figure_is_marked_and_the_rest_is_built(folder, tmp_path, monkeypatch, capsys):
    """Exit 1, the figure's name on stderr, and a page that says so."""

    def broken(request, **params):
        raise RuntimeError("no memory left")

    monkeypatch.setitem(
        METHODS, "gradcam", METHODS["gradcam"].__class__(**{**vars_of(METHODS["gradcam"]), "compute": broken})
    )
    code = main([str(folder / "report.yaml"), "-q", "--no-cache", "--formats", "html", "--output", str(tmp_path / "s")])
    assert code == 1
    assert "figure 'gradcam' could not be computed" in capsys.readouterr().err
    assert "no memory left" in (tmp_path / "s" / "en" / "index.html").read_text(encoding="utf-8")


PLUGIN = """\
import numpy as np
from generator.artefacts import Heatmaps
from generator.methods import method
from generator.text import Text

WORDS = Text.of("Shown alone")


@method(kind="attribution", access="predictions", title=WORDS, summary=WORDS, paper="", passes=lambda params, n: n)
def shown_alone(request) -> Heatmaps:
    \"\"\"Maps of three images and no more.\"\"\"
    if len(request.batch) > 3:
        raise SystemExit("three images and no more")
    return Heatmaps(np.ones(request.batch.images.shape[:3], np.float32), False, "weight")
"""


@KERAS_COPIES
def test_a_map_that_fails_during_the_evidence_silences_its_figure_alone(folder, tmp_path, capsys):
    """Exit 1 and the cause on stderr, at every build; the map is drawn, its lights say why, the rest is measured."""
    (folder / "mine.py").write_text(PLUGIN)
    plugged = SPEC.replace("evidence: false\n", "plugins: [mine.py]\n")
    spec, site = folder / "measured.yaml", tmp_path / "s"
    spec.write_text(plugged.replace("{method: gradcam,", "{method: shown_alone,"), encoding="utf-8")
    try:
        words = [str(spec), "-q", "--trust-plugins", "--formats", "html", "--output", str(site)]
        assert [main(words), main(words)] == [1, 1]
    finally:
        METHODS.pop("shown_alone", None)
    cause = "figure 'shown_alone' could not be computed on further images: SystemExit: three images and no more\n"
    assert capsys.readouterr().err.count(cause) == 2
    record = json.loads((site / "manifest.json").read_text())
    figures = {figure["id"]: figure for figure in record["figures"]}
    lights = figures["shown_alone"]["numbers"]["verdict"]
    assert {one["reason"] for one in lights.values()} == {"failed"} and len(figures["shown_alone"]["images"]) == 3
    assert figures["saliency"]["numbers"]["faithfulness"]
    assert "could not be computed on further images" in (site / "en" / "index.html").read_text("utf-8")


def vars_of(method):
    from dataclasses import fields

    return {f.name: getattr(method, f.name) for f in fields(method)}


BROKEN = {
    "unknown method": (
        "method: gradcam,",
        "method: grad_cam,",
        ":21:18: questions[0].figures[1].method: unknown method 'grad_cam'; did you mean 'gradcam'?",
    ),
    "wrong type": ("points: 2", "points: two", "questions[0].points: "),
    "missing file": ("path: model.keras", "path: modell.keras", "model.path: "),
    "unknown class": ("images: {same_as: saliency}", "target: lft", "did you mean 'left'?"),
    "unknown layer": ("steps: 2}", "steps: 2, layer: conv9}", "params.layer: unknown layer 'conv9'"),
    "bad YAML": ("version: 1", "version: [1", "is not closed"),
    "wrong number of classes": (
        "  - {id: both, name: {zh-Hant: 兩邊, en: Both}}\n",
        "",
        "2 classes are named and the model has 3 outputs",
    ),
    "index out of range": ("images: {same_as: saliency}", "images: {index: [30]}", "no image with the index 30"),
    "undefined name in an answer": ("{{ accuracy() }}.", "{{ acuracy() }}.", "'acuracy' is undefined"),
    "unknown key": ("points: 2", "point: 2", "did you mean 'points'?"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_spec_says_what_is_wrong_and_touches_nothing(folder, name, capsys):
    """Exit 2, a few lines that name the place, no traceback, and every byte of the old site."""
    good, bad, message = BROKEN[name]
    assert good in SPEC
    before = contents(folder / "site")
    path = folder / "broken.yaml"
    path.write_text(SPEC.replace(good, bad, 1), encoding="utf-8")
    assert main([str(path), "--output", str(folder / "site")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "broken.yaml:" in error and "Traceback" not in error and len(error.splitlines()) <= 4
    assert contents(folder / "site") == before


def test_a_missing_translation_warns_and_is_an_error_when_strict(folder, tmp_path, capsys):
    """The other language stands in, and the warning names the place."""
    path = folder / "untranslated.yaml"
    path.write_text(
        SPEC.replace('prompt: {zh-Hant: 看哪裡？, en: "Where does it look?"}', "prompt: {en: Where}"), encoding="utf-8"
    )
    assert main([str(path), "--formats", "html", "--output", str(tmp_path / "s")]) == 0
    assert "untranslated.yaml:17:" in capsys.readouterr().err
    assert main([str(path), "--formats", "html", "--output", str(tmp_path / "s"), "--strict"]) == 2


REGRESSION = """\
title: {en: Ages, zh-Hant: 年齡}
languages: [en, zh-Hant]
model: {path: age.keras}
data: {source: npz, path: ages.npz}
questions:
  - id: q
    figures:
      - {method: gradcam}
      - {method: occlusion, images: {index: 2}}
      - {method: predictions, images: {select: all}}
    answer: "It says {{ probability('gradcam', 'value') }}."
"""


def test_a_value_is_explained_without_any_class(tmp_path, capsys):
    """Grad-CAM of the value, its own number beside each picture, and no word of labels, probability or evidence."""
    keras = keras_library()
    keras.utils.set_random_seed(1)
    body = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.GlobalAveragePooling2D()]
    model = keras.Sequential([keras.Input((16, 16, 1)), *body, keras.layers.Dense(1)])
    saved(model, tmp_path / "age.keras")
    faces = np.random.default_rng(0).integers(0, 256, (9, 16, 16, 1), np.uint8)
    np.savez(tmp_path / "ages.npz", x=faces, y=np.linspace(20.5, 60.5, 9))
    path = tmp_path / "report.yaml"
    path.write_text(REGRESSION, encoding="utf-8")
    options = ["--output", str(tmp_path / "site"), "--arrays", str(tmp_path / "arrays"), "--formats", "html,md"]
    assert main([str(path), "--strict", *options]) == 0
    assert "right" not in capsys.readouterr().err
    values = np.asarray(model(faces / np.float32(255)))[:, 0]
    shown = json.loads((tmp_path / "site" / "manifest.json").read_text(encoding="utf-8"))["figures"][0]["images"]
    assert [row["value"] for row in shown] == pytest.approx(np.sort(values)[[0, 1, 3, 4, 5, 7, 8]], abs=1e-5)
    with np.load(tmp_path / "arrays" / "gradcam.npz") as arrays:
        assert arrays["attribution"].shape == (7, 16, 16)
    said = (tmp_path / "site" / "report.en.md").read_text(encoding="utf-8").split("## Methods")[0]
    assert "**Value " in said and "Score: the value itself" in said
    for word in ("Label", "probab", "predicted", "percentage", "–"):
        assert word not in said


def test_a_spec_that_forgets_its_classes_is_told_how_many_there_are(folder, tmp_path, capsys):
    """Before anything is computed."""
    path = folder / "forgotten.yaml"
    path.write_text(re.sub(r"classes:\n(  - .*\n)+", "", SPEC).split("questions:")[0], encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8") + "questions: [{id: q, figures: [{method: saliency}]}]\n")
    assert main([str(path), "--output", str(tmp_path / "s")]) == 2
    assert "classes: no classes are named and the model has " in capsys.readouterr().err


ACTIVATION = """\
import keras

@keras.saving.register_keras_serializable()
def snake(x):
    return x + keras.ops.sin(x)
"""


def test_an_activation_of_ones_own_comes_from_a_plugin(tmp_path, capfd, request):
    """The message of the build is the way: a plugin, and the switch; another function is another model."""
    keras = keras_library()
    registered = keras.saving.get_custom_objects()
    request.addfinalizer(lambda: registered.pop("Custom>snake", None))
    names: dict[str, object] = {}
    exec(ACTIVATION, names)
    body = [keras.layers.Conv2D(4, 3, activation=names["snake"]), keras.layers.GlobalAveragePooling2D()]
    saved(
        keras.Sequential([keras.Input((12, 12, 1)), *body, keras.layers.Dense(2, "softmax")]), tmp_path / "model.keras"
    )
    del registered["Custom>snake"]
    np.savez(tmp_path / "faces.npz", x=np.random.default_rng(0).integers(0, 256, (4, 12, 12), np.uint8))
    spec = SPEC.split("classes:")[0] + "classes: [left, right]\nquestions: [{id: q, figures: [{method: saliency}]}]\n"
    (tmp_path / "report.yaml").write_text(spec, encoding="utf-8")
    (tmp_path / "plugin.py").write_text(ACTIVATION, encoding="utf-8")
    command = [str(tmp_path / "report.yaml"), "--formats", "none", "--output", str(tmp_path / "site"), "-q"]
    assert main(command) == 2
    assert "the model needs `snake`, code of its own" in capfd.readouterr().err
    (tmp_path / "report.yaml").write_text(spec + "plugins: [plugin.py]\n", encoding="utf-8")
    said = []
    for plugin in (ACTIVATION, ACTIVATION.replace("keras.ops.sin(x)", "5 * keras.ops.sin(x)")):
        (tmp_path / "plugin.py").write_text(plugin, encoding="utf-8")
        assert main([*command, "--trust-plugins"]) == 0
        assert capfd.readouterr().err == ""
        record = json.loads((tmp_path / "site" / "manifest.json").read_text(encoding="utf-8"))
        said.append([row["probability"] for row in record["figures"][0]["images"]])
    assert said[0] != said[1]


def test_numbers_of_another_model_are_doubted_wherever_they_stand(folder, tmp_path, capsys):
    """At the evaluation when it is built, below the answer that quotes it, at the matrix; in each language."""
    label = np.arange(30) % 3
    rows = "".join(f"{k},{(k + 1) % 3}\n" for k in label)
    (folder / "other.csv").write_text(f"y_true,y_pred\n{rows}", encoding="utf-8")
    (folder / "doubted.yaml").write_text(SPEC.replace("evidence: false", "evaluation: other.csv\nevidence: false"))
    words = ["--formats", "md", "-q", "--only", "how", "--output", str(tmp_path / "s")]
    assert main([str(folder / "doubted.yaml"), *words]) == 0
    assert "doubted.yaml:10:13: evaluation: The evaluation (other.csv) is not of this model" in capsys.readouterr().err
    for language, said in (("en", "is not of this model"), ("zh-Hant", "不是這個模型的")):
        text = (tmp_path / "s" / f"report.{language}.md").read_text(encoding="utf-8")
        assert text.count(said) == 2


def test_two_models_of_a_figure_stand_in_columns_of_their_names(folder, tmp_path):
    """The matrices with their difference; a value that nobody knows takes its sentence with it."""
    spec = SPEC.replace("model: {path", "models:\n  old: {path").replace(
        "scale: [0, 1]}}", "scale: [0, 1]}}\n  new: {path: model.keras}"
    )
    spec = spec.replace("- method: confusion_matrix", "- {method: confusion_matrix, model: [old, new]}")
    spec = spec.replace("method: gradcam,", "method: gradcam, model: new,").replace(
        'en: "Accuracy', "en: \"No {{ gap('saliency') }}. Accuracy"
    )
    (folder / "two.yaml").write_text(spec, encoding="utf-8")
    assert main([str(folder / "two.yaml"), "--formats", "md", "-q", "--output", str(tmp_path / "s")]) == 0
    text = (tmp_path / "s" / "report.en.md").read_text(encoding="utf-8")
    assert "**Difference: new minus old**" in text
    assert "**Answer:** Accuracy" in text
    assert "Grad-CAM (Model new)" in text
    record = json.loads((tmp_path / "s" / "manifest.json").read_text())
    assert set(record["sha256"]["models"]) == {"old", "new"}
    assert record["figures"][3]["numbers"]["difference"]["new"]["exchange"]["n"] == 30
