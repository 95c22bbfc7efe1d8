"""The port: layers by name and by place, scores by row, and numbers that are finite."""

import numpy as np
import pytest

from generator.classifier import Layer, Score, branches, carriers, finite, first_convolution, layer_called
from generator.errors import ComputationError, ParameterError
from generator.lattice import Lattice
from tests.fixtures.closed_form import LinearClassifier

LAYERS = (
    Layer("wide", "DepthwiseConv2D", (8, 8, 1), place=Lattice.even((8, 8), (8, 8)), reads=("",)),
    Layer("conv", "Conv2D", (8, 8, 4), rectifies=True, place=Lattice.even((8, 8), (8, 8)), reads=("wide",)),
    Layer("pool", "MaxPooling2D", (4, 4, 4), place=Lattice.even((4, 4), (8, 8)), reads=("conv",)),
    Layer("mean", "GlobalAveragePooling2D", (4,), reads=("pool",)),
    Layer("row", "Reshape", (1, 4, 1), reads=("mean",)),
)


def graph(**reads):
    """Layers by name with what they read; a capital has a map."""
    place = Lattice.even((2, 2), (8, 8))
    return tuple(
        Layer(name, "Conv2D", (2, 2, 1), place=place if name.isupper() else None, reads=tuple(read.split(",")))
        for name, read in reads.items()
    )


class Layered(LinearClassifier):
    """A model of these layers."""

    @property
    def layers(self):
        return LAYERS


MODEL = Layered(np.zeros((8, 8, 1, 2), np.float32))


def test_a_layer_is_found_by_its_name():
    """A slip of the pen is a mistake of the parameter, with the name that was meant."""
    assert layer_called("pool", LAYERS) is LAYERS[2]
    with pytest.raises(ParameterError, match="unknown layer 'pol'; did you mean 'pool'") as error:
        layer_called("pol", LAYERS)
    assert error.value.parameter == "layer"


def test_layers_are_found_by_their_place():
    """A map has height and width above 1; a depthwise convolution has no filters over all channels."""
    assert carriers(LAYERS) == ("pool",)
    assert first_convolution(MODEL) is LAYERS[1]
    assert [layer.spatial for layer in LAYERS] == [True, True, True, False, False]


def test_the_last_maps_on_every_way_carry_the_score():
    """A shortcut that is added is within; branches that are pooled apart are two, also where one leads to the other."""
    assert carriers(graph(A="", B="A", C="A,B", head="C")) == ("C",)
    assert carriers(graph(A="", B="", a="A", b="B", head="a,b")) == ("A", "B")
    assert carriers(graph(A="", B="A", a="A", b="B", head="a,b")) == ("A", "B")
    assert carriers(graph(A="", a="A", flat="", head="a,flat")) == ("", "A")


def test_what_carries_the_rest_is_named():
    """Beside a branch the other one, beside a layer within a block its shortcut, beside all that carry it nothing."""
    two, block = graph(A="", B="", a="A", b="B", head="a,b"), graph(A="", B="A", C="A,B", head="C")
    assert [carriers(two, names) for names in (("A",), ("A", "B"))] == [("B",), ()]
    assert [carriers(block, names) for names in (("A",), ("B",), ("C",))] == [(), ("A",), ()]


def test_branches_lead_to_none_of_each_other():
    """Two beside each other are; a chain, one alone and unknown names are none."""
    two, chain = graph(A="", B="", head="A,B"), graph(A="", B="A", head="B")
    assert branches(("A", "B"), two)
    assert not branches(("A", "B"), chain)
    assert not branches(("A",), two)
    assert not branches(("A", "X"), two)


def test_a_score_is_cut_like_its_images():
    """What it is compared with is cut too, its kind stays."""
    score = Score(np.array([0, 1, 2]), np.array([1, 2, 0]), "probability")[1:]
    assert (score.target.tolist(), score.against.tolist(), score.kind) == ([1, 2], [2, 0], "probability")
    assert Score(np.array([0, 1, 2]))[np.array([2])].against is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_no_result(value):
    """A training that failed leaves such numbers; the message says what they were to be."""
    numbers = np.array([0.0, 1.0], np.float32)
    assert finite(numbers, "the outputs") is numbers
    with pytest.raises(ComputationError, match="the outputs are not all finite numbers"):
        finite(np.array([0, value], np.float32), "the outputs")
