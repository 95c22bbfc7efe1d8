"""Large models: every method against the others, how the cost grows, and a whole report."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import ours, relative
from benchmarks.contestant import Contestant, Took
from benchmarks.subject import FEW, LARGE, SPEC, Effort, faces, fitted, large_model, photos, student_model
from benchmarks.watched import DRAWING, Build, built, said
from generator.data.resize import resize
from generator.samples import Frame

PICTURES, KNOWN = 2, 40  # explained; those that the model knows
GROWN = {"images": (7, 70, 700), "side": (48, 96, 192), "classes": (7, 70, 700)}
GROWING = ("saliency", "smoothgrad", "gradcam", "occlusion", "class_maximization", "confusion_matrix")
CLASSES, EACH, SHOWN = 20, 10, 4  # of the whole report: classes, pictures of each, rows of a figure
USUAL = Effort(50, 50, 1000, 64, CLASSES, 32, 200)  # what the report asks for where nothing is said
CLIMBED = {"class_maximization": 200, "filters": 60}  # steps
OF_IMAGES = (
    *("saliency", "smoothgrad", "integrated_gradients", "guided_backprop", "gradcam", "gradcam_plus_plus", "layercam"),
    *("scorecam", "guided_gradcam", "occlusion", "lime", "feature_maps", "embedding", "predictions"),
)
OTHERS = ("architecture", "class_maximization", "confusion_matrix", "filters", "kernels")


def methods(options: argparse.Namespace) -> None:
    """A row a method and model: seconds, passes, memory, and the share of the bare passes."""
    for name in options.models.split(","):
        with TemporaryDirectory() as folder:
            _of_model(name, Path(folder), options)


def _of_model(name: str, folder: Path, options: argparse.Namespace) -> None:
    side = LARGE[name]
    pictures = photos(KNOWN, (side, side))
    model = large_model(name, folder / "model.keras", _inputs(pictures), np.arange(KNOWN) % 11)
    np.savez(folder / "photos.npz", x=pictures)
    given = (model, folder / "photos.npz", PICTURES, FEW)
    others = {"tf-keras-vis, lime": "stock"} | ({"Xplique": "relative"} if relative.installed() else {})
    alone = Contestant("ours", given, options.clock)  # it holds more images than the rows
    bare = alone.bare()
    alone.close()
    both = {kind: Contestant(module, given, options.clock) for kind, module in {"ours": "ours", **others}.items()}
    there = {kind: one.names() for kind, one in both.items()}
    rates = f"bare passes {bare.forward:.1f} forward/s, {bare.gradient:.1f} ∇/s"
    print(f"### {name}, {side}×{side}: {PICTURES} images; {rates}\n")
    print(f"| method | {' | '.join(both)} | ours again | passes | bare / ours again | peak memory |")
    print("| --- |" + " ---: |" * (len(both) + 4), flush=True)
    for row in (one for one in ours.NAMES if one in (options.methods or one).split(",")):
        took = {kind: both[kind].row(row) for kind in both if row in there[kind]}
        again = both["ours"].row(row)
        shown = [*(_seconds(took.get(kind)) for kind in both), _seconds(again), said(again.passes)]
        shown.append(f"{bare.seconds(row, again.passes) / again.seconds:.0%}")
        shown.append(" / ".join(f"{took[kind].peak / 1e9:.2f}" if kind in took else "–" for kind in both) + " GB")
        print(f"| {row} | {' | '.join(shown)} |", flush=True)
        for kind, failed in ((kind, one.error) for kind, one in took.items() if one.error):
            print(f"<!-- {kind}: {failed} -->")
    print(flush=True)
    for one in both.values():
        one.close()


def _seconds(took: Took | None) -> str:
    return "–" if took is None else f"{took.seconds:.2f} s"


def _inputs(pictures: np.ndarray) -> np.ndarray:
    return pictures.astype(np.float32) / 255


def growth(options: argparse.Namespace) -> None:
    """Whole builds of a small model, one number at a time larger."""
    print("### How a build grows\n\n| | seconds | of it figures | evidence | drawing, pages | passes | peak memory |")
    print("| --- " + "| ---: " * 6 + "|", flush=True)
    usual = {name: values[0] for name, values in GROWN.items()}
    cases = [usual] + [{**usual, name: value} for name, values in GROWN.items() for value in values[1:]]
    for case in cases:
        with TemporaryDirectory() as folder:
            build = built([str(_grown(Path(folder), **case)), "--formats", "html"], Path(folder), options.clock)
        print(f"| {', '.join(f'{name} {value}' for name, value in case.items())} | {_parts(build)} |", flush=True)
    print(flush=True)


def _grown(folder: Path, images: int, side: int, classes: int) -> Path:
    """A report on faces, of which the model knows the classes by heart."""
    import keras

    known = faces(None, max(images, classes, 70), (side, side, 1))
    label = np.arange(len(known)) % classes
    path = student_model(folder / "model.keras", side, classes)
    model = keras.models.load_model(path)
    fitted(keras.Model(model.inputs, model.outputs), known, label)
    model.save(path)
    np.savez(folder / "faces.npz", x=np.rint(known[..., 0] * 255).astype(np.uint8), y=label)
    chosen = f"images: {{index: [{', '.join(map(str, range(images)))}]}}"
    lines = [f"{{method: {name}{f', {chosen}' if name in ours.NAMES[:8] else ''}}}" for name in GROWING]
    return _spec(folder, "source: npz, path: faces.npz", classes, lines)


def _spec(folder: Path, data: str, classes: int, figures: list[str]) -> Path:
    lines = "\n".join(f"      - {figure}" for figure in figures)
    ids = ", ".join(f"c{number:03d}" for number in range(classes))
    text = SPEC.format(evidence="true", model="model.keras", data=data, classes=ids, figures=lines)
    (folder / "report.yaml").write_text(text, encoding="utf-8")
    return folder / "report.yaml"


def _parts(build: Build) -> str:
    """The columns of a build."""
    seconds = [build.seconds, build.of("figure"), build.of("evidence"), build.of(DRAWING) + build.of("form")]
    told = [f"{value:.1f} s" for value in seconds]
    return " | ".join([*told, said(build.passes), f"{build.peak / 1e9:.2f} GB"])


def whole(options: argparse.Namespace) -> None:
    """A report of all methods on a large model, against the same figures by the others."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        spec = material(folder)
        where = ["--cache", str(folder / "cache"), "--output", str(folder / "site")]
        build = built([str(spec), *where], folder, options.clock)
        print(f"### A whole report, MobileNetV2, {CLASSES} classes, {CLASSES * EACH} photographs\n")
        print("| part | seconds | passes |\n| --- | ---: | ---: |")
        for part, took in build.parts.items():
            print(f"| {part} | {took.seconds:.1f} s | {said(took.passes)} |")
        print(f"| **all** | {build.seconds:.1f} s | {said(build.passes)} |\n")
        sizes = ", ".join(f"{one} {_bytes(folder / one) / 1e6:.1f} MB" for one in ("cache", "site"))
        print(f"peak memory {build.peak / 1e9:.2f} GB, {sizes}", end="")
        spec.write_text(spec.read_text(encoding="utf-8").replace("title: All", "title: Everything"), encoding="utf-8")
        print(f"; with other words {built([str(spec), *where], folder, options.clock).seconds:.1f} s\n", flush=True)
        _against(build, folder, options)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def material(folder: Path) -> Path:
    """The photographs as JPEGs in a folder a class, the model, which knows them as a report reads them, the report."""
    from PIL import Image

    read = []
    for number, picture in enumerate(photos(CLASSES * EACH)):
        file = folder / "photos" / f"c{number // EACH:03d}" / f"{number % EACH:03d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(file, quality=90)
        read.append(np.asarray(Image.open(file)))
    side = LARGE["MobileNetV2"]
    small = resize(read, Frame((side, side, 3)))
    large_model("MobileNetV2", folder / "model.keras", small, np.arange(len(small)) // EACH)
    np.savez(folder / "photos.npz", x=np.rint(255 * small[: SHOWN * EACH : EACH]).astype(np.uint8))
    named = ", ".join(f"c{number:03d}" for number in range(SHOWN))
    lines = [
        f"{{id: {name}, method: {name}, images: {{classes: [{named}]{', per_class: 2' * (name == 'embedding')}}}}}"
        for name in OF_IMAGES
    ]
    return _spec(folder, "source: folder, path: photos", CLASSES, lines + [f"{{id: {n}, method: {n}}}" for n in OTHERS])


def _against(build: Build, folder: Path, options: argparse.Namespace) -> None:
    """The figures that tf-keras-vis and lime have; the slow ones from their first samples and steps."""
    stock = Contestant("stock", (folder / "model.keras", folder / "photos.npz", SHOWN, USUAL), options.clock)
    print("| figure | ours | tf-keras-vis, lime | ratio | peak memory |\n| --- " + "| ---: " * 4 + "|")
    totals = np.zeros(2)
    for name in (one for one in stock.names() if f"figure {one}" in build.parts):
        mine, (theirs, peak) = build.parts[f"figure {name}"].seconds, _scaled(stock, name)
        totals += mine, theirs
        print(f"| {name} | {mine:.1f} s | {theirs:.1f} s | {theirs / mine:.1f} × | {peak / 1e9:.2f} GB |", flush=True)
    for told, mine in (("**these figures**", totals[0]), ("**all 19 figures, evidence, pages**", build.seconds)):
        print(f"| {told} | {mine:.1f} s | {totals[1]:.1f} s | {totals[1] / mine:.1f} × | |")
    print(flush=True)
    stock.close()


def _scaled(stock: Contestant, name: str) -> tuple[float, float]:
    """Seconds and peak of a whole row; of LIME and the climbs along the line through a fraction and a longer one."""
    parts = {"lime": ("lime", 50, 150, SHOWN * 1000, 1)}
    parts |= {n: ("steps", 5, 15, steps * (CLASSES if n != "filters" else 32), None) for n, steps in CLIMBED.items()}
    if name not in parts:
        took = stock.row(name)
        return took.seconds, took.peak
    key, few, more, all_, images = parts[name]
    one = replace(USUAL, classes=1, filters=1)
    efforts = [replace(one, **{key: count}) for count in (few, few, more)]  # the first warms up
    _, short, long = (stock.row(name, effort, images) for effort in efforts)
    each = (long.seconds - short.seconds) / (more - few)
    return short.seconds + each * (all_ - few), long.peak
