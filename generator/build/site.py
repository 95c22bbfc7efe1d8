"""The folder a report is published from: the new site takes the old one's place in one step, when it is whole.

What a build wrote is said by the manifest; everything else in the folder is somebody's, and stays where it is.
"""

import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from generator.build.stamp import Fingerprint, fingerprint
from generator.disk import COMMAND, exchange, only_writer, reason, settle, unwritable
from generator.errors import ComputationError, InputError

MANIFEST = "manifest.json"
PREPARED = {"README.md", ".gitkeep", ".gitignore", "CNAME"}  # what may wait in a folder for its first build
OURS = {"generator": str, "versions": dict, "sha256": dict, "figures": list}  # no other manifest has them all
EARLIER = re.compile(
    r"manifest\.json|\.nojekyll|(both/)?index\.html|report\.pdf|exports/.+\.(png|jpe?g)", re.IGNORECASE
)
EARLIER_PAGE = re.compile(r"(?:report\.)?([\w-]+)(?:\.md|\.pdf|/index\.html)")  # of a language
Written = Mapping[str, str]  # the files of a build with their digests; '' where only the name is known


def check_output(path: Path, inputs: Iterable[Path] = ()) -> None:
    """Raises InputError where a site cannot stand, or would cost somebody something."""
    try:
        objection = next(_objections(path, place_of(path), inputs), "")
    except (OSError, RecursionError) as error:
        raise InputError(f"{path}: {reason(error)}; --output names the folder of the site") from error
    if objection:
        raise InputError(objection)


def place_of(path: Path) -> Path:
    """Where a file or folder really stands: links are followed."""
    return Path(os.path.realpath(path))


def _objections(path: Path, place: Path, inputs: Iterable[Path]) -> Iterator[str]:
    """What speaks against a site there; a missing or empty folder is fine, and so is a site of ours."""
    if place.is_symlink():
        yield f"{path} is a link that leads to itself; --output names the folder of the site"
    if place.exists() and not place.is_dir():
        yield f"{path} is a file; --output names the folder of the site"
    if held := next((one for one in inputs if place_of(one).is_relative_to(place)), None):
        yield f"{path} holds {held}, of which the report is made; --output names a folder of the site's own"
    if os.path.ismount(place):
        yield f"{path} is a volume, which cannot be replaced; --output {path / 'site'} can be"
    if why := unwritable(place.parent) or unwritable(_beside(place, "new")):  # the draft's name may be too long
        yield f"{path}: nothing can be written into {place.parent} ({why}); --output names a folder elsewhere"
    if place.is_dir() and any(place.iterdir()):
        yield from _immovable(path, place)


def _immovable(path: Path, place: Path) -> Iterator[str]:
    """What no build put into a folder, and what may not move with it."""
    ours = written(place)
    if ours is None and all(path.name in PREPARED for path in place.iterdir()):
        ours = {}
    if ours is None:
        yield f"{path} holds other files than a site (no {MANIFEST} of a build); choose another --output or empty it"
        return
    for top in (place / name for name in strangers(place, ours, ours)):
        for one in chain([top], top.rglob("*") if _is_folder(top) else ()):
            what = "repository" if one.name == ".git" else "volume" if os.path.ismount(one) else ""
            if what:
                yield f"{path} holds a {what} ({one}), which no build moves; build elsewhere, and copy the site there"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def written(folder: Path) -> Written | None:
    """What a build wrote into a folder, as its manifest says; None where no build did."""
    try:
        record = json.loads((folder / MANIFEST).read_bytes()) if (folder / MANIFEST).is_file() else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not all(isinstance(record.get(key), kind) for key, kind in OURS.items()):
        return None
    files = record.get("files")
    if not isinstance(files, dict):
        return dict.fromkeys(_earlier(folder, set(_words(record))), "")
    return {MANIFEST: "", **{name: str(digest) for name, digest in files.items()}}


