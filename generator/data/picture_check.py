"""Whether pictures are read in the range that they were stored in: a wrong one makes them black, or of one colour."""

from dataclasses import dataclass

from generator.artefacts import Floats, Ints
from generator.data.levels import ceiling
from generator.samples import Files, Samples

DARK = 0.1  # of white: a picture that stays below it is nearly black; 12 bits in a file of 16 reach 0.06
FLAT = 1.5 / 255  # a picture whose values differ by less is of one colour
SHOWN = 3  # pictures that a message names
CAUSES = 16  # dark ones whose files are looked into


@dataclass(frozen=True)
class PictureCheck:
    """Of so many `images` some are nearly black, or of one colour: each by its name, and what mends it."""

    images: int
    dark: tuple[str, ...]
    flat: tuple[str, ...]
    cure: str
    questions: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """In words; '' where nothing is to be said."""
        kinds = {"nearly black": self.dark, "of one colour throughout": self.flat}
        parts = [
            f"{len(names):,} of {self.images:,} pictures looked at {'is' if len(names) == 1 else 'are'} {kind}: "
            f"{', '.join(names[:SHOWN])}{', …' if len(names) > SHOWN else ''}"
            for kind, names in kinds.items()
            if names
        ]
        return "; ".join((*parts, self.cure, *self.questions) if parts else self.questions)


def picture_check(samples: Samples, positions: Ints, images: Floats) -> PictureCheck:
    """What `images` in 0..1, made of these positions, show of the range that was taken for theirs."""
    high = images.max(axis=(1, 2, 3))
    dark = positions[high < DARK]
    flat = positions[(high >= DARK) & (high - images.min(axis=(1, 2, 3)) < FLAT)]
    names = {position: samples.named(position) for position in (*dark.tolist(), *flat.tolist())}
    whites = {_told(samples.files, position, names) for position in dark[:CAUSES].tolist()} if samples.files else set()
    if samples.top is not None and samples.top[0] < DARK * samples.top[1]:
        whites = {samples.top[0]}
    whites.discard(0)
    known = f"[0, {whites.pop():g}]" if len(whites) == 1 else "[low, high]"
    cure = f"`data: {{range: {known}}}` says which stored values are black and white; remove what shows nothing"
    dark_names, flat_names = (tuple(names[position] for position in rows.tolist()) for rows in (dark, flat))
    return PictureCheck(len(images), dark_names, flat_names, cure, samples.files.questions if samples.files else ())


def _told(files: Files, position: int, names: dict[int, str]) -> float:
    """The white that the file of a dark picture suggests, or 0; its name gets what the file holds."""
    top, white = files.top(position)
    if not top:
        return 0
    names[position] += f" (its values end at {top:g}, and {white:g} is taken for white)"
    return ceiling(top) if ceiling(top) < white else top
