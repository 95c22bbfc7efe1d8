"""The climb from scale to scale: its sizes, its shapes, and what it refuses."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from generator.classifier import Ascent, Climb, Layer
from generator.errors import ParameterError
from generator.maps.ascent import Route, climbed, growable, peaks
from tests.conftest import request_of
from tests.fixtures.summits import Summits, summits


@dataclass(frozen=True)
class AnySize:
    """Each step adds the unit's number to every pixel; it notes what it was asked."""

    layers: tuple[Layer, ...] = ()
    input_shape: tuple[int, int, int] = (10, 20, 2)
    asked: list[Ascent] = field(default_factory=list)

    def ascend(self, ascent: Ascent) -> Climb:
        self.asked.append(ascent)
        inputs = ascent.start + ascent.steps * ascent.units[:, None, None, None].astype(np.float32)
        return Climb(inputs, inputs.mean(axis=(1, 2, 3)), np.full(len(inputs), ascent.steps))


def ascent(units: int = 3, steps: int = 30) -> Ascent:
    return Ascent("maps", np.arange(units), np.zeros((units, 10, 20, 2), np.float32), steps, 0.01)


def test_the_picture_grows_in_even_steps_to_the_wanted_height():
    """Height and width grow alike, by at most 1.4 a scale, and the steps are shared out."""
    classifier = AnySize()
    climb = climbed(classifier, ascent(), 30)
    shapes = [asked.start.shape[1:3] for asked in classifier.asked]
    assert shapes[0] == (10, 20) and shapes[-1] == (30, 60)
    ratios = np.diff(np.log([height for height, _ in shapes]))
    assert (np.exp(ratios) <= 1.45).all()
    assert {asked.steps for asked in classifier.asked} == {30 // len(shapes)}
    np.testing.assert_allclose(climb.inputs[2], 2 * len(shapes) * (30 // len(shapes)), rtol=1e-5)
    np.testing.assert_allclose(climb.activation, climb.inputs.mean(axis=(1, 2, 3)), rtol=1e-5)


def test_without_a_size_there_is_one_climb():
    """The ascent goes to the classifier as it is."""
    classifier, asked = AnySize(), ascent()
    climbed(classifier, asked, None)
    assert classifier.asked == [asked]


def test_the_steps_of_all_scales_count():
    """Whatever their number at each."""
    climb = climbed(classifier := AnySize(), ascent(units=40, steps=2), 120)
    assert climb.inputs.shape == (40, 120, 240, 2)
    assert (climb.steps == len(classifier.asked)).all()


@dataclass(frozen=True)
class Sunk(Summits):
    """Every unit answers from below zero: its value is lower by five."""

    climbs: list[Ascent] = field(default_factory=list)

    def outputs(self, inputs, layer):
        return Summits.outputs(self, inputs, layer) - 5

    def ascend(self, ascent: Ascent) -> Climb:
        self.climbs.append(ascent)
        return replace(climb := Summits.ascend(self, ascent), steps=climb.steps - ascent.units)


def test_below_zero_is_neither_silent_nor_dead():
    """A score has no zero: such a unit climbs once, and counts unless it is the same whatever it sees."""
    known = summits((None, 1.0, None))
    classifier = Sunk(known.summit, known.flat)
    request = request_of(classifier, np.full((2, 12, 12, 1), 0.5, np.float32))
    found = peaks(request, None, np.arange(3), Route("noise", 60, 0.01))
    assert len(classifier.climbs) == 1
    assert (found.activation < 0).all() and found.dead.tolist() == [False, True, False]


def test_the_steps_that_are_told_are_those_of_living_units():
    """From the shortest climb of a pattern to the longest; all of them where none is alive."""
    known = summits((0.0, None, None, None))
    request = request_of(Sunk(known.summit, known.flat), np.full((2, 12, 12, 1), 0.5, np.float32))
    route = Route("noise", 60, 0.01)
    assert route.facts(peaks(request, None, np.arange(4), route))["steps"] == "57–59"
    assert route.facts(peaks(request, None, np.arange(1), route))["steps"] == 60


def test_what_cannot_grow_is_refused():
    """A size below the input's, or a layer behind one that ties it to a size, is an error that names it."""
    maps, flat, dense = (
        Layer("maps", "Conv2D", (10, 20, 4)),
        Layer("flat", "Flatten", (800,)),
        Layer("d", "Dense", (3,)),
    )
    classifier = AnySize(layers=(maps, flat, dense))
    growable(classifier, maps, 30)
    growable(classifier, dense, None)
    with pytest.raises(ParameterError, match="the input is 10 pixels high"):
        growable(classifier, maps, 10)
    with pytest.raises(ParameterError, match="'flat' ties 'd' to pictures of 10 pixels"):
        growable(classifier, dense, 30)
