"""What is wrong with a spec is said in one line each: place, value, what is allowed, what was probably meant."""

import pytest

from tests.fixtures.spec_fixture import HEAD, figure, said_about

WRONG_FIGURES = {
    "an unknown method": (
        "method: grad_cam",
        "report.yaml:10:17: questions[0].figures[0].method: unknown method 'grad_cam'; did you mean 'gradcam'?",
    ),
    "an unknown key": (
        "method: gradcam\nparms: {}",
        "report.yaml:11:9: questions[0].figures[0].parms: unknown key 'parms'; did you mean 'params'?",
    ),
    "an unknown class": (
        "method: gradcam\ntarget: hapy",
        "report.yaml:11:17: questions[0].figures[0].target: unknown target 'hapy'; did you mean 'happy'?",
    ),
    "an unknown class to set against": (
        "method: gradcam\nagainst: angri",
        "report.yaml:11:18: questions[0].figures[0].against: unknown class 'angri'; did you mean 'angry'?",
    ),
    "an unknown class in an index": (
        "method: gradcam\nimages: {index: {sad: 3}}",
        "report.yaml:11:26: questions[0].figures[0].images.index.sad: unknown class 'sad'; known: angry, happy",
    ),
    "a note to a class that is none": (
        "method: gradcam\nnotes: {hapy: x}",
        "report.yaml:11:17: questions[0].figures[0].notes.hapy: unknown class 'hapy'; did you mean 'happy'?",
    ),
    "an unknown select": (
        "method: gradcam\nimages: {select: confidnt}",
        "report.yaml:11:26: questions[0].figures[0].images.select: unknown select 'confidnt'; "
        "did you mean 'confident'?",
    ),
    "an unknown parameter": (
        "method: smoothgrad\nparams: {sampels: 20}",
        "report.yaml:11:18: questions[0].figures[0].params.sampels: unknown key 'sampels'; did you mean 'samples'?",
    ),
    "a parameter of the wrong type": (
        "method: smoothgrad\nparams: {samples: '20'}",
        "report.yaml:11:27: questions[0].figures[0].params.samples: has to be a whole number, not '20'",
    ),
    "a parameter out of bounds": (
        "method: smoothgrad\nparams: {samples: 0}",
        "report.yaml:11:27: questions[0].figures[0].params.samples: has to be at least 1, not 0",
    ),
    "true where a number is wanted": (
        "method: lime\nparams: {num_samples: true}",
        "report.yaml:11:31: questions[0].figures[0].params.num_samples: has to be a whole number or auto, not true",
    ),
    "an unknown segmentation": (
        "method: lime\nparams: {segmentation: {algorithm: slick}}",
        "report.yaml:11:32: questions[0].figures[0].params.segmentation: unknown algorithm 'slick'; "
        "did you mean 'slic'?",
    ),
    "one of several layers that is no name": (
        "method: gradcam\nparams: {layer: [conv1, 2]}",
        "report.yaml:11:25: questions[0].figures[0].params.layer: has to be a text, not 2",
    ),
    "an unknown panel": (
        "method: gradcam\nshow: {panels: [image, mask]}",
        "report.yaml:11:32: questions[0].figures[0].show.panels[1]: unknown panel 'mask'; did you mean 'masked'?",
    ),
    "a mask of an unknown class": (
        "method: gradcam\nshow: {mask: {below: {happi: 0.05}}}",
        "report.yaml:11:31: questions[0].figures[0].show.mask.below.happi: unknown class 'happi'; "
        "did you mean 'happy'?",
    ),
    "a mask beyond the maximum": (
        "method: gradcam\nshow: {mask: {below: {happy: 2}}}",
        "report.yaml:11:38: questions[0].figures[0].show.mask.below.happy: has to be at most 1.0 or mean, deviation, "
        "not 2",
    ),
    "an export outside its folder": (
        "method: gradcam\nexport: ../fig.jpg",
        "report.yaml:11:17: questions[0].figures[0].export: '../fig.jpg' has to be the name of a .jpg or .png "
        "below exports/",
    ),
    "an unknown field of an export": (
        "method: gradcam\nexport: {file: 'fig_{class}.jpg', panel: masked}",
        "report.yaml:11:24: questions[0].figures[0].export.file: unknown field 'class'; did you mean 'class_id'?",
    ),
    "two ways to name images": (
        "method: gradcam\nimages: {index: [3], per_class: 2}",
        "report.yaml:11:17: questions[0].figures[0].images: `per_class` has no meaning with `index`",
    ),
    "images of a figure that comes later": (
        "method: gradcam\nimages: {same_as: gradcam}",
        "report.yaml:11:27: questions[0].figures[0].images.same_as: 'gradcam' is not before this figure; "
        "same_as names an earlier one",
    ),
    "a target where nothing is explained": (
        "method: confusion_matrix\ntarget: predicted",
        "report.yaml:11:9: questions[0].figures[0].target: 'target' has no meaning for confusion_matrix: "
        "it explains no score",
    ),
    "an unknown model": (
        "method: gradcam\nmodel: teacher",
        "report.yaml:11:16: questions[0].figures[0].model: unknown model 'teacher'; known: model",
    ),
    "a repeated key": (
        "method: gradcam\nmethod: lime",
        "report.yaml:11:9: questions[0].figures[0].method: the key 'method' is there twice, first on line 10",
    ),
    "an undefined name in a note": (
        "method: gradcam\nnotes: {happy: '{{ acuracy() }}'}",
        "report.yaml:11:28: questions[0].figures[0].notes.happy: 'acuracy' is undefined; did you mean 'accuracy'?",
    ),
    "a figure that is a word": (
        "gradcam",
        "report.yaml:10:9: questions[0].figures[0]: has to be a mapping (key: value), not 'gradcam'",
    ),
    "a figure without a method": (
        "caption: x",
        "report.yaml:10:9: questions[0].figures[0].method: is missing",
    ),
}


