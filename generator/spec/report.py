"""A loaded report: the spec with everything checked and filled in, which every later stage reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from generator.data.class_words import ClassWords
from generator.errors import Problem
from generator.regions import Region
from generator.spec.grammar import Author, Class, Data, Evidence, Figure, ModelFile, Question
from generator.text import Text
from generator.yaml_source import Source, child


@dataclass(frozen=True)
class Report:
    """A spec in which everything is checked and filled in; paths are absolute or as the command line has them.

    `figures` by id in their order, also of questions that `--only` leaves out. `warnings` are what it can do without.
    """

    source: Source
    folder: Path
    output: Path
    title: Text
    author: Author
    languages: tuple[str, ...]
    seed: int
    models: tuple[ModelFile, ...]
    data: Data
    evaluation: Path | None
    classes: tuple[Class, ...]
    evidence: Evidence | None
    regions: tuple[Region, ...]
    plugins: tuple[Path, ...]
    questions: tuple[Question, ...]
    only: tuple[str, ...]
    paths: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()

    @property
    def class_ids(self) -> tuple[str, ...]:
        return tuple(c.id for c in self.classes)

    @property
    def class_words(self) -> tuple[ClassWords, ...]:
        """What files may call each class: its id or its name in any language."""
        return tuple((c.id, *c.name.by_language.values()) for c in self.classes)

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {figure.id: figure for question in self.questions for figure in question.figures}

    @property
    def built(self) -> tuple[Question, ...]:
        """The questions to build: all, or those of `--only`."""
        return tuple(q for q in self.questions if not self.only or q.id in self.only)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file and folder that the site is made from, beside the program itself; some may be absent."""
        files = [self.source.file, *self.plugins, *(model.path for model in self.models), self.folder / "templates"]
        named = [value for model in self.models for value in (model.preprocess.mean, model.preprocess.std)]
        named += [path for figure in self.figures.values() for path in figure.files]
        files += [self.folder / value for value in named if isinstance(value, Path)]
        return tuple(path for path in (*files, self.data.path, self.data.training, self.evaluation) if path)

    def problem(self, path: str, message: str) -> Problem:
        """Something a later stage finds wrong with a value: `questions[1].figures[0].params.layer`."""
        return self.source.problem(path, message)

    def figure_problem(self, figure: str, key: str, message: str) -> Problem:
        """The same with a key of a figure, `params.layer`."""
        return self.problem(child(self.paths[figure], key), message)

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Every text of the report with its path, as written."""
        for part in ("title", "author", "classes", "regions", "questions"):
            yield from texts_in(getattr(self, part), part)


def texts_in(value: object, path: str) -> Iterator[tuple[str, Text]]:
    """Every text within a part of the spec, with its path."""
    if isinstance(value, Text):
        yield path, value
    for key, entry in _entries(value):
        yield from texts_in(entry, child(path, key))


def _entries(value: object) -> list[tuple[str | int, object]]:
    if isinstance(value, Region):
        return [("name", value.name)]
    if isinstance(value, Mapping | BaseModel):
        return [(str(key), entry) for key, entry in dict(value).items()]
    return list(enumerate(value)) if isinstance(value, tuple) else []
