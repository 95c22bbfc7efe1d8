"""Files that are meant to harm: no files at all, bombs, code, and ways out of the folder."""

from __future__ import annotations

import json
import os
import pickle
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.sound import Role, keras_2

Make = Callable[[Path, Canaries], None]


@dataclass(frozen=True)
class Stranger:
    """A hostile file in a role, by what makes it; `refused` where nothing but a refusal will do."""

    name: str
    role: Role
    make: Make
    refused: bool = True


def strangers(roles: Sequence[Role]) -> tuple[Stranger, ...]:
    """What is no file in every role, and what is made for one of them."""
    everywhere = [Stranger(name, role, make, role.named) for role in roles for name, make in NO_FILES.items()]
    return (*everywhere, *_made(roles))


def _socket(path: Path, canaries: Canaries) -> None:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def _huge(path: Path, canaries: Canaries) -> None:
    """Twelve terabytes of nothing, which take no room."""
    with path.open("wb") as file:
        file.truncate(12 << 40)


NO_FILES: dict[str, Make] = {
    "a FIFO": lambda path, canaries: os.mkfifo(path),
    "a socket": _socket,
    "a folder": lambda path, canaries: path.mkdir(),
    "a link to /dev/zero": lambda path, canaries: path.symlink_to("/dev/zero"),
    "a link to /dev/full": lambda path, canaries: path.symlink_to("/dev/full"),
    "a dangling link": lambda path, canaries: path.symlink_to("nowhere"),
    "a link to itself": lambda path, canaries: path.symlink_to(path.name),
    "a huge file": _huge,
    "an empty file": lambda path, canaries: path.touch(),
}


class _Code:
    """What a pickle runs where it is opened."""

    def __init__(self, shell: str) -> None:
        self.shell = shell

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.shell,)


def _made(roles: Sequence[Role]) -> Iterator[Stranger]:
    named = {role.name: role for role in roles}
    for name in ("png in a folder", "jpg in a folder", "picture of a figure"):
        for kind, make in PICTURES.items():
            yield Stranger(kind, named[name], make, named[name].named)
    for name in ("npz", "npy", "npy of labels", "npy of a mean"):
        for kind, make in ARRAYS.items():
            yield Stranger(kind, named[name], make)
    for name in ("Keras 2 file", "keras", "Keras 2 file of weights apart"):
        for kind, make in MODELS.items():
            yield Stranger(kind, named[name], make)
    for kind, make in TABLES.items():
        yield Stranger(kind, named["csv of files"], make)
    for kind, make in FOLDERS.items():
        yield Stranger(kind, named["png in a folder"], make, refused=False)


def _png(width: int, height: int) -> bytes:
    """A picture of one colour, its bytes packed a thousand times."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _eps(path: Path, canaries: Canaries) -> None:
    body = f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({canaries.ran}) (w) file closefile\nshowpage\n"
    path.write_text(body)


def _svg(path: Path, canaries: Canaries) -> None:
    entity = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{canaries.secret}">]>'
    path.write_text(f'<?xml version="1.0"?>{entity}<svg xmlns="http://www.w3.org/2000/svg">&x;</svg>')


PICTURES: dict[str, Make] = {
    "EPS under a picture's name": _eps,
    "SVG with an entity": _svg,
    "a PNG of 13,000 by 13,000": lambda path, canaries: path.write_bytes(_png(13_000, 13_000)) and None,
    "a PNG of 60,000 by 60,000 in words": lambda path, canaries: path.write_bytes(_lying_png()) and None,
}


def _lying_png() -> bytes:
    small = bytearray(_png(8, 8))
    small[16:24] = struct.pack(">II", 60_000, 60_000)
    small[29:33] = struct.pack(">I", zlib.crc32(bytes(small[12:29])))
    return bytes(small)


def _pickled(path: Path, canaries: Canaries) -> None:
    path.write_bytes(pickle.dumps(_Code(canaries.shell)))


def _objects(path: Path, canaries: Canaries) -> None:
    held = np.array([_Code(canaries.shell)], object)
    with path.open("wb") as file:
        np.savez(file, x=held, y=held) if path.suffix == ".npz" else np.save(file, held)


def _header(shape: str, kind: str = "|u1", more: bytes = b"") -> Make:
    """An array that says what it does not hold."""

    def make(path: Path, canaries: Canaries) -> None:
        text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + more
        if path.suffix == ".npy":
            path.write_bytes(array)
            return
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.npy", array)
            archive.writestr("y.npy", array)

    return make


def _bomb(path: Path, canaries: Canaries) -> None:
    """Four gigabytes of zeros in four megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("x.npy", "config.json", "model.weights.h5", "metadata.json"):
            with archive.open(name, "w", force_zip64=True) as member:
                for _ in range(64):
                    member.write(bytes(1 << 24))


