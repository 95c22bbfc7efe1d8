"""What a method returns: frozen arrays with the facts a reader must know beside the picture.

Facts are values by key (`layer`, `grid`, `samples`, `baseline` …); the words for the keys live with the templates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from generator.lattice import Lattice

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Arrays = Mapping[str, NDArray[Any]]
Fact = str | int | float | bool | tuple["Fact", ...]


class Fraction(float):
    """A fact that is a part of a whole, 0..1: it reads in per cent."""


class Difference(float):
    """A difference of two shares: it reads in percentage points."""


class ClassNumber(int):
    """A class by its number: it reads as its name."""


class Label(int):
    """A number that counts nothing, such as a seed."""


NUMBERS: Mapping[str, type] = {kind.__name__: kind for kind in (Fraction, Difference, ClassNumber, Label)}
"""Facts that know what they are numbers of."""

FLAT = 1e-10  # a map whose largest magnitude is below this says nothing, whatever its colours would show


def span(counts: Ints) -> int | str:
    """One number where all are the same, else the least and the greatest: '50–200'."""
    least, greatest = int(counts.min()), int(counts.max())
    return least if least == greatest else f"{least}–{greatest}"


class Artefact:
    """Any of the kinds below, and what it tells of itself: a new kind says here what is special about it."""

    facts: Mapping[str, Fact]
    drawn: ClassVar[tuple[str, ...]] = ()  # the fields that are arrays as they stand

    @property
    def arrays(self) -> Arrays:
        """What was drawn, before any colour, for `--arrays`."""
        return {name: np.asarray(getattr(self, name)) for name in self.drawn}

    @property
    def numbers(self) -> Mapping[str, Any]:
        """What the manifest says of it beside its facts."""
        return {}

    def row_numbers(self, row: int) -> Mapping[str, Any]:
        """What the manifest says of one image."""
        return {}

    def misfit(self, images: tuple[int, ...]) -> str:
        """What of it does not fit `(N, H, W, C)` images; '' where all does."""
        return ""

    @property
    def coloured(self) -> Sequence[Floats]:
        """The values that colours stand for in its pictures, without those that are no result."""
        return ()

    @property
    def two_sided(self) -> bool:
        """Whether these colours have a middle, with another side for values below zero."""
        return any(bool((values < 0).any()) for values in self.coloured)

    @property
    def clipped(self) -> bool:
        """Whether a scale of their own ends below the few brightest pixels, or at the maximum."""
        return True

    @property
    def coloured_quantity(self) -> str:
        """What they measure: a key of the words."""
        return "activation"


@dataclass(frozen=True)
class Heatmaps(Artefact):
    """One attribution an image: `values (N, H, W)`, zero means no influence.

    `signed` maps speak for (> 0) and against (< 0) the explained score. `quantity` names what is measured
    (`gradient`, `cam`, `probability_drop`, `weight` …). `native (N, h, w)` is the map of a single layer before it was
    enlarged, `places` say where the cells of its layers lie; `segments (N, H, W)` are superpixels, counted from 0.
    `remarks` says, image by image, why a map is no result: a key of the words (`flat`, `nothing_speaks_for`,
    `not_applicable` …) or ''. `pixelwise`: made of derivatives by single pixels, which differ from their neighbours
    like noise.
    """

    values: Floats
    signed: bool
    quantity: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    native: Floats | None = None
    segments: Ints | None = None
    image_facts: tuple[Mapping[str, Fact], ...] = ()
    remarks: tuple[str, ...] = ()
    pixelwise: bool = False
    places: tuple[Lattice, ...] = ()

    def remark(self, row: int) -> str:
        """Why the map of this row is no result, or ''; a flat or non-finite map always has a remark."""
        if self.remarks and self.remarks[row]:
            return self.remarks[row]
        values = self.values[row]
        if not np.isfinite(values).all():
            return "not_finite"
        return "flat" if np.abs(values).max(initial=0.0) < FLAT else ""

    def misfit(self, images: tuple[int, ...]) -> str:
        shapes = {"values": self.values.shape, **({} if self.segments is None else {"segments": self.segments.shape})}
        counts = {"native": self.native, "image_facts": self.image_facts, "remarks": self.remarks}
        lengths = {name: len(one) for name, one in counts.items() if one is not None and len(one)}
        wrong = [f"{name} of the shape {shape}" for name, shape in shapes.items() if shape != images[:3]]
        wrong += [f"{n} {name}" for name, n in lengths.items() if n != images[0]]
        if self.values.dtype.kind not in "fiub":
            return f"values of the kind {self.values.dtype}, no real numbers"
        return f"{' and '.join(wrong)} for images of the shape {images[:3]}" if wrong else ""

    @property
    def arrays(self) -> Arrays:
        segments = {} if self.segments is None else {"segments": self.segments}
        return {"attribution": self.values.astype(np.float32), **segments}

    def row_numbers(self, row: int) -> Mapping[str, Any]:
        remark = {"remark": self.remark(row)} if self.remark(row) else {}
        return {**remark, **(self.image_facts[row] if self.image_facts else {})}

    @property
    def coloured(self) -> Sequence[Floats]:
        return [values for row, values in enumerate(self.values) if not self.remark(row)]

    @property
    def two_sided(self) -> bool:
        return self.signed

    @property
    def clipped(self) -> bool:
        """A coarse map that was enlarged and superpixels have no single bright pixels."""
        return self.pixelwise or (self.native is None and self.segments is None and not self.places)

    @property
    def coloured_quantity(self) -> str:
        return self.quantity


@dataclass(frozen=True)
class Patterns(Artefact):
    """Gradient ascent: `pattern (F, H, W, C)` in model units brought to 0..1, one a filter or class.

    `activation (F,)` is the value reached, `on_images (F,)` the largest on real images (NaN: none given).
    `dead (F,)`: nothing activates it, neither the climb nor a real image; its pattern is no result.
    `output (F, N, h, w)` is what they put out for the N images of the batch, None where nobody asked; `place` says
    where its cells lie in these.
    """

    pattern: Floats
    unit: Ints
    activation: Floats
    on_images: Floats
    dead: NDArray[np.bool_]
    of: str  # 'filter' or 'class'
    facts: Mapping[str, Fact] = field(default_factory=dict)
    output: Floats | None = None
    place: Lattice | None = None

    @property
    def arrays(self) -> Arrays:
        reached = {"pattern": self.pattern, "activation": self.activation, "on_images": self.on_images}
        beside = {} if self.output is None else {"output": self.output}
        return {**reached, **beside, self.of: self.unit, "dead": self.dead}

    @property
    def numbers(self) -> Mapping[str, Any]:
        return {key: getattr(self, key) for key in ("unit", "activation", "on_images", "dead")}

    @property
    def coloured(self) -> Sequence[Floats]:
        return () if self.output is None else tuple(self.output.reshape(-1, *self.output.shape[2:]))


@dataclass(frozen=True)
class LayerOutputs(Artefact):
    """What chosen filters of a layer put out: `output (N, F, h, w)` for the N images of the batch.

    `place` says where its cells lie in these, None where they lie nowhere.
    """

    output: Floats
    unit: Ints
    facts: Mapping[str, Fact] = field(default_factory=dict)
    place: Lattice | None = None

    @property
    def arrays(self) -> Arrays:
        return {"output": self.output[0] if len(self.output) == 1 else self.output, "filter": self.unit}

    @property
    def coloured(self) -> Sequence[Floats]:
        return tuple(self.output.reshape(-1, *self.output.shape[2:]))


READABLE = 30  # classes that a figure shows of more where the spec does not say which
LIKELY = 5  # classes that a prediction names of more than that


@dataclass(frozen=True)
class Confusion(Artefact):
    """`counts (K, K)` int: row = true class, column = predicted class; `normalize` says how it is shown.

    `label (N,)` and `prediction (N,)` are those of the pictures, one by one, of the set that `pictures` stands for.
    """

    counts: Ints
    normalize: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    label: Ints | None = None
    prediction: Ints | None = None
    pictures: str = ""
    drawn = ("counts",)

    @property
    def shown(self) -> Ints:
        """The classes that a matrix of a readable size has: all, or those with the most mistakes, in their order."""
        if len(self.counts) <= READABLE:
            return np.arange(len(self.counts))
        mistakes = self.counts.sum(axis=0) + self.counts.sum(axis=1) - 2 * np.diag(self.counts)
        return np.sort(np.argsort(-mistakes, kind="stable")[:READABLE])

    @property
    def shares(self) -> Floats:
        """Counts as shares of the row (label), of the column (predicted) or of all (none)."""
        axis = {"label": 1, "predicted": 0}.get(self.normalize)
        total = self.counts.sum(axis=axis, keepdims=True)
        return np.divide(self.counts, total, out=np.zeros(self.counts.shape), where=total > 0).astype(np.float32)

    @property
    def numbers(self) -> Mapping[str, Any]:
        total = int(self.counts.sum())
        accuracy = float(np.trace(self.counts) / total) if total else float("nan")
        shown = self.shown
        some = {} if len(shown) == len(self.counts) else {"classes": shown}
        return {"n": total, "accuracy": accuracy, **some, "counts": self.counts[np.ix_(shown, shown)]}


@dataclass(frozen=True)
class Predictions(Artefact):
    """`probability (N, K)` of every class for the N images of the batch."""

    probability: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)
    drawn = ("probability",)

    def likely(self, row: int, label: int = -1) -> Ints:
        """The classes that are told of an image: all in their order, or the most probable and its label."""
        if self.probability.shape[1] <= READABLE:
            return np.arange(self.probability.shape[1])
        likely = np.argsort(-self.probability[row], kind="stable")[:LIKELY]
        return likely if label < 0 or label in likely else np.append(likely, label)


@dataclass(frozen=True)
class Points(Artefact):
    """The N images of the batch in the plane, `place (N, 2)`: near each other where the model sees them alike."""

    place: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)
    drawn = ("place",)


@dataclass(frozen=True)
class Kernels(Artefact):
    """Weights of chosen filters of a convolution: `weight (F, h, w)`, for (> 0) and against (< 0) brightness."""

    weight: Floats
    unit: Ints
    facts: Mapping[str, Fact] = field(default_factory=dict)
    two_sided = True
    clipped = False
    coloured_quantity = "kernel"

    @property
    def arrays(self) -> Arrays:
        return {"weight": self.weight, "filter": self.unit}

    @property
    def coloured(self) -> Sequence[Floats]:
        return tuple(self.weight)


@dataclass(frozen=True)
class Curves(Artefact):
    """What was measured over the epochs of training: `values (Q, E)`, NaN where missing, named as the log does."""

    epoch: Floats
    names: tuple[str, ...]
    values: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)
    drawn = ("epoch", "values", "names")


@dataclass(frozen=True)
class LayerTable(Artefact):
    """The layers of a model in their order: output `shape`, own `parameters`, `multiply_adds` for one image."""

    name: tuple[str, ...]
    kind: tuple[str, ...]
    shape: tuple[tuple[int, ...], ...]
    parameters: Ints
    multiply_adds: Ints
    facts: Mapping[str, Fact] = field(default_factory=dict)
    drawn = ("parameters", "multiply_adds")


@dataclass(frozen=True)
class Foreign(Artefact):
    """A picture made elsewhere, `image (H, W, 3)` in 0..1: nothing in it was computed here."""

    image: Floats
    facts: Mapping[str, Fact] = field(default_factory=dict)


KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in Artefact.__subclasses__()}
