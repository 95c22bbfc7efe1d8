"""The cache gives back exactly what it was given, or nothing."""

import ast
import hashlib
import io
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from generator.artefacts import ClassNumber, Difference, Fraction, Heatmaps, Label
from generator.build import cache as room
from generator.build.cache import Cache, freeze, key_of, source_of, thaw
from generator.build.measured import EVIDENCE
from generator.build.outputs import DRAWING
from generator.build.runs import METHODS
from generator.build.study import EVALUATION
from generator.build.subject import DATA, MODEL
from generator.errors import InputError
from generator.shipped import PACKAGE


def heatmaps() -> Heatmaps:
    values = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 2, 2)
    return Heatmaps(values, True, "weight", {"grid": (6, 6), "layer": "conv4"}, image_facts=({"r2": 0.5}, {}))


def test_a_number_keeps_what_it_is_of():
    """A share is one after the cache too, also within a list."""
    facts = {"a": Fraction(0.25), "b": [Difference(-0.5)], "c": ClassNumber(3), "d": Label(12), "e": 0.25}
    copy = thaw(freeze(facts))
    assert copy == {**facts, "b": (Difference(-0.5),)}
    assert [type(copy[key]) for key in "acde"] == [Fraction, ClassNumber, Label, float]
    assert type(copy["b"][0]) is Difference


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


LARGE = {
    "maps": np.random.default_rng(0).normal(size=(3, 90, 91)).astype(np.float32),
    "superpixels": np.arange(20_000).reshape(2, 100, 100) // 500,
    "smooth": np.linspace(0, 1, 40_000, dtype=np.float64),
    "noise": np.frombuffer(np.random.default_rng(0).bytes(80_000), np.uint32),
    "special": np.resize(np.array([np.nan, np.inf, -0.0, 1e-45], np.float32), (200, 100)),
    "turned": np.arange(20_000, dtype=np.int16).reshape(100, 200).T,
    "marks": np.zeros((300, 300), bool),
    "small": np.arange(4),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_arrays_come_back_bit_by_bit(name):
    """Packed or not: whatever they hold, in whatever order it lies."""
    array = LARGE[name]
    copy = thaw(freeze({"a": array}))["a"]
    assert (copy.dtype, copy.shape) == (array.dtype, array.shape)
    assert copy.tobytes() == array.tobytes()


def test_arrays_are_packed_where_it_pays():
    """Superpixels are a fortieth, a smooth map is less than two thirds, noise is as it was."""
    size = {name: len(freeze(array)) / array.nbytes for name, array in LARGE.items()}
    assert size["superpixels"] < 1 / 40 and size["smooth"] < 2 / 3
    assert size["noise"] < 1.03


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
    cache, first, second, third = Cache(tmp_path), *(key_of(number=n) for n in range(3))
    for name in (first, second, third):
        cache.store(name, np.zeros(1000))
    for age, name in enumerate((second, third, first)):
        os.utime(tmp_path / name, (100 - age, 100 - age))
    size = (tmp_path / first).stat().st_size
    cache.prune(limit=2 * size)
    assert {p.name for p in tmp_path.iterdir()} == {second, third}


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
    """A file in the place of the folder does not stop a build; why nothing is kept is said once."""
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    assert [cache.remember("k", lambda: 1) for _ in range(2)] == [1, 1]
    assert cache.trouble == f"{tmp_path / 'file'}: what is computed cannot be kept there (File exists)"
    cache.prune()


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    """And is not tried again with every value."""

    class Full:
        tries = 0

        def __init__(self, path):
            Full.tries += 1
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "whole_file", Full)
    cache = Cache(tmp_path)
    assert [cache.remember(key, lambda: 1) for key in "ab"] == [1, 1]
    assert (Full.tries, list(tmp_path.iterdir())) == (1, [])
    assert "No space left on device" in cache.trouble


def test_a_folder_that_may_only_be_read_still_answers(tmp_path, monkeypatch):
    """When an entry was used last is then not told."""
    Cache(tmp_path).store("k", 7)

    def refused(*_):
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refused)
    assert Cache(tmp_path).look_up("k") == 7


def signed(data: bytes) -> bytes:
    return hashlib.sha256(data).digest() + data


def tree(text: bytes, save=np.savez) -> bytes:
    """An archive as `freeze` makes it, whatever the text."""
    buffer = io.BytesIO()
    save(buffer, tree=np.frombuffer(text, np.uint8))
    return buffer.getvalue()


def packed(form: bytes, data: bytes) -> bytes:
    """An entry with one packed array that says so of itself."""
    buffer, arrays = io.BytesIO(), {"a0": np.frombuffer(zlib.compress(data), np.uint8)}
    text = b'{"array": 0, "packed": ' + form + b"}"
    np.savez(buffer, tree=np.frombuffer(text, np.uint8), files=np.zeros(0, np.uint8), **arrays)
    return buffer.getvalue()


