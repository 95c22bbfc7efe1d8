"""HDF5 files and zip archives of strangers: what they claim is looked at before anything of it is read.

HDF5 can point out of its file, to any other of the machine, and either can claim more than it holds. Keras writes
neither, so that all of it is refused, whether it was meant or the file is damaged.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from zipfile import ZipFile

import h5py
import numpy as np
from numpy.typing import NDArray

from generator.disk import full
from generator.errors import GeneratorError, ModelError
from generator.limits import Limits, size_in_words

Hdf5 = Any  # an open h5py.File
Json = Any  # whatever a JSON file holds
Array = NDArray[Any]

DAMAGED = "the file is damaged, or no Keras wrote it ({reason}); download it again, or save the model anew"
OUTSIDE = "`{name}` in it is {what}, which Keras does not write: it would be read from elsewhere; save the model anew"
BOMB = "{what} in it claims {claimed}, of which the file holds {held}: it is damaged, or made to fill the memory"
PACKED = 100  # times the bytes of a file that weights of use may take
SMALL = 1 << 26  # bytes that may be packed as tightly as they can
DEPTH = 200  # of a config; a model within a model adds four
MOST = (1 << 31) - 1  # of a size in a config
SIZES = (
    "strides", "subsample", "pool_size", "kernel_size", "dilation_rate", "atrous_rate", "size", "padding", "cropping",
    "height", "width", "units", "filters", "n", "batch_shape", "batch_input_shape", "target_shape",
)  # fmt: skip
LONGEST = 240  # characters of what a parser says


@contextmanager
def parsing(words: str = DAMAGED) -> Iterator[None]:
    """Whatever a parser throws inside is a ModelError, `words` with its reason; errors of ours and full disks pass."""
    try:
        yield
    except GeneratorError:
        raise
    except Exception as error:
        if full(error):
            raise
        raise ModelError(words.format(reason=_reason(error))) from error


def _reason(error: BaseException) -> str:
    """The first sentence of what a parser says; of a layer that Keras could not build or fill, why not."""
    said = str(error).rpartition("Exception encountered:")[2].partition(" Full object config:")[0]
    said = f"KeyError: {said}" if isinstance(error, KeyError) else said
    lines = [line.strip() for line in said.splitlines() if line.strip()] or [type(error).__name__]
    more = lines[0].endswith((":", "call()."))  # Keras says what happened, and below it why
    return " ".join(lines[: 1 + more])[:LONGEST].rstrip(".")


def hdf5(source: Path | BinaryIO) -> Hdf5:
    """An HDF5 file for reading; to be closed."""
    return h5py.File(source)


def weights_within(file: Hdf5, size: int, limits: Limits) -> int:
    """How many numbers an HDF5 file of `size` bytes holds; raises ModelError where anything of it lies elsewhere."""
    seen, groups, numbers, claimed = set(), [file], 0, 0
    while groups:
        for name, entry in _inside(groups.pop()):
            address = h5py.h5o.get_info(entry.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(entry, h5py.Group):
                groups.append(entry)
            elif isinstance(entry, h5py.Dataset):
                _refuse_elsewhere(name, entry)
                numbers += prod(entry.shape or ())
                claimed += prod(entry.shape or ()) * entry.dtype.itemsize
    _refuse_claim("what is stored", claimed, size, limits)
    return numbers


def _inside(group: Hdf5) -> Iterator[tuple[str, Hdf5]]:
    """The members of a group that are its own, by their whole names."""
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise ModelError(OUTSIDE.format(name=_path(group, name), what="a link"))
        yield _path(group, name), group[name]


def _path(group: Hdf5, name: str) -> str:
    return f"{group.name.rstrip('/')}/{name}".encode(errors="backslashreplace").decode()


def _refuse_elsewhere(name: str, data: Hdf5) -> None:
    """Asked of its header: to ask a virtual one for its shape may open other files."""
    stored = data.id.get_create_plist()
    what = "data in another file" if stored.get_external_count() else ""
    if stored.get_layout() == h5py.h5d.VIRTUAL:
        what = "a virtual dataset"
    if what:
        raise ModelError(OUTSIDE.format(name=name, what=what))


def _refuse_claim(what: str, claimed: int, held: int, limits: Limits) -> None:
    """Raises ModelError for more bytes than a file may have, or than can have been packed into it."""
    if claimed > limits.file or claimed > SMALL + PACKED * held:
        raise ModelError(BOMB.format(what=what, claimed=size_in_words(claimed), held=size_in_words(held)))


def rewritten(
    source: Path | BinaryIO, target: Path, renamed: Callable[[str], str], turned: Callable[[Any], Any]
) -> Path:
    """A copy of an HDF5 file under other names, every array turned."""
    with h5py.File(source) as old, h5py.File(target, "w") as new:

        def copy(name: str, item: h5py.Dataset | h5py.Group) -> None:
            if isinstance(item, h5py.Group):
                new.require_group(renamed(name)).attrs.update(item.attrs)
            else:
                new[renamed(name)] = turned(np.asarray(item))

        new.attrs.update(old.attrs)
        old.visititems(copy)
    return target


def refuse_archive(archive: ZipFile, limits: Limits) -> None:
    """Raises ModelError for members twice, outside, under a password, or of sizes that no file of use has."""
    for name, times in Counter(archive.namelist()).items():
        path = PurePosixPath(name.replace("\\", "/"))
        if times > 1:
            raise ModelError(f"`{name}` is {times} times in the archive; download it again, or save the model anew")
        if path.is_absolute() or ".." in path.parts or ":" in name:
            raise ModelError(f"`{name}` in the archive names a place outside of it; save the model anew")
    for info in archive.infolist():
        if info.flag_bits & 1:
            raise ModelError(f"`{info.filename}` in the archive is under a password; pack the model without one")
        _refuse_claim(f"`{info.filename}`", info.file_size, info.compress_size, limits)
    claimed, held = (sum(getattr(info, size) for info in archive.infolist()) for size in ("file_size", "compress_size"))
    _refuse_claim("the archive", claimed, held, limits)


def architecture(text: str | bytes) -> Json:
    """The config in a text of JSON; raises ModelError where it is none, or holds what no model has."""
    with parsing("its architecture cannot be read ({reason}); download it again, or save the model anew"):
        config = json.loads(text)
        _refuse_excess(config)
        json.dumps(config, ensure_ascii=False).encode()  # half a character would end the report that quotes it
    if not (isinstance(config, dict) and isinstance(config.get("class_name"), str) and "config" in config):
        raise ModelError("its architecture is none that Keras wrote; download it again, or save the model anew")
    return config


def _refuse_excess(config: Json) -> None:
    """Raises ModelError for a config deeper than any model's, or with a number at which TensorFlow aborts."""
    level: list[tuple[str, Json]] = [("", config)]
    for _ in range(DEPTH):
        for key, value in level:
            if key in SIZES and isinstance(value, int) and abs(value) > MOST:
                raise ModelError(f"its architecture has {value} as `{key}`, more than TensorFlow counts; save it anew")
        level = [inner for key, value in level for inner in _members(key, value)]
    if level:
        raise ModelError(f"its architecture is nested deeper than {DEPTH} levels, which no model of Keras is")


def _members(key: str, value: Json) -> Iterable[tuple[str, Json]]:
    """What a mapping or a list holds; the entries of a list go by its key."""
    if isinstance(value, list):
        return [(key, entry) for entry in value]
    return value.items() if isinstance(value, dict) else ()
