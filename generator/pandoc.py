"""The one door to pandoc: it reads what it is handed and nothing else, in bounded time and memory.

Citations are set by its citeproc (citationstyles.org), and Word documents written by its writer of Office Open XML.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import which

from generator.errors import InputError

SECONDS = 120.0
HEAP = "1500m"  # of its own memory
LONGEST = 300  # characters of what it says


def pandoc(source: bytes, *arguments: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """What pandoc makes of a source by these arguments, in which the `files` are called by their names.

    Its sandbox reads no other file and asks no network; pictures are handed over as data: URIs. Raises InputError with
    its own words for what it refuses, and where it takes too long or too much memory.
    """
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        for name, content in (files or {}).items():
            (Path(folder) / name).write_bytes(content)
        command = [_program(), "--sandbox", *arguments, "+RTS", f"-M{HEAP}", "-RTS"]
        try:
            done = subprocess.run(command, input=source, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise InputError(f"pandoc was still at it after {SECONDS:g} seconds") from None
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise InputError(said[:LONGEST] or f"pandoc ended with {done.returncode}")
    return done.stdout


@cache
def _program() -> str:
    """The program of the wheel, else the system's."""
    import pypandoc

    own = [file for file in (Path(pypandoc.__file__).parent / "files").glob("pandoc*") if file.stem == "pandoc"]
    program = str(own[0]) if own else which("pandoc")
    if program is None:
        raise InputError("pandoc is missing; `pip install pypandoc_binary` brings it")
    return program
