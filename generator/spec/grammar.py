"""What report.yaml may say: one model for each part of it, with the words an editor shows beside the keys."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from generator.data.data_source import SourceKind
from generator.data.labels import Reading
from generator.data.preprocess import Preprocessing
from generator.data.selection import Select
from generator.data.table_form import Role
from generator.limits import USUAL, Duration, Limits
from generator.regions import Box
from generator.show import Panel, Show
from generator.spec import fields
from generator.spec.fields import Count, File, Name, Word, Wording, describe, known, wrong
from generator.spec.whereabouts import Whereabouts
from generator.text import Text

FOR: Mapping[str, tuple[SourceKind, ...]] = {  # the sources that a key of `data` is for
    "usage": ("csv", "npz"),
    "columns": ("csv", "npz"),
    "size": ("csv", "npz"),
    "encoding": ("csv",),
    "folder": ("csv",),
    "range": ("csv", "npz", "folder"),
    "labels": ("csv", "npz", "folder"),
}
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
WAYS = ("select", "index", "same_as")  # to name images


class Section(BaseModel):
    """A mapping of the spec: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Author(Section):
    """The title block."""

    student_id: Annotated[fields.Line, describe("學號")] = Text()
    department: Annotated[fields.Line, describe("系級")] = Text()
    name: Annotated[fields.Line, describe("姓名")] = Text()


class Preprocess(Preprocessing):
    """What is done to a picture before the model sees it."""

    _files = field_validator("mean", "std")(fields.statistic)

    @model_validator(mode="after")
    def _one_scaling(self) -> Self:
        beside = [key for key in ("scale", "mean", "std", "standardize") if getattr(self, key) is not None]
        if self.mode and beside:
            raise wrong(f"`mode` and `{beside[0]}` exclude each other")
        if self.resize and self.resize.shorter and self.resize.aspect != "stretch":
            raise wrong("`shorter` and `aspect` exclude each other: both say what becomes of the longer side")
        return self


class ModelFile(Section):
    """A model and the one preprocessing that serves every figure made with it."""

    path: Annotated[File, describe("a Keras model: .keras, .h5 or .hdf5, of Keras 1, 2 or 3")]
    id: Annotated[Name | None, describe("how a figure names it, in a list of models")] = None
    name: Annotated[fields.ShortName, describe("how the report calls it")] = Text()
    size: Annotated[
        tuple[Count, Count] | None, describe("height and width, for a model that takes images of any size")
    ] = None
    output: Annotated[str | None, describe("which output is explained, of a model that has several: its name")] = None
    preprocess: Annotated[Preprocess, describe("one for every figure; what is shown is the original")] = Preprocess()
    evaluation: Annotated[
        File | None, describe("how it did on labelled images: CSV with y_true, y_pred, p_<class>")
    ] = None


class Data(Section):
    """Where the images come from."""

    source: Annotated[SourceKind, describe("lfw: a hundred faces that need no file")]
    path: Annotated[File | None, describe("the file or folder, relative to this spec")] = None
    usage: Annotated[str | None, describe("only this part: of a CSV by its Usage, such as PrivateTest; test")] = None
    columns: Annotated[
        Annotated[tuple[Word, ...], Field(min_length=1)] | dict[Role, Word] | None,
        describe("of a table: all names, where the file has no header, or {label: …, pixels: …, file: …}"),
    ] = None
    size: Annotated[
        tuple[Count, ...] | None,
        Field(
            min_length=2,
            max_length=3,
            description="of a picture whose pixels stand in a row: height, width and, before or after, channels",
        ),
    ] = None
    encoding: Annotated[fields.Encoding | None, describe("of a table that is not in UTF-8, such as big5")] = None
    folder: Annotated[File | None, describe("where the files of a table are; default: at or below its own")] = None
    range: Annotated[tuple[float, float] | None, describe("the stored values that are black and white")] = None
    labels: Annotated[
        Reading | None,
        describe("names of classes, or numbers that count them from 0 or 1; default: told by all labels"),
    ] = None
    training: Annotated[File | None, describe("what the model was trained on, to find images that are in both")] = None

    @model_validator(mode="after")
    def _keys_that_fit(self) -> Self:
        for key, sources in FOR.items():
            if getattr(self, key) is not None and self.source not in sources:
                raise wrong(f"`{key}` has no meaning with source: {self.source}; it is for {' and '.join(sources)}")
        return self

    @model_validator(mode="after")
    def _path_where_needed(self) -> Self:
        if self.range and self.range[0] == self.range[1]:
            raise wrong(f"range: black and white are both {self.range[0]:g}")
        if self.source == "lfw" and self.path:
            raise wrong("the source lfw has no path; for a file of yours say csv, npz or folder")
        if self.source != "lfw" and not self.path:
            raise wrong(f"the source {self.source} needs a path")
        if self.path and self.path.exists() and self.path.is_dir() != (self.source == "folder"):
            other = "folder" if self.path.is_dir() else "csv or npz"
            if self.path.suffix.lower() in PICTURES:
                raise wrong(f"'{self.path.name}' is one picture; name the folder that it lies in")
            raise wrong(f"'{self.path.name}' is no {self.source}; did you mean source: {other}?")
        return self


