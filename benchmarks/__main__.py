"""One command: ours, the stock libraries as people call them, and Xplique, on the same model and faces.

`python -m benchmarks` takes some minutes. Contestants alternate within each row, so that a busy machine slows
both; the first round holds imports of their own and tracing, the next ones do not.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks import large, ours, relative, stock
from benchmarks.bare import Bare, measured
from benchmarks.contestant import CLOCKS, Clock, Took, timed
from benchmarks.subject import LARGE, SPEC, Subject, student_model, subject
from benchmarks.watched import said

ROOT = Path(__file__).resolve().parent.parent
Calls = Mapping[str, Callable[[], object]]
How = tuple[Bare, argparse.Namespace, Clock]
FACES, BATCH, LIME_BATCH, STREAMED = 7, 256, 16, 1000
SMALL, LARGE_ONES = ("student", "batch", "stability", "stream", "whole"), ("large", "growth", "whole-large")
LEADING = 5  # superpixels that have to come again


def main() -> None:
    """Every table that was asked for."""
    options = _options()
    warnings.simplefilter("ignore")
    tables = options.tables.split(",")
    print(f"{_machine()}; {options.clock} clock\n", flush=True)
    for name, table in {"large": large.methods, "growth": large.growth, "whole-large": large.whole}.items():
        if name in tables:
            table(options)
    if set(tables) & set(SMALL):
        with tempfile.TemporaryDirectory() as folder:
            _small(options, Path(folder), tables)


def _small(options: argparse.Namespace, folder: Path, tables: list[str]) -> None:
    """The tables of a small model, and of one that is given."""
    model = options.model or student_model(folder / "student.keras")
    given, clock = subject(model, options.npz, options.images), CLOCKS[options.clock]
    bare = measured(given, clock)
    print(f"model: {given.keras.count_params():,} parameters, input {given.classifier.input_shape}")
    print(f"bare passes: {bare.forward:.0f} forward/s, {bare.gradient:.0f} input gradients/s\n")
    if "student" in tables:
        few = given.first(FACES)
        theirs = {name: stock.rows(few)[name] for name in stock.SCRIPT}
        _table("tf-keras-vis, lime", few, (ours.rows(few), theirs), (bare, options, clock))
    if "batch" in tables and relative.installed():
        _batch(given, (bare, options, clock))
    if "stability" in tables:
        _stability(given.first(options.images if options.images < BATCH else LIME_BATCH), clock)
    if "stream" in tables:
        _stream(subject(model, options.npz, STREAMED), bare, clock)
    if "whole" in tables:
        _whole(given, folder, clock)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a Keras model (default: a Sequential CNN of 1.26 M parameters)")
    parser.add_argument("--npz", type=Path, help="faces: x (N, H, W[, C]) (default: scikit-image's)")
    parser.add_argument("--images", type=int, default=BATCH, help=f"faces of the table `batch` (default: {BATCH})")
    parser.add_argument("--methods", help="only these rows, as in `lime,filters` (default: all)")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of each row (default: 2)")
    parser.add_argument(
        "--clock", choices=tuple(CLOCKS), default="wall", help="cpu: on a machine that others use too (default: wall)"
    )
    parser.add_argument("--tables", default=",".join(SMALL), help=f"which of {', '.join((*SMALL, *LARGE_ONES))}")
    parser.add_argument("--models", default=",".join(LARGE), help="of the table `large` (default: %(default)s)")
    return parser.parse_args()


def _machine() -> str:
    libraries = ("tensorflow", "keras", "tf-keras-vis", "lime", *(("xplique",) if relative.installed() else ()))
    named = ", ".join(f"{name} {version(name)}" for name in libraries)
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {named}"


def _batch(given: Subject, how: How) -> None:
    """Many images at once against Xplique; LIME on fewer."""
    few = given.first(LIME_BATCH)
    for part, names in ((given, ("saliency", "smoothgrad", "gradcam", "guided_backprop")), (few, ("lime",))):
        both = tuple({name: calls[name] for name in names} for calls in (ours.rows(part), relative.rows(part)))
        _table("Xplique", part, (both[0], both[1]), how)


def _stability(given: Subject, clock: Clock) -> None:
    """LIME with as many samples as it takes against a thousand: seconds, and what comes again of the strongest."""
    free = replace(given, effort=replace(given.effort, lime=None))
    asked = {"ours": (ours, free), "ours, 1000": (ours, given), "lime, 1000": (stock, given)}
    asked |= {"Xplique, 1000": (relative, given)} if relative.installed() else {}
    print(f"### LIME of {len(given.images)} images, two runs with random numbers of their own\n")
    print(f"| | seconds of a run | passes | of the {LEADING} strongest superpixels come again |")
    print("| --- " + "| ---: " * 3 + "|")
    for name, (module, of) in asked.items():
        runs = [timed(lambda seed=seed: module.lime(of, seed), of, clock) for seed in range(2)]  # noqa: B023
        again = [_come_again(*one) for one in zip(*(_strengths(*run.answer) for run in runs), strict=True)]
        seconds, spread = min(run.seconds for run in runs), 2 * np.std(again, ddof=1) / len(again) ** 0.5
        told = f"{seconds:.1f} s | {said(runs[-1].passes)} | {np.mean(again):.2f} ± {spread:.2f}"
        print(f"| {name} | {told} |", flush=True)
    print(flush=True)


def _strengths(segments: np.ndarray, weights: np.ndarray) -> list[np.ndarray]:
    """Of each image the mean weight of every superpixel, whatever its sign."""
    sums = [np.bincount(s.ravel(), w.ravel()) / np.bincount(s.ravel()) for s, w in zip(segments, weights, strict=True)]
    return [np.abs(one) for one in sums]


def _come_again(one: np.ndarray, other: np.ndarray) -> float:
    first, second = (set(np.argsort(-strength)[:LEADING].tolist()) for strength in (one, other))
    return len(first & second) / LEADING


def _table(other: str, given: Subject, both: tuple[Calls, Calls], how: How) -> None:
    """A row a method: first and later seconds of both, their ratios, passes, and the share of the bare passes."""
    (mine, theirs), (bare, options, clock), images = both, how, len(given.images)
    wanted = [name for name in theirs if name in mine and name in (options.methods or name).split(",")]
    if not wanted:
        return
    print(f"### {images} images against {other}\n")
    print("| method | ours first | again | theirs first | again | ratio first | again | passes | bare / ours again |")
    print("| --- " + "| ---: " * 8 + "|")
    totals = np.zeros(4)
    for name in wanted:
        rounds = [[timed(call, given, clock) for call in (mine[name], theirs[name])] for _ in range(options.rounds)]
        for took in rounds[0]:
            if took.error:
                print(f"<!-- {took.error} -->")
        seconds, passes = _first_and_again(rounds), rounds[-1][0].passes
        totals += seconds
        _row(name, seconds, said(passes), f"{bare.seconds(name, passes) / seconds[1]:.0%}")
    _row("**all**", totals, "", "")
    print(flush=True)


def _first_and_again(rounds: list[list[Took]]) -> np.ndarray:
    """Seconds of ours first and again, theirs first and again; the best of the later rounds."""
    taken = np.array([[took.seconds for took in both] for both in rounds])
    later = taken[1:] if len(taken) > 1 else taken
    return np.array([taken[0, 0], later[:, 0].min(), taken[0, 1], later[:, 1].min()])


def _row(name: str, seconds: np.ndarray, passes: str, share: str) -> None:
    first, again, other_first, other_again = seconds
    numbers = " | ".join(f"{value:.2f} s" for value in seconds)
    print(f"| {name} | {numbers} | {other_first / first:.1f} × | {other_again / again:.1f} × | {passes} | {share} |")


def _whole(given: Subject, folder: Path, clock: Clock) -> None:
    """A report against a script with the same figures, both from the shell's prompt: imports, drawing, pages."""
    npz, site = folder / "faces.npz", folder / "site"
    levels = np.rint(given.images[:FACES] * 255).astype(np.uint8)
    np.savez(npz, x=levels[..., 0] if levels.shape[-1] == 1 else levels)
    spec = folder / "report.yaml"
    spec.write_text(_spec(given, npz), encoding="utf-8")
    build = [sys.executable, "-m", "generator", str(spec), "--no-cache", "--formats", "html", "--output", str(site)]
    script = [sys.executable, "-m", "benchmarks.stock", str(given.path), str(npz), str(folder)]
    imports = [[sys.executable, "-c", f"import {module}"] for module in (ours.IMPORTS, stock.IMPORTS)]
    whole = np.array([_process(command, clock) for command in (build, script)])
    imported = np.array([_process(command, clock) for command in imports])
    print("### From the prompt to done, the same figures\n")
    print("| | ours | stock script | ratio |\n| --- | ---: | ---: | ---: |")
    for name, (mine, theirs) in (("everything", whole), ("without the imports", whole - imported)):
        print(f"| {name} | {mine:.1f} s | {theirs:.1f} s | {theirs / mine:.1f} × |", flush=True)
    print(flush=True)


