"""The folder of a case: a small spec with the mistake in it, and files of every kind."""

import io
import os
import shutil
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from tests import ROOT

SPEC: Mapping[str, Any] = {
    "title": "Report",
    "languages": ["en"],
    "model": {"path": "model.keras"},
    "data": {"source": "folder", "path": "pictures"},
    "classes": ["cat", "dog"],
}
DIGITS: Mapping[str, Any] = {
    **SPEC,
    "model": {"path": "model.keras", "preprocess": {"scale": [0, 1]}},
    "data": {"source": "npz", "path": "digits.npz"},
    "classes": list("0123456789"),
}  # a model that opens, with its pictures
QUESTION: Mapping[str, Any] = {"id": "q", "title": "Why", "figures": [{"method": "saliency"}], "answer": "Fine."}


def make(folder: Path, case: Mapping[str, Any]) -> None:
    """The spec and the files of a case, beside a model and two pictures."""
    shutil.copyfile(ROOT / "examples" / "digits" / "digits_cnn.keras", folder / "model.keras")
    for name in ("cat", "dog"):
        _write(folder / "pictures" / name / "1.png", {"picture": "np.arange(0, 256, 4, np.uint8).reshape(8, 8)"})
    if case.get("opens"):
        shutil.copyfile(ROOT / "examples" / "digits" / "digits.npz", folder / "digits.npz")
    for name, content in case.get("files", {}).items():
        _write(folder / name, content)
    if "report.yaml" not in case.get("files", {}):
        (folder / "report.yaml").write_text(text_of(case), encoding="utf-8")


def text_of(case: Mapping[str, Any]) -> str:
    """The spec, a key a line, so that a message's line is the mistake's."""
    if "text" in case:
        return str(case["text"])
    question = {**QUESTION, **case.get("question", {})}
    if "figure" in case:
        question["figures"] = [case["figure"]]
    given = {**(DIGITS if case.get("opens") else SPEC), **case.get("with", {})}
    lines = [f"{key}: {_flow(value)}" for key, value in given.items() if value is not None]
    figures = [f"      - {_flow(figure)}" for figure in question.pop("figures")]
    answer = ["    answer: |", *(f"      {line}" for line in question.pop("answer").splitlines())]
    asked = [f"    {key}: {_flow(value)}" for key, value in question.items()]
    return "\n".join([*lines, "questions:", "  -" + asked[0][3:], *asked[1:], "    figures:", *figures, *answer, ""])


def _flow(value: object) -> str:
    """A value on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True, sort_keys=False)
    return text.strip().removesuffix("...").strip()


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Mapping):
        ((kind, told),) = content.items()
        MAKERS[kind](path, told)
    else:
        path.write_text(str(content), encoding="utf-8")


def _value(expression: str) -> Any:
    """What an expression of a case gives; `keras` is imported where it is named."""
    names: dict[str, Any] = {"np": np, "io": io, "extended": _extended}
    if "keras" in expression:
        import keras

        keras.utils.clear_session()  # so that layers have the same names whatever was made before
        names["keras"] = keras
    return eval(expression, names)  # of this folder's own files


def _extended(name: str, *others: str, to: str = "examples/digits/digits_cnn.keras", flag: int = 0) -> bytes:
    """The bytes of an archive with more members in it, under a password where the flag says so."""
    archive = io.BytesIO((ROOT / to).read_bytes())
    with zipfile.ZipFile(archive, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice
        for one in (name, *others):
            file.writestr(one, "text")
        for info in file.infolist():
            info.flag_bits |= flag
    return archive.getvalue()


def _h5(path: Path, told: Mapping[str, Any]) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        for name, expression in told.items():
            if name.startswith("@"):
                file.attrs[name[1:]] = _value(expression)
            else:
                file[name] = _value(expression)


def _zip(path: Path, told: Mapping[str, object]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in told.items():
            _write(path.with_suffix(".part"), content)
            archive.write(path.with_suffix(".part"), name)
    path.with_suffix(".part").unlink()


def _keras(path: Path, expression: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Keras thinks of a model that was never built
        _value(expression).save(path)


MAKERS: Mapping[str, Callable[[Path, Any], object]] = {
    "bytes": lambda path, told: path.write_bytes(_value(told)),
    "copy": lambda path, told: shutil.copyfile(ROOT / told, path),
    "folder": lambda path, _: path.mkdir(exist_ok=True),
    "h5": _h5,
    "keras": _keras,
    "link": lambda path, told: path.symlink_to(told),
    "npy": lambda path, told: np.save(path, _value(told), allow_pickle=True),
    "npz": lambda path, told: np.savez(path, **{name: _value(one) for name, one in told.items()}),
    "picture": lambda path, told: Image.fromarray(_value(told)).save(path),
    "pipe": lambda path, _: os.mkfifo(path),
    "zip": _zip,
}
