"""A folder of pictures: which files are in it, of which class each is, and what is not read of it.

Files stand in the order of a file manager (`2.jpg` before `10.jpg`). Nothing is decoded before it is asked for.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from generator.data.decoding import HEIF, suffixes
from generator.data.labels import Meaning, Reading, allowed, cure, meaning_of, unknown
from generator.data.picture_files import PictureFiles
from generator.errors import DataError, suggestion
from generator.foreign import below
from generator.limits import USUAL, Limits
from generator.samples import UNLABELLED, ClassWords, Range, Samples

NUMBERED = re.compile(r"(\d{1,3})_\d+\.\w+$")  # <class index>_<n>; a date before the underscore has more digits
DIGITS = re.compile(r"(\d+)")
OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", "icon\r")  # that file managers leave
TRAINED_ON = ("train", "training")  # what people call it
PARTS = (*TRAINED_ON, "val", "valid", "validation", "test", "testing")
DEEP = 3  # levels below the folder that classes are looked for in
SHOWN = 3  # names that a message lists


def read_folder(
    path: Path,
    classes: Sequence[ClassWords],
    range: Range | None = None,
    reading: Reading | None = None,
    limits: Limits = USUAL,
) -> Samples:
    """The pictures under a folder; raises DataError where there are none or where a class is not known."""
    found = pictures_in(path, limits)
    if not found:
        left = left_out(path, limits)
        raise DataError(f"{path}: no pictures in this folder; read are {', '.join(suffixes())}{left and f'; {left}'}")
    names = sorted(found, key=_natural)
    label, questions = _labels(path, names, classes, reading)
    lines = [f"{name} {found[name].st_size} {found[name].st_mtime_ns}\n" for name in names]
    digest = hashlib.sha256(os.fsencode("".join(lines))).hexdigest()  # to read every byte takes seconds
    samples = PictureFiles(path, tuple(names), range, limits).samples(np.array(label, np.int64), path, digest)
    return replace(samples, questions=questions)


def pictures_in(folder: Path, limits: Limits = USUAL) -> Mapping[str, os.stat_result]:
    """Every picture below a folder, named within it with slashes; raises DataError for one that cannot be reached."""
    found = below(folder, DataError, limits)
    for name, why in found.strange.items():
        if name.lower().endswith(("/", *suffixes())) or not Path(name).suffix:  # a picture, or a folder of them
            raise DataError(f"{folder / name}: {why}; mend or remove it")
    return {name: facts for name, facts in found.files.items() if name.lower().endswith(suffixes())}


def left_out(path: Path, limits: Limits = USUAL) -> str:
    """What is not read of a folder, in words, or ''."""
    found = below(path, DataError, limits)
    unread = (name for name in (*found.files, *found.strange) if not name.lower().endswith(("/", *suffixes())))
    names = sorted((name for name in unread if name.split("/")[-1].lower() not in OF_THE_SYSTEM), key=_natural)
    kinds = Counter(Path(name).suffix.lower() or "without a suffix" for name in names)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    cure = "; the extra `heic` reads .heic and .heif" if any(kinds[suffix] for suffix in HEIF["HEIF"]) else ""
    files = f"{_left(names, 'file')} ({counted}), as no picture that can be read: {_listed(names)}{cure}"
    linked = sorted(found.links, key=_natural)
    once = f"{_left(linked, 'link')}, as links are followed within the folder and once: {_listed(linked)}"
    links = f"{once}; put what they lead to in their place"
    return "; ".join(([files] if names else []) + ([links] if linked else []))


def _left(names: Sequence[str], noun: str) -> str:
    return f"1 {noun} is left out" if len(names) == 1 else f"{len(names)} {noun}s are left out"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _natural(name: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """A key that sorts numbers by value and the rest without regard to case."""
    parts = DIGITS.split(name.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts), name


def _labels(
    path: Path, names: Sequence[str], classes: Sequence[ClassWords], reading: Reading | None
) -> tuple[list[int], tuple[str, ...]]:
    """The class of each file, and what is doubtful of them; a file beside the sub-folders of classes has none."""
    folders = {name.split("/")[0] for name in names if "/" in name}
    if not classes:
        return [UNLABELLED] * len(names), ()
    if folders:
        meaning = meaning_of(folders, classes, reading)
        known = {folder: _class_of_folder(path, folder, names, meaning, classes) for folder in sorted(folders)}
        questions = (*meaning.questions, *_parts_below(names))
        return [known.get(name.split("/")[0], UNLABELLED) for name in names], questions
    numbered = {name: match[1] for name in names if (match := NUMBERED.match(name))}
    if len(numbered) < len(names):
        return [UNLABELLED] * len(names), ()
    meaning = meaning_of(numbered.values(), classes, reading)
    for name, word in numbered.items():
        if meaning.number[word] is None:
            raise unknown(f"{path / name}", f"label {int(word)}", classes)
    return [meaning.number[word] or 0 for word in numbered.values()], meaning.questions


def _class_of_folder(
    path: Path, folder: str, names: Sequence[str], meaning: Meaning, classes: Sequence[ClassWords]
) -> int:
    label = meaning.number[folder]
    if label is None:
        near = suggestion(folder, tuple(word for known in classes for word in known))
        near = near if "mean" in near else f"; allowed: {allowed(classes)}{_loose(path, folder, names)}"
        mended = cure(folder, classes) or _deeper(path, names, classes) or near
        raise DataError(f"{path / folder}: no class has this name{mended}")
    return label


def _parts_below(names: Sequence[str]) -> tuple[str, ...]:
    """What is doubtful where the parts of a data set lie below its classes: all of them are read."""
    parts = sorted({part for name in names for part in name.split("/")[1:-1] if part.casefold() in PARTS})
    if len(parts) < 2:
        return ()
    return (
        f"the folders of the classes hold {' and '.join(parts)}, which are read together; to read one alone, put the "
        f"classes below it (as in {parts[0]}/{names[0].split('/')[0]}) and name it as `path`",
    )


def _loose(path: Path, folder: str, names: Sequence[str]) -> str:
    """The only folder there is, as a cure where no folder below it may be a class: its pictures have no labels."""
    alone = all(name.startswith(f"{folder}/") and name.count("/") == 1 for name in names)
    return f"; pictures without classes are read where they lie: say `path: …/{path.name}/{folder}`" if alone else ""


def _deeper(path: Path, names: Sequence[str], classes: Sequence[ClassWords]) -> str:
    """The folders further down whose folders are the classes, as a cure: train and test stand above them, say."""
    below: dict[str, set[str]] = {}
    for name in names:
        parts = name.split("/")[:-1]
        for depth in range(1, min(len(parts), DEEP + 1)):
            below.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    holding = [folder for folder, inner in below.items() if None not in meaning_of(inner, classes).number.values()]
    if not holding:
        return ""
    shown = " or ".join(f"`path: …/{path.name}/{folder}`" for folder in holding[:SHOWN])
    seen = next((folder for folder in holding if folder.split("/")[-1].casefold() in TRAINED_ON), "")
    beside = f"; `training: …/{path.name}/{seen}` beside it names what the model was trained on" if seen else ""
    return f"; the classes are folders further down: say {shown}{beside if len(holding) > 1 else ''}"
