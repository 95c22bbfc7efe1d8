"""report.yaml → Report, which every later stage reads: every problem at once, at its line, before any computing."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from generator import yaml_source
from generator.build_options import BuildOptions
from generator.data.data_source import guess_kind
from generator.errors import InputError, Problem, SpecError, suggestion
from generator.limits import USUAL, Limits
from generator.methods import METHODS, load_all
from generator.regions import Region
from generator.samples import ClassWords
from generator.shipped import Templates
from generator.spec.complaints import complaints, without_value
from generator.spec.fields import Scope, existing, language_tag
from generator.spec.grammar import (
    Author,
    Class,
    Data,
    Document,
    Evidence,
    Figure,
    ModelFile,
    PdfForm,
    Question,
    References,
    by_layer,
)
from generator.spec.plugins import plugged
from generator.spec.references import VALUE, Declared, Entry, declared, ids, misreferences, wrong_prose
from generator.spec.translation import renamed, untranslated, unworded
from generator.spec.whereabouts import Whereabouts
from generator.templating import check_templates
from generator.text import Text
from generator.words import folders_beside, interface
from generator.yaml_source import Source, child

MODEL = "model"  # the name of the only model


@dataclass(frozen=True)
class Report:
    """A spec in which everything is checked and filled in; paths are absolute or as the command line has them.

    `figures` by id in their order, also of questions that `--only` leaves out; `paths` are where the spec has them,
    `model_paths` the models, by id. `warnings` are what it can do without.
    """

    source: Source
    folder: Path
    output: Path
    title: Text
    author: Author
    things: Text
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
    templates: Templates
    paths: Mapping[str, str]
    model_paths: Mapping[str, str]
    pdf: PdfForm
    site: Whereabouts
    references: References | None
    limits: Limits = USUAL
    budget: float | None = None  # seconds of a build
    warnings: tuple[Problem, ...] = ()

    @property
    def class_ids(self) -> tuple[str, ...]:
        return tuple(c.id for c in self.classes)

    @property
    def regression(self) -> bool:
        """Whether a value is explained instead of the score of a class; it stands as the only one."""
        return len(self.classes) == 1

    @property
    def class_words(self) -> tuple[ClassWords, ...]:
        """What files may call each class: its id or its name in any language; none for a regression."""
        if self.regression:
            return ()
        return tuple((c.id, *c.name.by_language.values()) for c in self.classes)

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {figure.id: figure for question in self.questions for figure in question.figures}

    @property
    def evaluations(self) -> Mapping[str, tuple[str, Path]]:
        """The files of evaluations by the id of their model, each with its place in the spec."""
        places = zip(self.model_paths.values(), self.models, strict=True)
        own = {
            model.id or "": (child(place, "evaluation"), model.evaluation)
            for place, model in places
            if model.evaluation
        }
        first = {self.models[0].id or "": ("evaluation", self.evaluation)} if self.evaluation else {}
        return {**first, **own}

    @property
    def built(self) -> tuple[Question, ...]:
        """The questions to build: all, or those of `--only`."""
        return tuple(q for q in self.questions if not self.only or q.id in self.only)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file and folder that the site is made from, beside the program itself; some may be absent."""
        files = [self.source.file, *self.plugins, *(model.path for model in self.models), self.folder / "templates"]
        named = [file for model in self.models for file in model.preprocess.files.values()]
        named += [path for figure in self.figures.values() for path in figure.files]
        files += [self.folder / file for file in named]
        files += [file for _, file in self.evaluations.values()]
        files += self.references.files if self.references else ()
        return tuple(path for path in (*files, self.data.path, self.data.folder, self.data.training) if path)

    def problem(self, path: str, message: str) -> Problem:
        """Something a later stage finds wrong with a value: `questions[1].figures[0].params.layer`."""
        return self.source.problem(path, message)

    def figure_problem(self, figure: str, key: str, message: str) -> Problem:
        """The same with a key of a figure, `params.layer`."""
        return self.problem(child(self.paths[figure], key), message)

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Every text of the report with its path, as written."""
        parts = {part: getattr(self, part) for part in ("title", "author", "things", "classes", "questions")}
        parts |= zip(self.model_paths.values(), self.models, strict=True)
        return texts_in({**parts, "regions": {region.id: region for region in self.regions}}, "")


def load(path: Path, options: BuildOptions = BuildOptions()) -> Report:  # noqa: B008, frozen
    """The report of a spec; raises SpecError with every problem (under `strict` also the warnings), or InputError."""
    source = yaml_source.read(path)
    load_all()
    problems = plugged(source, path.parent, options.trust_plugins)
    data = _overridden(_without_nulls(source.data), options)
    names = declared(data)
    document = _validated(data, names, source, problems)
    params = [_params(figure, source, problems) for figure in names.figures]
    problems += [*misreferences(names, source), *wrong_prose(names, source)]
    if problems or document is None:
        raise SpecError(tuple(dict.fromkeys(problems)))
    report = _report(document, names, params, source, options)
    check_templates(report.templates)
    if options.strict and report.warnings:
        raise SpecError(report.warnings)
    return report


def _without_nulls(value: Any) -> Any:  # noqa: ANN401  any YAML value
    """A key with nothing behind it is as good as left out; in `params`, null is a value."""
    if isinstance(value, Mapping):
        given = {key: entry for key, entry in value.items() if entry is not None}
        return {key: entry if key == "params" else _without_nulls(entry) for key, entry in given.items()}
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value


def _overridden(data: Mapping[str, Any], options: BuildOptions) -> Mapping[str, Any]:
    """The data with `--data` in place of the spec's own path, and of its source where the form is another."""
    if options.data is None:
        return data
    if not options.data.exists():
        raise InputError(f"--data {options.data}: no such file or folder")
    path = str(options.data.resolve())
    if any("\ud800" <= character <= "\udfff" for character in path):  # bytes that are no character
        raise InputError(f"--data {path}: a name on this path is not UTF-8; rename it")
    own = data.get("data")
    kind = guess_kind(options.data)
    kept = own if isinstance(own, Mapping) and own.get("source") == kind else {}
    return {**data, "data": {**kept, "source": kind, "path": path}}


