"""One part of a figure on its way to a page: its artefact and pictures, and how large they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.artefacts import Kernels, LayerOutputs, Patterns
from generator.pages.alt_text import alt_text
from generator.pages.content import Image
from generator.pages.reader import Reader
from generator.pages.seen import Seen
from generator.results import Part, Picture, Role
from generator.show import ROW, Show
from generator.text import Text

CHART = 0.6  # CSS pixels to one of a chart's

Examples = Mapping[tuple[int, int], str]  # (label, prediction) -> anchor of a row that shows this confusion


@dataclass(frozen=True)
class Material:
    """One part of a figure with everything its body is made of; `pictures` are this part's in reading order."""

    figure: str
    number: int
    part: Part
    pictures: tuple[Picture, ...]
    show: Show
    notes: Mapping[str, Text]
    method: str
    reader: Reader
    examples: Examples
    heading: str = ""

    def image(self, picture: Picture, side: int = ROW) -> Image:
        """A picture with its words, shown about `side` wide, at a whole multiple of its own pixels."""
        seen = Seen(self.reader, self.part, self.method, picture.role, picture.row, picture.unit)
        shown = round(picture.width * CHART) if picture.role == "chart" else self._shown(picture, side)
        panel = self.reader.words(f"panel.{picture.role}") if picture.role != "veil" else ""
        return Image(picture.name, picture.width, picture.height, shown, alt_text(seen), picture.role, panel)

    def _shown(self, picture: Picture, side: int) -> int:
        native = _native_width(self.part, picture.role) or picture.width
        return native * max(1, round(side / native))

    def find(self, role: Role, row: int | None = None) -> Picture | None:
        """The first picture of a role, of a row where one is asked for."""
        return next((p for p in self.pictures if p.role == role and row in (None, p.row)), None)

    def found(self, role: Role, row: int | None = None, side: int = ROW) -> Image | None:
        picture = self.find(role, row)
        return self.image(picture, side) if picture else None


def _native_width(part: Part, role: Role) -> int:
    """How many pixels wide a picture is before it was enlarged; 0 where that means nothing."""
    artefact = part.artefact
    if isinstance(artefact, Patterns) and role == "pattern":
        return artefact.pattern.shape[2]
    if isinstance(artefact, LayerOutputs | Patterns) and role == "output" and artefact.output is not None:
        return artefact.output.shape[3]
    if isinstance(artefact, Kernels) and role == "output":
        return artefact.weight.shape[2]
    return 0 if role in ("sheet", "chart", "bar") else part.batch.images.shape[2]
