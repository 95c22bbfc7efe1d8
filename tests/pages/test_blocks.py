"""What stands in a figure: sizes of pictures as they are shown."""

import pytest

from generator.pages.blocks import Image
from generator.results import Picture
from generator.text import Text


@pytest.mark.parametrize(
    ("size", "scale", "shown"), [((48, 48), 3.0, (144, 144)), ((100, 50), 0.5, (50, 25)), ((999, 1), 0.1, (100, 1))]
)
def test_a_picture_keeps_its_shape(size, scale, shown):
    """However small it is shown, a pixel of it is left."""
    image = Image.of(Picture("a.png", b"", *size, role="map"), Text.of("seen"), scale)
    assert (image.shown, image.shown_height) == shown
