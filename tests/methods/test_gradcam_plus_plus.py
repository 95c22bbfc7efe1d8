"""Grad-CAM++ against a slow reference of the paper's weights, and against tf-keras-vis where that is sound."""

import numpy as np

from generator.maps.explained import score_of
from generator.methods.gradcam_plus_plus import by_weighted_positive_gradient
from tests.fixtures.stock import computed, correlations


def slow(output, gradient):
    """The paper's equations, place by place, for one image; weights of a channel sum to 1 as in the authors' code."""
    height, width, channels = output.shape
    total = np.zeros((height, width))
    for c in range(channels):
        alpha = np.zeros((height, width))
        for i, j in np.ndindex(height, width):
            g = float(gradient[i, j, c])
            if g > 0:
                alpha[i, j] = g**2 / (2 * g**2 + output[:, :, c].sum() * g**3)
        if alpha.sum() > 0:
            alpha /= alpha.sum()
        total += (alpha * np.maximum(gradient[:, :, c], 0)).sum() * output[:, :, c]
    return np.maximum(total, 0)


def test_equals_the_slow_reference(network):
    """The map of every image is the paper's, computed without arrays."""
    request = network.request()
    maps = computed("gradcam_plus_plus", request, layer="last")
    output, gradient = network.classifier.layer_gradients(network.images, score_of(request, "logit"), "last")
    wanted = [slow(*pair) for pair in zip(output, gradient, strict=True)]
    np.testing.assert_allclose(maps.native, wanted, atol=1e-5)


def test_equals_the_stock_library_where_no_gradient_is_negative(network, stock):
    """With a head of positive weights only, tf-keras-vis' normalisation and ours are the same."""
    theirs, output, gradient = stock_map(network, stock, np.abs)
    assert (gradient >= 0).all()
    assert min(correlations(by_weighted_positive_gradient(output, gradient), theirs)) > 0.999


def test_the_stock_weights_have_poles_on_a_logit(network, stock):
    """tf-keras-vis normalises over the places of negative gradient too. Under the logit of a confident model the
    paper's denominator 2g² + g³ΣA crosses zero there: its channel weights, which should be means of the positive
    gradients, leave their range by far. Ours, which leaves those places out as ReLU(gradient) does, never can."""
    theirs, output, gradient = stock_map(network, stock, lambda kernel: 10 * kernel)
    denominator = 2 + gradient * output.sum(axis=(1, 2), keepdims=True)
    assert denominator.min() < 0 < denominator.max()
    ours = np.maximum(by_weighted_positive_gradient(output, gradient), 0)
    most = np.einsum("nhwc,nc->nhw", output, np.maximum(gradient, 0).max(axis=(1, 2)))
    assert (ours <= most * 1.0001).all()
    assert (theirs > 2 * most).any()


def stock_map(network, stock, change):
    """tf-keras-vis' map without its factor exp(score), for the network with a changed head; output and gradient."""
    import keras

    twin = keras.models.clone_model(network.keras)
    *body, kernel, bias = network.keras.get_weights()
    twin.set_weights([*body, change(kernel), bias])
    output = network.classifier.outputs(network.images, "last")
    gradient = np.moveaxis(change(kernel).reshape(*output.shape[1:], -1), -1, 0)[network.target]
    score = stock.CategoricalScore(network.target.tolist())
    found = stock.GradcamPlusPlus(twin)(
        score, network.images, penultimate_layer="last", expand_cam=False, normalize_cam=False
    )
    logits = np.asarray(twin([network.images])).reshape(5, 3)[np.arange(len(output)), network.target]
    return np.asarray(found) / np.exp(logits)[:, None, None], output, gradient
