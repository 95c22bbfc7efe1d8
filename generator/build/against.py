"""Two built sites beside each other, as files of a third or of the newer one: the command `diff`, and `--against`."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

from generator import __version__
from generator.build.kept import kept
from generator.build.outputs import manifest
from generator.build.publish import Publication, Published
from generator.build.site import MANIFEST, place_of, publish
from generator.compare.built_site import BuiltSite, site_in, site_of
from generator.compare.changes import Changes, compared
from generator.compare.changes_page import FOLDER, pages
from generator.compare.changes_view import ChangesView
from generator.compare.plain_changes import plain
from generator.disk import reason, whole_file
from generator.errors import ComputationError, InputError
from generator.steps import step
from generator.words import COMPLETE, Interface, interface, speaks

CHANGES = "changes.json"  # the same for machines
STDOUT = Path("-")


def site_before(folder: Path) -> BuiltSite:
    """The site in a folder, looked at to its end; raises InputError where there is none that can be compared."""
    with step("reading", str(folder), error=InputError):
        site = site_in(folder)
        site.evaluations  # noqa: B018  what cannot be unpacked is told before anything is built
    return site


def sites_read(folder: Path | None, output: Path) -> tuple[Path, ...]:
    """The manifest of an earlier site that another build may change; of the place of the new one this build does."""
    return () if folder is None or place_of(folder) == place_of(output) else (folder / MANIFEST,)


def changed(old: BuiltSite, say: Callable[[str], None], of: Publication) -> Published:
    """The files that show how a new site differs from an old one, of which the most is said."""
    parts = of.report, of.study, of.built.values(), of.alt_texts, of.evidence, of.evidence_pictures
    try:
        with step("form", FOLDER):
            record = manifest(*parts, files=of.pictures, seconds=0, kept=kept(of))
            new = site_of("the new site", record, partial(_held, of.pictures))
            changes = compared(old, new)
            files = {f"{FOLDER}/{name}": data for name, data in _written(changes, of.narrator.words)}
            for line in (*told(changes), f"{of.report.output / FOLDER / 'index.html'}"):
                say(line)
            return Published(files, {})
    except (ComputationError, InputError) as error:
        return Published({}, {f"{FOLDER}/": str(error)})


def _held(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise InputError(f"{name}: no such file")
    return files[name]


def _written(changes: Changes, words: Interface) -> Iterator[tuple[str, bytes]]:
    for name, page in pages(changes, words):
        yield name, page.encode(errors="backslashreplace")
    yield CHANGES, _json(changes)


def _json(changes: Changes) -> bytes:
    return (json.dumps(plain(changes), ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace")


def diff(old: Path, new: Path, output: Path, json_file: Path | None, say: Callable[[str], None]) -> None:
    """Write what changed from one site to another, and `say` the most of it; raises InputError where either is none."""
    before, now = site_before(old), site_before(new)
    with step("form", FOLDER, error=InputError):
        changes = compared(before, now)
        spoken = [language for language in now.languages if speaks(language)]
        files = dict(_written(changes, interface(spoken or [COMPLETE])))
    publish(output, files, _record(before, now, files), (old / MANIFEST, new / MANIFEST))
    if json_file == STDOUT:
        sys.stdout.write(files[CHANGES].decode())
    elif json_file is not None:
        _copy(json_file, files[CHANGES])
    for line in (*told(changes), f"{output / 'index.html'}"):
        say(line)


def _record(old: BuiltSite, new: BuiltSite, files: Mapping[str, bytes]) -> bytes:
    """By this manifest the next comparison knows what it may replace."""
    made_of = {"old": old.record.sha256, "new": new.record.sha256}
    digests = {name: sha256(data).hexdigest() for name, data in files.items()}
    known = {"generator": __version__, "versions": {}, "sha256": {}, "figures": [], "compares": made_of}
    return json.dumps({**known, "files": digests}, indent=1).encode()


def _copy(path: Path, data: bytes) -> None:
    place = place_of(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place) as file:
            file.write(data)
    except OSError as error:
        raise ComputationError(f"{path}: cannot be written: {reason(error)}") from error


def told(changes: Changes) -> Iterator[str]:
    """What changed in a few lines, for a terminal."""
    view = ChangesView(changes, interface([COMPLETE]).by_language[COMPLETE])
    if changes.same:
        yield view.words("diff.nothing")
    yield from view.summary
    for model, rests, lines in view.models:
        yield f"{model}: {rests}" if model else rests
        yield from (f"{one.name}: {one.before} → {one.now}, {one.step}, {one.said}" for one in lines[:1])
    yield from view.lacking
