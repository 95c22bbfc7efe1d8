"""The planted cases: what each measure must say where the truth is known."""

from functools import partial

import numpy as np
import pytest

from generator.data.selection import Selection
from generator.evidence import explainer as explaining
from generator.evidence import localisation
from generator.evidence.cells import cell_means
from generator.evidence.dependence import RAW, depends, exchanged, partners, repetition, swapped
from generator.evidence.explainer import Bench, Case, own_maps, untrained_maps
from generator.evidence.faces import Covering, Remembering, covering, draw, in_turn
from generator.evidence.faithfulness import areas, average_of_others, gaps, reference_gaps
from generator.evidence.localisation import ceilings, effects, masks_of, places, shares
from generator.evidence.measurement import Setting, measure
from generator.evidence.result import plain
from generator.regions import Region
from generator.samples import Samples
from generator.text import Text
from tests.conftest import request_of
from tests.evidence.planted import (
    CLASSES,
    CORNER,
    SIDE,
    AsProbability,
    corner_classifier,
    corner_images,
    edges,
    faces_of,
    fixed_noise,
    fresh_noise,
    middle,
    registered,
    shuffled,
    toy,
)
from tests.fixtures.closed_form import LinearClassifier

MASKS = masks_of([CORNER], (SIDE, SIDE))


def corner_share(explainer, classifier, image) -> float:
    """The share of the corner in the map of the first class."""
    request = request_of(classifier, image, target=0)
    maps = explainer.method.compute(request, **explainer.options)
    return float(shares(np.maximum(maps.values, 0), MASKS)[0, 0])


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


def covered_by_black(classifier, images, target) -> Covering:
    probability = classifier.probabilities(images)[np.arange(len(images)), target].astype(float)
    nothing = classifier.probabilities(0 * images)[np.arange(len(images)), target].astype(float)
    return Covering(images, 0 * images, target, np.arange(len(images)), probability, nothing, 0.0)


def test_p1_deletion_and_insertion_by_hand():
    """The corner is 9 of 144 cells: gone at the first fifth, back at the last. Logit: D .6, I 5.4."""
    images, target = np.ones((2, SIDE, SIDE, 1), np.float32), np.zeros(2, np.int64)
    cells = cell_means(np.repeat(MASKS, 2, axis=0).astype(np.float32))
    classifier = corner_classifier(2)
    scores = AsProbability(classifier.weights)
    np.testing.assert_allclose(areas(scores, covered_by_black(scores, images, target), cells), [[0.6, 5.4]] * 2, 1e-6)
    both = areas(classifier, covered_by_black(classifier, images, target), cells)
    np.testing.assert_allclose(both[:, 1] - both[:, 0], 0.8 * (1 / (1 + np.exp(-6)) - 0.5), rtol=1e-6)
    assert both[0, 1] - both[0, 0] == pytest.approx(0.3980, abs=1e-4)


def test_p1_a_blur_that_hides_nothing_makes_the_measure_silent():
    """A white picture is its own blur: the class stays, and nothing can be said."""
    images, target = np.ones((28, SIDE, SIDE, 1), np.float32), np.zeros(28, np.int64)
    whole = corner_classifier(2).probabilities(images)[:, 0].astype(float)
    assert covering(corner_classifier(2), images, target, np.arange(28), whole) is None


def test_p2_gradcam_spreads_what_layercam_keeps():
    """Through an identity convolution Grad-CAM is the picture, LayerCAM the corner (Draelos and Carin 2021)."""
    image = np.random.default_rng(1).uniform(0.1, 1, (1, SIDE, SIDE, 1))
    classifier = corner_classifier(2)
    own = image[0, :12, :12].sum() / image.sum()
    assert corner_share(registered("gradcam", layer="identity"), classifier, image) == pytest.approx(own, rel=1e-4)
    assert corner_share(registered("layercam", layer="identity"), classifier, image) == pytest.approx(1)


