"""A small spec that loads, whose parts a test replaces to see what is said."""

from pathlib import Path

from generator.build_options import BuildOptions
from generator.errors import GeneratorError
from generator.spec.loading import load
from generator.spec.report import Report

HEAD = """\
title: {zh-Hant: 報告, en: Report}
languages: [zh-Hant, en]
model: {path: model.keras}
classes: [angry, happy]
regions:
  eyes: {name: {zh-Hant: 眼睛, en: eyes}, box: [0.1, 0.2, 0.9, 0.5]}
questions:
"""

FIGURE = "  - id: q\n    figures:\n      - "
ANSWER = """\
  - id: q
    figures: [{method: lime}]
    answer:
      en: |
        Fine: {{ accuracy() }}.

        %s
      zh-Hant: 好
"""


def figure(text: str) -> str:
    """The small spec with one figure, whose first key stands on line 10, column 9."""
    return HEAD + FIGURE + text.replace("\n", "\n        ") + "\n"


def written(folder: Path, text: str) -> Path:
    """The text as report.yaml in a folder that has a model file."""
    (folder / "model.keras").touch()
    path = folder / "report.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str, **options) -> Report:
    return load(written(folder, text), BuildOptions(**options))


def said_about(folder: Path, text: str, **options) -> list[str]:
    """What is wrong with a spec, line by line, without the folder's name; [] where nothing is."""
    try:
        loaded(folder, text, **options)
    except GeneratorError as error:
        return str(error).replace(f"{folder}/", "").splitlines()
    return []
