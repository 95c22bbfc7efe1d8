"""A sound file of each kind that a report reads, with the spec that reads it: what damage is done to."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

from benchmarks.faults.running import ROOT

DIGITS = ROOT / "examples" / "digits"
SIDE, CLASSES, ROWS = 8, 10, 40
PICTURES = {"png": {}, "jpg": {"quality": 95}, "gif": {}, "bmp": {}, "tif": {"compression": "tiff_lzw"}, "ppm": {}}
PICTURES |= {"webp": {"lossless": True}, "avif": {"quality": 90}, "jp2": {}}
SPEC = """\
version: 1
title: A sound report
languages: [en]
model: {{path: {model}, preprocess: {{scale: [0, 1]{prepared}}}}}
data: {data}
classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
evidence: false
{more}
questions:
  - id: q
    figures:
      - {{method: {method}}}
"""


@dataclass(frozen=True)
class Role:
    """A file that a spec reads: its name beside the spec, what it holds, what else lies there, and the spec."""

    name: str
    file: str
    content: bytes
    spec: str
    beside: tuple[tuple[str, bytes], ...] = ()
    opened: bool = False  # by the model's library, which takes its time

    def lay(self, folder: Path) -> Path:
        """Everything but the file itself, in a folder; the path of the spec."""
        for name, content in self.beside:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (folder / self.file).parent.mkdir(parents=True, exist_ok=True)
        spec = folder / "report.yaml"
        spec.write_text(self.spec, encoding="utf-8")
        return spec

    @property
    def named(self) -> bool:
        """Whether the spec names it, so that it cannot be left out."""
        return "in a folder" not in self.name and self.name not in ("words", "template")

    def words(self, folder: Path) -> list[str]:
        return [
            "check",
            *(["--model"] if self.opened else []),
            str(folder / "report.yaml"),
            "--cache",
            str(folder / "c"),
        ]


def roles() -> tuple[Role, ...]:
    """One of each."""
    return (*_tables(), *_arrays(), *_pictures(), *_models(), *_others())


def digits() -> tuple[np.ndarray, np.ndarray]:
    with np.load(DIGITS / "digits.npz") as stored:
        return stored["x"][:ROWS], stored["y"][:ROWS]


def _spec(
    data: str = "{source: npz, path: d.npz}",
    model: str = "m.keras",
    prepared: str = "",
    more: str = "",
    method: str = "saliency",
) -> str:
    return SPEC.format(data=data, model=model, prepared=prepared, more=more, method=method)


def _npz() -> tuple[str, bytes]:
    x, y = digits()
    held = io.BytesIO()
    np.savez_compressed(held, x=x, y=y)
    return "d.npz", held.getvalue()


def _npy(values: np.ndarray) -> bytes:
    held = io.BytesIO()
    np.save(held, values)
    return held.getvalue()


def _keras() -> tuple[str, bytes]:
    return "m.keras", (DIGITS / "digits_cnn.keras").read_bytes()


def _picture(row: int, suffix: str) -> bytes:
    held = io.BytesIO()
    kind = {"jpg": "JPEG", "tif": "TIFF", "jp2": "JPEG2000"}.get(suffix, suffix.upper())
    Image.fromarray(digits()[0][row]).resize((32, 32)).save(held, kind, **PICTURES[suffix])
    return held.getvalue()


def _tables() -> Iterator[Role]:
    x, y = digits()
    flat = x.reshape(len(x), -1)
    rows = [",".join(map(str, (label, *pixels))) for label, pixels in zip(y, flat, strict=True)]
    many = "\n".join([",".join(("label", *(f"pixel{n}" for n in range(SIDE * SIDE)))), *rows, ""])
    one = "\n".join(["label,pixels", *(f"{a},{' '.join(map(str, b))}" for a, b in zip(y, flat, strict=True)), ""])
    yield Role("csv of pixel columns", "t.csv", many.encode(), _spec("{source: csv, path: t.csv}"), (_keras(),))
    yield Role("csv of a pixel field", "t.csv", one.encode(), _spec("{source: csv, path: t.csv}"), (_keras(),))
    tabs = many.replace(",", "\t")
    yield Role("tsv in UTF-16", "t.tsv", tabs.encode("utf-16"), _spec("{source: csv, path: t.tsv}"), (_keras(),))
    files = "\n".join(["file,label", *(f"{n}.png,{y[n]}" for n in range(9)), ""])
    beside = (_keras(), *((f"p/{n}.png", _picture(n, "png")) for n in range(9)))
    yield Role("csv of files", "t.csv", files.encode(), _spec("{source: csv, path: t.csv, folder: p}"), beside)
    chosen = "\n".join(["y_true,y_pred", *(f"{label},{label}" for label in y), ""])
    spec = _spec(more="evaluation: e.csv", method="confusion_matrix")
    yield Role("evaluation", "e.csv", chosen.encode(), spec, (_keras(), _npz()))
    log = "\n".join(["epoch,loss,accuracy", *(f"{n},{1 / (n + 1)},{n / 9}" for n in range(9)), ""])
    curves = "training_curves, params: {path: h.csv}"
    yield Role("log of training", "h.csv", log.encode(), _spec(method=curves), (_keras(), _npz()))
    history = json.dumps({"loss": [1, 0.5, 0.2], "accuracy": [0.1, 0.4, 0.9]})
    told = _spec(method=curves.replace("csv", "json"))
    yield Role("log of training as JSON", "h.json", history.encode(), told, (_keras(), _npz()))


def _arrays() -> Iterator[Role]:
    x, y = digits()
    name, content = _npz()
    yield Role("npz", name, content, _spec(), (_keras(),))
    plain = io.BytesIO()
    np.savez(plain, x=x, y=y)
    yield Role("npz, not compressed", name, plain.getvalue(), _spec(), (_keras(),))
    spec = _spec("{source: npz, path: d.npy, columns: {label: y.npy}}")
    yield Role("npy", "d.npy", _npy(x), spec, (_keras(), ("y.npy", _npy(y))))
    yield Role("npy of labels", "y.npy", _npy(y), spec, (_keras(), ("d.npy", _npy(x))))
    mean = _npy(x.mean(axis=0).astype(np.float32))
    yield Role("npy of a mean", "mean.npy", mean, _spec(prepared=", mean: mean.npy"), (_keras(), _npz()))


def _pictures() -> Iterator[Role]:
    for suffix in PICTURES:
        others = tuple((f"p/{n}/{n}.{suffix}", _picture(n, suffix)) for n in range(2, CLASSES))
        spec = _spec("{source: folder, path: p}")
        yield Role(f"{suffix} in a folder", f"p/1/1.{suffix}", _picture(1, suffix), spec, (_keras(), *others))
    spec = _spec(method="picture, params: {path: own.png}")
    yield Role("picture of a figure", "own.png", _picture(1, "png"), spec, (_keras(), _npz()))


def _models() -> Iterator[Role]:
    name, content = _keras()
    yield Role("keras", name, content, _spec(), (_npz(),), opened=True)
    yield Role("Keras 2 file", "m.h5", keras_2(), _spec(model="m.h5"), (_npz(),), opened=True)
    yield Role("Keras 2 file of weights apart", "m.keras", keras_2(), _spec(), (_npz(),), opened=True)


def keras_2(name: str = "dense") -> bytes:
    """A network of one layer in a file as Keras 2.2 wrote it."""
    draw, held = np.random.default_rng(1), io.BytesIO()
    dense = {"name": name, "trainable": True, "units": CLASSES, "activation": "softmax", "use_bias": True}
    flatten = {"name": "flatten", "batch_input_shape": [None, SIDE, SIDE, 1], "dtype": "float32"}
    layers = [{"class_name": "Flatten", "config": flatten}, {"class_name": "Dense", "config": dense}]
    config = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    with h5py.File(held, "w") as file:
        file.attrs.update(keras_version="2.2.4", backend="tensorflow", model_config=json.dumps(config))
        group = file.create_group("model_weights")
        group.attrs.update(layer_names=[b"flatten", name.encode()], keras_version="2.2.4", backend="tensorflow")
        group.create_group("flatten").attrs["weight_names"] = np.zeros(0, "S1")
        weights = group.create_group(name)
        weights.attrs["weight_names"] = [f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()]
        weights[f"{name}/kernel:0"] = draw.normal(size=(SIDE * SIDE, CLASSES)).astype(np.float32)
        weights[f"{name}/bias:0"] = np.zeros(CLASSES, np.float32)
    return held.getvalue()


def _others() -> Iterator[Role]:
    words = (ROOT / "templates" / "words" / "en.yaml").read_bytes()
    spec = _spec().replace("languages: [en]", "languages: [fr]")
    yield Role("words", "templates/words/fr.yaml", words, spec, (_keras(), _npz()))
    page = next((ROOT / "templates").rglob("*.html"), None)
    if page is not None:
        name = page.relative_to(ROOT).as_posix()
        yield Role("template", name, page.read_bytes(), _spec(), (_keras(), _npz()))
    yield Role("spec", "report.yaml", _spec().encode(), _spec(), (_keras(), _npz()))
