"""Real builds whose methods do to their process what they like: the figure is marked, and the rest is built."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests import ROOT

PLUGIN = '''
import ctypes, os, signal, sys, threading, time
import numpy as np
from generator.artefacts import LayerTable
from generator.methods import method
from generator.text import bilingual

WAYS = {
    "fine": lambda: None,
    "raises": lambda: None.shape,
    "exits": lambda: sys.exit(0),
    "leaves": lambda: os._exit(0),
    "aborts": os.abort,
    "reads_nowhere": lambda: ctypes.string_at(0),
    "is_killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "is_ended": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "interrupts": lambda: signal.raise_signal(signal.SIGINT) or exec("raise KeyboardInterrupt"),
    "hangs": lambda: time.sleep(600),
    "fills": lambda: [np.ones(1 << 24) for _ in range(99)],
    "closes": lambda: os.close(2),
    "forks": os.fork,
    "mutes": lambda: setattr(sys, "stdout", None) or setattr(sys, "stderr", None),
    "leaves_a_thread": lambda: threading.Thread(target=time.sleep, args=(600,)).start(),
}

def add(name, way):
    def compute(request):
        """What it does to its process."""
        way()
        return LayerTable(("a",), ("b",), ((1,),), np.ones(1, np.int64), np.ones(1, np.int64), {})
    compute.__name__ = name
    method(kind="model", access="none", title=bilingual(name, name), summary=bilingual("", ""), paper="none",
           passes=lambda params, images: 0)(compute)

for one in WAYS.items():
    add(*one)
'''
SPEC = """\
title: {zh-Hant: 報告, en: Report}
languages: [zh-Hant, en]
model: {path: digits_cnn.keras}
data: {source: npz, path: digits.npz}
classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
plugins: [ways.py]
limits: {seconds: 8, memory: 1200 MB}
questions:
  - {id: q, title: Q, figures: [%s]}
"""
DIED = {
    "raises": "AttributeError: 'NoneType' object has no attribute 'shape'",
    "exits": "SystemExit: 0",
    "leaves": "its code ended the whole program (exit code 0)",
    "aborts": "the computation crashed (SIGABRT)",
    "reads_nowhere": "the computation crashed (SIGSEGV)",
    "is_killed": "the system ended the computation, most likely because memory ran out",
    "is_ended": "the computation crashed (SIGTERM)",
    "interrupts": "KeyboardInterrupt",
    "hangs": "it was not done after 8 seconds (limits: seconds in the spec allows more)",
    "fills": "it took more memory than 1.2 GB (limits: memory in the spec allows more)",
}
FINE = ("fine", "closes", "forks", "mutes", "leaves_a_thread")


def command(folder, ways, *options):
    """A build of these ways."""
    (folder / "ways.py").write_text(PLUGIN)
    for name in ("digits_cnn.keras", "digits.npz"):
        shutil.copy(ROOT / "examples" / "digits" / name, folder)
    figures = ", ".join(f"{{method: {way}}}" for way in ways)
    (folder / "report.yaml").write_text(SPEC % figures, encoding="utf-8")
    return [sys.executable, "-m", "generator", str(folder / "report.yaml"), "--trust-plugins", *options]


def test_whatever_a_method_does_ends_its_figure_alone(tmp_path):
    """Raises, exits, crashes, hangs, fills the memory: the reason stands in the report, in both languages; exit 1."""
    ways = command(tmp_path, [*DIED, *FINE], "--formats", "html,md")
    done = subprocess.run(ways, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    made = json.loads((tmp_path / "site" / "manifest.json").read_text())["figures"]
    assert {one["id"]: one["failure"] for one in made if "failure" in one} == DIED
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    english, chinese = ((tmp_path / "site" / f"report.{code}.md").read_text() for code in ("en", "zh-Hant"))
    assert "This figure could not be computed: the computation crashed (SIGSEGV)" in english
    assert "這張圖無法算出：計算途中當機（SIGSEGV）。" in chinese
    assert "Traceback" not in english


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_both_at_once(tmp_path, number, code):
    """Nothing of a site is left, and no process."""
    words = command(tmp_path, ["fine", "hangs"])
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("fine: ")
        begin = time.monotonic()
        process.send_signal(number)
        assert process.wait(20) == code
        assert time.monotonic() - begin < 2
        assert process.stderr.read() == "interrupted\n"
    assert not [path for path in tmp_path.iterdir() if "site" in path.name]


def test_a_killed_supervisor_takes_the_work_with_it(tmp_path):
    """The pipe that both hold is closed at once."""
    words = command(tmp_path, ["fine", "hangs"])
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.kill()
        begin = time.monotonic()
        process.stderr.read()
        assert time.monotonic() - begin < 2


def test_a_closed_pipe_does_not_end_a_build(tmp_path):
    """`2>&1 | true` has its site, and the code of the build."""
    reading, writing = os.pipe()
    os.close(reading)
    words = command(tmp_path, ["fine"], "--formats", "html")
    done = subprocess.run(words, cwd=ROOT, stdout=writing, stderr=writing, check=False)
    os.close(writing)
    assert done.returncode == 0
    assert (tmp_path / "site" / "index.html").is_file()
