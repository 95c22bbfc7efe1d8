"""A site that a build has written, by whomever: its manifest, and the pictures that it names.

Sites of earlier builds keep less; what they lack is empty here, and said by the comparison.
"""

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from generator.compare.per_image import PerImage, of_counts, unpacked
from generator.errors import InputError
from generator.foreign import contents, parsed, within

MANIFEST = "manifest.json"
LARGEST, LARGEST_PICTURE = 200_000_000, 20_000_000  # bytes of a manifest, and of a picture that is shown
SIDE = 20_000  # pixels of a picture's side
PNG, HEADER = b"\x89PNG\r\n\x1a\n", 24
FIGURES = re.compile(r"figures/[^/\\\x00-\x1f]+\.png")
TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")  # of a language, which becomes the name of a file

Said = dict[str, str]  # a text by language
Tree = Mapping[str, Any]  # of JSON's types


class Recorded(BaseModel):
    """A part of a manifest; what it has beside is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class KeptFigure(Recorded):
    """How a figure is called."""

    id: str
    label: Said = {}
    title: Said = {}
    caption: Said = {}


class KeptQuestion(Recorded):
    """A question and what is answered, in every language."""

    id: str
    title: Said = {}
    answer: Said = {}
    figures: tuple[KeptFigure, ...] = ()


class Kept(Recorded):
    """What a manifest keeps for nothing but a comparison."""

    languages: tuple[Annotated[str, Field(pattern=f"^{TAG.pattern}$")], ...] = ()
    title: Said = {}
    classes: dict[str, Said] = {}
    regions: dict[str, Said] = {}
    questions: tuple[KeptQuestion, ...] = ()
    evaluation: dict[str, dict[str, Any]] = {}
    pictures: Said = {}  # what an image of the data shows, by its row


class SiteFigure(Recorded):
    """What a manifest says of a figure."""

    id: str
    method: str
    params: dict[str, Any] = {}
    files: tuple[str, ...] = ()
    alt: dict[str, Said] = {}
    images: tuple[dict[str, Any], ...] = ()
    numbers: dict[str, Any] = {}
    failure: str = ""


def _tree(value: object) -> object:
    """What is measured only sometimes is nothing at other times."""
    return value if isinstance(value, dict) else {}


SometimesTree = Annotated[dict[str, Any], BeforeValidator(_tree)]


class SiteRecord(Recorded):
    """A manifest."""

    generator: str
    versions: dict[str, Any]
    sha256: dict[str, Any]
    figures: tuple[SiteFigure, ...]
    seed: int | None = None
    region_effect: SometimesTree = {}
    agreement: SometimesTree = {}
    calibration: SometimesTree = {}
    files: Said | None = None
    kept: Kept | None = None


@dataclass(frozen=True)
class BuiltSite:
    """`name` is what messages call it; `read` gives a file of it, raises InputError where that may not be had."""

    name: str
    record: SiteRecord
    read: Callable[[str], bytes]

    @property
    def kept(self) -> Kept:
        return self.record.kept or Kept()

    @property
    def figures(self) -> Mapping[str, SiteFigure]:
        return {figure.id: figure for figure in self.record.figures}

    @property
    def called(self) -> Mapping[str, KeptFigure]:
        """How figures are called, where that was kept."""
        return {figure.id: figure for question in self.kept.questions for figure in question.figures}

    @property
    def languages(self) -> tuple[str, ...]:
        """Its languages, as they were kept or else as its pages are named; one at least."""
        pages = (re.fullmatch(rf"({TAG.pattern})/index\.html", name) for name in self.record.files or ())
        named = tuple(page[1] for page in pages if page and page[1] not in ("both", "diff"))
        return self.kept.languages or named or ("en",)

    @cached_property
    def evaluations(self) -> Mapping[str, PerImage]:
        """What its models say of each image, the first model's first; raises InputError for what nobody can unpack."""
        with parsed(InputError, f"{self.name}: kept.evaluation cannot be read"):
            return {name: unpacked(one) for name, one in self.kept.evaluation.items()}

    @property
    def counted(self) -> PerImage | None:
        """How often the first model took which class for which, where nothing was kept of single images."""
        matrix = next((one for one in self.record.figures if one.method == "confusion_matrix"), None)
        numbers = matrix.numbers if matrix else {}
        parts = numbers.get("parts")
        first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], dict) else numbers
        return of_counts(first.get("counts"))

    def picture(self, name: str) -> bytes:
        """A PNG of the site that a page may show; b'' for what is none, is not there or would be too large."""
        if not FIGURES.fullmatch(name):
            return b""
        try:
            data = self.read(name)
        except InputError:
            return b""
        sides = (int.from_bytes(data[place : place + 4]) for place in (HEADER - 8, HEADER - 4))
        whole = data.startswith(PNG) and len(data) > HEADER and all(0 < side <= SIDE for side in sides)
        return data if whole else b""


def site_in(folder: Path) -> BuiltSite:
    """The site in a folder; raises InputError where there is none."""
    if not (folder / MANIFEST).exists():
        what = f"holds no {MANIFEST} of a build" if folder.is_dir() else "no site is there"
        raise InputError(f"{folder}: {what}; name the folder of a site that was built before")
    path = folder / MANIFEST
    return site_of(str(folder), contents(path, InputError, most=LARGEST), partial(_file, folder))


def site_of(name: str, manifest: bytes, read: Callable[[str], bytes]) -> BuiltSite:
    """The site whose manifest this is; raises InputError where no build wrote it."""
    told = f"{Path(name) / MANIFEST}: is no manifest of a build"
    with parsed(InputError, told):
        tree = json.loads(manifest, parse_float=_finite, parse_constant=_finite)
    if isinstance(tree, dict) and "compares" in tree:
        raise InputError(f"{name}: is a comparison of two sites; name the sites themselves")
    try:
        return BuiltSite(name, SiteRecord.model_validate(tree), read)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{told} ({place}: {first['msg']})" if place else told) from error


def _finite(text: str) -> float:
    """A number of JSON, of which the other signs that Python reads are none."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"'{text:.20}' is no number of JSON")
    return value


def _file(folder: Path, name: str) -> bytes:
    """A file of a folder that no link leads out of."""
    path = folder / name
    if not within(os.path.realpath(path), os.path.realpath(folder)):
        raise InputError(f"{path}: a link that leads out of the site")
    return contents(path, InputError, most=LARGEST_PICTURE)
