"""How well LIME's local model fits, and whether its leading superpixels would come again: no further passes.

The fit is measured on samples that were left out, because on its own samples the regression follows noise too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints

Doubles = NDArray[np.float64]

RIDGE = 1.0  # the penalty of LIME's own regression
FOLDS = 10
HALVINGS = 10
LEADING = 5


@dataclass(frozen=True)
class Neighbourhood:
    """Perturbations `on (N, S)` of 0 and 1, the score `(N,)` of each, and the kernel's weight `(N,)` of each."""

    on: Doubles
    score: Doubles
    weight: Doubles

    def __getitem__(self, rows: Ints | NDArray[np.bool_]) -> "Neighbourhood":
        return Neighbourhood(self.on[rows], self.score[rows], self.weight[rows])


@dataclass(frozen=True)
class Quality:
    """`r2` on left-out samples (1: linear, 0: no better than the mean); `stability` of the leading superpixels.

    `chance` is the stability of superpixels drawn at random; `leading` how many were compared.
    """

    r2: float
    stability: float
    chance: float
    leading: int


def ridge(near: Neighbourhood, penalty: float = RIDGE) -> tuple[Doubles, float]:
    """Coefficients `(S,)` and intercept of the weighted ridge regression, in closed form."""
    share = near.weight / near.weight.sum()
    centre, level = share @ near.on, float(share @ near.score)
    shifted = near.on - centre
    gram = shifted.T @ (near.weight[:, None] * shifted) + penalty * np.eye(near.on.shape[1])
    coefficient = np.linalg.solve(gram, shifted.T @ (near.weight * (near.score - level)))
    return coefficient, level - float(centre @ coefficient)


def cross_validated_r2(near: Neighbourhood, seed: int, folds: int = FOLDS) -> float:
    """Kernel-weighted R² over samples that their fit has not seen; NaN where the score never changes."""
    fold = np.random.default_rng(seed).permutation(len(near.score)) % folds
    guess = np.zeros_like(near.score)
    for held in range(folds):
        coefficient, intercept = ridge(near[fold != held])
        guess[fold == held] = near.on[fold == held] @ coefficient + intercept
    mean = np.average(near.score, weights=near.weight)
    spread = float(near.weight @ (near.score - mean) ** 2)
    missed = float(near.weight @ (near.score - guess) ** 2)
    return 1 - missed / spread if spread > 1e-12 * near.weight.sum() else float("nan")


def halving_stability(near: Neighbourhood, seed: int, leading: int, halvings: int = HALVINGS) -> float:
    """Mean overlap of the leading superpixels of two random halves of the samples, as a share of `leading`."""
    random, half = np.random.default_rng(seed), len(near.score) // 2
    overlaps = []
    for _ in range(halvings):
        order = random.permutation(len(near.score))
        first, second = (_leaders(near[rows], leading) for rows in (order[:half], order[half : 2 * half]))
        overlaps.append(len(first & second) / leading)
    return float(np.mean(overlaps))


def quality(near: Neighbourhood, seed: int, leading: int = LEADING) -> Quality:
    """Fit and stability of one image's neighbourhood."""
    segments = near.on.shape[1]
    leading = min(leading, segments)
    stability = halving_stability(near, seed, leading)
    return Quality(cross_validated_r2(near, seed), stability, leading / segments, leading)


def _leaders(near: Neighbourhood, leading: int) -> set[int]:
    """The superpixels with the largest coefficients, of either sign."""
    coefficient, _ = ridge(near)
    return set(np.argsort(-np.abs(coefficient), kind="stable")[:leading].tolist())
