"""The model and the data of a report, opened only when something is asked that the cache does not hold."""

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from generator.artefacts import Floats, Ints
from generator.build.cache import Cache, key_of, source_of
from generator.classifier import Asked, Classifier, ModelFacts
from generator.data.data_source import DataSource
from generator.data.pixel_table import PixelTable
from generator.data.preprocess import Preprocessing, Preprocessor, preprocess_of
from generator.data.resize import frame_of, images_of
from generator.data.selection import row_hash, row_seeds
from generator.data.sources import read_samples
from generator.data.table import read_table
from generator.errors import DataError, InputError, ModelError
from generator.foreign import below, opened
from generator.limits import USUAL, Limits
from generator.samples import Batch, ClassWords, Frame, Samples
from generator.steps import step
from generator.tally import Tally

if TYPE_CHECKING:
    from generator.model.keras_model import KerasClassifier

NUMERIC = ("numpy", "tensorflow", "keras", "tf-keras-vis", "lime", "scikit-image")
DATA = ("data", "artefacts.py", "lattice.py", "samples.py")  # the source that reads images
MODEL = (*DATA, "model", "classifier.py", "build/subject.py")  # and that asks a model about them
LOADING, OPENING = 600.0, 60.0  # seconds for TensorFlow and for a model, on a slow machine
SPEED = 10e6  # bytes of a model that are read in a second there
CHUNK = 512  # images decoded and predicted at a time: memory does not grow with the data set
PREDICTED, HELD = 1 << 23, 1 << 25  # the most values in images that are predicted together, and held at once


def file_digest(path: Path, refusal: type[InputError] = DataError, limits: Limits = USUAL) -> str:
    """sha256 of a file; of a folder, of the names, sizes and times of its files. Raises `refusal`."""
    if path.is_dir():
        found = below(path, refusal, limits)
        lines = [f"{name} {facts.st_size} {facts.st_mtime_ns}" for name, facts in sorted(found.files.items())]
        return hashlib.sha256(os.fsencode("\n".join(lines))).hexdigest()
    with opened(path, refusal, limits) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def versions() -> Mapping[str, str]:
    """The libraries whose numbers the pictures are, and Python's; looked up once, as every key holds them."""
    return {"python": sys.version.split()[0], **{name: version(name) for name in NUMERIC}}


