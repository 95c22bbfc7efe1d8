"""A method with its parameters, as the measures use it: maps without signs for rows of the images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import Fact, Floats, Heatmaps, Ints
from generator.classifier import Classifier, Request
from generator.evidence.cells import cell_means, empty, strength
from generator.evidence.estimates import Doubles
from generator.evidence.faces import Faces, batch_of
from generator.methods import USUAL_SIZE, Method, Size

CHEAP, DEAR = 3, 10  # model passes of one map
MOST = 300  # a method that takes more is not run on further images


@dataclass(frozen=True)
class Explainer:
    """A figure's method with the options of its first run; `image_facts` and `size` are those of its images."""

    figure: str
    method: Method
    options: Mapping[str, Any]
    image_facts: tuple[Mapping[str, Fact], ...] = field(default_factory=tuple)
    size: Size = USUAL_SIZE

    @property
    def cost(self) -> int:
        """Model passes of one map."""
        return self.method.passes(self.options, 1, self.size)

    @property
    def key(self) -> tuple[str, str]:
        """The same for figures that are measured alike."""
        return self.method.name, repr(sorted(self.options.items()))

    @property
    def affordable(self) -> bool:
        return self.cost <= MOST


@dataclass(frozen=True)
class Maps:
    """`values (N, H, W)` without signs, `empty (N,)`, and the grid they were made on, None where that is the pixels."""

    values: Floats
    empty: NDArray[np.bool_]
    grid: tuple[int, int] | None

    def __len__(self) -> int:
        return len(self.empty)

    def first(self, count: int) -> "Maps":
        """The first so many, none for less than one."""
        return Maps(self.values[: max(0, count)], self.empty[: max(0, count)], self.grid)

    @property
    def cells(self) -> Doubles:
        """`(N, cells)`; a row of NaN is an empty map."""
        found = cell_means(np.where(self.empty[:, None, None], 0, self.values).astype(np.float32))
        found[self.empty] = np.nan
        return found


def joined_maps(parts: Sequence[Maps]) -> Maps:
    """One after the other; there is at least one."""
    values, empty = [part.values for part in parts], [part.empty for part in parts]
    return Maps(np.concatenate(values), np.concatenate(empty), parts[0].grid)


def maps_of(
    explainer: Explainer, classifier: Classifier, faces: Faces, rows: Ints, target: Ints, again: bool = False
) -> Maps:
    """The maps of some rows for the classes `target (n,)`."""
    batch = batch_of(faces, rows, target, classifier, again)
    request = Request(classifier, batch, batch.inputs, None, faces.seed)
    artefact = explainer.method.compute(request, **explainer.options)
    if not isinstance(artefact, Heatmaps):
        raise TypeError(f"{explainer.method.name} gives no maps")
    grid = None if artefact.native is None else (int(artefact.native.shape[1]), int(artefact.native.shape[2]))
    both_signs = explainer.method.both_signs
    return Maps(strength(artefact, both_signs), empty(artefact, both_signs), grid)