ARRAYS: dict[str, Make] = {
    "a pickle": _pickled,
    "an array of objects that run": _objects,
    "a bomb": _bomb,
    "a header of 10¹² pictures": _header("(1000000000000, 8, 8)"),
    "a header of a negative size": _header("(-1, 8, 8)"),
    "a header of a height of 0": _header("(40, 0, 8)"),
    "a header of 40 axes": _header("(" + "1, " * 40 + ")", more=bytes(1)),
    "a header of code": _header("(__import__('os').system('true'),)"),
    "a header of objects": _header("(1,)", "|O", pickle.dumps(_Code("true"))),
    "a header that is nested": _header("(" * 300 + ")" * 300),
}


def _weights(change: Callable[[h5py.Group, Canaries], None]) -> Make:
    """A sound Keras 2 file whose kernel is something else."""

    def make(path: Path, canaries: Canaries) -> None:
        path.write_bytes(keras_2())
        with h5py.File(path, "r+") as file:
            group = file["model_weights/dense/dense"]
            del group["kernel:0"]
            change(group, canaries)

    return make


def _external(group: h5py.Group, canaries: Canaries) -> None:
    group.create_dataset("kernel:0", (64, 10), "f4", external=[(str(canaries.secret), 0, 2560)])


def _link(group: h5py.Group, canaries: Canaries) -> None:
    outside = canaries.secret.with_name("outside.h5")
    if not outside.exists():
        with h5py.File(outside, "w") as file:
            file["kernel"] = np.ones((64, 10), np.float32)
    group["kernel:0"] = h5py.ExternalLink(str(outside), "kernel")


def _virtual(group: h5py.Group, canaries: Canaries) -> None:
    layout = h5py.VirtualLayout((64, 10), "f4")
    layout[:] = h5py.VirtualSource(str(canaries.secret), "kernel", (64, 10))
    group.create_virtual_dataset("kernel:0", layout)


def _loop(group: h5py.Group, canaries: Canaries) -> None:
    group["kernel:0"] = h5py.SoftLink("/model_weights/dense/dense/kernel:0")


def _bloated(group: h5py.Group, canaries: Canaries) -> None:
    group.create_dataset("kernel:0", (10**8, 10**4), "f4", chunks=(1000, 1000), compression="gzip")


def _text(group: h5py.Group, canaries: Canaries) -> None:
    group["kernel:0"] = "a text"


def _described(config: object) -> Make:
    """A Keras 2 file whose network is this."""

    def make(path: Path, canaries: Canaries) -> None:
        path.write_bytes(keras_2())
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = config if isinstance(config, str) else json.dumps(config)

    return make


def _layers(*layers: tuple[str, dict[str, object]]) -> Make:
    flat = ("Flatten", {"name": "flatten", "batch_input_shape": [None, 8, 8, 1]})
    listed = [{"class_name": kind, "config": config} for kind, config in (flat, *layers)]
    return _described({"class_name": "Sequential", "config": {"name": "s", "layers": listed}})


def _lambda(path: Path, canaries: Canaries) -> None:
    """Code of Python in a layer, as Keras 2 kept it."""
    import codecs
    import marshal

    code = compile(f"lambda x: {canaries.python.replace('.close()', '').strip()} or x", "x", "eval").co_consts[0]
    packed = codecs.encode(marshal.dumps(code), "base64").decode()
    layer = {"name": "l", "function": [packed, None, None], "function_type": "lambda", "module": "__main__"}
    _layers(("Lambda", layer), ("Dense", {"name": "dense", "units": 10}))(path, canaries)


def _foreign(path: Path, canaries: Canaries) -> None:
    """A class of somewhere else, which its import would run."""
    config = {"module": "os", "class_name": "system", "config": {"command": canaries.shell}, "registered_name": None}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.5.0", "date_saved": "x"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", keras_2())


def _torch(path: Path, canaries: Canaries) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(_Code(canaries.shell)))


