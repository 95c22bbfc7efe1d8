"""How a computed figure is drawn: the `show:` of report.yaml, which never computes anything anew."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Panel = Literal["image", "map", "overlay", "masked"]
ScaleRule = Literal["own", "max", "figure", "image"]
Layout = Literal["rows", "grid"]
Weak = Annotated[float, Field(ge=0, le=1)] | Literal["mean", "deviation"]

WEAK = 0.1  # below this share of the figure's strongest a map is weak, and so is a pixel where nothing else is said
FACE = 48  # pixels along a side of a picture in which an overlay is smoothed by one
ROW, TILE = 144, 96  # about the side of a picture on a page: beside its label, and in a grid


class Mask(BaseModel):
    """The part of a picture where its map is weak is replaced."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    below: Annotated[
        Weak | Annotated[dict[str, Weak], Field(min_length=1)],
        Field(
            description="a share of the figure's maximum; or the mean or deviation of each map's own magnitude; or one "
            "of these by the class that is explained: {happy: 0.05, fear: mean}, 0.1 for the others"
        ),
    ] = WEAK
    fill: Annotated[Literal["mean", "black", "white", "grey"], Field(description="what replaces it")] = "mean"

    def below_of(self, class_id: str) -> Weak:
        """Where the map of that class counts as weak."""
        return self.below.get(class_id, WEAK) if isinstance(self.below, dict) else self.below


class Show(BaseModel):
    """What is drawn of a figure."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    panels: Annotated[tuple[Panel, ...], Field(min_length=1, description="panels of a row, in this order")] = (
        "image",
        "map",
        "overlay",
    )
    colormap: Annotated[str | None, Field(description="a matplotlib colour map; left out: magma, PuOr if signed")] = (
        None
    )
    scale: Annotated[
        ScaleRule,
        Field(
            description="where colours end: own (each map's own 99th percentile of magnitude, its maximum where single "
            "pixels do not count), max (its own maximum; image is the old word for it), figure (one scale for all)"
        ),
    ] = "own"
    smooth: Annotated[
        float | None,
        Field(
            ge=0,
            description="by how many pixels an overlay of a pixel-wise gradient is smoothed for the eye; left out: 1 "
            "at 48×48, in proportion for other sizes; 0: not at all; the map itself never is",
        ),
    ] = None
    mask: Annotated[Mask, Field(description="how the panel `masked` is made")] = Mask()
    columns: Annotated[int | None, Field(ge=1, le=16, description="pictures beside each other in a grid")] = None
    layout: Annotated[Layout | None, Field(description="rows of label and panels, or a grid")] = None
    boundaries: Annotated[bool, Field(description="draw the borders of superpixels")] = True

    def smoothing(self, height: int, width: int) -> float:
        """Standard deviation in pixels, for an overlay of that size; a quarter of a pixel would change nothing."""
        usual = min(height, width) / FACE
        return self.smooth if self.smooth is not None else usual if usual > 0.25 else 0.0


def columns_for(count: int, most: int = 8) -> int:
    """The most columns up to `most` that leave no ragged last row, if at least four do."""
    if count <= most:
        return max(1, count)
    return next((n for n in range(most, 3, -1) if count % n == 0), most)
