"""How well LIME's local model fits, and whether its leading superpixels would come again: no further passes.

The fit is measured on samples that were left out, because on its own samples the regression follows noise too.
The samples fall into 20 random blocks of which only the weighted moments are kept: a fold is two blocks, a half is ten.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Ints
from generator.maps.variants import Doubles

RIDGE = 1.0  # the penalty of LIME's own regression
BLOCKS = 20
FOLDS = 10
HALVINGS = 10
LEADING = 5
AS_MANY = (12, 5)  # blocks of a part of the samples, and those that another has too: they differ as two draws would
SETTLED = 0.9  # of the leading superpixels of one draw are those of another of as many samples


@dataclass(frozen=True)
class Neighbourhood:
    """Perturbations `on (N, S)` of 0 and 1, the score `(N,)` of each, and the kernel's weight `(N,)` of each.

    `together` so many in a row were drawn as one.
    """

    on: Doubles
    score: Doubles
    weight: Doubles
    together: int = 1

    def __getitem__(self, rows: Ints | NDArray[np.bool_]) -> "Neighbourhood":
        return Neighbourhood(self.on[rows], self.score[rows], self.weight[rows])

    def blocks(self, random: np.random.Generator) -> Doubles:
        """The moments of each of 20 random blocks."""
        drawn = np.arange(len(self.score)).reshape(-1, self.together)
        return np.stack([moments(self[rows.ravel()]) for rows in np.array_split(random.permutation(drawn), BLOCKS)])


@dataclass(frozen=True)
class Quality:
    """`r2` on left-out samples (1: linear, 0: no better than the mean); `stability` of the leading superpixels.

    `chance` is the stability of superpixels drawn at random; `leading` how many were compared.
    """

    r2: float
    stability: float
    chance: float
    leading: int


def moments(near: Neighbourhood) -> Doubles:
    """`(1+S+1, 1+S+1)` weighted sums of products of 1, the superpixels and the score: all a regression needs."""
    columns = np.column_stack([np.ones(len(near.score)), near.on, near.score])
    return columns.T @ (near.weight[:, None] * columns)


def ridge(sums: Doubles, penalty: float = RIDGE) -> tuple[Doubles, float]:
    """Coefficients `(S,)` and intercept of the weighted ridge regression, in closed form from the moments."""
    mean = sums[0] / sums[0, 0]
    spread = (sums - mean[:, None] * sums[0])[1:, 1:]
    penalised = spread[:-1, :-1] + penalty * np.eye(len(spread) - 1)
    coefficient = np.linalg.solve(penalised, spread[:-1, -1]).astype(np.float64, copy=False)
    return coefficient, float(mean[-1] - mean[1:-1] @ coefficient)


def cross_validated_r2(blocks: Doubles) -> float:
    """Kernel-weighted R² over samples that their fit has not seen; NaN where the score never changes."""
    total = blocks.sum(axis=0)
    missed = 0.0
    for held in blocks.reshape(FOLDS, -1, *total.shape).sum(axis=1):
        coefficient, intercept = ridge(total - held)
        error = np.concatenate([[-intercept], -coefficient, [1.0]])
        missed += float(error @ held @ error)
    spread = float(total[-1, -1] - total[0, -1] ** 2 / total[0, 0])
    return 1 - missed / spread if spread > 1e-12 * total[0, 0] else float("nan")


def overlap(
    blocks: Doubles, random: np.random.Generator, leading: int, size: int = BLOCKS // 2, shared: int = 0
) -> float:
    """Mean overlap of the leading superpixels of two random parts of the samples, as a share of `leading`.

    Each part has `size` blocks, `shared` of them are the same; left out, they are halves.
    """
    overlaps = []
    for _ in range(HALVINGS):
        order = random.permutation(len(blocks))
        parts = order[:size], np.concatenate([order[:shared], order[size : 2 * size - shared]])
        strengths = (np.abs(ridge(blocks[part].sum(axis=0))[0]) for part in parts)
        first, second = (set(np.argsort(-strength, kind="stable")[:leading].tolist()) for strength in strengths)
        overlaps.append(len(first & second) / leading)
    return float(np.mean(overlaps))


def quality(near: Neighbourhood, seed: int, leading: int = LEADING) -> Quality:
    """Fit and stability of one image's neighbourhood of at least 20 samples."""
    random = np.random.default_rng(seed)
    blocks, segments = near.blocks(random), near.on.shape[1]
    leading = min(leading, segments)
    return Quality(cross_validated_r2(blocks), overlap(blocks, random, leading), leading / segments, leading)


def settled(near: Neighbourhood, seed: int) -> bool:
    """Whether another draw of as many samples would name the same leading superpixels.

    Two draws of N differ by twice the variance of one; so do, nearly, two parts of 12 blocks of 20 that share five:
    2 (12 − 5) / 12² · 20 = 1.94. Two halves, which share none, differ by four times as much: they say less than is so.
    """
    random = np.random.default_rng((seed, len(near.score)))  # other parts at each look, and others than are told
    return overlap(near.blocks(random), random, min(LEADING, near.on.shape[1]), *AS_MANY) >= SETTLED
