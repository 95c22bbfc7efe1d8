"""Guided backpropagation against tf-keras-vis, and its silence where it would be the plain gradient."""

import numpy as np

from tests.conftest import request_of
from tests.fixtures.stock import computed, correlations


def test_equals_the_stock_library_where_that_applies(network, stock):
    """On a flat model of `activation='relu'` both rewrite the same rectifiers."""
    theirs = stock.Saliency(network.keras, model_modifier=stock.GuidedBackpropagation())(
        stock.CategoricalScore(network.target.tolist()), network.images, normalize_map=False
    )
    ours = computed("guided_backprop", network.request())
    assert min(correlations(ours.values, theirs)) > 0.999
    np.testing.assert_allclose(ours.values, theirs, atol=1e-5)
    assert ours.remarks == ("",) * len(network.images)


def test_signed_keeps_the_direction(network):
    """The signed map of one channel has the magnitude of the unsigned one."""
    signed, plain = (computed("guided_backprop", network.request(), signed=s) for s in (True, False))
    np.testing.assert_allclose(np.abs(signed.values), plain.values)
    assert signed.values.min() < 0


def test_without_a_rectifier_it_says_not_applicable(linear):
    """A linear model has nothing to guide: the map is the gradient, and says that it is no result of its own."""
    request = request_of(linear, np.random.default_rng(0).random((3, 48, 48, 1)), target=0)
    maps = computed("guided_backprop", request)
    assert maps.remarks == ("not_applicable",) * 3
    assert (maps.values == computed("saliency", request).values).all()


def test_no_gradient_at_all_is_flat_rather_than_not_applicable(linear):
    """The second class of P1 depends on nothing; its map is flat, and that is what is said."""
    request = request_of(linear, np.ones((1, 48, 48, 1)), target=1)
    assert computed("guided_backprop", request).remark(0) == "flat"


def test_the_warning_stands_beside_it(network):
    """Its facts say that it hardly depends on class and weights (Adebayo et al. 2018)."""
    assert computed("guided_backprop", network.request()).facts["insensitive"] is True


def test_that_it_applies_is_known_without_a_pass(network):
    """The plain gradient is not taken beside the guided one: a model with a rectifier has something to guide."""
    asked = []

    class Counting:
        def __getattr__(self, name):
            return getattr(network.classifier, name)

        def gradients(self, inputs, score, rectifier="plain"):
            asked.append((rectifier, len(inputs)))
            return network.classifier.gradients(inputs, score, rectifier)

    found = computed("guided_backprop", request_of(Counting(), np.resize(network.images, (20, 24, 24, 1))))
    assert asked == [("guided", 20)]
    assert found.remarks == ("",) * 20
