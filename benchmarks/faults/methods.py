"""Methods that fail, in forty ways and at three places: the figure is marked, the rest is built, the exit is 1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.canaries import Canaries
from benchmarks.faults.running import Ended, ended, session_of, started
from benchmarks.faults.small import MANIFEST, small_report
from benchmarks.faults.tally import Fault, Tally

LIMITS = {
    ("endless", "for ever"): "limits: {seconds: 15}",
    ("fills", "deep"): "limits: {memory: 3 GB}",
}  # for these ways
PATIENCE = 150.0
WAYS = {  # what a method does, in Python
    "a value error": "raise ValueError('no')",
    "an attribute error": "None.nothing",
    "an assertion": "assert False",
    "a name error": "nothing_at_all",
    "an import error": "import nothing_at_all",
    "an OS error": "open('/nothing/at/all')",
    "a full disk": "raise OSError(28, 'No space left on device')",
    "a memory error": "raise MemoryError",
    "a key error": "{}['x']",
    "a division": "1 / 0",
    "a recursion": "f = lambda: f(); f()",
    "a deep recursion": "sys.setrecursionlimit(10**9); f = lambda x: [f(x) for _ in 'a']; f(1)",
    "a stop iteration": "raise StopIteration",
    "a generator exit": "raise GeneratorExit",
    "a base exception": "raise BaseException('strange')",
    "an exception group": "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])",
    "a keyboard interrupt": "raise KeyboardInterrupt",
    "a broken pipe": "raise BrokenPipeError(32, 'Broken pipe')",
    "a timeout": "raise TimeoutError",
    "a class that cannot be pickled": "raise type('Own', (Exception,), {'x': lambda: 0})('own')",
    "an exception without words": "raise type('Mute', (Exception,), {'__str__': lambda s: 1 / 0})()",
    "a long message": "raise ValueError('x' * 10**7)",
    "a hostile message": "raise ValueError('<script>alert(1)</script> $\\\\x$ #panic() \\x00 \\ud800 \\x1b[31m')",
    "sys.exit": "sys.exit()",
    "sys.exit(0)": "sys.exit(0)",
    "sys.exit with words": "sys.exit('bye')",
    "os._exit(0)": "os._exit(0)",
    "os._exit(3)": "os._exit(3)",
    "an abort": "os.abort()",
    "a segmentation fault": "ctypes.string_at(0)",
    "a bus error": "os.kill(os.getpid(), signal.SIGBUS)",
    "a kill": "os.kill(os.getpid(), signal.SIGKILL)",
    "a termination": "os.kill(os.getpid(), signal.SIGTERM); time.sleep(99)",
    "an arithmetic trap": "os.kill(os.getpid(), signal.SIGFPE)",
    "an endless loop": "exec('while True: pass')",
    "an endless sleep": "time.sleep(10**6)",
    "an endless native call": "ctypes.CDLL(None).sleep(10**6)",
    "signals that are ignored, for ever": "[signal.signal(s, signal.SIG_IGN) for s in (2, 15)]; time.sleep(10**6)",
    "a memory that fills": "[bytearray(2**28) for _ in range(10**5)]",
    "an array that fills memory": "[np.ones((2**27,)) for _ in range(10**5)]",
    "an array too large": "np.ones((10**7, 10**7))",
    "TensorFlow out of memory": "tf().zeros((10**6, 10**6)) + 1",
    "TensorFlow with a wrong shape": "tf().matmul(tf().zeros((2, 3)), tf().zeros((2, 3)))",
    "TensorFlow that aborts": "tf().debugging.assert_equal(1, 2)",
    "closed files": "os.closerange(0, 4096)",
    "another folder": "os.chdir('/'); raise ValueError('elsewhere')",
    "a thread that stays": "threading.Thread(target=time.sleep, args=(30,)).start(); raise ValueError('thread')",
    "a child that stays": "os.fork() or time.sleep(20); raise ValueError('child')",
    "an exit of a child": "os.fork() or sys.exit(0); raise ValueError('child')",
    "nothing": "return None",
    "a number": "return 7",
    "a wrong kind": "return Predictions(np.ones((1, 10), np.float32))",
    "maps of another number": "return Heatmaps(np.ones((7, 8, 8), np.float32), False, 'x', {})",
    "maps of another size": "return Heatmaps(np.ones((1, 80, 3), np.float32), False, 'x', {})",
    "maps of no axes": "return Heatmaps(np.float32(3), False, 'x', {})",
    "maps of letters": "return Heatmaps(np.full((1, 8, 8), 'a'), False, 'x', {})",
    "maps of objects": "return Heatmaps(np.full((1, 8, 8), None), False, 'x', {})",
    "maps of complex numbers": "return Heatmaps(np.full((1, 8, 8), 1j), False, 'x', {})",
    "maps that are a list": "return Heatmaps([[[1]]], False, 'x', {})",
    "facts that cannot be kept": "return Heatmaps(np.ones((1, 8, 8), np.float32), False, 'x', {'f': print})",
    "a generator": "return (x for x in 'ab')",
}
SURVIVED = ("closed files", "an exit of a child")  # where the figure may as well come out, or fail
FEW = ("a hostile message", "sys.exit(0)", "a segmentation fault", "maps of objects")
COUNT, SHORT = 3 * len(WAYS), len(FEW)
HEAD = """\
import ctypes, os, signal, sys, threading, time
import numpy as np
from generator.artefacts import Heatmaps, Predictions
from generator.methods import Request, method
from generator.text import bilingual


