"""The site is shown with what the last build said; strangers, greedy and slow ones get nothing."""

import os
import re
import socket
import threading
import time
from html import unescape
from http.client import HTTPConnection, HTTPResponse

import pytest

from generator.build import preview
from generator.build.preview import HOST, Live, start
from generator.errors import InputError

POLICY = "default-src 'none'; img-src 'self' data:; style-src 'sha256-a='; script-src 'sha256-b=' 'sha256-c='"
PAGE = (
    f'<!doctype html><head><meta http-equiv="Content-Security-Policy" content="{POLICY}"></head>'.replace("'", "&#39;")
    + "<p>hello</p>"
)


@pytest.fixture
def live(tmp_path):
    site = tmp_path / "site"
    (site / "en").mkdir(parents=True)
    (site / "index.html").write_text(PAGE)
    (site / "en/index.html").write_text(PAGE.replace("hello", "inner"))
    (site / "report.md").write_text("# plain")
    (tmp_path / "secret.txt").write_text("secret")
    return Live(site)


@pytest.fixture
def server(live):
    running = start(live, 18000)
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def answer(server):
    """The answer to a request, read whole."""

    def asking(path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection(HOST, server.server_port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for name, value in {"Host": f"{HOST}:{server.server_port}", **headers}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders()
        got = connection.getresponse()
        body = got.read().decode()
        connection.close()
        return got, body

    return asking


@pytest.fixture
def ask(answer):
    """Status and body of a path."""

    def asking(path: str, **headers: str) -> tuple[int, str]:
        got, body = answer(path, **headers)
        return got.status, body

    return asking


@pytest.fixture
def speak(server):
    """What is said to bytes that need be no request."""

    def speaking(said: bytes) -> bytes:
        with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))

    return speaking


def test_pages_wait_for_the_next_build(ask):
    """A page carries the waiting script; other files are as they are."""
    for path, word in (("/", "hello"), ("/en/", "inner"), ("/en/index.html?x=1", "inner"), ("/./en//index.html", "in")):
        status, body = ask(path)
        assert status == 200
        assert word in body
        assert '<script src="/.live/reload.js" data-version="0"></script>' in body
    assert ask("/report.md") == (200, "# plain")
    assert ask("/nothing.html")[0] == 404
    assert "location.reload()" in ask("/.live/reload.js")[1]


def test_a_folder_leads_to_its_page(answer):
    """Its name gets the slash from which the links of the page count; a folder without a page is no list."""
    got, _ = answer("/en?x=1")
    assert (got.status, got.headers["Location"]) == (301, "/en/")


def test_a_page_keeps_its_policy(answer, server):
    """What the report forbids stays forbidden, but for what the preview itself puts into a page, by its address."""
    _, body = answer("/")
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', body)[1])
    ours = f"http://{HOST}:{server.server_port}/.live/"
    assert policy == (
        f"default-src 'none'; img-src 'self' data:; style-src 'sha256-a=' {ours}; "
        f"script-src 'sha256-b=' 'sha256-c=' {ours}; connect-src {ours}"
    )


def test_a_page_without_a_policy_asks_no_other_host(answer, live):
    """Templates beside the spec may leave it out; all the same only the site is loaded, and no page frames it."""
    (live.site / "own.html").write_text("<p>own")
    got, _ = answer("/own.html")
    assert got.headers["Content-Security-Policy"].startswith("default-src 'self' 'unsafe-inline' data:; ")
    assert "frame-ancestors 'none'" in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_browser_is_told_of_a_build(ask, live):
    """The version is answered at once to who does not know it, else when a build has ended."""
    assert ask("/.live/version?after=") == (200, "0")
    threading.Timer(0.2, live.publish, (live.site,)).start()
    assert ask("/.live/version?after=0") == (200, "1")


