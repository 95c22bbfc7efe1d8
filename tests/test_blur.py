"""The blur against SciPy's, and its conservation of what is flat."""

import numpy as np
from scipy.ndimage import gaussian_filter

from generator.maps.blur import blurred


def test_inside_it_is_scipys_gaussian():
    """Far from the border every pixel equals SciPy's Gaussian filter."""
    images = np.random.default_rng(0).random((2, 48, 40, 3)).astype(np.float32)
    oracle = gaussian_filter(images.astype(float), (0, 2, 2, 0), truncate=8)
    np.testing.assert_allclose(blurred(images, 2.0)[:, 12:-12, 12:-12], oracle[:, 12:-12, 12:-12], atol=1e-5)


def test_a_flat_picture_stays_as_it_is():
    """Borders included, nothing darkens."""
    np.testing.assert_allclose(blurred(np.full((9, 7, 1), 0.3, np.float32), 3.0), 0.3, atol=1e-6)
