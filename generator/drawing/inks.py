"""Single colours: the project's own, what is read on them, and what lies between two."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
SUPPORTS, OPPOSES = (0x2A, 0x7F, 0xC0), (0xC8, 0x56, 0x0A)  # 53 apart even with deuteranopia
MAT, STRIPE = (0xE6, 0xE8, 0xE4), (0xB9, 0xBF, 0xB8)


def hexadecimal(colour: Colour) -> str:
    """'#rrggbb'."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Colour) -> float:
    """Relative luminance of sRGB as WCAG 2 defines it."""
    share = np.array(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: Colour, other: Colour) -> float:
    """WCAG contrast, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: Colour) -> Colour:
    """Black or white, whichever is read better: at least 4.5 on any ground, as no other two inks can promise."""
    return max(BLACK, WHITE, key=lambda ink: contrast(ink, ground))


def mix(low: Colour, high: Colour, share: float) -> Colour:
    """The colour `share` of the way from low to high."""
    r, g, b = (round(a + (c - a) * share) for a, c in zip(low, high, strict=True))
    return r, g, b