def tf():
    import tensorflow
    return tensorflow


def fail(*_, **__):
    {statement}


"""
PLUGIN = """\
calls = []


@method(kind="attribution", access="none", title=bilingual("Failing", "會失敗的"),
        summary=bilingual("It fails.", "它會失敗。"), paper="", passes=lambda params, images: images)
def failing(request: Request) -> Heatmaps:
    \"\"\"It fails.\"\"\"
    calls.append(1)
    ramp = np.arange(64, dtype=np.float32).reshape(1, 8, 8)
    made = np.repeat(ramp, len(request.batch), axis=0)
    return fail() if len(calls) > {sound} else Heatmaps(made, False, "ramp", {{}})
"""
BUILT_IN = """\
import generator.methods.occlusion as ours

for name in [name for name in vars(ours) if name.islower() and callable(getattr(ours, name))]:
    setattr(ours, name, fail)
"""
PLACES = {"a plugin": PLUGIN.format(sound=0), "a method of ours": BUILT_IN, "its evidence": PLUGIN.format(sound=1)}


@dataclass(frozen=True)
class Way:
    """How a method fails, and where."""

    name: str
    place: str

    @property
    def plugin(self) -> str:
        return HEAD.format(statement=WAYS[self.name]) + PLACES[self.place]

    @property
    def figure(self) -> str:
        return "occlusion" if self.place == "a method of ours" else "failing"


def campaign(count: int, folder: Path, canaries: Canaries, jobs: int, first: int = 0) -> Tally:
    """Every way once in a plugin, then those that raise or die in a method of ours, then in evidence of a plugin."""
    tally = Tally("methods")
    few = [(number, way) for number, way in enumerate(_ways()) if way.name in FEW and way.place == "a plugin"]
    for number, way in few if count == SHORT else list(enumerate(_ways()))[first : first + count]:
        again = f"python -m benchmarks.faults methods --count 1 --first {number}"
        tally.add(*_tried(folder / f"{number}", way, again))
    return tally


def _ways() -> Iterator[Way]:
    for place in PLACES:
        for name, statement in WAYS.items():
            if place == "a plugin" or not statement.startswith("return"):
                yield Way(name, place)


def _tried(place: Path, way: Way, again: str) -> tuple[str, tuple[Fault, ...]]:
    figures = f"      - {{id: wrong, method: {way.figure}, images: {{same_as: saliency}}}}"
    limit = next((limit for words, limit in LIMITS.items() if any(word in way.name for word in words)), "")
    spec = small_report(place, figures=figures, more=f"plugins: [own.py]\n{limit}", evidence="{images: 1}")
    (place / "own.py").write_text(way.plugin, encoding="utf-8")
    process = started([spec.name, "--formats", "html,md", "--trust-plugins", "-q"], place)
    done = ended(process, PATIENCE)
    case = f"{way.name} in {way.place}"
    faults = list(done.faults(case, again, (1,) if way.name not in SURVIVED else (0, 1), about=""))
    if not faults:
        faults = [Fault(kind, case, f"{said}: {done.said[-400:]}", again) for kind, said in _wrong(place, done, way)]
    if left := session_of(process.pid):
        faults.append(Fault("left running", case, str(left), again))
    return done.name, tuple(faults)


def _wrong(place: Path, done: Ended, way: Way) -> Iterator[tuple[str, str]]:
    """What the site lacks: the other figures, the mark with its reason in both languages."""
    site = place / "site"
    if not (site / MANIFEST).is_file():
        yield "site lost", "no site was built"
        return
    record = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    figures = {figure["id"]: figure for figure in record["figures"]}
    if not figures["saliency"]["files"] or not figures["confusion_matrix"]["files"]:
        yield "site mixed", "another figure is missing"
    if done.code == 1 and "wrong" not in done.said:
        yield "no words", "stderr does not name the figure"
    pages = [site / language / "index.html" for language in ("en", "zh-Hant")]
    marked = figures["wrong"].get("failure") or way.place == "its evidence"
    if done.code == 1 and not marked:
        yield "no words", "the manifest does not say why"
    if not all(page.is_file() and "fig-wrong" in page.read_text(encoding="utf-8") for page in pages):
        yield "no words", "a page is missing, or does not mark the figure"