def test_an_error_stands_on_the_page(ask, live):
    """The old page stays, with the message on top, escaped; the next good build takes it away."""
    live.publish(live.site, "report.yaml:1:1: <b> is wrong")
    body = ask("/")[1]
    assert "hello" in body
    assert "report.yaml:1:1: &lt;b&gt; is wrong" in body
    live.publish(live.site)
    assert "is wrong" not in ask("/")[1]


def test_warnings_stand_on_the_page(ask, live):
    """They are counted and can be folded away; an error goes before them and hides none."""
    live.publish(live.site, warnings=("data: <odd> (warning)", "model: odd too (warning)"))
    body = ask("/")[1]
    assert "<summary>⚠ 2</summary>data: &lt;odd&gt; (warning)\nmodel: odd too (warning)</details>" in body
    live.publish(live.site, "wrong", ("odd (warning)",), ("7 figures",))
    assert 'role="alert">wrong\nodd (warning)\n7 figures</div>' in ask("/")[1]


def test_what_a_good_build_said_can_be_opened(ask, live):
    """How often the model is right, how long it took: folded to a sign at the foot."""
    live.publish(live.site, news=("92.0% of 50 labelled images are predicted right", "site: 7 figures in 3.1 s"))
    assert '<details id="live" class="well"><summary>✓</summary>92.0% of 50' in ask("/")[1]


def test_without_a_site_the_error_is_all(ask, live, tmp_path):
    """A first build that fails shows its message instead of an empty folder."""
    live.publish(tmp_path / "none", "nothing to see")
    status, body = ask("/")
    assert (status, "nothing to see" in body, "/.live/reload.js" in body) == (200, True, True)
    assert ask("/figures/a.png")[0] == 404


def test_before_the_first_site_is_built_a_page_waits(ask, live, tmp_path):
    """Who opens it at once sees it when it is there."""
    live.site = tmp_path / "none"
    assert "/.live/reload.js" in ask("/")[1] and "for the first time" in ask("/")[1]


def test_without_its_body_a_request_is_answered_alike(answer):
    """HEAD has the headers of GET, and the same is refused."""
    for path in ("/", "/report.md", "/.live/version", "/.live/reload.js", "/nothing"):
        (one, _), (other, body) = answer(path), answer(path, "HEAD")
        assert (one.status, one.headers["Content-Length"]) == (other.status, other.headers["Content-Length"])
        assert not body
    assert answer("/", "HEAD", Host="evil.example")[0].status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "BREW"])
@pytest.mark.parametrize(
    "host", ["evil.example:18000", "", "127.0.0.1.evil.example", "localhost:1:2", "[::2]", "a@localhost"]
)
def test_only_local_names_are_answered(answer, host, method):
    """A foreign name that leads to this machine gets nothing, whatever it asks for."""
    got, body = answer("/report.md", method, Host=host)
    assert got.status == 403
    assert "plain" not in body


@pytest.mark.parametrize("host", ["localhost", "LocalHost:9000", "127.0.0.1", "[::1]:80"])
def test_every_local_name_is_answered(ask, host):
    """With whatever port: the preview may be seen through a tunnel."""
    assert ask("/report.md", Host=host) == (200, "# plain")


OUTSIDE = """/../secret.txt /%2e%2e/secret.txt /en/../../secret.txt /..%2fsecret.txt /link.txt /linked/secret.txt /ring
/pipe /a%00b /%ff /absent.txt /figures/ //etc/passwd /;/?#"""


@pytest.mark.parametrize("path", [*OUTSIDE.split(), "/" + 300 * "a"])
def test_nothing_outside_of_the_site_is_read(ask, live, path):
    """Not by its path and not by a link; what is no file is not opened."""
    (live.site / "link.txt").symlink_to(live.site.parent / "secret.txt")
    (live.site / "linked").symlink_to(live.site.parent)
    (live.site / "ring").symlink_to(live.site / "ring")
    (live.site / "figures").mkdir()
    os.mkfifo(live.site / "pipe")
    status, body = ask(path)
    assert status == 404
    assert "secret" not in body


