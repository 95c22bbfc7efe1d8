"""A climb written out unit by unit and step by step, without a framework: the reference for the fast ones."""

from collections.abc import Callable

import numpy as np

from generator.artefacts import Floats


def moves(optimizer: str, gradients: list[Floats]) -> Floats:
    """The direction of the last of these steps, from all gradients of one unit so far, in the optimizer's own words."""
    last, number = gradients[-1], len(gradients)
    if optimizer == "plain":
        return last
    if optimizer == "normalized":
        size = np.sqrt((last**2).mean())
        return last / size if size > 1e-9 else np.zeros_like(last)
    if optimizer == "adagrad":
        return last / (np.sqrt(sum(g**2 for g in gradients)) + 1e-7)
    mean, square = np.zeros_like(last), np.zeros_like(last)
    for gradient in gradients:
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
    return mean * np.sqrt(1 - 0.999**number) / (1 - 0.9**number) / (np.sqrt(square) + 1e-7)  # as Keras writes it


def climb(start: Floats, gradient: Callable[[Floats], Floats], steps: int, rate: float, optimizer: str) -> Floats:
    """`(H, W, C)` where one unit ends, between 0 and 1."""
    x, seen = start.astype(np.float64), []
    for _ in range(steps):
        seen.append(gradient(x))
        x = np.clip(x + rate * moves(optimizer, seen), 0, 1)
    return x.astype(np.float32)
