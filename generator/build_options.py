"""What the command line asks of one build, beside the spec."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from generator import __version__

FORMATS = ("html", "md", "pdf")
FOLDER = ".report-cache"  # beside the spec: what builds of it have computed


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
    strict: bool = False
    quiet: bool = False
    verbose: bool = False
    trust_model: bool = False
    trust_plugins: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether a build that changes nothing may be skipped: it writes nowhere but into its site."""
        return not self.no_cache and self.exports is None and self.arrays is None

    @property
    def settings(self) -> Mapping[str, str]:
        """What of it decides the site."""
        decisive = [f.name for f in fields(self) if f.name not in ("quiet", "verbose")]
        return {"version": __version__, **{name: str(getattr(self, name)) for name in decisive}}
