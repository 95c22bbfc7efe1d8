"""What the command line asks of one build, beside the spec."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryFile, gettempdir

from generator import __version__
from generator.errors import InputError

FORMATS = ("html", "md", "pdf")
COMMAND = "explainability-report"  # as it is installed, beside `python -m generator`
FOLDER = ".report-cache"  # beside the spec: what builds of it have computed


def writable(folder: Path) -> bool:
    """Whether a file can be written into a folder, or into the nearest one that there is above it."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        with TemporaryFile(dir=there):
            return True
    except OSError:
        return False


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
    `exports` is a second place for the exported files, `arrays` the folder of `<figure-id>.npz`, `cache` that of what
    was computed.
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
    trust_templates: bool = False
    cache: Path | None = None

    @property
    def repeatable(self) -> bool:
        """Whether a build that changes nothing may be skipped: it writes nowhere but into its site."""
        return not self.no_cache and self.exports is None and self.arrays is None

    def cache_of(self, spec: Path) -> Path:
        """Where builds of a spec keep what they compute: beside it, in the user's own cache if nobody may write there.

        Raises InputError where the one that was asked for cannot be written.
        """
        if self.cache is not None:
            self._check_writable("--cache", self.cache)
            return self.cache
        folder = spec.resolve().parent
        if writable(folder / FOLDER):
            return folder / FOLDER
        return user_cache() / COMMAND / f"{folder.name}-{hashlib.sha256(bytes(folder)).hexdigest()[:16]}"

    def check_beside(self) -> None:
        """Raises InputError where a folder for copies outside the site cannot be written."""
        for option, folder in (("--exports", self.exports), ("--arrays", self.arrays)):
            if folder is not None:
                self._check_writable(option, folder)

    def _check_writable(self, option: str, folder: Path) -> None:
        if not writable(folder):
            raise InputError(f"{option} {folder}: nothing can be written there; name a folder that can be written")

    @property
    def settings(self) -> Mapping[str, str]:
        """What of it decides the site."""
        decisive = [f.name for f in fields(self) if f.name not in ("quiet", "verbose", "cache")]
        return {"version": __version__, **{name: str(getattr(self, name)) for name in decisive}}
