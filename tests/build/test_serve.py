"""While a report is written, every change of what it is made of is built and shown, whatever a build does."""

import threading
from pathlib import Path

import pytest

from generator.build import serve
from generator.build.serve import Live
from generator.build_options import BuildOptions
from generator.errors import ModelError
from generator.steps import WATCH, DiedError
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


@pytest.mark.parametrize("raised", [AttributeError("no such thing"), MemoryError(), SystemExit(3), OSError(28, "full")])
def test_whatever_a_build_raises_is_said(tmp_path, monkeypatch, capsys, raised):
    """A plugin or a template may raise anything; the preview says what, without a traceback, and goes on."""

    def fail(*_: object) -> int:
        raise raised

    monkeypatch.setattr(serve, "build", fail)
    live, spec = Live(tmp_path), written(tmp_path, GOOD)
    assert spec in serve.built(spec, BuildOptions(), live, ())[0]
    assert type(raised).__name__ in live.error
    assert "Traceback" not in capsys.readouterr().err


def test_a_name_that_no_file_can_have_is_waited_for_in_vain(tmp_path, built):
    """It is a mistake of the spec like others."""
    spec = written(tmp_path, GOOD.replace("model.keras", '"a\\0b"'))
    live = Live(tmp_path)
    serve.built(spec, BuildOptions(), live, ())
    assert "report.yaml" in live.error


@pytest.mark.parametrize("deaths", [{}, {("figure", "lime"): DiedError("killed", {})}])
def test_all_that_a_build_says_stands_in_the_page(tmp_path, monkeypatch, capsys, deaths):
    """What it doubts, could not compute, or has to tell; also where a command that died was started anew."""

    def say(*_: object) -> int:
        WATCH.say("92.0% of 50 labelled images are predicted right", doubt=False)
        WATCH.say("the evidence is lacking: no memory", doubt=True)
        return 1

    monkeypatch.setattr(serve, "build", say)
    monkeypatch.setattr(WATCH, "deaths", deaths)
    live = Live(tmp_path)
    for _ in range(2):  # what an earlier build said is over
        serve.built(
            written(tmp_path, GOOD.replace("{zh-Hant: 眼睛, en: eyes}", "{en: eyes}")), BuildOptions(), live, ()
        )
    missing, lacking = live.warnings
    assert "zh-Hant" in missing
    assert lacking == "the evidence is lacking: no memory"
    assert live.news == ("92.0% of 50 labelled images are predicted right",)
    assert not live.error
    printed = capsys.readouterr().err
    assert lacking in printed and live.news[0] in printed
    assert (missing in printed) == (not deaths)  # it was said before


def test_an_error_hides_no_warning(tmp_path, monkeypatch):
    """What was said before a build came to its end is said."""

    def refuse(*_: object) -> int:
        raise ModelError("no Keras model")

    monkeypatch.setattr(serve, "build", refuse)
    live = Live(tmp_path)
    serve.built(written(tmp_path, GOOD.replace("{zh-Hant: 眼睛, en: eyes}", "{en: eyes}")), BuildOptions(), live, ())
    assert live.error == "no Keras model"
    assert "zh-Hant" in live.warnings[0]
