"""One preprocessing, by hand numbers and against Keras' own."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from generator.data.preprocess import (
    Preprocessing,
    Preprocessor,
    equalized,
    pixel_statistics,
    preprocess_of,
    statistic_in,
)
from generator.errors import DataError

SHAPE = (2, 3, 3)
RNG = np.random.default_rng(5)
IMAGES = np.random.default_rng(1).random((4, *SHAPE)).astype(np.float32)


def of(shape=SHAPE, folder=None, images=None, **settings) -> Preprocessor:
    return preprocess_of(Preprocessing(**settings), shape, *([folder] if folder else []), images=images)


@pytest.mark.parametrize(
    ("settings", "half", "bounds"),
    [
        ({}, 0.5, (0, 1)),
        ({"scale": (0, 1)}, 0.5, (0, 1)),
        ({"scale": (-1, 1)}, 0.0, (-1, 1)),
        ({"scale": (0, 255)}, 127.5, (0, 255)),
        ({"scale": (1, 0)}, 0.5, (1, 0)),
        ({"mean": 127.5, "std": 127.5}, 0.0, (-1, 1)),
        ({"mean": 0.5, "std": 0.25}, 0.0, (-2, 2)),
        ({"mean": (0.1, 0.2, 0.3)}, (0.4, 0.3, 0.2), (-0.3, 0.9)),
        ({"scale": (0, 255), "mean": 1.0}, 126.5, (-1, 254)),
        ({"mode": "tf"}, 0.0, (-1, 1)),
    ],
)
def test_scaling_by_hand(settings, half, bounds):
    """What a middle grey becomes, and what black and white become at most."""
    scaling = of(**settings)
    grey = np.full((1, *SHAPE), 0.5, np.float32)
    np.testing.assert_allclose(scaling.prepare(grey)[0, 0, 0], np.broadcast_to(half, 3), atol=1e-5)
    black, white = (scaling.prepare(np.full((1, *SHAPE), shown, np.float32)) for shown in (0, 1))
    np.testing.assert_allclose((black.min(), white.max()), bounds, atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [{}, {"scale": (-1, 1)}, {"mean": (120.0, 110.0, 100.0), "std": 60.0}, {"mode": "torch"}, {"mode": "caffe"}],
)
def test_restoring_is_the_inverse(settings):
    """Inputs come back as the images they were, and what no picture can be is clipped."""
    scaling = of(**settings)
    np.testing.assert_allclose(scaling.restore(scaling.prepare(IMAGES)), IMAGES, atol=1e-5)
    assert scaling.restore(scaling.prepare(IMAGES) * 1e3).max() <= 1


@pytest.mark.parametrize("mode", ["tf", "torch", "caffe"])
def test_the_modes_are_those_of_keras(mode):
    """keras.applications.imagenet_utils.preprocess_input is the oracle; it takes pixels of 0..255."""
    from keras.applications.imagenet_utils import preprocess_input

    theirs = preprocess_input(IMAGES * 255, data_format="channels_last", mode=mode)
    np.testing.assert_allclose(of(mode=mode).prepare(IMAGES), theirs, atol=1e-4)


def test_statistics_by_pixel_come_from_a_file(tmp_path):
    """An .npy of the raw pixels' mean, `(H, W)` or `(H, W, C)`, is subtracted pixel by pixel."""
    mean = np.arange(6).reshape(2, 3) * 40
    np.save(tmp_path / "mean.npy", mean)
    inputs = of(folder=tmp_path, mean="mean.npy", std=255.0).prepare(IMAGES)
    np.testing.assert_allclose(inputs, (IMAGES * 255 - mean[..., None]) / 255, atol=1e-5)


