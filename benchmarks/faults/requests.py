"""What strangers, other pages and greedy clients ask of `serve`, byte by byte; it answers its own host's names only."""

from __future__ import annotations

import random
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from benchmarks.faults.canaries import SECRET, Canaries
from benchmarks.faults.damage import ANY
from benchmarks.faults.running import PATIENCE, ended, started
from benchmarks.faults.small import small_report
from benchmarks.faults.tally import Fault, Tally

COUNT, SHORT, MUTATED = 400, 80, 120
ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)/")
SECONDS = 5.0  # in which a request is answered, and the next one after it
LINGERING = 200  # connections that are opened and left

HOSTS = (
    *("evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil", ""),
    *("127.0.0.1:{port}:1", "127.0.0.1 evil.example", "evil.example#localhost", "2130706433", "0.0.0.0", "[::1].evil"),
    *("localhost.", "LOCALHOST:{port}", "127.0.0.1:{port}", "localhost:{port}", "127.1", "0x7f.1", "[::1]:{port}"),
    *("\x00", "127.0.0.1\t", "x" * 9000, "127.0.0.1, evil.example", "127.0.0.1/", "user@127.0.0.1"),
)
OURS = re.compile(r"\s*(127\.0\.0\.1|localhost|\[::1\])(:\d*)?\s*", re.IGNORECASE)
PATHS = (
    *(
        "/",
        "/en/",
        "/en",
        "/index.html",
        "/manifest.json",
        "/nothing",
        "/figures/",
        "/figures",
        "/.live/version?after=",
    ),
    *("/../outside/secret.txt", "/..%2foutside%2fsecret.txt", "/%2e%2e/outside/secret.txt", "/....//secret.txt"),
    *("/..\\outside\\secret.txt", "//etc/passwd", "///etc/passwd", "/%2fetc/passwd", "/%5c..%5c", "/out/secret.txt"),
    *("/out", "/out/", "/linked.txt", "/ring", "/ring/x", "/fifo", "/%00", "/a%00b", "/%ff%fe", "/%", "/%zz", "/\xe4"),
    *("/" + "a" * 60_000, "/" + "../" * 5000, "/" + "%2e%2e/" * 3000, "/?" + "x" * 60_000, "/#", "/;", "/~", "/*"),
    *("/CON", "/.git/HEAD", "/en/../../outside/secret.txt", "/index.html/", "/index.html/x", "/.live/", "/.live/x"),
    *("/.live/version?after=-1", "/.live/version?after=" + "9" * 5000, "http://evil.example/", "*", "", "\\", "?"),
)
VERBS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PROPFIND", "get", "\x00", "X" * 9000)
TWICE = "Host: evil.example"  # beside a host of ours
HEADERS = (
    *(
        "Content-Length: 99999999999999999999",
        "Content-Length: -1",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
    ),
    *(
        "Range: bytes=0-",
        "Range: bytes=9-1",
        "If-Modified-Since: never",
        "Connection: keep-alive",
        "Upgrade: websocket",
    ),
    *("X: " + "y" * 70_000, "\r\n".join(f"X{n}: y" for n in range(300)), "no colon", ": empty", "X:\x00", "\tfolded"),
    TWICE,
    *("Origin: http://evil.example", "X-Forwarded-Host: evil.example", "Content-Type: \xff"),
)
WHOLE = (
    *(
        b"",
        b"\n",
        b"\r\n\r\n",
        b"GET",
        b"GET /\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/\xff\r\n\r\n",
        b"\x16\x03\x01",
    ),
    *(
        b"GET / HTTP/1.1\r\n" * 200,
        b"\0" * 70_000,
        b"A" * 70_000,
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"PRI * HTTP/2.0",
    ),
)


@dataclass(frozen=True)
class Asked:
    """Bytes that are sent; `own` where the host is this machine's, so that it may be answered."""

    name: str
    sent: bytes
    own: bool = True


def every(port: int) -> Iterator[Asked]:
    """Hosts by verbs, paths, headers, and what is no request."""
    for host, verb in product(HOSTS, ("GET", "HEAD", "POST", "OPTIONS")):
        said = host.format(port=port)
        yield Asked(f"{verb} of {host[:40]!r}", _request(verb, "/", said), bool(OURS.fullmatch(said)))
    for path, verb in product(PATHS, ("GET", "HEAD")):
        yield Asked(f"{verb} {path[:60]!r}", _request(verb, path, f"127.0.0.1:{port}"))
    for verb, path in product(VERBS, ("/", "/index.html")):
        yield Asked(f"{verb[:20]!r} {path}", _request(verb, path, f"127.0.0.1:{port}"))
    for header, version in product(HEADERS, ("1.1", "1.0")):
        evil = header == TWICE
        sent = _request("GET", "/", f"127.0.0.1:{port}", header, version)
        yield Asked(f"{header[:30]!r} in {version}", sent, not evil)
    for sent in WHOLE:
        yield Asked(repr(sent[:40]), sent)
    for version in ("0.9", "1.0"):
        yield Asked(f"no host in {version}", f"GET / HTTP/{version}\r\n\r\n".encode(), own=False)
    for number in range(MUTATED):
        chance = random.Random(number)
        sent = _request(chance.choice(VERBS), chance.choice(PATHS), f"127.0.0.1:{port}", chance.choice(HEADERS))
        yield Asked(f"mutation {number}", chance.choice(ANY)(sent, chance))


