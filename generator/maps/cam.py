"""What all class activation maps share: the layer, the rectified sum over its channels, and the way up to pixels."""

from collections.abc import Callable, Mapping

import numpy as np

from generator.artefacts import FLAT, Fact, Floats, Heatmaps
from generator.classifier import Classifier, Layer, Request, ScoreKind, last_spatial
from generator.errors import ParameterError
from generator.maps.explained import named_layer, score_of, upwards
from generator.maps.pixels import enlarge
from generator.maps.variants import slices

Combine = Callable[[Floats, Floats], Floats]  # output and derivative (n, h, w, c) to a signed map (n, h, w)

EVEN = 1e-5  # a derivative that varies over the places of a channel by no more than this share of it is rounding

LACK = (
    "this model has no convolution whose output is a map with height and width above 1; "
    "use saliency, smoothgrad, integrated_gradients, occlusion or lime, which need none"
)


def spatial_layer(classifier: Classifier, name: str | None) -> Layer:
    """The named layer, or the tensor that enters the final pooling or flatten; it must be a map."""
    convolves = any("Conv" in layer.kind for layer in classifier.layers)
    layer = named_layer(classifier, name, last_spatial(classifier) if convolves else None, LACK)
    if layer.spatial:
        return layer
    shape = "×".join(map(str, layer.shape))
    maps = ", ".join(known.name for known in classifier.layers if known.spatial)
    cure = f"take one of {maps}" if maps else LACK
    raise ParameterError("layer", f"the output of '{layer.name}' ({shape}) is not a map one can point at; {cure}")


def layer_facts(layer: Layer) -> Mapping[str, Fact]:
    return {"layer": layer.name, "grid": layer.shape[:2]}


def weighted(
    request: Request, layer: Layer, kind: ScoreKind, signed: bool, combine: Combine, twin: str = ""
) -> Heatmaps:
    """A map from the derivatives of the score by a layer's output; unsigned ones keep what speaks for the class.

    `twin` names the method whose map is the same wherever each channel has one derivative, as under global pooling.
    """
    batch, explained = request.batch, score_of(request, kind)
    small = np.zeros((len(batch), *layer.shape[:2]), np.float32)
    moved = np.zeros(len(batch), np.bool_)
    even = bool(twin)
    for rows in slices(len(batch), layer.shape):
        score = explained[rows]
        output, gradient = request.classifier.layer_gradients(batch.inputs[rows], score, layer.name)
        small[rows] = combine(output, upwards(gradient, score))
        moved[rows] = np.abs(output * gradient).max(axis=(1, 2, 3)) >= FLAT
        even = even and bool(np.ptp(gradient, axis=(1, 2)).max() <= EVEN * np.abs(gradient).max())
    one: Mapping[str, Fact] = {"same_map": twin} if even and moved.any() else {}
    return activation_map(request, small, moved, signed, {"score": kind, **layer_facts(layer), **one})


def activation_map(
    request: Request, small: Floats, moved: np.ndarray, signed: bool, facts: Mapping[str, Fact]
) -> Heatmaps:
    """Rectified unless signed, enlarged to the input; `moved (N,)`: the layer had any say for that image at all."""
    native = small if signed else np.maximum(small, 0)
    empty = np.abs(native).max(axis=(1, 2), initial=0.0) < FLAT
    remark = "nothing_raises" if facts["score"] == "sum" else "nothing_speaks_for"
    remarks = tuple(remark if nothing else "" for nothing in empty & moved)
    values = enlarge(native, request.batch.inputs.shape[1:3])
    return Heatmaps(values, signed, "cam", facts, native=native, remarks=remarks)
