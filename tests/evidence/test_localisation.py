"""Where maps lie and what a region does, where the truth is known."""

import numpy as np
import pytest

from generator.artefacts import READABLE
from generator.evidence.cells import Maps
from generator.evidence.localisation import Partition, Shared, ceilings, effects, places
from generator.lattice import Lattice
from generator.regions import Region
from generator.text import Text
from tests.evidence.planted import (
    CORNER,
    MASKS,
    SIDE,
    corner_classifier,
    corner_images,
    corner_share,
    faces_of,
    registered,
)


@pytest.mark.parametrize(
    ("explainer", "expected"),
    [
        (registered("saliency"), 1.0),
        (registered("occlusion", patch=12, stride=12, baseline="black", score="logit"), 1.0),
        (registered("occlusion", patch=4, stride=4, baseline="black", score="logit"), 1.0),
    ],
)
def test_p1_the_whole_map_lies_in_the_corner(explainer, expected):
    """Only the corner enters the score: share 1 on 1/16 of the picture, where patches do not cross its border."""
    image = np.ones((1, SIDE, SIDE, 1))
    assert corner_share(explainer, corner_classifier(2), image) == pytest.approx(expected, abs=1e-4)
    assert CORNER.area(SIDE, SIDE) == 1 / 16


def test_p1_patches_that_cross_the_border_smear_the_map():
    """8×8 patches every 4, also over the edge: along an axis the cells lose 1½, 2, 1½ inside and ½ outside.

    So (10/11)² of the map lies inside; a grid that ends at the edge, where cells are covered once, has (11/12)² = .840.
    """
    explainer = registered("occlusion", patch=8, stride=4, baseline="black", score="logit")
    share = corner_share(explainer, corner_classifier(2), np.ones((1, SIDE, SIDE, 1)))
    assert share == pytest.approx((10 / 11) ** 2, abs=1e-4)


def test_p2_gradcam_spreads_what_layercam_keeps():
    """Through an identity convolution Grad-CAM is the picture, LayerCAM the corner (Draelos and Carin 2021)."""
    image = np.random.default_rng(1).uniform(0.1, 1, (1, SIDE, SIDE, 1))
    classifier = corner_classifier(2)
    own = image[0, :12, :12].sum() / image.sum()
    assert corner_share(registered("gradcam", layer="identity"), classifier, image) == pytest.approx(own, rel=1e-4)
    assert corner_share(registered("layercam", layer="identity"), classifier, image) == pytest.approx(1)


def test_a_region_that_matters_has_an_effect():
    """Blurring the bright corner lowers its own class, and elsewhere nothing; of the other classes it is silent."""
    classifier = corner_classifier()
    images, target = corner_images(64)
    whole = faces_of(images, target, classifier).own
    falls = effects(classifier, (images, 0 * images), whole, (target, np.arange(64)), MASKS)[:, 0]
    own = target == 0
    assert (falls[own, 0] > 0.2).all()
    assert np.abs(falls[~own, 0]).max() < falls[own, 0].min()
    assert (falls[own, 0] > falls[own, 1]).all()


def test_places_elsewhere_keep_their_shape_and_distance():
    """They share at most 30 % with the region; one that fills the picture fits nowhere else."""
    for down, right in places(MASKS[0]):
        moved = np.roll(MASKS[0], (down, right), axis=(0, 1))
        assert moved.sum() == 144
        assert (moved & MASKS[0]).sum() <= 0.3 * 144
    whole = Region("all", Text.of("all"), ((0.0, 0.0, 1.0, 0.9),))
    assert len(places(Partition.of([whole], (SIDE, SIDE), ()).masks[0])) == 0


def test_the_ceiling_of_a_coarse_grid():
    """The mouth on a 4×4 grid of a 64×64 picture: at most .57 of a map can lie inside; by pixel all of it can."""
    mouth = Region("mouth", Text.of("mouth"), ((0.22, 0.66, 0.78, 0.95),))
    masks = Partition.of([mouth], (64, 64), ()).masks
    assert ceilings(masks, [Lattice.even((4, 4), (64, 64))])[0] == pytest.approx(0.57, abs=0.01)
    assert ceilings(masks, [Lattice.even((64, 64), (64, 64))])[0] == pytest.approx(1)
    assert ceilings(masks, ())[0] == 1


@pytest.mark.parametrize("n_classes", [READABLE, READABLE + 1, 1000])
def test_of_more_classes_than_one_reads_no_mean_maps_are_kept(n_classes):
    """They would fill the memory; shares are counted by class all the same."""
    masks = np.ones((1, 6, 6), bool)
    values = np.zeros((9, 6, 6), np.float32)
    values[:, 2, 2] = 1
    total = Shared.nothing(masks, n_classes)
    for _ in range(2):
        total = total.added(Maps(values, np.zeros(9, bool)), np.full(9, 7), masks)
    assert total.mean_maps.shape == (n_classes if n_classes == READABLE else 0, 6, 6)
    assert total.counts[7] == total.regions[7].n == 18
    if n_classes == READABLE:
        assert total.mean_maps[7, 2, 2] == 36 and np.isnan(total.mean_maps[8]).all()
