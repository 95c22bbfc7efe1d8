"""What is kept of every image of an evaluation: small, whole, and harmless when somebody else wrote it."""

import numpy as np
import pytest

from generator.compare.per_image import LEVELS, PerImage, packed, per_image, shared, unpacked
from generator.samples import Evaluation


def evaluation(n: int = 6, seed: int = 0) -> Evaluation:
    random = np.random.default_rng(seed)
    probability = random.dirichlet(np.ones(3), n).astype(np.float32)
    return Evaluation(random.integers(0, 3, n), probability.argmax(axis=1), probability, "x.csv", "digest")


def prints(*names: str) -> list[bytes]:
    return [name.encode().ljust(8, b"\0") for name in names]


def test_what_is_packed_comes_back():
    """Labels and predictions as they were, probabilities to one part in 255, images by what they show."""
    given = evaluation(500)
    each = unpacked(packed(per_image(given, prints(*map(str, range(500))))))
    np.testing.assert_array_equal(each.label, given.label)
    np.testing.assert_array_equal(each.prediction, given.prediction)
    own = given.probability[np.arange(500), given.label]
    np.testing.assert_allclose(each.probability, own, atol=0.5 / LEVELS + 1e-7)
    assert len(set(each.image.tolist())) == 500


def test_an_image_takes_two_bytes():
    """Of four thousand faces whose file has no pixels."""
    assert len(str(packed(per_image(evaluation(4000))))) < 4000 * 2.5


def test_an_evaluation_without_probabilities_or_images_has_none():
    """Neither is made up."""
    given = Evaluation(np.array([0, 1]), np.array([1, 1]), None, "x.csv", "digest")
    each = unpacked(packed(per_image(given)))
    assert (each.probability, each.image, len(each), each.right.tolist()) == (None, None, 2, [False, True])


def changed(**parts: object) -> dict[str, object]:
    return {**packed(per_image(evaluation())), **parts}


@pytest.mark.parametrize(
    "record",
    [
        {},
        changed(images=10**9),
        changed(images="6"),
        changed(images=-1),
        changed(label=None),
        changed(label="not base64!"),
        changed(label=changed()["probability"]),
        changed(prediction="AAAA"),
        {key: value for key, value in changed().items() if key != "label"},
    ],
)
def test_what_is_none_is_refused(record):
    """However it is broken, and before more is unpacked than it says."""
    with pytest.raises(ValueError):
        unpacked(record)


def of(*names: str) -> PerImage:
    labels = np.zeros(len(names), np.int64)
    return per_image(Evaluation(labels, labels, None, "x", "d"), prints(*names))


def test_images_are_found_again_wherever_they_stand():
    """In another order, among others, and twice only where they are twice in both."""
    old, new = shared(of("a", "b", "b", "c"), of("x", "c", "b", "a"))
    assert (old.tolist(), new.tolist()) == ([0, 1, 3], [3, 2, 1])
    assert [part.tolist() for part in shared(of("a"), of("b"))] == [[], []]


def test_images_without_pixels_are_the_same_where_their_labels_are():
    """All of them, in their order; else nobody knows."""
    given = per_image(evaluation(5))
    assert [part.tolist() for part in shared(given, given)] == [[0, 1, 2, 3, 4]] * 2
    assert shared(given, per_image(evaluation(5, seed=1))) is None
    assert shared(given, per_image(evaluation(4))) is None