class Class(Section):
    """One output of the model."""

    id: Annotated[fields.ClassName, describe("how the spec names it")]
    name: Annotated[fields.ShortName, describe("how the report names it")] = Text()

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"id": value} if isinstance(value, str | int) else value


class Evidence(Section):
    """What is measured beside each attribution."""

    images: Annotated[Count | Literal["all"], describe("so many images a class, or all")] = 64


class PdfForm(Section):
    """The report as it is handed in."""

    evidence: Annotated[
        Literal["short", "appendix", "none"],
        describe(
            "short: a line of lights a figure, the rest in an appendix; appendix: all of it there; none: left out"
        ),
    ] = "short"


class References(Section):
    """The works that texts cite."""

    file: Annotated[File, describe("BibTeX or BibLaTeX (.bib), CSL JSON or RIS")]
    style: Annotated[
        fields.CitationStyle, describe("chicago, apa, ieee, mla, nature, or a .csl file beside the spec")
    ] = "chicago"

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str) else value

    @property
    def files(self) -> tuple[Path, ...]:
        """What it is read from."""
        return (self.file, *((Path(self.style),) if self.style.lower().endswith(".csl") else ()))


class RegionBoxes(Section):
    """A named part of the picture."""

    name: Annotated[fields.ShortName, describe("how the report names it")] = Text()
    box: Annotated[fields.Corners | None, describe("left, top, right, bottom in fractions of the image")] = None
    boxes: Annotated[tuple[fields.Corners, ...] | None, Field(min_length=1, description="several boxes")] = None
    outside: Annotated[
        tuple[Name, ...] | None, Field(min_length=1, description="all that lies outside these regions: the background")
    ] = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(form is not None for form in (self.box, self.boxes, self.outside)) != 1:
            raise wrong("needs either `box`, `boxes` or `outside`")
        return self

    @property
    def corners(self) -> tuple[Box, ...]:
        return self.boxes or ((self.box,) if self.box else ())


class Images(Section):
    """Which images a figure shows: by a rule, by their row in the file, or those of an earlier figure."""

    select: Annotated[Select | None, describe("a rule; default: confident")] = None
    per_class: Annotated[int | None, Field(ge=1, description="so many of each class")] = None
    classes: Annotated[tuple[fields.ClassRef, ...] | None, Field(min_length=1, description="only these classes")] = None
    correct: Annotated[bool | None, describe("only images that are predicted right (true) or wrong (false)")] = None
    min_probability: Annotated[
        float | None, Field(ge=0, le=1, description="only images predicted with at least this probability")
    ] = None
    index: Annotated[
        fields.Rows | dict[fields.ClassRef, fields.Rows] | None,
        describe("rows of the file from 0, whatever is filtered; or by class: {happy: 8, angry: 0}"),
    ] = None
    same_as: Annotated[str | None, describe("the id of an earlier figure, whose images these are")] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [key for key in WAYS if getattr(self, key) is not None]
        if len(given) > 1:
            raise wrong(f"`{given[0]}` and `{given[1]}` exclude each other")
        rules = [key for key in Images.model_fields if key not in WAYS and getattr(self, key) is not None]
        if given and given[0] != "select" and rules:
            raise wrong(f"`{rules[0]}` has no meaning with `{given[0]}`")
        return self

    @property
    def rows(self) -> tuple[tuple[int, str | None], ...]:
        """The rows that `index` names, each with the class it was named under."""
        by_class = self.index if isinstance(self.index, dict) else {None: () if self.index is None else self.index}
        return tuple(
            (row, name) for name, rows in by_class.items() for row in (rows if isinstance(rows, tuple) else (rows,))
        )


class Export(Section):
    """A picture copied to site/exports/."""

    file: Annotated[
        fields.ExportFile, describe(f"its name; may hold {', '.join(f'{{{f}}}' for f in fields.EXPORT_FIELDS)}")
    ]
    panel: Annotated[Panel | None, describe("which panel; default: the map alone")] = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str) else value


SEVERAL_LAYERS = {"type": "array", "items": {"type": "string"}, "minItems": 1}  # as JSON Schema has it


