"""While a report is written, every change of what it is made of is built and shown; strangers get no answer."""

import threading
from http.client import HTTPConnection
from pathlib import Path

import pytest

from generator.build import serve
from generator.build.serve import HOST, Live, start
from generator.build_options import BuildOptions
from generator.errors import InputError, ModelError
from tests.fixtures.spec_fixture import ANSWER, HEAD, written

GOOD = HEAD + ANSWER % "{{ fig('lime') }}"


@pytest.fixture
def built(monkeypatch) -> list[Path]:
    """The outputs that were asked to be built."""
    outputs: list[Path] = []
    monkeypatch.setattr(serve, "build", lambda report, options: outputs.append(report.output) or 0)
    monkeypatch.setattr(serve, "PAUSE", 0.01)
    return outputs


def test_a_spec_is_built_again_and_again(tmp_path, built, capsys):
    """Good, broken, good: the error is published and told, the watching goes on, the error goes away."""
    spec = written(tmp_path, GOOD)
    live = Live(tmp_path)
    watched, seen = serve.built(spec, BuildOptions(), live, (spec,))
    assert (live.version, live.error, live.site) == (1, "", tmp_path / "site")
    for number, text in enumerate([GOOD.replace("lime}", "lyme}"), "[", GOOD, GOOD + "\n"], 2):
        threading.Timer(0.05, spec.write_text, (text,)).start()
        serve.wait_for_change(watched, seen)
        watched, seen = serve.built(spec, BuildOptions(), live, watched)
        assert live.version == number
        assert bool(live.error) == (number < 4)
    assert len(built) == 3
    assert "unknown method 'lyme'" in capsys.readouterr().err


def test_a_model_that_cannot_be_opened_is_said_in_the_page(tmp_path, monkeypatch):
    """Whatever a build refuses, the preview shows it."""

    def refuse(*_: object) -> int:
        raise ModelError("no Keras model")

    monkeypatch.setattr(serve, "build", refuse)
    live = Live(tmp_path)
    serve.built(written(tmp_path, GOOD), BuildOptions(), live, ())
    assert live.error == "no Keras model"


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("model.keras", "later.keras", "later.keras"),
        ("regions:", "data: {source: folder, path: pictures}\nregions:", "pictures/1.png"),
        ("[zh-Hant, en]", "[en, de]", "templates/words/de.yaml"),
        ("regions:", "evaluation: said.csv\nregions:", "said.csv"),
    ],
)
def test_a_file_that_was_missing_is_waited_for(tmp_path, built, old, new, missing):
    """From the first build on: when it comes there is a new build, and the spec need not be touched."""
    spec = written(tmp_path, GOOD.replace(old, new))
    live = Live(tmp_path)
    watched, seen = serve.built(spec, BuildOptions(), live, (spec,))
    assert live.error

    def appear():
        (tmp_path / missing).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / missing).write_text("figure:\n  label: Bild {n}\n")

    threading.Timer(0.05, appear).start()
    serve.wait_for_change(watched, seen)
    serve.built(spec, BuildOptions(), live, watched)
    assert (live.version, live.error) == (2, "")


def test_a_change_during_a_build_is_not_missed(tmp_path, monkeypatch, built):
    """Files are compared with what they were before the build began."""
    spec = written(tmp_path, GOOD)
    monkeypatch.setattr(serve, "build", lambda *_: spec.write_text(GOOD + "# more\n"))
    watched, seen = serve.built(spec, BuildOptions(), Live(tmp_path), (spec,))
    serve.wait_for_change(watched, seen)


def test_everything_a_report_reads_is_watched(report_of_everything, any_input, built):
    """Every input of a build, wherever the spec names it."""
    spec = report_of_everything.source.file
    watched, seen = serve.built(spec, BuildOptions(trust_plugins=True), Live(spec.parent), (spec,))
    threading.Timer(0.05, any_input.write_text, (spec.read_text() + "# more\n",)).start()
    serve.wait_for_change(watched, seen)


def test_templates_that_appear_later_are_watched(tmp_path, built):
    """A report may get its own while it is served."""
    spec = written(tmp_path, GOOD)
    watched, seen = serve.built(spec, BuildOptions(), Live(tmp_path), (spec,))
    (tmp_path / "templates").mkdir()
    threading.Timer(0.05, (tmp_path / "templates" / "page.html").write_text, ("changed",)).start()
    serve.wait_for_change(watched, seen)


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
