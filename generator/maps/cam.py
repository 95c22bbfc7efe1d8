"""What all class activation maps share: the layers, the rectified sum over their channels, and the way up to pixels."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import FLAT, Fact, Floats, Heatmaps
from generator.classifier import Layer, Request, ScoreKind, behind, carriers, layer_called
from generator.errors import ParameterError
from generator.lattice import Lattice, seen_by
from generator.maps.explained import score_of, upwards
from generator.maps.variants import slices

Combine = Callable[[Floats, Floats], Floats]  # output and derivative (n, h, w, c) to a signed map (n, h, w)

EVEN = 1e-5  # a derivative that varies over the places of a channel by no more than this share of it is rounding

LACK = (
    "this model has no convolution whose output is a map with height and width above 1 and a place in the picture "
    "(behind pixels that are rolled or warped none has one), and no tokens of patches; "
    "use saliency, smoothgrad, integrated_gradients, occlusion or lime, which need none"
)


def spatial_layers(layers: tuple[Layer, ...], named: str | tuple[str, ...] | None) -> tuple[Layer, ...]:
    """The named layers, or those that carry the whole score into the final pooling or flatten; each must be a map."""
    if named is None:
        looks = any("Conv" in layer.kind or "Attention" in layer.kind or _tokens(layer) for layer in layers)
        found = [name for name in carriers(layers) if name and looks]
        if not found:
            raise ParameterError("layer", LACK)
        return tuple(layer_called(name, layers) for name in found)
    chosen = [layer_called(name, layers) for name in ((named,) if isinstance(named, str) else named)]
    for layer in chosen:
        if not layer.spatial:
            shape, maps = "×".join(map(str, layer.shape)), ", ".join(known.name for known in layers if known.spatial)
            cure = f"take one of {maps}" if maps else LACK
            told = f"the output of '{layer.name}' ({shape}) is not a map one can point at; {cure}"
            raise ParameterError("layer", told)
    return tuple(chosen)


def _tokens(layer: Layer) -> bool:
    return layer.place is not None and len(layer.shape) == 2


def layer_facts(request: Request, chosen: Sequence[Layer]) -> Mapping[str, Fact]:
    """What a reader must know of the layers: which, how fine, what of the picture and of the score they miss."""
    grids = tuple(dict.fromkeys(layer.maps[:2] for layer in chosen))
    layers, names = request.classifier.layers, [layer.name for layer in chosen]
    seen = seen_by(places_of(chosen), request.batch.inputs.shape[1:3])
    others = tuple(name or "picture_itself" for name in carriers(layers, names))
    mixed = behind(layers, [layer.name for layer in layers if "Attention" in layer.kind]).intersection(names)
    optional: dict[str, Fact] = {"sees": seen, "mixed": bool(mixed), "rest": others}
    optional["added"] = tuple(names) if len(names) > 1 else ()
    found: dict[str, Fact] = {"layer": " + ".join(names), "grid": grids[0] if len(grids) == 1 else grids}
    return found | {key: value for key, value in optional.items() if value}


def places_of(chosen: Sequence[Layer]) -> tuple[Lattice, ...]:
    return tuple(layer.place for layer in chosen if layer.place is not None)


def weighted(
    request: Request, chosen: Sequence[Layer], kind: ScoreKind, signed: bool, combine: Combine, twin: str = ""
) -> Heatmaps:
    """A map from the derivatives of the score by layers' outputs; unsigned ones keep what speaks for the class.

    `twin` names the method whose map is the same wherever each channel has one derivative, as under global pooling.
    """
    batch, explained = request.batch, score_of(request, kind)
    small = [np.zeros((len(batch), *layer.maps[:2]), np.float32) for layer in chosen]
    moved = np.zeros(len(batch), np.bool_)
    even = bool(twin)
    for rows in slices(len(batch), max((layer.maps for layer in chosen), key=np.prod)):
        score = explained[rows]
        found = request.classifier.layer_gradients(batch.inputs[rows], score, *(layer.name for layer in chosen))
        for maps, output, gradient in zip(small, found[::2], found[1::2], strict=True):
            maps[rows] = combine(output, upwards(gradient, score))
            moved[rows] |= np.abs(output * gradient).max(axis=(1, 2, 3)) >= FLAT
            even = even and bool(np.ptp(gradient, axis=(1, 2)).max() <= EVEN * np.abs(gradient).max())
    one: Mapping[str, Fact] = {"same_map": twin} if even and moved.any() else {}
    return activation_map(request, chosen, small, moved, signed, {"score": kind, **one})


def activation_map(
    request: Request,
    chosen: Sequence[Layer],
    small: Sequence[Floats],
    moved: NDArray[np.bool_],
    signed: bool,
    facts: Mapping[str, Fact],
) -> Heatmaps:
    """Each layer's map laid on the picture where its cells lie, added up, and rectified unless signed.

    `moved (N,)`: the layers had any say for that image at all.
    """
    size, places = request.batch.inputs.shape[1:3], places_of(chosen)
    native = None
    if len(small) == 1:
        native = small[0] if signed else np.maximum(small[0], 0)
        small = [native]
    spread = np.stack([place.spread(maps, size) for place, maps in zip(places, small, strict=True)]).sum(axis=0)
    values: Floats = spread if signed else np.maximum(spread, 0)
    empty = np.abs(values).max(axis=(1, 2), initial=0.0) < FLAT
    remark = "nothing_raises" if facts["score"] == "sum" else "nothing_speaks_for"
    remarks = tuple(remark if nothing else "" for nothing in empty & moved)
    known = {"score": facts["score"], **layer_facts(request, chosen), **facts}
    return Heatmaps(values, signed, "cam", known, native=native, remarks=remarks, places=places)