def by_layer(params: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The options of each run of a method: `layer` may name several layers, each of which is a part of the figure."""
    layers = params.get("layer")
    if not isinstance(layers, list | tuple) or not layers:
        return (params,)
    return tuple({**params, "layer": layer} for layer in layers)


class Figure(Section):
    """One method on some images.

    Once loaded, `id` and `model` are filled in, and `params` has every option of the method, checked, with its
    default; only `layer` may be a tuple, where several were named.
    """

    method: Annotated[fields.MethodName, describe("see `python -m generator methods`")]
    id: Annotated[Name, describe("default: the method's name, numbered when it repeats")] = ""
    model: Annotated[fields.ModelRefs, describe("one of `models`, or several")] = ()
    images: Annotated[Images, describe("which images")] = Images()
    target: Annotated[
        fields.TargetRef, describe("which score is explained: label, predicted, each, both, or a class")
    ] = "label"
    against: Annotated[fields.AgainstRef | None, describe("a class whose score is subtracted, or second")] = None
    params: Annotated[dict[str, Any], describe("what is computed: the method's own options")] = Field(
        default_factory=dict
    )
    show: Annotated[Show, describe("what is drawn of it; never computes anything anew")] = Show()
    caption: Annotated[Wording, describe("Markdown and Jinja")] = Text()
    notes: Annotated[dict[fields.NoteKey, Wording], describe("a line under the row of a class or an image index")] = (
        Field(default_factory=dict)
    )
    export: Annotated[Export | None, describe("a file name in site/exports/, such as fig1_{class_index}.jpg")] = None

    @property
    def runs(self) -> tuple[Mapping[str, Any], ...]:
        """The options of each run of its method on a model: one, or one for each of several layers."""
        return by_layer(self.params)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that its parameters name, relative to the spec's folder."""
        return tuple(value for value in self.params.values() if isinstance(value, Path))


class Question(Section):
    """A question with its figures and its answer."""

    id: Annotated[Name, describe("unique; part of addresses")]
    title: Annotated[fields.Title, describe("plain text")] = Text()
    points: Annotated[float | None, Field(ge=0, description="points it is worth")] = None
    prompt: Annotated[Wording, describe("Markdown and Jinja")] = Text()
    collaborators: Annotated[
        tuple[fields.Line, ...] | None, describe("who helped; [] prints that nobody did, left out: no such line")
    ] = None
    figures: Annotated[tuple[Figure, ...], describe("what is computed for it")] = ()
    answer: Annotated[Wording, describe("Markdown and Jinja; {{ figure('id') }} on its own line places a figure")] = (
        Text()
    )


class Document(Section):
    """The whole of report.yaml, version 1."""

    title: Annotated[fields.Title, describe("the report's title")]
    classes: Annotated[
        tuple[Class, ...],
        Field(
            min_length=1, description="in the order of the model's outputs; left out or one: the value of a regression"
        ),
    ] = ()
    version: Annotated[Literal[1], describe("of this grammar")] = 1
    author: Annotated[Author, describe("the title block")] = Author()
    things: Annotated[
        fields.ShortName, describe("what the pictures show, in the plural: faces, digits; default: pictures")
    ] = Text()
    languages: Annotated[
        tuple[fields.Language, ...] | None, Field(min_length=1, description="BCP 47; the first is the site's default")
    ] = None
    seed: Annotated[int, Field(ge=0, lt=2**32, description="of everything random")] = 0
    model: Annotated[ModelFile | None, describe("the model that is explained")] = None
    models: Annotated[
        dict[Name, ModelFile] | tuple[ModelFile, ...] | None,
        Field(min_length=1, description="several models by name; the first is the default"),
    ] = None
    data: Annotated[Data, describe("where the images come from")] = Data(source="lfw")
    evaluation: Annotated[
        File | None, describe("of the first model: CSV with y_true, y_pred, p_<class>; default: computed")
    ] = None
    evidence: Annotated[Evidence | bool, describe("measured beside each attribution; false: none")] = Evidence()
    budget: Annotated[
        Duration | None, describe("what a build may take, such as 5min: evidence is fitted into what the figures leave")
    ] = None
    regions: Annotated[dict[Name, RegionBoxes], describe("named boxes in fractions of the image")] = Field(
        default_factory=dict
    )
    references: Annotated[References | None, describe("a file of works, which texts cite as [@key]")] = None
    pdf: Annotated[PdfForm, describe("the report as it is handed in")] = PdfForm()
    limits: Annotated[Limits, describe("what foreign files and a figure may take at most")] = USUAL
    plugins: Annotated[tuple[File, ...], describe("Python files with methods of one's own; --trust-plugins")] = ()
    questions: Annotated[tuple[Question, ...], describe("in the order of the report")] = ()
    site: Annotated[Whereabouts, describe("where the report is published")] = Whereabouts()

    @field_validator("regions")
    @classmethod
    def _outside_of_boxes(cls, regions: dict[str, RegionBoxes]) -> dict[str, RegionBoxes]:
        boxed = tuple(name for name, region in regions.items() if region.outside is None)
        for region in regions.values():
            for name in region.outside or ():
                known(name, "region", boxed)
        return regions

    @model_validator(mode="after")
    def _one_kind_of_model(self) -> Self:
        if (self.model is None) == (self.models is None):
            raise wrong("needs either `model` or `models`")
        return self