def fitting(most: int, frame: Frame, room: int = HELD) -> int:
    """How many images of a frame may be held at once: no more than `most`, of large ones fewer."""
    return max(1, min(most, room // int(np.prod(frame.shape))))


@dataclass(frozen=True)
class DataSet:
    """The images of a report; `samples` are read when pixels or labels are first needed.

    Of a table of pixels is kept what its rows mean and where they stand: to read it through takes a second.
    """

    source: DataSource
    classes: Sequence[ClassWords]
    cache: Cache

    @cached_property
    def digest(self) -> str:
        """Stands for the images and how they are read; of a table that names files, for those too."""
        return key_of(asked=self._asked, read=self.samples.digest) if self.source.kind == "csv" else self._asked

    @cached_property
    def _asked(self) -> str:
        contents = version("scikit-image") if self.source.path is None else self._contents(self.source.path)
        labels = self.source.label_file
        contents += self._contents(labels) if labels is not None and labels.is_file() else ""
        return key_of(
            source=repr(replace(self.source, path=None, folder=None)), contents=contents, classes=list(self.classes)
        )

    @cached_property
    def samples(self) -> Samples:
        with step("reading", str(self.source.path), error=DataError):
            return self._read()

    def _read(self) -> Samples:
        if self.source.kind != "csv":
            return read_samples(self.source, self.classes)
        key = key_of(table=self._asked, origin=str(self.source.path), source=source_of(*DATA))
        known = self.cache.look_up(key)
        table = known if isinstance(known, PixelTable) else read_table(self.source, self.classes)
        if isinstance(table, Samples):
            return table
        if table is not known:
            self.cache.store(key, replace(table, kept=None))
        return table.samples

    @property
    def beside(self) -> tuple[Path, ...]:
        """The files that its own file names: pictures, or labels."""
        labels, files = self.source.label_file, self.samples.files if self.source.kind == "csv" else None
        return tuple(files.folder / name for name in files.names) if files else (labels,) if labels else ()

    def _contents(self, path: Path) -> str:
        """The file's sha256; of a file that was read before, as its size and time say, it is known."""
        if path.is_dir():
            return file_digest(path, DataError, self.source.limits)
        with opened(path, DataError, self.source.limits) as file:
            facts = os.fstat(file.fileno())
        key = key_of(contents=str(path.resolve()), size=facts.st_size, changed=facts.st_mtime_ns)
        return self.cache.remember(key, lambda: file_digest(path, DataError, self.source.limits))

    def shown(self, positions: Ints, frame: Frame) -> Floats:
        """`(N, H, W, C)` images in 0..1, of the model's size."""
        with step("reading", str(self.source.path), error=DataError):
            return images_of(self.samples, positions, frame)

    def chunks(self, frame: Frame, positions: Ints | None = None) -> Iterator[Floats]:
        """All images as shown, or these, so many at a time that memory does not grow with their number."""
        asked = np.arange(len(self.samples), dtype=np.int64) if positions is None else positions
        chunk = fitting(CHUNK, frame, PREDICTED)
        for start in range(0, len(asked), chunk):
            yield self.shown(asked[start : start + chunk], frame)


@dataclass(frozen=True)
class Subject:
    """One model of a report, behind the report's preprocessing and cache."""

    path: Path
    settings: Preprocessing
    folder: Path  # that relative paths of the preprocessing start from
    data: DataSet
    cache: Cache
    asked: Asked = field(default_factory=Asked)
    plugins: tuple[Path, ...] = ()  # that may hold code of the model
    tally: Tally = field(default_factory=Tally, repr=False, compare=False)  # of what it is asked in this build
    said: dict[int, Floats] = field(default_factory=dict, repr=False, compare=False)  # probabilities by position

    @cached_property
    def digest(self) -> str:
        """sha256 of the model file."""
        return file_digest(self.path, ModelError, self.asked.limits)

    @cached_property
    def key(self) -> str:
        """Stands for the model behind its preprocessing, and for the libraries that run it."""
        statistics = (self.settings.mean, self.settings.std)
        files = [file_digest(self.folder / file, limits=self.asked.limits) for file in self.settings.files.values()]
        by_data = self.data.digest if "data" in statistics else ""
        made_of = {"preprocess": repr(self.settings), "files": files, "data": by_data}
        return key_of(behind=self._opened, **made_of)

    @cached_property
    def facts(self) -> ModelFacts:
        """From the cache, else by opening the model."""
        return self.cache.remember(key_of(facts=self._opened), lambda: self.classifier.facts)

    @cached_property
    def _opened(self) -> str:
        """Stands for the model itself: its file, what it is opened with, and by what."""
        opened_with = {"asked": repr(self.asked), "plugins": [file_digest(path) for path in self.plugins]}
        return key_of(model=self.digest, libraries=versions(), source=source_of(*MODEL), **opened_with)

    @cached_property
    def classifier(self) -> "KerasClassifier":
        """The opened model; this imports TensorFlow."""
        begin = time.perf_counter()
        with step("opening", "TensorFlow", error=ModelError, seconds=LOADING):
            from generator.model.keras_model import open_model  # here: a build from the cache does without

        with step("opening", str(self.path), error=ModelError, seconds=OPENING + self.path.stat().st_size / SPEED):
            opened = open_model(self.path, Preprocessor(), self.asked)
        chunks = partial(self.data.chunks, frame_of(self.settings.resize, self.settings.crop, opened.input_shape))
        settings, shape, limits = self.settings, opened.input_shape, self.asked.limits
        self.tally.opening = time.perf_counter() - begin
        return opened.preprocessed(preprocess_of(settings, shape, self.folder, chunks, limits), self.tally)

    @cached_property
    def frame(self) -> Frame:
        """What the model wants of pictures."""
        return frame_of(self.settings.resize, self.settings.crop, self.facts.input_shape)

    @property
    def deferred(self) -> Classifier:
        """The classifier, opened at the first question."""
        return cast(Classifier, _Deferred(self))

    @cached_property
    def probabilities(self) -> Floats:
        """`(N, K)` of every image of the data set, in its order."""
        return self.cache.remember(key_of(probabilities=self.key, data=self.data.digest), self._probabilities)

    def predict(self, positions: Ints) -> Floats:
        """Probabilities of some images, each asked once; of many, from those of the whole data set."""
        if "probabilities" in vars(self) or 2 * len(positions) >= len(self.data.samples):
            return self.probabilities[positions]
        new = [row for row in dict.fromkeys(positions.tolist()) if row not in self.said]
        self.said.update(zip(new, self._probabilities(np.array(new, np.int64)) if new else (), strict=True))
        known = [self.said[row] for row in positions.tolist()]
        return np.stack(known) if known else np.zeros((0, self.facts.n_classes), np.float32)

    def images(self, positions: Ints) -> Floats:
        """The images at these positions as shown."""
        return self.data.shown(positions, self.frame)

    def batch(self, positions: Ints, target: Ints, against: Ints | None, seed: int) -> Batch:
        """The images of a figure; each has a seed of its own, from its row and the report's seed."""
        images, samples = self.images(positions), self.data.samples
        inputs = self.classifier.prepare(images)
        index = samples.index[positions]
        probability = self.predict(positions)
        label, seeds = samples.label[positions], row_seeds(index, seed)
        return Batch(images, inputs, index, label, probability, target, seeds, against)

    def reference(self, seed: int, most: int = 256) -> Floats:
        """`(M, H, W, C)` inputs of real images, drawn by the hash of their row; of large ones fewer."""
        kept = fitting(most, self.frame, PREDICTED)
        order = np.argsort(row_hash(self.data.samples.index, seed), kind="stable")[:kept]
        return self.classifier.prepare(self.images(np.sort(order)))

    def _probabilities(self, positions: Ints | None = None) -> Floats:
        chunks = self.data.chunks(self.frame, positions)
        classifier = self.classifier
        with step("asking", str(self.path), error=ModelError):
            parts = [classifier.probabilities(classifier.prepare(part)) for part in chunks]
        return np.concatenate([np.zeros((0, self.facts.n_classes), np.float32), *parts])


@dataclass(frozen=True)
class _Deferred:
    """Stands for a subject's classifier until something is asked of it."""

    subject: Subject

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the port has
        return getattr(self.subject.classifier, name)
