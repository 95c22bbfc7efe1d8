"""The climb of filters against summits known by hand: where it ends, what is dead, which filters are shown."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from generator.errors import ParameterError
from generator.maps.ascent import Route, peaks
from generator.methods.filters import filters
from tests.conftest import request_of
from tests.fixtures.stock import keras_library
from tests.fixtures.summits import summits


def grey_images(size: int = 12, count: int = 3):
    return np.full((count, size, size, 1), 0.5, np.float32)


def test_the_climb_ends_on_the_summit():
    """Every filter's value comes as close to its largest as the step allows, above what real images reach."""
    found = filters(request_of(summits(), grey_images()), steps=200, rate=0.01)
    assert found.of == "filter"
    np.testing.assert_allclose(found.activation, 1, atol=1e-3)
    np.testing.assert_allclose(found.on_images, 1 - 0.09, atol=1e-5)
    assert not found.dead.any()


def test_the_pattern_is_what_the_filter_looks_for():
    """The drawn pattern lies in 0..1 and has the filter's stripe where its summit has it."""
    classifier = summits()
    found = filters(request_of(classifier, grey_images()), steps=200, rate=0.01)
    assert found.pattern.shape == (4, 12, 12, 1)
    assert found.pattern.min() >= 0 and found.pattern.max() <= 1
    for unit, pattern in enumerate(found.pattern):
        stripe = pattern[unit * 2 : unit * 2 + 2].mean()
        assert stripe > 0.9
        assert np.delete(pattern, [unit * 2, unit * 2 + 1], axis=0).mean() < 0.6


def test_dead_filters_are_named():
    """A filter that gives nothing, and one that gives the same whatever it sees, are dead; a living one is not."""
    found = filters(request_of(summits((None, 0.0, 0.7, None)), grey_images()))
    assert found.dead.tolist() == [False, True, True, False]


def test_a_filter_that_a_real_image_wakes_is_not_dead():
    """Where noise leaves a filter silent, the climb starts again from the real image that moves it most."""
    classifier = summits(steepness=1e8)
    woken = np.concatenate([grey_images(), np.moveaxis(classifier.summit[..., 2:3], -1, 0)[..., None]])
    found = filters(request_of(classifier, woken), filters=(2,), steps=50, rate=0.01)
    assert not found.dead[0]
    assert found.activation[0] > 0.99
    assert found.facts["from_images"] == (2,)
    without = replace(request_of(classifier, grey_images()), reference=np.zeros((0, 12, 12, 1), np.float32))
    silent = filters(without, filters=(2,), steps=50, rate=0.01)
    assert silent.dead[0] and np.isnan(silent.on_images[0])


def test_filters_are_chosen_by_number_by_list_or_by_strength():
    """The first so many, a list in its order, or the strongest with the strongest first."""
    request = request_of(summits((0.1, None, 0.3, None)), grey_images())
    assert filters(request).unit.tolist() == [0, 1, 2, 3]
    assert filters(request, filters=2).unit.tolist() == [0, 1]
    assert filters(request, filters=(3, 0)).unit.tolist() == [3, 0]
    best = filters(request_of(summits(), grey_images()), filters={"best": 3})
    assert len(set(best.unit.tolist())) == 3 and (np.diff(best.activation) <= 0).all()


def test_the_best_are_alive():
    """A filter that is the same whatever it sees is never among the best, and is named; alone it is shown as dead."""
    best = filters(request_of(summits((9.0, None, 0.3, None)), grey_images()), filters={"best": 3})
    assert sorted(best.unit.tolist()) == [1, 3] and not best.dead.any()
    assert best.facts["skipped"] == (0, 2)
    none = filters(request_of(summits((0.0, 0.5)), grey_images()), filters={"best": 1})
    assert none.dead.all() and "skipped" not in filters(request_of(summits(), grey_images())).facts


def test_outputs_stand_beside_the_patterns():
    """Of the same filters, for the images of the figure, as the layer gives them."""
    classifier, images = summits(), np.random.default_rng(0).random((2, 12, 12, 1)).astype(np.float32)
    found = filters(request_of(classifier, images), filters=(3, 1), steps=2, outputs=True)
    expected = np.moveaxis(classifier.outputs(images, "maps")[..., [3, 1]], -1, 0)
    np.testing.assert_array_equal(found.output, expected)
    assert filters(request_of(classifier, images), steps=2).output is None


