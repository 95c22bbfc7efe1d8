"""Embeddings against scikit-learn's, a slow nearest neighbour, and clusters that cannot be missed."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

from generator.errors import ComputationError, DataError
from generator.methods.embedding import embedding
from tests.conftest import request_of
from tests.fixtures.closed_form import LinearClassifier
from tests.fixtures.summits import summits

LABEL = np.repeat([0, 1, 2], 8)


@pytest.fixture(scope="module")
def request_():
    """Three kinds of pictures, each a stripe in another row, with a little noise."""
    classifier = summits((None,) * 3)
    clean = np.moveaxis(classifier.summit, -1, 0)[LABEL][..., None]
    noise = np.random.default_rng(0).normal(0, 0.01, clean.shape).astype(np.float32)
    return request_of(classifier, clean + noise, label=LABEL)


def flat(request, layer: str) -> np.ndarray:
    output = request.classifier.outputs(request.batch.inputs, layer)
    return output.reshape(len(output), -1)


def test_pca_is_scikit_learns(request_):
    """Places and shares of the variance are those of the library, on the whole output of a map."""
    found = embedding(request_, layer="maps", by="pca")
    oracle = PCA(2, svd_solver="full").fit(flat(request_, "maps"))
    expected = oracle.transform(flat(request_, "maps"))
    np.testing.assert_allclose(np.abs(found.place), np.abs(expected), atol=1e-4)
    np.testing.assert_allclose(found.facts["variance"], oracle.explained_variance_ratio_, atol=1e-5)


def test_tsne_is_scikit_learns_under_the_same_seed(request_):
    """With few images the perplexity shrinks so that a neighbourhood stays one."""
    found = embedding(request_, layer="logits")
    values = flat(request_, "logits")
    assert found.facts["perplexity"] == pytest.approx(23 / 3)
    oracle = TSNE(2, perplexity=23 / 3, init="pca", random_state=0, n_jobs=1).fit_transform(values)
    np.testing.assert_allclose(found.place, oracle, atol=1e-4)


def test_what_the_layer_tells_apart_lies_apart(request_):
    """Three kinds of pictures become three islands, each nearer to its own than to the others."""
    for by in ("pca", "tsne"):
        place = embedding(request_, layer="maps", by=by).place
        centre = np.stack([place[k == LABEL].mean(axis=0) for k in range(3)])
        distance = np.linalg.norm(place[:, None] - centre, axis=-1)
        assert (distance.argmin(axis=1) == LABEL).all()


def test_neighbours_are_counted_in_the_layer_itself(request_):
    """The share of images whose nearest neighbour has their own label, as scikit-learn's search finds it."""
    assert embedding(request_, layer="maps", by="pca").facts["neighbours"] == 1.0
    mixed = request_of(request_.classifier, request_.batch.images, label=np.roll(LABEL, 4))
    values = flat(mixed, "maps")
    nearest = NearestNeighbors(n_neighbors=2).fit(values).kneighbors(values)[1][:, 1]
    label = mixed.batch.label
    expected = (label[nearest] == label).mean()
    assert embedding(mixed, layer="maps", by="pca").facts["neighbours"] == expected
    unlabelled = request_of(request_.classifier, request_.batch.images)
    assert "neighbours" not in embedding(unlabelled, layer="maps", by="pca").facts


def test_too_few_images_are_refused_with_the_cure(request_):
    """Four points make no map."""
    with pytest.raises(DataError, match=r"at least 5 images, this figure has 4; say `images: \{select: all\}`"):
        embedding(request_of(request_.classifier, request_.batch.images[:4]))


def test_the_standard_layer_enters_the_last_one(network):
    """Left out, the layer is the last flat one before the logits."""
    assert embedding(network.request(), by="pca").facts["layer"] == "flat"


def test_a_layer_without_numbers_is_named(linear):
    """A training that failed leaves NaN, which has no place in the plane."""
    broken = LinearClassifier(np.full_like(linear.weights, np.nan))
    with pytest.raises(ComputationError, match="the outputs of 'logits' are not all finite numbers"):
        embedding(request_of(broken, np.zeros((6, 48, 48, 1))), layer="logits")
