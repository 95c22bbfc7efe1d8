"""What a build has computed and drawn, handed to the pages: no stage after this one computes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from numpy.typing import NDArray

from generator.artefacts import Arrays, Artefact, Fact
from generator.errors import told
from generator.samples import Batch
from generator.steps import DiedError
from generator.tally import Spent
from generator.text import Text

Role = Literal["image", "map", "overlay", "masked", "veil", "pattern", "output", "sheet", "chart", "bar"]
"""`overlay` is ready made, `veil` the same map transparent where it is weak, to be laid over `image` at any opacity.

`sheet`: all units of a part as one picture with their numbers; `chart`: drawn by matplotlib, with words; `bar`: the
colours of the legend from low to high.
"""
Light = Literal["green", "amber", "red", "undecided", "silent", ""]


@dataclass(frozen=True)
class Part:
    """One run of a method: a figure has one, or one for each layer, model or target it names."""

    artefact: Artefact
    batch: Batch
    facts: Mapping[str, Fact] = field(default_factory=dict)  # what tells the parts apart: layer, model, target
    seconds: float = 0.0  # that it took when it was computed
    passes: Spent = Spent()  # noqa: RUF009, frozen  and what the model was asked for it

    @property
    def arrays(self) -> Arrays:
        """Of the artefact, and the images it was made from."""
        batch = self.batch
        images: Arrays = {"image": batch.images, "index": batch.index, "target": batch.target} if len(batch) else {}
        return {**self.artefact.arrays, **images}


@dataclass(frozen=True)
class FigureResult:
    """A computed figure; `failure` holds the message of one that could not be (then `parts` is empty).

    `died` are the words of that message and their facts, where the figure took its process with it.
    """

    id: str
    question: str
    method: str
    params: Mapping[str, object]
    parts: tuple[Part, ...]
    seconds: float = 0.0
    model_passes: int = 0
    cached: bool = False
    failure: str = ""
    died: tuple[str, Mapping[str, Any]] | None = None

    def failed(self, error: Exception) -> "FigureResult":
        """The same figure where nothing came of it."""
        died = (error.how, error.facts) if isinstance(error, DiedError) else None
        return replace(self, parts=(), failure=told(error), died=died)

    @property
    def took(self) -> float:
        """Seconds when it was computed, in this build or an earlier one."""
        return sum(part.seconds for part in self.parts)

    @property
    def passes(self) -> Spent:
        """What models were asked for it."""
        return sum((part.passes for part in self.parts), Spent())

    @property
    def arrays(self) -> Arrays:
        """By name; with several parts the names of the later ones end in their number."""
        named: dict[str, NDArray[Any]] = {}
        for number, part in enumerate(self.parts, 1):
            suffix = "" if number == 1 else f"_{number}"
            named |= {name + suffix: array for name, array in part.arrays.items()}
        return named


@dataclass(frozen=True)
class Names:
    """What is written in pictures: names of the classes, and words by key, in every language of the report.

    `class_ids` are what a mask by class names.
    """

    classes: tuple[Text, ...]
    languages: tuple[str, ...]
    words: Mapping[str, Text]
    class_ids: tuple[str, ...] = ()

    @property
    def spoken(self) -> Iterator[tuple[str, list[str], Mapping[str, str]]]:
        """Each language with the names of the classes and the words in it."""
        for language in self.languages:
            classes = [name.in_language(language, *self.languages) for name in self.classes]
            yield language, classes, {key: text.in_language(language, "en") for key, text in self.words.items()}


@dataclass(frozen=True)
class Picture:
    """A drawn PNG: `name` is stable from build to build; one a language only where it carries words.

    `row` is the row of its part's batch (or the position of a unit in `artefact.unit`), None for the whole part;
    `unit` is that position where a picture has both, as the outputs of a layer for several images. `top` is the
    magnitude that the last colour of a map stands for; `strength` that as a share of the figure's strongest, also of
    the image it belongs to, and 0 where the map is no result.
    """

    name: str
    data: bytes
    width: int
    height: int
    role: Role
    part: int = 0
    row: int | None = None
    language: str | None = None
    unit: int | None = None
    top: float | None = None
    strength: float = 0.0


@dataclass(frozen=True)
class Legend:
    """What the colours of a figure mean: values from `low` to `high` of `quantity`, zero in the middle if signed.

    Where every image has a scale of its own these are the ends of the strongest one's. `clipped`: a scale ends at the
    99th percentile. `smoothed` is by how many pixels the overlays are, for the eye. `by_layer`: of several layers each
    has a scale, and a strongest, of its own.
    """

    quantity: str
    low: float
    high: float
    colormap: str
    signed: bool
    shared: bool
    clipped: bool = False
    smoothed: float = 0.0
    by_layer: bool = False


@dataclass(frozen=True)
class Drawing:
    """A drawn figure: its pictures in reading order and the legend of its maps."""

    pictures: tuple[Picture, ...]
    legend: Legend | None = None


@dataclass(frozen=True)
class LightLine:
    """One measured claim about a figure: a light with its word, a sentence, and the numbers it rests on."""

    light: Light
    light_word: Text
    name: Text
    sentence: Text
    numbers: Text