def _validated(data: Mapping[str, Any], names: Declared, source: Source, problems: list[Problem]) -> Document | None:
    """The spec by its grammar; what is wrong is added to the problems."""
    folder = source.file.parent.resolve()
    scope = Scope(folder, ids(names.classes), ids(names.models) or (MODEL,), ids(names.figures))
    if _without_nulls(source.data) != source.data:
        try:
            Document.model_validate_json(json.dumps(source.data), strict=True, context=scope)
        except ValidationError as error:
            problems += without_value(error, Document, source)
    try:
        return Document.model_validate_json(json.dumps(data), strict=True, context=scope)
    except ValidationError as error:
        problems += complaints(error, Document, source)
        return None


def _params(figure: Entry, source: Source, problems: list[Problem]) -> Mapping[str, Any]:
    """Every option of a figure's method, checked for each of its runs; of several layers it keeps a tuple."""
    method = METHODS.get(str(figure.data.get("method")))
    if method is None:
        return {}
    prefix = child(figure.path, "params") if "params" in figure.data else figure.path
    options: dict[str, Any] = {}
    for run in by_layer(figure.params):
        try:
            options = dict(method.options.model_validate_json(json.dumps(run), strict=True))
        except ValidationError as error:
            problems += complaints(error, method.options, source, prefix)
        else:
            wrong = method.miscounted(options)
            problems += [source.problem(child(figure.path, "method"), wrong)] if wrong else []
            problems += _absent(options, prefix, source)
    layers = figure.params.get("layer")
    return {**options, "layer": tuple(layers)} if isinstance(layers, list) else options


def _absent(options: Mapping[str, Any], prefix: str, source: Source) -> Iterator[Problem]:
    """The files that a figure's options name and that are not there."""
    for name, value in options.items():
        try:
            _ = existing(value, source.file.parent) if isinstance(value, Path) else None
        except PydanticCustomError as error:
            yield source.problem(child(prefix, name), error.message())