def _request(verb: str, path: str, host: str, header: str = "", version: str = "1.1") -> bytes:
    lines = [f"{verb} {path} HTTP/{version}", f"Host: {host}", "Connection: close", *([header] if header else [])]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """A preview of a small report, and everything that is asked of it in turn; last, connections that stay."""
    tally, spec = Tally("requests"), small_report(folder, evidence="false")
    with ExitStack() as stack:
        said = stack.enter_context((folder / "said").open("w+b"))
        process = started(["serve", spec.name, "--formats", "html", "--port", "18080"], folder, said)
        stack.callback(process.kill)
        port = _port(folder / "said")
        _built(folder / "site" / "manifest.json")
        _with_ways_out(folder / "site", canaries)
        asked = list(every(port))
        wanted = asked[first : first + count] if first else asked[:: max(1, len(asked) // count)]
        for number, one in enumerate(wanted, first):
            tally.add(*_tried(port, one, canaries, f"python -m benchmarks.faults requests --count 1 --first {number}"))
        tally.add(*_lingering(port))
        process.send_signal(signal.SIGINT)
        done = ended(process, 20)
        words = (folder / "said").read_text("utf-8", "replace")
    again = "python -m benchmarks.faults requests"
    faults = [Fault("traceback", "serve", words[-600:], again)] if "Traceback" in words else []
    faults += [Fault("wrong exit", "an interrupted serve", done.name, again)] if done.code not in (130, -2) else []
    tally.add(f"serve: {done.name}", tuple(faults))
    return tally


def _port(said: Path) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = ADDRESS.search(said.read_bytes())
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise TimeoutError(said.read_text("utf-8", "replace"))


def _built(manifest: Path) -> None:
    """Waits for the first site: the preview answers before."""
    until = time.monotonic() + PATIENCE
    while not manifest.is_file():
        if time.monotonic() > until:
            raise TimeoutError(manifest)
        time.sleep(0.1)


def _with_ways_out(site: Path, canaries: Canaries) -> None:
    """Links in the site that lead out of it, and into a ring."""
    (site / "linked.txt").symlink_to(canaries.secret)
    (site / "out").symlink_to(canaries.secret.parent)
    (site / "ring").symlink_to("ring")


def _answer(port: int, sent: bytes, seconds: float = SECONDS) -> bytes | None:
    """All that comes back; None where the connection stays open and silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as talk:
        answer = b""
        with suppress(ConnectionError):
            talk.sendall(sent)
            talk.shutdown(socket.SHUT_WR)
            while part := talk.recv(1 << 16):
                answer += part
        return answer


def _tried(port: int, one: Asked, canaries: Canaries, again: str) -> tuple[str, tuple[Fault, ...]]:
    try:
        answer = _answer(port, one.sent, SECONDS if "/.live/version" not in one.name else 20)
    except TimeoutError:
        return "hung", (Fault("hang", one.name, "no answer", again),)
    status = answer.split(b" ", 2)[1].decode("latin-1")[:3] if answer and answer.startswith(b"HTTP/") else "closed"
    kinds = list(canaries.sung())
    kinds += ["read outside"] * (SECRET[:20].encode() in answer or b"root:x:0" in answer)
    kinds += ["wrong exit"] * (not one.own and status.startswith("2"))
    kinds += ["site mixed"] * (status == "200" and b"text/html" in answer and b"Content-Security-Policy" not in answer)
    kinds += ["site lost"] * (not _alive(port))
    return status, tuple(Fault(kind, one.name, answer[:300].decode("latin-1"), again) for kind in dict.fromkeys(kinds))


def _alive(port: int) -> bool:
    try:
        return b"200" in (_answer(port, _request("GET", "/en/", f"localhost:{port}")) or b"")[:40]
    except OSError:
        return False


def _lingering(port: int) -> tuple[str, tuple[Fault, ...]]:
    """Many connections that say nothing, or half a request, and stay: others are answered all the same."""
    again = "python -m benchmarks.faults requests"
    with ExitStack() as stack:
        for number in range(LINGERING):
            with suppress(OSError):
                talk = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=SECONDS))
                talk.sendall(b"GET / HT"[: number % 9])
        alive = _alive(port)
    return "lingering", () if alive else (Fault("hang", f"{LINGERING} idle connections", "no answer", again),)