@pytest.mark.parametrize("scale", [None, (-1, 1), (0, 255)])
def test_statistics_of_the_data_make_every_pixel_standard(scale):
    """`mean: data, std: data` gives mean 0 and deviation 1 at every pixel, whatever the scale."""
    settings = {"mean": "data", "std": "data", "scale": scale}
    inputs = of(images=lambda: iter((IMAGES[:3], IMAGES[3:])), **settings).prepare(IMAGES)
    np.testing.assert_allclose(inputs.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(inputs.std(axis=0), 1, atol=1e-4)


def test_a_pixel_that_never_changes_stays_finite():
    """A border that is black in every image has deviation 0 and is not divided by it."""
    flat = np.zeros((3, *SHAPE), np.float32)
    assert np.isfinite(of(images=lambda: [flat], mean="data", std="data").prepare(flat)).all()


def test_pixel_statistics_are_those_of_numpy():
    """Streaming over batches gives NumPy's mean and deviation."""
    mean, deviation = pixel_statistics([IMAGES[:1], IMAGES[1:]])
    np.testing.assert_allclose(mean, IMAGES.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(deviation, IMAGES.std(axis=0), atol=1e-6)


def test_each_image_is_standardised_on_its_own():
    """Mean 0, deviation 1 by image; a flat image stays finite; what is shown again lies in 0..1."""
    scaling = of(standardize="image")
    inputs = scaling.prepare(np.concatenate([IMAGES, np.full((1, *SHAPE), 0.3, np.float32)]))
    np.testing.assert_allclose(inputs.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(inputs[:4].std(axis=(1, 2, 3)), 1, atol=1e-5)
    shown = scaling.restore(inputs)
    assert 0 <= shown.min() <= shown.max() <= 1


def test_equalising_spreads_the_levels_as_opencv_does():
    """By hand: levels 10, 10, 20, 30 of four pixels become 0, 0, 127.5 → 128 and 255."""
    levels = np.array([10, 10, 20, 30], np.float32).reshape(1, 2, 2, 1) / 255
    np.testing.assert_allclose(equalized(levels).ravel() * 255, [0, 0, 128, 255], atol=1e-3)
    flat = np.full((1, 2, 2, 1), 0.4, np.float32)
    np.testing.assert_allclose(equalized(flat), flat, atol=1e-3)
    np.testing.assert_allclose(of((2, 2, 1), equalize=True, scale=(-1, 1)).prepare(levels).max(), 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mean": (1.0, 2.0)}, r"preprocess\.mean: 2 numbers for 3 channels"),
        ({"std": "no.npy"}, r"no\.npy: no such file"),
        ({"std": "wrong.npy"}, r"the shape \(9,\) does not fit the model's \(2, 3, 3\)"),
        ({"mean": "data"}, r"there are no images"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, settings, message):
    """Numbers for other channels, files of another shape, statistics of nothing."""
    np.save(tmp_path / "wrong.npy", np.zeros(9))
    with pytest.raises(DataError, match=message):
        of(folder=tmp_path, **settings)


def test_colour_modes_need_colour():
    """ImageNet's means belong to three channels."""
    with pytest.raises(DataError, match="for 3 channels, the model takes 1"):
        of((2, 2, 1), mode="torch")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scale": (1, 1)}, "black and white both become 1"),
        ({"scale": (0, math.inf)}, "no number here may be beyond a billion"),
        ({"mean": math.nan}, "no number here may be beyond a billion"),
        ({"mean": (0.5, 1e300, 0.5)}, "no number here may be beyond a billion"),
        ({"mean": ()}, "at least 1"),
        ({"std": 0.0}, "a deviation has to be more than 0"),
        ({"std": -1.0}, "a deviation has to be more than 0"),
        ({"std": math.nan}, "a deviation has to be more than 0"),
        ({"std": (0.2, 0.0, 0.2)}, "a deviation has to be more than 0"),
        ({"crop": (0, 42)}, "greater than or equal to 1"),
        ({"crop": (42, -1)}, "greater than or equal to 1"),
    ],
)
def test_numbers_that_make_no_input_are_refused(settings, message):
    """A deviation of nothing, a mean that is none, a crop of nothing: before any model is opened."""
    with pytest.raises(ValidationError, match=message):
        Preprocessing(**settings)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((2, 3), np.nan), "some of its values are no numbers, or beyond a billion"),
        (np.full((2, 3), -np.inf), "some of its values are no numbers, or beyond a billion"),
        (np.array([[1.0, -1.0]]), "some of its values are below 0, which no deviation is"),
        (np.ones((2, 0)), r"the shape \(2, 0\) is none of height, width and channels"),
        (np.ones((1, 1, 1, 1)), r"the shape \(1, 1, 1, 1\) is none of height, width and channels"),
        (np.array(["a", "b"]), "has to be one array of numbers by pixel"),
        (np.array({"mean": 3}), "has to be one array of numbers by pixel"),
    ],
)
def test_a_file_of_numbers_that_make_no_input_is_refused(tmp_path, array, message):
    """Whatever the model; an object of Python is never made."""
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    with pytest.raises(DataError, match=rf"a\.npy: preprocess\.std: {message}"):
        statistic_in(tmp_path / "a.npy", "std")


@pytest.mark.parametrize("damage", ["empty", "zip", "cut", "claims", "folder"])
def test_what_is_no_file_of_numbers_is_a_sentence(tmp_path, damage):
    """An archive in its place, half a file, a head that claims more than there is."""
    path = tmp_path / "a.npy"
    np.save(path, np.ones((20, 30)))
    whole = path.read_bytes()
    if damage == "zip":
        np.savez(tmp_path / "b", x=np.ones((2, 3)), y=np.ones((2, 3)))
        path.write_bytes((tmp_path / "b.npz").read_bytes())
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes({"empty": b"", "cut": whole[:200], "claims": whole.replace(b"20", b"2" * 12)}[damage])
    with pytest.raises(DataError, match=r"a\.npy: "):
        statistic_in(path, "mean")
