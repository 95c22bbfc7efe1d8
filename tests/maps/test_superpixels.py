"""Superpixels: every label from 0 to n−1 is in use, the counts fit a face, scikit-image does the cutting."""

import numpy as np
import pytest
from pydantic import ValidationError
from skimage.data import lfw_subset
from skimage.segmentation import felzenszwalb, quickshift, slic
from skimage.transform import resize

from generator.maps.superpixels import Grid, Quickshift, Slic, fitting, segmentation_of, superpixels


@pytest.fixture(scope="module")
def faces():
    return np.stack([resize(face, (48, 48)) for face in lfw_subset()[:12]])[..., None].astype(np.float32)


@pytest.mark.parametrize("algorithm", ["slic", "quickshift", "felzenszwalb", "grid"])
def test_labels_count_from_0_without_a_gap(faces, algorithm):
    """The first label is 0, the last n−1, and each is somewhere; LIME would never hide a label that is missing."""
    for face in faces:
        labels = superpixels(face, segmentation_of({"algorithm": algorithm}))
        assert labels.shape == (48, 48)
        assert set(np.unique(labels)) == set(range(labels.max() + 1))


@pytest.mark.parametrize(("algorithm", "low", "high"), [("slic", 20, 42), ("quickshift", 16, 70), ("grid", 49, 49)])
def test_the_defaults_fit_a_face(faces, algorithm, low, high):
    """A 48×48 face falls into some 25 to 30 superpixels, or as many as the algorithm makes of it."""
    counts = [superpixels(face, segmentation_of({"algorithm": algorithm})).max() + 1 for face in faces]
    assert low <= min(counts) and max(counts) <= high


def test_scikit_image_does_the_cutting(faces):
    """The labels are those of scikit-image under the same parameters."""
    rgb = np.repeat(faces[0], 3, axis=-1)
    cases = [
        (
            {"algorithm": "slic", "n_segments": 30, "compactness": 5, "sigma": 0},
            slic(rgb, n_segments=30, compactness=5, start_label=0),
        ),
        (
            {"algorithm": "quickshift", "kernel_size": 3, "max_dist": 20, "ratio": 0.2},
            quickshift(rgb, kernel_size=3, max_dist=20, ratio=0.2, rng=0),
        ),
        (
            {"algorithm": "felzenszwalb", "scale": 50, "sigma": 0.8, "min_size": 20},
            felzenszwalb(rgb, scale=50, sigma=0.8, min_size=20),
        ),
    ]
    for options, oracle in cases:
        assert np.array_equal(superpixels(faces[0], segmentation_of(options)), oracle)


def test_a_grid_has_its_rows_and_columns():
    """A grid cuts equal rectangles, and no more of them than there are pixels."""
    image = np.zeros((6, 4, 3), np.float32)
    expected = np.kron(np.arange(6).reshape(3, 2), np.ones((2, 2), int))
    assert np.array_equal(superpixels(image, Grid(algorithm="grid", rows=3, columns=2)), expected)
    assert superpixels(image, Grid(algorithm="grid", rows=32, columns=32)).max() == 23


def test_larger_pictures_have_more_superpixels_but_not_too_many():
    """The number grows with the side of the picture, up to a number that a linear model still fits."""
    assert fitting(48 * 48) == 40
    assert fitting(24 * 24) == 20
    assert fitting(224 * 224) == 60


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_any_number_of_channels_is_cut(channels):
    """Grey, two channels, colour and colour with alpha all have superpixels."""
    image = np.random.default_rng(0).random((24, 24, channels)).astype(np.float32)
    assert superpixels(image, Slic(n_segments=9)).max() >= 4


def test_unknown_parameters_are_refused():
    """A parameter of another algorithm, or an unknown algorithm, is an error."""
    assert segmentation_of(Quickshift(algorithm="quickshift")).algorithm == "quickshift"
    for wrong in ({"algorithm": "watershed"}, {"ratio": 0.2}, {"algorithm": "grid", "n_segments": 9}):
        with pytest.raises(ValidationError):
            segmentation_of(wrong)


@pytest.mark.parametrize("algorithm", ["slic", "quickshift", "felzenszwalb", "grid"])
def test_a_picture_of_eight_pixels_is_cut_too(algorithm):
    """The defaults shrink with the picture, and not below what scikit-image allows."""
    image = np.random.default_rng(0).random((8, 8, 1)).astype(np.float32)
    assert superpixels(image, segmentation_of({"algorithm": algorithm})).max() >= 1
