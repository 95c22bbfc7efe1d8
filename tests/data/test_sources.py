"""The faces that need no file."""

import numpy as np
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
