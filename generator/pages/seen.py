"""A picture on its way to words."""

from dataclasses import dataclass

from generator.pages.reader import Reader
from generator.results import Part, Role


@dataclass(frozen=True)
class Seen:
    """One picture on its way to words: of which part, with which role, at which row and unit."""

    reader: Reader
    part: Part
    method: str  # the title of the method
    role: Role
    row: int | None
    unit: int | None = None

    def say(self, key: str, **values: object) -> str:
        """The words of `alt.<key>`."""
        return self.reader.words(f"alt.{key}", **values)

    def sentence(self, key: str, **values: object) -> str:
        """The same with its full stop."""
        return self.say(key, **values) + self.reader.words("punctuation.stop")

    @property
    def index(self) -> int:
        """Which image of the data it is."""
        return int(self.part.batch.index[self.row or 0])

    @property
    def label(self) -> str:
        """', labelled Happy', or ', predicted as Happy' where there is no label."""
        label, prediction = (
            int(column[self.row or 0]) for column in (self.part.batch.label, self.part.batch.prediction)
        )
        if label >= 0:
            return self.say("label", label=self.reader.class_name(label))
        return self.say("predicted", prediction=self.reader.class_name(prediction))
