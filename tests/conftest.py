"""Fixtures every test may use: the closed-form classifier, a batch of it, and what a method is asked."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from generator.classifier import Request
from generator.samples import Batch
from tests.fixtures.closed_form import LinearClassifier


def batch_of(classifier, images, target=None, against=None, label=None) -> Batch:
    """A batch of images in 0..1; the target is the prediction unless given."""
    images = np.asarray(images, np.float32)
    inputs = classifier.prepare(images)
    probability = classifier.probabilities(inputs)
    target = np.argmax(probability, axis=1) if target is None else np.broadcast_to(target, len(images))
    rows = np.arange(len(images), dtype=np.int64)
    label = np.full(len(images), -1, np.int64) if label is None else np.asarray(label, np.int64)
    against = None if against is None else np.broadcast_to(against, len(images)).astype(np.int64)
    return Batch(images, inputs, rows, label, probability, target.astype(np.int64), rows + 1, against)


def request_of(classifier, images, evaluation=None, seed=0, **kwargs) -> Request:
    """What a method is asked about `images`."""
    batch = batch_of(classifier, images, **kwargs)
    return Request(classifier, batch, batch.inputs, evaluation, seed)


@pytest.fixture
def linear() -> LinearClassifier:
    """48×48 grey, two classes: the first is six times the mean of the top left 12×12 corner (planted case P1)."""
    weights = np.zeros((48, 48, 1, 2), np.float32)
    weights[:12, :12, 0, 0] = 6 / 144
    return LinearClassifier(weights)
