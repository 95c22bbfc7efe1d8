"""How the model sorts pictures: the outputs of a layer laid out in the plane. The only door to scikit-learn."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from generator.artefacts import Fact, Floats, Ints, Points
from generator.classifier import Classifier, Layer, finite
from generator.errors import DataError
from generator.maps.explained import LayerOption, named_layer
from generator.maps.variants import slices
from generator.methods import Request, method
from generator.samples import UNLABELLED
from generator.text import bilingual

By = Annotated[Literal["tsne", "pca"], Field(description="t-SNE keeps neighbours, PCA keeps the widest directions")]
Perplexity = Annotated[float | None, Field(gt=1, description="of t-SNE: about how many neighbours count")]

FEWEST = 5  # images below which neither a neighbourhood nor a direction means anything
WIDEST = 8192  # numbers an image; a larger map is averaged over its positions
USUAL_PERPLEXITY = 30.0
TSNE_SECONDS = 3.0  # for scikit-learn and its map


@method(
    kind="outputs",
    access="predictions",
    title=bilingual("Embedding of a layer", "某一層輸出的平面圖"),
    summary=bilingual(
        "Each picture is a point; two are near each other where the layer answers to them alike. Classes that the "
        "model tells apart form islands.",
        "每張圖片是一個點；這一層對兩張圖片的反應越像，兩個點就越近。模型分得開的類別會各自聚成一群。",
    ),
    paper="van der Maaten & Hinton 2008, Visualizing Data using t-SNE, Journal of Machine Learning Research 9",
    passes=lambda params, images: images,
    seeded=True,
    aside=lambda params: TSNE_SECONDS if params.get("by") == "tsne" else 0.0,
)
def embedding(request: Request, *, layer: LayerOption = None, by: By = "tsne", perplexity: Perplexity = None) -> Points:
    """Outputs of a layer for the images of the figure, laid out in the plane."""
    batch, layers = request.batch, request.classifier.layers
    flat = [known for known in layers[:-1] if len(known.shape) == 1 and known.kind != "Dropout"]
    # what enters the last layer is the model's final idea of a picture
    at = named_layer(request.classifier, layer, flat[-1] if flat else layers[-1], "this model has no layer")
    if len(batch) < FEWEST:
        told = f"an embedding needs at least {FEWEST} images, this figure has {len(batch)}; "
        raise DataError(told + "say `images: {select: all}`, or `{select: random, per_class: 50}`")
    values = _outputs(request.classifier, batch.inputs, at)
    facts: dict[str, Fact] = {"layer": at.name, "by": by, "images": len(batch)}
    place, own = _pca(values) if by == "pca" else _tsne(values, perplexity, request.seed)
    return Points(place, facts | own | _neighbours(values, batch.label))


def _outputs(classifier: Classifier, inputs: Floats, layer: Layer) -> Floats:
    """`(N, D)`; a map of too many numbers is averaged over its positions."""
    parts = []
    for rows in slices(len(inputs), inputs.shape[1:]):
        output = classifier.outputs(inputs[rows], layer.name)
        if int(np.prod(layer.shape)) > WIDEST:
            output = output.mean(axis=tuple(range(1, output.ndim - 1)))
        parts.append(output.reshape(len(output), -1))
    return finite(np.concatenate(parts), f"the outputs of '{layer.name}'")


def _pca(values: Floats) -> tuple[Floats, dict[str, Fact]]:
    """The two widest directions, and the share of the variance in each."""
    from sklearn.decomposition import PCA

    found = PCA(2, svd_solver="full").fit(values.astype(np.float64))
    shares = tuple(float(share) for share in found.explained_variance_ratio_)
    return found.transform(values.astype(np.float64)).astype(np.float32), {"variance": shares}


def _tsne(values: Floats, perplexity: float | None, seed: int) -> tuple[Floats, dict[str, Fact]]:
    from sklearn.manifold import TSNE

    most = (len(values) - 1) / 3  # above it every image is everyone's neighbour
    taken = min(perplexity or USUAL_PERPLEXITY, most)
    found = TSNE(2, perplexity=taken, init="pca", random_state=seed, n_jobs=1)
    return found.fit_transform(values.astype(np.float32)).astype(np.float32), {"perplexity": taken}


def _neighbours(values: Floats, label: Ints) -> dict[str, Fact]:
    """How many images have their nearest neighbour, in the layer itself, in their own class."""
    known = label != UNLABELLED
    if known.sum() < FEWEST:
        return {}
    wide, own = values[known].astype(np.float64), label[known]
    square = (wide**2).sum(axis=1)
    distance = square[:, None] + square - 2 * wide @ wide.T
    np.fill_diagonal(distance, np.inf)
    return {"neighbours": float((own[distance.argmin(axis=1)] == own).mean())}
