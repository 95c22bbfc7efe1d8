"""The panels of one explained image: the face, its map, the map over the face, the face masked by the map."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from generator.artefacts import Floats, Ints
from generator.drawing import colours
from generator.drawing.colours import Scale
from generator.drawing.inks import Pixels
from generator.results import Role
from generator.show import Mask


@dataclass(frozen=True)
class Explained:
    """A face in its own pixels with the values found for it; `least` is the magnitude that the mask keeps from.

    `scale` is None where the values are no result: then every panel but the face is striped.
    """

    face: Pixels
    values: Floats
    segments: Ints | None
    scale: Scale | None
    mask: Mask
    least: float
    boundaries: bool

    @property
    def times(self) -> int:
        return colours.multiple(*self.face.shape[:2])

    def panel(self, role: Role) -> Pixels:
        """The enlarged pixels of a panel."""
        if role == "image":
            return colours.enlarge(self.face, self.times)
        if self.scale is None:
            height, width = (side * self.times for side in self.face.shape[:2])
            return colours.no_result_veil(height, width) if role == "veil" else colours.no_result(height, width)
        return PANELS[role](self, self.scale)


def _map(image: Explained, scale: Scale) -> Pixels:
    return colours.enlarge(scale.paint(image.values), image.times)


def _veil(image: Explained, scale: Scale) -> Pixels:
    if image.segments is None:
        return colours.enlarge(colours.veil(image.values, scale), image.times)
    return colours.superpixels(image.values, image.segments, scale, image.times, image.boundaries)


def _overlay(image: Explained, scale: Scale) -> Pixels:
    return colours.over(image.panel("image"), _veil(image, scale))


def _masked(image: Explained, scale: Scale) -> Pixels:
    return colours.enlarge(colours.masked(image.face, image.values, image.least, image.mask.fill), image.times)


PANELS: Mapping[Role, Callable[[Explained, Scale], Pixels]] = MappingProxyType(
    {"map": _map, "veil": _veil, "overlay": _overlay, "masked": _masked}
)