HOSTILE = {
    "no archive": b"PK",
    "more than it says": packed(b'["<f4", [2, 2]]', b"0" * 10**6),
    "less than it says": packed(b'["<f4", [20, 20]]', b"0" * 9),
    "larger than a cache": packed(b'["<f4", [100000, 100000]]', b"0" * 9),
    "less than nothing": packed(b'["|u1", [-1]]', b"0" * 10**6),
    "objects": packed(b'["|O", [1]]', b"0" * 8),
    "no kind": packed(b'["what", [1]]', b"0" * 8),
    "of an older build": tree(b'{"bytes": {"array": 0}}'),
    "packed": tree(b" " * 10**6 + b"1", np.savez_compressed),
    "no such kind": tree(b'{"kind": "x", "fields": {}}'),
    "nested": tree(b"[" * 10**5),
    "no tree": tree(b"{}"),
    "empty": b"",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_entry_that_no_build_wrote_is_computed_anew(tmp_path, data):
    """Also where its digest is right."""
    (tmp_path / "k").write_bytes(signed(data))
    assert Cache(tmp_path).remember("k", lambda: 5) == 5


def test_what_is_no_file_is_no_entry(tmp_path):
    """A pipe is not waited for, a folder is not removed."""
    os.mkfifo(tmp_path / ("a" * 64))
    (tmp_path / ("b" * 64)).mkdir()
    cache = Cache(tmp_path)
    assert [cache.look_up(letter * 64) for letter in "ab"] == [None, None]
    cache.clear()
    assert len(list(tmp_path.iterdir())) == 2


def test_only_what_a_build_wrote_is_removed(tmp_path):
    """Whatever a folder that was named for a cache holds besides, be it called as an entry is."""
    mine = {
        "c" * 64: b"a blob that is called by its digest",
        "new-features": b"notes",
        "stamp-collection": b"",
        "report.yaml": b"",
    }
    for name, data in mine.items():
        (tmp_path / name).write_bytes(data)
    cache = Cache(tmp_path)
    cache.store(key_of(a=1), heatmaps())
    (tmp_path / "stamp-0123456789abcdef").write_text('{"settings": {}, "files": {}}')
    cache.clear()
    assert {path.name for path in tmp_path.iterdir()} == set(mine)


def test_what_cannot_be_forgotten_is_told(tmp_path, monkeypatch):
    """And not taken for done."""
    Cache(tmp_path).store(key_of(a=1), 1)

    def refused(path, **_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(InputError, match=r"1 of its files cannot be removed; is it read-only\?"):
        Cache(tmp_path).clear()


def test_builds_that_share_a_folder_may_remove_its_entries(tmp_path, monkeypatch):
    """While another one looks at them."""
    cache = Cache(tmp_path)
    cache.store(key_of(a=1), 1)
    really = Path.stat

    def gone(path, **how):
        if len(path.name) == 64:
            path.unlink(missing_ok=True)
        return really(path, **how)

    monkeypatch.setattr(Path, "stat", gone)
    cache.prune(limit=0)
    assert list(tmp_path.iterdir()) == []


SOURCES = {
    "images": DATA,
    "a model": MODEL,
    "an evaluation": (*MODEL, *EVALUATION, *METHODS),
    "a figure": (*MODEL, *METHODS),
    "the evidence": (*MODEL, *METHODS, *EVIDENCE),
    "pictures": (*DATA, *DRAWING),
}
SILENT = {
    "disk.py",
    "errors.py",
    "foreign.py",
    "limits.py",
    "processors.py",
    "steps.py",
    "tally.py",
    "text.py",
}  # which no number depends on


def files_of(places: tuple[str, ...]) -> set[Path]:
    paths = [PACKAGE / place for place in places]
    return {file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))}


def imported(file: Path) -> Iterator[Path]:
    """The modules of ours that a file imports, here or within a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("generator"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            paths = (PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in names if name)
            yield from (path for path in paths if path.is_file())


@pytest.mark.parametrize("value", SOURCES)
def test_whatever_computes_a_value_is_part_of_its_key(value):
    """What the rooms import is among the source that the key holds; the build's own modules hand over what it names."""
    known = files_of(SOURCES[value]) | {PACKAGE / name for name in SILENT}
    rooms = [file for file in files_of(SOURCES[value]) if file.parent.name != "build"]
    missing = {path.relative_to(PACKAGE).as_posix() for file in rooms for path in imported(file) if path not in known}
    assert missing == set()


@pytest.mark.parametrize(
    ("changed", "anew"),
    [
        ("methods/lime.py", {"a figure", "the evidence", "an evaluation"}),
        ("model/form.py", {"a model", "a figure", "the evidence", "an evaluation"}),
        ("evidence/cells.py", {"the evidence", "an evaluation"}),
        ("drawing/colours.py", {"pictures"}),
        ("data/sources.py", set(SOURCES)),
        ("pages/page.py", set()),
        ("prose/facts.py", set()),
        ("spec/report.py", set()),
        ("words.py", set()),
    ],
)
def test_a_change_of_the_source_computes_anew_what_depends_on_it(tmp_path, monkeypatch, changed, anew):
    """And nothing else: prose and pages change no number."""
    package = tmp_path / "generator"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "templates"))
    monkeypatch.setattr(room, "PACKAGE", package)
    digest = source_of.__wrapped__
    before = {value: digest(*places) for value, places in SOURCES.items()}
    with (package / changed).open("a", encoding="utf-8") as file:
        file.write("CHANGED = True\n")
    assert {value for value, places in SOURCES.items() if digest(*places) != before[value]} == anew


def test_another_version_of_what_draws_draws_anew(monkeypatch):
    """An upgrade of a library changes pixels as a change of our source does."""
    digest = source_of.__wrapped__
    before = digest("show.py", libraries=("matplotlib",))
    assert before == digest("show.py", libraries=("matplotlib",))
    monkeypatch.setattr(room, "version", lambda name: "99.0")
    assert before != digest("show.py", libraries=("matplotlib",))
