"""Occlusion against hand-worked shares, a slow loop, and its edges."""

from dataclasses import replace

import numpy as np
import pytest

from generator.artefacts import Difference
from generator.errors import ParameterError
from generator.maps.pixels import filled
from generator.methods import METHODS
from generator.methods.occlusion import PatchGrid
from tests.conftest import request_of
from tests.fixtures.stock import computed
from tests.methods.conftest import corner_share


@pytest.mark.parametrize(("patch", "stride", "share"), [(12, 12, 1), (4, 4, 1), (8, 4, (10 / 11) ** 2)])
def test_the_corner_that_decides(bright, patch, stride, share):
    """P1 in black. At 8/4 the patches that straddle the border of the corner smear: along one side the five cells of
    four pixels get 6, 8, 6, 2, 0, so that 20 of 22 parts stay inside.
    A grid that stops at the edge gives 22 of 24."""
    maps = computed("occlusion", bright, patch=patch, stride=stride, baseline="black", score="logit")
    np.testing.assert_allclose(corner_share(maps.values), share, rtol=1e-5)


def slow(network, patch, stride, baseline):
    """One patch at a time, each pixel the mean of the patches that cover it."""
    fill = filled(network.images, baseline)
    total, count = np.zeros((2, *network.images.shape[:3]))
    rows = np.arange(len(network.images))
    whole = network.classifier.probabilities(network.images)[rows, network.target]
    for top in range(stride - patch, 24, stride):
        for left in range(stride - patch, 24, stride):
            area = np.s_[:, max(0, top) : top + patch, max(0, left) : left + patch]
            covered = network.images.copy()
            covered[area] = fill[area]
            fall = whole - network.classifier.probabilities(covered)[rows, network.target]
            total[area] += fall[:, None, None]
            count[area] += 1
    return total / count


@pytest.mark.parametrize(("patch", "stride", "baseline"), [(4, 2, "blur"), (5, 3, "mean"), (6, 6, "white")])
def test_equals_the_slow_loop(network, patch, stride, baseline):
    """All patches of all images in chunks are the loop over them, also where the stride does not divide the patch."""
    maps = computed("occlusion", network.request(), patch=patch, stride=stride, baseline=baseline)
    np.testing.assert_allclose(maps.values, slow(network, patch, stride, baseline), atol=1e-5)
    assert maps.facts == {"score": "probability", "patch": patch, "stride": stride, "baseline": baseline}


@pytest.mark.parametrize(("patch", "stride", "size"), [(8, 4, (48, 48)), (6, 2, (20, 31)), (5, 5, (23, 17))])
def test_every_pixel_lies_under_as_many_patches(patch, stride, size):
    """At the edges too, by a grid that runs over them."""
    count = np.zeros(size, int)
    for top, bottom, left, right in PatchGrid(patch, stride, size).boxes:
        count[top:bottom, left:right] += 1
    assert set(count.ravel()) == {(patch // stride) ** 2}


def test_the_standard_patch_fits_the_picture(network, linear):
    """A sixth of the side, moved by half of itself."""
    assert computed("occlusion", request_of(linear, np.ones((1, 48, 48, 1)))).facts["patch"] == 8
    facts = computed("occlusion", network.request()).facts
    assert (facts["patch"], facts["stride"], facts["baseline"]) == (4, 2, "blur")


def test_the_most_damaging_place(linear):
    """The corner covered, the first class falls by six and the second is predicted."""
    classifier = replace(linear, bias=np.array([0, 0.5], np.float32))
    request = request_of(classifier, np.ones((1, 48, 48, 1)), target=0)
    maps = computed("occlusion", request, patch=12, stride=12, baseline="black", score="logit")
    facts = dict(maps.image_facts[0])
    assert facts["most_damaging"] == (0, 0, 12, 12)
    assert facts["fall"] == pytest.approx(6, rel=1e-5)
    assert facts["new_prediction"] == 1
    assert facts["new_probability"] == pytest.approx(1 / (1 + np.exp(0.5)), rel=1e-5)


@pytest.mark.parametrize(("score", "quantity"), [("logit", "logit_drop"), ("probability", "probability_drop")])
def test_what_falls_is_named(bright, score, quantity):
    """The quantity says whether a logit or a probability fell."""
    maps = computed("occlusion", bright, score=score)
    assert maps.quantity == quantity
    assert isinstance(maps.image_facts[0]["fall"], Difference) == (score == "probability")


def test_a_rising_loss_is_a_falling_logarithm(bright):
    """Under `loss` the fall is log p before minus log p after."""
    maps = computed("occlusion", bright, patch=12, stride=12, baseline="black", score="loss")
    assert maps.image_facts[0]["fall"] == pytest.approx(np.log(2) - np.log1p(np.exp(-6)), rel=1e-4)


def test_where_every_patch_helps_nothing_speaks_for_it(bright, linear):
    """Every part of the picture speaks against the class: unsigned, the map is empty and says so."""
    everywhere = replace(linear, weights=np.stack([-np.ones((48, 48, 1)), np.zeros((48, 48, 1))], -1) / 2304)
    request = request_of(everywhere, np.ones((1, 48, 48, 1)), target=0)
    assert computed("occlusion", request, signed=False, baseline="black").remark(0) == "nothing_speaks_for"
    assert computed("occlusion", request, baseline="black").remark(0) == ""
    assert computed("occlusion", bright, baseline="black").remark(0) == ""


@pytest.mark.parametrize(
    ("options", "parameter", "message"),
    [
        ({"patch": 49}, "patch", "hides the whole picture of 48×48"),
        ({"patch": 4, "stride": 5}, "stride", "leaves gaps between patches of 4 pixels"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(bright, options, parameter, message):
    """A patch over the whole picture, and gaps that no patch covers."""
    with pytest.raises(ParameterError, match=message) as error:
        computed("occlusion", bright, **options)
    assert error.value.parameter == parameter


@pytest.mark.parametrize(
    ("params", "size", "patches"),
    [
        ({"patch": 8, "stride": 4}, (224, 224), 57**2),
        ({}, (224, 224), 14**2),
        ({"patch": 6, "stride": 2}, (20, 31), 12 * 18),
    ],
)
def test_its_passes_grow_with_the_size_of_the_image(params, size, patches):
    """One for the image, one for each patch, one for the image without its most important patch."""
    assert METHODS["occlusion"].passes(params, 1, size) == patches + 2
    assert METHODS["occlusion"].passes(params, 3, size) == 3 * (patches + 2)
