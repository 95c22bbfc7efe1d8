"""Arrays are looked at before memory is taken: what they say of themselves is held against their bytes."""

import io
import os
import zipfile

import numpy as np
import pytest

from generator.data.stored_arrays import arrays_in
from generator.errors import DataError
from generator.limits import USUAL, Limits

ONE = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)
BYTES = ONE.tobytes()


def npy(shape="(3, 4, 4)", kind="|u1", values=BYTES) -> bytes:
    header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + values


def npz(names=("x.npy",), content=None, way=zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for name in names:
            archive.writestr(name, npy() if content is None else content)
    return file.getvalue()


def flagged(content: bytes, local: int, value: int) -> bytes:
    """An archive with a byte of the heads of its members set: that of their flags (6), or of their packing (8)."""
    changed = bytearray(content)
    for begin, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", local + 2)):
        changed[content.index(begin) + place] = value
    return bytes(changed)


def first(path, limits=USUAL):
    return next(iter(arrays_in(path, limits).values())).read(limits)


@pytest.mark.parametrize("content", [npy(), npz(), npz(way=zipfile.ZIP_DEFLATED), npz(("deep/x.npy", "note.txt"))])
def test_what_it_says_is_what_it_holds(tmp_path, content):
    """An .npy, an .npz, packed or not."""
    (tmp_path / "x").write_bytes(content)
    np.testing.assert_array_equal(first(tmp_path / "x"), ONE)


@pytest.mark.parametrize("order", ["C", "F"])
def test_columns_may_come_first(tmp_path, order):
    """In memory or on disk."""
    np.save(tmp_path / "x.npy", np.asarray(ONE, order=order))
    np.testing.assert_array_equal(first(tmp_path / "x.npy"), ONE)


CASES = {
    "claims a terabyte": (
        npy("(1000000, 1000, 1000)"),
        r"x says that it is .* 1 TB, but has 48 bytes; it is cut short",
    ),
    "claims it, zipped": (npz(content=npy("(1000000, 1000, 1000)")), "x says that it is .* 1 TB"),
    "more than a word holds": (npy(f"({10**30}, 1)"), "x says that it is"),
    "less than nothing": (npy("(-3, 4, 4)"), "less than nothing"),
    "a second array behind": (npy() + npy(), "several arrays follow each other"),
    "cut short": (npy()[:-5], "48 bytes, but has 43 bytes"),
    "no header": (npz(content=b"hello"), "x is damaged, or no array of NumPy"),
    "nothing": (npz(content=b""), "x is damaged, or no array of NumPy"),
    "a header of brackets": (b"\x93NUMPY\x01\x00\x88\x13" + b"(" * 4999 + b"\n", "x is damaged"),
    "a header of minus signs": (b"\x93NUMPY\x01\x00\x88\x13" + b"-" * 4999 + b"\n", "x is damaged"),
    "an unknown version": (b"\x93NUMPY\x09\x00" + bytes(99), "x is damaged"),
    "encrypted": (flagged(npz(), 6, 1), "x is encrypted; unpack it"),
    "packed otherwise": (flagged(npz(), 8, 99), "x is packed in a way"),
    "two of a name": (npz(("x.npy", "z.npy")).replace(b"z.npy", b"x.npy"), "two arrays called 'x'"),
    "records": (npy("(12,)", [("a", "<f4")]), "x holds values of the type"),
    "dates": (npy("(6,)", "<M8[s]"), "x holds values of the type datetime64"),
    "objects": (npy("(3,)", "|O"), r"x holds objects of Python, which may run code"),
    "a dict": (npy("()", "|O"), "x holds an object of Python, such as a dict; .*each by its name"),
    "a pickle": (b"\x80\x04}", "not an .npz or .npy but a pickle, which may run code"),
    "PyTorch": (npz(("net/data.pkl", "net/data/0")), "has no arrays; it is a file of PyTorch"),
    "a model": (npz(("config.json",)), "it is a model of Keras"),
    "MATLAB": (b"MATLAB 5.0 MAT-file", "but a file of MATLAB"),
    "half an archive": (npz()[:100], "cut short or damaged"),
    "empty": (b"", "is empty"),
    "text": (b"1 2 3", "not an .npz or .npy; write it with numpy.savez"),
}


@pytest.mark.parametrize("what", CASES)
def test_what_is_wrong_is_one_sentence(tmp_path, what):
    """Whatever NumPy or zipfile raise on it, and before it takes memory."""
    content, message = CASES[what]
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError, match=message) as refused:
        first(tmp_path / "x")
    assert "\n" not in str(refused.value)


def test_damaged_bytes_are_not_read(tmp_path):
    """The checksum of an archive counts, whether its bytes are packed or not."""
    for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        content = bytearray(npz(content=npy("(3, 40, 40)", values=bytes(range(240)) * 20), way=way))
        middle = content.index(b"x.npy") + 160
        content[middle : middle + 8] = b"\xff" * 8
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(DataError, match="x is damaged"):
            first(tmp_path / "x")


def test_a_bomb_is_not_unpacked(tmp_path):
    """A limit of a file holds for what comes out of it too."""
    (tmp_path / "x").write_bytes(npz(content=npy("(1000, 4, 4)", values=bytes(16000)), way=zipfile.ZIP_DEFLATED))
    with pytest.raises(DataError, match=r"x takes 16\.1 kB, more than the 5 kB that a file may have; `limits: {file: "):
        first(tmp_path / "x", Limits(file=5000))


def test_a_pipe_is_not_waited_for(tmp_path):
    """The one door for files of others."""
    os.mkfifo(tmp_path / "x.npz")
    with pytest.raises(DataError, match="a named pipe, where a file is needed"):
        arrays_in(tmp_path / "x.npz", USUAL)


@pytest.mark.parametrize("content", [npy(), npz(), npz(way=zipfile.ZIP_DEFLATED)])
def test_no_damage_ends_in_another_error(tmp_path, content):
    """A byte changed, bytes put in, the end cut off: the array, or words."""
    rng = np.random.default_rng(24)
    for _ in range(300):
        changed, place = bytearray(content), int(rng.integers(len(content)))
        changed[place : place + int(rng.integers(3))] = rng.bytes(int(rng.integers(5)))
        (tmp_path / "x").write_bytes(changed[: int(rng.integers(1, 4 * len(content)))])
        try:
            first(tmp_path / "x")
        except DataError as error:
            assert len(str(error)) < 500
