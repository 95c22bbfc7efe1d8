"""The arrays of an `.npz` or an `.npy`: what each says of itself is held against its bytes before memory is taken.

Nothing in them is unpickled. An `.npy` stays on disk.
"""

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import BinaryIO, Literal, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from generator.errors import DataError
from generator.foreign import opened
from generator.limits import Limits, size_in_words

Array = NDArray[np.generic]

NPY = b"\x93NUMPY"
PLAIN = "buifUS"  # kinds of numbers and texts; the others are complex, dates, records and objects of Python
BROKEN = (  # what NumPy and zipfile raise on what is damaged
    *(OSError, ValueError, EOFError, KeyError, TypeError, IndexError, OverflowError, MemoryError, RuntimeError),
    *(SyntaxError, TokenError, zipfile.BadZipFile, zlib.error, struct.error),
)
OTHERS = {  # what files that hold no arrays begin with
    b"\x80": "a pickle, which may run code when it is read; write its arrays with numpy.savez",
    b"\x89HDF": "HDF5; write its arrays with numpy.savez",
    b"MATLAB": "a file of MATLAB; read it with scipy.io.loadmat, and write its arrays with numpy.savez",
    b"\x1f\x8b": "compressed; unpack it",
    b"\x89PNG": "a picture; did you mean `source: folder`?",
    b"\xff\xd8\xff": "a picture; did you mean `source: folder`?",
}
MEMBERS = {  # names in archives that are no .npz, and what they are then
    "data.pkl": "a file of PyTorch; write its tensors with numpy.savez, `x=x.numpy()`",
    "config.json": "a model of Keras; it belongs to `model`",
    "[Content_Types].xml": "a spreadsheet; save it as CSV, for `source: csv`",
}


@dataclass(frozen=True)
class Stored:
    """What an array of a file says of itself, and where its values begin."""

    path: Path
    name: str
    shape: tuple[int, ...]
    kind: np.dtype[np.generic]
    columns_first: bool
    offset: int

    @property
    def plain(self) -> bool:
        return self.kind.kind in PLAIN and not self.kind.hasobject

    @property
    def size(self) -> int:
        """Bytes of its values."""
        return prod(self.shape) * self.kind.itemsize

    def read(self, limits: Limits) -> Array:
        """The array; raises DataError where it holds objects, or other bytes than it says."""
        if not self.plain:
            raise DataError(f"{self.path}: {self.name} holds {_holding(self)}")
        with opened(self.path, DataError, limits) as file:
            try:
                if file.read(len(NPY)) != NPY:
                    return _unpacked(file, f"{self.name}.npy")
                if not self.size:
                    return np.zeros(self.shape, self.kind)
                order: Literal["F", "C"] = "F" if self.columns_first else "C"
                return np.memmap(file, self.kind, "r", self.offset, self.shape, order)
            except BROKEN as error:
                raise _damaged(self.path, self.name) from error


def arrays_in(path: Path, limits: Limits) -> Mapping[str, Stored]:
    """The arrays of a file by name; that of an .npy is called x. Raises DataError where the file has another form."""
    with opened(path, DataError, limits) as file:
        head = file.read(32)
        if head.startswith(NPY):
            return {"x": _npy(path, file)}
        archive = _archive(path, file, head)
        names = [name for name in archive.namelist() if name.endswith(".npy")]
        twice = next((name for name, count in Counter(names).items() if count > 1), None)
        if twice:
            raise DataError(f"{path}: has two arrays called '{_bare(twice)}'; write it anew with numpy.savez")
        if not names:
            other = {what for member, what in MEMBERS.items() for name in archive.namelist() if name.endswith(member)}
            raise DataError(f"{path}: has no arrays; it is {other.pop() if other else 'an archive of another kind'}")
        return {_bare(name): _member(path, archive, name, limits) for name in names}


def _unpacked(file: BinaryIO, name: str) -> Array:
    with zipfile.ZipFile(file) as archive, archive.open(name) as member:
        found = npy.read_array(member, allow_pickle=False)
        member.read(1)  # its end, where what was read is held against its checksum
    return cast(Array, found)


def _archive(path: Path, file: BinaryIO, head: bytes) -> zipfile.ZipFile:
    if not head:
        raise DataError(f"{path}: is empty")
    try:
        return zipfile.ZipFile(file)
    except BROKEN as error:
        other = next((what for begin, what in OTHERS.items() if head.startswith(begin)), None)
        if head.startswith(b"PK"):
            raise DataError(f"{path}: cut short or damaged; copy or fetch it again") from error
        what = f" but {other}" if other else "; write it with numpy.savez"
        raise DataError(f"{path}: not an .npz or .npy{what}") from error


def _npy(path: Path, file: BinaryIO) -> Stored:
    size = file.seek(0, 2)
    file.seek(0)
    return _fitting(_header(path, "x", file), size)


def _member(path: Path, archive: zipfile.ZipFile, name: str, limits: Limits) -> Stored:
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise DataError(f"{path}: {_bare(name)} is encrypted; unpack it with its password, and write it anew")
    if too_large := limits.over(info.file_size):
        raise DataError(f"{path}: {_bare(name)} takes {too_large}")
    try:
        with archive.open(info) as file:
            return _fitting(_header(path, _bare(name), cast(BinaryIO, file)), info.file_size)
    except NotImplementedError as error:
        raise DataError(f"{path}: {_bare(name)} is packed in a way that Python does not read; write it anew") from error
    except BROKEN as error:
        raise _damaged(path, _bare(name)) from error


def _header(path: Path, name: str, file: BinaryIO) -> Stored:
    """What an array says of itself at the beginning; raises DataError where that is nothing."""
    try:
        version = npy.read_magic(file)
        reads = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        shape, columns_first, kind = reads.get(version, npy.read_array_header_2_0)(file)
    except BROKEN as error:
        raise _damaged(path, name) from error
    return Stored(path, name, tuple(map(int, shape)), kind, columns_first, file.tell())


def _fitting(stored: Stored, size: int) -> Stored:
    """An array whose bytes are as many as it says; raises DataError."""
    if stored.plain and (min(stored.shape, default=0) < 0 or stored.size != size - stored.offset):
        said = size_in_words(stored.size) if min(stored.shape, default=0) >= 0 else "less than nothing"
        raise DataError(
            f"{stored.path}: {stored.name} says that it is {stored.shape} of {stored.kind}, {said}, but has "
            f"{size_in_words(size - stored.offset)}; it is cut short or damaged, or several arrays follow each other: "
            "write it anew with numpy.savez"
        )
    return stored


def _holding(stored: Stored) -> str:
    if not stored.kind.hasobject:
        return f"values of the type {stored.kind}; wanted are numbers, or texts for labels"
    if stored.shape == ():
        return "an object of Python, such as a dict; write its arrays with numpy.savez, each by its name"
    return (
        "objects of Python, which may run code when they are read; write pictures of one size with "
        "numpy.stack(list(x)), and labels with y.astype(str)"
    )


def _bare(name: str) -> str:
    return name.removesuffix(".npy")


def _damaged(path: Path, name: str) -> DataError:
    return DataError(f"{path}: {name} is damaged, or no array of NumPy; copy it again, or write it with numpy.savez")