def _report(
    document: Document, names: Declared, params: list[Mapping[str, Any]], source: Source, options: BuildOptions
) -> Report:
    files = document.models or (document.model,)
    entries = names.models or (Entry("model", MODEL, {}),)
    listed = zip(entries, files.values() if isinstance(files, dict) else files, strict=True)
    if len(names.classes) == 1:  # there is no probability: whatever a method explains by itself is the value
        params = [{**one, "score": "logit"} if "score" in one else one for one in params]
    figures = iter(zip(names.figures, params, strict=True))
    languages = _languages(document, options)
    warnings = [*source.doubts, *renamed(source), *untranslated([*texts_in(document, "")], languages, source)]
    warnings += _unworded(names, languages, source)
    classes = tuple(c.model_copy(update={"name": c.name or Text.of(c.id)}) for c in document.classes)
    classes = classes or (_value(languages, folders_beside(source.file.parent)),)
    warnings += _unmeasured(document, classes, source)
    return Report(
        source=source,
        folder=source.file.parent.resolve(),
        output=options.output or source.file.parent / "site",
        title=document.title,
        author=document.author,
        things=document.things,
        languages=languages,
        seed=document.seed,
        models=tuple(file.model_copy(update={"id": entry.id}) for entry, file in listed if file),
        data=document.data,
        evaluation=document.evaluation,
        classes=classes,
        evidence=(Evidence() if document.evidence is True else document.evidence or None) if classes[1:] else None,
        regions=tuple(_region(id, document) for id in document.regions),
        plugins=document.plugins,
        questions=tuple(_filled(q, islice(figures, len(q.figures)), entries[0].id) for q in document.questions),
        only=_only(options.only, ids(names.questions)),
        templates=Templates(folders_beside(source.file.parent), options.trust_templates),
        paths={figure.id: figure.path for figure in names.figures},
        model_paths={entry.id: entry.path for entry in entries},
        pdf=document.pdf,
        references=document.references,
        limits=document.limits,
        budget=document.budget if options.budget is None else options.budget,
        site=document.site.at(options.url),
        warnings=tuple(sorted(warnings)),
    )


def _value(languages: tuple[str, ...], folders: tuple[Path, ...]) -> Class:
    """What a regression gives, where no class names it."""
    return Class(id=VALUE).model_copy(update={"name": interface(languages, folders)("figure.value")})


def _unworded(names: Declared, languages: tuple[str, ...], source: Source) -> Iterator[Problem]:
    """Languages whose interface is partly English, the names of its methods too; SpecError where one has no words."""
    used = tuple(dict.fromkeys(str(figure.data["method"]) for figure in names.figures))
    try:
        yield from unworded(used, languages, source)
    except SpecError:
        raise  # within the file of words
    except InputError as error:
        raise SpecError((source.problem("languages", str(error)),)) from error


def _unmeasured(document: Document, classes: tuple[Class, ...], source: Source) -> Iterator[Problem]:
    """Evidence that is asked for where a value is explained."""
    if len(classes) == 1 and document.evidence and "evidence" in document.model_fields_set:
        yield source.problem("evidence", "a value is explained, of which no evidence is measured; leave it out")


def _region(id: str, document: Document) -> Region:
    """A region with its boxes, its own or those that it lies outside of."""
    said = document.regions[id]
    boxes = tuple(box for name in said.outside or (id,) for box in document.regions[name].corners)
    return Region(id, said.name or Text.of(id), boxes, said.outside is not None)


def _filled(question: Question, figures: Iterable[tuple[Entry, Mapping[str, Any]]], model: str) -> Question:
    """A question with what its figures left out."""
    filled = tuple(
        figure.model_copy(update={"id": entry.id, "params": params, "model": figure.model or (model,)})
        for figure, (entry, params) in zip(question.figures, figures, strict=True)
    )
    return question.model_copy(update={"figures": filled, "title": question.title or Text.of(question.id)})


def _languages(document: Document, options: BuildOptions) -> tuple[str, ...]:
    """Those asked for, those of the spec, or those the title is written in; each once."""
    try:
        asked = tuple(map(language_tag, options.languages))
    except ValueError as error:
        raise InputError(f"--languages: {error}") from error
    titled = tuple(tag for tag in document.title.by_language if tag != "*")
    return tuple(dict.fromkeys(asked or document.languages or titled or ("en",)))


def _only(asked: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    for name in asked:
        if name not in known:
            raise InputError(f"--only: unknown question '{name}'{suggestion(name, known)}")
    return asked


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