def _stream(given: Subject, bare: Bare, clock: Clock) -> None:
    """Many images through one method: how near it comes to the bare passes, and what memory it takes."""
    images = len(given.images)
    print(f"### {images} images in a row\n\n| method | seconds | images/s | bare / ours | peak memory |")
    print("| --- " + "| ---: " * 4 + "|")
    calls = ours.rows(given)
    for name in ("saliency", "gradcam", "smoothgrad"):
        calls[name]()  # traced before
        took = timed(calls[name], given, clock)
        share, rate = bare.seconds(name, took.passes) / took.seconds, images / took.seconds
        print(f"| {name} | {took.seconds:.1f} s | {rate:.0f} | {share:.0%} | {took.peak / 1e9:.2f} GB |", flush=True)
    print(flush=True)


def _spec(given: Subject, npz: Path) -> str:
    chosen = "images: {index: [" + ", ".join(map(str, range(FACES))) + "]}, target: predicted"
    params = {
        "smoothgrad": "{samples: 20}",
        "lime": "{num_samples: 1000, hide: superpixel, segmentation: {n_segments: 100, compactness: 10, sigma: 0}}",
    }
    names = ("saliency", "smoothgrad", "gradcam", "guided_gradcam", "lime")
    lines = [f"      - {{method: {name}, {chosen}, params: {params.get(name, '{}')}}}" for name in names]
    lines.append(f"      - {{method: filters, params: {{layer: {given.convolution}, filters: 32, steps: 100}}}}")
    classes = ", ".join(f"{{id: c{k}}}" for k in range(given.classifier.n_classes))
    data, figures = f"source: npz, path: {npz}", "\n".join(lines)
    path = given.path.resolve()
    return SPEC.format(evidence="false", model=path, data=data, classes=classes, figures=figures)


def _process(command: list[str], clock: Clock) -> float:
    """Seconds of a command; its libraries' bytecode is kept as it is on anybody's machine."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    begin = clock()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"<!-- {command[2]} ended with {done.returncode}: {done.stderr[-400:]} -->")
    return clock() - begin


if __name__ == "__main__":
    main()
