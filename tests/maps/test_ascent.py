"""The climb from scale to scale: its sizes, its shapes, and what it refuses."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from generator.classifier import Ascent, Climb, Layer
from generator.errors import ParameterError
from generator.maps.ascent import climbed, growable


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


def test_large_pictures_climb_a_few_at_a_time():
    """Memory does not grow with the number of filters: units are climbed in chunks, and come back in order."""
    classifier = AnySize()
    climb = climbed(classifier, ascent(units=40, steps=2), 120)
    assert climb.inputs.shape == (40, 120, 240, 2)
    assert max(len(asked.units) for asked in classifier.asked if asked.start.shape[1] == 120) <= 5
    assert (np.diff(climb.activation) > 0).all()


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
