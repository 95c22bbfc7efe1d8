"""The grammar: every wider form of a spec gives what it says, and a figure is as many runs as it names layers."""

from generator.spec.grammar import by_layer
from tests.fixtures.spec_fixture import HEAD, loaded


def test_the_wide_grammar_is_understood(tmp_path):
    """Each wider form of DESIGN's table loads and gives what it says."""
    (tmp_path / "mean.npy").touch()
    spec = HEAD.replace(
        "model: {path: model.keras}",
        "models:\n"
        "  trained: {path: model.keras, preprocess: {mean: mean.npy, std: data, crop: [42, 42], equalize: true}}\n"
        "  untrained: {path: model.keras, name: {zh-Hant: 未訓練, en: untrained}, preprocess: {mode: caffe}}",
    ).replace("box: [0.1, 0.2, 0.9, 0.5]", "boxes: [[0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1]]")
    figures = """\
  - id: q
    points: 2.5
    collaborators: []
    figures:
      - method: gradcam
        model: [trained, untrained]
        images: {index: {happy: [8, 3], angry: 0}}
        target: each
        against: second
        params: {layer: [conv1, backbone/conv5]}
        export: {file: "cam_{class_index}_{index:05d}.png", panel: masked}
        notes: {happy: 笑, 28000: x}
        show: {panels: [image, map, masked], mask: {below: 0.1, fill: white}, columns: 4, layout: grid, scale: image}
      - {method: saliency, images: {select: mistakes, per_class: 3, min_probability: 0.5}, target: both}
      - {method: lime, images: {same_as: gradcam}, params: {segmentation: {algorithm: quickshift, ratio: 0.2}}}
      - {method: filters, params: {filters: {best: 16}, start: grey}}
evidence: false
"""
    report = loaded(tmp_path, spec + figures)
    cam = report.figures["gradcam"]
    assert [run["layer"] for run in cam.runs] == ["conv1", "backbone/conv5"]
    assert cam.model == ("trained", "untrained")
    assert cam.images.rows == ((8, "happy"), (3, "happy"), (0, "angry"))
    assert list(cam.notes) == ["happy", "28000"]
    assert cam.export is not None
    assert cam.export.panel == "masked"
    trained, untrained = report.models
    assert (trained.id, trained.preprocess.mean) == ("trained", tmp_path / "mean.npy")
    assert (untrained.id, untrained.name.in_language("en")) == ("untrained", "untrained")
    assert report.regions[0].boxes == ((0, 0, 0.5, 0.5), (0.5, 0.5, 1, 1))
    assert report.questions[0].collaborators == ()
    assert report.evidence is None


def test_models_may_be_a_list(tmp_path):
    """Models in a list go by their id, or by a plain name."""
    models = "models: [{name: trained, path: model.keras}, {id: other, name: {en: x, zh-Hant: y}, path: model.keras}]"
    report = loaded(tmp_path, HEAD.replace("model: {path: model.keras}", models) + "  - {id: q}\n")
    assert [model.id for model in report.models] == ["trained", "other"]


def test_several_layers_are_several_runs():
    """Everything else is the same in each; one layer, or none named, is one run."""
    assert by_layer({"layer": ["a", "b"], "score": "logit"}) == (
        {"layer": "a", "score": "logit"},
        {"layer": "b", "score": "logit"},
    )
    assert by_layer({"layer": ("a",)}) == ({"layer": "a"},)
    for params in ({"layer": "a"}, {"layer": None}, {"steps": 3}, {}):
        assert by_layer(params) == (params,)
