"""The gradient averaged over noisy copies of the image: what remains does not hang on single grey values."""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import Floats, Fraction, Heatmaps, Ints, Label
from generator.maps.explained import ScoreOption, Signed, gradient_facts, reduce_channels, score_of, upwards
from generator.maps.variants import Variant, chunks, summed
from generator.methods import Request, method
from generator.samples import Batch
from generator.text import bilingual

FEW = 1 / 3  # of the noisy copies: where fewer keep the class, the mean is that of other classes' pictures

Samples = Annotated[int, Field(ge=1, le=10_000, description="noisy copies of each image")]
Noise = Annotated[float, Field(ge=0, le=2, description="standard deviation of the noise, as a share of max − min")]


@method(
    kind="attribution",
    access="gradients",
    title=bilingual("SmoothGrad", "SmoothGrad 平滑梯度"),
    summary=bilingual(
        "The gradient averaged over copies of the image with a little noise: flicker from pixel to pixel cancels out, "
        "what matters in all copies stays.",
        "把影像加上少許雜訊複製多份，再把各份的梯度平均：像素間隨機的閃爍會互相抵消，每一份都重要的部分會留下來。",
    ),
    paper="Smilkov et al. 2017, SmoothGrad: removing noise by adding noise, arXiv:1706.03825",
    passes=lambda params, images: images * int(params.get("samples", 50)),
    seeded=True,
    factors=("gradient",),
    both_signs=True,
    thrifty={"samples": 12},  # ranks of cells .85 those of 50 (two runs of 50: .90), the gap the same
)
def smoothgrad(
    request: Request, *, samples: Samples = 50, noise: Noise = 0.1, signed: Signed = False, score: ScoreOption = "logit"
) -> Heatmaps:
    """Gradient averaged over noisy copies of the image; the absolute value is taken after the mean."""
    batch, explained = request.batch, score_of(request, score)
    kept = np.zeros(len(batch))

    def uphill() -> Iterator[tuple[Ints, Floats]]:
        for rows, copies in chunks(noisy(batch, samples, noise)):
            logits, gradient = request.classifier.scored_gradients(copies, explained[rows])
            kept[:] += np.bincount(rows, logits.argmax(axis=1) == batch.prediction[rows], len(batch)) / samples
            yield rows, upwards(gradient, explained)

    gradient = (summed(uphill(), batch.inputs.shape) / samples).astype(np.float32)
    facts = {**gradient_facts(request.classifier, score, signed), "samples": samples, "noise": noise}
    keeps = Fraction(kept.mean())
    facts |= {"keeps_class": keeps} | ({"loses_class": keeps} if keeps < FEW else {})
    told = tuple(
        {"seed": Label(seed), "keeps_class": share, **({"loses_class": share} if share < FEW else {})}
        for seed, share in zip(batch.seed, map(Fraction, kept), strict=True)
    )
    return Heatmaps(reduce_channels(gradient, signed), signed, "gradient", facts, image_facts=told, pixelwise=True)


def noisy(batch: Batch, samples: int, noise: float) -> Iterator[Variant]:
    """Copies of each input under Gaussian noise from the image's own seed, whichever figure or batch it is in."""
    for row, image in enumerate(batch.inputs):
        random = np.random.default_rng(int(batch.seed[row]))
        sigma = np.float32(noise) * np.ptp(image)
        for _ in range(samples):
            yield row, image + sigma * random.standard_normal(image.shape, dtype=np.float32)
