"""The faces that need no file."""

import numpy as np
from PIL import Image
from skimage.data import lfw_subset

from generator.data.data_source import DataSource
from generator.data.sources import read_samples


def test_lfw_is_a_hundred_small_grey_faces_without_labels():
    """scikit-image's subset has faces in its first hundred only."""
    samples = read_samples(DataSource("lfw"), (("angry",), ("happy",)))
    assert len(samples) == 100
    assert not samples.labelled
    face = samples.decode(np.array([7]))[0]
    np.testing.assert_allclose(face, lfw_subset()[7], atol=1e-6)
    assert face.shape == (25, 25)
    assert 0 <= face.min() < face.max() <= 1


def test_what_is_measured_of_a_regression_is_no_label(tmp_path):
    """Without classes numbers, names and folders beside pictures are not read, whatever the form."""
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 4), np.uint8)
    np.savez(tmp_path / "ages.npz", x=pixels, y=np.array([20.5, 31.0, 7.25]))
    rows = "".join(f"{age},{' '.join(map(str, one.ravel()))}\n" for age, one in zip((20.5, 31, 7), pixels, strict=True))
    (tmp_path / "ages.csv").write_text("label,feature\n" + rows, encoding="utf-8")
    for age, one in zip(("20", "31", "7"), pixels, strict=True):
        (tmp_path / "ages" / age).mkdir(parents=True)
        Image.fromarray(one).save(tmp_path / "ages" / age / "a.png")
    for kind, name in (("npz", "ages.npz"), ("csv", "ages.csv"), ("folder", "ages")):
        samples = read_samples(DataSource(kind, tmp_path / name), ())
        assert len(samples) == 3 and not samples.labelled
