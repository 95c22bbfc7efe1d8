"""The score's change from a picture without content to the picture, shared out over the pixels."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Floats, Heatmaps
from generator.maps.explained import ScoreOption, Signed, gradient_facts, score_of, slopes, values
from generator.maps.pixels import Fill, filled
from generator.maps.variants import Doubles, Variant, chunks, slices, summed
from generator.methods import Request, method
from generator.text import bilingual

Steps = Annotated[int, Field(ge=1, le=1000, description="points on the way from the baseline to the image")]
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
    passes=lambda params, images: images * (int(params.get("steps", 50)) + 2),
    factors=("gradient",),
)
def integrated_gradients(
    request: Request,
    *,
    steps: Steps = 50,
    baseline: Baseline = "mean",
    signed: Signed = True,
    score: ScoreOption = "logit",
) -> Heatmaps:
    """Gradients summed on the way from a baseline to the image, times the difference of the two."""
    batch, explained = request.batch, score_of(request, score)
    start = request.classifier.prepare(filled(batch.images, baseline))
    parts = (
        (rows, slopes(request.classifier, inputs, explained[rows]))
        for rows, inputs in chunks(way(start, batch.inputs, steps))
    )
    mean = summed(parts, batch.inputs.shape) / steps
    share = ((batch.inputs - start) * mean).sum(axis=-1)
    facts = {**gradient_facts(request.classifier, score, signed), "steps": steps, "baseline": baseline}
    kept = np.asarray(share if signed else np.abs(share), np.float32)
    ends = (batch.inputs, start)
    pieces = list(slices(len(start), start.shape[1:]))
    whole, none = (np.concatenate([values(request.classifier, e[p], explained[p]) for p in pieces]) for e in ends)
    return Heatmaps(kept, signed, "integrated_gradients", facts, image_facts=completeness(share, whole - none))


def way(start: Floats, end: Floats, steps: int) -> Iterator[Variant]:
    """The midpoints of equal steps: of all rules with as many points the one that wastes none on the ends."""
    for row in range(len(start)):
        for step in range(steps):
            share = np.float32((step + 0.5) / steps)
            yield row, start[row] + share * (end[row] - start[row])


def completeness(share: Doubles, change: Doubles) -> tuple[Mapping[str, Fact], ...]:
    """What the pixels add up to beside what they should; a large difference asks for more steps."""
    total = share.sum(axis=(1, 2))
    pairs = zip(total, change, strict=True)
    return tuple({"contributions": float(added), "score_change": float(wanted)} for added, wanted in pairs)
