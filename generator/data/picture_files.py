"""Many pictures that are files of their own, decoded in parallel and in memory that does not grow with their number."""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b, file_digest
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np

from generator.artefacts import Floats, Ints
from generator.data.decoding import (
    formats,
    has_pages,
    may_be_valued,
    read_fitted,
    read_picture,
    stored_range,
    stored_size,
)
from generator.data.levels import Levels, levels_of
from generator.data.resize import in_unit, to_channels
from generator.errors import PictureError, quiet_stderr
from generator.foreign import opened
from generator.limits import USUAL, Limits
from generator.samples import Frame, Picture, Range, Samples, pixel_digest

WORKERS = 8  # each holds one picture at its full size
KEPT = 192 << 20  # bytes of images that are not decoded again
WHOLE = 1 << 16  # bytes of a file from which its bytes stand for its pixels
TIFF = ".tif", ".tiff"
SHOWN = 3  # names that a message lists
ALONE = Lock()  # what is silenced is the whole process
Result = TypeVar("Result")


def in_parallel(work: Callable[[Path], Result], files: Sequence[Path]) -> list[Result]:
    """The results in the order of the files; it is disk and codecs, which leave Python alone."""
    formats()
    speaks = any(file.suffix.lower() in TIFF for file in files)
    with ALONE, _silence(speaks), ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, files))


@contextmanager
def _silence(errors: bool) -> Iterator[None]:
    """No remark on a file's metadata, which is none on its pixels; nor the lines that libtiff writes beside errors."""
    with warnings.catch_warnings(), quiet_stderr() if errors else nullcontext():
        warnings.simplefilter("ignore")
        yield


@dataclass
class PictureFiles:
    """Pictures that are files of their own; the images made of them are kept as long as there is room."""

    folder: Path
    names: tuple[str, ...]
    range: Range | None = None
    limits: Limits = USUAL
    kept: dict[tuple[Path, Frame], Picture] = field(default_factory=dict, repr=False)

    @cached_property
    def levels(self) -> Levels:
        """One decision for all of them."""
        if self.range is not None:
            return Levels(range=self.range)
        paths = [self.folder / name for name in self.names]
        limits = self.limits
        bare = [path for path in paths if may_be_valued(path, limits)]
        return levels_of(zip(bare, in_parallel(lambda file: stored_range(file, limits), bare), strict=True))

    @property
    def questions(self) -> tuple[str, ...]:
        """What is doubtful of the values that were taken for black and white, and of files of several pages."""
        limits, tiffs = self.limits, [name for name in self.names if name.lower().endswith(TIFF)]
        several = in_parallel(lambda file: has_pages(file, limits), [self.folder / name for name in tiffs])
        names = [name for name, pages in zip(tiffs, several, strict=True) if pages]
        files = f"{len(names)} files have several pages" if len(names) > 1 else "1 file has several pages"
        listed = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        pages = f"{files}, of which the first is read: {listed}; save each page as a file of its own"
        return (*self.levels.questions, *([pages] if names else []))

    def samples(self, label: Ints, origin: Path, digest: str) -> Samples:
        return Samples(np.arange(len(label), dtype=np.int64), label, self.decode, str(origin), digest, self)

    def decode(self, positions: Ints) -> list[Picture]:
        """The pictures as stored, all at once."""
        levels, limits = self.levels, self.limits
        return in_parallel(lambda file: read_picture(file, levels, limits), self._at(positions))

    def fit(self, positions: Ints, frame: Frame) -> Floats:
        """`(N, H, W, C)` images in 0..1."""
        out = np.empty((len(positions), *frame.shape), np.float32)
        room = KEPT - sum(image.nbytes for image in self.kept.values())
        files, levels, limits = self._at(positions), self.levels, self.limits

        def image_of(file: Path) -> Picture:
            known = self.kept.get((file, frame))
            return read_fitted(file, frame, levels, limits) if known is None else known

        for row, (file, image) in enumerate(zip(files, in_parallel(image_of, files), strict=True)):
            out[row] = to_channels(in_unit(np.atleast_3d(image))[None], frame.shape[2])[0]
            if room >= image.nbytes and (file, frame) not in self.kept:
                self.kept[file, frame] = image
                room -= image.nbytes
        return out

    def digests(self, positions: Ints) -> list[bytes]:
        """One for equal pixels; of a large file, one for equal bytes."""
        levels, limits = self.levels, self.limits

        def digest(file: Path) -> bytes:
            with opened(file, PictureError, limits) as content:
                if os.fstat(content.fileno()).st_size >= WHOLE:
                    return file_digest(content, lambda: blake2b(digest_size=16)).digest()
            return pixel_digest(read_picture(file, levels, limits))

        return in_parallel(digest, self._at(positions))

    def top(self, position: int) -> tuple[float, float]:
        """The largest value that a file holds, and the one that is taken for white there."""
        limits = self.limits
        ((stored, _, high),) = in_parallel(lambda file: stored_range(file, limits), self._at(np.array([position])))
        return high, self.levels.bounds(stored)[1]

    def sizes(self, positions: Ints) -> list[tuple[int, int]]:
        """Height and width of pictures, without decoding them."""
        limits = self.limits
        return in_parallel(lambda file: stored_size(file, limits), self._at(positions))

    def _at(self, positions: Ints) -> list[Path]:
        return [self.folder / self.names[position] for position in positions.tolist()]
