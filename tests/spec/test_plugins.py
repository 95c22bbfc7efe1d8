"""Plugins of a spec: run where they are trusted, and what they do wrong told at their line."""

import pytest

from generator.methods import METHODS
from tests.fixtures.spec_fixture import HEAD, loaded, said_about


def test_a_plugin_that_fails_is_named(tmp_path):
    """A trusted plugin that cannot run, or that takes the name of a built-in method, is the author's mistake."""
    spec = HEAD.replace("regions:", "plugins: [mine.py]\nregions:") + "  - {id: q}\n"
    plugin = tmp_path / "mine.py"
    plugin.write_text("import generator.nothing_there\n")
    assert said_about(tmp_path, spec, trust_plugins=True) == [
        "report.yaml:5:11: plugins[0]: 'mine.py' fails: ModuleNotFoundError: No module named 'generator.nothing_there'"
    ]
    built_in = METHODS["saliency"]
    plugin.write_text("from generator.methods import *\nMETHODS['saliency'] = METHODS['lime']\n")
    assert said_about(tmp_path, spec, trust_plugins=True) == [
        "report.yaml:5:11: plugins[0]: 'mine.py' may not replace the method 'saliency'"
    ]
    assert METHODS["saliency"] is built_in


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("import sys; sys.exit('no GPU')", "SystemExit: no GPU"),
        ("open('/not/here')", "FileNotFoundError: [Errno 2] No such file or directory: '/not/here'"),
        ("{}['grey']", "KeyError: 'grey'"),
        ("raise RuntimeError", "RuntimeError"),
        ("assert False, 'old NumPy'", "AssertionError: old NumPy"),
        ("class Stop(BaseException): pass\nraise Stop('here')", "Stop: here"),
    ],
)
def test_whatever_a_plugin_raises_is_told_at_its_line(tmp_path, code, mistake):
    """Also where it would end the program, and the methods of ours are as they were."""
    spec = HEAD.replace("regions:", "plugins: [mine.py]\nregions:") + "  - {id: q}\n"
    built_in = METHODS["saliency"]
    (tmp_path / "mine.py").write_text(f"from generator.methods import METHODS\nMETHODS.pop('saliency')\n{code}\n")
    assert said_about(tmp_path, spec, trust_plugins=True) == [
        f"report.yaml:5:11: plugins[0]: 'mine.py' fails: {mistake}"
    ]
    assert METHODS["saliency"] is built_in


def test_who_breaks_off_a_plugin_breaks_off_the_program(tmp_path):
    """Ctrl-C is no mistake of the plugin's."""
    spec = HEAD.replace("regions:", "plugins: [mine.py]\nregions:") + "  - {id: q}\n"
    (tmp_path / "mine.py").write_text("raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        loaded(tmp_path, spec, trust_plugins=True)