def test_a_site_behind_a_link_and_links_within_are_served(ask, live, tmp_path):
    """Only what leads outside is refused."""
    (tmp_path / "there").symlink_to(live.site)
    (live.site / "again.md").symlink_to("report.md")
    live.publish(tmp_path / "there")
    assert ask("/again.md") == (200, "# plain")


LOCAL = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
NO_REQUESTS = {
    "nothing": b"",
    "no line": b"\r\n",
    "a word": b"GET",
    "no version": b"GET /\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\n\r\n",
    "encrypted": b"\x16\x03\x01",
    "of a proxy": LOCAL.replace(b"/ ", b"http://evil.example/ ") + b"\r\n",
    "two hosts": LOCAL + b"Host: evil.example\r\n\r\n",
    "a long line": b"GET /" + 70_000 * b"a" + b" HTTP/1.1\r\n\r\n",
    "a long header": LOCAL + b"X: " + 70_000 * b"a" + b"\r\n\r\n",
    "many headers": LOCAL + 200 * b"a: b\r\n" + b"\r\n",
    "no path": LOCAL.replace(b"/ ", b"* ") + b"\r\n",
}


@pytest.mark.parametrize("said", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_gets_no_page(speak, capfd, said):
    """An answer that says so, or none; never a page, never a traceback."""
    assert b"hello" not in speak(said)
    assert capfd.readouterr().err == ""


def test_a_page_that_is_closed_is_nothing_to_speak_of(server, live, capfd):
    """Its connection is gone while the answer is written."""
    (live.site / "large.bin").write_bytes(bytes(1 << 23))
    for _ in range(5):
        with socket.create_connection((HOST, server.server_port)) as connection:
            connection.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.recv(10)
    _until(lambda: not server.until)
    assert capfd.readouterr().err == ""


def test_a_defect_is_one_line(answer, monkeypatch, capfd):
    """Whatever is raised while answering: the connection ends, the terminal is told, no traceback."""
    monkeypatch.setattr(preview, "_within", lambda *_: 1 / 0)
    with pytest.raises(ConnectionError):
        answer("/")
    assert capfd.readouterr().err == "a request could not be answered: ZeroDivisionError: division by zero\n"


def test_who_is_slow_is_hung_up_on(server, monkeypatch):
    """A connection that says nothing, or a byte now and then, is over after a while."""
    monkeypatch.setattr(preview, "ASKING", 0.3)
    idle, slow = (socket.create_connection((HOST, server.server_port), timeout=10) for _ in range(2))
    with idle, slow:
        for _ in range(4):
            slow.send(b"G")
            time.sleep(0.1)
        assert idle.recv(1) == slow.recv(1) == b""
    _until(lambda: not server.until)


def test_nobody_takes_all_connections(server, ask, monkeypatch):
    """One more than there may be ends the oldest, be it one that waits for a build; a reader is answered at once."""
    monkeypatch.setattr(preview, "AT_ONCE", 8)
    before = threading.active_count()
    greedy = [socket.create_connection((HOST, server.server_port), timeout=10) for _ in range(40)]
    for connection in greedy:
        connection.sendall(b"GET /.live/version?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert ask("/report.md") == (200, "# plain")
    _until(lambda: threading.active_count() <= before + 8)
    for connection in greedy:
        connection.close()


def _until(true) -> None:
    """Waits for what threads do in their own time."""
    for _ in range(100):
        if true():
            return
        time.sleep(0.05)
    assert true()


def test_the_next_free_port_is_taken(live):
    """Two previews run side by side; when none is free, the option is named."""
    first, second = start(live, 18100), start(live, 18100)
    try:
        assert 18100 <= first.server_port < second.server_port
        with pytest.raises(InputError, match="none of 70000 to 70019 is free"):
            start(live, 70000)
    finally:
        for server in (first, second):
            server.shutdown()
            server.server_close()
