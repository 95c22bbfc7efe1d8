"""What is lost when a patch is covered: needs no look inside the model, and asks it the question directly.

The grid of patches runs over the edges, so that a pixel at the border lies under as many patches as any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from generator.artefacts import FLAT, ClassNumber, Difference, Fact, Floats, Fraction, Heatmaps, Ints
from generator.classifier import Score
from generator.errors import ParameterError
from generator.maps.explained import AnswerScore, Signed, score_of, values
from generator.maps.pixels import Fill, filled
from generator.maps.variants import Doubles, chunks, slices
from generator.methods import Request, Size, method
from generator.text import bilingual

Patch = Annotated[int | None, Field(ge=1, description="side of the patch in pixels; left out: a sixth of the image")]
Stride = Annotated[int | None, Field(ge=1, description="pixels from patch to patch; left out: half a patch")]
Baseline = Annotated[Fill, Field(description="what shows in the patch; a hard black or white one is itself a feature")]
QUANTITY = {"logit": "logit_drop", "probability": "probability_drop", "loss": "score_drop"}


@dataclass(frozen=True)
class PatchGrid:
    """Upper left corners of square patches, also of those that stand over the edge."""

    patch: int
    stride: int
    size: Size

    @classmethod
    def fitting(cls, size: Size, patch: int | None, stride: int | None) -> "PatchGrid":
        """Left out, the patch is a sixth of the shorter side and moves by half of itself."""
        patch = patch or max(1, min(size) // 6)
        return cls(patch, stride or max(1, patch // 2), size)

    def spans(self, axis: int) -> Ints:
        """`(patches, 2)`: where the part of each patch inside the picture begins and ends along an axis."""
        starts = np.arange(self.stride - self.patch, self.size[axis], self.stride)
        return np.stack([np.maximum(starts, 0), np.minimum(starts + self.patch, self.size[axis])], axis=1)

    @property
    def boxes(self) -> list[tuple[int, int, int, int]]:
        """Top, bottom, left, right of each patch's part inside the picture, row by row."""
        return [(*row, *column) for row in self.spans(0).tolist() for column in self.spans(1).tolist()]

    def covered(self, axis: int) -> Doubles:
        """`(patches, pixels)`: 1 where a patch lies over a pixel of that axis."""
        pixel, spans = np.arange(self.size[axis]), self.spans(axis)
        return ((pixel >= spans[:, :1]) & (pixel < spans[:, 1:])).astype(np.float64)

    def spread(self, drops: Doubles) -> Floats:
        """`(N, patches)` to `(N, H, W)`: each pixel gets the mean of the patches that cover it."""
        rows, columns = self.covered(0), self.covered(1)
        laid = rows.T @ drops.reshape(-1, len(rows), len(columns)) @ columns
        return (laid / np.outer(rows.sum(axis=0), columns.sum(axis=0))).astype(np.float32)


@method(
    kind="attribution",
    access="predictions",
    title=bilingual("Occlusion", "遮擋敏感度"),
    summary=bilingual(
        "A patch is moved over the image and hides what is under it; the map shows how far the prediction falls where "
        "it lies. Slow, but it asks the model directly.",
        "用一小塊遮擋物逐格蓋住影像的各個位置，看預測下降多少；下降越多，代表那裡越重要。計算較慢，但問得最直接。",
    ),
    paper="Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks, arXiv:1311.2901",
    passes=lambda params, images, size: (
        images * (len(PatchGrid.fitting(size, params.get("patch"), params.get("stride")).boxes) + 2)  # whole and worst
    ),
    covers=True,
)
def occlusion(
    request: Request,
    *,
    patch: Patch = None,
    stride: Stride = None,
    baseline: Baseline = "blur",
    signed: Signed = True,
    score: AnswerScore = "probability",
) -> Heatmaps:
    """Fall of the score where a patch covers the image; below zero the cover helps the class."""
    grid = checked(PatchGrid.fitting(request.batch.images.shape[1:3], patch, stride))
    fill = filled(request.batch.images, baseline)
    explained = score_of(request, score)
    drops = falls(request, grid, fill, explained)
    facts = {"score": score, "patch": grid.patch, "stride": grid.stride, "baseline": baseline}
    values = grid.spread(drops) if signed else grid.spread(np.maximum(drops, 0))
    helped = (drops.max(axis=1) < FLAT) & (np.abs(drops).max(axis=1) >= FLAT)
    remarks = tuple("nothing_speaks_for" if none and not signed else "" for none in helped)
    worst = most_damaging(request, grid, fill, drops, Difference if score == "probability" else float)
    return Heatmaps(values, signed, QUANTITY[score], facts, image_facts=worst, remarks=remarks)


def checked(grid: PatchGrid) -> PatchGrid:
    """The grid itself; raises ParameterError where it would leave gaps or cover everything."""
    height, width = grid.size
    if grid.patch > min(grid.size):
        raise ParameterError("patch", f"a patch of {grid.patch} pixels hides the whole picture of {height}×{width}")
    if grid.stride > grid.patch:
        told = f"a stride of {grid.stride} leaves gaps between patches of {grid.patch} pixels"
        raise ParameterError("stride", told)
    return grid


def falls(request: Request, grid: PatchGrid, fill: Floats, score: Score) -> Doubles:
    """`(N, patches)` score of the whole image minus score of the covered one."""
    classifier, images = request.classifier, request.batch.images
    inputs = request.batch.inputs
    whole = [values(classifier, inputs[rows], score[rows]) for rows in slices(len(inputs), inputs.shape[1:])]
    covers = ((row, cover(images[row], fill[row], box)) for row in range(len(images)) for box in grid.boxes)
    seen = [values(classifier, classifier.prepare(covered), score[rows]) for rows, covered in chunks(covers)]
    return np.concatenate(whole)[:, None] - np.concatenate(seen).reshape(len(images), -1)


def cover(image: Floats, fill: Floats, box: tuple[int, int, int, int]) -> Floats:
    """The image with a box of it replaced by the fill."""
    top, bottom, left, right = box
    covered = image.copy()
    covered[top:bottom, left:right] = fill[top:bottom, left:right]
    return covered


def most_damaging(
    request: Request, grid: PatchGrid, fill: Floats, drops: Doubles, unit: type[float]
) -> tuple[Mapping[str, Fact], ...]:
    """For each image: where one patch does most harm `(left, top, right, bottom)`, the fall, the prediction then."""
    batch, patches = request.batch, grid.boxes
    boxes = [patches[worst] for worst in drops.argmax(axis=1)]
    covered = np.stack([cover(*one) for one in zip(batch.images, fill, boxes, strict=True)])
    after = request.classifier.probabilities(request.classifier.prepare(covered))
    told = []
    for row, (top, bottom, left, right) in enumerate(boxes):
        facts: dict[str, Fact] = {"most_damaging": (left, top, right, bottom), "fall": unit(drops[row].max())}
        if after.shape[1] > 1:
            facts["new_prediction"] = ClassNumber(after[row].argmax())
            facts["new_probability"] = Fraction(after[row, batch.target[row]])
        told.append(facts)
    return tuple(told)
