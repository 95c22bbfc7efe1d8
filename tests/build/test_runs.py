"""A run is kept under everything it depends on, and one that fails leaves the other figures alone."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from generator.artefacts import Foreign, Heatmaps
from generator.build.cache import Cache
from generator.build.runs import computed, runs_of, waiting, with_images
from generator.build.study import Study
from generator.classifier import Asked, Layer
from generator.errors import ComputationError, DataError, FigureError, ParameterError
from generator.lattice import Lattice
from generator.methods import METHODS, Method, load_all
from generator.results import FigureResult, Part
from generator.samples import Samples, in_memory
from generator.spec.grammar import Figure
from generator.tally import Spent, Tally
from tests.conftest import batch_of

load_all()
PICTURE = METHODS["picture"]
SHOWN = Foreign(np.zeros((2, 2, 3), np.float32), {})


def figure(**parts) -> Figure:
    return Figure(id="f", method="picture", **parts)


def study_of(method: Method, cache: Cache | None = None, asked: Figure | None = None, folder=None) -> Study:
    """A study of two models with one figure, which needs no images."""
    one = {"folder": folder, "deferred": None, "asked": Asked()}
    subjects = {name: SimpleNamespace(key=name, tally=Tally(), **one) for name in ("first", "second")}
    figures = {"f": asked or figure()}
    return Study(("a", "b"), subjects, {"picture": method}, cache or Cache(None), 0, {}, figures)


def raising(error: Exception, module: str) -> Method:
    """The method, where it fails; it is ours where its module is."""

    def compute(request, **params):
        raise error

    compute.__module__ = module
    return replace(PICTURE, compute=compute)


def result_of(method: Method):
    return computed(figure(), "q", study_of(method))


@pytest.mark.parametrize("module", ["generator.methods.picture", "report_plugin_mine"])
@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ComputationError("the layer's outputs are not finite"), "the layer's outputs are not finite"),
        (MemoryError("no room"), "MemoryError: no room"),
        (np.linalg.LinAlgError("Singular matrix"), "LinAlgError: Singular matrix"),
        (MemoryError(), "MemoryError"),
        (AttributeError("no such"), "AttributeError: no such"),
        (AssertionError(), "AssertionError"),
        (OSError("gone"), "OSError: gone"),
        (StopIteration("x"), "StopIteration: x"),
        (GeneratorExit(), "GeneratorExit"),
        (SystemExit(3), "SystemExit: 3"),
        (RecursionError("deep"), "RecursionError: deep"),
    ],
)
def test_whatever_a_method_raises_is_the_figures_failure(error, failure, module):
    """In words, whether it is one of ours or the user's own code."""
    result = result_of(raising(error, module))
    assert (result.failure, result.parts) == (failure, ())


def test_who_breaks_off_a_plugin_breaks_off_the_build():
    """Ctrl-C is the user's, not the plugin's."""
    with pytest.raises(KeyboardInterrupt):
        result_of(raising(KeyboardInterrupt(), "report_plugin_mine"))


@pytest.mark.parametrize("returned", [None, np.zeros((2, 4, 4))])
def test_a_plugin_that_returns_no_artefact_is_told_so(returned):
    """A return that was forgotten, or bare arrays, are the figure's failure."""
    failure = result_of(replace(PICTURE, compute=lambda request, **params: returned)).failure
    assert failure == f"TypeError: the method returned {type(returned).__name__}, not Artefact"


SHAPE = (2, 3, 3)  # of maps that fit no image


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        (Heatmaps(np.zeros(SHAPE), False, "x"), "values of the shape (2, 3, 3) for images of the shape (0, 1, 1)"),
        (
            Heatmaps(np.zeros((0, 1, 1)), False, "x", native=np.zeros(SHAPE), remarks=("flat",)),
            "2 native and 1 remarks for images of the shape (0, 1, 1)",
        ),
        (
            Heatmaps(np.zeros((0, 1, 1), complex), False, "x"),
            "values of the kind complex128, no real numbers",
        ),
        (Heatmaps(np.zeros((0, 1, 1), "U1"), False, "x"), "values of the kind <U1, no real numbers"),
        (
            Heatmaps(np.zeros((0, 1, 1)), False, "x", image_facts=({},)),
            "1 image_facts for images of the shape (0, 1, 1)",
        ),
    ],
)
def test_maps_of_a_plugin_that_fit_no_image_are_told(maps, said):
    """Before anything is drawn or measured of them."""
    failure = result_of(replace(PICTURE, compute=lambda request, **params: maps)).failure
    assert failure == f"TypeError: the method returned {said}"


@pytest.mark.parametrize(
    ("error", "key"), [(ParameterError("path", "no such file"), "params.path"), (DataError("too few"), "images")]
)
@pytest.mark.parametrize("module", ["generator.methods.picture", "report_plugin_mine"])
def test_what_the_spec_asks_for_in_vain_names_its_key(error, key, module):
    """A parameter or images that do not fit are a mistake of the spec, not a failed computation."""
    with pytest.raises(FigureError, match=str(error)) as found:
        result_of(raising(error, module))
    assert found.value.key == key


