"""Grids with numbers."""

import numpy as np
from PIL import Image

from generator.drawing import inks
from generator.drawing.charts import colour_table
from generator.drawing.panels import BAR, DIGITS, GAP, Tile, sheet


def tiles(count, side=48, dead=()):
    return tuple(Tile(np.full((side, side), 40, np.uint8), unit, unit in dead) for unit in range(count))


def test_a_sheet_holds_every_tile_with_a_number_below():
    """Tiles are whole multiples, and there is ink below each."""
    made = sheet(tiles(9), columns=5)
    pitch_y, pitch_x = 96 + DIGITS + 2 * GAP, 96 + GAP
    assert made.shape == (2 * pitch_y - GAP, 5 * pitch_x - GAP, 3)
    for position in range(9):
        top, left = position // 5 * pitch_y, position % 5 * pitch_x
        assert (made[top : top + 96, left : left + 96] == 40).all()
        below = made[top + 96 : top + pitch_y, left : left + 96]
        assert (below < 100).any()
    assert (made[pitch_y:, 4 * pitch_x :] == 255).all()


def test_numbers_differ():
    """Each number is drawn as itself: 6 is not 9, 1 is not 11."""
    rows = [sheet((Tile(np.zeros((48, 48), np.uint8), number),))[144:] for number in (1, 6, 9, 11, 28)]
    assert len({row.tobytes() for row in rows}) == 5


def test_a_dead_unit_is_striped_and_crossed():
    """Its pattern is never shown."""
    drawn = tiles(2, dead={1})[1].drawn(4)
    seen = {tuple(pixel) for pixel in drawn.reshape(-1, 3).tolist()}
    assert {inks.MAT, inks.STRIPE} < seen
    assert (40, 40, 40) not in seen


def test_a_sheet_is_the_same_twice():
    """No state is left between two drawings."""
    assert np.array_equal(sheet(tiles(4)), sheet(tiles(4)))


def test_a_sheet_of_a_colour_map_needs_no_more_than_a_palette():
    """Every colour of the map, beside the numbers; none is off by more than its neighbours in the map are apart."""
    painted = colour_table("magma")[np.arange(64 * 64).reshape(64, 64) // 16]
    made = sheet(tuple(Tile(painted, number, top=1.0, strength=0.5) for number in range(5)), 5)
    assert len(Image.fromarray(made).getcolors(1 << 24)) <= 256
    tile = made[:128:2, :128:2].astype(int)
    assert np.abs(tile - painted).max() <= 8
    assert np.abs(tile - painted).mean() < 0.1


def test_large_tiles_without_a_scale_are_smaller_on_a_sheet():
    """Each pixel the mean of its square, in every fifth shade; also beside a dead one."""
    pixels = np.random.default_rng(0).integers(0, 256, (225, 224, 3), np.uint8)
    made = sheet(tuple(Tile(pixels, number, number == 3) for number in range(5)), 5)
    mean = pixels[:224].reshape(112, 2, 112, 2, 3).mean(axis=(1, 3))
    assert np.abs(made[:112, :112] - mean).max() <= 3
    assert made.shape[1] == 5 * (112 + GAP) - GAP
    few = sheet((Tile(pixels, 0),))
    assert np.array_equal(few[:225, :224], pixels)


def test_a_bar_below_a_tile_tells_how_strong_it_is():
    """As wide as its share of the tile, above the number; what has no strength has no bar."""
    face = np.full((48, 48), 40, np.uint8)
    made = sheet((Tile(face, 3, top=2.0, strength=0.25), Tile(face, 4)))
    strong, none = made[144 + GAP // 2 : 144 + GAP // 2 + BAR], made[144 : 144 + GAP // 2 + BAR, 144 + GAP :]
    assert (strong[:, :36] == inks.BLACK).all()
    assert (strong[:, 36:144] == inks.MAT).all()
    assert (none == 255).all()
