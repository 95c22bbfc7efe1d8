"""Does covering what a map marks hurt more than covering what it does not? The faithfulness gap (measure C).

Cells are covered from the strongest on (deletion) and from the weakest on (insertion read backwards), with one fill
for both: a blur. The gap of the two areas is exactly 0 in the mean for random orders, because they remove sets of the
same size both ways, so it needs no random map beside it (Blücher et al. 2024, symmetric relevance gain).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.evidence.asking import Masks, covered, probability_of
from generator.evidence.cells import cell_numbers, order_of
from generator.evidence.estimates import Doubles
from generator.maps.blur import blurred
from generator.maps.fills import BLUR

STEPS = 5  # fifths of the picture


@dataclass(frozen=True)
class Covering:
    """Images as shown, what covers them, their class, and its probability before and after covering everything.

    `sigma` is the deviation of the blur in pixels.
    """

    images: Floats
    fill: Floats
    target: Ints
    seed: Ints
    whole: Doubles
    nothing: Doubles
    sigma: float

    def only(self, rows: NDArray[np.bool_] | slice) -> "Covering":
        """Some of the images."""
        images, fill, target = self.images[rows], self.fill[rows], self.target[rows]
        return Covering(images, fill, target, self.seed[rows], self.whole[rows], self.nothing[rows], self.sigma)

    def first(self, count: int) -> "Covering":
        return self.only(slice(count))


def covering(classifier: Classifier, images: Floats, target: Ints, seed: Ints, whole: Doubles) -> Covering | None:
    """Images with a blur that hides them; None where even one of twice the width leaves the class recognisable.

    The gate: after covering everything, less than half of the mean probability above chance may be left.
    """
    chance = 1 / classifier.n_classes
    for width in (BLUR, 2 * BLUR):
        sigma = width * min(images.shape[1:3])
        fill = blurred(images, sigma)
        nothing = probability_of(classifier, fill, target)
        if nothing.mean() - chance <= 0.5 * (whole.mean() - chance):
            return Covering(images, fill, target, seed, whole, nothing, sigma)
    return None


def areas(classifier: Classifier, cover: Covering, cells: Doubles) -> Doubles:
    """`(N, 2)` areas of deletion and insertion under the probability, for maps as `(N, cells)`."""
    counts = np.rint(np.arange(1, STEPS) / STEPS * cells.shape[1]).astype(np.int64)
    masks = masks_of(order_of(cells, cover.seed), counts, cover.images.shape[1:3])
    seen = covered(classifier, cover.images, cover.fill, cover.target, masks)
    ends = np.stack([cover.whole, cover.nothing], axis=1)
    return np.stack([_area(seen[:, : STEPS - 1], ends), _area(seen[:, STEPS - 1 :], ends)], axis=1)


def masks_of(order: Ints, counts: Ints, size: tuple[int, int]) -> Masks:
    """`(N, 2·steps, H, W)`: the strongest cells covered, so many at a step, then the weakest."""
    rank = np.argsort(order, axis=1)
    strongest = rank[:, None, :] < counts[:, None]
    weakest = rank[:, None, :] >= order.shape[1] - counts[:, None]
    return np.concatenate([strongest, weakest], axis=1)[:, :, cell_numbers(size)]


def _area(inner: Doubles, ends: Doubles) -> Doubles:
    """The area under a curve of even steps, by trapezoids."""
    return (inner.sum(axis=1) + ends.mean(axis=1)) / STEPS


def average_of_others(cells: Doubles) -> Doubles:
    """`(N, cells)` for each image the mean map of the others, every map counting the same; a row of NaN is empty."""
    total = cells.sum(axis=1, keepdims=True)
    shares = np.divide(cells, total, out=np.full_like(cells, np.nan), where=total > 0)
    known = np.isfinite(shares).all(axis=1)
    summed = shares[known].sum(axis=0)
    own = np.where(known[:, None], shares, 0)
    return np.asarray((summed - own) / np.maximum(known.sum() - known, 1)[:, None])


def change(cover: Covering) -> Floats:
    """`(N, H, W)` how far the fill changes each pixel: the map of somebody who knows the blur and not the model."""
    return np.abs(cover.images - cover.fill).sum(axis=3)
