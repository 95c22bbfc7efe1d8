"""The local server: pages that wait for the next build, errors on top of them, and no answer to strangers."""

import threading
from http.client import HTTPConnection

import pytest

from generator.build.live_site import HOST, Live, start
from generator.errors import InputError

PAGE = '<!doctype html><head><meta http-equiv="Content-Security-Policy" content="default-src"></head><p>hello</p>'


@pytest.fixture
def live(tmp_path):
    site = tmp_path / "site"
    (site / "en").mkdir(parents=True)
    (site / "index.html").write_text(PAGE)
    (site / "en/index.html").write_text(PAGE.replace("hello", "inner"))
    (site / "report.md").write_text("# plain")
    return Live(site)


@pytest.fixture
def ask(live):
    """Status and body of a path."""
    server = start(live, 18000)

    def asking(path: str, host: str = "") -> tuple[int, str]:
        connection = HTTPConnection(HOST, server.server_port, timeout=10)
        connection.request("GET", path, headers={"Host": host or f"{HOST}:{server.server_port}"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    yield asking
    server.shutdown()
    server.server_close()


def test_pages_wait_for_the_next_build(ask):
    """A page carries the waiting script, which its policy would forbid; other files are as they are."""
    for path, word in (("/", "hello"), ("/en/", "inner"), ("/en/index.html?x=1", "inner")):
        status, body = ask(path)
        assert status == 200
        assert word in body
        assert '<script src="/.live/reload.js"></script>' in body
        assert "Content-Security-Policy" not in body
    assert ask("/report.md") == (200, "# plain")
    assert ask("/nothing.html")[0] == 404
    assert "location.reload()" in ask("/.live/reload.js")[1]


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


def test_without_a_site_the_error_is_all(ask, live, tmp_path):
    """A first build that fails shows its message instead of an empty folder."""
    live.publish(tmp_path / "none", "nothing to see")
    status, body = ask("/")
    assert (status, "nothing to see" in body, "/.live/reload.js" in body) == (200, True, True)


@pytest.mark.parametrize("path", ["/", "/report.md", "/.live/version?after="])
def test_only_local_names_are_answered(ask, path):
    """A foreign name that leads to this machine gets nothing; nor does a path outside of the site."""
    assert ask(path, host="evil.example:18000")[0] == 403
    assert ask("/../secret.txt")[0] == 404


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
