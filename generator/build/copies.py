"""What the command line asks for outside the site: exported pictures and arrays, each whole or not at all."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from generator.build.outputs import EXPORTS
from generator.build.site import place_of
from generator.build_options import BuildOptions
from generator.disk import reason, sweep, whole_file
from generator.errors import ComputationError, InputError
from generator.results import FigureResult

Archived = Callable[[], FigureResult]  # a figure with the images that its arrays hold too
Copies = Mapping[Path, bytes | Archived]


def copies(
    options: BuildOptions, exports: Mapping[str, bytes], figures: Mapping[str, Archived], inputs: Iterable[Path]
) -> Copies:
    """What to write where; raises InputError where that would replace what the report is made from."""
    asked: dict[Path, bytes | Archived] = {}
    if options.exports is not None:
        asked |= {options.exports / Path(name).relative_to(EXPORTS): data for name, data in exports.items()}
    if options.arrays is not None:
        asked |= {options.arrays / f"{name}.npz": figure for name, figure in figures.items()}
    _check(asked, inputs)
    return asked


def _check(asked: Copies, inputs: Iterable[Path]) -> None:
    there = [path for path in asked if path.exists()]
    facts = (path.stat() for path in inputs if path.exists()) if there else ()
    held = {(one.st_dev, one.st_ino) for one in facts}
    for path in there:
        if (path.stat().st_dev, path.stat().st_ino) in held:
            raise InputError(f"{path} is what the report is made from; name another folder for --exports or --arrays")


def write(asked: Copies) -> None:
    """A link is followed; raises ComputationError where a copy cannot be written."""
    sweep(*{path.parent for path in asked})
    for path, content in asked.items():
        try:
            place = place_of(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, content)
        except OSError as error:  # a full disk, or a folder that lies where a copy should
            raise ComputationError(f"{path}: cannot be written: {reason(error)}") from error


def _write(place: Path, content: bytes | Archived) -> None:
    with whole_file(place) as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            np.savez(file, allow_pickle=False, **content().arrays)
