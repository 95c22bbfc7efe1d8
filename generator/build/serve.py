"""A report while it is being written: built, shown on 127.0.0.1, watched, built again.

The pages lose their content security policy on the way, which forbids the script that waits for a new build.
"""

import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from generator.build.program import build
from generator.build.site import files_in, fingerprint
from generator.build_options import BuildOptions
from generator.errors import GeneratorError, InputError
from generator.shipped import TEMPLATES
from generator.spec.references import files
from generator.spec.report import load
from generator.yaml_source import read

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")  # a page elsewhere that resolves its own name to this machine is not answered
PORTS = 20  # tried one after the other
PATIENCE = 15.0  # seconds after which a waiting browser is told that nothing happened
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
VERSION, SCRIPT_PATH = "/.live/version", "/.live/reload.js"
SCRIPT = """\
const wait = (version) => fetch(`/.live/version?after=${version}`)
  .then((answer) => answer.text())
  .then((now) => (version && now !== version ? location.reload() : wait(now)))
  .catch(() => setTimeout(() => wait(version), 1000));
wait("");
"""
BANNER = (
    '<div role="alert" style="position:fixed;inset:auto 0 0;z-index:99;max-height:50%;overflow:auto;padding:1rem;'
    'background:#7a1020;color:#fff;font:14px/1.5 monospace;white-space:pre-wrap">{}</div>'
)


@dataclass
class Live:
    """What is served: the folder, how often it was built, and the message of the last build that failed."""

    site: Path
    version: int = 0
    error: str = ""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def publish(self, site: Path, error: str = "") -> None:
        """A build has ended; every waiting browser is told."""
        with self.changed:
            self.site, self.error, self.version = site, error, self.version + 1
            self.changed.notify_all()

    def after(self, version: str) -> int:
        """The number of the next build, or the same again when nothing happened for a while."""
        with self.changed:
            self.changed.wait_for(lambda: str(self.version) != version, PATIENCE)
            return self.version


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site, pages with the waiting script, and the version."""

    def __init__(self, *args: object, live: Live) -> None:
        self.live = live
        super().__init__(*args, directory=str(live.site))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if (self.headers.get("Host") or "").rsplit(":", 1)[0] not in NAMES:
            self.send_error(HTTPStatus.FORBIDDEN, "only local requests")
        elif address.path == VERSION:
            self._answer(str(self.live.after(address.query.removeprefix("after="))).encode(), "text/plain")
        elif address.path == SCRIPT_PATH:
            self._answer(SCRIPT.encode(), "text/javascript")
        else:
            self._file(Path(self.translate_path(self.path)))

    def _file(self, path: Path) -> None:
        page = path / "index.html" if self.path.split("?")[0].endswith("/") else path
        if page.suffix == ".html" and page.is_file():
            self._answer(self._waiting(page.read_bytes()), "text/html; charset=utf-8")
        elif self.live.error and not path.exists():
            self._answer(self._waiting(b"<!doctype html><title>no site yet</title>"), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _waiting(self, page: bytes) -> bytes:
        """A page that reloads itself, with what is wrong on top of it."""
        script = f'<script src="{SCRIPT_PATH}"></script>'
        banner = BANNER.format(escape(self.live.error)) if self.live.error else ""
        return POLICY.sub(b"", page, count=1) + (script + banner).encode()

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silence: what matters is said by the builds."""


def start(live: Live, port: int) -> ThreadingHTTPServer:
    """The server, answering in a thread of its own, on the port or the next that is free."""
    for number in range(port, port + PORTS):
        try:
            server = ThreadingHTTPServer((HOST, number), partial(_Handler, live=live))
        except (OSError, OverflowError):  # taken, or no port at all
            continue
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        return server
    raise InputError(f"--port: none of {port} to {port + PORTS - 1} is free")


PAUSE = 0.3  # seconds between two looks at the files
PAUSE_PER_FILE = 1e-4  # ten times as long as a look takes: a folder of thousands of pictures is watched too
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
    """Build once and tell the browsers; the files to watch, of a wrong spec those of before and all that it names."""
    watched = (*before, *named(spec))
    try:
        report = load(spec, options)
        watched = (*report.inputs, TEMPLATES)
        build(report, options)
    except (GeneratorError, PermissionError) as error:
        print(error, file=sys.stderr)
        live.publish(live.site, str(error))
    else:
        live.publish(report.output)
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
