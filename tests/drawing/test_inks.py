"""Single colours and their contrast."""

import numpy as np
import pytest

from generator.drawing import inks


def test_the_two_tints_read_on_any_grey():
    """Blue and orange differ from each other in hue and reach 4:1 on white."""
    assert inks.contrast(inks.SUPPORTS, inks.WHITE) > 4
    assert inks.contrast(inks.OPPOSES, inks.WHITE) > 4


def test_wcag_contrast():
    """Black on white is 21, a colour on itself 1, and #767676 on white the known 4.54."""
    assert inks.contrast(inks.BLACK, inks.WHITE) == pytest.approx(21)
    assert inks.contrast((9, 9, 9), (9, 9, 9)) == pytest.approx(1)
    assert inks.contrast((0x76, 0x76, 0x76), inks.WHITE) == pytest.approx(4.54, abs=0.005)


def test_ink_is_legible_on_every_step_of_a_heat_scale():
    """Text flips between black and white by contrast, and never falls under 4.5."""
    for share in np.linspace(0, 1, 101):
        ground = inks.mix(inks.WHITE, (0x0B, 0x5A, 0x87), float(share))
        assert inks.contrast(inks.ink_on(ground), ground) >= 4.5