@pytest.mark.parametrize("name", WRONG_FIGURES)
def test_a_wrong_figure_is_named_at_its_place(tmp_path, name):
    """A mistake in a figure is one line: file, line, column, path, what it is and what was probably meant."""
    text, message = WRONG_FIGURES[name]
    assert said_about(tmp_path, figure(text)) == [message]


WRONG_HEADS = {
    "a missing file": (
        ("model.keras", "modell.keras"),
        "report.yaml:3:15: model.path: no such file or folder: 'modell.keras'; did you mean 'model.keras'?",
    ),
    "no language": (
        ("[zh-Hant, en]", "[chinese]"),
        "report.yaml:2:13: languages[0]: 'chinese' is not a language tag (BCP 47) such as zh-Hant or en",
    ),
    "bad YAML": (
        ("[angry, happy]", "[angry, happy"),
        "report.yaml:4:10: the '[' is not closed",
    ),
    "a class that is there twice": (
        ("[angry, happy]", "[angry, angry]"),
        "report.yaml:4:18: classes[1].id: the id 'angry' is there twice, first on line 4",
    ),
    "no class in a list": (
        ("[angry, happy]", "[]"),
        "report.yaml:4:10: classes: has to be a list of at least 1, not []",
    ),
    "two kinds of models": (
        ("model: {", "models: {a: {path: model.keras}}\nmodel: {"),
        "report.yaml:1:1: needs either `model` or `models`",
    ),
    "a box that leaves the picture": (
        ("0.9, 0.5", "9, 0.5"),
        "report.yaml:6:46: regions.eyes.box: [0.1, 0.2, 9, 0.5] has to be left, top, right, bottom in fractions of "
        "the image, 0 to 1",
    ),
    "a box of three sides": (
        ("0.9, 0.5", "0.9"),
        "report.yaml:6:46: regions.eyes.box: needs 4 entries",
    ),
    "an unknown way to preprocess": (
        ("model.keras}", "model.keras, preprocess: {scal: [0, 1]}}"),
        "report.yaml:3:41: model.preprocess.scal: unknown key 'scal'; did you mean 'scale'?",
    ),
    "two scalings": (
        ("model.keras}", "model.keras, preprocess: {mode: tf, scale: [0, 1]}}"),
        "report.yaml:3:40: model.preprocess: `mode` and `scale` exclude each other",
    ),
    "a mean that is nothing": (
        ("model.keras}", "model.keras, preprocess: {mean: dat}}"),
        "report.yaml:3:47: model.preprocess.mean: 'dat' has to be a number, a list of them, data, or an .npy file",
    ),
    "an unknown source": (
        ("regions:", "data: {source: lwf}\nregions:"),
        "report.yaml:5:16: data.source: unknown source 'lwf'; did you mean 'lfw'?",
    ),
    "a source without its path": (
        ("regions:", "data: {source: csv}\nregions:"),
        "report.yaml:5:7: data: the source csv needs a path",
    ),
    "a file where a folder is wanted": (
        ("regions:", "data: {source: folder, path: model.keras}\nregions:"),
        "report.yaml:5:7: data: 'model.keras' is no folder; did you mean source: csv or npz?",
    ),
    "another version": (
        ("languages:", "version: 2\nlanguages:"),
        "report.yaml:2:10: version: has to be 1, not 2",
    ),
    "a text that is a list": (
        ("報告, en: Report}", "報告, en: [Report]}"),
        "report.yaml:1:8: title: the text in 'en' has to be a string",
    ),
    "a plugin nobody trusts": (
        ("regions:", "plugins: [model.keras]\nregions:"),
        "report.yaml:5:11: plugins[0]: 'model.keras' is code of its own; --trust-plugins lets it run",
    ),
}


@pytest.mark.parametrize("name", WRONG_HEADS)
def test_a_wrong_head_is_named_at_its_place(tmp_path, name):
    """So is a mistake outside of the figures."""
    (old, new), message = WRONG_HEADS[name]
    assert said_about(tmp_path, HEAD.replace(old, new) + "  - {id: q}\n") == [message]