DENSE = {"name": "dense", "units": 10, "activation": "softmax"}
MODELS: dict[str, Make] = {
    "external storage": _weights(_external),
    "an external link": _weights(_link),
    "a virtual dataset": _weights(_virtual),
    "a soft link to itself": _weights(_loop),
    "a dataset of 4 TB": _weights(_bloated),
    "a text for weights": _weights(_text),
    "no JSON": _described("{"),
    "a list": _described([]),
    "a number": _described(7),
    "nested deep": _described("[" * 50_000),
    "a layer of 10⁹ units": _layers(("Dense", {**DENSE, "units": 10**9})),
    "a layer of -1 units": _layers(("Dense", {**DENSE, "units": -1})),
    "units in letters": _layers(("Dense", {**DENSE, "units": "many"})),
    "no such layer": _layers(("Nothing", {"name": "x"})),
    "a layer without a name": _layers(("Dense", {"units": 10})),
    "a shape of 2³¹": _layers(("Reshape", {"name": "r", "target_shape": [2**31, 2**31]}), ("Dense", DENSE)),
    "a repetition of 10⁹": _layers(("RepeatVector", {"name": "r", "n": 10**9}), ("Dense", DENSE)),
    "an activation of os": _layers(("Dense", {**DENSE, "activation": "os.system"})),
    "code in a layer": _lambda,
    "a class of os": _foreign,
    "a pickle": _pickled,
    "a PyTorch file": _torch,
    "a bomb": _bomb,
}


def _naming(name: Callable[[Canaries], str]) -> Make:
    """A table that names a file."""

    def make(path: Path, canaries: Canaries) -> None:
        rows = ("file,label", f'"{name(canaries)}",1', *(f"{n}.png,{n}" for n in range(2, 9)), "")
        path.write_text("\n".join(rows), encoding="utf-8", errors="surrogateescape")

    return make


def _linked_picture(path: Path, canaries: Canaries) -> None:
    (path.parent / "p" / "out.png").symlink_to(canaries.secret)
    _naming(lambda _: "out.png")(path, canaries)


TABLES: dict[str, Make] = {
    "an absolute path": _naming(lambda canaries: str(canaries.secret)),
    "a way up": _naming(lambda canaries: "../" * 20 + str(canaries.secret)[1:]),
    "an address of a file": _naming(lambda canaries: f"file://{canaries.secret}"),
    "an address elsewhere": _naming(lambda canaries: "http://127.0.0.1:9/x.png"),
    "a device": _naming(lambda canaries: "/dev/zero"),
    "a host": _naming(lambda canaries: "\\\\host\\x.png"),
    "a NUL": _naming(lambda canaries: "a\x00b.png"),
    "a long name": _naming(lambda canaries: "x" * 5000 + ".png"),
    "a link that leaves": _linked_picture,
}


def _beside(make: Callable[[Path, Canaries], None]) -> Make:
    """Something in the folder, next to a picture that is as it was."""

    def both(path: Path, canaries: Canaries) -> None:
        path.write_bytes(_png(32, 32))
        make(path.parent, canaries)

    return both


def _deep(folder: Path, canaries: Canaries) -> None:
    """Twelve hundred folders, one in the other, made from within."""
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(1200):
            os.mkdir("d")  # noqa: PTH102  the path would be too long
            os.chdir("d")
    finally:
        os.fchdir(here)
        os.close(here)


def _many_fifos(folder: Path, canaries: Canaries) -> None:
    for number in range(20):
        os.mkfifo(folder / f"pipe{number}.png")


def _linked(name: str, target: Callable[[Canaries], Path]) -> Make:
    return _beside(lambda folder, canaries: (folder / name).symlink_to(target(canaries)))


FOLDERS: dict[str, Make] = {
    "a link to /": _linked("all", lambda _: Path("/")),
    "a link to the folder above": _linked("up", lambda _: Path("..")),
    "a link to the secret's folder": _linked("s", lambda canaries: canaries.secret.parent),
    "a link to the secret": _linked("s.png", lambda canaries: canaries.secret),
    "a name that is no UTF-8": _beside(lambda folder, _: Path(os.fsdecode(bytes(folder) + b"/\xff\xfe.png")).touch()),
    "FIFOs": _beside(_many_fifos),
    "a folder 1,200 deep": _beside(_deep),
    "a name with a line break": _beside(lambda folder, _: (folder / "a\nb.png").write_bytes(_png(8, 8)) and None),
}


def made(content: bytes) -> Make:
    """A file that holds these bytes."""
    return lambda path, canaries: path.write_bytes(content) and None