def test_outputs_need_an_image():
    """A figure of filters shows none unless it says which."""
    request = request_of(summits(), grey_images())
    without = replace(request, batch=replace(request.batch, **{k: v[:0] for k, v in arrays_of(request.batch)}))
    with pytest.raises(ParameterError, match=r"the figure names no images; say which, such as `images: \{select"):
        filters(without, steps=1, outputs=True)


def arrays_of(batch):
    return [(key, value) for key, value in vars(batch).items() if value is not None]


def test_a_filter_that_is_not_there_is_refused():
    """The message says how many there are."""
    with pytest.raises(ParameterError, match="layer 'maps' has 4 filters, 0 to 3; there is no 4, 9"):
        filters(request_of(summits(), grey_images()), filters=(0, 4, 9))


def test_a_pattern_does_not_depend_on_its_company():
    """A filter starts from noise of its own: alone or among others, its pattern is the same."""
    request = request_of(summits(), grey_images())
    together, alone = filters(request), filters(request, filters=(2,))
    np.testing.assert_array_equal(together.pattern[2], alone.pattern[0])


def test_the_climb_can_start_elsewhere():
    """From zeros, grey or an image of the figure; an image that the figure does not have is refused."""
    classifier = summits()
    images = np.concatenate([grey_images(), np.moveaxis(classifier.summit[..., :1], -1, 0)[..., None]])
    request = request_of(classifier, images)
    for start in ("zeros", "grey", 3):
        assert filters(request, start=start, steps=100, rate=0.01).activation.min() > 0.99
    assert filters(request, start=3, filters=(0,), steps=1, rate=0.001).activation[0] == pytest.approx(1, abs=1e-4)
    with pytest.raises(ParameterError, match=r"image 7 is not among this figure's images \(0, 1, 2, 3\)"):
        filters(request, start=7)


def test_several_starts_never_end_lower():
    """Of several climbs the highest is kept, filter by filter."""
    request = request_of(summits(steepness=4.0), grey_images())
    one, many = (filters(request, starts=starts, steps=5) for starts in (1, 4))
    assert (many.activation >= one.activation).all()
    assert many.facts["restarts"] == 4


def test_duplicates_are_named():
    """Two filters with the same pattern are reported as a pair."""
    classifier = summits()
    classifier.summit[..., 3] = classifier.summit[..., 1]
    found = filters(request_of(classifier, grey_images()), steps=200, rate=0.01)
    assert found.facts["duplicates"] == ("1 = 3",)


def test_an_unknown_layer_is_refused():
    """The message names what there is."""
    with pytest.raises(ParameterError, match="unknown layer 'conv9'"):
        filters(request_of(summits(), grey_images()), layer="conv9")


def test_it_comes_at_least_as_high_as_the_stock_library(network, stock):
    """With as many steps, every filter of a small CNN is climbed as high as by tf-keras-vis, or higher."""
    keras = keras_library()
    truncated = keras.Model(network.keras.inputs, [network.keras.get_layer("last").output])
    units = list(range(4))
    climb = stock.ActivationMaximization(truncated, clone=False)
    seeds = np.random.default_rng(0).uniform(0.4, 0.6, (4, 24, 24, 1)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ends = climb(stock.CategoricalScore(units), seed_input=seeds, input_range=(0.0, 1.0), steps=60)
    theirs = network.classifier.outputs(np.asarray(ends, np.float32), "last").mean(axis=(1, 2))[units, units]
    ours = filters(network.request(), layer="last", filters=4)
    assert (ours.activation >= theirs).all()
    assert (ours.activation > ours.on_images).all()


def test_a_pattern_reaches_what_is_printed(network):
    """The value beside a pattern is the layer's own, for a filter of a real network."""
    request = network.request()
    units = np.array([5, 2])
    found = peaks(request, "last", units, Route("noise", 20, 0.02))
    values = network.classifier.outputs(found.inputs, "last").mean(axis=(1, 2))[[0, 1], units]
    np.testing.assert_allclose(found.activation, values, rtol=1e-5)


def test_filters_of_a_real_network_grow(network):
    """Its steps are shared out over the scales, and still it activates its filter more than half as much."""
    request = request_of(network.classifier, network.images)
    small = filters(request, layer="last", filters=(1, 2))
    large = filters(request, layer="last", filters=(1, 2), size=60)
    assert large.pattern.shape == (2, 60, 60, 1)
    assert large.facts["size"] == (60, 60)
    assert (large.activation > 0.5 * small.activation).all()
    assert (large.activation > small.on_images).all()
