"""The four sources: what they read, and what they say of files that are wrong."""

import numpy as np
import pytest
from skimage.data import lfw_subset

from generator.data.data_source import DataSource
from generator.data.sources import read_samples
from generator.errors import DataError

CLASSES = (("angry", "生氣"), ("happy", "高興"), ("sad", "難過"))
RNG = np.random.default_rng(3)
FACES = RNG.integers(0, 256, (9, 4, 4), dtype=np.uint8)
LABELS = np.arange(9) % 3


def read(kind, path, usage=None):
    return read_samples(DataSource(kind, path, usage), CLASSES)


def pictures(samples):
    return np.array(samples.decode(np.arange(len(samples))))


def test_lfw_is_a_hundred_small_grey_faces_without_labels():
    """scikit-image's subset has faces in its first hundred only."""
    samples = read("lfw", None)
    assert len(samples) == 100
    assert not samples.labelled
    face = samples.decode(np.array([7]))[0]
    np.testing.assert_allclose(face, lfw_subset()[7], atol=1e-6)
    assert face.shape == (25, 25)
    assert 0 <= face.min() < face.max() <= 1


@pytest.mark.parametrize(
    "x",
    [FACES, FACES.astype(np.int64), FACES.astype(np.float32), (FACES / 255).astype(np.float64), FACES[..., None]],
)
def test_npz_pictures_of_every_type_are_the_same_pictures(tmp_path, x):
    """uint8, integers, floats in 0..255 and floats in 0..1 mean the same picture."""
    path = tmp_path / "faces.npz"
    np.savez(path, x=x, y=LABELS)
    samples = read("npz", path)
    values = pictures(samples).reshape(9, 4, 4)
    unit = values / 255 if values.dtype == np.uint8 else values
    np.testing.assert_allclose(unit, FACES / 255, atol=1e-6)
    np.testing.assert_array_equal(samples.label, LABELS)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": FACES}, "has the arrays images; wanted are `x`"),
        ({"x": FACES, "labels": LABELS}, "has the arrays x, labels"),
        ({"x": FACES[0]}, r"x has the shape \(4, 4\)"),
        ({"x": FACES, "y": LABELS[:4]}, r"y has the shape \(4,\)"),
        ({"x": FACES, "y": np.eye(9)}, r"y has the shape \(9, 9\)"),
        ({"x": FACES, "y": LABELS + 7}, r"y\[0\]: label 7 with 3 classes"),
        ({"x": FACES / 127.5 - 1}, r"x\[0\] is not a picture.*before any preprocessing"),
        ({"x": np.where(np.arange(9)[:, None, None] == 6, np.nan, FACES)}, r"x\[6\] is not a picture"),
        ({"x": np.array([["a"]])[None]}, "x has the type"),
    ],
)
def test_a_wrong_npz_names_the_array(tmp_path, arrays, message):
    """Unknown keys, shapes, labels and values are refused at their place."""
    path = tmp_path / "faces.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=message):
        read("npz", path)


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    """A text under the name of an archive is a DataError, and so is an array of objects."""
    path = tmp_path / "faces.npz"
    path.write_text("not an archive")
    with pytest.raises(DataError, match=r"not an \.npz"):
        read("npz", path)
    np.savez(path, x=np.array([{}], object))
    with pytest.raises(DataError, match=r"not an \.npz"):
        read("npz", path)


NUMBERED = (("1",), ("2",), ("3",))


@pytest.mark.parametrize(("reading", "labels"), [(None, [0, 1]), ("names", [0, 1]), ("from 0", [1, 2])])
def test_an_npz_of_two_of_the_classes_asks(tmp_path, reading, labels):
    """1 and 2 may be names of classes or count them from 0; what the spec says ends the question."""
    np.savez(tmp_path / "faces.npz", x=FACES[:2], y=[1, 2])
    samples = read_samples(DataSource("npz", tmp_path / "faces.npz", labels=reading), NUMBERED)
    assert samples.label.tolist() == labels
    assert len(samples.questions) == (reading is None)
