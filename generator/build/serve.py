"""Build, show, watch, build again: a report while it is being written."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.build.live_site import HOST, Live, start
from generator.build.program import build
from generator.build.stamp import fingerprint
from generator.build_options import BuildOptions
from generator.errors import GeneratorError
from generator.spec.loading import load
from generator.spec.report import Report
from generator.words import TEMPLATES

PAUSE = 0.3  # seconds between two looks at the files
Seen = Mapping[Path, list[int] | None]


def serve(spec: Path, options: BuildOptions, port: int) -> int:
    """Never returns by itself; an interruption ends it."""
    live = Live(options.output or spec.parent / "site")
    watched, seen = built(spec, options, live, (spec,))
    server = start(live, port)
    print(f"http://{HOST}:{server.server_port}/", file=sys.stderr)
    try:
        while True:
            wait_for_change(watched, seen)
            watched, seen = built(spec, options, live, watched)
    finally:
        server.shutdown()


def built(spec: Path, options: BuildOptions, live: Live, watched: tuple[Path, ...]) -> tuple[tuple[Path, ...], Seen]:
    """What to watch after a build, as it was before it: a change in the meantime is noticed."""
    before = look(watched)
    watched = rebuild(spec, options, live, watched)
    return watched, {**look(watched), **before}


def rebuild(spec: Path, options: BuildOptions, live: Live, before: tuple[Path, ...]) -> tuple[Path, ...]:
    """Build once and tell the browsers; the files to watch, which stay those of before where the spec is wrong."""
    watched = before
    try:
        report = load(spec, options)
        watched = inputs(report)
        build(report, options)
    except GeneratorError as error:
        print(error, file=sys.stderr)
        live.publish(live.site, str(error))
    else:
        live.publish(report.output)
    return watched


def inputs(report: Report) -> tuple[Path, ...]:
    """Every file and folder that a build of the report reads, and the folders of its templates."""
    statistics = [value for m in report.models for value in (m.preprocess.mean, m.preprocess.std)]
    files = [*(model.path for model in report.models), report.data.path, report.evaluation, *statistics]
    given = [path for path in (*files, *report.plugins) if isinstance(path, Path)]
    return (report.source.file, *given, report.folder / "templates", TEMPLATES)


def wait_for_change(watched: tuple[Path, ...], seen: Seen) -> None:
    """Returns when a watched file, or one within a watched folder of templates, is not what was seen, and rests."""
    now = look((*watched, *seen))
    while all(seen.get(path) == facts for path, facts in now.items()):
        time.sleep(PAUSE)
        now = look((*watched, *seen))
    later = _later(now)
    while later != now:  # it is still being written
        now, later = later, _later(later)


def _later(seen: Seen) -> Seen:
    time.sleep(PAUSE)
    return look(seen)


def look(watched: Iterable[Path]) -> Seen:
    return {path: fingerprint(path) for path in _files(watched)}


def _files(watched: Iterable[Path]) -> Iterator[Path]:
    for path in watched:
        yield path
        if path.name == "templates":
            yield from sorted(path.rglob("*"))
