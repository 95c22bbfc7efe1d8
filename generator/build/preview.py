"""The small server of a report that is being written: its site on 127.0.0.1, with what the last build said.

A page keeps its content security policy, opened by just what the preview puts into it. Whoever asks is not trusted: no
other host's name is answered, nothing outside of the site is read, and nobody holds many connections, or one for long.
"""

import re
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape, unescape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from shutil import copyfileobj
from socket import SHUT_RDWR, socket
from typing import Any
from urllib.parse import quote, unquote

from generator.errors import InputError, told

HOST = "127.0.0.1"
LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)  # others may resolve to here too
PORTS = 20  # tried one after the other
AT_ONCE = 64  # connections; one more ends the oldest
ASKING = 10.0  # seconds for a request to come, and for any byte of its answer to go
ANSWERING = 300.0  # seconds for the whole of it
PATIENCE = 15.0  # seconds after which a waiting browser is told that nothing happened
OWN, HTML, PDF = "/.live/", "text/html; charset=utf-8", "application/pdf"
SCRIPT = """\
const wait = (version) => fetch(`/.live/version?after=${version}`)
  .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
  .then((now) => (now === version ? wait(now) : location.reload()))
  .catch(() => setTimeout(() => wait(version), 1000));
wait(document.currentScript.dataset.version);
"""
LOOK = """\
#live { position: fixed; inset: auto 0 0; z-index: 99; max-height: 50%; overflow: auto; padding: .5rem 1rem;
  background: #5c4400; color: #fff; font: 14px/1.5 monospace; white-space: pre-wrap; overflow-wrap: anywhere }
#live.error { background: #7a1020 }
#live:not(.error, [open]) { left: auto; padding: .25rem .75rem }
#live.well { background: #14532d }
"""
OWN_FILES = {f"{OWN}reload.js": (SCRIPT, "text/javascript"), f"{OWN}look.css": (LOOK, "text/css")}
META = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)')
WITHIN = "default-src 'self' 'unsafe-inline' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
NO_SITE = "<!doctype html><title>no site yet</title>"
FIRST = "<p>The report is built for the first time; this page will show it."


@dataclass
class Live:
    """What is served: the folder, how often it was built, and what the last build said.

    `error` is what ended it, `warnings` what it doubts or could not compute, `news` the rest: all of it is shown.
    """

    site: Path
    version: int = 0
    error: str = ""
    warnings: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    changed: threading.Condition = field(default_factory=threading.Condition)

    def publish(self, site: Path, error: str = "", warnings: tuple[str, ...] = (), news: tuple[str, ...] = ()) -> None:
        """A build has ended; every waiting browser is told."""
        with self.changed:
            self.site, self.error, self.warnings, self.news = site, error, warnings, news
            self.version += 1
            self.changed.notify_all()

    def after(self, version: str, gone: Callable[[], bool] = lambda: False) -> int:
        """The number of the next build, or the same again when nothing happened for a while or the asker is gone."""
        with self.changed:
            self.changed.wait_for(lambda: str(self.version) != version or gone(), PATIENCE)
            return self.version

    @property
    def banner(self) -> str:
        """What stands at the foot of a page."""
        said = escape("\n".join((*([self.error] if self.error else ()), *self.warnings, *self.news)))
        if self.error:
            return f'<div id="live" class="error" role="alert">{said}</div>'
        if self.warnings:
            return f'<details id="live" open><summary>⚠ {len(self.warnings)}</summary>{said}</details>'
        return f'<details id="live" class="well"><summary>✓</summary>{said}</details>' if said else ""