def case_of(explainer, classes: int = 4, count: int = 140, reinitialised=True) -> Case:
    """One method on the bench with corner images."""
    classifier = corner_classifier(classes)
    images, target = corner_images(count, classes)
    faces = faces_of(images, target, classifier)
    own = own_maps(explainer, classifier, faces, MASKS, classes)
    source = partial(shuffled, of=classifier)
    untrained = untrained_maps([explainer], source, classifier, faces, MASKS) if reinitialised else {}
    cover = covering(classifier, images[:56], target[:56], faces.seeds[:56], faces.own[:56])
    references = reference_gaps(classifier, cover, (SIDE, SIDE)) if cover else np.zeros((0, 2))
    bench = Bench(classifier, faces, MASKS, (CORNER.id,), CLASSES[:classes], cover, references, 1)
    return Case(explainer, own, untrained.get(explainer.figure), bench)


def test_p3_two_corners_have_the_rank_correlation_of_disjoint_sets():
    """Each a sixteenth of the picture: ρ = −α/(1−α) = −1/15; so the map changes with the class."""
    case = case_of(registered("saliency"))
    assert swapped(case).sums.means[RAW] == pytest.approx(-1 / 15)
    assert depends(case, swapped(case), draws=False).light == "green"


@pytest.mark.parametrize("values", [edges, fixed_noise])
def test_p4_a_map_of_the_picture_alone_is_kept_whole(values):
    """Neither another class nor other weights change it: all of it is retained, and the lights are red."""
    case = case_of(toy(values))
    assert swapped(case).estimate().mean == pytest.approx(1)
    assert exchanged(case).estimate(fewest=2).mean == pytest.approx(1)
    assert depends(case, swapped(case), draws=False).light == "red"
    assert depends(case, exchanged(case), draws=True).light == "red"


def test_p5_fresh_noise_is_not_reproducible():
    """The denominator is about 0: silent, with the reason; its gap holds 0 and its share is the area."""
    case = case_of(toy(fresh_noise, seeded=True))
    assert swapped(case).silent == "not_reproducible"
    assert exchanged(case).silent == "not_reproducible"
    gap = gaps(case)["gap"].estimate()
    assert gap.low < 0 < gap.high
    share = case.own.total.regions[0].estimate()
    assert share.low < 1 / 16 < share.high
    assert repetition(case)[0].pixel.mean == pytest.approx(0, abs=0.02)


def test_p5_one_blob_for_all_says_nothing_of_this_picture():
    """It comes again perfectly, and so it does for every other picture."""
    case = case_of(toy(middle))
    assert swapped(case).silent == "same_for_every_picture"
    assert gaps(case)["blob"].means[0] < 0.05


def test_with_two_classes_the_swap_is_silent():
    """(s, −s) would give 1 whatever the method."""
    case = case_of(toy(edges), classes=2, reinitialised=False)
    assert depends(case, swapped(case), draws=False).reason == "two_classes"


def test_a_faithful_map_beats_every_reference():
    """The corner of its class: covering it hurts, more than blob, change and average; the light says so."""
    estimates = {name: sums.estimate() for name, sums in gaps(case_of(registered("saliency"))).items()}
    assert all(estimates[name].low > 0 for name in ("gap", "blob", "untrained", "average"))


def test_random_orders_have_no_gap():
    """The mean gap of 400 random orders is 0: no random map is needed beside it."""
    classifier = corner_classifier()
    images, target = corner_images(400)
    faces = faces_of(images, target, classifier)
    cover = covering(classifier, images, target, np.arange(400), faces.own)
    both = areas(classifier, cover, np.random.default_rng(0).random((400, 144)))
    gap = both[:, 1] - both[:, 0]
    assert abs(gap.mean()) < 3 * gap.std() / 20


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
    assert len(places(masks_of([whole], (SIDE, SIDE))[0])) == 0


def test_the_ceiling_of_a_coarse_grid():
    """The mouth on a 4×4 grid of a 64×64 picture: at most .57 of a map can lie inside; by pixel all of it can."""
    mouth = Region("mouth", Text.of("mouth"), ((0.22, 0.66, 0.78, 0.95),))
    masks = masks_of([mouth], (64, 64))
    assert ceilings(masks, (4, 4))[0] == pytest.approx(0.57, abs=0.01)
    assert ceilings(masks, (64, 64))[0] == pytest.approx(1)
    assert ceilings(masks, None)[0] == 1


def test_the_average_of_the_others_leaves_the_own_map_out():
    """Every map counts the same, whatever its size; empty ones do not count."""
    cells = np.array([[1.0, 1], [0, 10], [3, 1], [np.nan, np.nan]])
    expected = [[0.375, 0.625], [0.625, 0.375], [0.25, 0.75], [1.25 / 3, 1.75 / 3]]
    np.testing.assert_allclose(average_of_others(cells), expected)


