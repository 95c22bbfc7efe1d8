"""The score's change from a picture without content to the picture, shared out over the pixels."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Floats, Fraction, Heatmaps, Ints, span
from generator.classifier import Classifier, Score
from generator.maps.explained import ScoreOption, Signed, gradient_facts, score_of, slopes, values
from generator.maps.pixels import Fill, filled
from generator.maps.variants import Doubles, Variant, chunks, summed
from generator.methods import Request, method
from generator.text import bilingual

STEPS = (50, 150, 450)  # the middles of a third of the steps are those of all: each try keeps what the last one asked
CLOSE = 0.05  # of the change of the score: a sum farther from it takes more steps (docs/defaults.md)
NOTHING = 1e-6  # a change of the score below this is rounding

Steps = Annotated[
    int | None,
    Field(ge=1, le=1000, description="points on the way from the baseline; left out: 50, more where the sum is off"),
]
Baseline = Annotated[Fill, Field(description="where the way begins; black can never blame a dark pixel")]


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("Integrated gradients", "積分梯度"),
    summary=bilingual(
        "The image is faded in from a baseline and the gradients on the way are added up: the pixels' shares add up "
        "to the change of the score.",
        "影像由基準圖逐步淡入，把沿路的梯度累加起來：所有像素分到的量，加起來就是分數的變化。",
    ),
    paper="Sundararajan et al. 2017, Axiomatic Attribution for Deep Networks, arXiv:1703.01365",
    passes=lambda params, images: images * (int(params.get("steps") or STEPS[0]) + 2),
    factors=("gradient",),
    thrifty={"steps": 16},  # ranks of cells .998 those of 256, the gap the same
)
def integrated_gradients(
    request: Request,
    *,
    steps: Steps = None,
    baseline: Baseline = "mean",
    signed: Signed = True,
    score: ScoreOption = "logit",
) -> Heatmaps:
    """Gradients summed on the way from a baseline to the image, times the difference of the two."""
    batch, explained = request.batch, score_of(request, score)
    start = request.classifier.prepare(filled(batch.images, baseline))
    change = values(request.classifier, batch.inputs, explained) - values(request.classifier, start, explained)
    share, taken = shares(request.classifier, start, batch.inputs, explained, change, (steps,) if steps else STEPS)
    farthest = float(off(share, change).max())
    facts = {**gradient_facts(request.classifier, score, signed), "steps": span(taken), "baseline": baseline}
    facts |= {"sum_off": Fraction(farthest)} if farthest > CLOSE else {}
    kept = np.asarray(share if signed else np.abs(share), np.float32)
    quality = tuple(completeness(share, change, taken))
    return Heatmaps(kept, signed, "integrated_gradients", facts, image_facts=quality, pixelwise=True)


def shares(
    classifier: Classifier, start: Floats, end: Floats, score: Score, change: Doubles, tries: Sequence[int]
) -> tuple[Doubles, Ints]:
    """`(N, H, W)` the pixels' shares, and `(N,)` in how many steps: the next of `tries` where the sum is off."""
    share, taken, left = np.zeros(start.shape[:3]), np.zeros(len(start), np.int64), np.arange(len(start))
    slope = np.zeros(start.shape)
    for before, steps in pairwise((0, *tries)):
        seen = chunks(way(start, end, left, steps, before))
        slope += summed(((rows, slopes(classifier, inputs, score[rows])) for rows, inputs in seen), start.shape)
        share[left], taken[left] = ((end - start) * slope)[left].sum(axis=-1) / steps, steps
        left = left[off(share, change)[left] > CLOSE]
    return share, taken


def way(start: Floats, end: Floats, rows: Ints, steps: int, before: int = 0) -> Iterator[Variant]:
    """The midpoints of equal steps: of all rules with as many points the one that wastes none on the ends.

    Without those of a third of the steps, where so many were gone `before`.
    """
    for row in rows:
        for step in range(steps):
            if steps != 3 * before or step % 3 != 1:
                share = np.float32((step + 0.5) / steps)
                yield row, start[row] + share * (end[row] - start[row])


def off(share: Doubles, change: Doubles) -> Doubles:
    """`(N,)` how far the sum of the shares is from the change of the score, as a share of that change."""
    distance = np.abs(share.sum(axis=(1, 2)) - change)
    least = np.maximum(np.abs(share).sum(axis=(1, 2)) / 100, NOTHING)  # where all cancels, the rest is rounding
    return np.asarray(distance / np.maximum(np.abs(change), least))


def completeness(share: Doubles, change: Doubles, taken: Ints) -> Iterator[Mapping[str, Fact]]:
    """What the pixels add up to beside what they should, image by image."""
    columns = (share.sum(axis=(1, 2)), change, off(share, change), taken)
    for added, wanted, missed, steps in zip(*(column.tolist() for column in columns), strict=True):
        yield {"contributions": added, "score_change": wanted, "completeness": Fraction(missed), "steps": steps}