def _earlier(folder: Path, named: Collection[str]) -> Iterator[str]:
    """The files of a site whose manifest has no list of them, but names its figures and languages."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        page = EARLIER_PAGE.fullmatch(name)
        figure = name.startswith("figures/") and name in named
        if not _is_folder(path) and (figure or EARLIER.fullmatch(name) or (page and page[1] in named)):
            yield name


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401  any tree of JSON's types
    """Every text anywhere in it."""
    if isinstance(value, str):
        yield value
    for part in chain(value, value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _words(part)


def strangers(folder: Path, ours: Written, coming: Collection[str]) -> Iterator[str]:
    """What stands in a folder and is nobody's to remove: files, links and whole folders, by name.

    Of what a build wrote that is what was changed since, unless it is `coming` anew.
    """
    shared = {name[: end + 1] for name in ours for end, sign in enumerate(name) if sign == "/"}
    waiting = [""]
    while waiting:
        at = waiting.pop()
        with os.scandir(folder / at) as entries:
            for entry in entries:
                name, is_folder = f"{at}{entry.name}", entry.is_dir(follow_symlinks=False)
                if is_folder and f"{name}/" in shared:
                    waiting.append(f"{name}/")
                elif is_folder or not _expected(Path(entry), ours.get(name), name in coming):
                    yield name


def _expected(path: Path, digest: str | None, again: bool) -> bool:
    """Whether a file is as a build left it, or will be written anew."""
    if digest is None or again or not digest:
        return digest is not None
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == digest


def publish(
    path: Path, files: Mapping[str, bytes], record: bytes, inputs: Iterable[Path]
) -> Mapping[Path, Fingerprint]:
    """Put the files of a build, by their names, and its manifest in the old site's place; what they are on the disk.

    The old site stands where anything is raised: InputError for a place that is not fit, ComputationError for a disk
    that is full.
    """
    place = place_of(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with only_writer(place.parent):
            check_output(path, inputs)
            _sweep(place)
            return _put(_beside(place, "new"), place, {**files, MANIFEST: record})
    except OSError as error:
        raise ComputationError(f"{path}: cannot be written: {reason(error)}") from error


def _put(draft: Path, place: Path, files: Mapping[str, bytes]) -> Mapping[Path, Fingerprint]:
    try:
        _fill(draft, place, files)
        made = {place / name: fingerprint(draft / name) for name in sorted(files)}
        _swap(draft, place)
    finally:
        _discard(draft, place)
    return made


def _fill(draft: Path, place: Path, files: Mapping[str, bytes]) -> None:
    """A whole site; its manifest comes last, so that a folder without one is no site."""
    draft.mkdir()
    fresh: list[Path] = []
    holds: dict[bytes, str] = {}  # the first file of each content: most figures show the same faces
    for name, content in files.items():
        if name == MANIFEST:
            _take_along(place, draft, files)
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        first = holds.setdefault(content, name)
        if not _linked(place / name if first == name else draft / first, draft / name, content):
            (draft / name).write_bytes(content)
            fresh.append(draft / name)
    settle(fresh)


def _linked(old: Path, new: Path, content: bytes) -> bool:
    """Whether a file that is there holds the same and could be linked, which takes half the time of writing it."""
    try:
        if old.is_symlink() or old.stat().st_size != len(content) or old.read_bytes() != content:
            return False
        new.hardlink_to(old)
    except OSError:
        return False
    return True


def _take_along(place: Path, draft: Path, files: Collection[str]) -> None:
    """What others put into the old site; raises InputError where a file of the new one has its name."""
    if not place.is_dir():
        return
    ours = written(place) or {}
    if not any(ours.values()):  # of an earlier site names are guessed
        ours = {**dict.fromkeys(files, ""), **ours}
    for name in strangers(place, ours, files):
        try:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            _doubled(place / name, draft / name)
        except (FileExistsError, NotADirectoryError) as error:
            message = f"{place / name} is not of a build, and this one writes a file of that name; move it elsewhere"
            raise InputError(message) from error
    shutil.copymode(place, draft)


def _doubled(source: Path, target: Path) -> None:
    """The same in a second place, by links where the system has them."""
    if _is_folder(source):
        target.mkdir(exist_ok=True)
        for path in source.iterdir():
            _doubled(path, target / path.name)
        shutil.copystat(source, target)
    elif os.path.lexists(target):
        raise FileExistsError(target)
    else:
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:
            shutil.copy2(source, target, follow_symlinks=False)


def _beside(place: Path, what: str) -> Path:
    return place.with_name(f".{place.name}.{COMMAND}-{what}")


def _swap(draft: Path, place: Path) -> None:
    """The draft takes the site's place and holds the old one: in one step where the system can, else in two."""
    if not os.path.lexists(place):
        draft.rename(place)
    elif not exchange(draft, place):
        away = _beside(place, "old")
        try:
            place.rename(away)
            draft.rename(place)
        finally:
            _put_back(away, place)
        away.rename(draft)


def _put_back(away: Path, place: Path) -> None:
    if away.exists() and not os.path.lexists(place):
        away.rename(place)


def tidy(path: Path) -> None:
    """Before anything is built or shown: what a killed build left beside a site goes, what it took away comes back."""
    place = place_of(path)
    if any(_beside(place, what).exists() for what in ("old", "new")):
        with suppress(OSError, ComputationError), only_writer(place.parent, patience=0):  # else one is being written
            _sweep(place)


def _sweep(place: Path) -> None:
    """The writer of whatever stands beside a site is dead where we are the only one."""
    _put_back(_beside(place, "old"), place)
    for what in ("old", "new"):
        _discard(_beside(place, what), place)


def _discard(folder: Path, place: Path) -> None:
    """Remove a draft, or the site that a draft replaced, and save what came into it at the last moment."""
    ours = written(folder)
    if ours is not None and place.is_dir():
        for name in strangers(folder, ours, written(place) or ()):
            _save(folder / name, place / name)
    shutil.rmtree(folder, ignore_errors=True)


def _save(source: Path, target: Path) -> None:
    """Move what is not there yet, or is older."""
    if _is_folder(source):
        for path in source.iterdir():
            _save(path, target / path.name)
    elif not os.path.lexists(target) or target.lstat().st_mtime_ns < source.lstat().st_mtime_ns:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
