"""What the command line asks of one build, beside the spec."""

from dataclasses import dataclass
from pathlib import Path

FORMATS = ("html", "md", "pdf")


@dataclass(frozen=True)
class BuildOptions:
    """The options of `build`; paths are as typed, None and () leave it to the spec.

    `formats` is empty for `--formats none`: figures, exports and manifest only.
    `exports` is a second place for the exported files, `arrays` the folder of `<figure-id>.npz`.
    """

    output: Path | None = None
    formats: tuple[str, ...] = FORMATS
    languages: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    data: Path | None = None
    exports: Path | None = None
    no_cache: bool = False
    arrays: Path | None = None
    scheduler: str | None = None
    strict: bool = False
    quiet: bool = False
    verbose: bool = False
    trust_model: bool = False
    trust_plugins: bool = False
