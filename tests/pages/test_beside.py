"""Two models, or two layers, of a figure: a column each with its name, at one size."""

from dataclasses import replace

import numpy as np
import pytest

from generator.drawing.pictures import draw
from generator.pages.blocks import Columns, PictureRows
from generator.pages.figure_page import examples_of, figure_of
from generator.results import FigureResult, Part
from generator.show import Show
from generator.text import Text, bilingual
from tests.fixtures.picked import picked
from tests.fixtures.report_fixture import NAMES, artefacts, batch, built, reader

MODELS = {"old": bilingual("the old one", "舊的"), "new": Text.of("new")}


def shown(name, facts, change=lambda artefact: artefact, show=None, of=None, language="en"):
    """The fixture's figure with a part for each of these facts, the later ones changed."""
    old = built()[name]
    spec = old.spec.model_copy(update={"model": ("old", "new"), **({"show": show} if show else {})})
    own = old.result.parts[0]
    others = [Part(change(own.artefact), of or own.batch, one) for one in facts[1:]]
    result = FigureResult(name, "", name, {}, (replace(own, facts=facts[0]), *others))
    told = replace(reader(), models=MODELS)
    new = replace(old, spec=spec, result=result, drawing=draw(result, spec.show, NAMES))
    return picked(figure_of(new, told, examples_of({name: result})), language)


BY_MODEL = ({"model": "old"}, {"model": "new"})
BY_LAYER = ({"layer": "conv1"}, {"layer": "conv2"})


def unsure():
    """The same images, of which the second model takes each for the first class."""
    own = batch()
    probability = np.full((7, 7), 0.05, np.float32)
    probability[:, 0] = 0.7
    return replace(own, probability=probability)


def test_maps_of_two_models_share_a_table_with_the_image_once():
    """The overlay of each below its name, and what it says of the image; the label stands for both."""
    (body,) = shown("saliency", BY_MODEL, of=unsure()).bodies
    assert isinstance(body, PictureRows)
    assert body.panels == ("Image", "Model the old one", "Model new")
    row = body.rows[3]
    assert [image.role for image in row.images] == ["image", "overlay", "overlay"]
    assert [image.under for image in row.images] == ["", "probability 88.0%", "predicted: Angry 70.0%"]
    assert (row.label, row.probability, row.prediction) == ("Happy", "", "")
    assert row.images[2].alt.startswith("Model new: ")
    assert len({image.shown for image in row.images}) == 1


def test_maps_of_two_layers_keep_what_the_one_model_says():
    """Nothing stands below their pictures."""
    (body,) = shown("saliency", BY_LAYER).bodies
    assert body.panels == ("Image", "Layer conv1", "Layer conv2")
    assert body.rows[3].probability == "88.0%"
    assert not any(image.under for row in body.rows for image in row.images)


@pytest.mark.parametrize(("panels", "roles"), [(("map",), ["map", "map"]), (("map", "image"), ["image", "map", "map"])])
def test_the_panels_of_the_spec_say_what_stands_beside_each_other(panels, roles):
    """Of several the overlay; the image only where it is shown."""
    (body,) = shown("saliency", BY_MODEL, show=Show(panels=panels)).bodies
    assert [image.role for image in body.rows[0].images] == roles
    assert len(body.panels) == len(roles)


def test_a_map_that_is_no_result_is_told_with_its_part():
    """The second image of the fixture's saliency is flat, and in the other model it is not."""
    maps = artefacts()["lime"].values
    (body,) = shown("saliency", BY_MODEL, change=lambda artefact: replace(artefact, values=np.abs(maps))).bodies
    assert body.rows[1].remark.startswith("Model the old one: ")
    assert "Model new" not in body.rows[1].remark
    (body,) = shown("saliency", BY_MODEL).bodies
    assert body.rows[1].remark.startswith("The map is flat")


@pytest.mark.parametrize("name", ["filters", "feature_maps", "confusion_matrix", "predictions"])
def test_everything_else_stands_in_columns_below_the_names(name):
    """Grids of one size and half as wide, matrices and tables."""
    body = shown(name, BY_MODEL, language="zh-Hant").bodies[0]
    assert isinstance(body, Columns)
    assert body.heads == ("模型 舊的", "模型 new")
    assert len({type(part) for part in body.bodies}) == 1
    if name == "filters":
        assert [part.columns for part in body.bodies] == [4, 4]
        assert len({image.shown for part in body.bodies for cell in part.cells for image in cell.images}) == 1
        assert not any(part.heading for part in body.bodies)


def test_a_picture_of_another_input_size_is_shown_as_large():
    """Two models of 48 and 12 pixels, as they are enlarged by whole numbers, differ no more on a page."""
    own = batch()
    small = replace(own, images=own.images[:, ::4, ::4], inputs=own.inputs[:, ::4, ::4])
    (body,) = shown("saliency", BY_MODEL, lambda maps: replace(maps, values=maps.values[:, ::4, ::4]), of=small).bodies
    assert {image.shown for row in body.rows for image in row.images} == {144}


def test_each_model_has_its_own_image_where_it_sees_another():
    """Two files; of models that see the same it is one."""
    own = batch(1)
    darker = replace(own, images=own.images / 2)
    names = [part.face.name for part in shown("feature_maps", BY_MODEL, of=darker).bodies[0].bodies]
    assert names == ["feature_maps-100-image.png", "feature_maps-2-100-image.png"]
    names = {part.face.name for part in shown("feature_maps", BY_MODEL).bodies[0].bodies}
    assert names == {"feature_maps-100-image.png"}
