"""While a report is written, every change of what it is made of is built, however often and however wrong."""

import threading
from pathlib import Path

import pytest

from generator.build import serve
from generator.build.live_site import Live
from generator.build_options import BuildOptions
from generator.errors import ModelError
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


def test_a_change_during_a_build_is_not_missed(tmp_path, monkeypatch, built):
    """Files are compared with what they were before the build began."""
    spec = written(tmp_path, GOOD)
    monkeypatch.setattr(serve, "build", lambda *_: spec.write_text(GOOD + "# more\n"))
    watched, seen = serve.built(spec, BuildOptions(), Live(tmp_path), (spec,))
    serve.wait_for_change(watched, seen)


def test_everything_a_report_reads_is_watched(tmp_path, built):
    """The spec, the model, the evaluation, statistics by pixel, and templates that appear later."""
    for name in ("mean.npy", "e.csv"):
        (tmp_path / name).touch()
    text = GOOD.replace("model.keras}", "model.keras, preprocess: {mean: mean.npy}}\nevaluation: e.csv")
    spec = written(tmp_path, text)
    own = tmp_path / "templates"
    for changed in (tmp_path / "model.keras", tmp_path / "mean.npy", tmp_path / "e.csv", own / "page.html"):
        watched, seen = serve.built(spec, BuildOptions(), Live(tmp_path), (spec,))
        changed.parent.mkdir(exist_ok=True)
        threading.Timer(0.05, changed.write_text, ("changed",)).start()
        serve.wait_for_change(watched, seen)
