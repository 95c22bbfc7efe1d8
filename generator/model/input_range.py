"""Whether the preprocessing of the spec fits what a model does to pixels itself; told from the model alone."""

import numpy as np

from generator.classifier import Entrance
from generator.data.preprocess import Preprocessor, preprocess_of
from generator.data.scaling_check import COMMON

GREATEST = 20.0  # the widest range that a network is trained on, but for 0..255 about its mean
RANGES = ("scale: [0, 255]", "scale: [0, 1]", "scale: [-1, 1]")


def misplaced_range(entrance: Entrance, current: Preprocessor, shape: tuple[int, int, int]) -> str:
    """What is said where the model scales pixels itself and the preprocessing does not fit that; '' where it does."""
    own = _behind(entrance, current, shape)
    others = {name: _behind(entrance, preprocess_of(COMMON[name], shape), shape) for name in RANGES}
    exact = next((name for name, ends in others.items() if _unit(ends)), "")
    fits = _within(own) if exact else _plausible(own, entrance)
    better = exact or next((name for name, ends in others.items() if _plausible(ends, entrance)), "")
    if fits or not better:
        return ""
    named = ", ".join(f"`{layer}`" for layer in entrance.layers)
    (low, high), (least, most) = own, others[better]
    return (
        f"the model scales pixels itself ({named}): under this preprocessing black and white become {low:.4g} and "
        f"{high:.4g} there, under `{better}` {least:.4g} and {most:.4g}; did you mean `{better}`?"
    )


def _behind(entrance: Entrance, preprocess: Preprocessor, shape: tuple[int, int, int]) -> tuple[float, float]:
    """What the darkest and the lightest pixel become behind the model's own scaling, in the mean over channels."""
    ramp = np.broadcast_to(np.linspace(0, 1, shape[1], dtype=np.float32)[None, None, :, None], (1, *shape))
    inputs = preprocess.prepare(np.ascontiguousarray(ramp))
    low, high = (float(end(inputs, axis=(0, 1, 2)).mean()) for end in (np.min, np.max))
    factor, offset = float(np.mean(entrance.factor)), float(np.mean(entrance.offset))
    return factor * low + offset, factor * high + offset


def _unit(ends: tuple[float, float]) -> bool:
    """0 to 1 or -1 to 1, which is what scaling layers are there for."""
    return any(np.allclose(ends, unit, atol=0.02) for unit in ((0, 1), (-1, 1)))


def _within(ends: tuple[float, float]) -> bool:
    low, high = ends
    return low >= -1.05 and high <= 1.05 and high - low >= 0.25


def _plausible(ends: tuple[float, float], entrance: Entrance) -> bool:
    """Wide enough and about zero: standardised, or 0..255 less its mean."""
    low, high = ends
    span, middle = abs(high - low), abs(high + low) / 2
    unscaled = np.allclose(entrance.factor, 1, atol=0.01) and 200 < span < 300
    return middle <= span and (0.25 <= span <= GREATEST or unscaled)
