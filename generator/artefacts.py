"""What a method returns: frozen arrays with the facts a reader must know beside the picture.

Facts are values by key (`layer`, `grid`, `samples`, `baseline` …); the words for the keys live with the templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Fact = str | int | float | bool | tuple["Fact", ...]

FLAT = 1e-10  # a map whose largest magnitude is below this says nothing, whatever its colours would show


@dataclass(frozen=True)
class Heatmaps:
    """One attribution an image: `values (N, H, W)`, zero means no influence.

    `signed` maps speak for (> 0) and against (< 0) the explained score. `quantity` names what is measured
    (`gradient`, `cam`, `probability_drop`, `weight` …). `native (N, h, w)` is the map before it was enlarged,
    `segments (N, H, W)` the superpixels, counted from 0. `remarks` says, image by image, why a map is no result:
    a key of the words (`flat`, `nothing_speaks_for`, `not_applicable` …) or ''.
    """

    values: Floats
    signed: bool
    quantity: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    native: Floats | None = None
    segments: Ints | None = None
    image_facts: tuple[Mapping[str, Fact], ...] = ()
    remarks: tuple[str, ...] = ()

    def remark(self, row: int) -> str:
        """Why the map of this row is no result, or ''; a flat or non-finite map always has a remark."""
        if self.remarks and self.remarks[row]:
            return self.remarks[row]
        values = self.values[row]
        if not np.isfinite(values).all():
            return "not_finite"
        return "flat" if np.abs(values).max(initial=0.0) < FLAT else ""


@dataclass(frozen=True)
class Patterns:
    """Gradient ascent: `pattern (F, H, W, C)` in model units brought to 0..1, one a filter or class.

    `activation (F,)` is the value reached, `on_images (F,)` the largest on real images (NaN: none given).
    `dead (F,)`: nothing activates it, neither the climb nor a real image; its pattern is no result.
    `output (F, N, h, w)` is what they put out for the N images of the batch, None where nobody asked.
    """

    pattern: Floats
    unit: Ints
    activation: Floats
    on_images: Floats
    dead: NDArray[np.bool_]
    of: str  # 'filter' or 'class'
    facts: Mapping[str, Fact] = field(default_factory=dict)
    output: Floats | None = None


@dataclass(frozen=True)
class LayerOutputs:
    """What chosen filters of a layer put out: `output (N, F, h, w)` for the N images of the batch."""

    output: Floats
    unit: Ints
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Confusion:
    """`counts (K, K)` int: row = true class, column = predicted class; `normalize` says how it is shown."""

    counts: Ints
    normalize: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def shares(self) -> Floats:
        """Counts as shares of the row (label), of the column (predicted) or of all (none)."""
        axis = {"label": 1, "predicted": 0}.get(self.normalize)
        total = self.counts.sum(axis=axis, keepdims=True)
        return np.divide(self.counts, total, out=np.zeros(self.counts.shape), where=total > 0).astype(np.float32)


@dataclass(frozen=True)
class Predictions:
    """`probability (N, K)` of every class for the N images of the batch."""

    probability: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Points:
    """The N images of the batch in the plane, `place (N, 2)`: near each other where the model sees them alike."""

    place: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Kernels:
    """Weights of chosen filters of a convolution: `weight (F, h, w)`, for (> 0) and against (< 0) brightness."""

    weight: Floats
    unit: Ints
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Curves:
    """What was measured over the epochs of training: `values (Q, E)`, NaN where missing, named as the log does."""

    epoch: Floats
    names: tuple[str, ...]
    values: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerTable:
    """The layers of a model in their order: output `shape`, own `parameters`, `multiply_adds` for one image."""

    name: tuple[str, ...]
    kind: tuple[str, ...]
    shape: tuple[tuple[int, ...], ...]
    parameters: Ints
    multiply_adds: Ints
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Foreign:
    """A picture made elsewhere, `image (H, W, 3)` in 0..1: nothing in it was computed here."""

    image: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)


Artefact = (
    Heatmaps | Patterns | LayerOutputs | Confusion | Predictions | Points | Kernels | Curves | LayerTable | Foreign
)
KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Artefact)}
