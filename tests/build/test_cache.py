"""The cache gives back exactly what it was given, or nothing."""

import numpy as np

from generator.artefacts import Heatmaps
from generator.build.cache import Cache, freeze, key_of, thaw


def heatmaps() -> Heatmaps:
    values = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 2, 2)
    return Heatmaps(values, True, "weight", {"grid": (6, 6), "layer": "conv4"}, image_facts=({"r2": 0.5}, {}))


def test_a_frozen_artefact_thaws_to_the_same_arrays_and_facts():
    """Arrays keep dtype and values, tuples stay tuples, absent fields stay absent."""
    original, copy = heatmaps(), thaw(freeze(heatmaps()))
    np.testing.assert_array_equal(copy.values, original.values)
    assert copy.values.dtype == np.float32
    assert (copy.facts, copy.image_facts, copy.native) == (original.facts, original.image_facts, None)


def test_bytes_and_plain_values_survive():
    """Pictures are bytes in dataclasses, and plain numbers need no dataclass."""
    assert thaw(freeze({"png": b"\x89PNG\x00", "n": [1, 2.5, "x", None]})) == {
        "png": b"\x89PNG\x00",
        "n": (1, 2.5, "x", None),
    }


def test_a_value_is_computed_once(tmp_path):
    """The second question is answered from the folder."""
    calls = []
    for _ in range(2):
        cache = Cache(tmp_path)
        cache.remember("k", lambda: calls.append(1) or 7)
    assert calls == [1]
    assert cache.hits == 1


def test_a_truncated_entry_is_computed_anew(tmp_path):
    """A file cut short, emptied or with a flipped byte is no entry."""
    cache = Cache(tmp_path)
    cache.store("k", heatmaps())
    whole = (tmp_path / "k").read_bytes()
    for damaged in (whole[:-9], b"", whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]):
        (tmp_path / "k").write_bytes(damaged)
        assert cache.look_up("k") is None
    assert cache.remember("k", lambda: 5) == 5


def test_the_entries_used_longest_ago_go_first(tmp_path):
    """Pruning keeps what was read last."""
    cache = Cache(tmp_path)
    for name in "abc":
        cache.store(name, np.zeros(1000))
    for age, name in enumerate("bca"):
        import os

        os.utime(tmp_path / name, (100 - age, 100 - age))
    size = (tmp_path / "a").stat().st_size
    cache.prune(limit=2 * size)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "c"]


def test_keys_do_not_depend_on_order_but_on_every_ingredient():
    """The same ingredients give the same key in whatever order they are named."""
    assert key_of(a=1, b=(1, 2)) == key_of(b=(1, 2), a=1)
    assert key_of(a=1, b=(1, 2)) != key_of(a=1, b=(2, 1))


def test_without_a_folder_nothing_is_kept(tmp_path):
    """`--no-cache` computes and remembers nothing."""
    cache = Cache(None)
    assert cache.remember("k", lambda: 1) == 1
    assert cache.look_up("k") is None


def test_an_unwritable_folder_only_means_that_nothing_is_kept(tmp_path):
    """A file in the place of the folder does not stop a build."""
    (tmp_path / "file").write_text("")
    assert Cache(tmp_path / "file").remember("k", lambda: 1) == 1
