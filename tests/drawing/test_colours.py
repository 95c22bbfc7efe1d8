"""Arrays to pixels, checked colour by colour."""

import numpy as np
import pytest
from matplotlib import colormaps

from generator.artefacts import Heatmaps
from generator.drawing import colours, inks
from generator.drawing.colours import Scale
from generator.errors import ParameterError
from generator.show import Show

MAGNITUDE = Scale(2.0, False, "magma")
SIGNED = Scale(2.0, True, "PuOr")


def colour_of(name: str, entry: int) -> tuple[int, ...]:
    return tuple(colormaps[name](entry, bytes=True)[:3])


def test_zero_and_the_limit_are_the_ends_of_an_unsigned_map():
    """Zero has the first colour of magma, the limit and everything beyond it the last."""
    painted = MAGNITUDE.paint(np.array([[0.0, 2.0, 9.0, -1.0]], np.float32))
    first, last = colour_of("magma", 0), colour_of("magma", 255)
    assert [tuple(pixel) for pixel in painted[0]] == [first, last, last, first]


def test_zero_is_the_neutral_middle_of_a_signed_map():
    """Zero is the middle of PuOr, near white; equal magnitudes lie equally far to both sides."""
    painted = SIGNED.paint(np.array([[-2.0, 0.0, 2.0]], np.float32))
    assert [tuple(pixel) for pixel in painted[0]] == [colour_of("PuOr", entry) for entry in (0, 128, 255)]
    assert np.ptp(painted[0, 1]) <= 4
    assert painted[0, 1].min() >= 240


def test_what_supports_is_purple_and_what_opposes_is_orange():
    """The sign can be told by the hue: blue above red for, red above blue against."""
    against, support = SIGNED.paint(np.array([[-1.5, 1.5]], np.float32))[0].astype(int)
    assert support[2] > support[0] + 20
    assert against[0] > against[2] + 20


def test_a_map_of_zeros_has_the_colour_of_zero():
    """A scale without a limit paints zero, not the noise of a division."""
    painted = Scale(0.0, False, "magma").paint(np.zeros((2, 2), np.float32))
    assert np.unique(painted.reshape(-1, 3), axis=0).tolist() == [list(colour_of("magma", 0))]


def test_an_unknown_colour_map_names_the_nearest():
    """A misspelt colour map is a mistake of the user's, with the nearest name."""
    with pytest.raises(ParameterError, match=r"unknown colour map 'virids'; did you mean 'viridis'\?"):
        Scale(1.0, False, "virids").paint(np.zeros((1, 1), np.float32))


@pytest.mark.parametrize(("side", "times"), [(48, 3), (64, 3), (28, 6), (96, 2), (130, 2), (224, 1), (8, 18), (640, 1)])
def test_pictures_grow_by_whole_multiples(side, times):
    """Every side becomes at least 144 and less than 288 pixels, by the smallest whole factor."""
    assert colours.multiple(side, side) == times


def test_enlarged_pixels_stay_squares():
    """Each pixel becomes a block of its own colour, so that nothing is blurred."""
    big = colours.enlarge(np.array([[1, 2], [3, 4]], np.uint8), 3)
    assert big.shape == (6, 6)
    assert (big[:3, 3:] == 2).all()
    assert (big[3:, :3] == 3).all()


def test_photos_keep_their_values():
    """One channel is grey, three are RGB, 0..1 becomes 0..255."""
    assert colours.photo(np.array([[[0.0], [0.5], [1.0]]], np.float32)).tolist() == [[0, 128, 255]]
    assert colours.photo(np.full((1, 1, 3), (0.0, 0.5, 1.0), np.float32)).tolist() == [[[0, 128, 255]]]


def test_a_veil_is_transparent_where_nothing_was_found():
    """Opacity grows with the magnitude from 0 to full, whatever the sign."""
    for scale in (MAGNITUDE, SIGNED):
        alpha = colours.veil(np.array([[0.0, 0.5, 1.0, 2.0]], np.float32), scale)[0, :, 3]
        assert alpha[0] == 0
        assert alpha[-1] == 255
        assert (np.diff(alpha.astype(int)) > 0).all()
    assert colours.veil(np.array([[-2.0]], np.float32), SIGNED)[0, 0, 3] == 255


def test_an_overlay_leaves_the_face_where_the_map_is_zero():
    """Zero shows the face untouched; the limit mixes 70 % of its colour into it."""
    face = np.full((1, 2), 100, np.uint8)
    mixed = colours.over(face, colours.veil(np.array([[0.0, 2.0]], np.float32), MAGNITUDE))
    expected = [round(100 * 0.3 + channel * 0.7) for channel in colour_of("magma", 255)]
    assert mixed[0].tolist() == [[100, 100, 100], expected]


