"""Which filters and which layer are meant."""

from dataclasses import dataclass

import numpy as np
import pytest
from pydantic import ValidationError

from generator.classifier import Layer
from generator.errors import ParameterError
from generator.maps.units import Best, candidates, chosen, how_many, strongest, unit_layer


@dataclass(frozen=True)
class Listed:
    """As much of a classifier as the choice of a layer needs."""

    layers: tuple[Layer, ...]


def maps(name: str, kind: str, rectifies: bool = False, channels: int = 8) -> Layer:
    return Layer(name, kind, (24, 24, channels), rectifies)


def test_a_rectified_convolution_is_the_layer():
    """The first convolution, where it has its ReLU within."""
    layers = (maps("conv1", "Conv2D", rectifies=True), maps("conv2", "Conv2D", rectifies=True))
    assert unit_layer(Listed(layers), None).name == "conv1"


def test_a_linear_convolution_is_looked_at_behind_its_rectifier():
    """The mean of a linear filter is largest on an even area, which shows nothing: the ReLU after it is taken."""
    layers = (maps("conv1", "Conv2D"), maps("norm1", "BatchNormalization"), maps("relu1", "ReLU", rectifies=True))
    assert unit_layer(Listed(layers), None).name == "relu1"
    assert unit_layer(Listed(layers), "conv1").name == "conv1"


def test_another_filters_rectifier_is_not_taken():
    """Only a rectifier that follows before the next convolution, on the same grid, belongs to the first one."""
    later = (maps("conv1", "Conv2D"), maps("conv2", "Conv2D"), maps("relu2", "ReLU", rectifies=True))
    wider = (maps("conv1", "Conv2D"), maps("relu", "ReLU", rectifies=True, channels=16))
    assert unit_layer(Listed(later), None).name == "conv1"
    assert unit_layer(Listed(wider), None).name == "conv1"


def test_a_model_without_a_convolution_is_told_so():
    """The message names the way out."""
    with pytest.raises(ParameterError, match="no convolution; name a layer, or take class_maximization"):
        unit_layer(Listed((Layer("dense", "Dense", (10,)),)), None)


def test_the_option_is_a_number_a_list_or_the_best():
    """All three come as plain data too; anything else is refused."""
    assert chosen(16) == 16
    assert chosen([4, 1]) == (4, 1)
    assert chosen({"best": 3}) == chosen(Best(best=3)) == Best(best=3)
    for wrong in (0, [], [-1], {"best": 0}, {"worst": 3}, "all"):
        with pytest.raises(ValidationError):
            chosen(wrong)


def test_left_out_it_is_thirty_two_or_all_there_are():
    """The first 32 of a wide layer, every filter of a narrow one."""
    assert candidates(None, maps("a", "Conv2D", channels=64)).tolist() == list(range(32))
    assert candidates(None, maps("a", "Conv2D", channels=5)).tolist() == list(range(5))
    assert candidates(Best(best=2), maps("a", "Conv2D", channels=64)).tolist() == list(range(64))


def test_the_strongest_come_first_only_when_asked_for():
    """A list keeps its own order."""
    activation = np.array([0.1, 0.9, 0.5], np.float32)
    assert strongest(Best(best=2), activation).tolist() == [1, 2]
    assert strongest((7, 8, 9), activation).tolist() == [0, 1, 2]


def test_the_cost_follows_the_option():
    """How many units an option means is known before the model is, for the best only roughly."""
    assert how_many({}) == how_many({"filters": None}) == 32
    assert how_many({"filters": 5}) == 5
    assert how_many({"filters": [1, 2, 3]}) == 3
    assert how_many({"filters": {"best": 3}}) == how_many({"filters": Best(best=3)}) == 64
