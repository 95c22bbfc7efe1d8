"""What models are asked is counted once, whoever asks."""

from concurrent.futures import ThreadPoolExecutor

from generator.tally import Spent, Tally


def test_what_a_model_is_asked_is_counted_from_every_thread():
    """No image is lost or counted twice; a difference is what was asked between two moments."""
    tally = Tally()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda images: tally.count(images, 2 * images), range(500)))
    assert tally.passes == Spent(124_750, 249_500)
    assert tally.passes - Spent(124_750) + Spent(1, 1) == Spent(1, 249_501)
