"""What the command line asks of one build, beside the spec."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import gettempdir

from generator import __version__
from generator.disk import COMMAND, unwritable
from generator.errors import InputError

DEFAULT_FORMATS = ("html", "md", "pdf")
FORMATS = (*DEFAULT_FORMATS, "single", "docx")
FOLDER = ".report-cache"  # beside the spec: what builds of it have computed


def user_cache(platform: str = sys.platform) -> Path:
    """Where a user's programs keep what they can compute anew; a user of a container may have no home."""
    try:
        home = Path.home()
    except RuntimeError:
        return Path(gettempdir())
    if platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if platform == "darwin":
        return home / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")


@dataclass(frozen=True)
class BuildOptions:
    """The options of `build`; paths are as typed, None and () leave it to the spec.

    `formats` is empty for `--formats none`: figures, exports and manifest only.
    `against` is the folder of an earlier site that the new one is compared with, `budget` the seconds of the build.
    `exports` is a second place for the exported files, `arrays` the folder of `<figure-id>.npz`, `cache` that of what
    was computed.
    """

    output: Path | None = None
    formats: tuple[str, ...] = DEFAULT_FORMATS
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
    trust_templates: bool = False
    cache: Path | None = None
    against: Path | None = None
    url: str = ""
    budget: float | None = None

    @property
    def repeatable(self) -> bool:
        """Whether a build that changes nothing may be skipped: it writes nowhere but into its site."""
        return not self.no_cache and self.exports is None and self.arrays is None

    def cache_of(self, spec: Path) -> Path:
        """Where builds of a spec keep what they compute: beside it, or in the user's own cache."""
        folder = Path(os.path.realpath(spec)).parent
        if self.cache is not None:
            return self.cache
        if not unwritable(folder / FOLDER):
            return folder / FOLDER
        return user_cache() / COMMAND / f"{folder.name}-{hashlib.sha256(bytes(folder)).hexdigest()[:16]}"

    def check_beside(self) -> None:
        """Raises InputError where a folder for copies outside the site cannot be written."""
        for option, folder in (("--exports", self.exports), ("--arrays", self.arrays)):
            if why := folder and unwritable(folder):
                raise InputError(f"{option} {folder}: nothing can be written there ({why}); name another folder")

    @property
    def settings(self) -> Mapping[str, str]:
        """What of it decides the site."""
        decisive = [f.name for f in fields(self) if f.name not in ("quiet", "verbose", "cache")]
        return {"version": __version__, **{name: str(getattr(self, name)) for name in decisive}}
