"""Saliency against the closed form and tf-keras-vis."""

import numpy as np

from tests.conftest import request_of
from tests.fixtures.stock import computed, correlations
from tests.methods.conftest import corner_share


def test_the_corner_that_decides_has_it_all(bright):
    """P1: the map is the weight 6/144 in the corner and zero elsewhere."""
    maps = computed("saliency", bright)
    np.testing.assert_allclose(maps.values[:, :12, :12], 6 / 144, rtol=1e-6)
    np.testing.assert_allclose(corner_share(maps.values), 1)


def test_equals_the_stock_library(network, stock):
    """The same magnitudes as tf-keras-vis' Saliency on the logits."""
    theirs = stock.Saliency(network.keras)(
        stock.CategoricalScore(network.target.tolist()), network.images, normalize_map=False
    )
    ours = computed("saliency", network.request()).values
    assert min(correlations(ours, theirs)) > 0.999
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_loss_speaks_for_the_class_where_it_falls(linear):
    """Signed maps of the loss and of the logit have the same sign."""
    request = request_of(linear, np.full((1, 48, 48, 1), 0.2), target=0)
    logit, loss = (computed("saliency", request, signed=True, score=s).values for s in ("logit", "loss"))
    assert (np.sign(logit) == np.sign(loss)).all()
    assert loss.max() > 0


def test_against_explains_the_difference(linear):
    """Target minus another class is the difference of the two signed maps."""
    images = np.full((1, 48, 48, 1), 0.2)
    both = [computed("saliency", request_of(linear, images, target=t), signed=True).values for t in (0, 1)]
    difference = computed("saliency", request_of(linear, images, target=0, against=1), signed=True).values
    np.testing.assert_allclose(difference, both[0] - both[1])
