"""The picture beside a shared link: of one size, with its pictures, whatever the title."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from generator.drawing.card import MARGIN, PAPER, SIZE, card
from generator.drawing.png import png


def tile(colour: tuple[int, int, int], size: tuple[int, int] = (48, 48)) -> bytes:
    return png(np.full((size[1], size[0], 3), colour, np.uint8))


def pixels(data: bytes) -> np.ndarray:
    with Image.open(BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert picture.size == SIZE
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.parametrize(
    "title",
    ["Maps", "可解釋的人工智慧：" * 30, "w" * 500, "說明 and explanations, " * 20, "مرحبا", "한국어 제목", "😀 \u202e"],
)
def test_any_title_stays_on_the_card(title):
    """Nothing is written into the margins, and something between them."""
    drawn = pixels(card(title, "Student · Name", "Below, " * 60, [tile((200, 0, 0))]))
    ink = np.abs(drawn - PAPER).max(axis=-1) > 60
    assert ink[MARGIN : SIZE[1] // 2].any()
    assert not ink[:, : MARGIN - 8].any()
    assert not ink[:, SIZE[0] - MARGIN + 8 :].any()


def test_its_pictures_stand_in_a_row():
    """As many as fit, each whole in its square, in their order; without any there is the title."""
    colours = [(200, 0, 0), (0, 160, 0), (0, 0, 200), (200, 160, 0), (0, 160, 200), (90, 90, 90)]
    drawn = pixels(card("Maps", "", "", [tile(colour) for colour in colours]))
    line = drawn[SIZE[1] - MARGIN - 130]
    centres = [line[MARGIN + 100 + k * 220] for k in range(5)]
    assert all(np.abs(centre - colour).max() < 20 for centre, colour in zip(centres, colours, strict=False))
    assert pixels(card("Maps", "", "", [])).shape == (*SIZE[::-1], 3)
    wide = pixels(card("Maps", "", "", [tile((200, 0, 0), (400, 20)), png(np.zeros((3, 3), np.uint8))]))
    assert np.abs(wide[SIZE[1] - MARGIN - 130, MARGIN + 100] - (200, 0, 0)).max() < 40


def test_the_same_card_the_same_bytes():
    """Nothing of chance."""
    assert card("Maps", "a", "b", [tile((1, 2, 3))]) == card("Maps", "a", "b", [tile((1, 2, 3))])
