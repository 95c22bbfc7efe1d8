"""What a model itself does to the values of pixels before its first layer that sees more than one of them.

Measured, not read: three even pictures go through the part of the graph that changes each pixel alone.
"""

import numpy as np

from generator.classifier import Entrance
from generator.model.flat_graph import INPUT, FlatGraph, Step
from generator.model.form import Form
from generator.model.keras_door import tf
from generator.model.keras_passes import entering, leaving, plain

SCALING = (
    "Rescaling", "Normalization", "BatchNormalization", "Add", "Subtract", "Multiply", "TrueDivide", "Divide",
    "Negative", "Cast", "Flip", "GetItem",
)  # fmt: skip
PASSING = (
    "Identity", "Dropout", "GaussianNoise", "Activation", "Reshape", "Resizing", "CenterCrop", "Cropping2D",
    "ZeroPadding2D", "Concatenate", "Stack", "Permute", "Transpose",
)  # fmt: skip
EVEN = (0.0, 1.0, 255.0)
NOTHING = 1e-3  # of a change


def entrance_of(graph: FlatGraph, form: Form) -> Entrance | None:
    """The factor and offset by channel; None where the model changes nothing, or not by a factor and an offset."""
    steps, number = _pixelwise(graph)
    scaling = tuple(step.name for step in steps if step.kind in SCALING)
    batch = form.batch or len(EVEN)
    if not scaling or number is None or batch < len(EVEN):
        return None
    levels = np.array([EVEN[row % len(EVEN)] for row in range(batch)], np.float32)
    images = np.broadcast_to(levels[:, None, None, None], (batch, *form.shape))
    values = leaving(graph.truncated(number).run(entering(tf.constant(images), form), plain), number, form).numpy()
    values = values if values.ndim == 4 else values.reshape(batch, *form.shape[:2], -1)
    dark, light, white = values[: len(EVEN), values.shape[1] // 2, values.shape[2] // 2].astype(np.float64)
    factor = (white - dark) / EVEN[-1]
    affine = np.allclose(dark + factor, light, rtol=1e-2, atol=NOTHING * max(1.0, float(np.abs(white).max())))
    if not affine or (np.allclose(factor, 1, atol=NOTHING) and np.allclose(dark, 0, atol=NOTHING)):
        return None
    return Entrance(scaling, tuple(map(float, factor)), tuple(map(float, dark)))


def _pixelwise(graph: FlatGraph) -> tuple[list[Step], int | None]:
    """The steps that change each pixel alone, and the one value of theirs that all others read; None for several."""
    inside, steps = {INPUT}, []
    for step in graph.steps:
        if inside.issuperset(step.reads.values()) and _pixel_alone(step):
            inside.update(step.writes)
            steps.append(step)
    left = {number for step in graph.steps if step not in steps for number in step.reads.values()} & inside
    return steps, left.pop() if len(left) == 1 else None


def _pixel_alone(step: Step) -> bool:
    return step.kind in SCALING or step.kind.startswith("Random") or (step.kind in PASSING and not step.rectifies)