class _Server(ThreadingHTTPServer):
    """A thread a connection, each with the time at which it has to be over."""

    daemon_threads = True
    request_queue_size = AT_ONCE

    def __init__(self, port: int, live: Live) -> None:
        self.live = live
        self.until: dict[socket, float] = {}
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  as the library has it
        self.until[request] = time.monotonic() + ASKING
        for connection in list(self.until)[:-AT_ONCE]:
            self._hang_up(connection)
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Between two requests: whose time is over goes."""
        for connection, until in list(self.until.items()):
            if time.monotonic() > until:
                self._hang_up(connection)

    def _hang_up(self, connection: socket) -> None:
        """End a connection, whatever its thread waits for."""
        self.until.pop(connection, None)
        with suppress(OSError):
            connection.shutdown(SHUT_RDWR)
        with self.live.changed:
            self.live.changed.notify_all()

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        self.until.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A page that is closed while it loads is nothing to speak of."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            print(f"a request could not be answered: {told(error)}", file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    """Files of the site, pages with the waiting script, and the version."""

    server: _Server
    timeout = ASKING

    def parse_request(self) -> bool:
        """Whether a request is whole and asks for this host; others are answered here."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not LOCAL.fullmatch(hosts[0]) or not self.path.startswith("/"):
            self.send_error(HTTPStatus.FORBIDDEN, "only local requests")
            return False
        if self.connection in self.server.until:
            self.server.until[self.connection] = time.monotonic() + ANSWERING
        return True

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == f"{OWN}version":
            version = self.server.live.after(query.removeprefix("after="), self._gone)
            self._answer(str(version).encode(), "text/plain")
        elif path in OWN_FILES:
            text, kind = OWN_FILES[path]
            self._answer(text.encode(), kind)
        else:
            parts = [part for part in unquote(path, errors="surrogateescape").split("/") if part]
            self._file(parts, path.endswith("/"))

    def do_HEAD(self) -> None:
        """As a GET, without what it would send."""
        self.do_GET()

    def _gone(self) -> bool:
        return self.connection not in self.server.until

    def _file(self, parts: list[str], folder: bool) -> None:
        live = self.server.live
        version = live.version  # before the page is read, so that a build that ends meanwhile is seen
        path = _within(live.site, [*parts, "index.html"] if folder else parts)
        if path is not None and path.is_dir() and not folder:
            self._moved(parts)
        elif path is not None and path.is_file() and path.suffix == ".html":
            self._answer(self._waiting(path.read_text("utf-8", "replace"), version), HTML)
        elif path is not None and path.is_file():
            self._send(path)
        elif (live.error or not live.site.exists()) and (folder or parts[-1].endswith(".html")):
            self._answer(self._waiting(NO_SITE if live.error else NO_SITE + FIRST, version), HTML)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _moved(self, parts: list[str]) -> None:
        """A folder's name ends in a slash, from which the links of its page count."""
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", "/" + "".join(quote(part, errors="surrogateescape") + "/" for part in parts))
        self.end_headers()

    def _waiting(self, page: str, version: int) -> bytes:
        """A page that reloads itself after the build of that number, with what is wrong on top of it."""
        ours = f"http://{self.headers['Host']}{OWN}"
        opened = META.sub(lambda found: found[1] + escape(_opened(unescape(found[2]), ours)) + found[3], page, count=1)
        added = f'<link rel="stylesheet" href="{OWN}look.css">{self.server.live.banner}'
        return f'{opened}{added}<script src="{OWN}reload.js" data-version="{version}"></script>'.encode()

    def _send(self, path: Path) -> None:
        kind = guess_type(path.name)[0] or "application/octet-stream"
        with path.open("rb") as file:
            self._begin(path.stat().st_size, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
            if self.command != "HEAD":
                copyfileobj(file, self.wfile)

    def _answer(self, content: bytes, kind: str) -> None:
        self._begin(len(content), kind)
        if self.command != "HEAD":
            self.wfile.write(content)

    def _begin(self, size: int, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        if kind != PDF:  # which a browser shows with parts of its own
            self.send_header("Content-Security-Policy", WITHIN)
        self.end_headers()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Silence: what matters is said by the builds."""


def _within(site: Path, parts: list[str]) -> Path | None:
    """What lies there in the site, and nowhere else, wherever links lead."""
    try:
        whole = site.resolve()
        path = whole.joinpath(*parts).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):  # absent, no name at all, or a ring of links
        return None
    return path if path.is_relative_to(whole) and ".." not in parts else None


def _opened(policy: str, ours: str) -> str:
    """A content security policy that also allows what the preview itself puts into a page."""
    known = {words[0]: words[1:] for words in map(str.split, policy.split(";")) if words}
    for name in ("script-src", "style-src", "connect-src"):
        allowed = known.get(name, known.get("default-src", []))
        known[name] = [*(source for source in allowed if source != "'none'"), ours]
    return "; ".join(" ".join((name, *sources)) for name, sources in known.items())


def start(live: Live, port: int) -> ThreadingHTTPServer:
    """The server, answering in a thread of its own, on the port or the next that is free."""
    for number in range(max(port, 0), port + PORTS):
        try:
            server = _Server(number, live)
        except (OSError, OverflowError):  # taken, or no port at all
            continue
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        return server
    raise InputError(f"--port: none of {port} to {port + PORTS - 1} is free")
