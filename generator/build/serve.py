"""A report while it is being written: built, shown, watched, built again, whatever a build does."""

import sys
import time
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path

from generator.build.checks import warn
from generator.build.preview import HOST, Live, start
from generator.build.program import build
from generator.build.stamp import files_in, fingerprint
from generator.build.texts import files_shown
from generator.build_options import BuildOptions
from generator.errors import GeneratorError, told
from generator.shipped import TEMPLATES
from generator.spec.references import files
from generator.spec.report import load
from generator.steps import WATCH, forget
from generator.yaml_source import read

PAUSE = 0.3  # seconds between two looks at the files
PAUSE_PER_FILE = 1e-4  # ten times as long as a look takes: a folder of thousands of pictures is watched too
Seen = Mapping[Path, list[int] | None]


def serve(spec: Path, options: BuildOptions, port: int) -> int:
    """Never returns by itself; an interruption ends it."""
    live = Live(options.output or spec.parent / "site", int(time.time()))  # after a death no browser has that number
    server = start(live, port)
    print(f"http://{HOST}:{server.server_port}/", file=sys.stderr)
    try:
        watched, seen = built(spec, options, live, (spec,))
        while True:
            wait_for_change(watched, seen)
            forget()
            watched, seen = built(spec, options, live, watched)
    finally:
        server.shutdown()
        server.server_close()


def built(spec: Path, options: BuildOptions, live: Live, watched: tuple[Path, ...]) -> tuple[tuple[Path, ...], Seen]:
    """What to watch after a build, as it was before it: a change in the meantime is noticed."""
    before = look(watched)
    watched = rebuild(spec, options, live, watched)
    return watched, {**look(watched), **before}


def rebuild(spec: Path, options: BuildOptions, live: Live, before: tuple[Path, ...]) -> tuple[Path, ...]:
    """Build once and tell the browsers; the files to watch, of a wrong spec those of before and all that it names."""
    watched, output, error = before, live.site, ""
    WATCH.heard()  # what an earlier build said
    try:
        watched = (*before, *named(spec))
        report = load(spec, options)
        watched = (*report.inputs, *files_shown(report), TEMPLATES)
        warn(report.warnings, options)
        build(report, options)
        output = report.output
    except (Exception, SystemExit) as raised:  # noqa: BLE001  the preview outlives what plugins and templates do
        error = told(raised)
        print(error, file=sys.stderr)
        if options.verbose:
            traceback.print_exc()
    live.publish(output, error, *WATCH.heard())
    return watched


def named(spec: Path) -> tuple[Path, ...]:
    """The files that a spec names, be they absent: one that comes may be all that was wrong."""
    try:
        return (spec.parent / "templates", *(spec.parent / name for name in files(read(spec).data)))
    except GeneratorError:
        return ()


def wait_for_change(watched: tuple[Path, ...], seen: Seen) -> None:
    """Returns when a watched file, or one within a watched folder, is not what was seen, and rests."""
    now = look(watched)
    while {**seen, **now} == seen:
        now = _later(watched, now)
    later = _later(watched, now)
    while later != now:  # it is still being written
        now, later = later, _later(watched, later)


def _later(watched: tuple[Path, ...], now: Seen) -> Seen:
    time.sleep(max(PAUSE, len(now) * PAUSE_PER_FILE))
    return look(watched)


def look(watched: Iterable[Path]) -> Seen:
    return {path: fingerprint(path) for path in files_in(watched)}
