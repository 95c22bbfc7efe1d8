"""A wrong scale is noticed by the accuracy it costs."""

import numpy as np

from generator.data.preprocess import Preprocessor
from generator.data.scaling_check import clearly_best, suspicious_scaling

RNG = np.random.default_rng(2)
LABELS = np.arange(200) % 2
IMAGES = (0.25 + 0.5 * LABELS[:, None, None, None] + RNG.uniform(-0.2, 0.2, (200, 4, 4, 1))).astype(np.float32)


def trained_on_minus_one_to_one(inputs):
    """Bright pictures are class 1; black is −1 and white 1."""
    brightness = inputs.mean(axis=(1, 2, 3))
    return np.stack([-brightness, brightness], axis=1)


def test_another_scaling_that_does_clearly_better_is_named():
    """Scaled to 0..1, every picture looks bright: half are right; −1..1 gets all."""
    hint = suspicious_scaling(trained_on_minus_one_to_one, IMAGES, LABELS, Preprocessor())
    assert hint is not None
    assert hint.accuracy == 0.5
    assert hint.better == "scale: [-1, 1]"
    assert "did you mean `scale: [-1, 1]`?" in hint.message


def test_the_right_scaling_raises_no_hint():
    """Nothing does better than all right."""
    assert suspicious_scaling(trained_on_minus_one_to_one, IMAGES, LABELS, Preprocessor(-1.0, 1.0)) is None


def test_a_model_that_guesses_is_said_to_guess():
    """No scaling helps a model that says the same to everything."""
    hint = suspicious_scaling(lambda x: np.tile([1.0, 0.0], (len(x), 1)), IMAGES, LABELS, Preprocessor())
    assert hint is not None
    assert not hint.better
    assert "no better than guessing (50%)" in hint.message


def test_a_few_images_are_enough_where_eight_more_are_right():
    """Sixteen say it, fourteen do not; that a model guesses is said of fifty and more alone."""
    hint = suspicious_scaling(trained_on_minus_one_to_one, IMAGES[:16], LABELS[:16], Preprocessor())
    assert hint is not None and hint.better == "scale: [-1, 1]"
    assert suspicious_scaling(trained_on_minus_one_to_one, IMAGES[:14], LABELS[:14], Preprocessor()) is None
    assert (
        suspicious_scaling(lambda x: np.tile([1.0, 0.0], (len(x), 1)), IMAGES[:49], LABELS[:49], Preprocessor()) is None
    )


def tossed(gain: float, seed: int, count: int = 200):
    """Who is right with one image in five as it is, and another way that is right `gain` more often."""
    rng = np.random.default_rng(seed)
    own, more = (rng.uniform(size=count) < 0.2).astype(float), rng.uniform(size=count) < gain
    return own, np.maximum(own, more)


def test_ways_that_do_no_better_are_tried_on_few_images():
    """Of twenty times six that are as often right by chance, few are tried on all; one that is better always is."""
    asked, named = [], []
    for seed in range(20):
        own, better = tossed(0.5, seed)
        ways = {f"chance {k}": tossed(0, 100 * seed + k + 1)[0] for k in range(5)} | {"better": better}

        def tried(right):
            return lambda rows: (asked.append(len(rows)), right[rows])[1]

        named.append(clearly_best(own, {name: tried(right) for name, right in ways.items()}))
    assert {name for name, _ in named} == {"better"}
    assert 20 * 200 < sum(asked) < 20 * (200 + 5 * 90)
    own, better = tossed(0.5, 3)
    assert clearly_best(own, {"better": lambda rows: better[rows]})[1] == better.mean()


def test_nothing_is_tried_where_nothing_can_be_clearly_better():
    assert clearly_best(np.array([0.0] + 39 * [1.0]), {"none": lambda rows: 1 / 0}) is None