def test_a_figure_comes_from_the_cache_the_second_time(tmp_path):
    """And says so; until then it waits."""
    method = replace(PICTURE, compute=lambda request, **params: SHOWN)
    study = study_of(method, Cache(tmp_path))
    assert [(asked.id, runs) for asked, runs in waiting(study)] == [("f", 1)]
    assert not computed(figure(), "q", study).cached
    assert list(waiting(study)) == []
    assert computed(figure(), "q", study).cached


def test_what_a_figure_took_is_kept_with_it(tmp_path):
    """Passes and seconds are those of when it was computed, whatever the model was asked before or is asked since."""
    study = study_of(PICTURE, Cache(tmp_path))
    tally = study.subjects["first"].tally
    tally.count(forward=5)

    def compute(request, **params):
        tally.count(forward=1, gradient=2)
        return SHOWN

    study.methods["picture"] = replace(PICTURE, compute=compute)
    first = computed(figure(), "q", study)
    tally.count(gradient=7)
    again = computed(figure(), "q", study)
    assert again.passes == first.passes == Spent(1, 2)
    assert again.took == first.took > 0


def test_images_are_read_again_where_they_are_drawn(linear):
    """Those of each row by its number in the file, as its own model sees them; what shows none is as it was."""
    pictures = np.random.default_rng(0).random((3, 48, 48, 1)).astype(np.float32)
    study = study_of(PICTURE, asked=figure(model=["first", "second"]))
    for number, subject in enumerate(study.subjects.values()):
        samples = Samples(np.array([4, 6, 9]), np.zeros(3, np.int64), in_memory(pictures), "", "")
        subject.data = SimpleNamespace(samples=samples)
        subject.images = lambda places, half=2**-number: pictures[places] * np.float32(half)
    batch = replace(batch_of(linear, pictures[[2, 0]]), index=np.array([9, 4])).without_pixels
    made = FigureResult("f", "q", "picture", {}, (Part(SHOWN, batch),) * 2)
    first, second = (part.batch.images for part in with_images(study.figures["f"], made, study).parts)
    assert np.array_equal(first, pictures[[2, 0]]) and np.array_equal(second, pictures[[2, 0]] / 2)
    none = replace(made, parts=(Part(SHOWN, batch_of(linear, pictures[:0])),) * 2)
    assert with_images(study.figures["f"], none, study) == none


def test_models_and_layers_are_runs_that_are_told_apart():
    """Every model by every layer, each with a key of its own."""
    asked = figure(model=["first", "second"], params={"layer": ("conv1", "conv2")})
    runs = runs_of(asked, study_of(PICTURE, asked=asked))
    assert [dict(run.facts) for run in runs] == [
        {"model": model, "layer": layer} for model in ("first", "second") for layer in ("conv1", "conv2")
    ]
    assert len({run.key for run in runs}) == 4


def test_the_content_of_a_named_file_is_part_of_the_key(tmp_path):
    """Another picture under the same name is another result."""
    asked = figure(params={"path": tmp_path / "a.png"})
    keys = set()
    for content in ("one", "two"):
        (tmp_path / "a.png").write_text(content)
        (run,) = runs_of(asked, study_of(PICTURE, asked=asked, folder=tmp_path))
        keys.add(run.key)
    assert len(keys) == 2


def test_a_plugin_that_was_edited_computes_anew(tmp_path):
    """Its own file is part of the key; of a method of ours the source of ours is."""
    keys = set()
    for size in ("1", "2"):
        file = tmp_path / "mine.py"
        file.write_text(f"def compute(request):\n    return {size}\n")
        defined: dict[str, object] = {"__name__": "report_plugin_mine"}
        exec(compile(file.read_text(), str(file), "exec"), defined)
        (run,) = runs_of(figure(), study_of(replace(PICTURE, compute=defined["compute"])))
        keys.add(run.key)
    assert len(keys) == 2


@pytest.mark.parametrize(("layers", "runs"), [(("left", "right"), 1), (("left", "head"), 2)])
def test_layers_that_are_branches_are_one_run(layers, runs):
    """Of a method that adds maps up; one after the other they are a part each, and a picture of each names its own."""
    place = Lattice.even((2, 2), (4, 4))
    known = [Layer(name, "Conv2D", (2, 2, 1), place=place, reads=("",)) for name in ("left", "right")]
    head = Layer("head", "Dense", (2,), reads=("left", "right"))
    subject = SimpleNamespace(facts=SimpleNamespace(layers=(*known, head)))
    asked = Figure(id="f", method="gradcam", params={"layer": layers})
    found = runs_of(asked, Study(("a", "b"), {"first": subject}, METHODS, Cache(None), 0, {}, {"f": asked}))
    told = [(run.params["layer"], dict(run.facts)) for run in found]
    assert told == ([(layers, {})] if runs == 1 else [(name, {"layer": name}) for name in layers])
