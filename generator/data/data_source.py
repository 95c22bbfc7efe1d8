"""What `data:` of a spec says of where pictures come from and how they are to be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from generator.data.labels import Reading
from generator.data.table_form import Columns
from generator.errors import DataError
from generator.limits import USUAL, Limits
from generator.samples import Range

SourceKind = Literal["lfw", "csv", "npz", "folder"]

SUFFIXES: dict[str, SourceKind] = {  # of files, and what they hold
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".npz": "npz",
    ".npy": "npz",
}


TRAINING = ("Training", "train")  # what files call the part that a model was trained on


@dataclass(frozen=True)
class DataSource:
    """The `data:` of a spec, or its `--data`.

    Of tables and arrays `usage` is the part that is read, `columns` what is where and `size` that of a picture; of
    tables alone `encoding`, and `folder` with the files that they name. `range` is what black and white are stored as,
    `labels` how labels are read; of `training` data the part for training is read, if there are parts.
    """

    kind: SourceKind
    path: Path | None = None
    usage: str | None = None
    range: Range | None = None
    labels: Reading | None = None
    columns: Columns | None = None
    size: tuple[int, ...] | None = None
    encoding: str | None = None
    folder: Path | None = None
    training: bool = False
    limits: Limits = field(default=USUAL, repr=False)  # not in it: what is read is the same

    @property
    def existing(self) -> Path:
        """The path; raises DataError where it is missing, or a folder and no file."""
        if self.path is None:
            raise DataError(f"data: source: {self.kind} needs a `path`")
        if not self.path.exists():
            raise DataError(f"{self.path}: no such {'folder' if self.kind == 'folder' else 'file'}")
        if self.kind != "folder" and self.path.is_dir():
            raise DataError(f"{self.path}: a folder, where {self.kind} needs a file; did you mean `source: folder`?")
        return self.path

    @property
    def label_file(self) -> Path | None:
        """The file of the labels, where they stand beside the pictures of an .npy."""
        name = self.columns.get("label", "") if isinstance(self.columns, Mapping) else ""
        return self.existing.parent / name if self.kind == "npz" and name.endswith(".npy") else None


def guess_kind(path: Path) -> SourceKind:
    """What a path given with `--data` holds, by its form; raises DataError."""
    if path.is_dir():
        return "folder"
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise DataError(f"{path}: wanted is a table ({', '.join(SUFFIXES)}) or a folder of pictures")
    return kind