def test_partners_are_of_another_class_within_a_chunk_of_28():
    """The next one, going round; never an empty map, never a picture beyond the chunk."""
    classes = np.array([0, 0, 1] + [0] * 25 + [2, 2, 2])
    valid = np.ones(31, bool)
    found = partners(classes, valid)
    assert found[:3].tolist() == [2, 2, 3]
    assert found[27] == 2
    assert found[28:].tolist() == [-1, -1, -1]
    valid[2] = False
    assert (partners(classes, valid) == -1).all()


def test_a_black_box_asks_nothing_twice():
    """Another class is read from the same answers: no forward pass is repeated."""
    classifier = corner_classifier()
    asked = []

    class Counting:
        def __getattr__(self, name):
            return getattr(classifier, name)

        def probabilities(self, inputs):
            asked.append(len(inputs))
            return classifier.probabilities(inputs)

    model = Remembering(Counting())
    images, _ = corner_images(4)
    first = model.probabilities(images)
    np.testing.assert_array_equal(model.probabilities(images.copy()), first)
    assert asked == [4]
    assert model.n_classes == 4


class OneByOne(LinearClassifier):
    """Every image on its own, in float64: a library's sums may round differently in another batch."""

    def logits(self, inputs):
        wide = self.weights.astype(np.float64)
        return np.array([[(image * wide[..., k]).sum() for k in range(self.n_classes)] for image in inputs])


@pytest.mark.parametrize("block", [28, 60, 1000])
def test_the_batches_do_not_matter(monkeypatch, block):
    """Everything in the evidence is the same to 1e-12, however many images go through at once."""
    explainers = [registered("saliency"), toy(fresh_noise, seeded=True)]
    classifier = OneByOne(corner_classifier().weights)
    images, target = corner_images(60)
    setting = Setting(CLASSES, (CORNER,))
    monkeypatch.setattr(localisation, "blurred", lambda images, sigma: 0 * images)

    def evidence():
        faces = faces_of(images, target, classifier)
        found = measure(explainers, classifier, faces, setting, partial(shuffled, of=classifier))
        return flattened([plain(found.figures), plain(found)])

    whole = evidence()
    monkeypatch.setattr(explaining, "BLOCK", block)
    monkeypatch.setattr(localisation, "BLOCK", block)
    parts = evidence()
    assert [key for key, _ in whole] == [key for key, _ in parts]
    np.testing.assert_allclose([v for _, v in parts], [v for _, v in whole], rtol=1e-12, atol=1e-12)


def flattened(value, path=""):
    """Every number of a tree with its place."""
    if isinstance(value, dict):
        return [leaf for key, entry in value.items() for leaf in flattened(entry, f"{path}/{key}")]
    if isinstance(value, list | tuple):
        return [leaf for key, entry in enumerate(value) for leaf in flattened(entry, f"{path}/{key}")]
    return [(path, float(value))] if isinstance(value, int | float) else [(f"{path}={value}", 0.0)]


def test_images_are_drawn_in_turn_from_each_class_and_right():
    """So many of each class that are predicted right, in an order whose every beginning is balanced."""
    label = np.repeat([0, 1, 2], [40, 10, 3])
    probability = np.eye(3, dtype=np.float32)[label]
    probability[:5] = [0, 1, 0]
    samples = Samples(np.arange(53), label, lambda positions: [], "faces", "")
    chosen = draw(samples, lambda positions: probability[positions], 3, 8, 0)
    assert np.bincount(chosen.row_class).tolist() == [8, 8, 3]
    assert chosen.row_class[:9].tolist() == [0, 1, 2] * 3
    assert chosen.positions.min() >= 5
    assert len(draw(samples, lambda positions: probability[positions], 3, "all", 0)) == 48


def test_nothing_right_draws_nothing():
    """A model without a single right prediction has no evidence, and no error."""
    samples = Samples(np.arange(4), np.zeros(4, np.int64), lambda positions: [], "faces", "")
    assert len(draw(samples, lambda positions: np.tile([0.0, 1.0], (len(positions), 1)), 2, 8, 0)) == 0
    nothing = Selection(np.zeros(0, np.int64), np.zeros(0, np.int64), ())
    assert len(in_turn(nothing)) == 0
