"""What a region does, without any map: the fall of the probability when it is blurred, against a blur elsewhere."""

import numpy as np

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier
from generator.evidence.asking import Masks, covered
from generator.evidence.estimates import Doubles, Sums, joined
from generator.evidence.faces import Faces
from generator.maps.blur import blurred

ELSEWHERE = 4  # places of the same shape that the region is compared with
OVERLAP = 0.3  # the part of the region that such a place may share with it
FEWEST_PLACES = 2
STEPS = 48  # along an axis, however large the picture
BLOCK = 112  # images held at a time


def places(mask: Masks) -> Ints:
    """`(P, 2)` shifts in pixels that move a region elsewhere within the picture; none where it fits nowhere else."""
    if not mask.any():
        return np.zeros((0, 2), np.int64)
    down, right = (_room(np.flatnonzero(mask.any(axis=axis)), mask.shape[1 - axis]) for axis in (1, 0))
    most = OVERLAP * mask.sum()
    shifts = [(y, x) for y in down for x in right if (mask & moved(mask, (y, x))).sum() <= most]
    return np.array(shifts, np.int64).reshape(-1, 2)


def _room(filled: Ints, side: int) -> range:
    """The shifts along one axis that keep what is filled there within the picture."""
    first, last = -int(filled[0]), side - int(filled[-1])
    return range(first, last, max(1, (last - first) // STEPS))


def moved(mask: Masks, shift: tuple[int, int] | Ints) -> Masks:
    """The region somewhere else; the shift keeps it within the picture."""
    return np.roll(mask, tuple(int(step) for step in shift), axis=(0, 1))


def effects(
    classifier: Classifier, shown: tuple[Floats, Floats], whole: Doubles, faces: tuple[Ints, Ints], regions: Masks
) -> Doubles:
    """`(N, R, 2)` fall of the probability `whole (N,)` inside a region and, in the mean of four places, elsewhere.

    `shown` are the images and what covers them, `faces` their classes and seeds, which draw the places. NaN for a
    region that fits nowhere else.
    """
    target, seed = faces
    found = np.full((len(whole), len(regions), 2), np.nan)
    for number, mask in enumerate(regions):
        shifts = places(mask)
        if len(shifts) < FEWEST_PLACES:
            continue
        masks = np.stack([_with_elsewhere(mask, shifts, int(one)) for one in seed])
        falls = whole[:, None] - covered(classifier, *shown, target, masks)
        found[:, number] = np.stack([falls[:, 0], falls[:, 1:].mean(axis=1)], axis=1)
    return found


def _with_elsewhere(mask: Masks, shifts: Ints, seed: int) -> Masks:
    """`(1 + 4, H, W)` the region and four other places, all different where there are so many."""
    random = np.random.default_rng(seed)
    chosen = random.choice(len(shifts), ELSEWHERE, replace=len(shifts) < ELSEWHERE)
    return np.stack([mask, *(moved(mask, shifts[place]) for place in chosen)])


def summed(classifier: Classifier, faces: Faces, regions: Masks, sigma: float, n_classes: int) -> list[list[Sums]]:
    """By region and class the sums of (inside, elsewhere, difference) over all images, a block at a time."""
    blocks = []
    for start in range(0, len(faces), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(faces)), dtype=np.int64)
        images, target = faces.load(rows), faces.target[rows]
        shown = (images, blurred(images, sigma))
        falls = effects(classifier, shown, faces.own[rows], (target, faces.seeds[rows]), regions)
        falls = np.concatenate([falls, falls[..., :1] - falls[..., 1:]], axis=2)
        blocks.append([[Sums.of(falls[target == c, r]) for c in range(n_classes)] for r in range(len(regions))])
    return [[joined(b[r][c] for b in blocks) for c in range(n_classes)] for r in range(len(regions))]