@pytest.mark.parametrize(("fill", "value"), [("mean", 50), ("black", 0), ("white", 255)])
def test_a_mask_keeps_what_the_map_marks(fill, value):
    """Pixels below the threshold in magnitude are replaced by the mean of the face, black or white."""
    face, values = np.array([[20, 80]], np.uint8), np.array([[-1.0, 0.5]], np.float32)
    assert colours.masked(face, values, 0.8, fill).tolist() == [[20, value]]


def test_a_mask_of_a_coloured_face_fills_channel_by_channel():
    """The mean is taken of each channel alone."""
    face = np.array([[[0, 10, 20], [10, 30, 40]]], np.uint8)
    assert colours.masked(face, np.array([[1.0, 0.0]], np.float32), 0.5, "mean").tolist() == [
        [[0, 10, 20], [5, 20, 30]]
    ]


def test_no_result_looks_like_no_value():
    """The stripes share no colour with the maps, and both stripes are there."""
    seen = {tuple(pixel) for pixel in colours.no_result(24, 24).reshape(-1, 3).tolist()}
    assert seen == {inks.MAT, inks.STRIPE}
    assert not seen & {colour_of("magma", k) for k in range(256)}
    assert not seen & {colour_of("PuOr", k) for k in range(256)}


def test_superpixels_are_blue_for_and_orange_against():
    """The tint is the sign, the opacity the weight; a superpixel without weight stays clear."""
    segments = np.repeat(np.arange(3), 6)[None].repeat(6, axis=0)
    values = np.choose(segments, np.array([1.0, -2.0, 0.0], np.float32))
    pixels = colours.superpixels(values, segments, Scale(2.0, True, "PuOr"), 1, boundaries=False)
    assert tuple(pixels[3, 2, :3]) == inks.SUPPORTS
    assert tuple(pixels[3, 8, :3]) == inks.OPPOSES
    assert (pixels[3, 2, 3], pixels[3, 8, 3]) == (128, 255)
    assert (pixels[:, 12:, 3] == 0).all()


def test_borders_lie_between_superpixels():
    """A border is one pixel to each side, in the superpixel's own full colour where it has a weight."""
    segments = np.repeat(np.arange(2), 4)[None].repeat(4, axis=0)
    assert colours.borders(segments)[0].tolist() == [False, False, False, True, True, False, False, False]
    values = np.where(segments == 0, 1.0, 0.0).astype(np.float32)
    drawn = colours.superpixels(values, segments, Scale(1.0, False, "magma"), 1, boundaries=True)
    assert tuple(drawn[0, 3]) == (*inks.SUPPORTS, 255)
    assert tuple(drawn[0, 4, :3]) == inks.WHITE
    assert drawn[0, 4, 3] > 0


def test_a_superpixel_that_hardly_weighs_is_hardly_seen():
    """A hundredth of the strongest weight is a hundredth as opaque, and its border is that of one without a weight."""
    segments = np.repeat(np.arange(2), 4)[None].repeat(4, axis=0)
    values = np.choose(segments, np.array([1.0, -0.01], np.float32))
    drawn = colours.superpixels(values, segments, Scale(1.0, True, "magma"), 1, boundaries=True)
    assert drawn[0, 6, 3] == 3
    assert tuple(drawn[0, 4]) == (*inks.WHITE, colours.LIGHT)


def test_only_large_patterns_in_colour_lose_shades():
    """By at most 2 of 255, in every fifth; what is enlarged, or grey, is as it was."""
    image = np.random.default_rng(0).random((144, 144, 3)).astype(np.float32)
    large = colours.pattern(image)
    assert np.abs(large.astype(int) - colours.photo(image)).max() == 2
    assert set(np.unique(large) % 5) == {0}
    for other in (image[:143, :143], image[..., :1]):
        assert np.array_equal(colours.pattern(other), colours.photo(other))


def test_a_colouring_is_of_what_is_a_result():
    """Nothing without one; of one, tops and strengths as its rule has them."""
    values = np.stack([np.linspace(0, k, 101, dtype=np.float32)[None] for k in (1.0, 4.0)])
    artefact = Heatmaps(values, False, "gradient")
    found = {rule: colours.colouring([artefact], Show(scale=rule)) for rule in ("own", "max", "figure")}
    assert [found[rule].scale(values[0]).limit for rule in found] == pytest.approx([0.99, 1, 4])
    assert {round(one.top(values[0]) / one.strongest, 6) for one in found.values()} == {0.25}
    assert colours.colouring([Heatmaps(0 * values, False, "gradient")], Show()) is None


def test_the_bar_runs_from_low_to_high():
    """All colours of the map beside each other, zero at the left."""
    bar = colours.bar("magma")
    assert bar.shape == (16, 256, 3)
    assert tuple(bar[0, 0]) == colour_of("magma", 0)
    assert tuple(bar[-1, -1]) == colour_of("magma", 255)
